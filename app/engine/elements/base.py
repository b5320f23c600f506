"""The life of an element: arrived → entering → starting → opening → activating → active → completing → effecting → printing → ending → leaving.

entering applies input mappings and enters the declared phase, starting runs start listeners, opening opens boundary events, activating does what the element is
for, active waits, completing applies the result and output mappings, effecting carries out what is declared for the completion (before activating, where the
element throws something that may end it), printing prints the declared document (of a user task entering does), ending runs end listeners,
leaving chooses the flows. A failure leaves the token at its stage with an incident; retrying runs that stage again, so each stage either happens as a whole or not at all.

One file because the stages and what every element brings to them are read together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from app.engine import past
from app.engine.codes import IncidentType
from app.engine.declarations import NOTHING
from app.engine.effects import ElementEnded, ElementEntered
from app.engine.elements.aside import go_on, leads_away
from app.engine.elements.mappings import Mapping, apply_inputs, apply_outputs
from app.engine.errors import ElementFailure
from app.engine.expressions import FormulaTerm, Term, verdict
from app.engine.incidents import close_incident, open_incident
from app.engine.jobs import cancel_job, run_listeners
from app.engine.spiff import ElementSpec, Level, LevelSpec, Token, Wait
from app.engine.timers import TimerSpec
from app.engine.waits import close_waits, open_waits

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.elements.multi_instance import MultiInstanceBody
    from app.engine.spiff import NodeParser


@dataclass(frozen=True, slots=True)
class Listener:
    type: Term
    retries: Term


@dataclass(slots=True)
class Flow:
    id: str
    source: "Element"
    target: "Element"
    condition: FormulaTerm | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """What an event waits for or throws. ``kind``: none, message, timer, signal, error, escalation, link, terminate. ``code`` of an error or escalation
    (None catches all); ``name`` of a message, signal or link."""

    kind: str
    name: Term | None = None
    key: Term | None = None
    timer: TimerSpec | None = None
    code: Term | None = None


NO_TRIGGER = Trigger("none")


class Element(ElementSpec):
    """A BPMN element of a level. The reader fills in the attributes."""

    element_type = "task"
    prints_first = False  # its document is printed when it is entered, and not when it has been completed
    acts_last = False  # what is declared counts before the element acts

    def __init__(self, level: LevelSpec, bpmn_id: str, name: str | None, spec_name: str | None = None) -> None:
        super().__init__(level, spec_name or bpmn_id)
        self.bpmn_id = bpmn_id
        self.bpmn_name = name
        self.level_spec = level
        self.input_mappings: tuple[Mapping, ...] = ()
        self.output_mappings: tuple[Mapping, ...] = ()
        self.listeners: dict[str, tuple[Listener, ...]] = {}
        self.properties: dict[str, str] = {}
        self.declarations = NOTHING
        self.incoming: list[Flow] = []
        self.outgoing: list[Flow] = []
        self.default: Flow | None = None
        self.boundaries: list[BoundaryElement] = []
        self.multi_body: MultiInstanceBody | None = None
        self.marks_overdue = False  # a timer at its edge leads to the connector that marks a lapse
        self.forbidden_cache: dict[frozenset[str], frozenset[int]] = {}

    @classmethod
    def from_node(cls, parser: "NodeParser") -> Self:
        """The element of a BPMN node; the reader's table says which class."""
        node = parser.node
        element = cls(parser.level_spec, node.get("id"), node.get("name") or None)
        element.element_type = node.tag.rpartition("}")[2]
        return element

    # ------------------------------------------------------------------ stages

    def proceed(self, token: Token) -> bool | None:
        course = token.course
        try:
            return self.run_stages(course, token)
        except ElementFailure as failure:
            open_incident(course, token, failure)
            return None

    def run_stages(self, course: "Course", token: Token) -> bool | None:
        stage = token.stage
        if stage == "arrived":
            self.announce(course, token)
            stage = token.stage = "entering"
        if stage == "entering":
            if self.input_mappings:
                apply_inputs(course, token)
            if self.declarations.phase:
                course.enter_phase(token)
            token.reads = None
            if self.declarations.document and self.prints_first:
                if self.declarations.reads:
                    course.read(token)
                course.print_document(token)
            stage = token.stage = "starting"
        if self.declarations.reads:
            course.read(token)
        if stage == "starting":
            if self.listeners and run_listeners(course, token, "start"):
                return None
            stage = token.stage = "opening"
        if stage == "opening":
            # Behind an event-based gateway the event has already happened.
            waits = self.waits_of(token) if "fired" not in token.memo else ()
            if waits:
                open_waits(course, token, waits)
            stage = token.stage = "activating"
        if stage == "activating":
            if self.acts_last and self.declarations.on_completion and "effected" not in token.memo:
                course.take_effect(token)
                token.memo["effected"] = True
            if not self.activate(course, token):
                if token.stage == "activating" and "listener" not in token.memo.get("job", ()):
                    token.stage = "active"
                return None
            stage = token.stage = "completing"
        if stage == "completing":
            if self.declarations.sets:
                self.note_brought(course, token)
            self.complete(course, token)
            stage = token.stage = "effecting"
        if stage == "effecting":
            if self.declarations.on_completion and not token.memo.pop("effected", False):
                course.take_effect(token)
            if self.declarations.sets:
                token.memo.pop("brought", None)
                token.memo.pop("inside", None)
            stage = token.stage = "printing" if self.declarations.document and not self.prints_first else "ending"
        if stage == "printing":
            course.print_document(token)
            stage = token.stage = "ending"
        if stage == "ending":
            if self.listeners and run_listeners(course, token, "end"):
                return None
            stage = token.stage = "leaving"
        if stage == "leaving":
            if token.body is None:
                taken = self.choose_flows(course, token) if "aside" not in token.memo else ()
            else:
                body = token.body
                body.task_spec.collect(course, body, token)
                taken = ()
            close_waits(course, token)
            token.memo["taken"] = taken
            return True
        return None

    def note_brought(self, course: "Course", token: Token) -> None:
        """Which variables the element's own result consists of, and whether it came from a tree of ours: a retry must not forget it."""
        if "brought" not in token.memo:
            token.memo["brought"] = sorted(token.memo.get("result") or ())
            token.memo["inside"] = course.inside

    @property
    def makes_rows(self) -> bool:
        """Whether what it makes is counted by rounds."""
        return bool(self.declarations.record or self.declarations.approves)

    def announce(self, course: "Course", token: Token) -> None:
        """Say that the element instance has begun."""
        body = token.body
        token.note_entered(course.now)
        number = past.entered(token)
        if body is None and self.makes_rows:
            course.enter_round(token, number)
        host = token.workflow.host
        course.emit(
            ElementEntered(
                element=token.number,
                instance=token.instance,
                element_id=self.bpmn_id,
                element_type=self.element_type,
                name=self.bpmn_name or "",
                scope=body.number if body is not None else host.number if host is not None else 0,
                loop_counter=token.memo.get("place"),
                flow_id=token.flow,
                round=number,
            )
        )
        # An instance of a multi-instance activity that opens again has its item already.
        for name, value in token.variables.items():
            course.tell(token, name, value)

    def waits_of(self, token: Token) -> "Sequence[EventElement]":
        """What ``waits_to_open`` gives, but for events that would lead a token away which stands aside of the flow (see ``engine.returning``)."""
        waits = self.waits_to_open()
        return [event for event in waits if not leads_away(event, token)]

    def waits_to_open(self) -> "Sequence[EventElement]":
        """Boundary events; of a multi-instance activity they belong to the body."""
        return self.boundaries

    def waiting_event(self, event_id: str) -> "EventElement":
        """The event with this id among those that a token here may wait for. Raises KeyError."""
        for event in self.waits_to_open():
            if event.bpmn_id == event_id:
                return event
        raise KeyError(event_id)

    def inner_level(self) -> LevelSpec:
        """The level that a token here opens. Raises KeyError where there is none."""
        raise KeyError(self.bpmn_id)

    def activate(self, course: "Course", token: Token) -> bool:
        """Do what the element is for. True: it is done; False: it waits. Raises ElementFailure."""
        return True

    def complete(self, course: "Course", token: Token) -> None:
        """Take over the result. Raises ElementFailure."""
        result = token.memo.get("result")
        if self.output_mappings:
            if result:
                for name, value in result.items():
                    course.set_local(token, name, value)
            apply_outputs(course, token)
        elif result:
            course.propagate(token, result)
        token.memo.pop("result", None)

    def choose_flows(self, course: "Course", token: Token) -> Sequence[Flow]:
        """The flows that are taken: without conditions all of them. Raises ElementFailure."""
        if not any(flow.condition is not None or flow is self.default for flow in self.outgoing):
            return self.outgoing
        taken = [flow for flow in self.outgoing if flow is not self.default and (flow.condition is None or holds(course, token, flow))]
        if not taken and self.default is not None:
            taken = [self.default]
        if not taken:
            raise no_flow(course, token)
        return taken

    def leave(self, token: Token) -> None:
        taken: Iterable[Flow] = token.memo.pop("taken", ())
        token.course.emit(ElementEnded(token.number, "completed"))
        past.completed(token)
        if "back" in token.memo:
            go_on(token)
        token.course.completed(token)
        for flow in taken:
            child = token.add(flow.target)
            child.flow = flow.id

    def left(self, token: Token) -> None:
        level = token.workflow
        body = token.body
        if body is not None:
            body.task_spec.instance_left(token.course, body)
        else:
            level_emptied(token.course, level)

    def cancelled(self, token: Token) -> None:
        course = token.course
        if "back" in token.memo:
            go_on(token)
        if token.stage == "arrived":
            self.withdrawn(token)
            return
        cancel_job(course, token)
        self.closing(course, token)
        close_waits(course, token)
        if token.incident:
            close_incident(course.tree, token)
        course.tree.subprocesses.pop(token.number, None)
        course.emit(ElementEnded(token.number, "terminated"))

    def withdrawn(self, token: Token) -> None:
        """A token that had only arrived is gone; nothing had been said of it."""

    def closing(self, course: "Course", token: Token) -> None:
        """Give up what the element had open when it is ended from outside."""

    # ------------------------------------------------------------------ what only some elements do

    def collect(self, course: "Course", token: Token, child: Token) -> None:
        """A multi-instance body: an instance is about to end."""
        raise TypeError(f"{self.bpmn_id} has no instances")

    def instance_left(self, course: "Course", token: Token) -> None:
        """A multi-instance body: an instance has gone."""
        raise TypeError(f"{self.bpmn_id} has no instances")

    def returned(self, token: Token, variables: dict[str, Any], written: Iterable[str]) -> None:
        """A call activity: the called process has completed with ``variables``, of which it has set ``written`` itself."""
        raise TypeError(f"{self.bpmn_id} calls nothing")

    def fire_if_complete(self, level: Level) -> bool:
        """An inclusive join: go on when nothing more can come. Whether it went."""
        return False

    # ------------------------------------------------------------------ where outputs go

    def output_scope(self, token: Token) -> Token:
        """Where an output mapping's target is looked for first: an instance of a multi-instance activity may keep it for its output element."""
        return token if token.body is not None else token.outer or token

    def deliver_outputs(self, course: "Course", token: Token, start: Token, computed: dict[str, Any]) -> None:
        course.propagate(start, computed)


