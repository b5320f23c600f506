"""Stored settings: small things that must survive a restart."""

from sqlalchemy import select

from app.store import rows
from app.store.tables import StoredSetting, db


def get(name: str) -> str | None:
    return db.session.execute(select(StoredSetting.value).where(StoredSetting.name == name)).scalar_one_or_none()


def put(name: str, value: str) -> None:
    """Needs an act."""
    rows.upsert(StoredSetting, [{"name": name, "value": value}], ["name"], ["value"])
