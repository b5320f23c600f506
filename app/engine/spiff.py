"""The only importer of SpiffWorkflow: its parser skeleton, task tree and sub-workflow plumbing, with our semantics in their place.

What is taken over: ``Task`` (a node of the tree with its life from WAITING through READY and STARTED to COMPLETED or CANCELLED),
``TaskSpec`` with its hooks, ``Workflow``/``BpmnSubWorkflow`` (one level of tokens) and the table-driven parser. What is not: prediction of
future tasks, data copied along the tree, finished history, event broadcast, any evaluation of Python. A task is created when a token moves
and removed when it ends, so every level is as deep as one task below its root however long an instance lives.

One file because nothing else may import the library. ``PRIVATE_NAMES`` lists every private name that is used or
replaced; a test pins their signatures and sources to release 3.2.0.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from lxml import etree  # type: ignore[import-untyped]
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.definitions import ProcessDefinition
    from app.engine.elements.base import Element, EventElement, ProcessRoot
    from app.engine.incidents import Incident
    from app.engine.paths import Paths

# SpiffWorkflow is not typed: our classes say what they rely on, and the bases are opaque to the type checker.
_Task: Any = Task
_SubWorkflow: Any = BpmnSubWorkflow
_TopWorkflow: Any = BpmnWorkflow
_ProcessSpec: Any = BpmnProcessSpec
_WorkflowSpec: Any = WorkflowSpec
_SpecMixin: Any = BpmnSpecMixin
_TaskParser: Any = TaskParser
_ProcessParser: Any = ProcessParser
_BpmnParser: Any = BpmnParser

PRIVATE_NAMES: tuple[tuple[type, str], ...] = (
    (Task, "__init__"),
    (Task, "_add_child"),
    (Task, "_child_added_notify"),
    (Task, "_ready"),
    (Task, "_set_state"),
    (Task, "run"),
    (Task, "complete"),
    (Task, "cancel"),
    (TaskSpec, "__init__"),
    (TaskSpec, "_update"),
    (TaskSpec, "_update_hook"),
    (TaskSpec, "_predict"),
    (TaskSpec, "_on_ready"),
    (TaskSpec, "_run"),
    (TaskSpec, "_run_hook"),
    (TaskSpec, "_on_complete"),
    (TaskSpec, "_on_complete_hook"),
    (TaskSpec, "_on_cancel"),
    (TaskSpec, "_connect_notify"),
    (Workflow, "__init__"),
    (Workflow, "_task_completed_notify"),
    (WorkflowSpec, "__init__"),
    (WorkflowSpec, "_add_notify"),
    (BpmnSubWorkflow, "__init__"),
    (BpmnSubWorkflow, "_calculate_depth"),
    (BpmnWorkflow, "__init__"),
    (BpmnProcessSpec, "__init__"),
    (BpmnParser, "_get_parser_class"),
    (BpmnParser, "add_bpmn_xml"),
    (BpmnParser, "create_parser"),
    (ProcessParser, "__init__"),
    (ProcessParser, "_parse"),
    (ProcessParser, "parse_node"),
    (TaskParser, "__init__"),
    (TaskParser, "parse_node"),
)

WAITING, READY, STARTED, COMPLETED, CANCELLED = (
    TaskState.WAITING,
    TaskState.READY,
    TaskState.STARTED,
    TaskState.COMPLETED,
    TaskState.CANCELLED,
)
ROOT_ID = -1


class NoScripts:
    """Stands where SpiffWorkflow keeps its Python engine: no diagram can run Python."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("the engine evaluates FEEL only")


NO_SCRIPTS = NoScripts()


