"""List functions (specification 10.3.4.4). A loose value counts as a list of one; places count from 1, or from the end if negative."""

from __future__ import annotations

from decimal import Decimal

from .. import operators
from ..calls import invoke
from ..numbers import CONTEXT, ONE, ZERO, whole
from ..run import Run
from ..values import Function
from .declaration import Group

FUNCTIONS = Group("列表函数")
Items = list[object]


def _place(position: Decimal, size: int) -> int | None:
    """A 1-based place as an index of a list, None outside it."""
    index = whole(position)
    if index is None or index == 0 or abs(index) > size:
        return None
    return index - 1 if index > 0 else size + index


def _numbers(items: Items) -> list[Decimal] | None:
    """The items when there are some and all are numbers."""
    numbers = [item for item in items if isinstance(item, Decimal)]
    return numbers if numbers and len(numbers) == len(items) else None


@FUNCTIONS.function("list contains(list: list, element: any) -> boolean", "列表里是否有某值", "list contains([1, 2, 3], 2)", run=True)
def list_contains(run: Run, items: Items, element: object) -> object:
    for item in items:
        run.tick()
        if operators.equal(item, element, run) is True:
            return True
    return False


@FUNCTIONS.function("count(list: list) -> number", "列表有几项", "count([1, 2, 3])", "count([])", variadic="list")
def count(items: Items) -> object:
    return Decimal(len(items))


def _extreme(items: Items, larger: bool) -> object:
    if not items:
        return None
    best = items[0]
    if operators.less(best, best) is None:
        return None
    for item in items[1:]:
        better = operators.less(best, item) if larger else operators.less(item, best)
        if better is None:
            return None
        if better:
            best = item
    return best


@FUNCTIONS.function("min(list: list) -> any", "最小的一项；空列表的结果为空", "min([3, 1, 2])", 'min(@"P1D", @"PT2H")', variadic="list")
def minimum(items: Items) -> object:
    return _extreme(items, False)


@FUNCTIONS.function("max(list: list) -> any", "最大的一项；空列表的结果为空", "max(3, 1, 2)", variadic="list")
def maximum(items: Items) -> object:
    return _extreme(items, True)


def _total(numbers: list[Decimal]) -> Decimal:
    total = ZERO
    for number in numbers:
        total = CONTEXT.add(total, number)
    return total


@FUNCTIONS.function("sum(list: list) -> number", "各项之和；空列表或有一项不是数字时结果为空", "sum([1, 2, 3])", variadic="list")
def total(items: Items) -> object:
    numbers = _numbers(items)
    return None if numbers is None else _total(numbers)


@FUNCTIONS.function("mean(list: list) -> number", "平均数", "mean([1, 2, 3])", variadic="list")
def mean(items: Items) -> object:
    numbers = _numbers(items)
    return None if numbers is None else CONTEXT.divide(_total(numbers), Decimal(len(numbers)))


@FUNCTIONS.function("product(list: list) -> number", "各项之积", "product([2, 3, 4])", variadic="list")
def product(items: Items) -> object:
    numbers = _numbers(items)
    if numbers is None:
        return None
    result = ONE
    for number in numbers:
        result = CONTEXT.multiply(result, number)
    return result


@FUNCTIONS.function("median(list: list) -> number", "中位数", "median([8, 2, 5, 3, 4])", "median([6, 1, 2, 3])", variadic="list")
def median(items: Items) -> object:
    numbers = _numbers(items)
    if numbers is None:
        return None
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return CONTEXT.divide(CONTEXT.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@FUNCTIONS.function("stddev(list: list) -> number", "样本标准差；少于两项时结果为空", "stddev([2, 4, 7, 5])", variadic="list")
def stddev(items: Items) -> object:
    numbers = _numbers(items)
    if numbers is None or len(numbers) < 2:
        return None
    average = CONTEXT.divide(_total(numbers), Decimal(len(numbers)))
    deviations = [CONTEXT.subtract(number, average) for number in numbers]
    squares = _total([CONTEXT.multiply(deviation, deviation) for deviation in deviations])
    return CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(numbers) - 1)))


@FUNCTIONS.function("mode(list: list) -> list", "出现最多的数，从小到大", "mode([6, 3, 9, 6, 6])", "mode([6, 1, 9, 6, 1])", variadic="list")
def mode(items: Items) -> object:
    if not items:
        return []
    numbers = _numbers(items)
    if numbers is None:
        return None
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values())
    return sorted(number for number, times in counts.items() if times == most)


@FUNCTIONS.function("all(list: list) -> boolean", "是否每一项都为真；空列表为真", "all([true, true])", "all([true, null])", variadic="list")
def every(items: Items) -> object:
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


@FUNCTIONS.function("any(list: list) -> boolean", "是否有一项为真；空列表为假", "any([false, true])", "any([false, null])", variadic="list")
def some(items: Items) -> object:
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@FUNCTIONS.function(
    "sublist(list: list, start position: number, [length: number]) -> list",
    "从第几项起取几项",
    "sublist([4, 5, 6], 2)",
    "sublist([4, 5, 6], 1, 2)",
)
def sublist(items: Items, start: Decimal, length: Decimal | None = None) -> object:
    first = _place(start, len(items))
    if first is None:
        return None
    if length is None:
        return items[first:]
    size = whole(length)
    return None if size is None or size < 0 else items[first : first + size]


