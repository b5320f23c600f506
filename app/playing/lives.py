"""Projects for the demonstration: some lives, each played by the people of its district up to the phase in which it is to be found.

All are played side by side on one clock that jumps from one thing that happens to the next, so that timers fire when they are due.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app import current
from app.catalogue import districts
from app.codes import InstallationCode
from app.domain.districts import District
from app.domain.reading import DRAFT
from app.errors import InvalidRequest
from app.playing import life as playing
from app.playing.life import Life
from app.seen.shapes import TaskLine
from app.services import pump

FILE = Path("demonstration") / "lives.toml"
_PATIENCE = timedelta(hours=3)  # between two rounds in which everybody does one thing
_MOST_ROUNDS = 4_000
_LONGEST = 10  # years that a life is shown
_PLAN_MONTH = 9
_KEYS: Mapping[str, type] = {"name": str, "until": str, "at": str, "ago": int, "days": int, "office": int, "facts": dict}
_NEEDED = ("name", "until", "ago", "facts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A project of the demonstration; see ``demonstration/lives.toml`` for what each member means."""

    name: str
    until: str
    ago: int
    facts: Mapping[str, Any]
    days: int = 0
    office: int = 0
    at: str = ""


def read(path: Path) -> list[Plan]:
    """The plans of a file. Raises InvalidRequest (LIVES) naming the entry and its key."""
    if not path.is_file():
        raise InvalidRequest(
            f"演示模式要有演示项目文件 {path},现在没有。请从安装目录复制 demonstration 文件夹到模型根目录,或者不用 --demonstration",
            code=InstallationCode.LIVES,
        )
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["life"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise InvalidRequest(f"演示项目文件 {path.name} 无法读取:{error}。每个项目是一段 [[life]]", code=InstallationCode.LIVES) from error
    return [_plan(number, entry, path.name) for number, entry in enumerate(entries, start=1)]


def _plan(number: int, entry: Mapping[str, Any], file: str) -> Plan:
    place = f"演示项目文件 {file} 第 {number} 个项目"
    for key, value in entry.items():
        if key not in _KEYS:
            raise InvalidRequest(f"{place}不认识“{key}”,可用:{'、'.join(_KEYS)}", code=InstallationCode.LIVES)
        if not isinstance(value, _KEYS[key]) or isinstance(value, bool):
            raise InvalidRequest(f"{place}的“{key}”的值 {value!r} 类型不对", code=InstallationCode.LIVES)
    missing = [key for key in _NEEDED if key not in entry]
    if missing:
        raise InvalidRequest(f"{place}缺少“{missing[0]}”", code=InstallationCode.LIVES)
    plan = Plan(**entry)
    if plan.until not in districts.phase_keys():
        raise InvalidRequest(f"{place}的阶段“{plan.until}”不存在,可用:{'、'.join(districts.phase_keys())}", code=InstallationCode.LIVES)
    if plan.at and not any(plan.at in district.roles for district in districts.every().values()):
        raise InvalidRequest(f"{place}的角色“{plan.at}”在任何区都没有", code=InstallationCode.LIVES)
    return plan


def live(now: datetime, progress: Callable[[str], None]) -> int:
    """Play all lives of all districts up to ``now``. Returns how many projects there are then. Raises InvalidRequest (LIVES)."""
    plans = read(current.settings().root / FILE)
    plays = [_Play(district, plans, now) for district in districts.every().values()]
    clock = min(play.first for play in plays)
    for _ in range(_MOST_ROUNDS):
        pump.run_due(clock)
        acted = [play.turn(clock) for play in plays]
        clock = clock + _PATIENCE if any(acted) else _next(plays, clock)
        if clock >= now:
            break
    pump.run_due(now)
    begun = [one for play in plays for one in play.projects if one.life.key]
    for one in begun:
        progress(f"{one.life.district.title}  {one.life.name}:{one.life.phase}")
    return len(begun)


def _next(plays: Sequence["_Play"], clock: datetime) -> datetime:
    """When something happens next: a timer, the beginning of a life, a task that was to be followed up."""
    later = [instant for play in plays for instant in play.upcoming(clock) if instant > clock]
    return min(later, default=datetime.max.replace(tzinfo=clock.tzinfo))


@dataclass(slots=True, kw_only=True)
class _Project:
    """A life and where it is to be found. ``begins`` None: it has begun, or nobody could begin it."""

    plan: Plan
    life: Life
    begins: datetime | None
    rests: bool = False


class _Play:
    """One district's people at work."""

    def __init__(self, district: District, plans: Sequence[Plan], now: datetime) -> None:
        self.district = district
        ago = _ago(district, now)
        self.notices = [_september(now, district.zone, years) for years in sorted({min(plan.ago, ago) for plan in plans}, reverse=True)]
        self.last = self.notices[-1]
        self.common = Life(district=district, name="", facts={})  # tasks of no project
        self.projects = [
            _Project(
                plan=plan,
                life=Life(district=district, name=plan.name, facts=districts.translate(district, {**plan.facts, "projectName": plan.name})),
                begins=_september(now, district.zone, min(plan.ago, ago)) + timedelta(days=3 + plan.days),
            )
            for plan in plans
        ]

    @property
    def first(self) -> datetime:
        return self.notices[0]

    def upcoming(self, clock: datetime) -> list[datetime]:
        found = [*self.notices, *(one.begins for one in self.projects if one.begins is not None)]
        return found + list(playing.upcoming(playing.open_tasks(self.district, clock), clock))

    def turn(self, clock: datetime) -> bool:
        """Everybody who can do something does one thing. False if nobody could."""
        acted = False
        while self.notices and self.notices[0] <= clock:
            self.notices.pop(0)
            acted = not list(playing.announce(self.district, clock)) or acted
        ready: dict[int | None, list[TaskLine]] = {}
        for line in playing.open_tasks(self.district, clock):
            if line.follow_up_at is None or line.follow_up_at <= clock:
                ready.setdefault(line.project_key, []).append(line)
        own = [line for line in ready.pop(None, []) if not self._is_left(line, clock)]
        if own:
            acted = playing.complete(self.common, own[0], clock) or acted
        for one in self.projects:
            acted = self._lead(one, ready.get(one.life.key, []), clock) or acted
        return acted

    def _lead(self, one: _Project, ready: Sequence[TaskLine], clock: datetime) -> bool:
        """The project's people do its next task or start what comes next, until it is where it is to be found."""
        if not one.life.key:
            return one.begins is not None and one.begins <= clock and self._begin(one, clock)
        if self._is_there(one, ready):
            return False
        acted = playing.complete(one.life, ready[0], clock) if ready else playing.start_next(one.life, clock)
        one.rests = bool(one.life.problems)  # a refusal is part of life: the project rests where it is
        return acted and not one.rests

    def _is_left(self, line: TaskLine, clock: datetime) -> bool:
        """Whether a task of the district is for others than who began it, in the plan of the last September: it is to be found undone."""
        starters = {process.start_role for process in self.district.processes.values() if process.per == "year"}
        return not self.notices and clock > self.last and starters.isdisjoint(line.candidate_groups)

    def _is_there(self, one: _Project, ready: Sequence[TaskLine]) -> bool:
        order = {phase.key: phase.order for phase in districts.phases()}
        one.rests = (
            one.rests or order[one.life.phase] >= order[one.plan.until] or any(one.plan.at in line.candidate_groups for line in ready)
        )
        return one.rests

    def _begin(self, one: _Project, clock: datetime) -> bool:
        role = self.district.processes[playing.DECLARATION].start_role or "applicant"
        offices = self.district.roles[role].offices
        one.begins = None
        begun = playing.begin(one.life, clock, office=offices[one.plan.office % len(offices)] if offices else "")
        one.rests = one.plan.until == DRAFT
        return begun is not None


def _ago(district: District, now: datetime) -> int:
    """How many years before the last September a life may begin: none did before the regulation was in force (SC-36-1)."""
    since = str(district.regulation.get("effectiveFrom") or "")
    years = 0
    while _september(now, district.zone, years + 1).date().isoformat() >= since and years < _LONGEST:
        years += 1
    return years


def _september(now: datetime, zone: ZoneInfo, ago: int) -> datetime:
    """The first of September, nine o'clock, ``ago`` years before the last one that is two months past."""
    local = now.astimezone(zone)
    year = local.year if (local.month, local.day) >= (_PLAN_MONTH, 20) else local.year - 1
    return datetime(year - ago, _PLAN_MONTH, 1, 9, tzinfo=zone)
