"""Sub-processes that another version of a diagram draws around what runs, or does not draw any more: part of a migration.

What is drawn newly is entered around the token, without its start event; what runs goes on inside. What is not drawn any more is left, once everything in it
has a place outside; its variables go outwards. A multi-instance or an event sub-process is neither entered nor left so: nobody knows for which item, or by
which event. A multi-instance of which one instance is left goes on as that one, where the other version asks once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.engine import standing
from app.engine.definitions import ProcessDefinition
from app.engine.effects import ElementEnded
from app.engine.elements.base import Element
from app.engine.elements.mappings import apply_inputs
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import EventSubProcess, SubProcess
from app.engine.elements.tasks import UserTask
from app.engine.modification import path_to
from app.engine.scopes import own
from app.engine.spiff import Token
from app.engine.waits import open_waits

if TYPE_CHECKING:
    from app.engine.course import Course

_REMEMBERED = ("past", "visits", "made")  # what a scope keeps of its elements, by their ids


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a token goes on: inside the token ``base`` (0: at the top), in the sub-processes ``chain`` that are entered there; ``was``: inside which it is now."""

    base: int
    chain: tuple[str, ...] = ()
    was: int = 0


@dataclass(slots=True)
class Scopes:
    """``places`` of the tokens that go on, but for instances within a multi-instance; ``left``: sub-processes that are not drawn any more."""

    places: dict[int, Destination] = field(default_factory=dict)
    left: dict[int, Token] = field(default_factory=dict)
    unwrapped: dict[int, Token] = field(default_factory=dict)  # multi-instance bodies whose last instance goes on alone
    begun: dict[tuple[int, tuple[str, ...], str], int] = field(
        default_factory=dict
    )  # base, chain, element that begins anew → the sub-process that it begins in

    def unwrap(self, body: Token, place: Destination) -> None:
        """The one instance that is left of a multi-instance goes on at ``place``, the body ends."""
        self.unwrapped[body.number] = body
        self.places[body._children[0]] = Destination(place.base, place.chain, body.number)

    def moved(self) -> list[int]:
        """Tokens that go on in another scope."""
        return [number for number, place in self.places.items() if place.chain or place.base != place.was]

    def entered(self) -> list[str]:
        """Ids of the sub-processes that may have to be entered, outermost first, each once."""
        chains = [*(place.chain for place in self.places.values()), *(chain for _, chain, _ in self.begun)]
        return list(dict.fromkeys(name for chain in chains for name in chain))


def is_left(token: Token) -> bool:
    """Whether a token is a plain sub-process that runs, which may be left where the target does not draw it."""
    spec = token.task_spec
    plain = isinstance(spec, SubProcess) and not isinstance(spec, EventSubProcess) and token.body is None
    return plain and token.stage == "active" and not token.incident and "job" not in token.memo


def is_down_to_one(body: Token) -> bool:
    """Whether a multi-instance waits for one instance only."""
    return body.stage == "active" and len(body._children) == 1 and not body.incident


def place_of(token: Token, path: Sequence[Element], target: ProcessDefinition, mapping: Mapping[str, str]) -> Destination | str:
    """Where a token whose element is the last of ``path`` goes on; else why it cannot."""
    base, reached = _base(token, target, mapping)
    wanted = [element.bpmn_id for element in path[:-1]]
    was = token.workflow.host.number if token.workflow.host is not None else 0
    if wanted[: len(reached)] != reached:
        return (
            f"原在子流程 {reached[-1]} 中,目标元素 {path[-1].bpmn_id} 在{f'子流程 {wanted[-1]}' if wanted else '流程顶层'}中,不能迁移;"
            "请在迁移计划中指明同一子流程中的元素"
        )
    for element in path[len(reached) : -1]:
        if isinstance(element, MultiInstanceBody | EventSubProcess):
            kind = "多实例" if isinstance(element, MultiInstanceBody) else "事件"
            return f"的目标元素 {path[-1].bpmn_id} 在{kind}子流程 {element.bpmn_id} 中,不能迁移到其中;请另选元素,或留在原版本办完"
    return Destination(base, tuple(wanted[len(reached) :]), was)


def _base(token: Token, target: ProcessDefinition, mapping: Mapping[str, str]) -> tuple[int, list[str]]:
    """The innermost sub-process around a token that goes on, and the ids of the target down to it."""
    host = token.workflow.host
    while host is not None:
        path = path_to(target.spec, mapping.get(host.element_id, host.element_id))
        if path:
            return host.number, [element.bpmn_id for element in path]
        host = host.workflow.host
    return 0, []