class ProcessRoot(Element):
    """What a level hangs on. For a process instance it is the instance itself: its variables, its event sub-processes, its listeners."""

    element_type = "process"
    event_subprocesses: "list[Element]"

    def __init__(self, level: LevelSpec, bpmn_id: str, name: str | None) -> None:
        Element.__init__(self, level, bpmn_id, name, " root")
        self.event_starts: list[EventElement] = []
        self.starts: list[StartElement] = []

    @property
    def none_start(self) -> "StartElement | None":
        return next((start for start in self.starts if start.trigger.kind == "none"), None)

    def announce(self, course: "Course", token: Token) -> None:
        """InstanceStarted has said it."""

    def waits_to_open(self) -> "Sequence[EventElement]":
        return self.event_starts

    def activate(self, course: "Course", token: Token) -> bool:
        """Begin at what ``Start`` names. Raises ElementFailure when the process has no none start event."""
        level = token.workflow
        begin = token.memo.get("begin")
        if begin is None:
            start = self.none_start
            if start is None:
                raise ElementFailure(
                    IncidentType.CALLED_ELEMENT_ERROR,
                    f"流程“{self.bpmn_name or self.bpmn_id}”没有无触发条件的开始事件,不能直接发起或被调用",
                    {},
                )
            begin = [start.bpmn_id]
        payload = token.memo.get("payload")
        for element_id in begin:
            child = token.add(level.spec.elements[element_id])
            if payload:
                child.memo["result"] = payload
            if token.course.brought is not None and child.task_spec.declarations.sets:
                child.memo |= {"brought": list(token.course.brought), "inside": token.course.inside}
            if token.course.begun_in is not None and child.task_spec.declarations.record and token.is_process:
                child.memo["acting"] = token.course.begun_in
            child.ready()
        token.memo.pop("begin", None)
        token.memo.pop("payload", None)
        return False

    def choose_flows(self, course: "Course", token: Token) -> Sequence[Flow]:
        return ()

    def leave(self, token: Token) -> None:
        token.memo.pop("taken", None)
        token.course.finish_instance(token)

    def cancelled(self, token: Token) -> None:
        if token.workflow.host is not None:
            return
        cancel_job(token.course, token)
        close_waits(token.course, token)
        if token.incident:
            close_incident(token.course.tree, token)
        token.course.instance_cancelled(token)


