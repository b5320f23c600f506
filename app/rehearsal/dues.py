"""Deadlines of user tasks in a rehearsal, served on the virtual clock as the platform serves them: marked, told and registered, without a step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.connectors.calls import OVERDUE, PutRecord
from app.domain import overdue
from app.domain.calendars import Calendar
from app.domain.keys import next_key
from app.domain.overdue import Step
from app.engine.effects import DecisionEvaluated, Effect, PeopleTold, TaskOpened
from app.rehearsal.ledger import LedgerInMemory, RehearsedLedger


@dataclass(slots=True, eq=False)
class ArmedDue:
    """The deadline of an open task: what is still to be served. ``task``: what names it in the register."""

    opened: TaskOpened
    task: str
    key: str
    due_at: datetime
    steps: list[Step]


def arm(
    opened: TaskOpened, number: int, happened: Sequence[Effect], *, now: datetime, calendar: Calendar, zone: ZoneInfo
) -> ArmedDue | None:
    """The deadline of a task that opens in the tree ``number``, None where the platform serves none. ``happened``: the effects of the same step."""
    due_at = due_of(opened)
    if opened.follow_ups is None or due_at is None:
        return None
    remind_at = next(
        (
            datetime.fromisoformat(effect.deadline["remindAt"])
            for effect in happened
            if isinstance(effect, DecisionEvaluated)
            and effect.element == opened.element
            and effect.deadline is not None
            and datetime.fromisoformat(effect.deadline["dueAt"]) == due_at
        ),
        None,
    )
    steps = overdue.steps(opened.follow_ups, due_at, remind_at, opened_at=now, calendar=calendar, zone=zone)
    return ArmedDue(opened, f"{number}.{opened.element}", opened.deadline_key, due_at, steps) if steps else None


def due_of(opened: TaskOpened) -> datetime | None:
    """Until when a task is to be done: the earlier of its own and of whoever has returned it."""
    return min((at for at in (opened.due_at, _given_back(opened)) if at is not None), default=None)


def _given_back(opened: TaskOpened) -> datetime | None:
    """Until when whoever has returned the task wants it done."""
    text = opened.returned.remark.get("due_at") if opened.returned is not None else None
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def serve(due: ArmedDue, ledger: RehearsedLedger, keys: Mapping[int, int], *, process_id: str, zone: ZoneInfo) -> None:
    """Serve what has passed, and keep what is left."""
    passed = [step for step in due.steps if step.at <= ledger.now]
    due.steps = [step for step in due.steps if step.at > ledger.now]
    opened = due.opened
    names = dict.fromkeys(name for step in passed for name in step.what.tell)
    roles = overdue.roles_told(names, opened.candidate_groups, ledger.memory.district)
    about = str(ledger.project["name"]) if ledger.project is not None else ""
    title, text = overdue.words(opened.name, about, due.due_at, ledger.now, zone)
    ledger.take([PeopleTold(opened.element, opened.element_id, role, title, text) for role in roles], keys)
    known = (record.data for record in ledger.memory.records if record.kind == OVERDUE)
    if any(step.what.register for step in passed) and not any(overdue.is_entered(data, due.task, due.due_at) for data in known):
        data = overdue.entry(key=due.key, element_id=opened.element_id, name=opened.name, task=due.task, due_at=due.due_at, now=ledger.now)
        ledger.apply([PutRecord(next_key(), OVERDUE, data, None)], opened.element_id, process_id)
    ledger.write()


def close(memory: LedgerInMemory, task: str, now: datetime) -> None:
    """A task is done, or gone: its rows of the register are closed."""
    memory.change(
        OVERDUE, lambda data: {**data, "closedAt": now.isoformat()} if data.get("task") == task and "closedAt" not in data else data
    )
