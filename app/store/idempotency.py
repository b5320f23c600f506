"""Queries over idempotency keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from app.store import rows
from app.store.tables import IdempotencyKeyRow, db


def find(user: int, key: str) -> Row[Any] | None:
    query = select(IdempotencyKeyRow.digest, IdempotencyKeyRow.response, IdempotencyKeyRow.created_at)
    return db.session.execute(query.where(IdempotencyKeyRow.user_key == user, IdempotencyKeyRow.key == key)).one_or_none()


def put(user: int, key: str, digest: str, response: dict[str, Any], now: datetime) -> None:
    """An expired key may be used again; one that somebody uses at this moment cannot both act: the task's guard lets one through."""
    row = {"user_key": user, "key": key, "digest": digest, "response": response, "created_at": now}
    rows.upsert(IdempotencyKeyRow, [row], ["user_key", "key"], ["digest", "response", "created_at"])


def drop(before: datetime) -> None:
    db.session.execute(delete(IdempotencyKeyRow).where(IdempotencyKeyRow.created_at < before).execution_options(synchronize_session=False))
