"""An imported year takes the place of the built-in one, and of no other (G8)."""

from datetime import date

from flask import Flask

from app.acts.transaction import act
from app.catalogue import snapshot
from app.domain.calendars import statutory
from app.store import rows
from app.store.tables import CalendarDayRow
from tests.integration.services.conftest import NOW

NATIONAL_DAY = 1  # of October: free in every year


def test_an_imported_year_stands_for_the_built_in_one_and_leaves_the_others(app: Flask) -> None:
    built_in = statutory()
    imported, kept = sorted(built_in.years)[-1], sorted(built_in.years)[-2]
    worked = [day for day, working in built_in.days.items() if day.year == imported and working]
    free = [day for day, working in built_in.days.items() if day.year == kept and not working]
    assert worked
    assert free
    decreed = next(day for day in (date(imported, 7, number) for number in range(1, 8)) if day.weekday() == 2)
    with act():
        rows.insert(CalendarDayRow, [{"day": decreed, "working": False, "name": "放假", "imported_at": NOW}])
    found = snapshot.calendar()
    assert not found.is_working_day(decreed)
    assert not found.is_working_day(worked[0])  # what only the built-in calendar says of that year is gone
    assert not found.is_working_day(free[0])  # another year is as it was
    assert not found.is_provisional(decreed)
    assert statutory().is_working_day(decreed)
