"""The state of an instance tree in our own format (``format`` 1): BPMN ids, our state words, local numbers; no specification inside.

Written as one JSON object: ``format``, ``catalogue`` (the catalogue version the tree began with), ``state``, ``suspended``, ``counters``, ``instances``,
``tokens``, ``waits``, ``incidents``, ``stalled``, ``completions``. Due instants are not in it: they live in the caller's rows. What has ended is not in it either.

One file because what is written and what is read have to be seen beside each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import simplejson

from app.engine.elements.gateways import Join
from app.engine.elements.multi_instance import MultiInstanceBody, places_of
from app.engine.elements.tasks import UserTask
from app.engine.errors import StateError
from app.engine.incidents import Incident
from app.engine.library import Library
from app.engine.scopes import LOOP_COUNTER, inside_loop, is_in_loop, own, straight, visible
from app.engine.spiff import READY, STARTED, Instance, Level, Token, Tree, Wait

if TYPE_CHECKING:
    from app.engine.elements.base import Element

FORMAT = 1
_COUNTERS = ("instance", "element", "wait", "incident")


@dataclass(frozen=True, slots=True)
class TokenView:
    """``state``: active, waiting (at a join), incident."""

    element: int
    element_id: str
    instance: int
    state: str


@dataclass(frozen=True, slots=True)
class TaskView:
    element: int
    element_id: str
    instance: int


@dataclass(frozen=True, slots=True)
class JobView:
    """``element`` is minus the instance's number for a listener of a process."""

    element: int
    element_id: str
    instance: int
    type: str
    retries: int
    listener: str | None


@dataclass(frozen=True, slots=True)
class WaitView:
    wait: int
    element: int
    element_id: str
    instance: int
    kind: str
    name: str | None
    correlation_key: str | None


@dataclass(frozen=True, slots=True)
class IncidentView:
    incident: int
    element: int
    element_id: str
    instance: int
    type: str
    message: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InstanceView:
    instance: int
    definition: int
    process_id: str
    parent: int
    call_element: int


