"""工作台: what a person has to do, and has done."""

from datetime import datetime
from typing import Any

from app.acts.candidates import held
from app.acts.transaction import act
from app.catalogue import snapshot
from app.domain.permissions import Actor
from app.errors import NotFound
from app.seen.lines import bounds, project_called, task_lines
from app.seen.shapes import InboxCounts, NotificationLine, Page, TaskLine
from app.store import notices, tasks
from app.store.tasks import Held


def todo(
    actor: Actor, now: datetime, *, text: str = "", process: str = "", overdue: bool = False, limit: int | None = None, offset: int = 0
) -> Page[TaskLine]:
    """Open tasks that the actor may do: due first, then by age; those whose follow-up lies in the future last."""
    limit, offset = bounds(limit, offset)
    if actor.is_administrator:
        return Page([], 0, limit, offset)
    conditions = [_mine(actor), tasks.in_tenant(actor.tenant), *tasks.matching(text.strip(), process, sorted(actor.offices))]
    found, total = tasks.todo(conditions, now, overdue=overdue, limit=limit, offset=offset)
    return Page(task_lines(found, now, actor), total, limit, offset)


def done(actor: Actor, now: datetime, *, text: str = "", process: str = "", limit: int | None = None, offset: int = 0) -> Page[TaskLine]:
    """Tasks that the actor has completed, newest first."""
    limit, offset = bounds(limit, offset)
    conditions = [tasks.done_by(actor.user), *tasks.matching(text.strip(), process, sorted(actor.offices))]
    found, total = tasks.done(conditions, limit=limit, offset=offset)
    return Page(task_lines(found, now, actor), total, limit, offset)


def counts(actor: Actor, now: datetime) -> InboxCounts:
    """How many tasks wait, are late, come later; and unread notifications."""
    unread = notices.unread(actor.tenant, _told(actor), actor.user)
    if actor.is_administrator:
        return InboxCounts(0, 0, 0, unread)
    return InboxCounts(*tasks.counts(tasks.both(_mine(actor), tasks.in_tenant(actor.tenant)), now), unread)


def processes(actor: Actor) -> list[tuple[str, str]]:
    """(process id, name) of those with open tasks of the actor: the choices of the filter."""
    return [] if actor.is_administrator else tasks.processes(tasks.both(_mine(actor), tasks.in_tenant(actor.tenant)))


def notifications(actor: Actor, now: datetime, *, limit: int | None = None, offset: int = 0) -> Page[NotificationLine]:
    """Notices to the actor's roles and offices, newest first."""
    limit, offset = bounds(limit, offset)
    found, total = notices.page(actor.tenant, _told(actor), actor.user, limit=limit, offset=offset)
    lines = [
        NotificationLine(
            key=row.key,
            title=_said(row, row.title, actor),
            text=_said(row, row.text, actor),
            project_key=row.project_key,
            project_name=project_called(row, actor),
            created_at=row.created_at,
            read_at=row.read_at,
        )
        for row in found
    ]
    return Page(lines, total, limit, offset)


def read_notification(actor: Actor, key: int, now: datetime) -> None:
    """Mark a notice as read. Raises NotFound."""
    if not notices.is_to(key, actor.tenant, _told(actor)):
        raise NotFound("没有此通知")
    with act():
        notices.mark_read(key, actor.user, now)


def _mine(actor: Actor) -> tasks.Condition:
    return tasks.mine(held(actor, snapshot.district(actor.tenant)), actor.username, actor.user)


def _said(row: Any, text: str, actor: Actor) -> str:
    """What a notice says: written for all whom it tells, it may name a project that this reader knows by an alias."""
    name = row.project_name or ""
    return text.replace(name, project_called(row, actor)) if name else text


def _told(actor: Actor) -> Held:
    """To which roles and offices a notice to the actor may go; without a role, to a whole office."""
    return [*held(actor, snapshot.district(actor.tenant)), *(("", office) for office in sorted(actor.offices))]
