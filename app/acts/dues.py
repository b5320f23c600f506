"""The deadline of a user task as one row of ``waits``: what it keeps in its memo, and what closes with the task.

memo: ``key`` (deadline key), ``due`` (the task's deadline), ``steps`` (see ``domain.overdue.Step``, those that are still to be served, in order).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.acts.rows import TreePlace, due
from app.catalogue.snapshot import Snapshot
from app.connectors.calls import OVERDUE
from app.domain.calendars import Calendar
from app.domain.deadlines import passed as passed_over
from app.domain.overdue import FollowUp, Step, steps
from app.engine.effects import TaskOpened
from app.store import history, instances, ledger, rows, waits
from app.store.tables import WaitRow


def memo(
    key: str,
    follow_ups: Sequence[FollowUp],
    due_at: datetime | None,
    remind_at: datetime | None,
    *,
    opened_at: datetime,
    calendar: Calendar,
    zone: Any,
    served: Sequence[str] = (),
) -> dict[str, Any] | None:
    """What the row of a deadline keeps; None where nothing is to be served: the task then has no row. ``served``: marks of what has been (``mark_of``)."""
    if due_at is None:
        return None
    planned = steps(follow_ups, due_at, remind_at, opened_at=opened_at, calendar=calendar, zone=zone)
    left = [step.document() for step in planned if mark_of(step) not in served]
    return {"key": key, "due": due_at.isoformat(), "steps": left, "served": list(served)} if left else None


def mark_of(step: Step) -> str:
    """What tells a row of the table from the others of its key."""
    return f"{step.what.offset} {step.what.unit}"


def passed(kept: Mapping[str, Any], now: datetime) -> tuple[list[Step], dict[str, Any] | None]:
    """What is to be served by ``now``, and the memo of what is left; None: nothing is."""
    planned = [Step.of(step) for step in kept["steps"]]
    over = [step for step in planned if step.at <= now]
    left = [step.document() for step in planned if step.at > now]
    served = [*kept.get("served", ()), *map(mark_of, over)]
    return over, ({**kept, "steps": left, "served": served} if left else None)


def again(library: Snapshot, task: Any, opened: TaskOpened, now: datetime, *, due_at: datetime | None, remind_at: datetime | None) -> None:
    """Let the row of an open task's deadline be what its diagram and its due say now. ``task``: its row as it was.

    What has been served of the same due stays served; another due is served anew, but for reminders whose instant is over. One that lies ahead is not overdue.
    """
    kept = waits.due_of(task.root_key, task.element)
    moved = due_at != task.due_at
    if not moved and kept is None and task.overdue_at is not None:
        return  # all has been served
    planned = None
    if opened.follow_ups is not None:
        planned = memo(
            opened.deadline_key,
            opened.follow_ups,
            due_at,
            remind_at,
            opened_at=now if moved else task.opened_at,
            calendar=library.calendar,
            zone=library.zone,
            served=() if moved or kept is None else kept.memo.get("served", ()),
        )
    if kept is not None:
        waits.drop(kept.key)
    if planned is not None:
        place = TreePlace(task.tenant, task.root_key, task.instance_key)
        row = due(
            place,
            process_id=task.process_id,
            definition_key=task.definition_key,
            element_id=opened.element_id,
            element=task.element,
            memo=planned,
            now=now,
        )
        rows.insert(WaitRow, [row])
    if moved and task.overdue_at is not None and not passed_over(due_at, now):
        instances.unmark_overdue(task.key)
        close(task.root_key, task.project_key, [task.key], now)


def close(root_key: int, project_key: int | None, tasks: Sequence[int], now: datetime) -> None:
    """These tasks, which had been marked as overdue, are done or gone: their rows of the register are closed."""
    if not tasks:
        return
    wanted = {str(key) for key in tasks}
    for row in history.records_of_tree(root_key, project_key, OVERDUE):
        if row.data.get("task") in wanted and "closedAt" not in row.data:
            ledger.change_record(row.key, {**row.data, "closedAt": now.isoformat()})
