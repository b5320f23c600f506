"""Queries over notifications."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select, tuple_

from app.store import rows
from app.store.tables import NotificationReadRow, NotificationRow, ProjectRow, db
from app.store.tasks import Held

_PROJECT = (
    ProjectRow.name.label("project_name"),
    ProjectRow.alias.label("project_alias"),
    ProjectRow.applicant_key.label("project_applicant"),
)


def _to(tenant: str, held: Held) -> ColumnElement[bool]:
    return and_(NotificationRow.tenant == tenant, tuple_(NotificationRow.role, NotificationRow.office_key).in_(list(held)))


def _read_by(user: int) -> ColumnElement[bool]:
    return and_(NotificationReadRow.notification_key == NotificationRow.key, NotificationReadRow.user_key == user)


def page(tenant: str, held: Held, user: int, *, limit: int, offset: int) -> tuple[Sequence[Row[Any]], int]:
    """Notices to these roles and offices, newest first, with when the person read them."""
    total = db.session.execute(select(func.count()).select_from(NotificationRow).where(_to(tenant, held))).scalar_one()
    query = (
        select(NotificationRow.__table__, NotificationReadRow.read_at, *_PROJECT)
        .outerjoin(NotificationReadRow, _read_by(user))
        .outerjoin(ProjectRow, ProjectRow.key == NotificationRow.project_key)
        .where(_to(tenant, held))
    )
    return db.session.execute(query.order_by(NotificationRow.key.desc()).limit(limit).offset(offset)).all(), total


def unread(tenant: str, held: Held, user: int) -> int:
    query = (
        select(func.count())
        .select_from(NotificationRow)
        .outerjoin(NotificationReadRow, _read_by(user))
        .where(_to(tenant, held), NotificationReadRow.read_at.is_(None))
    )
    return db.session.execute(query).scalar_one()


def is_to(key: int, tenant: str, held: Held) -> bool:
    return db.session.execute(select(NotificationRow.key).where(NotificationRow.key == key, _to(tenant, held))).one_or_none() is not None


def mark_read(key: int, user: int, now: datetime) -> None:
    rows.insert_new(NotificationReadRow, [{"notification_key": key, "user_key": user, "read_at": now}], ["notification_key", "user_key"])
