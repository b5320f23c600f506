"""Numbers: decimal128, 34 digits, half even."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow])
WIDE = Context(prec=7_000, rounding=ROUND_HALF_EVEN, Emin=-999_999, Emax=999_999, traps=[InvalidOperation])
"""For steps that must be exact before the result is rounded to 34 digits."""

ZERO = Decimal(0)
ONE = Decimal(1)
LONGEST_INTEGER_BITS = 24_000  # 10**6145 has 20,414 bits: a longer integer is past the largest number anyway


def format_number(value: Decimal) -> str:
    """A number in plain digits, never with an exponent: ``100000``, ``0.00001``; a whole one without decimals, ``1.50`` with its own."""
    if value == value.to_integral_value():
        return str(int(value)) if value.adjusted() < 4_000 else format(value.to_integral_value(), "f")
    return format(value, "f")


def whole(value: object) -> int | None:
    """The integer that a number is, or None when it has a fraction or is no number."""
    if type(value) is not Decimal:
        return None
    number = int(value)
    return number if number == value else None


def truncated(value: Decimal) -> int:
    """The integer part of a number, toward zero."""
    return int(value)
