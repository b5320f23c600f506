"""工作台: what a person has to do, and has done."""

from datetime import datetime

from app.domain.permissions import Actor
from app.services.views import InboxCounts, NotificationLine, Page, TaskLine


def todo(
    actor: Actor, now: datetime, *, text: str = "", process: str = "", overdue: bool = False, page: int = 1, size: int | None = None
) -> Page[TaskLine]:
    """Open tasks that the actor may do: due first, then by age; those whose follow-up lies in the future last."""
    raise NotImplementedError


def done(actor: Actor, now: datetime, *, text: str = "", process: str = "", page: int = 1, size: int | None = None) -> Page[TaskLine]:
    """Tasks that the actor has completed, newest first."""
    raise NotImplementedError


def counts(actor: Actor, now: datetime) -> InboxCounts:
    """How many tasks wait, are late, come later; and unread notifications."""
    raise NotImplementedError


def processes(actor: Actor) -> list[tuple[str, str]]:
    """(process id, name) of those with open tasks of the actor: the choices of the filter."""
    raise NotImplementedError


def notifications(actor: Actor, now: datetime, *, page: int = 1, size: int | None = None) -> Page[NotificationLine]:
    """Notices to the actor, newest first."""
    raise NotImplementedError


def read_notification(actor: Actor, key: int, now: datetime) -> None:
    """Mark a notice as read. Raises NotFound."""
    raise NotImplementedError
