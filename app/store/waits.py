"""Queries over timers and subscriptions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, exists, func, select, update

from app.domain.states import TIMED, WaitKind
from app.store.database import run
from app.store.tables import IncidentRow, WaitRow, db


class DueWait(NamedTuple):
    """A timer that is due, or the end of a project that a tree is still to be told; ``root_key`` None: of a start event."""

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
    kind: WaitKind
    element: int | None


_waits: Any = WaitRow.__table__
_due = (
    select(
        _waits.c.key,
        _waits.c.root_key,
        _waits.c.wait,
        _waits.c.instance_key,
        _waits.c.tenant,
        _waits.c.process_id,
        _waits.c.definition_key,
        _waits.c.element_id,
        _waits.c.due_at,
        _waits.c.memo,
        _waits.c.attempts,
        _waits.c.kind,
        _waits.c.element,
    )
    .where(_waits.c.kind.in_(TIMED), _waits.c.wake_at <= bindparam("now", type_=_waits.c.wake_at.type))
    .order_by(_waits.c.wake_at, _waits.c.key)
    .limit(bindparam("most"))
)
_take = delete(_waits).where(_waits.c.key == bindparam("wait_key"), _waits.c.due_at <= bindparam("now", type_=_waits.c.due_at.type))


def due(now: datetime, limit: int) -> list[DueWait]:
    """Timers to be fired, the earliest first, read without any lock."""
    return [DueWait(*row) for row in run(_due, {"now": now, "most": limit})]


def next_due() -> datetime | None:
    """When the next timer should be looked at."""
    found: datetime | None = db.session.execute(select(func.min(WaitRow.wake_at)).where(WaitRow.kind.in_(TIMED))).scalar_one_or_none()
    return found


def take(key: int, now: datetime) -> bool:
    """Take a due timer away; False if somebody else has. Only who holds its tree may ask."""
    result = run(_take, {"wait_key": key, "now": now})
    return bool(result.rowcount)


def kept_due(key: int) -> dict[str, Any] | None:
    """The memo of a task's deadline as it is now; None if the row is gone."""
    return db.session.execute(select(WaitRow.memo).where(WaitRow.key == key)).scalar_one_or_none()


def due_of(root_key: int, element: int) -> Any:
    """The row of the deadline of a task (key, memo); None if there is none."""
    query = select(WaitRow.key, WaitRow.memo).where(WaitRow.root_key == root_key, WaitRow.wait == -element)
    return db.session.execute(query).one_or_none()


def timers_of(root_key: int, numbers: Sequence[int]) -> Sequence[Any]:
    """The open timers of a tree with these numbers: key, wait, definition_key, element_id, due_at."""
    if not numbers:
        return ()
    query = select(WaitRow.key, WaitRow.wait, WaitRow.definition_key, WaitRow.element_id, WaitRow.due_at)
    mine = query.where(WaitRow.root_key == root_key, WaitRow.kind == WaitKind.TIMER, WaitRow.wait.in_(numbers))
    return db.session.execute(mine.order_by(WaitRow.wait)).all()


def move(key: int, due_at: datetime) -> None:
    """Let an open timer be due at another instant."""
    run(update(WaitRow).where(WaitRow.key == key).values(due_at=due_at, wake_at=due_at))


def drop(key: int) -> None:
    run(delete(WaitRow).where(WaitRow.key == key))


def rearm(key: int, due_at: datetime, memo: dict[str, Any]) -> bool:
    """Let a task's deadline wait for its next instant; False if it is gone. Only who holds its tree may ask."""
    values = {"due_at": due_at, "wake_at": due_at, "memo": memo, "attempts": 0}
    return bool(run(update(WaitRow).where(WaitRow.key == key).values(values)).rowcount)


def take_subscription(key: int) -> bool:
    """Take a subscription away; False if it is gone. Only who holds its tree may ask."""
    result = run(delete(WaitRow).where(WaitRow.key == key))
    return bool(result.rowcount)


def put_off(key: int, until: datetime, *, failed: bool) -> bool:
    """Look at a timer again later; False if it is gone."""
    values: dict[str, Any] = {"wake_at": until}
    if failed:
        values["attempts"] = WaitRow.attempts + 1
    result = run(update(WaitRow).where(WaitRow.key == key).values(values))
    return bool(result.rowcount)


def has_incident(wait_key: int) -> bool:
    return bool(db.session.execute(select(exists().where(IncidentRow.wait_key == wait_key, IncidentRow.closed_at.is_(None)))).scalar_one())


def close_incidents(wait_key: int, now: datetime) -> None:
    """A timer that fired after all has no incident any more."""
    query = update(IncidentRow).where(IncidentRow.wait_key == wait_key, IncidentRow.closed_at.is_(None)).values(closed_at=now)
    run(query)


def is_ending(root_key: int) -> bool:
    """Whether the project of this tree has ended, and the tree is still to be told."""
    query = select(exists().where(WaitRow.root_key == root_key, WaitRow.kind == WaitKind.ENDING))
    return bool(db.session.execute(query).scalar_one())


def starts(tenant: str) -> Sequence[Any]:
    """The subscriptions and timers of start events in a tenant."""
    return db.session.execute(select(WaitRow).where(WaitRow.root_key.is_(None), WaitRow.tenant == tenant)).scalars().all()


def delete_starts(keys: Sequence[int]) -> None:
    if keys:
        run(delete(WaitRow).where(WaitRow.key.in_(keys)))


def is_there(key: int) -> bool:
    return bool(db.session.execute(select(exists().where(WaitRow.key == key))).scalar_one())
