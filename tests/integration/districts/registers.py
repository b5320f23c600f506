"""Lists that say by which case or test each thing is held: CSV files, one entry a row, under the names of its parts."""

import csv
from pathlib import Path
from typing import NamedTuple, TypeVar

Entry = TypeVar("Entry", bound=NamedTuple)


def entries(path: Path, kind: type[Entry]) -> list[Entry]:
    """Every entry of a list; its header names the parts in their order."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        assert tuple(next(rows)) == kind._fields
        return [kind._make(row) for row in rows]