class State:
    """A value: ``step`` gives a new one and leaves this one as it was. Not for use by two threads at once."""

    def __init__(self, library: Library, document: dict[str, Any] | None, tree: Tree | None) -> None:
        self._library = library
        self._document = document
        self._tree = tree
        self._released = False

    @classmethod
    def of(cls, tree: Tree, library: Library) -> "State":
        return cls(library, None, tree)

    @classmethod
    def load(cls, text: str, library: Library) -> "State":
        """Read what ``dump`` has written. Raises StateError."""
        try:
            document = simplejson.loads(text, use_decimal=True)
        except (ValueError, RecursionError) as error:
            raise StateError(f"保存的流程状态不是有效的 JSON:{error}") from error
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            found = document.get("format") if isinstance(document, dict) else None
            raise StateError(f"保存的流程状态的格式是 {found!r},本版本只能读取格式 {FORMAT}")
        return cls(library, document, None)

    def dump(self) -> str:
        """Compact JSON; numbers keep their decimals."""
        text: str = simplejson.dumps(self.document(), use_decimal=True, ensure_ascii=False, separators=(",", ":"))
        return text

    def remains(self) -> str:
        """What ``dump`` gives of a tree that has ended, without what nobody can ask or change any more: variables, memos, called processes."""
        document = self.document()
        root = {name: document["instances"][0][name] for name in ("id", "definition", "process")}
        left = document | {"instances": [root], "tokens": [], "waits": [], "incidents": []}
        text: str = simplejson.dumps(left, use_decimal=True, ensure_ascii=False, separators=(",", ":"))
        return text

    def document(self) -> dict[str, Any]:
        """The state as plain values. Not to be changed."""
        if self._document is None:
            if self._tree is None:
                raise StateError("此流程状态已经交出,不能再读取")
            self._document = write(self._tree)
        return self._document

    @property
    def tree(self) -> Tree:
        if self._tree is None:
            self._tree = build(self.document(), self._library)
        return self._tree

    def released(self) -> "State":
        """This state, of which nobody will ask anything after the next step: that step need not write it down first. For runs that keep no history."""
        if self._tree is not None:
            self._released = True
        return self

    def take(self, library: Library) -> Tree:
        """The live tree, to be changed by the caller; this state keeps its document only."""
        if self._released and self._tree is not None and library is self._library:
            tree, self._tree = self._tree, None
            return tree
        self.document()
        tree = self.tree if library is self._library else build(self.document(), library)
        self._tree = None
        return tree

    # ------------------------------------------------------------------ reading

    @property
    def root_state(self) -> str:
        """active, completed or cancelled."""
        return str(self._tree.root_state if self._tree is not None else self.document()["state"])

    @property
    def suspended(self) -> bool:
        return bool(self._tree.suspended if self._tree is not None else self.document().get("suspended", False))

    @property
    def catalogue(self) -> int:
        """The catalogue version whose rules the tree keeps."""
        return int(self._tree.catalogue if self._tree is not None else self.document()["catalogue"])

    def variables(self, scope: int = 0, instance: int = 1) -> dict[str, Any]:
        """The variables of one scope: an element instance, or 0 for the process instance. Raises KeyError."""
        if scope:
            return dict(own(self.tree.tokens[scope]))
        return dict(self.tree.instances[instance].level.task_tree.variables)

    def scopes(self) -> list[tuple[int, int, dict[str, Any]]]:
        """(instance, element or 0, variables) of every scope that has any."""
        found = [(number, 0, dict(instance.level.task_tree.variables)) for number, instance in self.tree.instances.items()]
        return found + [(token.instance, token.number, dict(shown)) for token in self.tree.tokens.values() if (shown := own(token))]

    def visible(self, element: int) -> dict[str, Any]:
        """Everything that can be seen from an element instance. Raises KeyError."""
        return visible(self.tree.tokens[element])

    def around(self, element: int) -> tuple[int, ...]:
        """The scopes that an element instance sees variables of, the nearest first; 0 is the process instance. Raises KeyError."""
        found: list[int] = []
        at: Token | None = self.tree.tokens[element]
        while at is not None:
            found.append(0 if at.is_process else at.number)
            at = at.outer
        return tuple(found)

    def reads(self, element: int) -> bool:
        """Whether an element instance is open and reads registers, or asks for approvals (see ``engine.readings``)."""
        token = self.tree.tokens.get(element)
        return token is not None and (
            bool(token.task_spec.declarations.reads) or any(mapping.asks_approvals for mapping in token.task_spec.input_mappings)
        )

    def names_person(self, element: int) -> bool:
        """Whether an element instance is open and one person alone may do it (see ``engine.person_named``)."""
        token = self.tree.tokens.get(element)
        return token is not None and token.task_spec.declarations.person is not None

    def entered_at(self, element: int) -> datetime | None:
        """When an element instance was entered; None where that was before it was kept. Raises KeyError."""
        return self.tree.tokens[element].entered_at

    def inside_loop(self, element: int) -> dict[str, Any] | None:
        """What an element instance sees of its own instance of the nearest multi-instance alone; None outside of any. Raises KeyError."""
        return inside_loop(self.tree.tokens[element])

    def goes_straight(self, element: int) -> bool:
        """Whether a task, once it is done, leads straight back to the one that returned it."""
        token = self.tree.tokens.get(element)
        return token is not None and straight(token) is not None

    def of_task(self, element: int) -> dict[str, Any]:
        """From what an open task's form keeps its values: what it sees, of several instances of it what it sees of its own alone. Raises KeyError."""
        own = self.inside_loop(element)
        return self.visible(element) if own is None else own

    def is_in_loop(self, element: int) -> bool:
        """Whether an element instance is one of a multi-instance, or inside one. Raises KeyError."""
        return is_in_loop(self.tree.tokens[element])

    def tokens(self) -> list[TokenView]:
        return [TokenView(token.number, token.element_id, token.instance, _word(token)) for token in self.tree.tokens.values()]

    def instances(self) -> list[InstanceView]:
        return [
            InstanceView(item.number, item.definition.key, item.definition.process_id, item.parent, item.call)
            for item in self.tree.instances.values()
        ]

    def open_tasks(self) -> list[TaskView]:
        return [
            TaskView(token.number, token.element_id, token.instance)
            for token in self.tree.tokens.values()
            if isinstance(token.task_spec, UserTask) and token.memo.get("phase") == "open"
        ]

    def open_jobs(self) -> list[JobView]:
        roots = [instance.level.task_tree for instance in self.tree.instances.values()]
        return [
            JobView(
                element=token.reference,
                element_id=token.element_id,
                instance=token.instance,
                type=job["type"],
                retries=job["retries"],
                listener=job.get("listener"),
            )
            for token in [*roots, *self.tree.tokens.values()]
            if (job := token.memo.get("job")) is not None and not token.incident
        ]

    def open_waits(self) -> list[WaitView]:
        return [
            WaitView(
                wait=wait.number,
                element=0 if wait.owner.is_process else wait.owner.number,
                element_id=wait.event.bpmn_id,
                instance=wait.owner.instance,
                kind=wait.event.trigger.kind,
                name=wait.memo.get("name"),
                correlation_key=wait.memo.get("key"),
            )
            for wait in self.tree.waits.values()
        ]

    def incidents(self) -> list[IncidentView]:
        return [
            IncidentView(
                incident=incident.number,
                element=0 if incident.token.is_process else incident.token.number,
                element_id=incident.token.element_id,
                instance=incident.token.instance,
                type=incident.type,
                message=incident.message,
                details=incident.details,
            )
            for incident in self.tree.incidents.values()
        ]


