"""When two values of a fact are the same, and the digest of what somebody approved.

The normal form is JSON: null, a text, a truth value, or a list that begins with what it is (number, list, set, fields, office, document). Blank is null is absent, and
a text is blank if nobody sees anything of it after NFKC: white space of any width, and characters that have no picture of their own. Numbers count by value,
money to the fen; offices and people by key; documents by their content; lists in order, unless ``x-unordered``; instants by the moment. Everything else is
compared as it is written.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.domain.documents import is_reference

OFFICE = frozenset({"key", "name"})  # what an office is, wherever it is a value, and a person too
_PLACES = 2  # of an amount: yuan and fen
_UNSEEN = frozenset(["Cf", "Cc", "Mn", "Me"])  # categories: zero width, controls, and marks with nothing that they could stand on
_EMPTY = frozenset("\u115f\u1160\u2800")  # letters and signs that are drawn as nothing: Hangul fillers, the blank Braille pattern


class ValueRefused(ValueError):
    """A value that no fact can have; the text is Chinese."""


def is_blank(value: Any) -> bool:
    """Null, or a text in which nothing stands that could be seen."""
    return value is None or (isinstance(value, str) and all(map(_is_unseen, unicodedata.normalize("NFKC", value))))


def _is_unseen(character: str) -> bool:
    return character.isspace() or character in _EMPTY or unicodedata.category(character) in _UNSEEN


def normal(schema: Mapping[str, Any], value: Any) -> Any:
    """The normal form of a value of a schema (empty: of nothing declared). Raises ValueRefused for parts of a fen and for what JSON cannot say."""
    if is_blank(value):
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _moment(value) if schema.get("format") == "date-time" else value
    if isinstance(value, int | Decimal):
        return ["number", _number(value, schema)]
    if isinstance(value, date):
        return _moment(value.isoformat()) if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, list | tuple):
        parts = [normal(_part(schema, "items"), one) for one in value]
        return ["set", *sorted(parts, key=_text)] if schema.get("x-unordered") is True else ["list", *parts]
    if isinstance(value, Mapping):
        by_key = not schema or schema.get("x-format") in ("office", "person", "document")
        if by_key and value.keys() == OFFICE and isinstance(value["key"], str):
            return ["office", value["key"]]
        if is_reference(value):
            return ["document", value["sha256"]]
        properties = _part(schema, "properties")
        inner = ((str(name), normal(_part(properties, str(name)), part)) for name, part in value.items())
        return ["fields", *sorted([name, part] for name, part in inner if part is not None)]
    raise ValueRefused(f"{type(value).__name__} 不能作为台账里的值,请改用文字、数字、是否、列表或一组内容")


def digest(values: Mapping[str, Any], schemas: Mapping[str, Mapping[str, Any]]) -> str:
    """SHA-256 over names and normal forms: equal values give equal digests, whatever their order and writing. Names without a schema are process variables."""
    normals = {name: normal(schemas.get(name, {}), value) for name, value in values.items()}
    return hashlib.sha256(_text({name: part for name, part in normals.items() if part is not None}).encode()).hexdigest()


def _part(schema: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = schema.get(key)
    return found if isinstance(found, Mapping) else {}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _number(value: int | Decimal, schema: Mapping[str, Any]) -> str:
    """Digits and power of ten without zeros at the end: exact, however long. (``Decimal.normalize`` rounds to the context's precision.)"""
    sign, digits, exponent = Decimal(value).as_tuple()
    if not isinstance(exponent, int):
        raise ValueRefused(f"{value} 不是数字")
    while digits and digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    if not digits:
        return "0"
    if schema.get("x-format") == "money" and exponent < -_PLACES:
        raise ValueRefused(f"金额 {value} 应精确到分,至多两位小数")
    return f"{'-' if sign else ''}{''.join(map(str, digits))}E{exponent}"


def _moment(text: str) -> str:
    """An instant in UTC; one that names no zone, or is none, as it is written."""
    try:
        moment = datetime.fromisoformat(text)
        return text if moment.tzinfo is None else moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return text
