"""The values that FEEL has and Python has not.

Ordinary dates, times and durations are the classes of ``datetime``; the classes here take over only where those end: years outside
1..9999 and fractions below a microsecond. ``canonical`` forms are made in ``temporal``: one value has one class, always.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

Zone = timezone | ZoneInfo | None


class _Missing:
    """The absence of a value, where None is a value."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


@dataclass(frozen=True, slots=True)
class YearMonthDuration:
    """A years and months duration, in months."""

    months: int


@dataclass(frozen=True, slots=True)
class DayTimeDuration:
    """A days and time duration too fine or too long for ``timedelta``, in nanoseconds."""

    nanoseconds: int


@dataclass(frozen=True, slots=True)
class FeelDate:
    """A date with a year outside 1..9999 (proleptic Gregorian, year 0 is 1 BC)."""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class FeelTime:
    """A time of day with a fraction finer than a microsecond."""

    hour: int
    minute: int
    second: int
    nanosecond: int = 0
    tzinfo: Zone = None


@dataclass(frozen=True, slots=True)
class FeelDateTime:
    """A date and time with a year outside 1..9999 or a fraction finer than a microsecond."""

    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanosecond: int = 0
    tzinfo: Zone = None


@dataclass(frozen=True, slots=True)
class Range:
    """An interval. ``operator`` tells ``< 10`` (an open side without an end) from ``(null..10)`` (an end that is null): it is one of
    ``< <= > >= = !=`` for a range written as a comparison, else None."""

    start: object
    end: object
    start_included: bool = True
    end_included: bool = True
    operator: str | None = None


class Function:
    """A function as a value: a lambda, a business knowledge model, a decision service or a built-in.

    ``overloads``: parameter names, one tuple for each way of calling. ``call(*arguments)`` gets as many positional arguments as the
    chosen overload has names. ``variadic``: the last parameter takes any number. ``types`` and ``result`` are the declared types of
    the first overload (None: Any), see ``types.Type``; the arguments and the result are fitted to them.
    """

    __slots__ = ("call", "inner", "name", "overloads", "result", "types", "variadic")

    def __init__(
        self,
        parameters: Sequence[str] | Sequence[Sequence[str]],
        call: Callable[..., object],
        *,
        name: str = "",
        variadic: bool = False,
        types: Sequence[object] = (),
        result: object = None,
        inner: bool = False,
    ) -> None:
        overloads: list[tuple[str, ...]] = []
        names: list[str] = []
        for parameter in parameters:
            if isinstance(parameter, str):
                names.append(parameter)
            else:
                overloads.append(tuple(parameter))
        self.overloads: tuple[tuple[str, ...], ...] = tuple(overloads) if overloads else (tuple(names),)
        self.call = call
        self.name = name
        self.variadic = variadic
        self.types = tuple(types)
        self.result = result
        self.inner = inner  # the call takes the running evaluation first

    @property
    def parameters(self) -> tuple[str, ...]:
        return self.overloads[0]

    def __repr__(self) -> str:
        return f"Function({self.name or 'anonymous'}({', '.join(self.parameters)}))"


DATES: Final = frozenset({date, FeelDate})
TIMES: Final = frozenset({time, FeelTime})
DATE_TIMES: Final = frozenset({datetime, FeelDateTime})
DAY_TIMES: Final = frozenset({timedelta, DayTimeDuration})
TEMPORALS: Final = DATES | TIMES | DATE_TIMES | DAY_TIMES | {YearMonthDuration}

NAMES: Final[dict[type, str]] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    int: "number",
    float: "number",
    str: "string",
    list: "list",
    dict: "context",
    date: "date",
    FeelDate: "date",
    time: "time",
    FeelTime: "time",
    datetime: "date and time",
    FeelDateTime: "date and time",
    timedelta: "days and time duration",
    DayTimeDuration: "days and time duration",
    YearMonthDuration: "years and months duration",
    Range: "range",
    Function: "function",
}

LABELS: Final[dict[str, str]] = {
    "null": "空值",
    "boolean": "是否值",
    "number": "数字",
    "string": "文本",
    "list": "列表",
    "context": "上下文",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "days and time duration": "天时时长",
    "years and months duration": "年月时长",
    "range": "区间",
    "function": "函数",
}


def type_name(value: object) -> str:
    """The FEEL type of a value, such as ``number`` or ``days and time duration``."""
    return NAMES.get(type(value)) or type(value).__name__


def type_label(value: object) -> str:
    """The Chinese word for a value's type."""
    name = type_name(value)
    return LABELS.get(name, name)
