"""Input cells that are plain comparisons: recognised by their text, tested without the FEEL machinery and open to analysis.

A plain cell is `-`, a literal, `< literal`, a range of two literals, a comma-separated list of these, or `not(…)` of such a list, all literals
of one type: number, string, boolean, date or null. Its meaning is FEEL's; whatever a plain test cannot decide (a null, a value of another
type) is answered with None and goes to FEEL. Everything else is no plain cell and always goes to FEEL.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A date and time, time or duration: by its place among those of its kind; `text` is how FEEL writes it."""

    key: int
    text: str = field(compare=False)


Literal = Decimal | str | bool | dt.date | Moment | None
Check = Callable[[Any], bool | None]

_STRING: Final = r'"(?:[^"\\]|\\.)*"'
_NUMBER: Final = r"-?\s*(?:\d{1,60}(?:\.\d{1,60})?|\.\d{1,60})"
_DATE: Final = r'(?:date\s*\(\s*"\d{4}-\d\d-\d\d"\s*\)|@\s*"\d{4}-\d\d-\d\d")'
_LITERAL: Final = rf"(?:{_STRING}|{_NUMBER}|{_DATE}|true|false|null)"
_COMPARISON: Final = re.compile(rf"\s*(?:\?\s*(?=[<>=]))?(<=|>=|<|>|=)?\s*({_LITERAL})\s*\Z")
_RANGE: Final = re.compile(rf"\s*([\[\]\(])\s*({_LITERAL})\s*\.\.\s*({_LITERAL})\s*([\[\]\)])\s*\Z")
_NEGATION: Final = re.compile(r"\s*not\s*\((.*)\)\s*\Z", re.DOTALL)
_DIFFERENCE: Final = re.compile(rf"\s*(?:\?\s*)?!=\s*({_LITERAL})\s*\Z")
_PIECE: Final = re.compile(rf"{_STRING}|[^\",]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Span:
    """The values from `low` to `high` of one ordered type; None is no bound on that side. A single value has low == high, both closed."""

    low: Literal
    high: Literal
    low_closed: bool
    high_closed: bool

    def is_value(self) -> bool:
        """Whether the span is one value."""
        return self.low == self.high and self.low_closed and self.high_closed


@dataclass(frozen=True, slots=True)
class Cell:
    """A plain cell: the union of its spans, or everything but it when `negated`. `kind` is the FEEL type of its literals ("" for `-`).

    `null` says whether it accepts null: FEEL's `null = "x"` is false, so that `not("x")` accepts it; `null > 5` is unknown, and so is its
    negation. `check` decides a value of the cell's own type: True, False, or None for "ask FEEL".
    """

    kind: str
    spans: tuple[Span, ...]
    negated: bool
    null: bool
    check: Check | None


ANY_CELL: Final = Cell("", (), negated=False, null=True, check=None)


def is_any(text: str) -> bool:
    """Whether the cell matches everything: empty or a dash, as modelers write it."""
    stripped = text.strip()
    return not stripped or stripped == "-"


def recognise(text: str) -> Cell | None:
    """The plain cell that a text is, or None when it is another expression."""
    if is_any(text):
        return ANY_CELL
    if len(text) > 4000:
        return None
    negated = False
    body = text
    found = _NEGATION.match(text) or _DIFFERENCE.match(text)
    if found is not None:
        negated, body = True, found.group(1)
    spans: list[Span] = []
    kinds: set[str] = set()
    literal = True
    for piece in _split(body):
        if piece is None:
            return None
        read = _read_piece(piece)
        if read is None:
            return None
        kind, found_spans = read
        literal = literal and _RANGE.match(piece) is None
        kinds.add(kind)
        spans.extend(found_spans)
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    if kind == "null":
        return Cell(kind, (), negated, not negated, _null_check(negated))
    null = negated and literal and all(span.is_value() for span in spans)
    return Cell(kind, tuple(spans), negated, null, _checker(kind, tuple(spans), negated))


def literal_of(text: str) -> tuple[str, Literal] | None:
    """Type and value of a text that is one literal, None when it is none. Used for output cells and allowed values."""
    found = re.fullmatch(rf"\s*({_LITERAL})\s*", text) if len(text) <= 4000 else None
    return _literal(found.group(1)) if found else None


def _split(text: str) -> Iterator[str | None]:
    """Pieces between commas outside strings; None for a string without an end."""
    current: list[str] = []
    for token in _PIECE.finditer(text):
        mark = token.group()
        if mark == '"':
            yield None
            return
        if mark == ",":
            yield "".join(current)
            current = []
        else:
            current.append(mark)
    yield "".join(current)


def _read_piece(piece: str) -> tuple[str, list[Span]] | None:
    found = _COMPARISON.match(piece)
    if found is not None:
        return _comparison(found.group(1), found.group(2))
    found = _RANGE.match(piece)
    if found is None:
        return None
    low, high = _literal(found.group(2)), _literal(found.group(3))
    if low is None or high is None or low[0] != high[0] or low[0] not in ("number", "date", "string"):
        return None
    return low[0], [Span(low[1], high[1], found.group(1) == "[", found.group(4) == "]")]


def _comparison(operator: str | None, text: str) -> tuple[str, list[Span]] | None:
    read = _literal(text)
    if read is None:
        return None
    kind, value = read
    if kind == "null":
        return (kind, []) if operator is None else None
    if operator in (None, "="):
        return kind, [Span(value, value, low_closed=True, high_closed=True)]
    if kind == "boolean":
        return None
    if operator in ("<", "<="):
        return kind, [Span(None, value, low_closed=False, high_closed=operator == "<=")]
    return kind, [Span(value, None, low_closed=operator == ">=", high_closed=False)]


def _literal(text: str) -> tuple[str, Literal] | None:
    if text == "null":
        return "null", None
    if text in ("true", "false"):
        return "boolean", text == "true"
    if text[0] == '"':
        return _string(text)
    if text[0] in "@d":
        try:
            return "date", dt.date.fromisoformat(text[text.index('"') + 1 : text.rindex('"')])
        except ValueError:
            return None
    try:
        return "number", Decimal("".join(text.split()))
    except InvalidOperation:
        return None


def _string(text: str) -> tuple[str, Literal] | None:
    if "\\" not in text:
        return "string", text[1:-1]
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        return None
    if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
        return None
    return "string", value


def _checker(kind: str, spans: tuple[Span, ...], negated: bool) -> Check:
    """One closure that decides a value of the cell's own type; None for the rest."""
    test = _positive(kind, spans)
    if not negated:
        return test

    def negative(value: Any) -> bool | None:
        found = test(value)
        return None if found is None else not found

    return negative


def _null_check(negated: bool) -> Check:
    if negated:
        return lambda value: value is not None
    return lambda value: value is None


def _positive(kind: str, spans: tuple[Span, ...]) -> Check:
    own: type = {"number": Decimal, "string": str, "boolean": bool, "date": dt.date}[kind]
    if all(span.is_value() for span in spans):
        values = frozenset(span.low for span in spans)
        if len(values) == 1:
            (single,) = values
            return lambda value: value == single if type(value) is own else None
        return lambda value: value in values if type(value) is own else None
    if len(spans) == 1:
        return _span_check(own, spans[0])
    tests = [_span_check(own, span) for span in spans]
    return lambda value: any(test(value) for test in tests) if type(value) is own else None


def _span_check(own: type, span: Span) -> Check:
    low: Any = span.low
    high: Any = span.high
    if high is None:
        if span.low_closed:
            return lambda value: value >= low if type(value) is own else None
        return lambda value: value > low if type(value) is own else None
    if low is None:
        if span.high_closed:
            return lambda value: value <= high if type(value) is own else None
        return lambda value: value < high if type(value) is own else None
    if span.low_closed and span.high_closed:
        return lambda value: low <= value <= high if type(value) is own else None
    if span.low_closed:
        return lambda value: low <= value < high if type(value) is own else None
    if span.high_closed:
        return lambda value: low < value <= high if type(value) is own else None
    return lambda value: low < value < high if type(value) is own else None
