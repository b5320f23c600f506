"""Timers: dates, durations and cycles (ISO 8601 and cron) to due instants. Calendar arithmetic is done in the district's zone; months clamp.

A text is read whole or refused: what would be dropped (a fraction finer than a microsecond, words behind a date, a zone nobody knows) is never dropped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.decision import feel
from app.domain.calendars import add_months
from app.engine.cron import Cron, CronError
from app.engine.cron import parse as parse_cron
from app.engine.expressions import LiteralTerm, Term

DATE, DURATION, CYCLE = "date", "duration", "cycle"
# For literals that are only checked for form, which no zone changes.
ANY_ZONE = ZoneInfo("UTC")
SHORTEST_INTERVAL = timedelta(seconds=1)

_CALL = re.compile(r"[A-Za-z_][\w ]*(?:\(|\.[A-Za-z_])")  # what is no time but looks like an expression
_DURATION = re.compile(
    r"(?P<sign>-)?P(?=[\dT])(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?(?:(?P<weeks>\d{1,7})W)?(?:(?P<days>\d{1,8})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,10})M)?(?:(?P<seconds>\d{1,12}(?:[.,]\d{1,9})?)S)?)?",
    re.ASCII,
)
_ANY_SIZE = re.compile(r"-?P(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:[.,]\d{1,9})?S)?)?", re.ASCII)
_LOOKED_BACK = (
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=32),
    timedelta(days=367),
    timedelta(days=4 * 366 + 1),
)  # for the latest of a cron line
SHOWN = 60  # characters of a text that is too large
_INSTANT = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?P<offset>Z|[+-]\d{2}(?::?\d{2})?)?(?:@(?P<zone>[A-Za-z][\w+/-]*)|\[(?P<bracketed>[A-Za-z][\w+/-]*)\])?)?",
    re.ASCII,
)


class TimerError(Exception):
    """A timer's value that makes no due instant; the text is Chinese."""


@dataclass(frozen=True, slots=True)
class Duration:
    """Months are counted on the calendar, days on the calendar too, the rest on the clock."""

    months: int = 0
    days: int = 0
    rest: timedelta = timedelta()

    def after(self, start: datetime, zone: ZoneInfo, times: int = 1) -> datetime:
        """``times`` durations after ``start``, an aware instant. Counted from ``start`` at once, so that a clamped month does not stay clamped. Raises TimerError."""
        try:
            local = start.astimezone(zone)
            if self.months or self.days:
                day = add_months(local.date(), self.months * times) + timedelta(days=self.days * times)
                local = datetime.combine(day, local.timetz())
            moved: datetime = (local.astimezone(UTC) + self.rest * times).astimezone(zone)
            return moved
        except (OverflowError, ValueError):
            raise TimerError("推算出的时间超出了可表示的范围(公元 1 年至 9999 年)") from None

    @property
    def is_negative(self) -> bool:
        return self.months < 0 or timedelta(days=self.days) + self.rest < timedelta()

    @property
    def is_positive(self) -> bool:
        return self.months > 0 or timedelta(days=self.days) + self.rest >= SHORTEST_INTERVAL


@dataclass(frozen=True, slots=True)
class Cycle:
    """``repetitions`` None: without end. Either ``interval`` (from ``start``, or from when the timer is set) or ``cron``. A ``start`` that names a zone
    (``@Europe/Paris``) is repeated on that zone's calendar."""

    repetitions: int | None
    interval: Duration | None = None
    start: datetime | None = None
    cron: Cron | None = None

    def zone(self, district: ZoneInfo) -> ZoneInfo:
        named = self.start.tzinfo if self.start is not None else None
        return named if isinstance(named, ZoneInfo) else district


@dataclass(frozen=True, slots=True)
class TimerSpec:
    """A timer definition of a diagram: ``kind`` is date, duration or cycle."""

    kind: str
    term: Term


@dataclass(frozen=True, slots=True)
class Schedule:
    """The next due instant, and what the following repetition needs (JSON; empty: there is none)."""

    due_at: datetime
    memo: Mapping[str, Any]


def parse_duration(text: str) -> Duration:
    """ISO 8601 ``[-]PnYnMnWnDTnHnMnS``. Raises TimerError."""
    found = _DURATION.fullmatch(text.strip())
    if found is None and _ANY_SIZE.fullmatch(text.strip()):
        raise TimerError(f"时长“{text[:SHOWN]}”太长,算出的时间超出了可表示的范围(公元 1 年至 9999 年)")
    if found is None:
        raise TimerError(f"“{text}”不是 ISO 8601 时长,应写成 P3D、P1M、PT10M 之类{_forgotten(text)}")
    sign = -1 if found["sign"] else 1

    def number(name: str) -> int:
        return sign * int(found[name] or 0)

    microseconds = Decimal((found["seconds"] or "0").replace(",", ".")) * 1_000_000
    if microseconds % 1:
        raise TimerError(f"“{text}”的秒最多写六位小数(微秒)")
    rest = timedelta(hours=number("hours"), minutes=number("minutes"), microseconds=sign * int(microseconds))
    return Duration(12 * number("years") + number("months"), 7 * number("weeks") + number("days"), rest)


