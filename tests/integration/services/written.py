"""What an act leaves behind, as text that can be compared: all rows of some tables, or what a page shows. Keys become #1, #2 … in the order they are met.

The text that is expected lies in tests/data/written. Where a file is missing the test writes it and fails: read what it says before it is kept.
"""

import re
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from app.domain.forms import Form
from app.store.tables import WaitRow, db
from tests.integration.services.conftest import DATA

FOLDER = DATA.parent / "written"
_KEY = re.compile(r"(?<![0-9a-f])\d{17,19}(?![0-9a-f])")
# What follows from keys, or is the engine's own: its tests are elsewhere.
HIDDEN = frozenset({"mac", "root", "previous", "audit_mac", "blob", "digest", "password", "fs_uniquifier"})


def plain(value: Any) -> Any:
    """A value as JSON would have it, by its fields."""
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, Form):
        return f"form {value.id}"
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(part) for name, part in vars_of(value).items()}
    if isinstance(value, Mapping):
        return {str(name): "…" if name in HIDDEN and part is not None else plain(part) for name, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value), key=str)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date | datetime) else str(value) if isinstance(value, Decimal) else value


def vars_of(value: Any) -> Mapping[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def lines(value: Any, place: str) -> list[str]:
    """One line a value, after its place."""
    if isinstance(value, Mapping) and value:
        return [line for name, part in value.items() for line in lines(part, f"{place}.{name}")]
    if isinstance(value, list) and value:
        return [line for number, part in enumerate(value) for line in lines(part, f"{place}[{number}]")]
    return [f"{place} = {value!r}"]


def rows(*tables: Any) -> list[str]:
    """All rows of some tables in the order of their keys, a line for each value that says something."""
    found = []
    for table in tables:
        whole = table.__table__
        # Start events of one deployment are written in no order.
        order = (
            [whole.c.root_key.is_not(None), whole.c.root_key, whole.c.tenant, whole.c.process_id, whole.c.element_id]
            if table is WaitRow
            else []
        )
        every = db.session.execute(select(whole).order_by(*order, *whole.primary_key)).mappings()
        for number, row in enumerate(every):
            for name in row:
                value = plain({name: row[name]})[name]
                if value not in (None, "", [], {}):
                    found += lines(value, f"{whole.name}[{number}].{name}")
    return found


def seen(**pages: Any) -> list[str]:
    """What pages show."""
    return [line for name, page in pages.items() for line in lines(plain(page), name)]


def check(name: str, found: list[str]) -> None:
    """That it is what it was."""
    labels: dict[str, str] = {}
    text = "\n".join(_KEY.sub(lambda key: labels.setdefault(key.group(), f"#{len(labels) + 1}"), line) for line in found) + "\n"
    file = FOLDER / f"{name}.txt"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        raise AssertionError(f"{file} was missing and has been written: is it right?")
    assert text.splitlines() == file.read_text("utf-8").splitlines()
