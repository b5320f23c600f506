"""A walk: seat by seat, act by act, with an eye on what has been done least; every act is judged by the oracle."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from app.catalogue import districts, snapshot
from app.domain.districts import ProcessInfo
from app.domain.permissions import SYSTEM
from app.seen.shapes import TaskLine
from app.services import accounts, tasks, timers
from tests.walks_at_random import deeds, offices, seats, seen, ways
from tests.walks_at_random.deeds import COMPLETING, Deed
from tests.walks_at_random.oracle import Oracle
from tests.walks_at_random.seats import Seats

WANTED = 20  # completions of every user task
ACT = timedelta(minutes=30)
MOST_LIVES, FEW_LIVES = 7, 2  # at a time: many meet each other, few go far
UNLISTED, UNREADY = "review.settle_unlisted", "procurement.mend_readiness"
AIMS = 3  # of one project, at most
MATTERS = 0.5  # of what people begin by hand
MOST_TRIES = 5  # at one task before people wait for something to happen
ZONE = ZoneInfo("Asia/Shanghai")
FACTS: Mapping[str, Sequence[Any]] = {
    "totalAmount": [
        Decimal(text) for text in ("480000.00", "2450000.00", "3650000.00", "4000000.00", "4000000.01", "6947911.00", "9000000.00")
    ],
    "projectType": [*["建设类"] * 8, "购买服务类", "运维类"],
    "softwareDevelopment": [True, False],
    "contractDays": [60, 240],
    "trialAmount": [30, 90],
    "trialUnit": ["day"],
}
Kind = Callable[["Walk", TaskLine], Deed | None]
ON_TASKS: Sequence[tuple[int, Kind]] = (
    (74, deeds.properly),
    (2, deeds.by_a_stranger),
    (2, deeds.with_foreign_facts),
    (3, deeds.with_odd_values),
    (2, deeds.claimed),
    (2, deeds.drafted),
    (4, deeds.given_back),
    (1, deeds.again),
)


@dataclass(slots=True)
class Figures:
    """What a walk has done: by kind of act how many were accepted and refused, and how often every task was completed."""

    district: str
    seed: int
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    completed: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    incidents: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    projects: int = 0
    waits: int = 0

    @property
    def acts(self) -> int:
        return self.accepted.total() + self.refused.total()

    @property
    def share(self) -> float:
        return self.accepted.total() / max(self.acts, 1)

    def as_json(self) -> dict[str, Any]:
        values = ((part.name, getattr(self, part.name)) for part in fields(self))
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in values}


class Walk:
    """One district's people at random. ``program``: what acts over ``/v2``; ``now`` moves with every act."""

    BOLDNESS = (0.0, 0.01, 0.01, 0.01, 0.1, 0.25)
    PAGES = 0.2  # of the forms are opened on their page

    def __init__(self, app: Flask, district: str, seed: int, begin: datetime, completed: Mapping[str, int] | None = None) -> None:
        self.district, self.seed, self.now = district, seed, begin
        self.chance = random.Random(f"{district}.{seed}")
        self.seats = Seats.of(district, begin)
        self.program = offices.Program(app)
        self.figures = Figures(district, seed, tasks=seats.tasks_of(district))
        self.before = Counter(completed or {})  # by earlier walks
        self.processes: Mapping[str, ProcessInfo] = {
            key: info for key, info in snapshot.district(district).processes.items() if info.enabled
        }
        self.terminal = {phase.key for phase in districts.phases() if phase.terminal}
        self.known: dict[int, Mapping[str, Any]] = {}
        self.begun: Counter[str] = Counter()  # by hand
        self.bold: dict[int | None, float] = {}  # how often people of a project answer otherwise than usual
        self.aims: dict[int | None, list[str]] = {}  # project → the tasks to which it is led
        self.aimed: Counter[tuple[int | None, str]] = Counter()
        self.open: list[TaskLine] = []
        self.ready: list[TaskLine] = []
        self.done: defaultdict[int | None, list[tuple[int, str, Mapping[str, Any], Any]]] = defaultdict(list)
        self.luck: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])  # of a way: accepted, refused
        self.most = FEW_LIVES if completed and seed % 3 == 0 else MOST_LIVES
        self.oracle = Oracle(district)
        self.problems: list[str] = []
        self.year, self.window = 0, False  # in which the last plan was announced; whether declarations are taken
        self.stuck: Counter[int] = Counter()
        self.amends: defaultdict[int, dict[str, Any]] = defaultdict(dict)  # what was refused of a task is filled in otherwise

    # ---------------------------------------------------------------- looking

    def times(self, task: str) -> int:
        return self.before[task] + self.figures.completed[task]

    def look(self) -> None:
        wanted = tasks.TaskFilter(state="open", tenant=self.district)
        self.open = list(tasks.search(accounts.system(self.district), wanted, self.now, limit=200).items)
        self.ready = [line for line in self.open if line.follow_up_at is None or line.follow_up_at <= self.now]

    def closed(self, project: int | None) -> list[tuple[int, str, Mapping[str, Any], Any]]:
        return self.done[project]

    def some_project(self) -> int | None:
        if any(line.element_id == "compile_plan" for line in self.open):
            self.window = False
        if self._is_late():
            self.year = self.now.astimezone(ZONE).year
            self.judged(deeds.announce(self))
            return None
        alive = [key for key, project in self.oracle.ledger.projects.items() if project.tenant == self.district]
        return self.chance.choice(alive) if alive else None

    def facts_now(self, project: int | None) -> Mapping[str, Any]:
        return dict(self.oracle.ledger.projects[project].facts) if project is not None else {}

    def facts_for(self, project: int | None) -> Mapping[str, Any]:
        """What people know of a project: of its life, as far as the ledger does not say otherwise by now."""
        if project not in self.known or project is None:
            return {}
        now = self.oracle.ledger.projects[project].facts
        return {name: now.get(name, value) for name, value in self.known[project].items()}

    def trees(self) -> list[Any]:
        return offices.running(self)

    def facts_of_a_life(self, name: str) -> dict[str, Any]:
        return {one: self.chance.choice(values) for one, values in FACTS.items()} | {"projectName": name}

    def way(self, line: TaskLine) -> int | None:
        """The usual answers, or, in a bold project, one of the ways of the scenarios that is not refused again and again."""
        known = ways.of(self.district).get(line.element_id, ())
        usable = [number for number in range(len(known)) if self._is_lucky(line.element_id, number)]
        if not usable:
            return None
        return self.chance.choice(usable) if self.chance.random() < self.bold.get(line.project_key, 0.1) else None

    def intend(self, project: int, name: str) -> None:
        """A new project is led to some of the tasks that have been done least, where the usual answers do not lead there: such as do not hinder each other.
        Outside the window for declarations only what need not wait for it is declared."""
        known = ways.leads(self.district)
        on_the_way = Counter(task for tasks_ in self.aims.values() for task in tasks_)
        chosen: list[str] = []
        for task in sorted(known, key=lambda task: (self.times(task) + 3 * on_the_way[task], self.chance.random())):
            lead = known[task]
            taken = {place for other in chosen for place in known[other] if not place.startswith("@times")}
            first_of_late = self.window or chosen or lead.get("@late")
            if first_of_late and taken.isdisjoint(lead) and len(chosen) < AIMS and self.chance.random() < 0.85:
                chosen.append(task)
        self.aims[project] = chosen
        self.known[project] = self.facts_of_a_life(name)
        for task in chosen:
            self.known[project] = {**self.known[project], **known[task].get("@facts", {})}

    def intended(self, line: TaskLine) -> Mapping[str, Any]:
        """What the aims of a project ask for at a task."""
        task = f"{line.process_id}.{line.element_id}"
        for aim in self.aims.get(line.project_key, ()):
            lead = ways.leads(self.district)[aim]
            if task in lead and self.aimed[line.project_key, task] < lead.get("@times", 1):
                answers: Mapping[str, Any] = lead[task]
                return answers
        return {}

    def planned(self, item: Mapping[str, Any], task: str) -> Mapping[str, Any]:
        """An item of the year's plan: put off once where the project is to be settled without being listed, listed without money where that is to be mended."""
        project = int(item["projectKey"])
        aims = self.aims.get(project, ())
        if task == "compile_plan" and UNLISTED in aims and not self.aimed[project, UNLISTED]:
            return {**item, "decision": "缓列", "reason": "财力不足"}
        if task == "give_consent" and UNREADY in aims:
            return {**item, "planAmount": 0}
        return item

    def _think_again(self, deed: Deed) -> None:
        """What was refused is filled in otherwise the next time, or all from the beginning."""
        if self.stuck[deed.key] % 3 == 0:
            self.amends.pop(deed.key, None)
            return
        form, known = tasks.inputs(SYSTEM, deed.key, self.now)
        for name in deed.faults:
            if name == "planYear":
                continue
            if form is not None and name in form.fields:
                found = ways.otherwise(form, deed.task.partition(".")[2], name, self.district, self.chance, known)
                if found is not None:
                    self.amends[deed.key][name] = found

    def _is_lucky(self, element: str, number: int) -> bool:
        accepted, refused = self.luck[(element, number)]
        return refused < 3 or accepted * 2 >= refused

    # ----------------------------------------------------------------- acting

    def go(self, acts: int) -> Figures:
        while self.figures.acts < acts and not self.problems:
            self.step()
        self.figures.projects = len(self.known)
        self.figures.incidents = sorted({f"{row.process_id}.{row.element_id}: {row.message}" for row in seen.incidents()})
        self.problems += self.oracle.at_the_end()
        return self.figures

    def step(self) -> None:
        self.look()
        draw = self.chance.random()
        due = timers.next_due()
        if (
            due is not None and due <= self.now and self.chance.random() < 0.5
        ):  # as the clock does by itself; what cannot be served stops nobody
            self.judged(offices.advance(self, self.now))
            return
        if any(line.element_id == "compile_plan" for line in self.open):
            self.window = False
        if self._is_late():
            self.year = self.now.astimezone(ZONE).year
            self.judged(deeds.announce(self))
            return
        resting = self.terminal if self.window else {*self.terminal, "draft", "blocked"}
        alive = [key for key in self.known if self.oracle.ledger.projects[key].phase not in resting]
        if len(alive) < self.most and (draw > (0.8 if self.window else 0.985) or (self.window and not self._hopeful())):
            self.judged(deeds.declare(self))
        elif draw < 0.03:
            self._from_aside()
        elif draw < 0.10:
            self._begin_something()
        elif draw < 0.105 or not self._hopeful():
            self._wait()
        elif draw < 0.145:
            deeds.two_forms(self, self._chosen())
        else:
            line = self._chosen()
            kinds = [kind for _, kind in ON_TASKS]
            kind = self.chance.choices(kinds, [weight for weight, _ in ON_TASKS])[0]
            if line.process_id == "annual_plan" and self.chance.random() < 0.4:
                kind = deeds.given_back  # there is one a year: what can be done again is
            deed = kind(self, line) or deeds.properly(self, line)
            if deed is not None:
                self.judged(deed)

    def _is_late(self) -> bool:
        """Whether the year's plan is to be announced."""
        local = self.now.astimezone(ZONE)
        return local.month >= 9 and self.year != local.year

    def judged(self, deed: Deed) -> Deed:
        """Count an act and let the oracle look at what it has done."""
        if deed.actor is not None:  # the clock is nobody: what it does is judged, but counts for no seat
            (self.figures.accepted if deed.accepted else self.figures.refused)[deed.kind] += 1
        else:
            self.figures.waits += 1
        if deed.refused:
            self.figures.codes[f"{deed.kind}: {deed.refused}"] += 1
        self.problems += [f"seed {self.seed}, act {self.figures.acts}: {one}" for one in self.oracle.judge(deed, self.now)]
        element = deed.task.partition(".")[2]
        if deed.way is not None:
            self.luck[(element, deed.way)][0 if deed.accepted else 1] += 1
        if deed.accepted and deed.kind in COMPLETING:
            self.figures.completed[deed.task] += 1
            self.aimed[deed.project, deed.task] += 1
            if element == "issue_notice":
                self.window = True
                self.stuck.clear()
            self.done[deed.project].append((deed.key, deed.task, deed.sent, deed.actor))
        elif not deed.accepted and deed.kind == "submit":
            self.stuck[deed.key] += 1
            if deed.task.startswith("declaration.") and "planYear" in deed.faults:
                next_year = self.now.astimezone(ZONE).year + 1
                self.window &= self.amends[deed.key].get("planYear") != next_year
                self.amends[deed.key]["planYear"] = next_year
            self._think_again(deed)
        self.now += ACT * self.chance.random()
        return deed

    # ------------------------------------------------------------------ parts

    def _chosen(self) -> TaskLine:
        """An open task: rather one that has been completed least, not one at which everybody has failed again and again."""
        hopeful = self._hopeful() or self.ready
        weights = [1 / (1 + self.times(f"{line.process_id}.{line.element_id}")) / (1 + self.stuck[line.key]) ** 2 for line in hopeful]
        return self.chance.choices(hopeful, weights)[0]

    def _hopeful(self) -> list[TaskLine]:
        """What is not in vain: a declaration waits for the next window once this one is closed."""
        return [
            line for line in self.ready if self.stuck[line.key] < (MOST_TRIES if self.window or "prepare" not in line.element_id else 1)
        ]

    def _wait(self) -> None:
        september = datetime(self.year + 1, 9, 1, 9, tzinfo=ZONE)
        self.judged(offices.advance(self, min(offices.upcoming(self) or september, september)))

    def _from_aside(self) -> None:
        kind = self.chance.choice([offices.message, offices.begin_over_v2, *[offices.repaired] * 2])
        deed = kind(self)
        if deed is not None:
            self.judged(deed)

    def _begin_something(self) -> None:
        """What people begin by hand, mostly where the time has come for it."""
        if self.chance.random() < 0.03:
            self.judged(deeds.announce(self))
            return
        if self.chance.random() < MATTERS and (matters := deeds.matters(self)):
            process = min(matters, key=lambda key: (self.begun[key], self.chance.random()))
            self.begun[process] += 1
            self.judged(deeds.matter(self, process))
            return
        if self.chance.random() < 0.6 and (aimed := self._aimed_at()):
            self._begin(*self.chance.choice(aimed))
            return
        project = self.some_project()
        processes = [key for key, info in self.processes.items() if info.start_role and info.per == "project"]
        fitting = [key for key in processes if project and self.oracle.ledger.projects[project].phase in self.processes[key].start_phases]
        if project is None or not fitting:
            return
        likely = [key for key in processes if self.chance.random() < 0.1] or fitting
        process = self.chance.choices(likely, [1 / (1 + self.begun[key]) ** 2 for key in likely])[0]
        self._begin(project, process)

    def _aimed_at(self) -> list[tuple[int, str]]:
        """What the aim of a project asks to be begun in the phase in which it is."""
        found = []
        for project, aims in self.aims.items():
            phase = self.oracle.ledger.projects[project].phase if project is not None else ""
            for aim in aims:
                lead = ways.leads(self.district)[aim]
                for process in dict.fromkeys(task.partition(".")[0] for task in lead if "." in task):
                    info, begun = self.processes[process], self.begun[f"{project} {process}"]
                    asked = process != "declaration" and info.start_role and phase in info.start_phases
                    if project is not None and asked and begun < 2 + lead.get("@times", 1):
                        found.append((project, process))
        return found

    def _begin(self, project: int, process: str) -> None:
        role = self.processes[process].start_role
        assert role is not None
        people = self.seats.holding(role)
        own = [who for who in people if any(self.oracle.ledger.projects[project].has(role, office) for office in who.offices)]
        deed = self.judged(deeds.begin(self, project, process, self.chance.choice(own or people)))
        self.begun[f"{project} {process}"] += 1
        self.begun[process] += deed.accepted
