"""User tasks: look, fill in, complete."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.permissions import Actor
from app.services.views import CompletedView, FormView, Page, TaskLine, TaskView


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What to look for; None is anything."""

    key: int | None = None
    state: str | None = None
    assignee: str | None = None
    element_id: str | None = None
    process_id: str | None = None
    definition_key: int | None = None
    instance_key: int | None = None
    root_key: int | None = None
    project_key: int | None = None
    candidate_group: str | None = None
    candidate_user: str | None = None
    tenant: str | None = None
    descending: bool = False


def view(actor: Actor, key: int, now: datetime) -> TaskView:
    """A task with all that its page shows. Raises NotFound, Forbidden (with the verdict's reason)."""
    raise NotImplementedError


def line(actor: Actor, key: int, now: datetime) -> TaskLine:
    """The task alone, as the API shows it. Raises NotFound, Forbidden."""
    raise NotImplementedError


def form(actor: Actor, key: int) -> FormView | None:
    """The deployed form of the task's binding, None if it has none. Raises NotFound, Forbidden."""
    raise NotImplementedError


def search(actor: Actor, wanted: TaskFilter, now: datetime, *, limit: int = 100, offset: int = 0) -> Page[TaskLine]:
    """Tasks that the actor may see (may do, has done, or of projects that they oversee), by key; page number counts pages of ``limit``."""
    raise NotImplementedError


def complete(actor: Actor, key: int, data: Mapping[str, Any], now: datetime, *, idempotency_key: str | None = None) -> CompletedView:
    """Complete a task: one act. Raises NotFound, Forbidden, InvalidForm (the task stays open, the draft is kept), TaskClosed, Suspended, KeyReused, Busy."""
    raise NotImplementedError


def save_draft(actor: Actor, key: int, data: Mapping[str, Any], now: datetime) -> datetime:
    """Keep what was filled in so far; what is missing is overlooked, wrong values too, undeclared fields are refused. Raises like complete. Returns when."""
    raise NotImplementedError


def claim(actor: Actor, key: int, now: datetime) -> TaskLine:
    """领取: only this person may complete it then. Raises NotFound, Forbidden, TaskClosed."""
    raise NotImplementedError


def release(actor: Actor, key: int, now: datetime) -> TaskLine:
    """放回: everybody who may do it sees it again. Raises NotFound, Forbidden, TaskClosed."""
    raise NotImplementedError
