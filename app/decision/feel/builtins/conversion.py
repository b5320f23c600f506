"""Conversion functions (specification 10.3.4.1)."""

from __future__ import annotations

import re
from datetime import UTC
from decimal import Decimal, Overflow
from typing import Any

from ...codes import FeelCode
from .. import operators, temporal
from ..errors import FeelError, FeelLimitError
from ..limits import Limits
from ..numbers import CONTEXT, whole
from ..parser import parse_expression
from ..run import Run
from ..syntax import Call, Interval, Literal, Name, Node
from ..text import to_text
from ..values import DATES, TIMES, YearMonthDuration, Zone
from ..vocabulary import Vocabulary
from .declaration import Group

FUNCTIONS = Group("转换函数")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_SEPARATORS = (" ", ",", ".", None)


@FUNCTIONS.function(
    "date(from: string|date|date and time) -> date",
    "日期：由文本、日期时间或年月日得出；没有这一天时结果为空",
    'date("2026-03-10")',
    "date(2026, 3, 10)",
    'date(date and time("2026-03-10T09:00:00"))',
    also=("(year: number, month: number, day: number)",),
)
def date(first: Any, month: Decimal | None = None, day: Decimal | None = None) -> object:
    if month is not None:
        parts = [whole(part) for part in (first, month, day)]
        year_number, month_number, day_number = parts
        if year_number is None or month_number is None or day_number is None:
            return None
        return temporal.make_date(year_number, month_number, day_number)
    if isinstance(first, str):
        return temporal.parse_date(first)
    return first if type(first) in DATES else temporal.make_date(first.year, first.month, first.day)


