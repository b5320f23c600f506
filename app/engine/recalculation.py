"""Counting open deadlines again, after a year's working days have been announced (requirements G8)."""

from dataclasses import dataclass, field
from datetime import datetime

from app.engine import timers
from app.engine.course import Course
from app.engine.effects import Effect
from app.engine.elements.tasks import UserTask
from app.engine.errors import ElementFailure
from app.engine.expressions import FormulaTerm, evaluate
from app.engine.ledger import NOTHING_KNOWN, KnownLedger
from app.engine.library import Library
from app.engine.limits import StepLimits
from app.engine.state import State, build

_DEFAULT_LIMITS = StepLimits()


@dataclass(slots=True)
class Recalculated:
    """``waits``: wait → due instant. ``tasks``: element → (due, follow up). Only what depends on the calendar. ``failed``: places whose expression cannot be
    evaluated any more, in words; their dates stay. ``effects``: the decisions taken on the way."""

    waits: dict[int, datetime] = field(default_factory=dict)
    tasks: dict[int, tuple[datetime | None, datetime | None]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)


def recalculate(
    library: Library, state: State, now: datetime, limits: StepLimits = _DEFAULT_LIMITS, ledger: KnownLedger = NOTHING_KNOWN
) -> Recalculated:
    """Evaluate the dates of open waits and tasks that depend on working days with ``library``'s calendar. The state is not changed. Raises Unanswered.

    A duration counts from when its wait was opened, which is past: only timer dates and task schedules are counted again.
    """
    course = Course(library, build(state.document(), library), now, limits=limits, ledger=ledger)
    found = Recalculated()
    for wait in course.tree.waits.values():
        timer = wait.event.trigger.timer
        if timer is None or timer.kind != timers.DATE or not isinstance(timer.term, FormulaTerm) or not timer.term.uses_calendar:
            continue
        try:
            value = evaluate(course, timer.term, wait.owner, f"定时器(事件 {wait.event.bpmn_id})")
            found.waits[wait.number] = timers.parse_instant(value, library.zone)
        except (ElementFailure, timers.TimerError) as error:
            found.failed.append(str(error))
    for token in course.tree.tokens.values():
        task = token.task_spec
        if not isinstance(task, UserTask) or token.memo.get("phase") != "open":
            continue
        terms = (task.assignment.due_date, task.assignment.follow_up_date)
        if any(isinstance(term, FormulaTerm) and term.uses_calendar for term in terms):
            try:
                found.tasks[token.number] = (
                    task.instant(course, token, terms[0], "到期时间"),
                    task.instant(course, token, terms[1], "跟进时间"),
                )
            except ElementFailure as error:
                found.failed.append(str(error))
    found.effects = course.effects
    return found
