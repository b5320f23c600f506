"""Date and time functions (specification 10.3.4.8 and 10.3.4.9)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .. import operators, temporal
from ..run import Environment, Run
from .declaration import Group

FUNCTIONS = Group("日期与时间函数")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@FUNCTIONS.function("now() -> date and time", "此刻，按辖区的时区", "now()", environment=True)
def now(environment: Environment) -> object:
    return environment.now.astimezone(environment.zone)


@FUNCTIONS.function("today() -> date", "今天，按辖区的时区", "today()", environment=True)
def today(environment: Environment) -> object:
    return environment.now.astimezone(environment.zone).date()


@FUNCTIONS.function("day of year(date: date|date and time) -> number", "一年中的第几天", 'day of year(date("2026-03-10"))')
def day_of_year(date: Any) -> object:
    return Decimal(temporal.day_of_year(date))


@FUNCTIONS.function("day of week(date: date|date and time) -> string", "星期几，英文", 'day of week(date("2026-03-10"))')
def day_of_week(date: Any) -> object:
    return _DAYS[temporal.weekday(date) - 1]


@FUNCTIONS.function("month of year(date: date|date and time) -> string", "几月，英文", 'month of year(date("2026-03-10"))')
def month_of_year(date: Any) -> object:
    return _MONTHS[date.month - 1]


@FUNCTIONS.function("week of year(date: date|date and time) -> number", "一年中的第几周（ISO 8601）", 'week of year(date("2026-03-10"))')
def week_of_year(date: Any) -> object:
    return Decimal(temporal.week_of_year(date))


@FUNCTIONS.function(
    "is(value1: any, value2: any) -> boolean",
    "是否同一类型的同一个值；时区写法不同就不同",
    'is(@"23:00:50Z", @"23:00:50+00:00")',
    'is(@"2026-03-10", @"2026-03-10T00:00:00Z")',
    also=("(value1: any)", "(value2: any)"),
    run=True,
)
def is_same(run: Run, value1: object, value2: object = None) -> object:
    return operators.identical(value1, value2, run)
