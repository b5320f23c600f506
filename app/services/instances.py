"""Process instances as administrators and the API see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.permissions import Actor
from app.services.views import InstanceLine, InstanceView, Page


@dataclass(frozen=True, slots=True)
class InstanceFilter:
    """What to look for; None is anything."""

    key: int | None = None
    root_key: int | None = None
    parent_key: int | None = None
    process_id: str | None = None
    definition_key: int | None = None
    version: int | None = None
    state: str | None = None
    tenant: str | None = None
    project_key: int | None = None
    has_incident: bool | None = None
    text: str = ""
    descending: bool = False


def search(actor: Actor, wanted: InstanceFilter, now: datetime, *, limit: int = 20, offset: int = 0) -> Page[InstanceLine]:
    """Instances that the actor may see: administrators all of their district, others those of projects that they may read."""
    raise NotImplementedError


def line(actor: Actor, key: int) -> InstanceLine:
    """One instance, as the API shows it. Raises NotFound, Forbidden."""
    raise NotImplementedError


def view(actor: Actor, key: int, now: datetime) -> InstanceView:
    """One instance with tokens, variables, timers, jobs, incidents and history, for administrators. Raises NotFound, Forbidden."""
    raise NotImplementedError


def create(
    actor: Actor,
    process_id: str,
    variables: Mapping[str, Any],
    now: datetime,
    *,
    tenant: str | None = None,
    version: int | None = None,
    definition_key: int | None = None,
) -> InstanceLine:
    """Start an instance outside a project (API). Raises Forbidden, NotFound, InvalidRequest."""
    raise NotImplementedError


def cancel(actor: Actor, key: int, reason: str, now: datetime) -> None:
    """End a whole tree as cancelled. Raises NotFound, Forbidden, Conflict."""
    raise NotImplementedError


def resolve(actor: Actor, incident_key: int, now: datetime) -> None:
    """Retry exactly what an incident stopped. Raises NotFound, Forbidden, Conflict."""
    raise NotImplementedError