class Token(_Task):  # type: ignore[misc]
    """One visit of one element, or the root of a level. ``number`` is unique in the tree and never used again.

    ``stage`` is where it stands in its life (see ``elements.base``), ``variables`` are its own scope, ``memo`` what its element must remember, ``waits`` the
    open waits that belong to it, ``flow`` the id of the sequence flow that brought it.
    """

    workflow: "Level"
    task_spec: "Element"
    internal_data: dict[str, Any]
    _parent: int | None
    _children: list[int]
    _state: int

    def __init__(self, level: "Level", spec: Any, parent: "Token | None", number: int) -> None:
        super().__init__(level, spec, parent, WAITING, number)
        self.number = number
        self.stage = "arrived"
        self.variables: dict[str, Any] = {}
        self.memo: dict[str, Any] = self.internal_data
        self.waits: dict[int, Wait] = {}
        self.incident = 0
        self.flow: str | None = None
        self.reads: dict[str, Any] | None = None  # what its element reads, for this step only

    @property
    def element_id(self) -> str:
        return str(self.task_spec.bpmn_id)

    @property
    def is_root(self) -> bool:
        return self._parent is None

    @property
    def is_process(self) -> bool:
        """Whether this is the root of a process instance: its scope is the instance itself."""
        return self._parent is None and self.workflow.host is None

    @property
    def reference(self) -> int:
        """Its number; for a process instance, which is no element instance, minus the instance's number."""
        return -self.workflow.instance if self.is_process else self.number

    @property
    def entered_at(self) -> datetime | None:
        """When it entered its element; None of one that did so before this was kept. An instance entered together with its multi-instance body keeps nothing."""
        kept = self.memo.get("entered")
        if kept is None and self.body is not None:
            kept = self.body.memo.get("entered")
        return None if kept is None else datetime.fromisoformat(kept)

    def note_entered(self, now: datetime) -> None:
        """Keep when it enters its element: a retry, another counting and a loaded state must find the same instant."""
        kept, body = now.isoformat(), self.body
        if body is None or body.memo.get("entered") != kept:
            self.memo["entered"] = kept

    @property
    def outer(self) -> "Token | None":
        """The token whose scope encloses this one; None above a process instance."""
        if self._parent is None:
            return None
        if self._parent != ROOT_ID:
            body: Token = self.workflow.tasks[self._parent]
            return body
        return self.workflow.owner

    @property
    def body(self) -> "Token | None":
        """The multi-instance body that this token is one instance of."""
        if self._parent is None or self._parent == ROOT_ID:
            return None
        body: Token | None = self.workflow.tasks.get(self._parent)
        return body

    @property
    def inner(self) -> "Level | None":
        """The level that this token has opened (sub-process, called process)."""
        level: Level | None = self.workflow.tree.subprocesses.get(self.number)
        return level

    @property
    def course(self) -> "Course":
        return self.workflow.tree.course

    @property
    def instance(self) -> int:
        return self.workflow.instance

    @property
    def is_open(self) -> bool:
        return bool(self._state & (WAITING | READY | STARTED))

    def add(self, spec: "Element") -> "Token":
        """A child for ``spec``; it has arrived but nothing has run."""
        return self._add_child(spec)

    def _add_child(self, task_spec: Any, state: int = WAITING) -> "Token":
        tree = self.workflow.tree
        child = Token(self.workflow, task_spec, self, tree.next_number("element"))
        tree.tokens[child.number] = child
        return child

    def _set_state(self, value: int) -> None:
        # The stock one reads the clock and builds a log record on every change. Cancelled is final: a throw may end the very token that throws.
        if self._state != CANCELLED:
            self._state = value

    def ready(self) -> None:
        self._ready()

    def queue(self, stage: str) -> None:
        """Go on at ``stage`` as soon as what is queued before has run."""
        self.stage = stage
        self._set_state(READY)
        self.workflow.tree.course.queue.append(self)

    def run(self) -> bool | None:
        result: bool | None = super().run()
        return result

    def cancel(self) -> None:
        """End this token and everything below it, innermost first. The stock one drops children without telling them."""
        pending = [self]
        ordered: list[Token] = []
        while pending:
            token = pending.pop()
            ordered.append(token)
            pending.extend(token.workflow.tasks[child] for child in token._children)
            level = token.inner
            if level is not None:
                pending.append(level.task_tree)
        for token in reversed(ordered):
            if token._state & (COMPLETED | CANCELLED):
                continue
            token._set_state(CANCELLED)
            token.task_spec._on_cancel(token)
            if token._parent is not None:
                token.workflow.remove(token)


