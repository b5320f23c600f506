"""Queries over what begins by itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from app.domain.states import WaitKind
from app.store.database import run
from app.store.tables import ObligationRow, OrganisationRow, ProjectRow, WaitRow, db


def watched() -> Sequence[Row[Any]]:
    """The timers of what begins for many that have been due before, of every tenant: key, tenant, definition_key, element_id, memo."""
    query = select(WaitRow.key, WaitRow.tenant, WaitRow.definition_key, WaitRow.element_id, WaitRow.memo)
    mine = query.where(WaitRow.root_key.is_(None), WaitRow.kind == WaitKind.TIMER)
    return [row for row in db.session.execute(mine.order_by(WaitRow.key)).all() if (row.memo or {}).get("period")]


def note(wait_key: int, memo: dict[str, Any]) -> None:
    """Keep with a start event's timer up to when its subjects have been looked at."""
    run(update(WaitRow).where(WaitRow.key == wait_key).values(memo=memo))


def newest_change(tenant: str) -> datetime | None:
    """When a project of a district was changed last."""
    found: datetime | None = db.session.execute(select(func.max(ProjectRow.updated_at)).where(ProjectRow.tenant == tenant)).scalar_one()
    return found


def projects(tenant: str, since: datetime | None, key: int | None = None) -> Sequence[Row[Any]]:
    """Rows of the district's projects, those changed at ``since`` or later, or one; oldest first."""
    query = select(ProjectRow.__table__).where(ProjectRow.tenant == tenant)
    if since is not None:
        query = query.where(ProjectRow.updated_at >= since)
    if key is not None:
        query = query.where(ProjectRow.key == key)
    return db.session.execute(query.order_by(ProjectRow.key)).all()


def offices(tenant: str) -> Sequence[Row[Any]]:
    """The open offices of a district: key, name."""
    query = select(OrganisationRow.key, OrganisationRow.name).where(OrganisationRow.tenant == tenant, OrganisationRow.closed_at.is_(None))
    return db.session.execute(query.order_by(OrganisationRow.key)).all()


def there(tenant: str, process_id: str, period: str) -> set[tuple[str, str]]:
    """(kind, key) of the subjects that have their row in a period."""
    query = select(ObligationRow.subject_kind, ObligationRow.subject_key).where(
        ObligationRow.tenant == tenant, ObligationRow.process_id == process_id, ObligationRow.period == period
    )
    return {(row.subject_kind, row.subject_key) for row in db.session.execute(query)}


def one(key: int) -> Row[Any] | None:
    return db.session.execute(select(ObligationRow.__table__).where(ObligationRow.key == key)).one_or_none()


def settle(key: int, *, root_key: int | None = None, passed_at: datetime | None = None) -> None:
    """It has begun, or its turn has passed."""
    run(update(ObligationRow).where(ObligationRow.key == key).values(root_key=root_key, passed_at=passed_at))


def of_project(project_key: int) -> Sequence[Row[Any]]:
    """What was due for a project, the newest first."""
    query = select(ObligationRow.__table__).where(ObligationRow.project_key == project_key)
    return db.session.execute(query.order_by(ObligationRow.key.desc())).all()
