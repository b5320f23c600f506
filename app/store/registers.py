"""Queries over registers and the ledger as lists: for whom, of what, since when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from app.store.tables import ProjectOfficeRow, ProjectRow, RecordRow, db
from app.store.tasks import named


def counts(tenant: str, offices: Sequence[int] | None) -> dict[str, int]:
    """kind → how many rows that count there are; of projects of these offices, and rows that they have made (None: all)."""
    query = select(RecordRow.kind, func.count()).outerjoin(ProjectRow, ProjectRow.key == RecordRow.project_key)
    found = db.session.execute(query.where(*_rows(tenant, offices)).group_by(RecordRow.kind))
    return {row.kind: row[1] for row in found}


def records(
    tenant: str,
    kind: str,
    offices: Sequence[int] | None,
    *,
    own: Sequence[int],
    text: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    most: int,
) -> Sequence[Row[Any]]:
    """Rows that count, the newest first, each with its project's row (or nulls). ``own``: the offices of whoever asks."""
    record: Any = RecordRow.__table__
    columns = [column.label(f"record_{column.name}") for column in record.c]
    query = select(*columns, ProjectRow.__table__).select_from(RecordRow).outerjoin(ProjectRow, ProjectRow.key == RecordRow.project_key)
    wanted = [*_rows(tenant, offices), RecordRow.kind == kind]
    if text:
        wanted.append(or_(_named(text, own), RecordRow.office.contains(text, autoescape=True)))
    if since is not None:
        wanted.append(RecordRow.created_at >= since)
    if until is not None:
        wanted.append(RecordRow.created_at < until)
    return db.session.execute(query.where(*wanted).order_by(RecordRow.key.desc()).limit(most)).all()


def projects(
    tenant: str, offices: Sequence[int] | None, *, own: Sequence[int], text: str = "", phase: str = "", year: int | None = None, most: int
) -> Sequence[Row[Any]]:
    """The ledger's rows, the last changed first."""
    wanted: list[ColumnElement[bool]] = [ProjectRow.tenant == tenant, *_theirs(offices)]
    if text:
        wanted.append(_named(text, own))
    if phase:
        wanted.append(ProjectRow.phase == phase)
    if year is not None:
        wanted.append(ProjectRow.plan_year == year)
    query = select(ProjectRow.__table__).where(*wanted)
    return db.session.execute(query.order_by(ProjectRow.updated_at.desc(), ProjectRow.key.desc()).limit(most)).all()


def _rows(tenant: str, offices: Sequence[int] | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [RecordRow.tenant == tenant, RecordRow.superseded_at.is_(None)]
    if offices is not None:
        wanted.append(or_(RecordRow.office_key.in_(offices), and_(RecordRow.project_key.is_not(None), *_theirs(offices))))
    return wanted


def _theirs(offices: Sequence[int] | None) -> list[ColumnElement[bool]]:
    if offices is None:
        return []
    return [
        select(ProjectOfficeRow.project_key)
        .where(ProjectOfficeRow.project_key == ProjectRow.key, ProjectOfficeRow.organisation_key.in_(offices))
        .exists()
    ]


def _named(text: str, own: Sequence[int]) -> ColumnElement[bool]:
    return or_(named(text, own), *(column.contains(text, autoescape=True) for column in (ProjectRow.number, ProjectRow.applicant_office)))