def _word(token: Token) -> str:
    if token.incident:
        return "incident"
    return "waiting" if token.stage == "arrived" else "active"


# ---------------------------------------------------------------------- writing


def write(tree: Tree) -> dict[str, Any]:
    """The document of a tree. Values are shared with the tree, which replaces and never changes them."""
    instances: list[dict[str, Any]] = []
    tokens: list[dict[str, Any]] = []
    for instance in tree.instances.values():
        row: dict[str, Any] = {"id": instance.number, "definition": instance.definition.key, "process": instance.definition.process_id}
        if instance.call:
            row["parent"], row["call"] = instance.parent, instance.call
        _describe(row, instance.level.task_tree)
        if instance.level.interrupted:
            row["interrupted"] = True
        instances.append(row)
        _write_level(instance.level, tokens)
    document: dict[str, Any] = {
        "format": FORMAT,
        "catalogue": tree.catalogue,
        "state": tree.root_state,
        "counters": dict(tree.counters),
        "instances": instances,
        "tokens": tokens,
        "waits": [_write_wait(wait) for wait in tree.waits.values()],
        "incidents": [
            {"id": item.number, "token": item.token.reference, "type": item.type, "message": item.message, "details": item.details}
            for item in tree.incidents.values()
        ],
    }
    if tree.suspended:
        document["suspended"] = True
    if tree.stalled:
        document["stalled"] = list(tree.stalled)
    if tree.completions:
        document["completions"] = dict(tree.completions)
    return document


def _write_wait(wait: Wait) -> dict[str, Any]:
    row: dict[str, Any] = {"id": wait.number, "owner": wait.owner.reference, "event": wait.event.bpmn_id}
    if wait.memo:
        row["memo"] = dict(wait.memo)
    return row


def _describe(row: dict[str, Any], token: Token) -> None:
    if token.stage != "active":
        row["stage"] = token.stage
    if token.variables:
        row["variables"] = dict(token.variables)
    if token.memo:
        row["memo"] = {name: dict(value) if isinstance(value, dict) else value for name, value in token.memo.items()}


def _write_level(level: Level, rows: list[dict[str, Any]]) -> None:
    """The tokens of a process instance, each before what is inside it."""
    pending: list[tuple[Token, int]] = [(token, 0) for token in reversed(level.live())]
    while pending:
        token, body = pending.pop()
        row: dict[str, Any] = {"id": token.number, "at": token.element_id}
        if token.instance != 1:
            row["instance"] = token.instance
        host = token.workflow.host
        if host is not None:
            row["host"] = host.number
        if body:
            row["body"] = body
        if token.flow is not None:
            row["flow"] = token.flow
        _describe(row, token)
        inner = token.inner
        if inner is not None and inner.host is token:
            row["open"] = "interrupted" if inner.interrupted else True
            pending.extend((child, 0) for child in reversed(inner.live()))
        pending.extend((token.workflow.tasks[number], token.number) for number in reversed(token._children))
        rows.append(row)


# ---------------------------------------------------------------------- building


def build(document: Mapping[str, Any], library: Library) -> Tree:
    """The live tree of a document. Raises StateError."""
    try:
        return _build(document, library)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise StateError(f"保存的流程状态已损坏或与流程定义不符:{type(error).__name__} {error}") from error


