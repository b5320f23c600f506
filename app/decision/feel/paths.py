"""``value.name`` and ``list[condition]`` (specification 10.3.2.5)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..codes import FeelCode
from . import temporal
from .run import Run, Scope
from .values import TEMPORALS, Range, type_label

Code = Callable[[Scope], object]


def member(value: object, name: str, run: Run, position: int) -> object:
    """An entry of a context, a property of a temporal value or range; of a list, the list of its items' members."""
    kind = type(value)
    if kind is dict:
        if name in value:  # type: ignore[operator]
            return value[name]  # type: ignore[index]
        run.miss()
        if run.warns:
            run.warn(FeelCode.UNKNOWN_ENTRY, f"上下文里没有“{name}”，结果为空", position)
        return None
    if kind is list:
        run.charge(len(value) // 4)  # type: ignore[arg-type]
        return [member(item, name, run, position) for item in value]  # type: ignore[attr-defined]
    if value is None:
        return None
    try:
        if kind in TEMPORALS:
            return temporal.property_of(value, name)
        if isinstance(value, Range):
            return range_member(value, name)
    except KeyError:
        pass
    if run.warns:
        run.warn(FeelCode.UNKNOWN_ENTRY, f"{type_label(value)}没有“{name}”这个属性，结果为空", position)
    return None


def range_member(value: Range, name: str) -> object:
    """``start``, ``end``, ``start included``, ``end included``; raises KeyError for another name."""
    members = {
        "start": value.start,
        "end": value.end,
        "start included": value.start_included,
        "end included": value.end_included,
    }
    return members[name]


def item_at(items: list[object], number: Decimal) -> object:
    """The item at a 1-based place, from the end if negative; null outside and for a fraction."""
    index = int(number) if abs(number.adjusted()) < 18 or not number else 0
    if index != number or index == 0:
        return None
    if index > 0:
        return items[index - 1] if index <= len(items) else None
    return items[index] if -index <= len(items) else None


def filter_code(base: Code, outer: Code, inner: Code | None, position: int) -> Code:
    """``base[condition]``: the item at a number, or the items for which the condition is true.

    ``inner`` is the condition for evaluation in the scope of an item, None when it is a literal.
    """

    def select(scope: Scope) -> object:
        value = base(scope)
        run = scope.run
        if type(value) is list:
            items: list[object] = value
        elif value is None:
            items = []
        else:
            items = [value]
        if inner is None:
            condition = outer(scope)
            if type(condition) is Decimal:
                return item_at(items, condition)
            run.charge(len(items) // 8)
            return list(items) if condition is True else []
        if not items:
            return None if type(outer(scope)) is Decimal else []
        run.place = position
        chosen: list[object] = []
        for place, item in enumerate(items):
            run.work += 1
            if run.work > run.next_check:
                run.check()
            around = Scope({"item": item}, scope, run)
            verdict = inner(Scope(item, around, run) if type(item) is dict else around)
            if verdict is True:
                chosen.append(item)
            elif type(verdict) is Decimal and place == 0:
                index = outer(scope)
                return item_at(items, index) if type(index) is Decimal else item_at(items, verdict)
        return chosen

    return select
