"""Functions beyond DMN that every FEEL editor for Camunda knows; all of them give the same result for the same arguments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .. import temporal
from ..numbers import whole
from ..run import Run
from .declaration import Group
from .strings import _compiled, _stepper

FUNCTIONS = Group("扩展函数（不属于 DMN）", extension=True)


@FUNCTIONS.function("is defined(value: any) -> boolean", "是否有值（不为空）", "is defined(1)", "is defined(null)")
def is_defined(value: object) -> object:
    return value is not None


@FUNCTIONS.function("get or else(value: any, default: any) -> any", "有值取其值，为空取默认", "get or else(null, 0)")
def get_or_else(value: object, default: object) -> object:
    return default if value is None else value


@FUNCTIONS.function("is blank(string: string) -> boolean", "文本是否没有字或只有空白", 'is blank("  ")')
def is_blank(string: str) -> object:
    return not string.strip()


@FUNCTIONS.function("trim(string: string) -> string", "去掉两端的空白", 'trim("  甲方 ")')
def trim(string: str) -> object:
    return string.strip()


@FUNCTIONS.function(
    "extract(string: string, pattern: string) -> list", "列出符合正则表达式的每一段", 'extract("引用 1234 与 5678", "[0-9]+")', run=True
)
def extract(run: Run, string: str, pattern: str) -> object:
    compiled = _compiled(run, pattern, None)
    if compiled is None:
        return None
    found: list[object] = []
    for match in compiled.find_all(string, _stepper(run)):
        found.append(string[match.start : match.end])
        if len(found) > run.limits.list_size:
            raise run.too_many(len(found))
    return found


@FUNCTIONS.function("is empty(list: list) -> boolean", "列表是否没有项", "is empty([])")
def is_empty(items: list[object]) -> object:
    return not items


@FUNCTIONS.function(
    "duplicate values(list: list) -> list",
    "列表里出现一次以上的值，按首次出现的先后",
    "duplicate values([1, 2, 3, 2, 1])",
    run=True,
)
def duplicate_values(run: Run, items: list[object]) -> object:
    seen: list[object] = []
    again: list[object] = []
    for item in items:
        (again if _held(run, item, seen) else seen).append(item)
    return [item for item in seen if _held(run, item, again)]


def _held(run: Run, item: object, items: list[object]) -> bool:
    from .. import operators

    for other in items:
        run.tick()
        if operators.equal(item, other, run) is True:
            return True
    return False


@FUNCTIONS.function("partition(list: list, size: number) -> list", "把列表按每份几项分开", "partition([1, 2, 3, 4, 5], 2)")
def partition(items: list[object], size: Decimal) -> object:
    count = whole(size)
    if count is None or count < 1:
        return None
    return [items[start : start + count] for start in range(0, len(items), count)]


@FUNCTIONS.function("last day of month(date: date|date and time) -> date", "所在月份的最后一天", 'last day of month(date("2026-02-10"))')
def last_day_of_month(date: Any) -> object:
    return temporal.make_date(date.year, date.month, temporal.month_length(date.year, date.month))
