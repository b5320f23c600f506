"""Queries over projects."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, or_, select

from app.domain.reading import alias
from app.domain.states import TaskState
from app.store import rows
from app.store.tables import ProjectOfficeRow, ProjectRow, UserTaskRow, db
from app.store.tasks import named

_open_tasks = (
    select(func.count())
    .where(UserTaskRow.project_key == ProjectRow.key, UserTaskRow.state == TaskState.OPEN)
    .correlate(ProjectRow)
    .scalar_subquery()
)
_first_due = (
    select(func.min(UserTaskRow.due_at))
    .where(UserTaskRow.project_key == ProjectRow.key, UserTaskRow.state == TaskState.OPEN)
    .correlate(ProjectRow)
    .scalar_subquery()
)


def one(key: int) -> dict[str, Any] | None:
    """A project's row as values."""
    row = db.session.execute(select(ProjectRow.__table__).where(ProjectRow.key == key)).one_or_none()
    return dict(row._mapping) if row else None


def aliases(tenant: str) -> dict[int | None, tuple[str, int | None]]:
    """Project → what it is called outside its office, and that office's key, of those that have another name there."""
    query = select(ProjectRow.key, ProjectRow.alias, ProjectRow.applicant_key).where(ProjectRow.tenant == tenant, ProjectRow.alias != "")
    return {row.key: (row.alias, row.applicant_key) for row in db.session.execute(query)}


def insert(project: dict[str, Any]) -> None:
    rows.insert(ProjectRow, [{"alias": alias(project["key"], project["number"], project["facts"]), **project}])
    offices = [
        {"project_key": project["key"], "role": role, "organisation_key": key}
        for role, held in project["offices"].items()
        for key, _ in held
    ]
    rows.insert(ProjectOfficeRow, offices)


def in_tenant(tenant: str) -> ColumnElement[bool]:
    return ProjectRow.tenant == tenant


def offices(key: int) -> dict[str, Any]:
    """Relation → [[organisation key, name], …] of a project."""
    found: dict[str, Any] = db.session.execute(select(ProjectRow.offices).where(ProjectRow.key == key)).scalar_one()
    return found


def of_offices(offices: Sequence[int]) -> ColumnElement[bool]:
    """Projects in which one of these organisations has a part."""
    return exists().where(ProjectOfficeRow.project_key == ProjectRow.key, ProjectOfficeRow.organisation_key.in_(offices))


def of_keys(keys: Any) -> ColumnElement[bool]:
    """These projects: a query of their keys."""
    return ProjectRow.key.in_(keys)


def matching(text: str, phase: str, year: int | None, office: str, own: Sequence[int]) -> list[ColumnElement[bool]]:
    """The filters of the list. ``own``: the offices of whoever asks, who know their classified projects by name."""
    wanted: list[ColumnElement[bool]] = []
    if text:
        wanted.append(or_(named(text, own), ProjectRow.number.contains(text, autoescape=True)))
    if phase:
        wanted.append(ProjectRow.phase == phase)
    if year is not None:
        wanted.append(ProjectRow.plan_year == year)
    if office:
        wanted.append(ProjectRow.applicant_office.contains(office, autoescape=True))
    return wanted


def search(conditions: Sequence[ColumnElement[bool]], *, limit: int, offset: int) -> tuple[Sequence[Row[Any]], int]:
    """Last changed first, with the number of open tasks and the first due instant among them."""
    total = db.session.execute(select(func.count()).select_from(ProjectRow).where(*conditions)).scalar_one()
    query = select(ProjectRow.__table__, _open_tasks.label("open_tasks"), _first_due.label("first_due")).where(*conditions)
    return db.session.execute(query.order_by(ProjectRow.updated_at.desc(), ProjectRow.key.desc()).limit(limit).offset(offset)).all(), total
