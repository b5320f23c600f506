"""Rules of deadlines as a table gives them, how a count is explained, and what a start may be."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.decision import feel
from app.domain.calendars import Calendar
from app.domain.codes import DeadlineCode
from app.domain.deadlines import MOST_DAYS, UNITS, DeadlineError, DeadlineRule, Due, due, passed, registry, start_day, vocabulary

SHANGHAI = ZoneInfo("Asia/Shanghai")
HILL = Calendar({date(2026, 5, 1): False, date(2026, 5, 9): True}, frozenset({2026}), "hill")


def rule(**row: Any) -> DeadlineRule:
    return DeadlineRule.from_row("k", row, "X-1")


@pytest.mark.parametrize(
    ("row", "read"),
    [
        ({"unit": "month", "amount": 3}, DeadlineRule("k", "month", 3, clause="X-1")),
        (
            {"unit": "working_day", "amount": Decimal("3.0"), "roll": True, "hard": True},
            DeadlineRule("k", "working_day", 3, None, True, True, "X-1"),
        ),
        ({"unit": "year", "amount": "2", "roll": "yes", "hard": 1}, DeadlineRule("k", "year", 2, clause="X-1")),
        ({"unit": "natural_day", "amount": 0}, DeadlineRule("k", "natural_day", 0, clause="X-1")),
        ({"unit": "natural_day", "amount": MOST_DAYS}, DeadlineRule("k", "natural_day", 36600, clause="X-1")),
        ({"unit": "natural_day", "amount": 1, "fixed": "10-15"}, DeadlineRule("k", "natural_day", 1, "10-15", clause="X-1")),
        ({"unit": "fixed_date", "fixed": "10-15", "amount": 9}, DeadlineRule("k", "fixed_date", 0, "10-15", clause="X-1")),
        ({"unit": "fixed_date", "fixed": date(2026, 10, 15)}, DeadlineRule("k", "fixed_date", 0, "2026-10-15", clause="X-1")),
        (
            {"unit": "fixed_date", "fixed": datetime(2026, 10, 15, 9, tzinfo=SHANGHAI)},
            DeadlineRule("k", "fixed_date", 0, "2026-10-15", clause="X-1"),
        ),
    ],
)
def test_a_row_is_read(row: dict[str, Any], read: DeadlineRule) -> None:
    assert rule(**row) == read


def test_a_rule_says_little_by_itself() -> None:
    assert DeadlineRule("k", "month") == DeadlineRule("k", "month", 0, None, roll=False, hard=False, clause="")
    assert DeadlineRule.from_row("k", {"unit": "month", "amount": 1}).clause == ""
    assert list(UNITS.items()) == [
        ("natural_day", "个自然日"), ("working_day", "个工作日"), ("month", "个月"), ("year", "年"), ("fixed_date", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"unit": "week"}, "期限“k”的单位 'week' 无法识别"),
        ({"unit": "month", "amount": -1}, "期限“k”的数量 -1 不是 0 至 36600 的整数"),
        ({"unit": "month", "amount": 36601}, "期限“k”的数量 36601 不是"),
        ({"unit": "month", "amount": Decimal("NaN")}, "不是 0 至 36600"),
        ({"unit": "month", "amount": Decimal("Infinity")}, "不是 0 至 36600"),
        ({"unit": "month", "amount": Decimal("0.5")}, "不是 0 至 36600"),
        ({"unit": "fixed_date", "fixed": 5}, "期限“k”是固定日期,但没有给出日期"),
    ],
)
def test_a_row_that_cannot_count_is_refused(row: dict[str, Any], told: str) -> None:
    with pytest.raises(DeadlineError, match=told) as refused:
        rule(**row)
    assert refused.value.code is DeadlineCode.DEADLINE_RULE


def counted(start: object = "2026-04-30", calendar: Calendar = HILL, **row: Any) -> Due:
    return due(rule(**row), start, calendar, SHANGHAI)


def test_a_due_says_what_it_was_counted_from_and_to() -> None:
    found = counted(unit="natural_day", amount=1, roll=True)
    assert found == Due(
        rule=rule(unit="natural_day", amount=1, roll=True),
        start_on=date(2026, 4, 30),
        last_day=date(2026, 5, 4),
        at=datetime(2026, 5, 5, tzinfo=timezone(timedelta(hours=8))),
        remind_day=date(2026, 5, 1),
        remind_at=datetime(2026, 5, 2, tzinfo=timezone(timedelta(hours=8))),
        provisional=False,
        explanation=(
            "自 2026-04-30 的次日起算 1 个自然日,末日为 2026-05-01", "末日不是工作日,顺延至下一工作日 2026-05-04", "2026-05-04 24:00 前办结为按期",
        ),
    )  # fmt: skip
    assert found.at.isoformat() == "2026-05-05T00:00:00+08:00"
    assert not isinstance(found.at.tzinfo, ZoneInfo), "an offset survives JSON"


@pytest.mark.parametrize(
    ("row", "last", "lines"),
    [
        (
            {"unit": "natural_day", "amount": 1},
            "2026-05-01",
            ["自 2026-04-30 的次日起算 1 个自然日,末日为 2026-05-01", "2026-05-01 24:00 前办结为按期"],
        ),
        (
            {"unit": "natural_day", "amount": 4, "roll": True},
            "2026-05-04",
            ["自 2026-04-30 的次日起算 4 个自然日,末日为 2026-05-04", "2026-05-04 24:00 前办结为按期"],
        ),
        (
            {"unit": "working_day", "amount": 1},
            "2026-05-04",
            ["自 2026-04-30 的次日起算 1 个工作日,末日为 2026-05-04", "2026-05-04 24:00 前办结为按期"],
        ),
        (
            {"unit": "month", "amount": 1},
            "2026-05-30",
            ["自 2026-04-30 的次日起算 1 个月,末日为 2026-05-30", "2026-05-30 24:00 前办结为按期"],
        ),
        ({"unit": "year", "amount": 1}, "2027-04-30", ["自 2026-04-30 的次日起算 1 年,末日为 2027-04-30", "2027-04-30 24:00 前办结为按期"]),
        ({"unit": "fixed_date", "fixed": "05-01"}, "2026-05-01", ["固定日期 2026-05-01,含当日,至 24:00 止,不因节假日顺延"]),
        ({"unit": "fixed_date", "fixed": "2027-05-01"}, "2027-05-01", ["固定日期 2027-05-01,含当日,至 24:00 止,不因节假日顺延"]),
    ],
)
def test_each_unit_is_counted_and_explained(row: dict[str, Any], last: str, lines: list[str]) -> None:
    found = counted(**row)
    assert (found.last_day.isoformat(), list(found.explanation), found.provisional) == (last, lines, False)


GUESS = "所涉年度的放假安排尚未公布,暂按周一至周五推算,公布后自动重算"


@pytest.mark.parametrize(
    ("row", "start", "provisional"),
    [
        ({"unit": "natural_day", "amount": 400}, "2026-04-30", False),
        ({"unit": "natural_day", "amount": 400, "roll": True}, "2026-04-30", True),
        ({"unit": "natural_day", "amount": 1, "roll": True}, "2025-12-31", False),
        ({"unit": "working_day", "amount": 5}, "2026-12-30", True),
        ({"unit": "working_day", "amount": 1}, "2025-12-31", True),
        ({"unit": "working_day", "amount": 1}, "2026-12-30", False),
        ({"unit": "month", "amount": 12}, "2026-04-30", False),
        ({"unit": "month", "amount": 8, "roll": True}, "2026-05-03", True),
    ],
)
def test_only_what_looks_at_working_days_of_an_unannounced_year_is_a_guess(row: dict[str, Any], start: str, provisional: bool) -> None:
    found = counted(start, **row)
    assert found.provisional is provisional
    assert (GUESS in found.explanation) is provisional


@pytest.mark.parametrize("fixed", ["15-10", "10/15", "2026-13-01", ""])
def test_a_fixed_day_that_is_none_is_refused(fixed: str) -> None:
    with pytest.raises(DeadlineError, match="期限“k”的固定日期") as refused:
        due(DeadlineRule("k", "fixed_date", fixed=fixed), "2026-03-02", HILL, SHANGHAI)
    assert refused.value.code is DeadlineCode.DEADLINE_RULE
    with pytest.raises(DeadlineError, match="''"):
        due(DeadlineRule("k", "fixed_date"), "2026-03-02", HILL, SHANGHAI)


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("2026-03-10", "2026-03-10"),
        ("2026-03-10T09:00:00", "2026-03-10"),
        ("2026-03-10T20:00:00Z", "2026-03-11"),
        ("2026-03-10T15:59:59+00:00", "2026-03-10"),
        ("2026-03-10T20:00:00+00:00@Asia/Shanghai", "2026-03-11"),
        (date(2026, 3, 10), "2026-03-10"),
        (datetime(2026, 3, 10, 23, tzinfo=SHANGHAI), "2026-03-10"),
        (datetime(2026, 3, 10, 23, tzinfo=timezone.utc), "2026-03-11"),  # noqa: UP017
        (datetime(2026, 3, 10, 23), "2026-03-10"),  # noqa: DTZ001 - a bare one is meant
    ],
)
def test_a_start_is_a_day_in_the_districts_zone(start: object, day: str) -> None:
    assert start_day("k", start, SHANGHAI).isoformat() == day


@pytest.mark.parametrize("start", ["2026-3-10", "明天", "", 5, True, None, "9999-12-31T23:00:00-10:00"])
def test_a_start_that_is_no_day_is_refused(start: object) -> None:
    with pytest.raises(DeadlineError, match="期限“k”的起算时间") as refused:
        start_day("k", start, SHANGHAI)
    assert refused.value.code is DeadlineCode.DEADLINE_START


def test_a_due_is_over_at_its_instant() -> None:
    at = datetime(2026, 3, 10, tzinfo=SHANGHAI)
    moment = timedelta(microseconds=1)
    assert [passed(at, at - moment), passed(at, at), passed(at, at + moment), passed(None, at)] == [False, True, True, False]


def evaluated(text: str, found: dict[str, Any] | None = None) -> Any:
    asked = found if found is not None else {}

    def lookup(key: str, start: object, variables: Any, environment: Any) -> DeadlineRule:
        asked.update(key=key, start=start, variables=dict(variables), environment=environment)
        return DeadlineRule(key, "natural_day", 1, roll=True)

    functions = registry(lookup, HILL, SHANGHAI)
    environment = feel.Environment(now=datetime(2026, 4, 30, tzinfo=SHANGHAI), zone=SHANGHAI, functions=functions)
    return feel.compile(text, functions=functions).evaluate({"x": "2026-04-30"}, environment)


def test_a_rule_is_looked_up_with_key_start_and_what_the_expression_sees() -> None:
    asked: dict[str, Any] = {}
    assert evaluated('deadline("k", x)', asked).isoformat() == "2026-05-05T00:00:00+08:00"
    assert (asked["key"], asked["start"], asked["variables"]["x"]) == ("k", "2026-04-30", "2026-04-30")
    assert isinstance(asked["environment"], feel.Environment)
    assert evaluated('remindAt("k", x)').isoformat() == "2026-05-02T00:00:00+08:00"
    assert evaluated('[deadline(null, x), remindAt(null, x), deadline("k", null)]') == [None, None, None]


def test_working_days_in_expressions() -> None:
    assert evaluated("workingDaysAfter(x, 1)") == date(2026, 5, 4)
    assert evaluated("workingDaysAfter(x, -1)") == date(2026, 4, 29)
    assert evaluated("workingDaysAfter(x, 0)") == date(2026, 4, 30)
    assert (
        evaluated('[workingDaysAfter(x, null), workingDaysAfter(x, "1"), workingDaysAfter(x, true), workingDaysAfter(null, 1)]')
        == [None] * 4
    )
    assert evaluated('[isWorkingDay("2026-05-01"), isWorkingDay("2026-05-09"), isWorkingDay(null)]') == [False, True, None]


def test_to_compile_with_every_function_has_a_name_and_none_can_be_called() -> None:
    known = vocabulary()
    for name in ("deadline", "remindAt", "workingDaysAfter", "isWorkingDay", "today"):
        assert name in known
    expression = feel.compile('deadline("k", "2026-03-02")', functions=known)
    now = datetime(2026, 3, 2, tzinfo=SHANGHAI)
    with pytest.raises(feel.FeelError) as refused:
        expression.evaluate({}, feel.Environment(now=now, zone=SHANGHAI, functions=known))
    assert refused.value.code == DeadlineCode.DEADLINE_TABLE
    assert vocabulary() is known