def parse_cycle(text: str, zone: ZoneInfo) -> Cycle:
    """``R3/PT10M``, ``R/P1M``, ``R2/2026-03-01T09:00:00+08:00/P1D``, a cron line of five or six fields, or ``@daily``. Raises TimerError."""
    stripped = text.strip()
    if not stripped.startswith("R"):
        return Cycle(None, cron=_cron(stripped))
    head, *rest = stripped.split("/", 1)
    # The start may name a zone, which has slashes of its own.
    begin, slash, interval_text = rest[0].rpartition("/") if rest else ("", "", "")
    count = "" if head == "R-1" else head[1:]
    if not interval_text or (slash and not begin) or (count and not (count.isascii() and count.isdigit() and len(count) < 10)):
        raise TimerError(f"“{text}”不是 ISO 8601 周期,应写成 R3/PT10M、R/P1M 或 R3/2026-03-01T09:00:00+08:00/P1D")
    try:
        start = parse_instant(begin, zone) if slash else None
        interval = parse_duration(interval_text)
    except TimerError as error:
        raise TimerError(f"周期“{text}”:{error}") from None
    if not interval.is_positive:
        raise TimerError(f"“{text}”的间隔必须至少一秒,否则会无休止地触发")
    if count and int(count) == 0:
        raise TimerError(f"“{text}”一次也不会触发")
    return Cycle(int(count) if count else None, interval, start)


def _cron(text: str) -> Cron:
    try:
        return parse_cron(text)
    except CronError as error:
        raise TimerError(f"“{text}”不是 ISO 8601 周期(如 R3/PT10M),也不是 cron 表达式:{error}{_forgotten(text)}") from None


def _forgotten(text: str) -> str:
    """What to do where a text looks like an expression: without ``=`` it is what it says."""
    return f";这是文字,不会计算,要计算的请在前面写等号:={text.strip()[:SHOWN]}" if _CALL.match(text.strip()) else ""


def parse_instant(value: object, zone: ZoneInfo) -> datetime:
    """An aware instant of an ISO text, a date (its midnight) or a date and time; what has no zone is read in ``zone``. Raises TimerError.

    A zone named behind an offset (``+01:00[Europe/Paris]``) must have that offset then.
    """
    if not isinstance(value, str | date):
        value = _written(value)
    if isinstance(value, str):
        instant = _instant(value, zone)
    elif isinstance(value, datetime):
        instant = value if value.tzinfo is not None else value.replace(tzinfo=zone)
    elif isinstance(value, date):
        instant = datetime.combine(value, time(), zone)
    else:
        raise TimerError(f"得到的是 {feel.type_name(value)},不是日期或时间")
    try:
        return instant.astimezone(UTC).astimezone(instant.tzinfo)
    except OverflowError:
        raise TimerError(f"“{value}”超出了可表示的时间范围") from None


def _instant(text: str, district: ZoneInfo) -> datetime:
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        raise TimerError(f"“{text}”不是 ISO 8601 日期或时间,应写成 2026-03-01T09:00:00+08:00{_forgotten(text)}")
    if (found["fraction"] or "")[6:].strip("0"):
        raise TimerError(f"“{text}”的秒最多写六位小数(微秒)")
    named, offset = found["zone"] or found["bracketed"], found["offset"]
    try:
        # Hour 24 ends the day (ISO 8601).
        ends = (found["hour"], found["minute"], found["second"] or "00", (found["fraction"] or "").strip("0")) == ("24", "00", "00", "")
        clock = time(
            0 if ends else int(found["hour"] or 0),
            int(found["minute"] or 0),
            int(found["second"] or 0),
            int((found["fraction"] or "0").ljust(6, "0")[:6]),
        )
        wall = datetime.combine(date.fromisoformat(found["date"]) + timedelta(days=ends), clock)
        zone = _zone(named, text) if named else district
        if offset is None:
            return wall.replace(tzinfo=zone)
        instant = datetime.combine(wall, wall.time(), datetime.strptime(offset.replace("Z", "+0000").ljust(5, "0"), "%z").tzinfo)
    except (ValueError, OverflowError):
        raise TimerError(f"“{text}”不是存在的日期或时间") from None
    if named and instant.astimezone(zone).utcoffset() != instant.utcoffset():
        raise TimerError(f"“{text}”的偏移 {offset} 与时区 {named} 不符")
    return instant.astimezone(zone) if named else instant


