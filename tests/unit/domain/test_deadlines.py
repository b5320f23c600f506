"""Deadlines as the clauses count them: the boundary cases B33–B57, B62–B64, B67 and B68."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decision import feel
from app.domain.calendars import Calendar, add_months, statutory
from app.domain.codes import DeadlineCode
from app.domain.deadlines import DeadlineError, DeadlineRule, due, registry

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = statutory()
THIRTY_DAYS = DeadlineRule("acceptance.organise", "natural_day", 30, roll=True)
THREE_WORKING_DAYS = DeadlineRule("review.revise", "working_day", 3)


def months(count: int, *, roll: bool = False) -> DeadlineRule:
    return DeadlineRule("months", "month", count, roll=roll)


def last_day(rule: DeadlineRule, start: str) -> str:
    return due(rule, start, CALENDAR, SHANGHAI).last_day.isoformat()


@pytest.mark.parametrize(
    ("start", "legal", "remind"),
    [
        ("2026-03-02", "2026-04-01", "2026-04-01"),  # B33
        ("2026-09-04", "2026-10-08", "2026-10-04"),  # B36, B37: National Day
        ("2026-01-20", "2026-02-24", "2026-02-19"),  # B38: Spring Festival
        ("2026-05-06", "2026-06-05", "2026-06-05"),  # B39: counted anew after a new application
        ("2026-05-14", "2026-06-15", "2026-06-13"),  # B67: a plain Saturday rolls
        ("2026-09-10", "2026-10-10", "2026-10-10"),  # B68: a Saturday that is worked does not
    ],
)
def test_acceptance_is_organised_within_thirty_natural_days(start: str, legal: str, remind: str) -> None:
    found = due(THIRTY_DAYS, start, CALENDAR, SHANGHAI)
    assert (found.last_day.isoformat(), found.remind_day.isoformat()) == (legal, remind)


def test_the_last_second_of_the_last_day_is_in_time_and_the_next_midnight_is_late() -> None:
    at = due(THIRTY_DAYS, "2026-03-02", CALENDAR, SHANGHAI).at
    assert datetime(2026, 4, 1, 23, 59, 59, tzinfo=SHANGHAI) < at  # B34
    assert not datetime(2026, 4, 2, tzinfo=SHANGHAI) < at  # B35
    assert at.isoformat() == "2026-04-02T00:00:00+08:00"


@pytest.mark.parametrize(
    ("delivered", "last"),
    [
        ("2026-03-06", "2026-03-11"),  # B41
        ("2026-03-02", "2026-03-05"),  # B42
        ("2026-09-30", "2026-10-10"),  # B43
        ("2026-02-12", "2026-02-24"),  # B44
        ("2026-09-17", "2026-09-21"),  # B45
    ],
)
def test_final_draft_is_revised_within_three_working_days(delivered: str, last: str) -> None:
    assert last_day(THREE_WORKING_DAYS, delivered) == last


@pytest.mark.parametrize(
    ("rule", "start", "opens"),
    [
        (months(3), "2026-03-02", "2026-06-03"),  # B40
        (months(1), "2026-03-10", "2026-04-11"),  # B46
        (months(1), "2026-01-31", "2026-03-01"),  # B47
        (months(3), "2026-03-10", "2026-06-11"),  # B48
        (months(3), "2025-11-30", "2026-03-01"),  # B49
    ],
)
def test_the_earliest_day_is_the_one_after_the_corresponding_day(rule: DeadlineRule, start: str, opens: str) -> None:
    assert due(rule, start, CALENDAR, SHANGHAI).at.date().isoformat() == opens


@pytest.mark.parametrize(
    ("rule", "start", "last"),
    [
        (months(6, roll=True), "2026-03-10", "2026-09-10"),  # B50
        (months(6, roll=True), "2025-08-31", "2026-02-28"),  # B53: a Saturday that is worked
        (months(6, roll=True), "2026-04-04", "2026-10-08"),  # B54
        (months(1, roll=True), "2026-10-31", "2026-11-30"),  # B55
        (months(1, roll=True), "2026-09-03", "2026-10-08"),  # B56
        (months(36), "2026-05-20", "2029-05-20"),  # B57
    ],
)
def test_months_end_on_the_corresponding_day(rule: DeadlineRule, start: str, last: str) -> None:
    assert last_day(rule, start) == last


@pytest.mark.parametrize(("start", "last"), [("2026-03-02", "2028-03-02"), ("2024-02-29", "2026-02-28")])
def test_years_end_on_the_corresponding_day_or_the_months_last(start: str, last: str) -> None:
    assert last_day(DeadlineRule("validity", "year", 2), start) == last


@pytest.mark.parametrize(
    ("at", "in_time"),
    [
        ("2026-10-15T23:59:59+08:00", True),  # B27
        ("2026-10-15T23:59:59.999999+08:00", True),  # B28
        ("2026-10-16T00:00:00+08:00", False),  # B29
        ("2026-10-15T15:59:59+00:00", True),  # B30
        ("2026-10-15T16:00:00+00:00", False),  # B31
    ],
)
def test_a_fixed_day_counts_to_its_midnight_in_the_districts_zone(at: str, in_time: bool) -> None:
    close = due(DeadlineRule("declaration.close", "fixed_date", fixed="10-15"), "2026-09-01", CALENDAR, SHANGHAI)
    assert (datetime.fromisoformat(at) < close.at) is in_time


def test_a_fixed_day_on_a_sunday_does_not_roll() -> None:  # B32
    close = due(DeadlineRule("declaration.close", "fixed_date", fixed="10-15", roll=False), "2028-10-01", CALENDAR, SHANGHAI)
    assert close.at.isoformat() == "2028-10-16T00:00:00+08:00"


def test_a_year_without_a_calendar_is_provisional_and_says_so() -> None:
    found = due(THIRTY_DAYS, "2026-12-02", CALENDAR, SHANGHAI)
    assert found.last_day == date(2027, 1, 1)
    assert found.provisional
    assert "尚未公布" in found.explanation[-1]
    imported = Calendar({**CALENDAR.days, date(2027, 1, 1): False}, CALENDAR.years | {2027}, "imported")
    assert due(THIRTY_DAYS, "2026-12-02", imported, SHANGHAI).last_day == date(2027, 1, 4)


def test_the_counting_is_told_in_words() -> None:
    lines = due(THIRTY_DAYS, "2026-09-04T08:30:00Z", CALENDAR, SHANGHAI).explanation
    assert lines[0] == "自 2026-09-04 的次日起算 30 个自然日,末日为 2026-10-04"
    assert "顺延至下一工作日 2026-10-08" in lines[1]


@pytest.mark.parametrize("start", [None, "", "明天", "2026-02-30", 5])
def test_a_start_that_is_no_date_is_refused_with_the_key(start: object) -> None:
    with pytest.raises(DeadlineError, match=r"acceptance\.organise") as caught:
        due(THIRTY_DAYS, start, CALENDAR, SHANGHAI)
    assert caught.value.code == "DEADLINE_START"


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"unit": "week", "amount": 1},
        {"unit": "month", "amount": None},
        {"unit": "month", "amount": "1.5"},
        {"unit": "month", "amount": -1},
        {"unit": "fixed_date"},
    ],
)
def test_a_rule_that_cannot_count_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(DeadlineError) as caught:
        DeadlineRule.from_row("x", row)
    assert caught.value.code == "DEADLINE_RULE"


@given(st.dates(date(2005, 1, 1), date(2026, 6, 30)), st.integers(1, 40))
def test_working_days_agree_with_counting_one_by_one(start: date, count: int) -> None:
    day, left = start, count
    while left:
        day += timedelta(days=1)
        left -= CALENDAR.is_working_day(day)
    assert CALENDAR.add_working_days(start, count) == day


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(-300, 300))
def test_a_month_later_is_the_same_day_or_the_months_last(start: date, count: int) -> None:
    later = add_months(start, count)
    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == count
    assert later.day == start.day or (later.day < start.day and (later + timedelta(days=1)).day == 1)


def in_feel(text: str) -> object:
    """An expression with our functions, of the one rule ``acceptance.organise``."""

    def lookup(key: str, *rest: object) -> DeadlineRule:
        if key != THIRTY_DAYS.key:
            raise DeadlineError(DeadlineCode.DEADLINE_KEY, f"期限表中没有“{key}”")
        return THIRTY_DAYS

    functions = registry(lookup, CALENDAR, SHANGHAI)
    now = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    return feel.compile(text, functions=functions).evaluate({}, feel.Environment(now=now, zone=SHANGHAI, functions=functions))


@pytest.mark.parametrize("arguments", ['"acceptance.organise", "2026-03-02"', 'start: "2026-03-02", key: "acceptance.organise"'])
def test_an_expression_counts_deadlines_by_place_or_by_name(arguments: str) -> None:
    assert in_feel(f"deadline({arguments})") == datetime(2026, 4, 2, tzinfo=SHANGHAI)
    assert in_feel(f"remindAt({arguments})") == datetime(2026, 4, 2, tzinfo=SHANGHAI)


def test_working_days_are_asked_for_by_place_or_by_name() -> None:
    assert (
        in_feel('workingDaysAfter(date("2026-09-30"), 1)')
        == in_feel('workingDaysAfter(n: 1, date: date("2026-09-30"))')
        == date(2026, 10, 8)
    )
    assert in_feel('[isWorkingDay(date: date("2026-10-10")), isWorkingDay(date("2026-10-11"))]') == [True, False]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('deadline("acceptance.organize", "2026-03-02")', DeadlineCode.DEADLINE_KEY),
        ('remindAt("acceptance.organize", "2026-03-02")', DeadlineCode.DEADLINE_KEY),
        ('deadline("acceptance.organise", "9999-12-30")', DeadlineCode.DEADLINE_START),
        ('workingDaysAfter(date("9999-12-30"), 20)', DeadlineCode.DEADLINE_RULE),
        ('workingDaysAfter(date("2026-03-02"), 10000000)', DeadlineCode.DEADLINE_RULE),
        ('isWorkingDay("明天")', DeadlineCode.DEADLINE_START),
    ],
)
def test_what_cannot_be_counted_is_an_error_and_never_null(text: str, code: DeadlineCode) -> None:
    with pytest.raises(feel.FeelError) as refused:
        in_feel(text)
    assert refused.value.code == code


def test_without_a_start_there_is_no_deadline() -> None:
    assert (
        in_feel('[deadline("acceptance.organise", null), remindAt("acceptance.organise", null), workingDaysAfter(null, 1)]') == [None] * 3
    )


def test_working_days_are_counted_for_a_century_and_no_further() -> None:
    assert isinstance(in_feel('workingDaysAfter(date("2026-03-02"), 36600)'), date)
    assert isinstance(in_feel('workingDaysAfter(date("2026-03-02"), -36600)'), date)
    for count in (36601, -36601):
        with pytest.raises(feel.FeelError):
            in_feel(f'workingDaysAfter(date("2026-03-02"), {count})')
