"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

import simplejson
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, Numeric, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from app.store.packing import pack, unpack

Key = BigInteger().with_variant(Integer(), "sqlite")  # INTEGER PRIMARY KEY is SQLite's own row number: 64 bits and no second index
_FEN = Decimal("0.01")
# Made once: simplejson's functions make one for every value.
_encoder = simplejson.JSONEncoder(use_decimal=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_decoder = simplejson.JSONDecoder(parse_float=Decimal)


def dumps(value: Any) -> str:
    """JSON text with Decimals as plain numbers, non-ASCII as it is. Raises ValueError for NaN and infinities."""
    text: str = _encoder.encode(value)
    return text


def loads(text: str) -> Any:
    """JSON as stored: whole numbers int, others Decimal."""
    return _decoder.decode(text)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored as UTC. A naive one is a programming error and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive instant {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """Any JSON value, as text: the database never reads it, so that a Decimal comes back as it went. Python's None is SQL's NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else loads(value)


class JsonValue(Json):
    """Like Json, but None is JSON's null: a variable whose value is null exists."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return dumps(value)


class Packed(TypeDecorator[Any]):
    """Like Json, kept packed: for what is long, much alike, and only read whole. Rows that were written as text before are read as they are."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else pack(dumps(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        return loads(value if isinstance(value, str) else unpack(bytes(value)))


class PackedValue(Packed):
    """Like Packed, but None is JSON's null."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return pack(dumps(value))


class Word(TypeDecorator[StrEnum]):
    """One of an enumeration's words, as its text. Any other is a programming error and refused; the table's CHECK says the same."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self.words(value)


class Money(TypeDecorator[Decimal]):
    """Yuan with two decimals, exact: NUMERIC(18, 2), on SQLite whole fen. More decimals are rounded half up."""

    impl = Numeric(18, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger()) if dialect.name == "sqlite" else dialect.type_descriptor(Numeric(18, 2))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = Decimal(value).quantize(_FEN, ROUND_HALF_UP)
        return int(exact * 100) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return (Decimal(value) / 100).quantize(_FEN) if dialect.name == "sqlite" else Decimal(value)


__all__ = ["Instant", "Json", "JsonValue", "Key", "Money", "Packed", "PackedValue", "Word", "dumps", "loads"]
