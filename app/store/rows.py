"""Many rows in one statement: multi-row INSERT and upsert, written once a shape and kept.

SQLAlchemy compiles a multi-row VALUES afresh each time, which costs more than the database takes to run it; an act writes a dozen.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CursorResult, Dialect, Table

from app.store.database import connection as present_connection
from app.store.types import Instant

_PARAMETERS = 30_000  # both databases allow 32,766 and more


def insert(table: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows that all have the same columns. ``table``: a model. Returns how many were inserted."""
    return _write(table.__table__, rows, (), None)


def insert_new(table: Any, rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> int:
    """Insert those rows whose ``key`` columns are not there yet. Returns how many were inserted."""
    return _write(table.__table__, rows, tuple(key), ())


def upsert(table: Any, rows: Sequence[Mapping[str, Any]], key: Sequence[str], update: Sequence[str]) -> int:
    """Insert rows; where ``key`` is there already, set the columns ``update``. A key may stand only once in ``rows``."""
    return _write(table.__table__, rows, tuple(key), tuple(update))


def _write(table: Table, rows: Sequence[Mapping[str, Any]], key: tuple[str, ...], update: tuple[str, ...] | None) -> int:
    if not rows:
        return 0
    columns = tuple(rows[0])
    connection = present_connection()
    binders = _binders(table, columns, connection.dialect)
    size = max(1, _PARAMETERS // len(columns))
    written = 0
    for start in range(0, len(rows), size):
        chunk = rows[start : start + size]
        statement = _statement(table, columns, len(chunk), key=key, update=update, dialect=connection.dialect.name)
        parameters = tuple(
            row[name] if bind is None else bind(row[name]) for row in chunk for name, bind in zip(columns, binders, strict=True)
        )
        result: CursorResult[Any] = connection.exec_driver_sql(statement, parameters)
        written += result.rowcount
    return written


@lru_cache(maxsize=512)
def _statement(
    table: Table, columns: tuple[str, ...], count: int, key: tuple[str, ...], update: tuple[str, ...] | None, dialect: str
) -> str:
    mark = "?" if dialect == "sqlite" else "%s"
    row = "(" + ",".join([mark] * len(columns)) + ")"
    names = ",".join(f'"{name}"' for name in columns)
    text = f'INSERT INTO "{table.name}" ({names}) VALUES {",".join([row] * count)}'  # noqa: S608 - names come from the models
    if update is None:
        return text
    action = "DO UPDATE SET " + ",".join(f'"{name}"=excluded."{name}"' for name in update) if update else "DO NOTHING"
    return f"{text} ON CONFLICT ({','.join(key)}) {action}"


@lru_cache(maxsize=512)
def _binders(table: Table, columns: tuple[str, ...], dialect: Dialect) -> tuple[Any, ...]:
    return tuple(_binder(table.c[name].type, dialect) for name in columns)


def _binder(kind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    bind: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    if bind is None or not isinstance(kind, Instant):
        return bind
    last: tuple[Any, Any] = (None, bind(None))

    def once(value: Any) -> Any:
        # An act writes one and the same instant a hundred times.
        nonlocal last
        seen, written = last
        if value is not seen:
            written = bind(value)
            last = (value, written)
        return written

    return once
