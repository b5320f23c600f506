"""The clock of both districts: what happens next, act after act, for as many years as are wanted. It can be left at any moment and gone on with."""

import heapq
import pickle
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from app.catalogue import districts
from app.domain.permissions import SYSTEM
from app.domain.states import DeploymentSource
from app.errors import Failure
from app.playing import player
from app.services import calendars, obligations, projects, pump, timers
from app.store.tables import ProjectRow, db
from tests.walks_at_random import deeds
from tests.walks_at_random.deeds import Deed
from tests.years import announced, attempts, town
from tests.years.figures import Figures
from tests.years.town import ZONE, Line, Town

FIRST = datetime(2025, 8, 1, 9, tzinfo=ZONE)
UNLAWFUL = 0.15  # of what people try
LATE = 0.08  # of what has a deadline
GIVEN_BACK = 0.03
MOST_FAULTS = 30
MOST_TRIES, LONG = 8, timedelta(days=45)
DECLARING = (3, 24)  # days after the first of September
CATCH_UP = obligations.catch_up
PUMP = timedelta(hours=24)  # after which the clock looks for what has come to be due, though no timer is
PATIENT = {"compile_plan": (50, 70), "issue_notice": (0.1, 2), "prepare_declaration": (0.1, 3)}  # what the office waits with: days
BY_HAND = {
    "payment": 24, "change": 5, "cancellation": 0.15, "evaluation": 3, "retirement": 0.5, "om_stop": 0.3, "dataset": 2, "archive": 3, "inspection": 0.6,
    "guidance": 0.6, "supervision_order": 0.4, "project_audit": 0.4, "correction": 0.3,
}  # fmt: skip
"""What people begin of a project, and how often compared with nothing at all, which is 60."""