class Wait:
    """An open wait of a token: for a timer, a message or a signal at ``event``. ``memo`` keeps what a repetition needs."""

    __slots__ = ("event", "memo", "number", "owner")

    def __init__(self, number: int, owner: Token, event: "EventElement", memo: dict[str, Any]) -> None:
        self.number = number
        self.owner = owner
        self.event = event
        self.memo = memo


class Level:
    """One level of tokens: a process instance or the inside of a sub-process. ``host`` is the token that opened it within the same instance."""

    tasks: dict[int, Any]
    task_tree: Token
    spec: "LevelSpec"
    tree: "Tree"
    instance: int
    host: Token | None

    def place(self, tree: "Tree", instance: int, host: Token | None) -> None:
        self.tree = tree
        self.instance = instance
        self.host = host
        self.interrupted = False
        self.joins: dict[str, dict[str, list[Token]]] = {}
        self.task_tree = Token(self, self.spec.start, None, ROOT_ID)

    @property
    def owner(self) -> Token:
        """The token whose scope this level's elements stand in."""
        return self.task_tree if self.host is None else self.host

    def live(self) -> list[Token]:
        """The live tokens, multi-instance bodies without their instances."""
        return [self.tasks[number] for number in self.task_tree._children]

    def remove(self, token: Token) -> None:
        """Take an ended token out of the tree; what it has brought forth hangs on the root."""
        parent: Token = self.tasks[token._parent or ROOT_ID]
        parent._children.remove(token.number)
        for child in token._children:
            self.tasks[child]._parent = ROOT_ID
            self.task_tree._children.append(child)
        del self.tasks[token.number]
        self.tree.tokens.pop(token.number, None)

    def _task_completed_notify(self, task: Token) -> None:
        # The stock one walks the whole tree after every completion and keeps what has finished.
        if task._parent is not None:
            self.remove(task)
            task.task_spec.left(task)


class InnerLevel(Level, _SubWorkflow):  # type: ignore[misc]
    """The inside of a sub-process, or a called process."""

    def __init__(self, spec: "LevelSpec", tree: "Tree", opener: Token) -> None:
        _SubWorkflow.__init__(self, spec, opener.number, tree, deserializing=True)

    def _calculate_depth(self) -> int:
        return 0


class Instance:
    """A process instance of the tree: its number, definition, level, and who called it (0 and 0 for the root)."""

    __slots__ = ("call", "definition", "level", "number", "parent")

    def __init__(self, number: int, definition: "ProcessDefinition", level: Level, parent: int, call: int) -> None:
        self.number = number
        self.definition = definition
        self.level = level
        self.parent = parent
        self.call = call


class Tree(Level, _TopWorkflow):  # type: ignore[misc]
    """The root instance with everything below it: tokens, waits and incidents by number, and the counters that number them."""

    course: "Course"
    subprocesses: dict[int, Level]

    def __init__(self, spec: "LevelSpec") -> None:
        _TopWorkflow.__init__(self, spec, {}, NO_SCRIPTS, deserializing=True)
        self.instances: dict[int, Instance] = {}
        self.tokens: dict[int, Token] = {}
        self.waits: dict[int, Wait] = {}
        self.incidents: dict[int, Incident] = {}
        self.counters = {"instance": 0, "element": 0, "wait": 0, "incident": 0}
        self.catalogue = 0
        self.root_state = "active"
        self.suspended = False
        self.inclusive: dict[int, Level] = {}
        self.stalled: list[int] = []
        self.completions: dict[str, str] = {}  # element id → instant of its newest completion, of those that an expression asks for

    def next_number(self, kind: str) -> int:
        self.counters[kind] += 1
        return self.counters[kind]

    def by_reference(self, reference: int) -> Token:
        """The token with this number, or the root of the instance ``-reference``. Raises KeyError."""
        return self.tokens[reference] if reference > 0 else self.instances[-reference].level.task_tree

    def open_level(self, spec: "LevelSpec", opener: Token, instance: int, host: Token | None) -> Level:
        """Open a level below ``opener``; ``host`` is None for a called process."""
        level = InnerLevel(spec, self, opener)
        level.place(self, instance, host)
        self.subprocesses[opener.number] = level
        return level


