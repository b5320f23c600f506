"""Dates, times and durations: reading, writing, arithmetic, comparison (specification 10.3.2.3).

Everything is exact integers: a date is a day number (1 = 0001-01-01, proleptic Gregorian), a date and time is nanoseconds of local time
plus its zone. A value whose fields fit is a class of ``datetime``, any other one of ``values``; functions here take both and give the
right one. A date and time without zone is local and never compared with one that has a zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from .values import (
    DATE_TIMES,
    DATES,
    DAY_TIMES,
    TIMES,
    DayTimeDuration,
    FeelDate,
    FeelDateTime,
    FeelTime,
    YearMonthDuration,
    Zone,
)

AnyDate = date | FeelDate
AnyTime = time | FeelTime
AnyDateTime = datetime | FeelDateTime
AnyDayTime = timedelta | DayTimeDuration

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
LAST_YEAR = 999_999_999
LONGEST_OFFSET = 18 * 3600
_DAYS_BEFORE_1970 = 719_163

_DATE = re.compile(r"(-?)([0-9]{4}|[1-9][0-9]{4,8})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:([Zz])|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z][A-Za-z0-9_+/-]*))?"
)
_MONTHS = re.compile(r"(-?)P(?:([0-9]{1,15})Y)?(?:([0-9]{1,15})M)?")
_DAYS = re.compile(r"(-?)P(?:([0-9]{1,15})D)?(?:T(?=[0-9])(?:([0-9]{1,15})H)?(?:([0-9]{1,15})M)?(?:([0-9]{1,15})(?:\.([0-9]*))?S)?)?")


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
    return FeelDateTime(day.year, day.month, day.day, hour, minute, second, nanosecond, zone)


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
    moment = datetime(year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60, fold=fold)
    offset = zone.utcoffset(moment)
    return 0 if offset is None else _seconds(offset)


def _seconds(offset: timedelta) -> int:
    return offset.days * 86_400 + offset.seconds


def offset_seconds(value: AnyDateTime | AnyTime) -> int | None:
    """The offset from UTC in seconds, None for a local value. A named zone's time of day has the zone's winter offset."""
    zone = value.tzinfo
    if zone is None:
        return None
    if isinstance(zone, timezone):
        return _seconds(zone.utcoffset(None))
    if isinstance(zone, ZoneInfo):
        if isinstance(value, (datetime, FeelDateTime)):
            return _zone_offset(zone, local(value), value.fold if isinstance(value, datetime) else 0)
        moment = datetime(2000, 1, 1)
        standard = (zone.utcoffset(moment) or timedelta()) - (zone.dst(moment) or timedelta())
        return _seconds(standard)
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
        return from_local(nanoseconds + _seconds(zone.utcoffset(None)) * SECOND, zone)
    plain = from_local(nanoseconds, UTC)
    if isinstance(plain, datetime) and 1 < plain.year < 9999:
        return plain.astimezone(zone)
    guess = _zone_offset(zone, nanoseconds, 0)
    return from_local(nanoseconds + _zone_offset(zone, nanoseconds + guess * SECOND, 0) * SECOND, zone)


# -- reading ----------------------------------------------------------------------------------------------------------------------


def parse_date(text: str) -> AnyDate | None:
    """``2026-01-31``, ``-0044-03-15``; None when it is no date."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    sign, year, month, day = found.groups()
    return make_date(-int(year) if sign else int(year), int(month), int(day))


def _parse_time(text: str) -> tuple[int, int, int, int, Zone] | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, fraction, utc, sign, hours, minutes, seconds, name = found.groups()
    zone: Zone = None
    if utc:
        zone = UTC
    elif sign:
        if int(minutes) > 59 or int(seconds or 0) > 59:
            return None
        zone = make_offset((int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)) * (-1 if sign == "-" else 1))
        if zone is None:
            return None
    elif name:
        zone = zone_of(name)
        if zone is None:
            return None
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        return None
    return int(hour), int(minute), int(second), int(((fraction or "") + "000000000")[:9]), zone