class Decade:
    """``wanted``: projects in all; ``until``: when the books are closed. ``queue``: (instant, number, what, of what)."""

    def __init__(self, seed: int, wanted: int, years: int, first: datetime = FIRST, *, inventive: bool = True, late: int = 3) -> None:
        self.seed, self.wanted, self.years, self.now = seed, wanted, years, first
        self.first, self.until = first, first.replace(year=first.year + years)
        self.late = first.year + late  # the year whose holidays are imported when it has long begun
        self.chance = random.Random(seed)
        self.figures = Figures()
        self.queue: list[tuple[datetime, int, str, Any]] = []
        self.number = self.newest = 0
        self.pumped = first
        self.tries: Counter[int] = Counter()
        self.stuck: dict[int, str] = {}
        self.towns = {key: Town(key, random.Random(f"{seed}.{key}"), first, inventive) for key in districts.every()}
        self._plan()

    # ---------------------------------------------------------------- what is to come

    def _plan(self) -> None:
        """The years' notices, when which office declares, the holidays, and what each district does besides."""
        for year in range(self.first.year, self.until.year + 1):
            self._at(datetime(year, 12, 10, 10, tzinfo=ZONE), "calendar", year + 1)
            for key in self.towns:
                self._at(datetime(year, 9, 1, 9, tzinfo=ZONE), "announce", key)
        declaring = range(self.first.year, max(self.until.year - 1, self.first.year + 1))
        for number in range(self.wanted):
            day = timedelta(days=self.chance.uniform(*DECLARING))
            year = declaring[number // len(self.towns) % len(declaring)]
            self._at(datetime(year, 9, 1, 9, tzinfo=ZONE) + day, "declare", list(self.towns)[number % len(self.towns)])
        for key in self.towns:
            self._at(self.first + timedelta(days=12), "matter", key)

    def _at(self, when: datetime, what: str, of: Any) -> None:
        self.number += 1
        heapq.heappush(self.queue, (when, self.number, what, of))

    # ---------------------------------------------------------------- keeping

    def keep(self, file: Path) -> None:
        part = file.with_suffix(".part")
        part.write_bytes(pickle.dumps(self))
        part.replace(file)

    @staticmethod
    def kept(file: Path) -> "Decade":
        found: Decade = pickle.loads(file.read_bytes())
        for one in found.towns.values():
            one.attend()
        return found

    @staticmethod
    def instant(file: Path) -> datetime | None:
        """How far what is kept has come: what is deployed when it is opened again is deployed then."""
        found: Decade | None = pickle.loads(file.read_bytes()) if file.is_file() else None
        return None if found is None else found.now

    def go_on_at(self, now: datetime) -> None:
        self._clock(now)

    # ---------------------------------------------------------------- living

    @property
    def over(self) -> bool:
        return self.now >= self.until

    def live(self, seconds: float) -> bool:
        """Go on for a while. Whether the years are over."""
        begun, obligations.catch_up = time.monotonic(), self.looks(CATCH_UP)
        while not self.over and time.monotonic() - begun < seconds:
            self._next()
        obligations.catch_up = CATCH_UP
        self.figures.seconds += time.monotonic() - begun
        return self.over

    def _next(self) -> None:
        when, _, what, of = self.queue[0] if self.queue else (self.until, 0, "", None)
        self._advance(min(when, self.until))
        if self.over or not self.queue or self.queue[0][0] > self.now:
            return
        heapq.heappop(self.queue)
        act = {
            "task": self._task, "declare": self._declare, "announce": self._announce, "idea": self._idea, "matter": self._matter, "calendar": self._calendar,
        }[what]  # fmt: skip
        try:
            act(of)
            self._settle()
        except Failure as failure:  # a paper that could not even be brought: that is said before anything is submitted
            db.session.rollback()
            self.figures.refused[f"{what} {failure.code}"] += 1
            if what == "task":
                self.tries[of] += 1
                self._at(self.now + timedelta(days=1 + self.tries[of]), what, of)
        except Exception:  # what is no refusal in words is a fault of the product; the others live on
            db.session.rollback()
            self.figures.faults.append(
                f"seed {self.seed}, act {self.figures.acts}, {self.now}: {what} {of}\n{traceback.format_exc(limit=-6)}"
            )
            if len(self.figures.faults) > MOST_FAULTS:
                raise

    def _advance(self, to: datetime) -> None:
        """The clock goes on; what falls due on the way happens at its instant. It stops where something new wants somebody before ``to``."""
        for _ in range(200):
            due = timers.next_due()
            if due is None or due > to:
                break
            self._clock(max(self.now, due))
            self._settle()
            if self.queue and self.queue[0][0] < to:
                return
        self._clock(max(self.now, to))

    def _clock(self, to: datetime) -> None:
        self.now = to
        for one in self.towns.values():
            one.now = to

    def looks(self, catch_up: Callable[[datetime], int]) -> Callable[[datetime], int]:
        """Who has come to be due is found out now and then, and not at each of thousands of instants: a clock that stands between them."""

        def looked(now: datetime) -> int:
            if now - self.pumped < PUMP:
                return 0
            self.pumped = now
            return catch_up(now)

        return looked

    def _settle(self) -> None:
        """What an act or an instant has brought about: the clock's work, and new tasks find the day on which they are done."""
        due = timers.next_due()
        if (due is not None and due <= self.now) or self.now - self.pumped >= PUMP:
            self.figures.timers += pump.run_due(self.now)
        for line in town.opened_since(self.newest):
            self.newest = max(self.newest, line.key)
            self._at(self._day_for(line), "task", line.key)

    def _day_for(self, line: Line) -> datetime:
        wait = timedelta(days=self.chance.expovariate(1 / 1.5) + 0.02)
        if line.element_id in PATIENT:
            wait = timedelta(days=self.chance.uniform(*PATIENT[line.element_id]))
        when = self.now + wait
        if line.due_at is not None and line.due_at > self.now:
            if self.chance.random() < LATE:
                self.figures.late += 1
                return line.due_at + timedelta(days=self.chance.uniform(0.5, 30))
            when = min(when, self.now + (line.due_at - self.now) * 0.9)
        return max(when, line.follow_up_at or when)

    # ---------------------------------------------------------------- one task

    def _task(self, key: int) -> None:
        line = town.line(key)
        if line is None:
            self.tries.pop(key, None)
            self.stuck.pop(key, None)
            return
        if line.follow_up_at is not None and line.follow_up_at > self.now:
            self._at(line.follow_up_at, "task", key)
            return
        place = self.towns[line.tenant]
        if self.chance.random() < UNLAWFUL:
            attempts.upon(self, place, line)
        people = place.people_for(line)
        if not people:
            self.stuck[key] = f"{line.process_id}.{line.element_id} of {line.project_key}: nobody may do it"
            self._at(self.now + LONG, "task", key)
            return
        tries = self.tries[key]
        deed = None
        if self.chance.random() < GIVEN_BACK or tries % 5 == 4:  # a date may have passed since it was said: that is for whoever said it
            deed = self._given_back(place, line)
        if deed is None:
            deed = self._done(place, line, people)
        if deed.accepted:
            self.tries.pop(key, None)
            self.stuck.pop(key, None)
            return
        self.tries[key] += 1
        self.figures.examples.setdefault(f"{deed.task} {' '.join(sorted(set(deed.faults)))}", deed.why[:400])
        self.figures.refused[f"{deed.task} {deed.refused} {' '.join(sorted(set(deed.faults)))}".strip()] += 1
        self._again(place, line, deed)

    def _done(self, place: Town, line: Line, people: list[Any]) -> Deed:
        place.at, place.tries = line.key, self.tries[line.key]
        way = place.way(line) if self.tries[line.key] < 3 else None
        draft = deeds.opened(place, line, place.chance.choice(people), way=way)  # type: ignore[arg-type]
        deed = deeds.submit(place, draft)  # type: ignore[arg-type]
        if way is not None:
            luck = place.luck.setdefault((line.element_id, way), [0, 0])
            luck[0 if deed.accepted else 1] += 1
        if deed.accepted:
            place.forget(line.key)
            self.figures.done[f"{place.district}.{deed.task}"] += 1
            if place.chance.random() < UNLAWFUL / 4:
                attempts.again(self, place, line, draft)
            if line.project_key in place.known:
                place.known[line.project_key].done[deed.task] += 1
        return deed

    def _given_back(self, place: Town, line: Line) -> Deed | None:
        deed = deeds.given_back(place, line)  # type: ignore[arg-type]
        if deed is None or not deed.accepted:
            return None
        self.figures.returned += 1
        return deed

    def _again(self, place: Town, line: Line, deed: Deed) -> None:
        """What was refused is thought over and tried again: tomorrow, next week, after weeks."""
        tries = self.tries[line.key]
        if tries % 5 == 0:
            place.forget(line.key)
        else:
            place.amend(line, deed, tries)
        if line.process_id == "declaration" and "planYear" in deed.faults:  # the window is closed: next year, then
            year = self.now.astimezone(ZONE).year
            opens = datetime(year, 9, 4, 9, tzinfo=ZONE)
            place.forget(line.key)
            self._at(
                (opens if opens > self.now else opens.replace(year=year + 1)) + timedelta(days=self.chance.uniform(0, 20)), "task", line.key
            )
            return
        if tries > MOST_TRIES:
            self.stuck[line.key] = f"{line.process_id}.{line.element_id} of {line.project_key}: {deed.refused} {deed.why}"
        self._at(self.now + (timedelta(days=0.4 * tries) if tries <= MOST_TRIES else LONG), "task", line.key)

    # ---------------------------------------------------------------- what begins

    def _declare(self, district: str) -> None:
        place = self.towns[district]
        who = place.chance.choice(place.seats.holding("applicant"))
        name = f"{place.seats.district}综合管理服务平台第{len(place.known) + 1}期"
        try:
            key, _ = projects.start(who, "declaration", name, self.now)
        except Failure as failure:
            self.figures.not_begun[f"declaration: {failure.code}"] += 1
            self._at(self.now + timedelta(days=10), "declare", district)
            return
        known = place.learn(key, name)
        self.figures.kinds[f"{district} {known.kind}"] += 1
        self.figures.begun["declaration"] += 1
        self._at(self.now + timedelta(days=90), "idea", (district, key))

    def _announce(self, district: str) -> None:
        place = self.towns[district]
        who = place.chance.choice(place.seats.holding("data_bureau"))
        self._begun(place, "annual_plan", lambda: projects.start_district_process(who, "annual_plan", self.now))

    def _idea(self, of: tuple[str, int]) -> None:
        """Somebody thinks of something to begin for a project."""
        district, key = of
        place = self.towns[district]
        phase = projects.phase(SYSTEM, key)
        if phase in ("rejected", "withdrawn"):
            return
        self._at(self.now + timedelta(days=place.chance.uniform(15, 60)), "idea", of)
        fitting = [
            process for process, info in place.processes.items() if info.start_role and info.per == "project" and phase in info.start_phases
        ]
        fitting = [process for process in fitting if process in BY_HAND]
        if not fitting:
            return
        chosen = place.chance.choices([*fitting, ""], [*(BY_HAND[one] for one in fitting), 60])[0]
        if chosen and not town.is_open(key, chosen):
            self._begin(place, key, chosen)

    def _begin(self, place: Town, key: int, process: str) -> None:
        role = place.processes[process].start_role or ""
        owner = player.holder(place.district, role, self.now, project=key) if role != "*" else None
        who = owner or place.chance.choice(place.seats.holding(role))
        known = place.known[key]

        def act() -> None:
            given = player.beginning(who, process, key, place.facts_for(key), self.now)
            projects.start_process(who, key, process, self.now, given=given)
            known.begun[process] += 1

        self._begun(place, process, act)

    def _matter(self, district: str) -> None:
        """Something of the district, of no project."""
        place = self.towns[district]
        self._at(self.now + timedelta(days=place.chance.uniform(20, 100)), "matter", district)
        known = attempts.matters(place)
        if known:
            deed = deeds.matter(place, place.chance.choice(known))  # type: ignore[arg-type]
            (self.figures.begun if deed.accepted else self.figures.not_begun)[
                deed.task + (f": {deed.refused}" if deed.refused else "")
            ] += 1

    def _begun(self, place: Town, process: str, act: Callable[[], object]) -> None:
        try:
            act()
        except Failure as failure:
            self.figures.not_begun[f"{process}: {failure.code}"] += 1
        else:
            self.figures.begun[process] += 1

    # ---------------------------------------------------------------- holidays

    def _calendar(self, year: int) -> None:
        """The holidays of the next year, in December; of one year when it has long begun."""
        if calendars.missing_year(self.now) is None:
            return
        if year == self.late and self.now.astimezone(ZONE).year < year:
            self._at(datetime(year, 2, 20, 10, tzinfo=ZONE), "calendar", year)
            return
        content = announced.file_of(year)
        seen = calendars.preview(SYSTEM, content, self.now)
        if seen.faults:
            self.figures.faults.append(f"the calendar of {year}: {[fault.message for fault in seen.faults]}")
            return
        calendars.take(SYSTEM, content, "国务院办公厅通知（试）", self.now, source=DeploymentSource.CLI, seen=seen.before)
        self.figures.holidays.append(f"{year} on {self.now:%Y-%m-%d}, moving {seen.moved} deadlines")


def today(decade: Decade) -> date:
    return decade.now.astimezone(ZONE).date()


def phases() -> dict[str, int]:
    """Phase → projects in it."""
    found = Counter(db.session.scalars(ProjectRow.__table__.select().with_only_columns(ProjectRow.phase)))
    db.session.rollback()
    return dict(found)
