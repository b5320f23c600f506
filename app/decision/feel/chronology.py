"""The calendar, and the making and taking apart of dates, times and durations.

Everything is exact integers: a date is a day number (1 = 0001-01-01, proleptic Gregorian), a date and time is nanoseconds of local time
plus its zone. A value whose fields fit is a class of ``datetime``, any other one of ``values``; functions here take both and give the
right one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from .values import DayTimeDuration, FeelDate, FeelDateTime, FeelTime, Zone

AnyDate = date | FeelDate
AnyTime = time | FeelTime
AnyDateTime = datetime | FeelDateTime
AnyDayTime = timedelta | DayTimeDuration

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
LAST_YEAR = 999_999_999
LONGEST_OFFSET = 18 * 3600
_DAYS_BEFORE_1970 = 719_163


# -- the calendar -----------------------------------------------------------------------------------------------------------------


def day_number(year: int, month: int, day: int) -> int:
    """Days since 0000-12-31 in the proleptic Gregorian calendar, for any year."""
    if month <= 2:
        year -= 1
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468 + _DAYS_BEFORE_1970


def civil(number: int) -> tuple[int, int, int]:
    """The (year, month, day) of a day number."""
    shifted = number - _DAYS_BEFORE_1970 + 719_468
    era = shifted // 146_097
    of_era = shifted - era * 146_097
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * of_year + 2) // 153
    month = shifted_month + (3 if shifted_month < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, of_year - (153 * shifted_month + 2) // 5 + 1


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    if month == 2:
        return 29 if is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def ordinal(value: AnyDate | AnyDateTime) -> int:
    """The day number of a date, or of a date and time's local date."""
    return day_number(value.year, value.month, value.day)


# -- making canonical values ------------------------------------------------------------------------------------------------------


def make_date(year: int, month: int, day: int) -> AnyDate | None:
    """A date, or None when there is no such day."""
    if not (-LAST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= month_length(year, month)):
        return None
    return date(year, month, day) if 1 <= year <= 9999 else FeelDate(year, month, day)


def date_of(number: int) -> AnyDate | None:
    """The date with a day number, or None beyond the years that FEEL has."""
    return make_date(*civil(number))


