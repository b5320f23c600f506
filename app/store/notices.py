"""Queries over notifications."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select, tuple_

from app.store import rows
from app.store.tables import Notification, NotificationRead, Project, db
from app.store.tasks import Held


def _to(tenant: str, held: Held) -> ColumnElement[bool]:
    anywhere, pairs = held
    fits: list[ColumnElement[bool]] = [false()]
    if anywhere:
        fits.append(and_(Notification.office_key == 0, Notification.role.in_(anywhere)))
    if pairs:
        fits.append(tuple_(Notification.role, Notification.office_key).in_(pairs))
    return and_(Notification.tenant == tenant, or_(*fits))


def _read_by(user: int) -> ColumnElement[bool]:
    return and_(NotificationRead.notification_key == Notification.key, NotificationRead.user_key == user)


def page(tenant: str, held: Held, user: int, *, limit: int, offset: int) -> tuple[Sequence[Row[Any]], int]:
    """Notices to these roles and offices, newest first, with when the person read them."""
    total = db.session.execute(select(func.count()).select_from(Notification).where(_to(tenant, held))).scalar_one()
    query = (
        select(Notification.__table__, NotificationRead.read_at, Project.name.label("project_name"))
        .outerjoin(NotificationRead, _read_by(user))
        .outerjoin(Project, Project.key == Notification.project_key)
        .where(_to(tenant, held))
    )
    return db.session.execute(query.order_by(Notification.key.desc()).limit(limit).offset(offset)).all(), total


def unread(tenant: str, held: Held, user: int) -> int:
    query = (
        select(func.count())
        .select_from(Notification)
        .outerjoin(NotificationRead, _read_by(user))
        .where(_to(tenant, held), NotificationRead.read_at.is_(None))
    )
    return db.session.execute(query).scalar_one()


def is_to(key: int, tenant: str, held: Held) -> bool:
    return db.session.execute(select(Notification.key).where(Notification.key == key, _to(tenant, held))).one_or_none() is not None


def mark_read(key: int, user: int, now: datetime) -> None:
    rows.insert_new(NotificationRead, [{"notification_key": key, "user_key": user, "read_at": now}], ["notification_key", "user_key"])
