"""``for`` and the quantifiers (specification 10.3.2.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from ..codes import FeelCode
from . import temporal
from .numbers import CONTEXT, ONE
from .run import Scope
from .syntax import Iteration
from .values import DATES, Function, Range, type_label

Code = Callable[[Scope], object]


@dataclass(frozen=True, slots=True)
class Source:
    """A loop's variable and where its values come from."""

    name: str
    start: Code
    end: Code | None

    def items(self, scope: Scope, position: int) -> Iterator[object] | list[object] | None:
        """The values to go through; None, with a warning, when there are none to be had."""
        run = scope.run
        start = self.start(scope)
        if self.end is not None:
            end = self.end(scope)
            counted = _count(start, end, down=True)
            if counted is None and run.warns:
                run.warn(
                    FeelCode.ITERATION, f"循环的两端要么都是整数，要么都是日期；这里是{type_label(start)}和{type_label(end)}", position
                )
            return counted
        if type(start) is list:
            return start
        if isinstance(start, Range):
            items = _range_items(start)
            if items is None and run.warns:
                run.warn(FeelCode.ITERATION, "只有整数和日期的区间可以循环", position)
            return items
        if start is None:
            if run.warns:
                run.warn(FeelCode.ITERATION, "循环的范围是空值，结果为空", position)
            return None
        return [start]


def _count(start: object, end: object, *, down: bool) -> Iterator[object] | None:
    if type(start) is Decimal and type(end) is Decimal:
        if start != start.to_integral_value() or end != end.to_integral_value():
            return None
        return _numbers(start, end, down)
    if type(start) in DATES and type(end) in DATES:
        return _dates(temporal.ordinal(start), temporal.ordinal(end), down)  # type: ignore[arg-type]
    return None


def _numbers(start: Decimal, end: Decimal, down: bool) -> Iterator[object]:
    if abs(start.adjusted()) < 18 and abs(end.adjusted()) < 18:
        first, last = int(start), int(end)
        for number in range(first, last + 1) if first <= last else range(first, last - 1, -1) if down else ():
            yield Decimal(number)
        return
    current = start
    while current <= end:
        yield current
        current = CONTEXT.add(current, ONE)
    while down and current >= end:
        yield current
        current = CONTEXT.subtract(current, ONE)


def _dates(first: int, last: int, down: bool) -> Iterator[object]:
    for number in range(first, last + 1) if first <= last else range(first, last - 1, -1) if down else ():
        yield temporal.date_of(number)


def _range_items(interval: Range) -> Iterator[object] | None:
    """A closed range of integers or dates, upward; an open end is left out."""
    if interval.operator is not None:
        return None
    counted = _count(interval.start, interval.end, down=False)
    return None if counted is None else _trimmed(counted, interval)


def _trimmed(items: Iterator[object], interval: Range) -> Iterator[object]:
    for item in items:
        if (item == interval.start and not interval.start_included) or (item == interval.end and not interval.end_included):
            continue
        yield item


def for_code(sources: list[Source], body: Code, uses_partial: bool, position: int) -> Code:
    """``for a in x, b in y return body``: the last variable changes fastest."""

    def loop(scope: Scope) -> object:
        run = scope.run
        results: list[object] = []
        room = run.limits.list_size

        def descend(level: int, around: Scope) -> bool:
            nonlocal results
            source = sources[level]
            items = source.items(around, position)
            if items is None:
                return False
            innermost = level == len(sources) - 1
            name = source.name
            for item in items:
                run.work += 1
                if run.work > run.next_check:
                    run.place = position
                    run.check()
                values: dict[str, object] = {name: item}
                inner = Scope(values, around, run)
                if not innermost:
                    if not descend(level + 1, inner):
                        return False
                    continue
                if uses_partial:
                    values["partial"] = results
                value = body(inner)
                if uses_partial and (type(value) is list or type(value) is dict or type(value) is Function or type(value) is Range):
                    # The value may hold the list of results so far: leave that list as it is and go on with another.
                    run.charge(len(results))
                    results = list(results)
                results.append(value)
                if len(results) > room:
                    run.place = position
                    raise run.too_many(len(results))
            return True

        return results if descend(0, scope) else None

    return loop


def quantified_code(sources: list[Source], condition: Code, every: bool, position: int) -> Code:
    """``some``: true if one is true, else null if one is not a boolean, else false; ``every`` the other way round."""
    decisive = not every

    def loop(scope: Scope) -> object:
        run = scope.run
        unknown = False

        def descend(level: int, around: Scope) -> bool | None:
            """True when the verdict is reached, None when a source has nothing to go through."""
            nonlocal unknown
            source = sources[level]
            items = source.items(around, position)
            if items is None:
                return None
            for item in items:
                run.work += 1
                if run.work > run.next_check:
                    run.place = position
                    run.check()
                inner = Scope({source.name: item}, around, run)
                if level < len(sources) - 1:
                    reached = descend(level + 1, inner)
                    if reached is not False:
                        return reached
                    continue
                value = condition(inner)
                if value is decisive:
                    return True
                if value is not True and value is not False:
                    unknown = True
            return False

        reached = descend(0, scope)
        if reached is None:
            return None
        return decisive if reached else None if unknown else every

    return loop


__all__ = ["Iteration", "Source", "for_code", "quantified_code"]
