"""The statutory calendar: which days are worked, make-up working days included (requirements G4, G8).

A year that has not been announced yet falls back to Monday–Friday and says so: such a result is *provisional* and is
recomputed when the year is imported.
"""

import calendar as gregorian
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from importlib import metadata

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """``days`` holds only the days that differ from Monday–Friday: True a worked weekend, False a free weekday. ``years`` are those announced."""

    days: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    version: str = "provisional"

    def is_working_day(self, day: date) -> bool:
        known = self.days.get(day)
        return day.weekday() < 5 if known is None else known

    def is_provisional(self, day: date) -> bool:
        """Whether this day's year has not been announced, so that its working days are a guess."""
        return day.year not in self.years

    def next_working_day(self, day: date) -> date:
        """``day`` itself if it is worked, else the first worked day after it (G4; a worked weekend does not move)."""
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``; ``day`` itself is not counted (G2). A negative count goes back; 0 gives ``day``."""
        step = _ONE_DAY if count > 0 else -_ONE_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day


def add_months(day: date, months: int) -> date:
    """The corresponding day ``months`` later; where the month has none, its last day (Civil Code art. 202; G3)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=8)
def statutory(years: tuple[int, ...] | None = None) -> Calendar:
    """The State Council's calendar as the ``chinesecalendar`` package carries it, for ``years`` or all that it knows.

    Years that the package does not know are left out, so that they are provisional.
    """
    from chinese_calendar.constants import holidays, workdays

    known = range(min(holidays).year, max(holidays).year + 1)
    wanted = frozenset(known if years is None else (year for year in years if year in known))
    days = {day: False for day in holidays if day.year in wanted and day.weekday() < 5}
    days |= {day: True for day in workdays if day.year in wanted and day.weekday() >= 5}
    return Calendar(days, wanted, f"chinesecalendar {metadata.version('chinesecalendar')}")