def make_time(hour: int, minute: int, second: int, nanosecond: int, zone: Zone) -> AnyTime | None:
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 59 and 0 <= nanosecond < SECOND):
        return None
    if nanosecond % 1000 == 0:
        return time(hour, minute, second, nanosecond // 1000, zone)
    return FeelTime(hour, minute, second, nanosecond, zone)


def make_date_time(day: AnyDate | AnyDateTime, of_day: int, zone: Zone) -> AnyDateTime:
    """A date and time from a date and the nanosecond of its day."""
    seconds, nanosecond = divmod(of_day, SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    if nanosecond % 1000 == 0 and 1 <= day.year <= 9999:
        return datetime(day.year, day.month, day.day, hour, minute, second, nanosecond // 1000, zone)
    return FeelDateTime(
        year=day.year, month=day.month, day=day.day, hour=hour, minute=minute, second=second, nanosecond=nanosecond, tzinfo=zone
    )


def make_day_time(nanoseconds: int) -> AnyDayTime:
    """A days and time duration."""
    microseconds, rest = divmod(nanoseconds, 1000)
    if rest == 0 and -86_399_999_913_600_000_000 <= microseconds <= 86_399_999_999_999_999_999:
        return timedelta(microseconds=microseconds)
    return DayTimeDuration(nanoseconds)


def midnight_utc(value: AnyDate) -> AnyDateTime:
    """A date as a date and time (specification 10.3.2.9.4)."""
    return make_date_time(value, 0, UTC)


def zone_of(name: str) -> ZoneInfo | None:
    """A zone of the tz database by its name, or None."""
    return _zone(name) if len(name) <= 64 else None


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError; a directory's name is an OSError
        return None


def known_zone(zone: tzinfo | None, at: datetime | None) -> Zone:
    """A Python zone as one of the two kinds that FEEL has: an offset or a named zone."""
    if zone is None or isinstance(zone, (timezone, ZoneInfo)):
        return zone
    offset = zone.utcoffset(at)
    return None if offset is None else timezone(offset)


def make_offset(seconds: int) -> timezone | None:
    """A fixed offset, or None past 18 hours."""
    if abs(seconds) > LONGEST_OFFSET:
        return None
    return UTC if seconds == 0 else timezone(timedelta(seconds=seconds))


# -- parts ------------------------------------------------------------------------------------------------------------------------


def nanosecond(value: AnyTime | AnyDateTime) -> int:
    if isinstance(value, (FeelTime, FeelDateTime)):
        return value.nanosecond
    return value.microsecond * 1000


def of_day(value: AnyTime | AnyDateTime) -> int:
    """Nanoseconds since midnight, local."""
    return (value.hour * 3600 + value.minute * 60 + value.second) * SECOND + nanosecond(value)


def local(value: AnyDateTime) -> int:
    """Nanoseconds of local time since day 0."""
    return ordinal(value) * DAY + of_day(value)


def from_local(nanoseconds: int, zone: Zone) -> AnyDateTime | None:
    number, rest = divmod(nanoseconds, DAY)
    day = date_of(number)
    return None if day is None else make_date_time(day, rest, zone)


def day_time_nanoseconds(value: AnyDayTime) -> int:
    if isinstance(value, DayTimeDuration):
        return value.nanoseconds
    return ((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds) * 1000


def _zone_offset(zone: ZoneInfo, nanoseconds: int, fold: int) -> int:
    """The zone's offset in seconds at a local time; years that Python has not borrow the rules of one that it has."""
    number, rest = divmod(nanoseconds, DAY)
    year, month, day = civil(number)
    if year > 9998:
        year = 9600 + year % 400 - (400 if 9600 + year % 400 > 9998 else 0)
    elif year < 2:
        year, month, day = 2, 1, 1
    seconds = rest // SECOND
    moment = datetime(year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60, fold=fold)  # noqa: DTZ001 (local time, by intention)
    offset = zone.utcoffset(moment)
    return 0 if offset is None else seconds_of(offset)


def seconds_of(offset: timedelta) -> int:
    return offset.days * 86_400 + offset.seconds


def offset_seconds(value: AnyDateTime | AnyTime) -> int | None:
    """The offset from UTC in seconds, None for a local value. A named zone's time of day has the zone's winter offset."""
    zone = value.tzinfo
    if zone is None:
        return None
    if isinstance(zone, timezone):
        return seconds_of(zone.utcoffset(None))
    if isinstance(zone, ZoneInfo):
        if isinstance(value, (datetime, FeelDateTime)):
            return _zone_offset(zone, local(value), value.fold if isinstance(value, datetime) else 0)
        moment = datetime(2000, 1, 1)  # noqa: DTZ001 (local time, by intention)
        standard = (zone.utcoffset(moment) or timedelta()) - (zone.dst(moment) or timedelta())
        return seconds_of(standard)
    return None


def instant(value: AnyDateTime) -> int | None:
    """Nanoseconds since day 0 in UTC; None for a local value."""
    offset = offset_seconds(value)
    return None if offset is None else local(value) - offset * SECOND


def at_instant(nanoseconds: int, zone: Zone) -> AnyDateTime | None:
    """The date and time in a zone at an instant in UTC."""
    if zone is None:
        return from_local(nanoseconds, None)
    if isinstance(zone, timezone):
        return from_local(nanoseconds + seconds_of(zone.utcoffset(None)) * SECOND, zone)
    plain = from_local(nanoseconds, UTC)
    if isinstance(plain, datetime) and 1 < plain.year < 9999:
        return plain.astimezone(zone)
    guess = _zone_offset(zone, nanoseconds, 0)
    return from_local(nanoseconds + _zone_offset(zone, nanoseconds + guess * SECOND, 0) * SECOND, zone)
