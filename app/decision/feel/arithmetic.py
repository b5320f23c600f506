"""The closures of ``+ - * / **``, and of comparing with a number."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache

from ..codes import FeelCode
from . import operators
from .errors import FeelLimitError
from .numbers import CONTEXT
from .run import Run, Scope
from .values import type_label

Code = Callable[[Scope], object]
Operation = Callable[[object, object, Run, int], object]
Rare = Callable[[object, object, Run], object]


def decimal_context(exponent: int) -> Context:
    """34 digits, half even, within the largest exponent allowed."""
    if exponent >= CONTEXT.Emax:
        return CONTEXT
    context = CONTEXT.copy()
    context.Emax = max(exponent, 1)
    return context


@lru_cache(maxsize=16)
def operations(exponent: int) -> dict[str, Operation]:
    """What each operator does to two values; the last argument is the operator's place, for errors and warnings."""
    context = decimal_context(exponent)

    def too_large(position: int) -> FeelLimitError:
        return FeelLimitError(FeelCode.LIMIT_EXPONENT, f"计算结果太大：数量级超过 10 的 {exponent} 次方", position)

    def mismatch(a: object, operator: str, b: object, run: Run, position: int) -> object:
        if run.warns and a is not None and b is not None:
            run.warn(FeelCode.ARITHMETIC, f"{type_label(a)} {operator} {type_label(b)} 无法计算，结果为空", position)
        return None

    def add(a: object, b: object, run: Run, position: int) -> object:
        if type(a) is Decimal and type(b) is Decimal:
            try:
                return context.add(a, b)
            except Overflow:
                raise too_large(position) from None
        run.place = position
        result = operators.add_rare(a, b, run)
        return mismatch(a, "+", b, run, position) if result is None else result

    def subtract(a: object, b: object, run: Run, position: int) -> object:
        if type(a) is Decimal and type(b) is Decimal:
            try:
                return context.subtract(a, b)
            except Overflow:
                raise too_large(position) from None
        result = operators.subtract_rare(a, b)
        return mismatch(a, "-", b, run, position) if result is None else result

    def multiply(a: object, b: object, run: Run, position: int) -> object:
        if type(a) is Decimal and type(b) is Decimal:
            try:
                return context.multiply(a, b)
            except Overflow:
                raise too_large(position) from None
        result = operators.multiply_rare(a, b)
        return mismatch(a, "*", b, run, position) if result is None else result

    def divide(a: object, b: object, run: Run, position: int) -> object:
        try:
            if type(a) is Decimal and type(b) is Decimal:
                return context.divide(a, b)
            result = operators.divide_rare(a, b, context)
        except (DivisionByZero, InvalidOperation):
            if run.warns:
                run.warn(FeelCode.DIVISION_BY_ZERO, "除数为零，结果为空", position)
            return None
        except Overflow:
            raise too_large(position) from None
        return mismatch(a, "/", b, run, position) if result is None else result

    def power(a: object, b: object, run: Run, position: int) -> object:
        try:
            result = operators.power(a, b, context)
        except Overflow:
            raise too_large(position) from None
        return mismatch(a, "**", b, run, position) if result is None else result

    return {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}


def compare_with_number(operator: str, left: Code, number: Decimal, rare: Rare) -> Code:
    """``x > 5``: the commonest expression of all."""

    def equals(scope: Scope) -> object:
        value = left(scope)
        return value == number if type(value) is Decimal else rare(value, number, scope.run)

    def differs(scope: Scope) -> object:
        value = left(scope)
        return value != number if type(value) is Decimal else rare(value, number, scope.run)

    def below(scope: Scope) -> object:
        value = left(scope)
        return value < number if type(value) is Decimal else rare(value, number, scope.run)

    def at_most(scope: Scope) -> object:
        value = left(scope)
        return value <= number if type(value) is Decimal else rare(value, number, scope.run)

    def above(scope: Scope) -> object:
        value = left(scope)
        return value > number if type(value) is Decimal else rare(value, number, scope.run)

    def at_least(scope: Scope) -> object:
        value = left(scope)
        return value >= number if type(value) is Decimal else rare(value, number, scope.run)

    return {"=": equals, "!=": differs, "<": below, "<=": at_most, ">": above, ">=": at_least}[operator]
