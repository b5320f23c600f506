"""Waits: timers and subscriptions that a token opens, what they need to be opened, and how they are opened again after a repetition."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.engine import timers
from app.engine.codes import IncidentType
from app.engine.effects import WaitClosed, WaitOpened
from app.engine.errors import ElementFailure
from app.engine.expressions import FormulaTerm, evaluate, source_of
from app.engine.limits import LONGEST_KEY, LONGEST_NAME, flaw_of
from app.engine.spiff import Token, Wait

if TYPE_CHECKING:
    from app.engine.course import Course
    from app.engine.elements.base import EventElement

WAITING_KINDS = frozenset({"timer", "message", "signal"})


@dataclass(slots=True)
class Prepared:
    """A wait whose expressions have been evaluated but which is not open yet."""

    event: "EventElement"
    due_at: datetime | None = None
    name: str | None = None
    key: str | None = None
    memo: dict[str, Any] = field(default_factory=dict)


def open_waits(course: "Course", owner: Token, events: Iterable["EventElement"]) -> None:
    """Open the waits of all ``events`` for ``owner``, or none of them. Raises ElementFailure."""
    prepared = [prepare(course, owner, event) for event in events if event.trigger.kind in WAITING_KINDS]
    for wait in prepared:
        open_wait(course, owner, wait)


def prepare(course: "Course", owner: Token, event: "EventElement") -> Prepared:
    trigger = event.trigger
    if trigger.timer is not None:
        label = f"定时器(事件 {event.bpmn_id})"
        value = evaluate(course, trigger.timer.term, owner, label)
        try:
            schedule = timers.schedule(trigger.timer.kind, value, course.now, course.library.zone)
        except timers.TimerError as error:
            raise _failure(course, owner, event, source_of(trigger.timer.term), f"定时器不能用:{error}") from error
        return Prepared(event, due_at=schedule.due_at, memo=dict(schedule.memo))
    name = text_of(evaluate(course, trigger.name, owner, f"事件 {event.bpmn_id} 的名称")) if trigger.name is not None else None
    if not name:
        source = source_of(trigger.name) if trigger.name is not None else ""
        raise _failure(course, owner, event, source, "消息或信号的名称为空")
    flaw = flaw_of(name, LONGEST_NAME)
    if flaw is not None:
        raise _failure(course, owner, event, source_of(trigger.name) if trigger.name is not None else "", f"消息或信号的名称{flaw}")
    if trigger.kind == "signal":
        return Prepared(event, name=name, memo={"name": name})
    if trigger.key is None:
        raise _failure(course, owner, event, "", "消息没有关联键(correlationKey)")
    key = text_of(evaluate(course, trigger.key, owner, f"消息关联键(事件 {event.bpmn_id})"))
    if not key:
        raise _failure(course, owner, event, source_of(trigger.key), "消息关联键的值为空(null)或不是文字、数字")
    flaw = flaw_of(key, LONGEST_KEY)
    if flaw is not None:
        raise _failure(course, owner, event, source_of(trigger.key), f"消息关联键的值{flaw}")
    return Prepared(event, name=name, key=key, memo={"name": name, "key": key})


def text_of(value: Any) -> str | None:
    """A name or correlation key: texts as they are, numbers without trailing zeros."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return format(Decimal(value).normalize(), "f")


def _failure(course: "Course", owner: Token, event: "EventElement", source: str, what: str) -> ElementFailure:
    return ElementFailure(
        IncidentType.EXTRACT_VALUE_ERROR,
        f"{course.place(owner)}等待的事件 {event.bpmn_id}:{what}。表达式:{source or '(无)'}。请补齐变量或修改流程图后重试",
        {"event": event.bpmn_id, "expression": source},
    )


def open_wait(course: "Course", owner: Token, prepared: Prepared) -> Wait:
    tree = course.tree
    event = prepared.event
    wait = Wait(tree.next_number("wait"), owner, event, prepared.memo)
    tree.waits[wait.number] = wait
    owner.waits[wait.number] = wait
    timer = event.trigger.timer
    dynamic = timer is not None and isinstance(timer.term, FormulaTerm) and timer.term.uses_calendar
    course.emit(
        WaitOpened(
            wait=wait.number,
            element=0 if owner.is_process else owner.number,
            instance=owner.instance,
            element_id=event.bpmn_id,
            kind=event.trigger.kind,
            due_at=prepared.due_at,
            name=prepared.name,
            correlation_key=prepared.key,
            expression=source_of(timer.term) if timer is not None else None,
            calendar_version=course.library.calendar.version if dynamic else None,
            interrupting=event.interrupting,
        )
    )
    return wait


def close_wait(course: "Course", wait: Wait) -> None:
    del course.tree.waits[wait.number]
    del wait.owner.waits[wait.number]
    course.emit(WaitClosed(wait.number))


def close_waits(course: "Course", owner: Token, events: "Iterable[EventElement] | None" = None) -> None:
    """Close the owner's waits, all of them or those for ``events``."""
    if owner.waits:
        wanted = None if events is None else set(map(id, events))
        for wait in list(owner.waits.values()):
            if wanted is None or id(wait.event) in wanted:
                close_wait(course, wait)


def renew(course: "Course", wait: Wait) -> None:
    """A non-interrupting event has met its wait: open it again if it repeats. Raises ElementFailure."""
    close_wait(course, wait)
    event, owner, memo = wait.event, wait.owner, wait.memo
    if event.trigger.kind != "timer":
        open_wait(course, owner, Prepared(event, name=memo["name"], key=memo.get("key"), memo=memo))
        return
    try:
        schedule = timers.following(memo, course.now, course.library.zone)
    except timers.TimerError:
        # The calendar has no further instant (cron, or year 9999): the repetition is over.
        schedule = None
    if schedule is not None:
        open_wait(course, owner, Prepared(event, due_at=schedule.due_at, memo=dict(schedule.memo)))
