"""Dates, times and durations from text and into text (specification 10.3.4.1, ISO 8601)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .chronology import (
    DAY,
    SECOND,
    AnyDate,
    AnyDateTime,
    AnyDayTime,
    AnyTime,
    date_of,
    day_time_nanoseconds,
    make_date,
    make_date_time,
    make_day_time,
    make_offset,
    make_time,
    nanosecond,
    offset_seconds,
    ordinal,
    zone_of,
)
from .values import DayTimeDuration, FeelDate, FeelDateTime, FeelTime, YearMonthDuration, Zone

_DATE = re.compile(r"(-?)([0-9]{4}|[1-9][0-9]{4,8})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:([Zz])|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z][A-Za-z0-9_+/-]*))?"
)
_MONTHS = re.compile(r"(-?)P(?:([0-9]{1,15})Y)?(?:([0-9]{1,15})M)?")
_DAYS = re.compile(r"(-?)P(?:([0-9]{1,15})D)?(?:T(?=[0-9])(?:([0-9]{1,15})H)?(?:([0-9]{1,15})M)?(?:([0-9]{1,15})(?:\.([0-9]*))?S)?)?")


# -- reading ----------------------------------------------------------------------------------------------------------------------


def parse_date(text: str) -> AnyDate | None:
    """``2026-01-31``, ``-0044-03-15``; None when it is no date."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    sign, year, month, day = found.groups()
    return make_date(-int(year) if sign else int(year), int(month), int(day))


def _parse_time(text: str) -> tuple[int, Zone] | None:
    """Nanoseconds since midnight, up to a whole day (``24:00:00``, XML Schema 1.1 §3.3.7.2), and the zone."""
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
    if int(minute) > 59 or int(second) > 59:
        return None
    since = (int(hour) * 3600 + int(minute) * 60 + int(second)) * SECOND + int(((fraction or "") + "000000000")[:9])
    if since > DAY or (since == DAY and (fraction or "").strip("0")):
        return None
    return since, zone


def parse_time(text: str) -> AnyTime | None:
    """``10:30:00``, with a fraction, and ``Z``, ``+08:00`` or ``@Asia/Shanghai``; ``24:00:00`` is midnight; None when it is no time."""
    parts = _parse_time(text)
    if parts is None:
        return None
    seconds, fraction = divmod(parts[0] % DAY, SECOND)
    return make_time(seconds // 3600, seconds // 60 % 60, seconds % 60, fraction, parts[1])


def parse_date_time(text: str) -> AnyDateTime | None:
    """A date, ``T``, a time; a date alone is its midnight; ``T24:00:00`` ends the day: the next one's midnight. None when it is neither."""
    day_text, mark, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None:
        return None
    if not mark:
        return make_date_time(day, 0, None)
    parts = _parse_time(time_text)
    if parts is None:
        return None
    since, zone = parts
    if since == DAY:
        following = date_of(ordinal(day) + 1)
        return None if following is None else make_date_time(following, 0, zone)
    return make_date_time(day, since, zone)


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