@FUNCTIONS.function("append(list: list, item: any) -> list", "在末尾加上几项", "append([1], 2, 3)", variadic="last")
def append(items: Items, *added: object) -> object:
    return [*items, *added]


@FUNCTIONS.function("concatenate(list: list) -> list", "把几个列表接起来", "concatenate([1, 2], [3])", variadic="last")
def concatenate(*lists: Items) -> object:
    return [item for items in lists for item in items]


@FUNCTIONS.function(
    "insert before(list: list, position: number, newItem: any) -> list", "在第几项之前插入一项", "insert before([1, 3], 1, 2)"
)
def insert_before(items: Items, position: Decimal, item: object) -> object:
    place = _place(position, len(items))
    return None if place is None else [*items[:place], item, *items[place:]]


@FUNCTIONS.function("remove(list: list, position: number) -> list", "去掉第几项", "remove([1, 2, 3], 2)")
def remove(items: Items, position: Decimal) -> object:
    place = _place(position, len(items))
    return None if place is None else [*items[:place], *items[place + 1 :]]


@FUNCTIONS.function(
    "list replace(list: list, position: number, newItem: any) -> list",
    "换掉第几项，或换掉函数判为真的每一项",
    "list replace([2, 4, 7, 8], 3, 6)",
    "list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)",
    also=("(list: list, match: function, newItem: any)",),
    run=True,
)
def list_replace(run: Run, items: Items, where: Decimal | Function, item: object) -> object:
    if isinstance(where, Decimal):
        place = _place(where, len(items))
        return None if place is None else [*items[:place], item, *items[place + 1 :]]
    if not any(len(way) == 2 for way in where.overloads):
        return None
    replaced: Items = []
    for old in items:
        verdict = invoke(where, [old, item], None, run, run.place or 0)
        if verdict is not True and verdict is not False:
            return None
        replaced.append(item if verdict else old)
    return replaced


@FUNCTIONS.function("reverse(list: list) -> list", "倒过来", "reverse([1, 2, 3])")
def reverse(items: Items) -> object:
    return items[::-1]


@FUNCTIONS.function("index of(list: list, match: any) -> list", "某值在列表里的各个位置", "index of([1, 2, 3, 2], 2)", run=True)
def index_of(run: Run, items: Items, match: object) -> object:
    found: Items = []
    for place, item in enumerate(items, 1):
        run.tick()
        if operators.equal(item, match, run) is True:
            found.append(Decimal(place))
    return found


def distinct(run: Run, items: Items) -> Items:
    """The items without repetitions, in the order of their first coming."""
    kept: Items = []
    plain: set[object] = set()
    for item in items:
        run.tick()
        if isinstance(item, (str, Decimal, bool)):
            key = (type(item), item)
            if key in plain:
                continue
            plain.add(key)
        elif any(operators.equal(item, other, run) is True for other in _each(run, kept)):
            continue
        kept.append(item)
    return kept


def _each(run: Run, items: Items) -> Items:
    run.charge(len(items))
    return items


@FUNCTIONS.function("distinct values(list: list) -> list", "去掉重复的值", "distinct values([1, 2, 3, 2, 1])", run=True)
def distinct_values(run: Run, items: Items) -> object:
    return distinct(run, items)


@FUNCTIONS.function("union(list: list) -> list", "把几个列表接起来并去掉重复", "union([1, 2], [2, 3])", variadic="last", run=True)
def union(run: Run, *lists: Items) -> object:
    return distinct(run, [item for items in lists for item in items])


@FUNCTIONS.function("flatten(list: list) -> list", "把里层的列表展开成一层", "flatten([[1, 2], [[3]], 4])", run=True)
def flatten(run: Run, items: Items) -> object:
    flat: Items = []
    stack: list[tuple[Items, int]] = [(items, 0)]
    while stack:
        current, index = stack.pop()
        while index < len(current):
            item = current[index]
            index += 1
            run.tick()
            if type(item) is list:
                stack.append((current, index))
                current, index = item, 0
            else:
                flat.append(item)
                if len(flat) > run.limits.list_size:
                    raise run.too_many(len(flat))
    return flat


@FUNCTIONS.function(
    "sort(list: list, precedes: function) -> list",
    "按函数给出的先后排序；先后相同的保持原来的次序",
    "sort([3, 1, 4, 5, 2], function(x, y) x < y)",
    run=True,
)
def sort(run: Run, items: Items, precedes: Function) -> object:
    if not any(len(way) == 2 for way in precedes.overloads):
        return None
    runs: list[Items] = [[item] for item in items]
    while len(runs) > 1:
        merged: list[Items] = []
        for index in range(0, len(runs) - 1, 2):
            both = _merge(run, runs[index], runs[index + 1], precedes)
            if both is None:
                return None
            merged.append(both)
        if len(runs) % 2:
            merged.append(runs[-1])
        runs = merged
    return runs[0] if runs else []


def _merge(run: Run, left: Items, right: Items, precedes: Function) -> Items | None:
    merged: Items = []
    i = j = 0
    while i < len(left) and j < len(right):
        verdict = invoke(precedes, [right[j], left[i]], None, run, run.place or 0)
        if verdict is True:
            merged.append(right[j])
            j += 1
        elif verdict is False:
            merged.append(left[i])
            i += 1
        else:
            return None
    return [*merged, *left[i:], *right[j:]]