def _build(document: Mapping[str, Any], library: Library) -> Tree:
    rows: Sequence[Mapping[str, Any]] = document["instances"]
    tree = Tree(_definition(library, rows[0]).spec)
    tree.catalogue = document["catalogue"]
    tree.root_state = document["state"]
    tree.suspended = bool(document.get("suspended"))
    tree.counters = {name: int(document["counters"][name]) for name in _COUNTERS}
    tree.stalled = list(document.get("stalled", ()))
    tree.completions = dict(document.get("completions", ()))
    stalled = set(tree.stalled)
    called = {row["call"]: row for row in rows[1:]}
    _open_instance(tree, library, rows[0], None)
    for row in document["tokens"]:
        instance = tree.instances[row.get("instance", 1)]
        level = tree.subprocesses[row["host"]] if "host" in row else instance.level
        parent: Token = level.tasks[row["body"]] if "body" in row else level.task_tree
        spec: Element
        if "body" in row:
            body = parent.task_spec
            if not isinstance(body, MultiInstanceBody):
                raise StateError(f"元素 {row['at']} 不再是多实例,保存的流程状态与流程定义不符")
            spec = body.activity
        else:
            spec = level.spec.elements[row["at"]]
        token = Token(level, spec, parent, row["id"])
        tree.tokens[token.number] = token
        _restore(token, row)
        token.flow = row.get("flow")
        if token.number in stalled:
            token._set_state(READY)
        elif token.stage != "arrived":
            token._set_state(STARTED)
        elif isinstance(spec, Join) and token.flow is not None:
            level.joins.setdefault(spec.name, {}).setdefault(token.flow, []).append(token)
            if spec.element_type == "inclusiveGateway":
                tree.inclusive[id(level)] = level
        if "body" in row and "place" not in token.memo:
            token.memo["place"] = _place_of_first_release(parent, token)
        if "open" in row:
            inner = tree.open_level(spec.inner_level(), token, token.instance, token)
            inner.interrupted = row["open"] == "interrupted"
        if token.number in called:
            _open_instance(tree, library, called[token.number], token)
        if isinstance(spec, MultiInstanceBody) and "body" not in row:
            _take_over_collection(token, spec)
    tree.instances = {row["id"]: tree.instances[row["id"]] for row in rows}
    for row in document["waits"]:
        owner = tree.by_reference(row["owner"])
        wait = Wait(row["id"], owner, owner.task_spec.waiting_event(row["event"]), dict(row.get("memo", ())))
        tree.waits[wait.number] = wait
        owner.waits[wait.number] = wait
    for row in document["incidents"]:
        token = tree.by_reference(row["token"])
        tree.incidents[row["id"]] = Incident(row["id"], token, row["type"], row["message"], dict(row["details"]))
        token.incident = row["id"]
    return tree


def _take_over_collection(token: Token, spec: MultiInstanceBody) -> None:
    """The first release kept a body's collection as a variable, which a task could overwrite: what is no such list any more stays a variable."""
    name = spec.loop.output_collection
    value = token.variables.get(name) if name else None
    if "output" in token.memo or "total" not in token.memo or not isinstance(value, list) or len(value) != places_of(token):
        return
    token.memo["output"] = value
    del token.variables[str(name)]


def _place_of_first_release(body: Token, token: Token) -> int:
    """The first release knew an instance's place by its ``loopCounter``, which a task could overwrite: then it is the first one after its neighbour's."""
    before = max((body.workflow.tasks[number].memo.get("place", 0) for number in body._children), default=0)
    shown = token.variables.get(LOOP_COUNTER)
    if isinstance(shown, int) and not isinstance(shown, bool) and before < shown <= places_of(body):
        return shown
    return int(before) + 1


def _definition(library: Library, row: Mapping[str, Any]) -> Any:
    try:
        return library.definition(row["definition"])
    except KeyError:
        raise StateError(f"流程“{row.get('process')}”的定义 {row['definition']} 不存在,无法读取流程实例") from None


def _open_instance(tree: Tree, library: Library, row: Mapping[str, Any], caller: Token | None) -> None:
    definition = _definition(library, row)
    level: Level
    if caller is None:
        tree.place(tree, row["id"], None)
        level = tree
    else:
        level = tree.open_level(definition.spec, caller, row["id"], None)
    level.interrupted = bool(row.get("interrupted"))
    _restore(level.task_tree, row)
    level.task_tree._set_state(STARTED)
    tree.instances[row["id"]] = Instance(row["id"], definition, level, row.get("parent", 0), row.get("call", 0))


def _restore(token: Token, row: Mapping[str, Any]) -> None:
    token.stage = row.get("stage", "active")
    if "variables" in row:
        token.variables.update(row["variables"])
    if "memo" in row:
        token.memo.update((name, dict(value) if isinstance(value, dict) else value) for name, value in row["memo"].items())
