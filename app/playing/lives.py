"""Projects for the demonstration: some lives, each played by the people of its district up to the phase in which it is to be found.

All are played side by side on one clock that jumps from one thing that happens to the next, so that timers fire when they are due.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from app.catalogue import districts
from app.domain.districts import District
from app.domain.permissions import SYSTEM, Actor
from app.errors import Failure
from app.playing import player
from app.seen.shapes import TaskLine
from app.services import accounts, projects, pump, tasks, timers

_ACT = timedelta(hours=3)  # how long a person takes
_MOST_ACTS = 4_000
_MOST_REPEATS = 6
_PLAN_MONTH = 9


@dataclass(slots=True)
class Life:
    """A project to be played. ``ago``: how many years before the last September it is declared. It rests in the phase ``until``, or before the first task that
    the role ``at`` is to do."""

    name: str
    amount: Decimal
    until: str
    ago: int
    days: int = 0
    software: bool = True
    office: int = 0
    at: str = ""
    key: int = 0
    begins: datetime | None = None
    rests: bool = False
    started: set[str] = field(default_factory=set)
    repeats: dict[str, int] = field(default_factory=dict)


def _cast() -> list[Life]:
    """The same for every district; amounts on both sides of what regulations ask for."""
    return [
        Life("城市运行数字底座", Decimal("9860000.00"), "retired", 3),
        Life("智慧社区服务平台", Decimal("3650000.00"), "operating", 2, 1, office=1),
        Life("政务云资源扩容", Decimal("1280000.00"), "accepted", 2, 2, software=False, office=2),
        Life("河湖水质在线监测", Decimal("4000000.01"), "trial", 1, 1, office=3),
        Life("校园安全视频联网", Decimal("2450000.00"), "building", 1, 2, software=False, office=1),
        Life("居民健康档案升级", Decimal("6180000.00"), "procuring", 1, 3, office=2),
        Life("应急指挥平台整合", Decimal("4000000.00"), "accepted", 1, 4, office=4, at="archives"),
        Life("智慧水务一张图", Decimal("3200000.00"), "accepted", 1, 5, office=5, at="implementer"),
        Life("一网通办延伸窗口", Decimal("860000.00"), "reviewing", 0, 2),
        Life("公共法律服务终端", Decimal("520000.00"), "planned", 0, 3, software=False, office=1, at="data_bureau"),
        Life("农贸市场智慧监管", Decimal("2999999.99"), "planned", 0, 4, office=3, at="finance"),
        Life("住房租赁信用管理", Decimal("1990000.00"), "draft", 0, 5, office=2),
        Life("数字档案馆建设", Decimal("5200000.00"), "approved", 1, 6, office=6, at="development_reform"),
        Life("养老服务信息平台", Decimal("3980000.00"), "procuring", 1, 7, office=7, at="joint_review_leader"),
        Life("智慧停车诱导系统", Decimal("2760000.00"), "building", 1, 8, office=8, at="government_affairs"),
        Life("会议中心数字化改造", Decimal("1450000.00"), "building", 1, 9, software=False, office=0, at="procurement_centre"),
        Life("应急广播升级", Decimal("980000.00"), "reviewed", 0, 6, office=4),
        Life("数据安全监测平台", Decimal("3300000.00"), "reviewed", 0, 7, office=5, at="cryptography"),
        Life("基层治理综合平台", Decimal("2180000.00"), "declared", 0, 8, office=8, at="applicant_leader"),
        Life("市场主体信用查询", Decimal("760000.00"), "draft", 0, 9, office=0),
        Life("社区食堂监管", Decimal("640000.00"), "draft", 0, 10, office=7),
    ]


def live(now: datetime, progress: Callable[[str], None]) -> int:
    """Play all lives of all districts up to ``now``. Returns how many projects there are then."""
    plays = [_Play(district, _cast(), now) for district in districts.every().values()]
    clock = min(play.first for play in plays)
    for _ in range(_MOST_ACTS):
        pump.run_due(clock)
        acted = [play.turn(clock) for play in plays]
        clock = clock + _ACT if any(acted) else _next(plays, clock)
        if clock >= now:
            break
    pump.run_due(now)
    for play in plays:
        for life in play.lives:
            if life.key:
                progress(f"{play.district.title}  {life.name}:{projects.phase(life.key)}")
    return sum(1 for play in plays for life in play.lives if life.key)


def _next(plays: Sequence["_Play"], clock: datetime) -> datetime:
    """When something happens next: a timer, the beginning of a life, a task that was to be followed up."""
    instants = [instant for play in plays for instant in play.upcoming(clock)]
    due = timers.next_due()
    if due is not None:
        instants.append(due)
    later = [instant for instant in instants if instant > clock]
    return min(later, default=datetime.max.replace(tzinfo=clock.tzinfo))


class _Play:
    """One district's people at work."""

    def __init__(self, district: District, lives: list[Life], now: datetime) -> None:
        self.district = district
        self.lives = lives
        self.plans = [_september(now, district.zone, ago) for ago in sorted({life.ago for life in lives}, reverse=True)]
        self.last = self.plans[-1]
        self.system = accounts.system(district.key)
        for life in lives:
            life.begins = _september(now, district.zone, life.ago) + timedelta(days=3 + life.days)

    @property
    def first(self) -> datetime:
        return self.plans[0]

    def upcoming(self, clock: datetime) -> list[datetime]:
        found = [*self.plans, *(life.begins for life in self.lives if life.begins is not None and not life.key)]
        return found + [line.follow_up_at for line in self._open(clock) if line.follow_up_at is not None]

    def turn(self, clock: datetime) -> bool:
        """Everybody who can do something does one thing. False if nobody could."""
        acted = False
        while self.plans and self.plans[0] <= clock:
            self.plans.pop(0)
            acted = self._announce(clock) or acted
        ready: dict[int | None, list[TaskLine]] = {}
        for line in self._open(clock):
            if line.follow_up_at is None or line.follow_up_at <= clock:
                ready.setdefault(line.project_key, []).append(line)
        resting = {life.key for life in self.lives if life.rests}
        for project, lines in ready.items():
            if project is None:
                lines = [line for line in lines if not self._is_left(line, clock)]
                if not lines:
                    continue
            life = next((one for one in self.lives if one.key == project), None)
            if project in resting or (life is not None and self._is_there(life, lines)):
                continue
            acted = self._complete(lines[0], life, clock) or acted
        for life in self.lives:
            if not life.key and life.begins is not None and life.begins <= clock:
                acted = self._begin(life, clock) or acted
            elif life.key and not life.rests and life.key not in ready and not self._is_there(life, ()):
                acted = self._start_next(life, clock) or acted
        return acted

    def _is_left(self, line: TaskLine, clock: datetime) -> bool:
        """Whether a task of the district is for others than who began it, in the plan of the last September: it is to be found undone."""
        starters = {process.start_role for process in self.district.processes.values() if process.per == "year"}
        return not self.plans and clock > self.last and starters.isdisjoint(line.candidate_groups)

    def _open(self, clock: datetime) -> Sequence[TaskLine]:
        return tasks.search(self.system, tasks.TaskFilter(state="open"), clock, limit=200).items

    def _is_there(self, life: Life, ready: Sequence[TaskLine]) -> bool:
        """Whether the project has come where it is to be found."""
        order = {phase.key: phase.order for phase in districts.phases()}
        life.rests = (
            life.rests or order[projects.phase(life.key)] >= order[life.until] or any(life.at in line.candidate_groups for line in ready)
        )
        return life.rests

    def _announce(self, clock: datetime) -> bool:
        """The year's plan begins."""
        acted = False
        for process in self.district.processes.values():
            if process.enabled and process.start_role and process.per == "year":
                starter = player.holder(self.district.key, process.start_role, clock)
                if starter is not None:
                    acted = self._try(partial(projects.start_district_process, starter, process.key, clock)) or acted
        return acted

    def _begin(self, life: Life, clock: datetime) -> bool:
        role = self.district.processes["declaration"].start_role or "applicant"
        offices = self.district.roles[role].offices
        office = offices[life.office % len(offices)] if offices else ""
        person = player.holder(self.district.key, role, clock, office=office)
        life.begins = None
        if person is None:
            return False
        life.key, _ = projects.start(person, "declaration", life.name, clock)
        life.started.add("declaration")
        life.rests = life.until == "draft"
        return True

    def _complete(self, line: TaskLine, life: Life | None, clock: datetime) -> bool:
        count = life.repeats.get(line.element_id, 0) + 1 if life is not None else 1
        person = player.performer(line.key, clock)
        if life is not None:
            life.repeats[line.element_id] = count
        if person is None or count > _MOST_REPEATS:
            if life is not None:
                life.rests = True
            return False
        done = self._try(partial(self._fill, line, life, person, clock))
        if not done and life is not None:
            life.rests = True
        return done

    def _fill(self, line: TaskLine, life: Life | None, person: Actor, clock: datetime) -> None:
        form, visible = tasks.inputs(SYSTEM, line.key)
        facts = {} if life is None else {"totalAmount": life.amount, "projectName": life.name, "softwareDevelopment": life.software}
        filled = player.fill(form, visible, districts.translate(self.district, facts), {}, clock, self.district.key)
        tasks.complete(person, line.key, filled.values, clock)

    def _start_next(self, life: Life, clock: datetime) -> bool:
        """What people start by hand in this phase, each once."""
        phase = projects.phase(life.key)
        for process in self.district.processes.values():
            if (
                not (process.enabled and process.start_role and process.per == "project")
                or process.key in life.started
                or phase not in process.start_phases
            ):
                continue
            starter = player.holder(self.district.key, process.start_role, clock, project=life.key)
            if starter is None:
                continue
            life.started.add(process.key)
            if self._try(partial(projects.start_process, starter, life.key, process.key, clock)):
                return True
        return False

    def _try(self, step: Callable[[], object]) -> bool:
        """A refusal is part of life: the project rests where it is."""
        try:
            step()
        except Failure:
            return False
        return True


def _september(now: datetime, zone: ZoneInfo, ago: int) -> datetime:
    """The first of September, nine o'clock, ``ago`` years before the last one that is two months past."""
    local = now.astimezone(zone)
    year = local.year if (local.month, local.day) >= (_PLAN_MONTH, 20) else local.year - 1
    return datetime(year - ago, _PLAN_MONTH, 1, 9, tzinfo=zone)
