"""Values as text: for people, as FEEL source, for JSON."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ..codes import FeelCode
from . import temporal
from .errors import FeelEvaluationError, FeelLimitError
from .lexer import is_simple
from .limits import DEFAULT_LIMITS, Limits
from .numbers import format_number
from .reader import RESERVED
from .values import DATE_TIMES, TEMPORALS, Function, Range, type_label

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def to_text(value: object, limits: Limits = DEFAULT_LIMITS) -> str:
    """The value as FEEL's ``string()`` gives it; null is ``null``, a string is itself.

    Raises FeelLimitError for a text longer than ``limits.string_size``.
    """
    if type(value) is str:
        return value
    return _Writer(limits, source=False).write(value)


def literal(value: object, limits: Limits = DEFAULT_LIMITS) -> str:
    """FEEL source text that evaluates to the value. Raises FeelEvaluationError for a function, FeelLimitError for a long text."""
    return _Writer(limits, source=True).write(value)


def quote(text: str) -> str:
    """A string literal."""
    return f'"{text.translate(_ESCAPES)}"'


class _Writer:
    """Writes a value in pieces and stops at the size limit: shared lists can be far longer written than held."""

    def __init__(self, limits: Limits, *, source: bool) -> None:
        self.limits = limits
        self.source = source
        self.pieces: list[str] = []
        self.size = 0

    def write(self, value: object) -> str:
        try:
            self.value(value)
        except RecursionError:
            raise FeelLimitError(FeelCode.LIMIT_NESTING, "值的嵌套太深，写不成文本") from None
        return "".join(self.pieces)

    def put(self, text: str) -> None:
        self.size += len(text)
        if self.size > self.limits.string_size:
            raise FeelLimitError(FeelCode.LIMIT_STRING_SIZE, f"写成文本超过 {self.limits.string_size} 个字符")
        self.pieces.append(text)

    def value(self, value: object) -> None:
        kind = type(value)
        if value is None:
            self.put("null")
        elif kind is bool:
            self.put("true" if value else "false")
        elif kind is Decimal:
            self.put(format_number(value))  # type: ignore[arg-type]
        elif kind is str:
            self.put(quote(value))  # type: ignore[arg-type]
        elif kind is list:
            self.put("[")
            for index, item in enumerate(value):  # type: ignore[arg-type,var-annotated]
                if index:
                    self.put(", ")
                self.value(item)
            self.put("]")
        elif kind is dict:
            self.put("{")
            for index, (name, item) in enumerate(value.items()):  # type: ignore[attr-defined]
                self.put((", " if index else "") + (name if is_simple(name) and name not in RESERVED else quote(name)) + ": ")
                self.value(item)
            self.put("}")
        elif isinstance(value, Range):
            self.range(value)
        elif kind in TEMPORALS:
            text = temporal.format_any(value)
            self.put(f'@"{text}"' if self.source else text)
        elif isinstance(value, Function):
            if self.source:
                raise FeelEvaluationError(FeelCode.VALUE, "函数不能写成文本")
            self.put(f"function({', '.join(value.parameters)})")
        elif kind is int or kind is float:
            self.put(format_number(Decimal(str(value))))
        else:
            raise FeelEvaluationError(FeelCode.VALUE, f"{type(value).__name__} 不是表达式的值")

    def range(self, value: Range) -> None:
        if value.operator is not None:
            self.put(f"({value.operator} ")
            self.value(value.end if value.operator in ("<", "<=") else value.start)
            self.put(")")
            return
        self.put("[" if value.start_included else "(")
        self.value(value.start)
        self.put("..")
        self.value(value.end)
        self.put("]" if value.end_included else ")")


def to_json(value: object, limits: Limits = DEFAULT_LIMITS) -> Any:
    """A value for JSON: numbers stay Decimal; dates, times and durations become ISO strings (a named zone its offset at that moment, a
    time of day keeps the name); lists and contexts are copied.

    Raises FeelEvaluationError for a range or function, FeelLimitError when it is too large written out.
    """
    try:
        return _json(value, [limits.list_size * 10])
    except RecursionError:
        raise FeelLimitError(FeelCode.LIMIT_NESTING, "值的嵌套太深，写不成 JSON") from None


def _json(value: object, left: list[int]) -> Any:
    kind = type(value)
    if value is None or kind is bool or kind is str or kind is Decimal or kind is int:
        return value
    if kind is list:
        _spend(len(value), left)  # type: ignore[arg-type]
        return [_json(item, left) for item in value]  # type: ignore[attr-defined]
    if kind is dict:
        _spend(len(value), left)  # type: ignore[arg-type]
        return {name: _json(item, left) for name, item in value.items()}  # type: ignore[attr-defined]
    if kind in DATE_TIMES:
        return temporal.format_instant(value)  # type: ignore[arg-type]
    if kind in TEMPORALS:
        return temporal.format_any(value)
    if isinstance(value, (Range, Function)):
        raise FeelEvaluationError(FeelCode.VALUE, f"{type_label(value)}不能作为变量保存，只能在表达式里使用")
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, (datetime, date, time, timedelta)):
        return temporal.format_any(value)
    raise FeelEvaluationError(FeelCode.VALUE, f"{type(value).__name__} 不是表达式的值")


def _spend(size: int, left: list[int]) -> None:
    left[0] -= size + 1
    if left[0] < 0:
        raise FeelLimitError(FeelCode.LIMIT_LIST_SIZE, "列表写出来太大")