@FUNCTIONS.function(
    "time(from: string|time|date|date and time) -> time",
    "时间：由文本、日期时间，或时、分、秒与时差得出",
    'time("09:30:00+08:00")',
    'time(9, 30, 0, duration("PT8H"))',
    'time(date and time("2026-03-10T09:30:00"))',
    also=("(hour: number, minute: number, second: number, [offset: days and time duration?])",),
)
def time(first: Any, minute: Decimal | None = None, second: Decimal | None = None, offset: Any = None) -> object:
    if minute is not None and second is not None:
        nanoseconds = CONTEXT.multiply(second, Decimal(temporal.SECOND)) if 0 <= second < 60 else None
        hours, minutes = whole(first), whole(minute)
        if nanoseconds is None or hours is None or minutes is None:
            return None
        zone = _offset_zone(offset) if offset is not None else None
        if offset is not None and zone is None:
            return None
        return temporal.make_time(hours, minutes, int(nanoseconds) // temporal.SECOND, int(nanoseconds) % temporal.SECOND, zone)
    if isinstance(first, str):
        return temporal.parse_time(first)
    if type(first) in TIMES:
        return first
    if type(first) in DATES:
        return temporal.make_time(0, 0, 0, 0, UTC)
    return temporal.make_time(first.hour, first.minute, first.second, temporal.nanosecond(first), first.tzinfo)


def _offset_zone(offset: Any) -> Zone:
    nanoseconds = temporal.day_time_nanoseconds(offset)
    return temporal.make_offset(nanoseconds // temporal.SECOND) if nanoseconds % temporal.SECOND == 0 else None


@FUNCTIONS.function(
    "date and time(from: string|date and time) -> date and time",
    "日期时间：由文本、日期与时间，或年月日时分秒（与时差或时区）得出",
    'date and time("2026-03-10T09:00:00@Asia/Shanghai")',
    'date and time(date("2026-03-10"), time("09:00:00"))',
    "date and time(2026, 3, 10, 9, 0, 0)",
    also=(
        "(date: date|date and time, time: time)",
        "(year: number, month: number, day: number, hour: number, minute: number, second: number)",
        "(year: number, month: number, day: number, hour: number, minute: number, second: number, offset: days and time duration)",
        "(year: number, month: number, day: number, hour: number, minute: number, second: number, timezone: string)",
    ),
)
def date_and_time(first: Any, *rest: Any) -> object:
    if not rest:
        return temporal.parse_date_time(first) if isinstance(first, str) else first
    if len(rest) == 1:
        clock = rest[0]
        return temporal.make_date_time(first, temporal.of_day(clock), clock.tzinfo)
    day = date(first, rest[0], rest[1])
    clock = time(*rest[2:5])
    if day is None or clock is None:
        return None
    zone: Zone = None
    if len(rest) == 6:
        zone = temporal.zone_of(rest[5]) if isinstance(rest[5], str) else _offset_zone(rest[5])
        if zone is None:
            return None
    return temporal.make_date_time(day, temporal.of_day(clock), zone)  # type: ignore[arg-type]


@FUNCTIONS.function(
    "number(from: string, [grouping separator: string?], [decimal separator: string?]) -> number",
    "把文本读成数字；可指明千位分隔符（空格、逗号、点）与小数点（点、逗号）",
    'number("1 000,5", " ", ",")',
    'number("12.5")',
    run=True,
)
def number(run: Run, text: str, grouping: str | None = None, point: str | None = None) -> object:
    if grouping not in _SEPARATORS or point not in (".", ",", None) or (grouping is not None and grouping == point):
        return None
    if grouping is not None:
        text = text.replace(grouping, "")
    if point is not None:
        if point == "," and "." in text:
            return None
        text = text.replace(point, ".")
    if len(text) > 1_000 or _NUMBER.fullmatch(text) is None:
        return None
    try:
        return CONTEXT.create_decimal(text)
    except Overflow:
        raise FeelLimitError(FeelCode.LIMIT_EXPONENT, f"数字太大：数量级超过 10 的 {run.limits.exponent} 次方", run.place) from None


@FUNCTIONS.function(
    "string(from: any) -> string",
    "把任何值写成文本；空值仍为空",
    "string(1.10)",
    'string([1, "a", @"2026-03-10"])',
    "string(null)",
    run=True,
)
def string(run: Run, value: object) -> object:
    return None if value is None else to_text(value, run.limits)


@FUNCTIONS.function(
    "duration(from: string) -> days and time duration", "时长：年月时长或天时时长，由文本得出", 'duration("P1Y2M")', 'duration("P10DT4H")'
)
def duration(text: str) -> object:
    return temporal.parse_duration(text)


@FUNCTIONS.function(
    "years and months duration(from: date|date and time, to: date|date and time) -> years and months duration",
    "两个日期之间的整年整月",
    'years and months duration(date("2011-12-22"), date("2013-08-24"))',
)
def years_and_months_duration(start: Any, end: Any) -> object:
    return YearMonthDuration(temporal.months_between(start, end))


@FUNCTIONS.function(
    "range(from: string) -> range",
    "把文本读成区间；两端只能是字面值，缺一端表示不限",
    'range("[18..21)")',
    'range("[2..)")',
    run=True,
)
def make_range(run: Run, text: str) -> object:
    stripped = text.strip()
    if len(stripped) < 5 or stripped[0] not in "[(]" or stripped[-1] not in "])[":
        return None
    inner = stripped[1:-1].strip()
    try:
        if inner.startswith("..") and not inner.endswith(".."):
            end = _endpoint(_parsed(inner[2:]))
            return operators.make_bound("<=" if stripped[-1] == "]" else "<", end) if stripped[0] != "[" and end is not None else None
        if inner.endswith("..") and not inner.startswith(".."):
            start = _endpoint(_parsed(inner[:-2]))
            return operators.make_bound(">=" if stripped[0] == "[" else ">", start) if stripped[-1] != "]" and start is not None else None
        tree = _parsed(stripped)
    except FeelError:
        return None
    if not isinstance(tree, Interval) or tree.start is None or tree.end is None:
        return None
    start, end = _endpoint(tree.start), _endpoint(tree.end)
    if start is None or end is None or operators.less(end, start) is not False:
        return None
    return operators.make_range(start, end, tree.start_included, tree.end_included)


_LITERAL_FUNCTIONS = {
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "date and time": temporal.parse_date_time,
    "duration": temporal.parse_duration,
}
_VOCABULARY = Vocabulary(_LITERAL_FUNCTIONS)
_SMALL = Limits(expression_size=2_000, nesting=10)


def _parsed(text: str) -> Node:
    return parse_expression(text, _SMALL, _VOCABULARY).root


def _endpoint(node: Node) -> object:
    """The value of a literal, or of ``date("…")`` and its kin; None for anything else."""
    if isinstance(node, Literal):
        return node.value if type(node.value) is not bool else None
    if isinstance(node, Call) and isinstance(node.function, Name) and node.names is None and len(node.arguments) == 1:
        argument = node.arguments[0]
        read = _LITERAL_FUNCTIONS.get(node.function.name)
        if read is not None and isinstance(argument, Literal) and isinstance(argument.value, str):
            return read(argument.value)
    return None
