"""The ledger as people see it: start, search, look."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.permissions import Actor, Verdict
from app.services.views import Page, ProjectLine, ProjectPage, StartableView


def may_declare(actor: Actor, process_id: str = "declaration") -> Verdict:
    """Whether to offer the actor a new project."""
    raise NotImplementedError


def start(actor: Actor, process_id: str, name: str, now: datetime, *, variables: Mapping[str, Any] | None = None) -> tuple[int, int]:
    """A new project of the actor's office, phase draft, with its first process. Returns (project key, key of the first task that the actor may do, or 0). Raises Forbidden, InvalidRequest (NAME)."""
    raise NotImplementedError


def start_process(actor: Actor, project_key: int, process_id: str, now: datetime) -> int:
    """Start a further process of a project by hand (districts/<d>.toml says who, when). Returns the key of the first task the actor may do, or 0. Raises NotFound, Forbidden, Conflict (ALREADY_RUNNING)."""
    raise NotImplementedError


def start_district_process(actor: Actor, process_id: str, now: datetime) -> int:
    """Start a process that is not about one project (per = "year"), such as annual_plan. Returns the key of the first task, or 0."""
    raise NotImplementedError


def startable(actor: Actor) -> list[StartableView]:
    """Processes without a project that the actor may start now (new declaration, annual plan)."""
    raise NotImplementedError


def search(
    actor: Actor,
    now: datetime,
    *,
    text: str = "",
    phase: str = "",
    year: int | None = None,
    office: str = "",
    page: int = 1,
    size: int | None = None,
) -> Page[ProjectLine]:
    """Projects that the actor may see, last changed first."""
    raise NotImplementedError


def view(actor: Actor, key: int, now: datetime) -> ProjectPage:
    """A project with its whole life. Raises NotFound, Forbidden."""
    raise NotImplementedError