def make_offset(seconds: int) -> timezone | None:
    """A fixed offset, or None past 18 hours."""
    if abs(seconds) > LONGEST_OFFSET:
        return None
    return UTC if seconds == 0 else timezone(timedelta(seconds=seconds))


def parse_time(text: str) -> AnyTime | None:
    """``10:30:00``, with a fraction, and ``Z``, ``+08:00`` or ``@Asia/Shanghai``; None when it is no time."""
    parts = _parse_time(text)
    return None if parts is None else make_time(*parts)


def parse_date_time(text: str) -> AnyDateTime | None:
    """A date, ``T``, a time; a date alone is its midnight; None when it is neither."""
    day_text, mark, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None:
        return None
    if not mark:
        return make_date_time(day, 0, None)
    parts = _parse_time(time_text)
    if parts is None:
        return None
    hour, minute, second, fraction, zone = parts
    return make_date_time(day, (hour * 3600 + minute * 60 + second) * SECOND + fraction, zone)


def parse_duration(text: str) -> YearMonthDuration | AnyDayTime | None:
    """``P1Y2M`` or ``P1DT2H3M4.5S``, either with a minus before; None when it is neither, or mixes months and days."""
    found = _MONTHS.fullmatch(text)
    if found is not None:
        sign, years, months = found.groups()
        if years is None and months is None:
            return None
        total = int(years or 0) * 12 + int(months or 0)
        return YearMonthDuration(-total if sign else total)
    found = _DAYS.fullmatch(text)
    if found is None:
        return None
    sign, days, hours, minutes, seconds, fraction = found.groups()
    if days is None and hours is None and minutes is None and seconds is None:
        return None
    total = ((int(days or 0) * 24 + int(hours or 0)) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    nanoseconds = total * SECOND + int(((fraction or "") + "000000000")[:9])
    return make_day_time(-nanoseconds if sign else nanoseconds)


def parse_any(text: str) -> object | None:
    """The value of ``@"…"``: a date, a date and time, a time or a duration; None when it is none."""
    if "P" in text[:2]:
        return parse_duration(text)
    if text[2:3] == ":":
        return parse_time(text)
    return parse_date_time(text) if "T" in text else parse_date(text)


# -- writing ----------------------------------------------------------------------------------------------------------------------


def _year(year: int) -> str:
    return f"{'-' if year < 0 else ''}{abs(year):04d}"


def format_date(value: AnyDate | AnyDateTime) -> str:
    return f"{_year(value.year)}-{value.month:02d}-{value.day:02d}"


def _format_clock(value: AnyTime | AnyDateTime) -> str:
    text = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"
    fraction = nanosecond(value)
    return f"{text}.{fraction:09d}".rstrip("0") if fraction else text


def format_offset(seconds: int) -> str:
    if seconds == 0:
        return "Z"
    hours, rest = divmod(abs(seconds), 3600)
    minutes, seconds_left = divmod(rest, 60)
    text = f"{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}"
    return f"{text}:{seconds_left:02d}" if seconds_left else text


def _format_zone(value: AnyTime | AnyDateTime) -> str:
    zone = value.tzinfo
    if isinstance(zone, ZoneInfo) and zone.key:
        return f"@{zone.key}"
    offset = offset_seconds(value)
    return "" if offset is None else format_offset(offset)


def format_time(value: AnyTime) -> str:
    return _format_clock(value) + _format_zone(value)


def format_date_time(value: AnyDateTime) -> str:
    return f"{format_date(value)}T{_format_clock(value)}{_format_zone(value)}"


def format_instant(value: AnyDateTime) -> str:
    """ISO 8601 for other programs: a named zone becomes its offset at that moment."""
    offset = offset_seconds(value)
    return f"{format_date(value)}T{_format_clock(value)}{'' if offset is None else format_offset(offset)}"


def format_months(value: YearMonthDuration) -> str:
    years, months = divmod(abs(value.months), 12)
    sign = "-" if value.months < 0 else ""
    return f"{sign}P{f'{years}Y' if years else ''}{f'{months}M' if months or not years else ''}"


def format_day_time(value: AnyDayTime) -> str:
    nanoseconds = day_time_nanoseconds(value)
    if nanoseconds == 0:
        return "PT0S"
    total, fraction = divmod(abs(nanoseconds), SECOND)
    minutes, seconds = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    text = f"{'-' if nanoseconds < 0 else ''}P{f'{days}D' if days else ''}"
    if not (hours or minutes or seconds or fraction):
        return text
    text += f"T{f'{hours}H' if hours else ''}{f'{minutes}M' if minutes else ''}"
    if fraction:
        text += f"{seconds}.{fraction:09d}".rstrip("0") + "S"
    elif seconds:
        text += f"{seconds}S"
    return text


def format_any(value: object) -> str:
    """A temporal value as text, in the form that its constructor function reads."""
    if isinstance(value, YearMonthDuration):
        return format_months(value)
    if isinstance(value, (timedelta, DayTimeDuration)):
        return format_day_time(value)
    if isinstance(value, (datetime, FeelDateTime)):
        return format_date_time(value)
    if isinstance(value, (time, FeelTime)):
        return format_time(value)
    if isinstance(value, (date, FeelDate)):
        return format_date(value)
    raise TypeError(f"{value!r} is no temporal value")


# -- arithmetic -------------------------------------------------------------------------------------------------------------------


def add_months(value: AnyDate | AnyDateTime, months: int) -> AnyDate | AnyDateTime | None:
    """Move by months; a day that the target month has not becomes its last one. None beyond FEEL's years."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    month += 1
    if not -LAST_YEAR <= year <= LAST_YEAR:
        return None
    moved = make_date(year, month, min(value.day, month_length(year, month)))
    if moved is None or not isinstance(value, (datetime, FeelDateTime)):
        return moved
    return make_date_time(moved, of_day(value), _own_zone(value))


def _own_zone(value: AnyTime | AnyDateTime) -> Zone:
    zone = value.tzinfo
    return zone if zone is None or isinstance(zone, (timezone, ZoneInfo)) else known_zone(zone, None)


def add_nanoseconds(value: object, nanoseconds: int) -> object | None:
    """A date, time or date and time moved by a days and time duration: a date drops what is left of a day, a time goes round the
    clock, a date and time moves along the time line (its zone's clock changes included)."""
    if isinstance(value, (datetime, FeelDateTime)):
        start = instant(value)
        return at_instant((local(value) if start is None else start) + nanoseconds, _own_zone(value))
    if isinstance(value, (date, FeelDate)):
        return date_of((ordinal(value) * DAY + nanoseconds) // DAY)
    if isinstance(value, (time, FeelTime)):
        seconds, fraction = divmod((of_day(value) + nanoseconds) % DAY, SECOND)
        return make_time(seconds // 3600, seconds // 60 % 60, seconds % 60, fraction, _own_zone(value))
    return None


def difference(left: object, right: object) -> AnyDayTime | None:
    """``left - right`` of two dates, two times, or dates and date and times (a date counts as midnight UTC)."""
    a, b = _point(left), _point(right)
    if a is None or b is None or a[0] != b[0]:
        return None
    return make_day_time(a[1] - b[1])


def _point(value: object) -> tuple[str, int] | None:
    """What can be subtracted: (kind, nanoseconds); only equal kinds go together."""
    if isinstance(value, (datetime, FeelDateTime)):
        moment = instant(value)
        return ("local", local(value)) if moment is None else ("instant", moment)
    if isinstance(value, (date, FeelDate)):
        return "instant", ordinal(value) * DAY
    if isinstance(value, (time, FeelTime)):
        offset = offset_seconds(value)
        return ("local time", of_day(value)) if offset is None else ("time", of_day(value) - offset * SECOND)
    return None


def order_key(value: object) -> tuple[str, int] | None:
    """(kind, number): values of one kind are ordered by the number. None for what is no temporal value.

    The kinds keep apart what FEEL does not compare: dates and date and times, local and zoned values.
    """
    kind = type(value)
    if kind is date or kind is FeelDate:
        return "date", ordinal(value)  # type: ignore[arg-type]
    if kind in DATE_TIMES or kind in TIMES:
        point = _point(value)
        return None if point is None else ("dt-" + point[0] if kind in DATE_TIMES else point[0], point[1])
    if kind is YearMonthDuration:
        return "months", value.months  # type: ignore[attr-defined]
    if kind in DAY_TIMES:
        return "day time", day_time_nanoseconds(value)  # type: ignore[arg-type]
    return None


def months_between(start: AnyDate | AnyDateTime, end: AnyDate | AnyDateTime) -> int:
    """Whole months from one to the other, negative when the end is earlier; the time of day and the zone do not count."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        return months - 1
    if months < 0 and end.day > start.day:
        return months + 1
    return months


# -- properties -------------------------------------------------------------------------------------------------------------------


def weekday(value: AnyDate | AnyDateTime) -> int:
    """1 = Monday … 7 = Sunday."""
    return (ordinal(value) - 1) % 7 + 1


def day_of_year(value: AnyDate | AnyDateTime) -> int:
    return ordinal(value) - day_number(value.year, 1, 1) + 1


def week_of_year(value: AnyDate | AnyDateTime) -> int:
    """The ISO 8601 week: the one that holds the year's first Thursday is 1."""
    thursday = ordinal(value) - weekday(value) + 4
    year = civil(thursday)[0]
    return (thursday - day_number(year, 1, 1)) // 7 + 1


def _toward_zero(value: int, unit: int) -> int:
    return value // unit if value >= 0 else -(-value // unit)


PROPERTIES = {
    "date": ("year", "month", "day", "weekday"),
    "time": ("hour", "minute", "second", "time offset", "timezone"),
    "date and time": ("year", "month", "day", "weekday", "hour", "minute", "second", "time offset", "timezone"),
    "years and months duration": ("years", "months"),
    "days and time duration": ("days", "hours", "minutes", "seconds"),
}


def property_of(value: object, name: str) -> object:
    """A property of a temporal value (specification table 61); raises KeyError when the type has none of that name."""
    if isinstance(value, YearMonthDuration):
        return Decimal(_toward_zero(value.months, 12) if name == "years" else _months_left(value, name))
    if isinstance(value, (timedelta, DayTimeDuration)):
        return _day_time_property(day_time_nanoseconds(value), name)
    has_date = type(value) in DATES or type(value) in DATE_TIMES
    has_time = type(value) in TIMES or type(value) in DATE_TIMES
    if has_date:
        if name == "weekday":
            return Decimal(weekday(value))  # type: ignore[arg-type]
        if name in ("year", "month", "day"):
            return Decimal(getattr(value, name))
    if has_time:
        if name in ("hour", "minute", "second"):
            return Decimal(getattr(value, name))
        if name == "time offset":
            offset = offset_seconds(value)  # type: ignore[arg-type]
            return None if offset is None else timedelta(seconds=offset)
        if name == "timezone":
            zone = getattr(value, "tzinfo", None)
            return zone.key if isinstance(zone, ZoneInfo) else None
    raise KeyError(name)


def _months_left(value: YearMonthDuration, name: str) -> int:
    if name != "months":
        raise KeyError(name)
    return value.months - _toward_zero(value.months, 12) * 12


def _day_time_property(nanoseconds: int, name: str) -> Decimal:
    sign = -1 if nanoseconds < 0 else 1
    total = abs(nanoseconds)
    if name == "days":
        return Decimal(sign * (total // DAY))
    if name == "hours":
        return Decimal(sign * (total // (3600 * SECOND) % 24))
    if name == "minutes":
        return Decimal(sign * (total // (60 * SECOND) % 60))
    if name == "seconds":
        return Decimal(sign * (total % (60 * SECOND))).scaleb(-9).normalize() if total % SECOND else Decimal(sign * (total // SECOND % 60))
    raise KeyError(name)
