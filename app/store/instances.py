"""Queries over running and finished instances: locks, guards, closings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from app.store.tables import Incident, Job, ProcessInstance, Project, UserTask, Wait, db

_ROOT = (
    ProcessInstance.key,
    ProcessInstance.tenant,
    ProcessInstance.process_id,
    ProcessInstance.state,
    ProcessInstance.project_key,
    ProcessInstance.correlation_key,
    ProcessInstance.version,
    ProcessInstance.catalogue_version,
    ProcessInstance.blob,
    ProcessInstance.keys,
    ProcessInstance.audit_mac,
    ProcessInstance.audit_count,
)
TASK = (
    UserTask.key.label("task_key"),
    UserTask.element,
    UserTask.instance_key,
    UserTask.element_id,
    UserTask.name.label("task_name"),
    UserTask.state.label("task_state"),
    UserTask.assignee,
    UserTask.candidate_groups,
    UserTask.candidate_users,
    UserTask.form_id,
    UserTask.form_key,
    UserTask.definition_key,
    UserTask.process_id.label("task_process_id"),
)

_by_root = select(*_ROOT).where(ProcessInstance.key == bindparam("key"), ProcessInstance.local == 1)
_by_task = (
    select(*_ROOT, *TASK)
    .join_from(UserTask, ProcessInstance, ProcessInstance.key == UserTask.root_key)
    .where(UserTask.key == bindparam("key"))
)
_project = select(Project.__table__).where(Project.key == bindparam("key"))

_LOCKS: dict[tuple[bool, bool], Any] = {
    (task, wait): (_by_task if task else _by_root).with_for_update(of=ProcessInstance, skip_locked=not wait)
    for task in (False, True)
    for wait in (False, True)
}
_project_lock = _project.with_for_update()


def root(key: int, *, task: bool, wait: bool) -> Row[Any] | None:
    """The root row of a tree, by its key or (``task``) by the key of one of its user tasks, with that task; locked where the database locks rows.

    None if there is none, or if ``wait`` is False and somebody else holds it. The task's columns may be older than the lock: guard the task before you write.
    """
    return db.session.execute(_LOCKS[task, wait], {"key": key}).one_or_none()


def project(key: int) -> Row[Any]:
    """A project's row, locked where the database locks rows."""
    return db.session.execute(_project_lock, {"key": key}).one()


_save = (
    update(ProcessInstance)
    .where(ProcessInstance.key == bindparam("root"), ProcessInstance.version == bindparam("seen"))
    .values(
        {
            name: bindparam(name, type_=getattr(ProcessInstance, name).type)
            for name in ("blob", "keys", "state", "ended_at", "audit_mac", "audit_count", "version")
        }
    )
    .execution_options(synchronize_session=False)
)


def save_root(key: int, seen: int, values: dict[str, Any]) -> bool:
    """Write a tree's state; False if it is not the version that was read any more."""
    return bool(_execute(_save, {"root": key, "seen": seen, "version": seen + 1, **values}))


_answer = (
    update(UserTask)
    .where(
        UserTask.key == bindparam("task"),
        UserTask.state == "open",
        UserTask.assignee.is_not_distinct_from(bindparam("seen_assignee", type_=UserTask.assignee.type)),
    )
    .values(
        state="completed",
        draft=None,
        draft_saved_at=None,
        closed_at=bindparam("now", type_=UserTask.closed_at.type),
        completed_by=bindparam("user"),
        completed_name=bindparam("person"),
        completed_role=bindparam("role"),
        completed_office=bindparam("office"),
        outcome=bindparam("said"),
    )
    .execution_options(synchronize_session=False)
)


def answer_task(key: int, assignee: str | None, *, now: datetime, user: int, person: str, role: str, office: str, outcome: str) -> bool:
    """Close an open task with who answered it; False if it is not open any more, or assigned to another than was read."""
    values = {
        "task": key,
        "seen_assignee": assignee,
        "now": now,
        "user": user,
        "person": person,
        "role": role,
        "office": office,
        "said": outcome,
    }
    return bool(_execute(_answer, values))


def assign_task(key: int, seen: str | None, assignee: str | None) -> bool:
    """Give an open task to a person or back; False if it is not open, or not assigned as was read."""
    query = (
        update(UserTask)
        .where(UserTask.key == key, UserTask.state == "open", UserTask.assignee.is_not_distinct_from(seen))
        .values(assignee=assignee)
    )
    return bool(_execute(query.execution_options(synchronize_session=False), {}))


def keep_draft(key: int, draft: dict[str, Any], now: datetime) -> bool:
    """Keep a draft at an open task; False if it is not open any more."""
    query = update(UserTask).where(UserTask.key == key, UserTask.state == "open").values(draft=draft, draft_saved_at=now)
    return bool(_execute(query.execution_options(synchronize_session=False), {}))


def close_tasks(root_key: int, elements: Sequence[int], state: str, now: datetime) -> None:
    if elements:
        query = update(UserTask).where(UserTask.root_key == root_key, UserTask.element.in_(elements), UserTask.state == "open")
        _execute(query.values(state=state, closed_at=now).execution_options(synchronize_session=False), {})


def close_jobs(root_key: int, elements: Sequence[int], state: str, now: datetime) -> None:
    if elements:
        query = update(Job).where(Job.root_key == root_key, Job.element.in_(elements), Job.state == "open")
        _execute(query.values(state=state, closed_at=now).execution_options(synchronize_session=False), {})


def delete_waits(root_key: int, waits: Sequence[int]) -> None:
    if waits:
        _execute(delete(Wait).where(Wait.root_key == root_key, Wait.wait.in_(waits)).execution_options(synchronize_session=False), {})


def close_incidents(root_key: int, incidents: Sequence[int], now: datetime) -> None:
    if incidents:
        query = update(Incident).where(Incident.root_key == root_key, Incident.incident.in_(incidents))
        _execute(query.values(closed_at=now).execution_options(synchronize_session=False), {})


def end_instances(keys: Sequence[int], state: str, now: datetime) -> None:
    if keys:
        query = update(ProcessInstance).where(ProcessInstance.key.in_(keys))
        _execute(query.values(state=state, ended_at=now).execution_options(synchronize_session=False), {})


def _execute(query: Any, values: dict[str, Any]) -> int:
    result: Any = db.session.execute(query, values)
    count: int = result.rowcount
    return count
