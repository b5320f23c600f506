"""A process as it was read from a diagram: what services, pages and the engine need to know of it. Immutable, shared between threads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.engine.declarations import Obligation
from app.engine.errors import DiagramProblem
from app.engine.timers import TimerSpec

if TYPE_CHECKING:
    from app.engine.spiff import LevelSpec


@dataclass(frozen=True, slots=True)
class ElementInfo:
    """``type`` is the BPMN tag; ``parent`` the enclosing sub-process, or the process id; ``clauses`` are short ids such as SC-25-3; ``lane``: what the lane is
    called, ``lane_id``: its id, which names the role."""

    id: str
    type: str
    name: str
    lane: str | None = None
    parent: str = ""
    form_id: str | None = None
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    clauses: tuple[str, ...] = ()
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    attached_to: str | None = None
    multi_instance: bool = False
    lane_id: str = ""


@dataclass(frozen=True, slots=True)
class StartEvent:
    """``kind`` none, message, timer or signal. ``name`` of the message or signal and ``correlation_key`` are sources (FEEL after ``=``); ``timer`` is set for
    timers: see ``engine.start_due``. ``form``: id of the form of a none start event, with its binding."""

    element_id: str
    kind: str
    name: str | None = None
    correlation_key: str | None = None
    timer: TimerSpec | None = None
    form: str | None = None
    form_binding: str = "latest"
    form_tag: str | None = None


@dataclass(frozen=True, slots=True)
class ProcessDefinition:
    """One executable process. ``key`` is 0 until it is deployed. The collections hold what is called by a literal id, for checks at deployment.

    ``declares``: some element declares an effect (``app.domain.declared.EFFECTS``), so that the names of the ledger's row and of the parameters are reserved.
    ``watched``: elements whose completion an expression asks for. ``calls``: of each process called by a literal id also its version tag, and whether it is the
    one deployed together with this. ``throws``: names of the messages that it sends. ``results``: variable → decisions that give it. ``may_ask``: a step may
    need to know more of the ledger than it is told, in the process or in one that it calls. ``dated_by``: ledger fields that dates and people of its elements
    depend on (see ``FormulaTerm.facts``). ``obligation``: for whom its timer begins it.
    """

    process_id: str
    name: str
    spec: "LevelSpec"
    source: bytes = b""
    file: str = ""
    key: int = 0
    version: int = 0
    deployment: int = 0
    version_tag: str | None = None
    elements: Mapping[str, ElementInfo] = field(default_factory=dict)
    flows: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    lanes: tuple[str, ...] = ()
    start_events: tuple[StartEvent, ...] = ()
    called_processes: frozenset[str] = frozenset()
    called_decisions: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    job_types: frozenset[str] = frozenset()
    throws: frozenset[str] = frozenset()
    declares: bool = False
    watched: frozenset[str] = frozenset()
    calls: tuple[tuple[str, str | None, bool], ...] = ()
    results: Mapping[str, frozenset[str]] = field(default_factory=dict)
    may_ask: bool = False
    dated_by: frozenset[str] = frozenset()
    obligation: Obligation | None = None

    def stage_of(self, element_id: str) -> str:
        """The outermost sub-process around an element, else the process."""
        at = element_id
        while at in self.elements and self.elements[at].parent != self.process_id:
            at = self.elements[at].parent
        return at if at != element_id and at in self.elements else self.process_id

    @property
    def start_form(self) -> StartEvent | None:
        """The none start event, if it has a form: whoever begins the process by hand fills it in."""
        return next((event for event in self.start_events if event.kind == "none" and event.form is not None), None)

    def with_key(self, key: int, version: int, deployment: int) -> "ProcessDefinition":
        """The same process as deployed."""
        return replace(self, key=key, version=version, deployment=deployment)


@dataclass(frozen=True, slots=True)
class Diagram:
    """A file that has been read: its executable processes, and warnings that do not stop it."""

    processes: tuple[ProcessDefinition, ...]
    lint: tuple[DiagramProblem, ...] = ()
