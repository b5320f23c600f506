"""Queries over running and finished instances: locks, guards, closings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, select, update

from app.domain.states import InstanceState, JobState, TaskState
from app.store.database import run
from app.store.settings import CALENDAR
from app.store.tables import IncidentRow, JobRow, ProcessInstanceRow, ProjectRow, StoredSettingRow, UserTaskRow, WaitRow

# The plain tables, not the mapped classes: an act runs a dozen statements, and the mapper would cost as much as they do.
_instances: Any = ProcessInstanceRow.__table__
_tasks: Any = UserTaskRow.__table__
_projects: Any = ProjectRow.__table__
_settings: Any = StoredSettingRow.__table__

_ROOT = (
    _instances.c.key,
    _instances.c.tenant,
    _instances.c.process_id,
    _instances.c.state,
    _instances.c.project_key,
    _instances.c.correlation_key,
    _instances.c.version,
    _instances.c.catalogue_version,
    _instances.c.blob,
    _instances.c["keys"],
    _instances.c.audit_mac,
    _instances.c.audit_count,
    # Not of the tree: its rules are those it began with, the working days are everybody's.
    select(_settings.c.value).where(_settings.c.name == CALENDAR).scalar_subquery().label("calendar"),
)
TASK = (
    _tasks.c.key.label("task_key"),
    _tasks.c.element,
    _tasks.c.instance_key,
    _tasks.c.element_id,
    _tasks.c.name.label("task_name"),
    _tasks.c.state.label("task_state"),
    _tasks.c.assignee,
    _tasks.c.candidate_groups,
    _tasks.c.candidate_users,
    _tasks.c.form_id,
    _tasks.c.form_key,
    _tasks.c.definition_key,
    _tasks.c.process_id.label("task_process_id"),
    _tasks.c.ledger_version,
    _tasks.c.office_key,
    _tasks.c.office,
    _tasks.c.signing,
    _tasks.c.seat,
    _tasks.c.visit,
    _tasks.c.overdue_at,
)

_by_root = select(*_ROOT).where(_instances.c.key == bindparam("key"), _instances.c.local == 1)
_by_task = (
    select(*_ROOT, *TASK).join_from(_tasks, _instances, _instances.c.key == _tasks.c.root_key).where(_tasks.c.key == bindparam("key"))
)
_project = select(_projects).where(_projects.c.key == bindparam("key"))

_LOCKS: dict[tuple[bool, bool], Any] = {
    (task, wait): (_by_task if task else _by_root).with_for_update(of=_instances, skip_locked=not wait)
    for task in (False, True)
    for wait in (False, True)
}
_project_lock = _project.with_for_update()


def root(key: int, *, task: bool, wait: bool) -> Row[Any] | None:
    """The root row of a tree, by its key or (``task``) by the key of one of its user tasks, with that task; locked where the database locks rows.

    None if there is none, or if ``wait`` is False and somebody else holds it. The task's columns may be older than the lock: guard the task before you write.
    """
    return run(_LOCKS[task, wait], {"key": key}).one_or_none()


def in_order_of_roots(keys: Sequence[int]) -> list[int]:
    """User tasks in the order of the roots of their trees, for who holds several; what there is not is left out."""
    query = select(_tasks.c.key).where(_tasks.c.key.in_(keys)).order_by(_tasks.c.root_key, _tasks.c.key)
    return list(run(query, {}).scalars())


def project(key: int) -> Row[Any]:
    """A project's row, locked where the database locks rows."""
    return run(_project_lock, {"key": key}).one()


_save = (
    update(_instances)
    .where(_instances.c.key == bindparam("root"), _instances.c.version == bindparam("seen"))
    .values(
        {
            name: bindparam(name, type_=_instances.c[name].type)
            for name in ("blob", "keys", "state", "ended_at", "audit_mac", "audit_count", "version")
        }
    )
)


def save_root(key: int, seen: int, values: dict[str, Any]) -> bool:
    """Write a tree's state; False if it is not the version that was read any more."""
    return bool(_execute(_save, {"root": key, "seen": seen, "version": seen + 1, **values}))


_answer = (
    update(_tasks)
    .where(
        _tasks.c.key == bindparam("task"),
        _tasks.c.state == TaskState.OPEN,
        _tasks.c.assignee.is_not_distinct_from(bindparam("seen_assignee", type_=_tasks.c.assignee.type)),
    )
    .values(
        state=TaskState.COMPLETED,
        draft=None,
        draft_saved_at=None,
        closed_at=bindparam("now", type_=_tasks.c.closed_at.type),
        completed_by=bindparam("user"),
        completed_name=bindparam("person"),
        completed_role=bindparam("role"),
        completed_office=bindparam("of_office"),
        outcome=bindparam("said"),
        overrides=bindparam("set_aside", type_=_tasks.c.overrides.type),
        answer=bindparam("given", type_=_tasks.c.answer.type),
    )
)


def answer_task(
    key: int,
    assignee: str | None,
    *,
    now: datetime,
    user: int,
    person: str,
    role: str,
    office: str,
    outcome: str,
    given: Mapping[str, Any],
    overrides: Sequence[dict[str, str]] = (),
) -> bool:
    """Close an open task with who answered it, what was submitted, and the checks that they set aside.

    False if it is not open any more, or assigned to another than was read.
    """
    values = {
        "task": key,
        "seen_assignee": assignee,
        "now": now,
        "user": user or None,  # the system is no person
        "person": person,
        "role": role,
        "of_office": office,
        "said": outcome,
        "set_aside": list(overrides) or None,
        "given": dict(given),
    }
    return bool(_execute(_answer, values))