def _zone(name: str, text: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TimerError(f"“{text}”里的时区 {name} 不存在,应写成 Asia/Shanghai 之类") from None


def _written(value: object) -> object:
    """The text of a FEEL date, time or duration outside Python's range; anything else as it is."""
    try:
        written = feel.to_json(value)
    except feel.FeelError:
        return value
    return written if isinstance(written, str) else value


def to_duration(value: object) -> Duration:
    """A FEEL duration or its ISO text. Raises TimerError."""
    if isinstance(value, timedelta):
        return Duration(rest=value)
    if isinstance(value, feel.YearMonthDuration):
        return Duration(months=value.months)
    written = _written(value)
    if isinstance(written, str):
        return parse_duration(written)
    raise TimerError(f"得到的是 {feel.type_name(value)},不是时长")


def check(spec: TimerSpec, zone: ZoneInfo) -> None:
    """A literal must make sense before anything runs. Raises TimerError."""
    if isinstance(spec.term, LiteralTerm):
        if spec.kind == DATE:
            parse_instant(spec.term.value, zone)
        elif spec.kind == DURATION:
            if parse_duration(spec.term.value).is_negative:
                raise TimerError(f"时长“{spec.term.value}”是负的,定时会立即到期;请去掉负号")
        else:
            parse_cycle(spec.term.value, zone)


def schedule(kind: str, value: object, now: datetime, zone: ZoneInfo) -> Schedule:
    """When a timer with this value, set now, is due first. Raises TimerError."""
    if kind == DATE:
        return Schedule(parse_instant(value, zone), {})
    if kind == DURATION:
        return Schedule(to_duration(value).after(now, zone), {})
    if not isinstance(value, str):
        raise TimerError(f"得到的是 {feel.type_name(value)},不是周期(如 R3/PT10M 或 cron)")
    cycle = parse_cycle(value, zone)
    if cycle.cron is not None:
        return Schedule(_next_cron(cycle.cron, now, zone), {"cycle": value})
    interval, zone = cycle.interval or Duration(), cycle.zone(zone)
    if cycle.start is None:
        return Schedule(interval.after(now, zone), {"cycle": value, "anchor": now.isoformat(), "fired": 0})
    fired = _elapsed(interval, cycle.start, now, zone)
    if cycle.repetitions is not None and fired >= cycle.repetitions:
        raise TimerError(f"“{value}”的各次时间都已过去")
    return Schedule(interval.after(cycle.start, zone, fired), {"cycle": value, "anchor": cycle.start.isoformat(), "fired": fired})


def _elapsed(interval: Duration, start: datetime, now: datetime, zone: ZoneInfo) -> int:
    """How many instants start, start + interval, … lie before now."""
    if start >= now:
        return 0
    low, high = 0, 1
    while interval.after(start, zone, high) < now:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if interval.after(start, zone, middle) < now:
            low = middle
        else:
            high = middle
    return high


def running(kind: str, value: object, now: datetime, zone: ZoneInfo) -> Schedule:
    """The schedule of a timer that has been at work all along: due first at its latest instant not after ``now``, the next one if there is none. Raises TimerError.

    What is counted from when the timer is set has no earlier instant.
    """
    if kind != CYCLE or not isinstance(value, str):
        return schedule(kind, value, now, zone)
    cycle = parse_cycle(value, zone)
    if cycle.cron is not None:
        due = _latest_cron(cycle.cron, now, zone)
        return schedule(kind, value, now, zone) if due is None else Schedule(due, {"cycle": value})
    if cycle.start is None or cycle.start > now:
        return schedule(kind, value, now, zone)
    interval, zone = cycle.interval or Duration(), cycle.zone(zone)
    fired = _elapsed(interval, cycle.start, now, zone)
    if interval.after(cycle.start, zone, fired) > now:
        fired -= 1
    if cycle.repetitions is not None:
        fired = min(fired, cycle.repetitions - 1)
    return Schedule(interval.after(cycle.start, zone, fired), {"cycle": value, "anchor": cycle.start.isoformat(), "fired": fired})


def _latest_cron(line: Cron, now: datetime, zone: ZoneInfo) -> datetime | None:
    for back in _LOOKED_BACK:
        found, upcoming = None, line.after(now - back, zone)
        while upcoming is not None and upcoming <= now:
            found, upcoming = upcoming, line.after(upcoming, zone)
        if found is not None:
            return found
    return None


def following(memo: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> Schedule | None:
    """The repetition after the one that has just fired; None when it was the last. Raises TimerError."""
    if "cycle" not in memo:
        return None
    cycle = parse_cycle(memo["cycle"], zone)
    if cycle.cron is not None:
        return Schedule(_next_cron(cycle.cron, now, zone), memo)
    fired = int(memo["fired"]) + 1
    if cycle.repetitions is not None and fired >= cycle.repetitions:
        return None
    first = 0 if cycle.start is not None else 1
    due = (cycle.interval or Duration()).after(datetime.fromisoformat(memo["anchor"]), cycle.zone(zone), fired + first)
    return Schedule(due, {**memo, "fired": fired})


def _next_cron(line: Cron, now: datetime, zone: ZoneInfo) -> datetime:
    try:
        upcoming = line.after(now, zone)
    except OverflowError:
        upcoming = None
    if upcoming is None:
        raise TimerError(f"cron 表达式“{line.text}”不会再触发")
    return upcoming
