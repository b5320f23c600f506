"""Functions on points and ranges (specification 10.3.4.7, table 78): Allen's interval algebra.

A side without a limit (``< 10``) reaches to infinity. Ends of different types give null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...codes import FeelCode
from .. import operators
from ..run import Run
from ..values import Range
from .declaration import Group

FUNCTIONS = Group("区间函数")
_LOWEST, _HIGHEST = object(), object()


class _Incomparable(Exception):
    """Two ends are not of one ordered type."""


class _End:
    """One end of a range, or a point."""

    __slots__ = ("included", "run", "value")

    def __init__(self, value: object, included: bool, run: Run) -> None:
        self.value = value
        self.included = included
        self.run = run

    def before(self, other: _End) -> bool:
        a, b = self.value, other.value
        if a is _LOWEST or b is _HIGHEST:
            return a is not b
        if a is _HIGHEST or b is _LOWEST:
            return False
        verdict = operators.less(a, b)
        if verdict is None:
            raise _Incomparable
        return verdict

    def same(self, other: _End) -> bool:
        a, b = self.value, other.value
        if a is _LOWEST or a is _HIGHEST or b is _LOWEST or b is _HIGHEST:
            return a is b
        if operators.less(a, b) is None:
            raise _Incomparable
        return operators.equal(a, b, self.run) is True


class _Span:
    """A range with its ends made comparable; a point is a closed range of one value."""

    __slots__ = ("end", "point", "start")

    def __init__(self, value: object, run: Run) -> None:
        self.point = not isinstance(value, Range)
        low, high, low_in, high_in = value, value, True, True
        if isinstance(value, Range):
            if value.operator == "!=":
                raise _Incomparable
            low, high, low_in, high_in = value.start, value.end, value.start_included, value.end_included
            if value.operator in ("<", "<="):
                low = _LOWEST
            elif value.operator in (">", ">="):
                high = _HIGHEST
            elif low is None or high is None:
                raise _Incomparable
        self.start = _End(low, low_in, run)
        self.end = _End(high, high_in, run)


def _relation(
    signature: str, doc: str, *examples: str, also: tuple[str, ...] = ()
) -> Callable[[Callable[[_Span, _Span], bool]], Callable[[_Span, _Span], bool]]:
    def register(relation: Callable[[_Span, _Span], bool]) -> Callable[[_Span, _Span], bool]:
        @FUNCTIONS.function(signature, doc, *examples, also=also, run=True)
        def call(run: Run, first: Any, second: Any) -> object:
            try:
                return relation(_Span(first, run), _Span(second, run))
            except _Incomparable:
                run.warn(FeelCode.COMPARISON, "区间或点的类型不同，不能比较，结果为空", run.place)
                return None

        return relation

    return register


_POINT_RANGE = "(point: point, range: range)"
_RANGE_POINT = "(range: range, point: point)"
_RANGES = "(range1: range, range2: range)"


@_relation(
    "before(point1: point, point2: point) -> boolean",
    "前者是否全在后者之前",
    "before(1, 10)",
    "before([1..5), [5..10])",
    also=(_POINT_RANGE, _RANGE_POINT, _RANGES),
)
def before(a: _Span, b: _Span) -> bool:
    return a.end.before(b.start) or (a.end.same(b.start) and not (a.end.included and b.start.included))


@_relation(
    "after(point1: point, point2: point) -> boolean",
    "前者是否全在后者之后",
    "after(10, 1)",
    "after([5..10], [1..5))",
    also=(_POINT_RANGE, _RANGE_POINT, _RANGES),
)
def after(a: _Span, b: _Span) -> bool:
    return before(b, a)


@_relation("meets(range1: range, range2: range) -> boolean", "前一区间的终点是否就是后一区间的起点", "meets([1..5], [5..10])")
def meets(a: _Span, b: _Span) -> bool:
    return a.end.included and b.start.included and a.end.same(b.start)


@_relation("met by(range1: range, range2: range) -> boolean", "前一区间的起点是否就是后一区间的终点", "met by([5..10], [1..5])")
def met_by(a: _Span, b: _Span) -> bool:
    return meets(b, a)


def _reaches(end: _End, start: _End) -> bool:
    """Whether what ends at ``end`` shares a value with what begins at ``start``."""
    return start.before(end) or (end.same(start) and end.included and start.included)


@_relation("overlaps(range1: range, range2: range) -> boolean", "两个区间是否有共同的值", "overlaps([1..5], [3..8])")
def overlaps(a: _Span, b: _Span) -> bool:
    return _reaches(a.end, b.start) and _reaches(b.end, a.start)


@_relation(
    "overlaps before(range1: range, range2: range) -> boolean",
    "前一区间是否先开始、与后一区间相交并先结束",
    "overlaps before([1..5], [3..8])",
)
def overlaps_before(a: _Span, b: _Span) -> bool:
    starts_first = a.start.before(b.start) or (a.start.same(b.start) and a.start.included and not b.start.included)
    ends_first = a.end.before(b.end) or (a.end.same(b.end) and (not a.end.included or b.end.included))
    return starts_first and _reaches(a.end, b.start) and ends_first


@_relation(
    "overlaps after(range1: range, range2: range) -> boolean",
    "前一区间是否后开始、与后一区间相交并后结束",
    "overlaps after([3..8], [1..5])",
)
def overlaps_after(a: _Span, b: _Span) -> bool:
    starts_later = b.start.before(a.start) or (b.start.same(a.start) and b.start.included and not a.start.included)
    ends_later = b.end.before(a.end) or (b.end.same(a.end) and (not b.end.included or a.end.included))
    return starts_later and _reaches(b.end, a.start) and ends_later


@_relation(
    "finishes(point: point, range: range) -> boolean",
    "是否正好结束在区间的终点",
    "finishes(10, [1..10])",
    "finishes([5..10], [1..10])",
    also=(_RANGES,),
)
def finishes(a: _Span, b: _Span) -> bool:
    if a.point:
        return b.end.included and b.end.same(a.end)
    inside = b.start.before(a.start) or (a.start.same(b.start) and (not a.start.included or b.start.included))
    return a.end.included == b.end.included and a.end.same(b.end) and inside


@_relation(
    "finished by(range: range, point: point) -> boolean",
    "区间是否被一点或另一区间正好结束",
    "finished by([1..10], 10)",
    also=(_RANGES,),
)
def finished_by(a: _Span, b: _Span) -> bool:
    return finishes(b, a)


@_relation(
    "includes(range: range, point: point) -> boolean",
    "区间是否包含一点或另一区间",
    "includes([1..10], 5)",
    "includes([1..10], [4..6])",
    also=(_RANGES,),
)
def includes(a: _Span, b: _Span) -> bool:
    low = a.start.before(b.start) or (a.start.same(b.start) and (a.start.included or not b.start.included))
    high = b.end.before(a.end) or (a.end.same(b.end) and (a.end.included or not b.end.included))
    return low and high


@_relation("during(point: point, range: range) -> boolean", "一点或区间是否在另一区间之内", "during(5, [1..10])", also=(_RANGES,))
def during(a: _Span, b: _Span) -> bool:
    return includes(b, a)


@_relation(
    "starts(point: point, range: range) -> boolean",
    "是否正好从区间的起点开始",
    "starts(1, [1..10])",
    "starts([1..5], [1..10])",
    also=(_RANGES,),
)
def starts(a: _Span, b: _Span) -> bool:
    if a.point:
        return b.start.included and b.start.same(a.start)
    inside = a.end.before(b.end) or (a.end.same(b.end) and (not a.end.included or b.end.included))
    return a.start.included == b.start.included and a.start.same(b.start) and inside


@_relation(
    "started by(range: range, point: point) -> boolean", "区间是否被一点或另一区间正好开始", "started by([1..10], 1)", also=(_RANGES,)
)
def started_by(a: _Span, b: _Span) -> bool:
    return starts(b, a)


@_relation("coincides(point1: point, point2: point) -> boolean", "两点或两区间是否完全相同", "coincides([1..5], [1..5])", also=(_RANGES,))
def coincides(a: _Span, b: _Span) -> bool:
    return a.start.included == b.start.included and a.end.included == b.end.included and a.start.same(b.start) and a.end.same(b.end)