class LevelSpec(_ProcessSpec):  # type: ignore[misc]
    """The elements of one level by id. No built-in ``Start`` or ``End``, so that a diagram may use these ids."""

    start: "ProcessRoot"
    paths: "Paths | None" = None  # see ``engine.paths``: worked out when first asked for

    def __init__(self, name: str, description: str, filename: str | None) -> None:
        _WorkflowSpec.__init__(self, name=name, filename=filename)
        self.description = description
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []

    def _add_notify(self, task_spec: Any) -> None:
        _WorkflowSpec._add_notify(self, task_spec)

    @property
    def elements(self) -> "dict[str, Element]":
        specs: dict[str, Element] = self.task_specs
        return specs


class ElementSpec(_SpecMixin):  # type: ignore[misc]
    """What an element class replaces of ``TaskSpec``: no prediction, no data along the tree, running only from the queue."""

    name: str
    bpmn_id: str
    bpmn_name: str | None
    lane: str | None
    documentation: str | None

    @property
    def kept(self) -> str | None:
        """The name under which everything inside sees what the element keeps for itself."""
        return None

    def __init__(self, level: LevelSpec, spec_name: str) -> None:
        super().__init__(level, spec_name)

    def _predict(self, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """A child exists only once a token has moved."""

    def _update_hook(self, my_task: Token) -> bool:
        return self.arrive(my_task)

    def _on_ready(self, my_task: Token) -> None:
        my_task.workflow.tree.course.queue.append(my_task)

    def _run(self, my_task: Token) -> bool | None:
        return self.proceed(my_task)

    def _on_complete_hook(self, my_task: Token) -> None:
        self.leave(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        self.cancelled(my_task)

    def arrive(self, token: Token) -> bool:
        """A token has come; True lets it run, False leaves it waiting (a join)."""
        return True

    def proceed(self, token: Token) -> bool | None:
        """Run the token as far as it goes: True when it is done, None while it waits."""
        raise NotImplementedError

    def leave(self, token: Token) -> None:
        """The token is done: bring forth what follows."""

    def left(self, token: Token) -> None:
        """The token has been taken out of the tree."""

    def cancelled(self, token: Token) -> None:
        """The token has been ended from outside."""

    def serialize(self, serializer: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("the specification is never stored; it is read from the diagram")


class NodeParser(_TaskParser):  # type: ignore[misc]
    """One BPMN node to one element. The stock one follows the flows recursively and evaluates XPath many times a node."""

    process_parser: "LevelParser"
    node: Any

    def parse_node(self) -> "Element":
        element: Element = self.spec_class.from_node(self)
        return element

    @property
    def level_spec(self) -> LevelSpec:
        spec: LevelSpec = self.spec
        return spec


class LevelParser(_ProcessParser):  # type: ignore[misc]
    """A process or a sub-process to a level: first every node, then the flows between them; never recursive along the flows."""

    parser: Any
    node: Any

    def create_spec(self) -> LevelSpec:
        spec = LevelSpec(self.bpmn_id, self.get_name(), self.filename)
        spec.start = self.parser.create_root(spec, self.node)
        return spec

    def add_tasks(self) -> None:
        self.parser.fill_level(self)

    def parse_data_object(self, obj: Any) -> Any:
        return None

    def _parse(self) -> None:
        self.spec = self.create_spec()
        self.add_tasks()

    def _index_process_nodes(self) -> None:
        """The structure has been indexed once for the whole file."""

    def element(self, node: Any) -> "Element":
        parsed: Element = self.parse_node(node)
        return parsed


class DiagramParser(_BpmnParser):  # type: ignore[misc]
    """The table-driven parser: ``OVERRIDE_PARSER_CLASSES`` maps a tag to its node parser and element class."""

    PROCESS_PARSER_CLASS = LevelParser
    PARSER_CLASSES: ClassVar[dict[str, Any]] = {}

    def create_root(self, spec: LevelSpec, node: Any) -> "ProcessRoot":
        raise NotImplementedError

    def fill_level(self, level: LevelParser) -> None:
        raise NotImplementedError

    def level_spec(self, node: etree._Element) -> LevelSpec:
        """The level of a process or sub-process node."""
        parser = LevelParser(self, node, self.namespaces, {})
        parser._parse()
        spec: LevelSpec = parser.spec
        return spec
