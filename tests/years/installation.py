"""A database of its own for the years, kept in a folder, so that what was left is gone on with."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import create_app
from app.config import Config, load
from app.services import startup
from tests.walks_at_random import seats
from tests.years.decade import FIRST

KEYS = {"secret_key": "tests", "password_salt": "tests", "audit_key": "00" * 32}


def settings(folder: Path, database: str = "") -> Config:
    """``database``: the address of a PostgreSQL database that is empty at first; else a file in the folder."""
    return load(
        {}, data=database or str(folder / "data"), files=str(folder / "files"), durable=False, audit_head=str(folder / "head.jsonl"), **KEYS
    )


@contextmanager
def opened(folder: Path, database: str = "", now: datetime | None = None) -> Iterator[None]:
    """The product over the folder's database; with its models and people in it, if it is new. ``now``: how far it has come."""
    new = not (folder / "made").exists()
    (folder / "data").mkdir(parents=True, exist_ok=True)
    app = create_app(settings(folder, database))
    logging.getLogger("app").setLevel(logging.WARNING)
    with app.app_context():
        startup.prepare(now or FIRST) if not new else seats.prepare(FIRST)
        (folder / "made").touch()
        try:
            yield
        finally:
            startup.dispose()