def return_task(
    key: int, assignee: str | None, *, now: datetime, user: int, person: str, role: str, office: str, outcome: str, to: str
) -> bool:
    """Close an open task with who returned it, and to which; False as ``answer_task``."""
    query = (
        update(UserTaskRow)
        .where(UserTaskRow.key == key, UserTaskRow.state == TaskState.OPEN, UserTaskRow.assignee.is_not_distinct_from(assignee))
        .values(
            state=TaskState.CANCELLED,
            draft=None,
            draft_saved_at=None,
            closed_at=now,
            completed_by=user or None,
            completed_name=person,
            completed_role=role,
            completed_office=office,
            outcome=outcome,
            returned_to=to,
        )
    )
    return bool(_execute(query, {}))


def assign_task(key: int, seen: str | None, assignee: str | None) -> bool:
    """Give an open task to a person or back; False if it is not open, or not assigned as was read."""
    query = (
        update(UserTaskRow)
        .where(UserTaskRow.key == key, UserTaskRow.state == TaskState.OPEN, UserTaskRow.assignee.is_not_distinct_from(seen))
        .values(assignee=assignee)
    )
    return bool(_execute(query, {}))


def release_signed(root_key: int, signing: str, username: str) -> None:
    """Give back what somebody has claimed of a round in which nobody may do two, of which they have done one."""
    query = update(UserTaskRow).where(
        UserTaskRow.root_key == root_key,
        UserTaskRow.signing == signing,
        UserTaskRow.state == TaskState.OPEN,
        UserTaskRow.assignee == username,
    )
    _execute(query.values(assignee=None), {})


def keep_draft(key: int, draft: dict[str, Any], now: datetime) -> bool:
    """Keep a draft at an open task; False if it is not open any more."""
    query = update(UserTaskRow).where(UserTaskRow.key == key, UserTaskRow.state == TaskState.OPEN).values(draft=draft, draft_saved_at=now)
    return bool(_execute(query, {}))


def close_tasks(root_key: int, elements: Sequence[int], state: str, now: datetime) -> list[int]:
    """Close open tasks. Gives the keys of those that had been marked as overdue."""
    if not elements:
        return []
    query = update(UserTaskRow).where(
        UserTaskRow.root_key == root_key, UserTaskRow.element.in_(elements), UserTaskRow.state == TaskState.OPEN
    )
    closed = run(query.values(state=state, closed_at=now).returning(UserTaskRow.key, UserTaskRow.overdue_at), {})
    return [row.key for row in closed.all() if row.overdue_at is not None]


def unmark_overdue(key: int) -> None:
    """An open task's deadline lies ahead again."""
    _execute(update(UserTaskRow).where(UserTaskRow.key == key).values(overdue_at=None), {})


def mark_overdue(root_key: int, element: int, now: datetime) -> None:
    """Mark an open task as overdue, unless it is already."""
    query = update(UserTaskRow).where(
        UserTaskRow.root_key == root_key,
        UserTaskRow.element == element,
        UserTaskRow.state == TaskState.OPEN,
        UserTaskRow.overdue_at.is_(None),
    )
    _execute(query.values(overdue_at=now), {})


def running_of_project(project_key: int) -> Sequence[Row[Any]]:
    """The running instances of a project: root_key, key, tenant, process_id, definition_key, suspended_at; ``memo`` of what is to be evaluated again there."""
    waits: Any = WaitRow.__table__
    query = (
        select(
            _instances.c.root_key,
            _instances.c.key,
            _instances.c.tenant,
            _instances.c.process_id,
            _instances.c.definition_key,
            _instances.c.suspended_at,
            waits.c.memo,
        )
        .outerjoin(waits, and_(waits.c.root_key == _instances.c.root_key, waits.c.wait == 0))
        .where(_instances.c.project_key == project_key, _instances.c.state == InstanceState.ACTIVE)
    )
    return run(query, {}).all()


def close_jobs(root_key: int, elements: Sequence[int], state: str, now: datetime) -> None:
    if elements:
        query = update(JobRow).where(JobRow.root_key == root_key, JobRow.element.in_(elements), JobRow.state == JobState.OPEN)
        _execute(query.values(state=state, closed_at=now), {})


def delete_waits(root_key: int, waits: Sequence[int]) -> None:
    if waits:
        _execute(delete(WaitRow).where(WaitRow.root_key == root_key, WaitRow.wait.in_(waits)), {})


def close_incidents(root_key: int, incidents: Sequence[int], now: datetime) -> None:
    if incidents:
        query = update(IncidentRow).where(IncidentRow.root_key == root_key, IncidentRow.incident.in_(incidents))
        _execute(query.values(closed_at=now), {})


def end_instances(keys: Sequence[int], state: str, now: datetime) -> None:
    if keys:
        query = update(ProcessInstanceRow).where(ProcessInstanceRow.key.in_(keys))
        _execute(query.values(state=state, ended_at=now), {})


def _execute(query: Any, values: dict[str, Any]) -> int:
    return run(query, values).rowcount
