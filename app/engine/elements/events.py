"""Events: starts, ends, throws, catches, boundary events and the triggers of event sub-processes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.engine import catching
from app.engine.codes import IncidentType
from app.engine.elements.base import BoundaryElement, Element, EventElement, Flow, StartElement, Trigger
from app.engine.elements.gateways import caught
from app.engine.errors import ElementFailure
from app.engine.expressions import Term, evaluate, fit, source_of
from app.engine.signals import throw_signal
from app.engine.spiff import Level, Token, Wait
from app.engine.waits import close_waits, renew, text_of

if TYPE_CHECKING:
    from app.engine.course import Course


class CatchEvent(EventElement):
    """An intermediate catch event, or the target of a link."""

    element_type = "intermediateCatchEvent"

    def waits_to_open(self) -> Sequence[EventElement]:
        return () if self.trigger.kind in ("none", "link") else (self,)

    def activate(self, course: "Course", token: Token) -> bool:
        return bool(token.memo.pop("fired", False)) or self.trigger.kind in ("none", "link")

    def fire(self, course: "Course", wait: Wait, payload: dict[str, Any]) -> None:
        caught(course, wait, payload)


class BoundaryEvent(BoundaryElement):
    """Attached to an activity: interrupting it, or running beside it."""

    def waits_to_open(self) -> Sequence[EventElement]:
        return ()

    def fire(self, course: "Course", wait: Wait, payload: dict[str, Any]) -> None:
        self.occur(course, wait.owner, payload, wait)

    def occur(self, course: "Course", host: Token, payload: dict[str, Any], wait: Wait | None = None) -> Token:
        """The event has happened to ``host``: a token goes on from here."""
        level = host.workflow
        token = level.task_tree.add(self)
        if payload:
            token.memo["result"] = payload
        if self.interrupting:
            host.cancel()
        elif wait is not None:
            renew(course, wait)
        token.ready()
        return token


class StartEventElement(StartElement):
    """The start of a process, of a sub-process, or the trigger of an event sub-process (then ``subprocess`` is set)."""

    subprocess: "Element | None" = None

    def waits_to_open(self) -> Sequence[EventElement]:
        return ()

    def fire(self, course: "Course", wait: Wait, payload: dict[str, Any]) -> None:
        owner = wait.owner
        level = owner.workflow if owner.is_root else owner.inner
        if level is None:
            raise RuntimeError("an event sub-process without its level")
        self.occur(course, level, payload, wait)

    def occur(self, course: "Course", level: Level, payload: dict[str, Any], wait: Wait | None = None) -> Token:
        """The event has happened in ``level``: its event sub-process begins, after ending everything else there if it interrupts."""
        if self.subprocess is None:
            raise RuntimeError("not the start of an event sub-process")
        if self.interrupting:
            level.interrupted = True
            close_waits(course, level.owner, list(level.spec.start.event_starts))
            for other in level.live():
                other.cancel()
        elif wait is not None:
            renew(course, wait)
        token = level.task_tree.add(self.subprocess)
        token.memo["begin"] = self.bpmn_id
        if payload:
            token.memo["payload"] = payload
        token.ready()
        return token

    def deliver_outputs(self, course: "Course", token: Token, start: Token, computed: dict[str, Any]) -> None:
        # What an event brings is mapped into the scope that it starts, and stays there.
        for name, value in computed.items():
            course.set_local(start, name, value)


class ThrowEvent(Element):
    """An intermediate throw event or an end event without a job: none, signal, escalation, error, link, terminate."""

    element_type = "intermediateThrowEvent"
    acts_last = True
    trigger = Trigger("none")

    def activate(self, course: "Course", token: Token) -> bool:
        trigger = self.trigger
        if trigger.kind == "signal":
            return throw_signal(course, token, self.required_text(course, token, trigger.name, "信号名称"))
        if trigger.kind == "escalation":
            code = self.required_text(course, token, trigger.code, "升级代码")
            return catching.throw_escalation(course, token, code)
        if trigger.kind == "error":
            code = self.required_text(course, token, trigger.code, "错误代码")
            payload = dict(token.variables) if self.input_mappings else {}
            if not catching.throw_error(course, token, code, payload):
                raise catching.uncaught(course, token, code, "")
            return False
        if trigger.kind == "terminate":
            level = token.workflow
            for other in level.live():
                if other is not token:
                    other.cancel()
        return True

    def required_text(self, course: "Course", token: Token, term: Term | None, what: str) -> str:
        value = text_of(evaluate(course, term, token, what)) if term is not None else None
        if term is None or not value:
            raise ElementFailure(
                IncidentType.EXTRACT_VALUE_ERROR,
                f"{course.place(token)}的{what}为空。请改正流程图或补齐变量后重试",
                {"expression": source_of(term) if term is not None else None},
            )
        return fit(course, term, token, what, value)


class EndEvent(ThrowEvent):
    element_type = "endEvent"


class LinkThrow(ThrowEvent):
    """Goes on at the catch event of the same name; the reader has drawn a flow to it."""

    def choose_flows(self, course: "Course", token: Token) -> Sequence[Flow]:
        return self.outgoing