def rescope(document: dict[str, Any], instance: int, scopes: Scopes, elements: Mapping[int, str]) -> dict[int, int]:
    """Put the tokens of a written state where they go on. Gives the sub-processes that are entered, outermost first, each with the scope around it (0: the top)."""
    rows = {row["id"]: row for row in document["tokens"]}
    for number, body in scopes.unwrapped.items():
        alone = rows[body._children[0]]
        entered = rows[number].get("memo", {}).get("entered")
        kept = {name: value for name, value in alone.get("memo", {}).items() if name != "place"}
        alone["memo"] = kept if entered is None else {"entered": entered, **kept}
        del alone["body"]
    known = {(place.base, (*place.chain, elements[number])): number for number, place in scopes.places.items() if "open" in rows[number]}
    opened: dict[int, int] = {}

    def inside(base: int, chain: tuple[str, ...]) -> int:
        """The innermost sub-process of a chain, entered where it does not run."""
        host = base
        for depth in range(len(chain)):
            place = base, chain[: depth + 1]
            if place not in known:
                document["counters"]["element"] += 1
                known[place] = document["counters"]["element"]
                rows[known[place]] = _within({"id": known[place], "at": chain[depth], "open": True}, instance, host)
                opened[known[place]] = host
            host = known[place]
        return host

    for number in scopes.moved():
        _within(rows[number], instance, inside(scopes.places[number].base, scopes.places[number].chain))
    for base, chain, element in scopes.begun:
        scopes.begun[base, chain, element] = inside(base, chain)
    for row in rows.values():
        if row.get("body") in scopes.places:  # an instance of a multi-instance stands where its body does
            _within(row, instance, rows[row["body"]].get("host", 0))
    document["tokens"] = list(
        _outer_first([row for number, row in rows.items() if number not in scopes.left and number not in scopes.unwrapped])
    )
    return opened


def _within(row: dict[str, Any], instance: int, host: int) -> dict[str, Any]:
    if instance != 1:
        row["instance"] = instance
    row.pop("host", None)
    if host:
        row["host"] = host
    return row


def _outer_first(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each token before what is inside it."""
    inside: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        inside.setdefault(row.get("body") or row.get("host") or 0, []).append(row)
    pending = inside.get(0, [])[::-1]
    while pending:
        row = pending.pop()
        pending.extend(inside.get(row["id"], [])[::-1])
        yield row


def enter_opened(course: "Course", scopes: Scopes, opened: Mapping[int, int]) -> None:
    """What entering and leaving sub-processes means, in a tree that is built anew. Raises ElementFailure."""
    for token in scopes.left.values():
        host = token.workflow.host
        while host is not None and host.number in scopes.left:
            host = host.workflow.host
        outer = course.tree.tokens[host.number] if host is not None else course.tree.instances[token.instance].level.task_tree
        for name, value in own(token).items():
            if name not in outer.variables:
                course.set_local(outer, name, value)
        for kind in _REMEMBERED:
            if kind in token.memo:
                outer.memo[kind] = {**token.memo[kind], **outer.memo.get(kind, {})}
        course.emit(ElementEnded(token.number, "terminated"))
    for number in scopes.unwrapped:
        course.emit(ElementEnded(number, "terminated"))
    for number in opened:
        token = course.tree.tokens[number]
        spec = token.task_spec
        spec.announce(course, token)
        outer_memo = token.workflow.owner.memo
        for kind in _REMEMBERED:
            inside = {name: entry for name, entry in outer_memo.get(kind, {}).items() if path_to(spec.inner_level(), name)}
            if inside:
                token.memo[kind] = inside
        if spec.input_mappings:
            apply_inputs(course, token)
        if spec.declarations.phase:
            course.enter_phase(token)
        open_waits(course, token, spec.waits_to_open())


def begin_anew(course: "Course", scopes: Scopes, instance: int) -> None:
    """What begins again arrives at its elements."""
    for (_, _, element_id), host in scopes.begun.items():
        level = course.tree.subprocesses[host] if host else course.tree.instances[instance].level
        spec = level.spec.elements[element_id]
        token = level.task_tree.add(spec)
        if isinstance(spec.activity if isinstance(spec, MultiInstanceBody) else spec, UserTask):
            token.memo["entry"] = {standing.ANEW: True}  # who asks for it means it
        token.ready()
