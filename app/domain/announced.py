"""A year's working days as the authority announces them, read from a file that an administrator types in or is sent (requirements G4, G8).

The file is CSV: 日期,安排,说明 – a day, 休 or 班, and why. Only the days that differ from Monday–Friday have to stand there; days that say what the weekday
says already are taken too, for the notice lists whole holidays.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.calendars import Calendar
from app.domain.codes import CalendarCode

HEADER = ("日期", "安排", "说明")
WORDS = {"休": False, "班": True}
LARGEST = 200_000  # bytes: a century of holidays
MOST_ROWS = 4_000
MOST_FAULTS = 100
LONGEST_NAME = 60
_NAMED = 3  # days in a sentence
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class AnnouncedDay:
    day: date
    working: bool
    name: str


@dataclass(frozen=True, slots=True)
class CalendarFault:
    """A row that cannot be taken. ``row`` counts the file's lines from 1, the header included; 0: the file as a whole."""

    row: int
    code: CalendarCode
    message: str

    @property
    def path(self) -> str:
        return f"第 {self.row} 行" if self.row else "文件"

    @property
    def title(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class Announced:
    """What a file says. ``days`` in order; nothing of it may be used while there are ``faults``."""

    days: tuple[AnnouncedDay, ...]
    faults: tuple[CalendarFault, ...]
    faults_left_off: int = 0

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({one.day.year for one in self.days}))

    @property
    def digest(self) -> str:
        """What the days say, whatever the file looked like: 64 hex digits."""
        return digest_of((one.day, one.working) for one in self.days)


def digest_of(days: Iterable[tuple[date, bool]]) -> str:
    """Of days and whether they are worked, in whatever order: 64 hex digits."""
    text = "".join(f"{day.isoformat()}{'+' if working else '-'}" for day, working in sorted(days))
    return hashlib.sha256(text.encode()).hexdigest()


def read(content: bytes, known: Calendar, today: date) -> Announced:
    """What the file says, against the calendar that holds now: a day that is over stays what it was, unless its year was a guess."""
    if len(content) > LARGEST:
        return _refused(f"文件有 {len(content)} 字节，超过 {LARGEST} 字节：放假安排每年只有几十行，请核对是否选错了文件")
    text = _text(content)
    if text is None:
        return _refused("文件既不是 UTF-8 也不是 GB18030 的文字：请用电子表格另存为 CSV 再导入")
    lines = list(_rows(text))
    if not lines or tuple(cell.strip() for cell in lines[0][1][:3]) != HEADER:
        return _refused(f"第一行应为“{','.join(HEADER)}”，以逗号分隔")
    if len(lines) > MOST_ROWS:
        return _refused(f"文件有 {len(lines)} 行，超过 {MOST_ROWS} 行")
    days: dict[date, AnnouncedDay] = {}
    faults: list[CalendarFault] = []
    for number, cells in lines[1:]:
        found = _day(number, cells, days, known, today)
        if isinstance(found, CalendarFault):
            faults.append(found)
        else:
            days[found.day] = found
    if not faults:
        faults += _of_years(days, known, today)
    kept = tuple(days[day] for day in sorted(days))
    return Announced(kept, tuple(faults[:MOST_FAULTS]), max(0, len(faults) - MOST_FAULTS))


def written(days: Iterable[AnnouncedDay]) -> str:
    """The file that says these days."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(HEADER)
    lines.writerows((one.day.isoformat(), "班" if one.working else "休", one.name) for one in days)
    return out.getvalue()


def merged(known: Calendar, days: Iterable[tuple[date, bool]], version: str) -> Calendar:
    """``known`` with the years of ``days`` in the place of its own."""
    said = dict(days)
    years = frozenset(day.year for day in said)
    differing = {day: working for day, working in said.items() if working != (day.weekday() < 5)}
    kept = {day: working for day, working in known.days.items() if day.year not in years}
    return Calendar(kept | differing, known.years | years, version)


def differences(before: Calendar, after: Calendar, years: Iterable[int]) -> dict[int, tuple[date, ...]]:
    """The days of these years on which the two say something else."""
    found: dict[int, tuple[date, ...]] = {}
    for year in years:
        named = {day for one in (before, after) for day in one.days if day.year == year}
        found[year] = tuple(sorted(day for day in named if before.is_working_day(day) != after.is_working_day(day)))
    return found


# ---------------------------------------------------------------------- parts


def _refused(message: str) -> Announced:
    return Announced((), (CalendarFault(0, CalendarCode.CALENDAR_FILE, message),))


def _text(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, with their numbers."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        yield reader.line_num, [text[:1]]  # no day: refused with its number


def _day(number: int, cells: list[str], days: Mapping[date, AnnouncedDay], known: Calendar, today: date) -> AnnouncedDay | CalendarFault:
    written, word, name = (*(cell.strip() for cell in cells[:3]), "", "", "")[:3]
    match = _DAY.fullmatch(written)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        return CalendarFault(number, CalendarCode.CALENDAR_DAY, f"“{written[:40]}”不是日期，应写作 2027-01-01")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return CalendarFault(number, CalendarCode.CALENDAR_DAY, f"{day.year} 年不在 {FIRST_YEAR} 至 {LAST_YEAR} 之间，请核对年份")
    if word not in WORDS:
        return CalendarFault(number, CalendarCode.CALENDAR_WORD, f"{day.isoformat()} 的安排“{word[:20]}”应为“休”或“班”")
    working = WORDS[word]
    if day in days:
        return CalendarFault(number, CalendarCode.CALENDAR_TWICE, f"{day.isoformat()} 在前面已经写过一行，请只留一行")
    if len(name) > LONGEST_NAME:
        return CalendarFault(number, CalendarCode.CALENDAR_WORD, f"{day.isoformat()} 的说明超过 {LONGEST_NAME} 个字")
    if day < today and not known.is_provisional(day) and known.is_working_day(day) != working:
        held = "上班日" if known.is_working_day(day) else "休息日"
        return CalendarFault(number, CalendarCode.CALENDAR_PAST, f"{day.isoformat()} 已经过去，当时按{held}计算，不能再改")
    return AnnouncedDay(day, working, name)


def _of_years(days: Mapping[date, AnnouncedDay], known: Calendar, today: date) -> Iterator[CalendarFault]:
    if not days:
        yield CalendarFault(0, CalendarCode.CALENDAR_FILE, "文件里没有一天：请按通知写出放假和调休上班的日子")
    for year in sorted({day.year for day in days}):
        own = [one for one in days.values() if one.day.year == year]
        if not any(not one.working and one.day.weekday() < 5 for one in own):
            message = f"{year} 年没有一个工作日放假：整年导入，请把该年的全部放假和调休写在同一个文件里"
            yield CalendarFault(0, CalendarCode.CALENDAR_YEAR, message)
        left_out = [day for day in sorted(known.days) if day.year == year and day < today and day not in days]
        if left_out and year in known.years:
            named = "、".join(day.isoformat() for day in left_out[:_NAMED])
            more = f"等 {len(left_out)} 天" if len(left_out) > _NAMED else ""
            message = f"{year} 年缺少 {named}{more}：导入的年份整个替换原来的，已经过去的日子也要照原样写上"
            yield CalendarFault(0, CalendarCode.CALENDAR_PAST, message)
