"""Working days: the statutory calendar, what is announced, and months that have no such day."""

from datetime import date

import pytest

from app.domain.calendars import Calendar, add_months, statutory

FREE, WORKED = date(2026, 5, 1), date(2026, 5, 9)  # a Friday off, a Saturday that is worked
HILL = Calendar({FREE: False, WORKED: True}, frozenset({2026}), "hill")


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 4, 30), True), (FREE, False), (date(2026, 5, 2), False), (date(2026, 5, 3), False), (date(2026, 5, 4), True), (WORKED, True),
        (date(2026, 5, 10), False),
    ],
)  # fmt: skip
def test_a_day_is_worked_from_monday_to_friday_unless_it_is_said_otherwise(day: date, worked: bool) -> None:
    assert HILL.is_working_day(day) is worked


def test_the_next_working_day_is_the_day_itself_if_it_is_worked() -> None:
    assert [HILL.next_working_day(date(2026, 5, day)) for day in (1, 2, 4, 9, 10)] == [
        date(2026, 5, 4), date(2026, 5, 4), date(2026, 5, 4), WORKED, date(2026, 5, 11),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [
        (date(2026, 4, 30), 0, date(2026, 4, 30)), (FREE, 0, FREE), (date(2026, 4, 30), 1, date(2026, 5, 4)), (FREE, 1, date(2026, 5, 4)),
        (date(2026, 5, 8), 2, date(2026, 5, 11)), (date(2026, 5, 4), -1, date(2026, 4, 30)), (date(2026, 5, 11), -2, date(2026, 5, 8)),
    ],
)  # fmt: skip
def test_working_days_are_counted_on_and_back_without_the_day_itself(day: date, count: int, result: date) -> None:
    assert HILL.add_working_days(day, count) == result


def test_a_year_that_is_not_announced_is_a_guess() -> None:
    assert (HILL.is_provisional(FREE), HILL.is_provisional(date(2027, 1, 1))) == (False, True)
    assert Calendar().is_provisional(FREE) is True
    assert (Calendar().version, Calendar().days, Calendar().years) == ("provisional", {}, frozenset())


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2026, 12, 31), 2, date(2027, 2, 28)), (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)), (date(2026, 11, 30), 1, date(2026, 12, 30)), (date(2026, 12, 30), 1, date(2027, 1, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)), (date(2024, 2, 29), -48, date(2020, 2, 29)),
    ],
)  # fmt: skip
def test_months_keep_the_day_or_take_the_months_last(day: date, months: int, result: date) -> None:
    assert add_months(day, months) == result


def test_the_state_councils_calendar_holds_what_differs_from_monday_to_friday() -> None:
    whole = statutory()
    assert whole.version.startswith("chinesecalendar ")
    assert whole.years == frozenset(range(min(whole.years), max(whole.years) + 1))
    assert {2004, 2025, 2026} <= whole.years
    for day, worked in whole.days.items():
        assert worked is (day.weekday() >= 5), day
    assert whole.days[date(2026, 10, 1)] is False
    assert whole.days[date(2026, 10, 10)] is True, "a Saturday that makes up for a holiday"
    assert date(2026, 10, 3) not in whole.days, "a Saturday within the holiday is free anyway"
    assert date(2026, 3, 10) not in whole.days
    assert {day.year for day in whole.days} == whole.years


def test_years_that_are_asked_for_are_those_that_the_package_knows() -> None:
    one = statutory((2026, 2999))
    whole = statutory()
    assert one.years == {2026}
    assert one.days == {day: worked for day, worked in whole.days.items() if day.year == 2026}
    assert one.version == whole.version
    assert statutory(()).days == {}
    assert statutory(()).years == frozenset()
