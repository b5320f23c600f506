"""Holidays of years that nobody has announced yet: invented, and no more than a test needs."""

from datetime import date, timedelta

from app.domain.announced import AnnouncedDay, written

_ONE = timedelta(days=1)
FIXED = (
    (1, 1, 3, "元旦"),
    (2, 10, 8, "春节"),
    (4, 4, 3, "清明节"),
    (5, 1, 5, "劳动节"),
    (6, 18, 3, "端午节"),
    (9, 20, 3, "中秋节"),
    (10, 1, 7, "国庆节"),
)


def file_of(year: int) -> bytes:
    """The year's file as an administrator is sent it: whole holidays, and the Saturday or Sunday before each long one is worked."""
    days: dict[date, AnnouncedDay] = {}
    for month, day, length, name in FIXED:
        first = date(year, month, day)
        for number in range(length):
            one = first + number * _ONE
            days[one] = AnnouncedDay(one, False, name)
        if length > 3:
            worked = first - _ONE
            while worked.weekday() < 5:
                worked -= _ONE
            days.setdefault(worked, AnnouncedDay(worked, True, f"{name}调休"))
    return written(days[day] for day in sorted(days)).encode()
