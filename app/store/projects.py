"""Queries over projects."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, or_, select

from app.store import rows
from app.store.tables import Project, ProjectOffice, UserTask, db

_open_tasks = select(func.count()).where(UserTask.project_key == Project.key, UserTask.state == "open").correlate(Project).scalar_subquery()
_first_due = (
    select(func.min(UserTask.due_at))
    .where(UserTask.project_key == Project.key, UserTask.state == "open")
    .correlate(Project)
    .scalar_subquery()
)


def one(key: int) -> dict[str, Any] | None:
    """A project's row as values."""
    row = db.session.execute(select(Project.__table__).where(Project.key == key)).one_or_none()
    return dict(row._mapping) if row else None


def insert(project: dict[str, Any]) -> None:
    rows.insert(Project, [project])
    offices = [
        {"project_key": project["key"], "role": role, "organisation_key": key}
        for role, held in project["offices"].items()
        for key, _ in held
    ]
    rows.insert(ProjectOffice, offices)


def in_tenant(tenant: str) -> ColumnElement[bool]:
    return Project.tenant == tenant


def of_offices(offices: Sequence[int]) -> ColumnElement[bool]:
    """Projects in which one of these organisations has a part."""
    return exists().where(ProjectOffice.project_key == Project.key, ProjectOffice.organisation_key.in_(offices))


def matching(text: str, phase: str, year: int | None, office: str) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if text:
        wanted.append(or_(Project.name.contains(text, autoescape=True), Project.number.contains(text, autoescape=True)))
    if phase:
        wanted.append(Project.phase == phase)
    if year is not None:
        wanted.append(Project.plan_year == year)
    if office:
        wanted.append(Project.applicant_office.contains(office, autoescape=True))
    return wanted


def search(conditions: Sequence[ColumnElement[bool]], *, limit: int, offset: int) -> tuple[Sequence[Row[Any]], int]:
    """Last changed first, with the number of open tasks and the first due instant among them."""
    total = db.session.execute(select(func.count()).select_from(Project).where(*conditions)).scalar_one()
    query = select(Project.__table__, _open_tasks.label("open_tasks"), _first_due.label("first_due")).where(*conditions)
    return db.session.execute(query.order_by(Project.updated_at.desc(), Project.key.desc()).limit(limit).offset(offset)).all(), total
