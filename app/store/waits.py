"""Queries over timers and subscriptions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, exists, func, select, update

from app.store.tables import Incident, Wait, db


class DueWait(NamedTuple):
    """A timer that is due; ``root_key`` None: of a start event."""

    key: int
    root_key: int | None
    wait: int
    instance_key: int | None
    tenant: str
    process_id: str
    definition_key: int
    element_id: str
    due_at: datetime
    memo: dict[str, Any] | None
    attempts: int


_due = (
    select(
        Wait.key,
        Wait.root_key,
        Wait.wait,
        Wait.instance_key,
        Wait.tenant,
        Wait.process_id,
        Wait.definition_key,
        Wait.element_id,
        Wait.due_at,
        Wait.memo,
        Wait.attempts,
    )
    .where(Wait.kind == "timer", Wait.wake_at <= bindparam("now", type_=Wait.wake_at.type))
    .order_by(Wait.wake_at, Wait.key)
    .limit(bindparam("most"))
)
_take = (
    delete(Wait)
    .where(Wait.key == bindparam("wait_key"), Wait.due_at <= bindparam("now", type_=Wait.due_at.type))
    .execution_options(synchronize_session=False)
)


def due(now: datetime, limit: int) -> list[DueWait]:
    """Timers to be fired, the earliest first, read without any lock."""
    return [DueWait(*row) for row in db.session.execute(_due, {"now": now, "most": limit})]


def next_due() -> datetime | None:
    """When the next timer should be looked at."""
    found: datetime | None = db.session.execute(select(func.min(Wait.wake_at)).where(Wait.kind == "timer")).scalar_one_or_none()
    return found


def take(key: int, now: datetime) -> bool:
    """Take a due timer away; False if somebody else has. Only who holds its tree may ask."""
    result: Any = db.session.execute(_take, {"wait_key": key, "now": now})
    return bool(result.rowcount)


def take_subscription(key: int) -> bool:
    """Take a subscription away; False if it is gone. Only who holds its tree may ask."""
    result: Any = db.session.execute(delete(Wait).where(Wait.key == key).execution_options(synchronize_session=False))
    return bool(result.rowcount)


def put_off(key: int, until: datetime, *, failed: bool) -> bool:
    """Look at a timer again later; False if it is gone."""
    values: dict[str, Any] = {"wake_at": until}
    if failed:
        values["attempts"] = Wait.attempts + 1
    result: Any = db.session.execute(update(Wait).where(Wait.key == key).values(values).execution_options(synchronize_session=False))
    return bool(result.rowcount)


def has_incident(wait_key: int) -> bool:
    return bool(db.session.execute(select(exists().where(Incident.wait_key == wait_key, Incident.closed_at.is_(None)))).scalar_one())


def close_incidents(wait_key: int, now: datetime) -> None:
    """A timer that fired after all has no incident any more."""
    query = update(Incident).where(Incident.wait_key == wait_key, Incident.closed_at.is_(None)).values(closed_at=now)
    db.session.execute(query.execution_options(synchronize_session=False))


def starts(tenant: str) -> Sequence[Any]:
    """The subscriptions and timers of start events in a tenant."""
    return db.session.execute(select(Wait).where(Wait.root_key.is_(None), Wait.tenant == tenant)).scalars().all()


def delete_starts(keys: Sequence[int]) -> None:
    if keys:
        db.session.execute(delete(Wait).where(Wait.key.in_(keys)).execution_options(synchronize_session=False))


def is_there(key: int) -> bool:
    return bool(db.session.execute(select(exists().where(Wait.key == key))).scalar_one())
