"""Counting open deadlines again, after a year's working days have been announced (requirements G8); and dates and people, after facts have changed (modelling.md §3)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from app.engine import timers
from app.engine.course import Course
from app.engine.decisions import DEADLINES
from app.engine.effects import Effect, TaskOpened
from app.engine.elements.tasks import UserTask
from app.engine.errors import ElementFailure
from app.engine.expressions import ANY_FACT, CALENDAR, COUNTED, PROJECT_NAME, Term, depends, evaluate
from app.engine.ledger import NOTHING_KNOWN, KnownLedger
from app.engine.library import Library
from app.engine.limits import StepLimits
from app.engine.state import State, build

_DEFAULT_LIMITS = StepLimits()


@dataclass(slots=True)
class Recounted:
    """``waits``: wait → due instant. ``tasks``: element → the task as it would open now, of those that name a changed field. ``assigned``: elements of tasks
    whose person is named by such a field. ``failed``: places whose expression cannot be evaluated any more, in words; their dates stay. ``effects``: the
    decisions taken on the way."""

    waits: dict[int, datetime] = field(default_factory=dict)
    tasks: dict[int, TaskOpened] = field(default_factory=dict)
    assigned: set[int] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)


def recount(
    library: Library,
    state: State,
    facts: Collection[str],
    now: datetime,
    limits: StepLimits = _DEFAULT_LIMITS,
    ledger: KnownLedger = NOTHING_KNOWN,
) -> Recounted:
    """Evaluate the dates of open waits, and the dates and people of open tasks, that depend on these ledger fields, or on the working days where CALENDAR is
    one of them. The state is not changed. Raises Unanswered.

    A duration counts from when its wait was opened, which is past: only timer dates and task schedules are counted again. With a new calendar every task that
    has a date is: what follows a deadline may be counted in working days though the deadline is not.
    """
    course = Course(library, build(state.document(), library), now, limits=limits, ledger=ledger)
    found = Recounted()
    counted = counts_by_ledger(library)
    _timers(course, found, lambda term: depends(term, facts, counted=counted))
    for token in course.tree.tokens.values():
        task = token.task_spec
        if not isinstance(task, UserTask) or token.memo.get("phase") != "open":
            continue
        named = task.assignment
        people = (named.assignee, named.candidate_groups, named.candidate_users, task.declarations.office)
        dated = CALENDAR in facts and (named.due_date is not None or named.follow_up_date is not None)
        if not dated and not any(depends(term, facts, counted=counted) for term in (named.due_date, named.follow_up_date, *people)):
            continue
        try:
            found.tasks[token.number] = task.open_task(course, token, returned=True)
        except ElementFailure as error:
            found.failed.append(error.message)
            continue
        if depends(named.assignee, facts, counted=counted):
            found.assigned.add(token.number)
    found.effects = course.effects
    return found


def concerns(dated_by: Collection[str], facts: Collection[str], *, counted: bool) -> bool:
    """Whether a process whose dates and people depend on ``dated_by`` (see ``ProcessDefinition``) is to be evaluated again when these fields have changed.

    ``counted``: see ``counts_by_ledger``.
    """
    return ANY_FACT in dated_by or (counted and COUNTED in dated_by) or any(field in dated_by for field in facts)


def counts_by_ledger(library: Library) -> bool:
    """Whether the table of deadlines reads the ledger, so that a deadline may be another when a fact has changed."""
    ref = library.decision(DEADLINES)
    return ref is not None and PROJECT_NAME in ref.model.words()


def _timers(course: Course, found: Recounted, concerns: Callable[[Term], bool]) -> None:
    for wait in course.tree.waits.values():
        timer = wait.event.trigger.timer
        if timer is None or timer.kind != timers.DATE or not concerns(timer.term):
            continue
        try:
            value = evaluate(course, timer.term, wait.owner, f"定时器(事件 {wait.event.bpmn_id})")
            found.waits[wait.number] = timers.parse_instant(value, course.library.zone)
        except (ElementFailure, timers.TimerError) as error:
            found.failed.append(str(error))
