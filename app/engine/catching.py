"""Errors and escalations: the nearest matching catch, from the inside outwards and across call activities."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.engine.codes import IncidentType
from app.engine.effects import EscalationUncaught
from app.engine.errors import ElementFailure
from app.engine.expressions import LiteralTerm

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.elements.base import EventElement
    from app.engine.elements.events import BoundaryEvent, StartEventElement
    from app.engine.spiff import Level, Token


def throw_error(course: "Course", token: "Token", code: str, payload: dict[str, Any]) -> bool:
    """Hand the error to the nearest catch; everything inside what catches it ends. False when nothing catches it."""
    return _throw(course, token, "error", code, payload) is not None


def throw_escalation(course: "Course", token: "Token", code: str) -> bool:
    """True: the thrower goes on (nobody caught it, or a catch that does not interrupt); False: it has been ended."""
    caught = _throw(course, token, "escalation", code, {})
    if caught is None:
        course.emit(EscalationUncaught(token.number, code))
    return token.is_open


def uncaught(course: "Course", token: "Token", code: str, message: str) -> ElementFailure:
    said = f",说明:{message}" if message else ""
    return ElementFailure(
        IncidentType.UNHANDLED_ERROR_EVENT,
        f"{course.place(token)}报出错误“{code}”{said},流程中没有捕获它的边界事件或事件子流程。请处理原因后重试,或修改流程图增加错误捕获",
        {"errorCode": code, "errorMessage": message},
    )


def _throw(course: "Course", token: "Token", kind: str, code: str, payload: dict[str, Any]) -> "EventElement | None":
    at: Token | None = token
    while at is not None:
        holder = at.body or at
        boundary = _pick(holder.task_spec.boundaries, kind, code)
        if (
            boundary is not None
            and not ("aside" in holder.memo and boundary.interrupting)
            and holder.stage not in ("arrived", "entering", "starting", "opening")
        ):
            event: BoundaryEvent = boundary
            event.occur(course, holder, payload)
            return event
        level: Level = holder.workflow
        if not level.interrupted:
            start = _pick(level.spec.start.event_starts, kind, code)
            # A handler that throws what it handles itself hands it on outwards: it would only begin again.
            if start is not None and start.subprocess is not holder.task_spec:
                trigger: StartEventElement = start
                trigger.occur(course, level, payload)
                return trigger
        at = _above(course, level)
    return None


def _above(course: "Course", level: "Level") -> "Token | None":
    if level.host is not None:
        return level.host
    caller = course.tree.instances[level.instance].call
    return course.tree.tokens.get(caller)


def _pick(events: Any, kind: str, code: str) -> Any:
    """The event with this very code, else one that catches every code."""
    exact = None
    general = None
    for event in _of_kind(events, kind):
        wanted = event.trigger.code
        if wanted is None:
            general = general or event
        elif isinstance(wanted, LiteralTerm) and wanted.value == code:
            exact = exact or event
    return exact or general


def _of_kind(events: Any, kind: str) -> "Iterator[EventElement]":
    return (event for event in events if event.trigger.kind == kind)
