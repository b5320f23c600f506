"""What follows a user task's deadline: the rows of the table ``overdue``, the instants at which they are served, and whom they tell.

The table says how long before or after the deadline, who is told, and whether the task is marked and registered as overdue; nothing here knows a number of days.
Source: modelling.md §5, requirements G6 (reminders count to the day that is not rolled, lateness to the one that is), N09 (a lapse is marked, told and
registered, and decides nothing).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.decision.near import near
from app.domain.calendars import Calendar
from app.domain.codes import DeadlineCode
from app.domain.deadlines import MOST_DAYS
from app.domain.districts import District

TABLE = "overdue"
REGISTER = "overdue"  # the platform's own register: deadlines that have passed
MARK_OVERDUE = "mark_overdue"  # the connector of format 1: a task at whose edge a timer leads to it is served by its diagram
DOER, LEADER, OVERSEER = "doer", "leader", "overseer"
WORDS = (DOER, LEADER, OVERSEER)  # whom a row may tell besides role keys
NATURAL, WORKING = "natural_day", "working_day"
UNITS = (NATURAL, WORKING)
MOST_OFFSETS = 20  # of one row
_TICK = timedelta(microseconds=1)
_SEPARATED = re.compile(r"[\s,;，；、]+")
_NAME = re.compile(r"[A-Za-z]\w{0,99}", re.ASCII)


class OverdueError(Exception):
    """A row of the table ``overdue`` that cannot be used. ``code`` is stable, the text is Chinese."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.code = DeadlineCode.OVERDUE_RULE


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One row, or one of the offsets that a row lists: ``offset`` days (negative: before) of ``unit`` from the deadline; ``tell``: role keys and WORDS. What is
    registered is marked too."""

    offset: int = 0
    unit: str = NATURAL
    tell: tuple[str, ...] = WORDS
    mark: bool = True
    register: bool = True
    row: str = ""

    def document(self) -> dict[str, Any]:
        return {
            "offset": self.offset,
            "unit": self.unit,
            "tell": list(self.tell),
            "mark": self.mark,
            "register": self.register,
            "row": self.row,
        }


DEFAULT = (FollowUp(),)  # where the table has no row: at the deadline mark, register, tell the doer, their leader and the overseeing office


@dataclass(frozen=True, slots=True)
class Step:
    """A row with the instant at which it is served."""

    at: datetime
    what: FollowUp

    def document(self) -> dict[str, Any]:
        return {"at": self.at.isoformat(), **self.what.document()}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Step":
        row = {**document, "tell": tuple(document["tell"])}
        at = row.pop("at")
        what = FollowUp(**row)
        return cls(datetime.fromisoformat(at), what)


def names_in(tell: object) -> tuple[str, ...] | None:
    """The names that a cell ``tell`` lists, as a text or a list of texts; None if it is neither."""
    parts = _SEPARATED.split(tell) if isinstance(tell, str) else tell
    if parts is None:
        return ()
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return None
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def read(key: str, output: object, rows: Sequence[str] = ()) -> tuple[FollowUp, ...]:
    """The rows of a result of the decision ``overdue`` for a deadline key, ``rows`` their ids; DEFAULT if there is none. Raises OverdueError."""
    found = output if isinstance(output, list) else [] if output is None else [output]
    if not found:
        return DEFAULT
    ids = rows if len(rows) == len(found) else [""] * len(found)
    return tuple(one for output, row in zip(found, ids, strict=True) for one in _row(key, output, row))


def _row(key: str, output: object, row: str) -> list[FollowUp]:
    """One for each of its offsets."""
    place = f"逾期办理表(overdue)对期限“{key}”" + (f"的行 {row}" if row else "的结果")
    if not isinstance(output, Mapping):
        raise OverdueError(f"{place}应给出 offset、unit、tell、mark、register,得到的不是这样的一行。请改正该表")
    problem = problem_of(output)
    if problem is not None:
        raise OverdueError(f"{place}{problem}。请改正该表")
    register = output.get("register") is True
    return [
        FollowUp(
            offset=int(offset),
            unit=output.get("unit") or NATURAL,
            tell=names_in(output.get("tell")) or (),
            mark=register or output.get("mark") is True,
            register=register,
            row=row,
        )
        for offset in _offsets(output)
    ]


def _offsets(output: Mapping[str, Any]) -> list[Any]:
    offset = output.get("offset")
    return offset if isinstance(offset, list) else [offset]


def problem_of(output: Mapping[str, Any]) -> str | None:
    """What is wrong with the values of one row, in Chinese; None if it can be used."""
    offsets, unit = _offsets(output), output.get("unit")
    if len(offsets) > MOST_OFFSETS:
        return f"的 offset 列了 {len(offsets)} 个天数,至多 {MOST_OFFSETS} 个"
    for offset in offsets:
        number = Decimal(offset) if isinstance(offset, int | Decimal) and not isinstance(offset, bool) else Decimal("NaN")
        if not number.is_finite() or number != number.to_integral_value() or abs(number) > MOST_DAYS:
            return f"的 offset 应是整数天数(负数为到期之前,至多 {MOST_DAYS}),得到 {_shown(offset)}"
    if unit is not None and unit not in UNITS:
        cure = f"是不是 {hint}?" if isinstance(unit, str) and (hint := near(unit, UNITS)) else f"应为 {'、'.join(UNITS)} 之一"
        return f"的单位(unit){_shown(unit)}无法识别,{cure}"
    names = names_in(output.get("tell"))
    if names is None or not all(_NAME.fullmatch(name) for name in names):
        return f"的 tell 应是角色和 {'、'.join(WORDS)},用逗号分开,得到 {_shown(output.get('tell'))}"
    for name in ("mark", "register"):
        if output.get(name) not in (None, True, False):
            return f"的 {name} 应是 true 或 false,得到 {_shown(output.get(name))}"
    return None


def _shown(value: object) -> str:
    """A value as it stands in a cell: a number plain, a text in Chinese quotes, nothing as 空值."""
    if value is None:
        return "空值"
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        f"{value.normalize():f}"
        if isinstance(value, Decimal) and value.is_finite()
        else f"“{value}”"
        if isinstance(value, str)
        else str(value)
    )


def steps(
    follow_ups: Iterable[FollowUp], due_at: datetime, remind_at: datetime | None, *, opened_at: datetime, calendar: Calendar, zone: ZoneInfo
) -> list[Step]:
    """When each row is served, in order. What is before the deadline counts from ``remind_at``, the deadline that is not rolled, where there is one.

    A reminder whose instant had passed when the task opened is left out: whoever gets a task knows its deadline.
    """
    found = []
    for what in follow_ups:
        from_at = remind_at if what.offset < 0 and remind_at is not None else due_at
        try:
            at = _moved(from_at, what, calendar, zone)
        except (OverflowError, ValueError):  # past the year 9999, or before the first
            continue
        if what.offset >= 0 or at > opened_at:
            found.append(Step(at, what))
    return sorted(found, key=lambda step: (step.at, step.what.offset))


def _moved(at: datetime, what: FollowUp, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """A deadline is the midnight after its last day: the days are counted from that day."""
    local = at.astimezone(zone)
    day = (local - _TICK).date()
    if what.unit == WORKING:
        days = calendar.add_working_days(day, what.offset) - day
    else:
        days = timedelta(days=what.offset)
    return (local.replace(tzinfo=None) + days).replace(tzinfo=zone)


def roles_told(tell: Iterable[str], doers: Iterable[str], district: District | None) -> tuple[str, ...]:
    """The role keys that a row's names stand for, each once. ``doers``: the roles that may do the task. Without a district its own words name nobody."""
    found: dict[str, None] = {}
    for name in tell:
        if name == DOER:
            found.update(dict.fromkeys(doers))
        elif name == LEADER:
            found.update((leader, None) for role in doers if (leader := leader_of(role, district)))
        elif name == OVERSEER:
            found.update(dict.fromkeys((district.overseer,) if district is not None and district.overseer in district.roles else ()))
        else:
            found[name] = None
    return tuple(found)


