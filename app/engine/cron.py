"""Cron lines in Spring's grammar (its CronExpression documentation): six fields, and an instant is due only when every field matches.

Fields: second, minute, hour, day of the month, month, day of the week; a line of five fields begins at second 0. ``*`` (``?`` in the two day fields), values,
ranges ``a-b``, steps ``/n``, lists; JAN–DEC, MON–SUN, 0 and 7 are both Sunday. Day of the month: ``L`` last day, ``L-3`` three days before it, ``LW`` last Monday
to Friday, ``15W`` the Monday to Friday nearest to the 15th (Saturday: the Friday before, Sunday: the Monday after; ``1W`` on a Saturday: Monday the 3rd). Day
of the week: ``5L``/``FRIL`` the month's last Friday, ``MON#1`` its first Monday. ``@yearly``, ``@annually``, ``@monthly``, ``@weekly``, ``@daily``, ``@midnight``, ``@hourly``.
"""

import calendar
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

MACROS = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
YEARS_AHEAD = 50  # 29 February on one weekday comes again after 40 years at most

Day: TypeAlias = Callable[[date], bool]

_TERM = re.compile(r"(\*|\d{1,2})(?:-(\d{1,2}))?(?:/(\d{1,4}))?", re.ASCII)
_NAME = re.compile(r"[A-Z]+")


