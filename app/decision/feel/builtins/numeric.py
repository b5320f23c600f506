"""Numeric functions (specification 10.3.4.5)."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    InvalidOperation,
    Overflow,
)

from ...codes import FeelCode
from .. import temporal
from ..numbers import CONTEXT, WIDE, ZERO
from ..run import Run
from ..values import YearMonthDuration
from .declaration import Group

FUNCTIONS = Group("数字函数")
_LOWEST_SCALE, _HIGHEST_SCALE = -6111, 6176


def _rounded(number: Decimal, scale: Decimal, mode: str) -> Decimal | None:
    """A number with a given count of decimals; unchanged when 34 digits have no room for them. The scale's fraction is dropped."""
    if not _LOWEST_SCALE <= scale <= _HIGHEST_SCALE:
        return None
    places = int(scale)
    exponent = number.as_tuple().exponent
    fits = places + number.adjusted() < CONTEXT.prec and places <= CONTEXT.prec
    if isinstance(exponent, int) and -exponent <= places and not fits:
        return number
    rounded = number.quantize(Decimal((0, (1,), -places)), rounding=mode, context=WIDE)
    if not rounded:
        return abs(CONTEXT.plus(rounded))
    return CONTEXT.plus(rounded)


@FUNCTIONS.function(
    "decimal(n: number, scale: number) -> number", "保留指定位数的小数，四舍六入五成双", "decimal(1/3, 2)", "decimal(2.5, 0)"
)
def decimal(n: Decimal, scale: Decimal) -> object:
    return _rounded(n, scale, ROUND_HALF_EVEN)


@FUNCTIONS.function("floor(n: number, [scale: number]) -> number", "向下取整，或向下保留指定位数的小数", "floor(-1.5)", "floor(1.56, 1)")
def floor(n: Decimal, scale: Decimal = ZERO) -> object:
    return _rounded(n, scale, ROUND_FLOOR)


@FUNCTIONS.function(
    "ceiling(n: number, [scale: number]) -> number", "向上取整，或向上保留指定位数的小数", "ceiling(1.5)", "ceiling(-1.56, 1)"
)
def ceiling(n: Decimal, scale: Decimal = ZERO) -> object:
    return _rounded(n, scale, ROUND_CEILING)


@FUNCTIONS.function("round up(n: number, scale: number) -> number", "远离零舍入到指定位数的小数", "round up(1.121, 2)", "round up(-5.5, 0)")
def round_up(n: Decimal, scale: Decimal) -> object:
    return _rounded(n, scale, ROUND_UP)


@FUNCTIONS.function("round down(n: number, scale: number) -> number", "向零舍入（截去）到指定位数的小数", "round down(1.126, 2)")
def round_down(n: Decimal, scale: Decimal) -> object:
    return _rounded(n, scale, ROUND_DOWN)


@FUNCTIONS.function("round half up(n: number, scale: number) -> number", "四舍五入到指定位数的小数", "round half up(1.125, 2)")
def round_half_up(n: Decimal, scale: Decimal) -> object:
    return _rounded(n, scale, ROUND_HALF_UP)


@FUNCTIONS.function("round half down(n: number, scale: number) -> number", "五舍六入到指定位数的小数", "round half down(1.125, 2)")
def round_half_down(n: Decimal, scale: Decimal) -> object:
    return _rounded(n, scale, ROUND_HALF_DOWN)


@FUNCTIONS.function(
    "abs(n: number|years and months duration|days and time duration) -> any", "绝对值；也可用于时长", "abs(-10)", 'abs(@"-PT5H")'
)
def absolute(n: object) -> object:
    if isinstance(n, Decimal):
        return CONTEXT.abs(n)
    if isinstance(n, YearMonthDuration):
        return YearMonthDuration(abs(n.months))
    return temporal.make_day_time(abs(temporal.day_time_nanoseconds(n)))  # type: ignore[arg-type]


@FUNCTIONS.function(
    "modulo(dividend: number, divisor: number) -> number", "余数，符号与除数相同；除数为零时结果为空", "modulo(12, 5)", "modulo(-12, 5)"
)
def modulo(dividend: Decimal, divisor: Decimal) -> object:
    if not divisor or dividend.adjusted() - divisor.adjusted() > 6_000:
        return None
    rest = WIDE.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest = WIDE.add(rest, divisor)
    return CONTEXT.plus(rest) if rest else ZERO


@FUNCTIONS.function("sqrt(number: number) -> number", "平方根；负数的结果为空", "sqrt(16)")
def sqrt(number: Decimal) -> object:
    return CONTEXT.sqrt(number) if number >= 0 else None


@FUNCTIONS.function("log(number: number) -> number", "自然对数；参数须大于零", "decimal(log(10), 8)")
def log(number: Decimal) -> object:
    return CONTEXT.ln(number) if number > 0 else None


@FUNCTIONS.function("exp(number: number) -> number", "e 的乘方", "decimal(exp(5), 8)", run=True)
def exp(run: Run, number: Decimal) -> object:
    from ..errors import FeelLimitError

    try:
        return CONTEXT.exp(number)
    except Overflow:
        raise FeelLimitError(FeelCode.LIMIT_EXPONENT, "exp() 的结果太大", run.place) from None
    except InvalidOperation:
        return None


@FUNCTIONS.function("odd(number: number) -> boolean", "是否奇数", "odd(5)")
def odd(number: Decimal) -> object:
    return _parity(number) == 1


@FUNCTIONS.function("even(number: number) -> boolean", "是否偶数", "even(5)")
def even(number: Decimal) -> object:
    return _parity(number) == 0


def _parity(number: Decimal) -> int | None:
    return int(number) % 2 if number == number.to_integral_value() else None
