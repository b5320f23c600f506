"""What the operators do (specification 10.3.2.3 – 10.3.2.8). None is null; a mismatch is null too and the caller reports it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Context, Decimal, DivisionByZero, InvalidOperation
from typing import TYPE_CHECKING

from . import temporal
from .numbers import WIDE
from .values import (
    DATE_TIMES,
    DATES,
    DAY_TIMES,
    NAMES,
    TEMPORALS,
    TIMES,
    DayTimeDuration,
    Range,
    YearMonthDuration,
)

if TYPE_CHECKING:
    from .run import Run

LONGEST_DURATION = 10**30  # nanoseconds; far past the years that FEEL has
LONGEST_MONTHS = 10**18

# -- equality and order -----------------------------------------------------------------------------------------------------------


def equal(a: object, b: object, run: Run) -> bool | None:
    """``a = b``: null only equals null; values of different types give null.

    Times and dates with times are equal when they agree to the second, as the DMN test kit asks.
    """
    kind = type(a)
    if kind is type(b):
        if kind is Decimal or kind is str or kind is bool or kind is date or kind is timedelta:
            return a == b
        if a is b:
            return True
        if kind is list:
            return _equal_lists(a, b, run)  # type: ignore[arg-type]
        if kind is dict:
            return _equal_contexts(a, b, run)  # type: ignore[arg-type]
        if kind is Range:
            return _equal_ranges(a, b, run)  # type: ignore[arg-type]
    if a is None or b is None:
        return a is b
    if NAMES.get(kind) != NAMES.get(type(b)):
        return None
    if kind in TEMPORALS:
        left, right = temporal.order_key(a), temporal.order_key(b)
        if left is None or right is None or left[0] != right[0]:
            return False  # one local, one with a zone
        if kind in TIMES or kind in DATE_TIMES:
            return left[1] // temporal.SECOND == right[1] // temporal.SECOND
        return left[1] == right[1]
    return a == b


def _equal_lists(a: list[object], b: list[object], run: Run) -> bool | None:
    if len(a) != len(b):
        return False
    run.charge(len(a) // 4 + 1)
    verdict: bool | None = True
    for left, right in zip(a, b, strict=True):
        same = equal(left, right, run)
        if same is False:
            return False
        if same is None:
            verdict = None
    return verdict


def _equal_contexts(a: dict[str, object], b: dict[str, object], run: Run) -> bool | None:
    if len(a) != len(b):
        return False
    run.charge(len(a))
    verdict: bool | None = True
    for name, left in a.items():
        if name not in b:
            return False
        same = equal(left, b[name], run)
        if same is False:
            return False
        if same is None:
            verdict = None
    return verdict


def _equal_ranges(a: Range, b: Range, run: Run) -> bool | None:
    if (a.operator, a.start_included, a.end_included) != (b.operator, b.start_included, b.end_included):
        return False
    start, end = equal(a.start, b.start, run), equal(a.end, b.end, run)
    return False if start is False or end is False else None if start is None or end is None else True


def identical(a: object, b: object, run: Run) -> bool:
    """``is(a, b)``: the same type and the same value, written zone included."""
    if type(a) in TIMES | DATE_TIMES and type(a) is type(b):
        return temporal.format_any(a) == temporal.format_any(b)
    return equal(a, b, run) is True


def less(a: object, b: object) -> bool | None:
    """``a < b`` for numbers, strings (by code point) and temporal values of one type; None for all else."""
    kind = type(a)
    if kind is type(b) and (kind is Decimal or kind is str or kind is date or kind is timedelta):
        return a < b  # type: ignore[operator,no-any-return]
    left = temporal.order_key(a)
    if left is None:
        return None
    right = temporal.order_key(b)
    if right is None or left[0] != right[0]:
        return None
    return left[1] < right[1]


def at_most(a: object, b: object, run: Run) -> bool | None:
    """``a <= b``: less or equal."""
    smaller = less(a, b)
    return smaller if smaller is not False else equal(a, b, run)


def compare(operator: str, a: object, b: object, run: Run) -> bool | None:
    """The result of a comparison operator."""
    if operator == "=":
        return equal(a, b, run)
    if operator == "!=":
        same = equal(a, b, run)
        return None if same is None else not same
    if operator == "<":
        return less(a, b)
    if operator == ">":
        return less(b, a)
    if operator == "<=":
        return at_most(a, b, run)
    return at_most(b, a, run)


# -- membership -------------------------------------------------------------------------------------------------------------------


def in_range(value: object, interval: Range, run: Run) -> bool | None:
    """Whether a range holds a value; null for a null value or a null end."""
    operator = interval.operator
    if operator is not None:
        end = interval.end if operator in ("<", "<=") else interval.start
        if value is None and operator not in ("=", "!="):
            return None
        return compare(operator, value, end, run)
    start, end = interval.start, interval.end
    if value is None or start is None or end is None:
        return None
    above = at_most(start, value, run) if interval.start_included else less(start, value)
    if above is None:
        return None
    below = at_most(value, end, run) if interval.end_included else less(value, end)
    return None if below is None else above and below


def satisfies(value: object, test: object, run: Run) -> bool | None:
    """Whether a value meets a test: lies in a range, is in a list or meets a range in it, or equals."""
    kind = type(test)
    if kind is Range:
        if type(value) is Range:
            return equal(value, test, run)
        return in_range(value, test, run)  # type: ignore[arg-type]
    if kind is list:
        if type(value) is list and equal(value, test, run) is True:
            return True
        verdict: bool | None = False
        for entry in test:  # type: ignore[attr-defined]
            run.tick()
            if type(entry) is Range and type(value) is not Range:
                met = in_range(value, entry, run)
                if met is None:
                    verdict = None
            else:
                met = equal(value, entry, run)
            if met is True:
                return True
        return verdict
    return equal(value, test, run)


def make_range(start: object, end: object, start_included: bool, end_included: bool) -> Range | None:
    """A range, or None when its ends are not of one ordered type; an end may be null if it is open."""
    for bound, included in ((start, start_included), (end, end_included)):
        if bound is None and included:
            return None
    if start is None and end is None:
        return None
    if start is not None and end is not None and less(start, end) is None:
        return None
    for bound in (start, end):
        if bound is not None and less(bound, bound) is None:
            return None
    return Range(start, end, start_included, end_included)


def make_bound(operator: str, value: object) -> Range | None:
    """The range of ``< 10``, ``>= 10``, ``= 10`` …"""
    if operator == "=" or operator == "!=":
        return Range(value, value, True, True, operator)
    if value is None or less(value, value) is None:
        return None
    if operator in ("<", "<="):
        return Range(None, value, False, operator == "<=", operator)
    return Range(value, None, operator == ">=", False, operator)


# -- arithmetic -------------------------------------------------------------------------------------------------------------------


def _months(total: int) -> YearMonthDuration | None:
    return YearMonthDuration(total) if abs(total) <= LONGEST_MONTHS else None


def _day_time(nanoseconds: int) -> timedelta | DayTimeDuration | None:
    return temporal.make_day_time(nanoseconds) if abs(nanoseconds) <= LONGEST_DURATION else None


def add_rare(a: object, b: object, run: Run) -> object:
    """``a + b`` of what is not two numbers."""
    kind, other = type(a), type(b)
    if kind is str and other is str:
        size = len(a) + len(b)  # type: ignore[arg-type]
        if size > 200:
            if size > run.limits.string_size:
                raise run.too_long(size)
            run.charge(size // 100)
        return a + b  # type: ignore[operator]
    if other in DAY_TIMES:
        nanoseconds = temporal.day_time_nanoseconds(b)  # type: ignore[arg-type]
        if kind in DAY_TIMES:
            return _day_time(temporal.day_time_nanoseconds(a) + nanoseconds)  # type: ignore[arg-type]
        return temporal.add_nanoseconds(a, nanoseconds)
    if other is YearMonthDuration:
        if kind is YearMonthDuration:
            return _months(a.months + b.months)  # type: ignore[attr-defined]
        if kind in DATES or kind in DATE_TIMES:
            return temporal.add_months(a, b.months)  # type: ignore[arg-type,attr-defined]
        return None
    if kind in DAY_TIMES or kind is YearMonthDuration:
        return add_rare(b, a, run) if other in TEMPORALS else None
    return None


def subtract_rare(a: object, b: object) -> object:
    """``a - b`` of what is not two numbers."""
    kind, other = type(a), type(b)
    if other in DAY_TIMES:
        nanoseconds = temporal.day_time_nanoseconds(b)  # type: ignore[arg-type]
        if kind in DAY_TIMES:
            return _day_time(temporal.day_time_nanoseconds(a) - nanoseconds)  # type: ignore[arg-type]
        return temporal.add_nanoseconds(a, -nanoseconds)
    if other is YearMonthDuration:
        if kind is YearMonthDuration:
            return _months(a.months - b.months)  # type: ignore[attr-defined]
        if kind in DATES or kind in DATE_TIMES:
            return temporal.add_months(a, -b.months)  # type: ignore[arg-type,attr-defined]
        return None
    if kind in TEMPORALS and other in TEMPORALS:
        return temporal.difference(a, b)
    return None


def multiply_rare(a: object, b: object) -> object:
    """``a * b`` of a duration and a number."""
    if type(a) is Decimal:
        a, b = b, a
    if type(b) is not Decimal:
        return None
    if type(a) is YearMonthDuration:
        return _scaled(a.months, b, months=True)
    if type(a) in DAY_TIMES:
        return _scaled(temporal.day_time_nanoseconds(a), b, months=False)  # type: ignore[arg-type]
    return None


def _scaled(amount: int, factor: Decimal, *, months: bool) -> object:
    product = WIDE.multiply(Decimal(amount), factor)
    if product and product.adjusted() > 40:
        return None
    return _months(int(product)) if months else _day_time(int(product))


def divide_rare(a: object, b: object, context: Context) -> object:
    """``a / b`` of a duration and a number, or of two durations of one type."""
    kind = type(a)
    months = kind is YearMonthDuration
    if not months and kind not in DAY_TIMES:
        return None
    amount = a.months if isinstance(a, YearMonthDuration) else temporal.day_time_nanoseconds(a)  # type: ignore[arg-type]
    if type(b) is Decimal:
        if not b:
            return None
        quotient = context.divide(Decimal(amount), b)
        if quotient and quotient.adjusted() > 40:
            return None
        return _months(int(quotient)) if months else _day_time(int(quotient))
    if type(b) is YearMonthDuration and months:
        return context.divide(Decimal(amount), Decimal(b.months)) if b.months else None
    if type(b) in DAY_TIMES and not months:
        divisor = temporal.day_time_nanoseconds(b)  # type: ignore[arg-type]
        return context.divide(Decimal(amount), Decimal(divisor)) if divisor else None
    return None


def power(a: object, b: object, context: Context) -> Decimal | None:
    """``a ** b``; null where there is no real result."""
    if type(a) is not Decimal or type(b) is not Decimal:
        return None
    try:
        result = context.power(a, b)
    except (InvalidOperation, DivisionByZero):
        return None
    return result if result.is_finite() else None


def negate(value: object, context: Context) -> object:
    """``-value`` of a number or a duration."""
    kind = type(value)
    if kind is Decimal:
        return context.minus(value)  # type: ignore[arg-type]
    if kind is YearMonthDuration:
        return YearMonthDuration(-value.months)  # type: ignore[attr-defined]
    if kind in DAY_TIMES:
        return temporal.make_day_time(-temporal.day_time_nanoseconds(value))  # type: ignore[arg-type]
    return None