class CronError(Exception):
    """A line that is no cron expression; the text says in Chinese which part and why."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()


_SECOND, _MINUTE, _HOUR = _Field("秒", 0, 59), _Field("分", 0, 59), _Field("时", 0, 23)
_DAY, _MONTH, _WEEKDAY = _Field("日", 1, 31), _Field("月", 1, 12, MONTHS), _Field("星期", 0, 7, WEEKDAYS)


@dataclass(frozen=True, slots=True)
class Cron:
    """Sorted values of the clock's fields; a day is due when one of ``days`` and one of ``weekdays`` hold for it."""

    text: str
    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    days: tuple[Day, ...]
    weekdays: tuple[Day, ...]

    def after(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """The first due instant after ``now`` (aware), in ``zone``; None when there is none within ``YEARS_AHEAD`` years.

        A wall time that a change of the clocks skips is due as much later as the clocks were put forward; one that comes twice is due the first time.
        """
        local = now.astimezone(zone)
        # A wall time skipped less than a day ago may still be ahead.
        yesterday = (now - timedelta(days=1)).astimezone(zone)
        skipped = max((local.utcoffset() or timedelta()) - (yesterday.utcoffset() or timedelta()), timedelta())
        found: datetime | None = None
        for wall in self._walls(local.replace(tzinfo=None, microsecond=0) - skipped):
            instant = wall.replace(tzinfo=zone).astimezone(UTC)
            if instant > now and (found is None or instant < found):
                found = instant
            if found is not None and instant.astimezone(zone).replace(tzinfo=None) == wall:
                return found.astimezone(zone)
        return found.astimezone(zone) if found is not None else None

    def _walls(self, start: datetime) -> Iterator[datetime]:
        """Due wall times from ``start`` on, in order."""
        day, last = start.date(), min(start.year + YEARS_AHEAD, date.max.year)
        begin = start.time()
        while True:
            if day.month in self.months and self.is_due_on(day):
                yield from (datetime.combine(day, clock) for clock in self._clocks(begin))
            begin = time()
            ahead = 1 if day.month in self.months else _last(day) - day.day + 1
            if date.max - day < timedelta(days=ahead) or (day + timedelta(days=ahead)).year > last:
                return
            day += timedelta(days=ahead)

    def is_due_on(self, day: date) -> bool:
        return day.month in self.months and any(holds(day) for holds in self.days) and any(holds(day) for holds in self.weekdays)

    def _clocks(self, begin: time) -> Iterator[time]:
        for hour in self.hours[bisect_left(self.hours, begin.hour) :]:
            minutes = self.minutes[bisect_left(self.minutes, begin.minute) :] if hour == begin.hour else self.minutes
            for minute in minutes:
                same = (hour, minute) == (begin.hour, begin.minute)
                for second in self.seconds[bisect_left(self.seconds, begin.second) :] if same else self.seconds:
                    yield time(hour, minute, second)


@lru_cache(maxsize=512)
def parse(text: str) -> Cron:
    """Raises CronError."""
    line = text.strip()
    parts = MACROS.get(line.lower(), line).upper().split()
    if line.startswith("@") and line.lower() not in MACROS:
        raise CronError(f"不认识 {line},可用的简写有 {'、'.join(MACROS)}")
    if len(parts) == 5:
        parts.insert(0, "0")
    if len(parts) == 7:
        raise CronError("有七段,没有“年”这一段,应写成六段:秒 分 时 日 月 星期")
    if len(parts) != 6:
        raise CronError(f"有 {len(parts)} 段,应写成六段(秒 分 时 日 月 星期,如 0 0 9 * * MON-FRI)或五段(不写秒)")
    seconds, minutes, hours = (_values(field, part) for field, part in zip((_SECOND, _MINUTE, _HOUR), parts, strict=False))
    cron = Cron(
        text=line,
        seconds=tuple(sorted(seconds)),
        minutes=tuple(sorted(minutes)),
        hours=tuple(sorted(hours)),
        months=frozenset(_values(_MONTH, parts[4])),
        days=tuple(_day(part) for part in _list(_DAY, parts[3])),
        weekdays=tuple(_weekday(part) for part in _list(_WEEKDAY, parts[5])),
    )
    if cron.after(datetime(2024, 1, 1, tzinfo=UTC) - timedelta(seconds=1), ZoneInfo("UTC")) is None:
        raise CronError("永远不会触发:各段必须同时满足(日和星期也是)")
    return cron


def _list(field: _Field, part: str) -> list[str]:
    terms = part.split(",")
    if not all(terms):
        raise CronError(f"{field.name}“{part}”里有空项")
    return terms


def _values(field: _Field, part: str) -> set[int]:
    return {value for term in _list(field, part) for value in _term(field, term)}


def _number(field: _Field, text: str) -> int:
    value = int(text)
    if not field.least <= value <= field.most:
        raise CronError(f"{field.name}“{text}”不在 {field.least} 至 {field.most} 之间")
    return value


def _term(field: _Field, term: str) -> range:
    """``*``, ``5``, ``1-5``, each with ``/n``; a single value with a step goes on to the field's end."""
    found = _TERM.fullmatch(_NAME.sub(lambda name: _named(field, name[0], term), term))
    if found is None or (found[1] == "*" and found[2]):
        raise CronError(f"{field.name}“{term}”读不懂")
    step = int(found[3] or 1)
    if step == 0:
        raise CronError(f"{field.name}“{term}”的步长必须至少为 1")
    if found[1] == "*":
        return range(1 if field is _WEEKDAY else field.least, field.most + 1, step)
    first = _number(field, found[1])
    last = _number(field, found[2]) if found[2] else field.most if found[3] else first
    if field is _WEEKDAY and found[2] and first == 7:
        first = 0  # a week that begins with its Sunday
    if last < first:
        raise CronError(f"{field.name}“{term}”的范围是倒着的,请拆成两段,用逗号隔开")
    return range(first, last + 1, step)


def _named(field: _Field, name: str, term: str) -> str:
    if name not in field.names:
        raise CronError(f"{field.name}“{term}”读不懂")
    return str(field.names.index(name) + 1)


def _last(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _day(term: str) -> Day:
    if term == "?":
        return lambda day: True
    if term == "L":
        return lambda day: day.day == _last(day)
    if term == "LW":
        return lambda day: day.weekday() < 5 and all((day + timedelta(ahead)).weekday() > 4 for ahead in range(1, _last(day) - day.day + 1))
    if found := re.fullmatch(r"L-(\d{1,2})", term, re.ASCII):
        before = int(found[1])
        if not 1 <= before <= 30:
            raise CronError(f"日“{term}”应写成 L-1 至 L-30")
        return lambda day: day.day == _last(day) - before
    if found := re.fullmatch(r"(\d{1,2})W", term, re.ASCII):
        wanted = _number(_DAY, found[1])
        return lambda day: _is_nearest(day, wanted)
    if "L" in term or "W" in term:
        raise CronError(f"日“{term}”读不懂,可写 L、L-3、LW、15W")
    values = frozenset(_term(_DAY, term))
    return lambda day: day.day in values


def _is_nearest(day: date, wanted: int) -> bool:
    """Whether ``day`` is the Monday to Friday nearest to day ``wanted`` of its month (or, over the end of a month, of the one before)."""
    if day.weekday() > 4:
        return False
    if day.day == wanted or (day.weekday() == 4 and day.day + 1 == wanted <= _last(day)):
        return True
    if day.weekday() == 0:
        if wanted == 1 and day.day == 3:
            return True
        if day > date.min:
            return (day - timedelta(days=1)).day == wanted
    return False


def _weekday(term: str) -> Day:
    if term == "?":
        return lambda day: True
    if found := re.fullmatch(r"([A-Z]{3}|\d)L", term, re.ASCII):
        wanted = _one_weekday(found[1], term)
        return lambda day: day.isoweekday() == wanted and day.day + 7 > _last(day)
    if found := re.fullmatch(r"([A-Z]{3}|\d)#(\d{1,2})", term, re.ASCII):
        wanted, nth = _one_weekday(found[1], term), int(found[2])
        if not 1 <= nth <= 5:
            raise CronError(f"星期“{term}”应写成 #1 至 #5")
        return lambda day: day.isoweekday() == wanted and (day.day + 6) // 7 == nth
    if "#" in term or term.endswith("L"):
        raise CronError(f"星期“{term}”读不懂,可写 FRIL(最后一个星期五)、MON#1(第一个星期一)")
    values = frozenset(value or 7 for value in _term(_WEEKDAY, term))
    return lambda day: day.isoweekday() in values


def _one_weekday(text: str, term: str) -> int:
    return _number(_WEEKDAY, _NAME.sub(lambda name: _named(_WEEKDAY, name[0], term), text)) or 7