def leader_of(role: str, district: District | None) -> str | None:
    """The role that leads who holds ``role``: the one that the district's file names, else ``<role>_leader`` if there is one."""
    roles = district.roles if district is not None else {}
    named = roles[role].leader if role in roles else None
    if named is None and f"{role}_leader" in roles:
        named = f"{role}_leader"
    return named


def last_day(due_at: datetime, zone: ZoneInfo) -> str:
    """The last day of a deadline, as people write it."""
    return (due_at - _TICK).astimezone(zone).date().isoformat()


def words(name: str, project: str, due_at: datetime, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Title and text of the notice about the task ``name``, served at ``now``."""
    day = last_day(due_at, zone)
    title = f"已逾期:{name}" if due_at <= now else f"将于 {day} 到期:{name}"
    return title, f"{project + ':' if project else ''}“{name}”应于 {day} 前办结。"


def entry(*, key: str, element_id: str, name: str, task: str, due_at: datetime, now: datetime) -> dict[str, Any]:
    """The row of the register: one a task and due. ``closedAt`` is added when the task is done after all."""
    return {"event": key, "element": element_id, "name": name, "at": now.isoformat(), "task": task, "due": due_at.isoformat()}


def is_entered(data: Mapping[str, Any], task: str, due_at: datetime) -> bool:
    """Whether a row of the register is that of this task and due."""
    return data.get("task") == task and data.get("due") is not None and datetime.fromisoformat(data["due"]) == due_at
