"""Embedded and event sub-processes, and call activities: elements that open a level of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.engine.codes import IncidentType
from app.engine.elements.aside import hand_on
from app.engine.elements.base import Element, EventElement, ProcessRoot
from app.engine.elements.gateways import Join
from app.engine.errors import ElementFailure
from app.engine.expressions import Term, evaluate
from app.engine.paths import paths_of
from app.engine.spiff import LevelSpec, Token

if TYPE_CHECKING:
    from app.engine.course import Course


class SubProcess(Element):
    """Its inside is a level of the same instance; event sub-processes inside wait as long as it runs."""

    element_type = "subProcess"
    inner_spec: LevelSpec

    @property
    def inner_root(self) -> ProcessRoot:
        return self.inner_spec.start

    def inner_level(self) -> LevelSpec:
        return self.inner_spec

    def waits_to_open(self) -> Sequence[EventElement]:
        return [*self.boundaries, *self.inner_root.event_starts]

    def activate(self, course: "Course", token: Token) -> bool:
        level = course.tree.open_level(self.inner_spec, token, token.instance, token)
        entry = token.memo.get("entry")
        begin = self.first(token) if entry is None else self.inner_spec.elements[entry["at"][0]]
        child = level.task_tree.add(begin)
        if entry is not None:
            hand_on(token, child)
            del token.memo["entry"]
            child.memo["entry"]["at"] = entry["at"][1:]
            for name, flow in () if "aside" in token.memo else paths_of(self.inner_spec).entering(begin.bpmn_id):
                join = self.inner_spec.elements[name]
                if isinstance(join, Join):
                    join.supply(level, flow)
        payload = token.memo.pop("payload", None)
        if payload:
            child.memo["result"] = payload
        token.memo.pop("begin", None)
        child.ready()
        return False

    def first(self, token: Token) -> Element:
        start = self.inner_root.none_start
        if start is None:
            raise ElementFailure(IncidentType.CALLED_ELEMENT_ERROR, f"子流程 {self.bpmn_id} 没有开始事件", {})
        return start

    def deliver_outputs(self, course: "Course", token: Token, start: Token, computed: dict[str, Any]) -> None:
        """After a correction that stands aside of the flow only what it has given is taken over: the rest was given before and is not there to be given again."""
        if "aside" in token.memo:
            computed = {name: value for name, value in computed.items() if value is not None}
        super().deliver_outputs(course, token, start, computed)

    def complete(self, course: "Course", token: Token) -> None:
        course.tree.subprocesses.pop(token.number, None)
        super().complete(course, token)


class EventSubProcess(SubProcess):
    """Runs when its start event happens; ``memo['begin']`` names it."""

    def first(self, token: Token) -> Element:
        return self.inner_spec.elements[token.memo["begin"]]


@dataclass(frozen=True, slots=True)
class CalledProcess:
    """``binding``: latest (within the tree's catalogue version), deployment or versionTag."""

    id: Term
    binding: str = "latest"
    tag: str | None = None
    all_parent_variables: bool = True
    all_child_variables: bool = True


class CallActivity(Element):
    """Another process as an instance of its own, in the same tree."""

    element_type = "callActivity"
    called: CalledProcess

    def activate(self, course: "Course", token: Token) -> bool:
        called = self.called
        process_id = evaluate(course, called.id, token, "被调用流程的标识", kind=IncidentType.CALLED_ELEMENT_ERROR)
        deployment = course.tree.instances[token.instance].definition.key if called.binding == "deployment" else None
        definition = course.library.process(process_id, tag=called.tag, deployment=deployment) if isinstance(process_id, str) else None
        if definition is None:
            raise ElementFailure(
                IncidentType.CALLED_ELEMENT_ERROR,
                f"{course.place(token)}调用的流程“{process_id}”没有部署"
                + (f"(版本标记 {called.tag})" if called.tag else "")
                + "。请部署该流程,或改正流程图中的流程标识后重试",
                {"process": process_id, "binding": called.binding},
            )
        if definition.spec.start.none_start is None:
            raise ElementFailure(
                IncidentType.CALLED_ELEMENT_ERROR,
                f"{course.place(token)}调用的流程“{process_id}”没有无触发条件的开始事件,不能被调用",
                {"process": process_id},
            )
        if course.depth_of(token) >= course.limits.call_depth:
            raise ElementFailure(
                IncidentType.LIMIT_CALL_DEPTH,
                f"{course.place(token)}调用流程的层数超过上限({course.limits.call_depth} 层)。请检查流程是否循环调用自身",
                {"limit": course.limits.call_depth, "process": process_id},
            )
        course.start_instance(definition, course.visible(token) if called.all_parent_variables else dict(token.variables), token)
        return False

    def returned(self, token: Token, variables: dict[str, Any], written: Iterable[str]) -> None:
        """Output mappings see everything that the called process had; without them what it has set itself goes back."""
        if self.output_mappings:
            token.memo["result"] = variables
        elif self.called.all_child_variables:
            token.memo["result"] = {name: variables[name] for name in written if name in variables}
        token.queue("completing")

    def complete(self, course: "Course", token: Token) -> None:
        course.tree.subprocesses.pop(token.number, None)
        result = token.memo.get("result")
        if result and not self.output_mappings:
            # What comes back leaves the call activity; its own inputs are not a place for it.
            course.propagate(token if token.body is not None else token.outer or token, result)
            token.memo.pop("result")
        super().complete(course, token)