class EventElement(Element):
    """An event that waits: catch event, receive task, boundary event, start of an event sub-process."""

    trigger: Trigger = NO_TRIGGER
    interrupting = True

    def fire(self, course: "Course", wait: Wait, payload: dict[str, Any]) -> None:
        """Its wait has been met."""
        raise NotImplementedError


class BoundaryElement(EventElement):
    """Declared here because every activity lists its boundary events; behaviour in ``events``."""

    element_type = "boundaryEvent"
    host: Element


@dataclass(frozen=True, slots=True)
class FormReference:
    """``binding``: latest, deployment or versionTag (then ``tag``)."""

    id: Term
    binding: str = "latest"
    tag: str | None = None


class StartElement(EventElement):
    """Declared here because a level lists its starts; behaviour in ``events``. ``form``: of the none start of a process, what somebody who begins it fills in."""

    element_type = "startEvent"
    form: FormReference | None = None


def level_emptied(course: "Course", level: Level) -> None:
    """A token has left ``level``: when it was the last, the level is done."""
    root = level.task_tree
    if root._children or course.holding:
        return
    owner = level.owner
    if owner.is_open and owner.stage == "active":
        # Nothing may begin in it any more, not even by a signal of this very step.
        close_waits(course, owner, level.spec.start.event_starts)
        owner.queue("completing")


def holds(course: "Course", token: Token, flow: Flow) -> bool:
    """Whether the flow's condition is true. Raises ElementFailure (CONDITION_ERROR) when it is neither true nor false."""
    if flow.condition is None:
        return True
    return verdict(course, flow.condition, token, f"流向 {flow.id} 的条件", flow=flow.id)


def no_flow(course: "Course", token: Token) -> ElementFailure:
    return ElementFailure(
        IncidentType.CONDITION_ERROR,
        f"{course.place(token)}没有任何流向的条件成立,也没有默认流向。请修改变量使某一条件成立,或为其设置默认流向后重试",
        {"flows": [flow.id for flow in token.task_spec.outgoing]},
    )
