"""Dates, times and durations: arithmetic, comparison, properties (specification 10.3.2.3).

A date and time without zone is local and never compared with one that has a zone. What ``chronology`` and ``temporal_text`` offer can be
had from here too.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from .chronology import (
    DAY,
    LAST_YEAR,
    SECOND,
    AnyDate,
    AnyDateTime,
    AnyDayTime,
    AnyTime,
    at_instant,
    civil,
    date_of,
    day_number,
    day_time_nanoseconds,
    from_local,
    instant,
    is_leap,
    known_zone,
    local,
    make_date,
    make_date_time,
    make_day_time,
    make_offset,
    make_time,
    midnight_utc,
    month_length,
    nanosecond,
    of_day,
    offset_seconds,
    ordinal,
    zone_of,
)
from .temporal_text import (
    format_any,
    format_date,
    format_date_time,
    format_day_time,
    format_instant,
    format_months,
    format_offset,
    format_time,
    parse_any,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
)
from .values import DATE_TIMES, DATES, DAY_TIMES, TIMES, DayTimeDuration, FeelDate, FeelDateTime, FeelTime, YearMonthDuration, Zone

__all__ = [
    "DAY",
    "LAST_YEAR",
    "PROPERTIES",
    "SECOND",
    "AnyDate",
    "AnyDateTime",
    "AnyDayTime",
    "AnyTime",
    "add_months",
    "add_nanoseconds",
    "at_instant",
    "civil",
    "date_of",
    "day_number",
    "day_of_year",
    "day_time_nanoseconds",
    "difference",
    "format_any",
    "format_date",
    "format_date_time",
    "format_day_time",
    "format_instant",
    "format_months",
    "format_offset",
    "format_time",
    "from_local",
    "instant",
    "is_leap",
    "known_zone",
    "local",
    "make_date",
    "make_date_time",
    "make_day_time",
    "make_offset",
    "make_time",
    "midnight_utc",
    "month_length",
    "months_between",
    "nanosecond",
    "of_day",
    "offset_seconds",
    "order_key",
    "ordinal",
    "parse_any",
    "parse_date",
    "parse_date_time",
    "parse_duration",
    "parse_time",
    "property_of",
    "week_of_year",
    "weekday",
    "zone_of",
]

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
