"""Input cells that compare with constants which are no plain literals: `> 5E5`, `>= date(2026, 1, 1)`, `? in (1, 2)`, `? between 1 and 5`.

For analysis only (`cells` recognises the plain ones, also for evaluation). What reads nothing from outside is evaluated by FEEL itself, in two zones and on two
days, and compared as the value that it is; whatever is left stays unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from app.decision import feel
from app.decision.dmn.cells import Cell, Literal, Moment, Span
from app.decision.feel.syntax import (
    Between,
    Bound,
    Call,
    Comparison,
    In,
    Input,
    Interval,
    ListLiteral,
    Logical,
    Name,
    Node,
    SyntaxTree,
    Tests,
    walk,
)
from app.decision.feel.syntax import Literal as Written
from app.decision.feel.temporal import order_key

LONGEST: Final = 4000
_DAYS: Final = (
    feel.Environment(now=dt.datetime(2026, 1, 31, 9, tzinfo=dt.UTC), zone=ZoneInfo("Asia/Shanghai")),
    feel.Environment(now=dt.datetime(2031, 7, 2, 23, tzinfo=dt.UTC), zone=ZoneInfo("America/New_York")),
)
_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison with constants of one kind. `equal`: by `=`, which is false of null; any other comparison with null is unknown."""

    kind: str
    span: Span
    equal: bool = False


@dataclass(frozen=True, slots=True)
class NullTest:
    """`? = null`."""


@dataclass(frozen=True, slots=True)
class Not:
    test: Condition


@dataclass(frozen=True, slots=True)
class All:
    tests: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    tests: tuple[Condition, ...]


Condition: TypeAlias = Test | NullTest | Not | All | Some


class _Unknown(Exception):
    """The cell is something else."""


@lru_cache(maxsize=4096)
def understand(text: str) -> Condition | None:
    """What a cell accepts, or None where it cannot be told without the input."""
    if len(text) > LONGEST:
        return None
    try:
        root = feel.compile_unary(text).tree.root
        if not isinstance(root, Tests) or root.anything:
            return None
        found = Some(tuple(_test(node, text) for node in root.tests))
        return Not(found) if root.negated else found
    except (_Unknown, feel.FeelError, RecursionError, ArithmeticError, ValueError):
        return None


def cells_of(condition: Condition) -> Iterator[Cell]:
    """The plain cells that a condition is made of, for the places where it cuts the values."""
    if isinstance(condition, Test):
        yield Cell(condition.kind, (condition.span,), negated=False, null=False, check=None)
    elif isinstance(condition, NullTest):
        yield Cell("null", (), negated=False, null=True, check=None)
    else:
        for part in (condition.test,) if isinstance(condition, Not) else condition.tests:
            yield from cells_of(part)


def _test(node: Node, text: str) -> Condition:
    """One of the comma-separated tests of a cell, or a condition on `?`. Raises _Unknown."""
    match node:
        case Interval():
            return _between(node, text)
        case Bound():
            return _compared(node.operator, node.operand, text)
        case Comparison() if isinstance(node.left, Input):
            return _compared(node.operator, node.right, text)
        case Comparison() if isinstance(node.right, Input):
            return _compared(_FLIPPED[node.operator], node.left, text)
        case Between() if isinstance(node.value, Input):
            return All((_compared(">=", node.low, text), _compared("<=", node.high, text)))
        case In() if isinstance(node.value, Input):
            return Some(tuple(_test(inner, text) for inner in node.tests))
        case Logical() if _reads_input(node):
            parts = tuple(_test(operand, text) for operand in node.operands if _reads_input(operand) or _fail())
            return All(parts) if node.operator == "and" else Some(parts)
        case ListLiteral():
            return Some(tuple(_compared("=", item, text) for item in node.items))
        case _ if not _reads_input(node):
            return _compared("=", node, text)
    raise _Unknown


def _fail() -> bool:
    raise _Unknown


def _reads_input(node: Node) -> bool:
    return any(isinstance(inner, Input) for inner in walk(node))


def _between(node: Interval, text: str) -> Condition:
    if node.start is None or node.end is None:
        raise _Unknown
    low, high = _value(node.start, text), _value(node.end, text)
    if low is None or high is None or low[0] != high[0] or low[0] == "boolean":
        raise _Unknown
    return Test(low[0], Span(low[1], high[1], low_closed=node.start_included, high_closed=node.end_included))


def _compared(operator: str, operand: Node, text: str) -> Condition:
    if operator == "!=":
        return Not(_compared("=", operand, text))
    found = _value(operand, text)
    if operator == "=":
        return NullTest() if found is None else Test(found[0], Span(found[1], found[1], low_closed=True, high_closed=True), equal=True)
    if found is None or found[0] == "boolean" or operator not in _FLIPPED:
        raise _Unknown
    kind, value = found
    if operator in ("<", "<="):
        return Test(kind, Span(None, value, low_closed=False, high_closed=operator == "<="))
    return Test(kind, Span(value, None, low_closed=operator == ">=", high_closed=False))


def _value(node: Node, text: str) -> tuple[str, Literal] | None:
    """Kind and value of a constant; None for null. Raises _Unknown."""
    functions = {id(call.function) for call in walk(node) if isinstance(call, Call)}
    for inner in walk(node):
        if isinstance(inner, Input) or (
            isinstance(inner, Name) and (inner.local or id(inner) not in functions or not _is_pure(inner.name))
        ):
            raise _Unknown
    tree = SyntaxTree(text, node, names=frozenset(), uncertain=frozenset(), calls={}, positions={})
    constant = feel.Expression(text, tree, feel.Limits(), feel.BUILTINS, types=None, told=frozenset())
    first, second = (_typed(constant.evaluate({}, day)) for day in _DAYS)
    if first != second or (first is None and not isinstance(node, Written)):
        raise _Unknown  # it depends on where or when it is asked, or is null by mistake
    if first is not None and first[0] == "boolean" and not isinstance(node, Written):
        raise _Unknown  # a condition and no value
    return first


def _is_pure(name: str) -> bool:
    spec = feel.BUILTINS.get(name)
    return spec is not None and not spec.extension


def _typed(value: object) -> tuple[str, Literal] | None:
    if value is None:
        return None
    for kind, own in (("boolean", bool), ("number", Decimal), ("string", str), ("date", dt.date)):
        if type(value) is own:
            return kind, value
    order = order_key(value)
    if order is None or order[0] == "date":
        raise _Unknown
    return order[0], Moment(order[1], feel.literal(value))
