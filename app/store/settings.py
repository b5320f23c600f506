"""Stored settings: small things that must survive a restart."""

from weakref import WeakSet

from sqlalchemy import Engine, inspect, select

from app.store import rows
from app.store.tables import StoredSettingRow, db

CALENDAR = "calendar"  # the version of the calendar by which dates are counted

_ready: WeakSet[Engine] = WeakSet()  # databases that are known to have their tables


def get(name: str) -> str | None:
    """A stored value, None if it was never stored: also before the first migration, when a program asks what time it is."""
    if db.engine not in _ready:
        if not inspect(db.engine).has_table(StoredSettingRow.__tablename__):
            return None
        _ready.add(db.engine)
    return db.session.execute(select(StoredSettingRow.value).where(StoredSettingRow.name == name)).scalar_one_or_none()


def put(name: str, value: str) -> None:
    """Needs an act."""
    rows.upsert(StoredSettingRow, [{"name": name, "value": value}], ["name"], ["value"])
