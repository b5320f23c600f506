"""A whole life over the shipped diagrams: every case of a project shares one ledger, messages start and reach cases, tasks are filled in from examples.

The ``walk`` plays the same life through the services; here only engine, models and tables take part, so a broken hand-over shows at once.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain import districts
from app.playing.life import UNTOWARD
from tests.processes.driver import ROOT, ZONE, Case, at, form, library

MOST_ACTS = 800
MOST_REPEATS = 16
RESULT = {"fengxian": "serviceResult", "sucheng": "evalResult"}  # of the evaluation at the end of a year's operation
TERMINAL = frozenset({"retired", "rejected", "terminated", "withdrawn"})


class Life:
    """``given``: the facts of the project, which win over prefilled values and examples; ``answers``: element id → what is answered there, which wins over all.
    ``acts``: (process, element) in the order of completion."""

    def __init__(
        self, district: str, given: Mapping[str, Any], answers: Mapping[str, Mapping[str, Any]] | None = None, begin: datetime | None = None
    ) -> None:
        self.district = districts.load(ROOT / "districts" / f"{district}.toml")
        self.given = dict(given)
        self.answers = answers or {}
        self.now = begin or at("2025-09-01")
        self.phase = "draft"
        self.ledger: dict[str, Any] = {"projectName": "测试项目", "applicantOffice": self.district.roles["applicant"].offices[0], **given}
        self.registers: dict[str, list[dict[str, Any]]] = {}
        self.cases: list[Case] = []
        self.acts: list[tuple[str, str]] = []
        self.started = {"declaration"}
        self.heard: Counter[int] = Counter()
        self.times: Counter[str] = Counter()
        self.starts = {
            event.name: (process, event.element_id)
            for process, definition in library(district).processes.items()
            for event in definition.start_events
            if event.kind == "message"
        }

    def play(self, until: str = "") -> "Life":
        """From the year's notice to the end of the life, or until a phase."""
        self.begin("annual_plan")
        while self._act():
            pass
        self.begin("declaration")
        for _ in range(MOST_ACTS):
            if self.phase == until or (self.phase in TERMINAL and not self.open):
                break
            if not (self._act() or self._begin_next() or self._wait()):
                raise AssertionError(f"stuck in phase {self.phase}")
        return self

    @property
    def open(self) -> list[tuple[str, str]]:
        return [(case.process, element) for case in self.cases for element in case.tasks]

    def begin(self, process: str, start: str | None = None, variables: Mapping[str, Any] | None = None) -> None:
        case = Case(self.district.key, process, self.ledger, variables or {}, self.now, start, phase=self.phase, records=self.registers)
        self.cases.append(case)
        self.phase = case.phase or self.phase
        self._settle()

    # ------------------------------------------------------------------ inside

    def _settle(self) -> None:
        """Deliver what was published, share the phase, and stop at the first incident."""
        for number, case in enumerate(self.cases):
            while self.heard[number] < len(case.messages):
                message = case.messages[self.heard[number]]
                self.heard[number] += 1
                for other in self.cases:
                    if not other.ended:
                        before = other.phase
                        other.message(message["name"], message["variables"], str(message["key"]))
                        self.phase = (
                            other.phase if other.phase and other.phase != before else self.phase
                        )  # who hears it may move the project
                if message["name"] in self.starts:
                    self.begin(*self.starts[message["name"]], message["variables"])
        for case in self.cases:
            if case.incidents:
                raise AssertionError(f"{case.process}: {[incident.message for incident in case.incidents.values()]}")
            case.phase = self.phase

    def _share(self, case: Case) -> None:
        self.phase = case.phase or self.phase
        self._settle()

    def _act(self) -> bool:
        for case in self.cases:
            case.now = max(case.now, self.now)
            ready = [task for task in case.open.values() if task.follow_up_at is None or task.follow_up_at <= self.now]
            if not ready:
                continue
            element_id = ready[0].element_id
            self.times[element_id] += 1
            if self.times[element_id] > MOST_REPEATS:
                raise AssertionError(f"{case.process}.{element_id} turns in a circle: {case.variable('returnReason')}")
            index = [task.element for task in case.open.values() if task.element_id == element_id].index(ready[0].element)
            known = self._known(case, ready[0].element, ready[0].form_id)
            case.fill(element_id, index, **{**known, **self.answers.get(element_id, {})})
            self.acts.append((case.process, element_id))
            self.now += timedelta(minutes=30)
            self._share(case)
            return True
        return False

    def _known(self, case: Case, element: int, form_id: str | None) -> dict[str, Any]:
        """What an official finds filled in: what the form opens with of the visible variables; and the given facts, which they know."""
        assert case.state is not None
        if form_id is None:
            return {}
        visible = {name: value for name, value in case.state.visible(element).items() if value is not None}
        shown = form(self.district.key, form_id)
        opened = shown.opening(visible)
        known = {name: opened[name] for name in opened if name in visible} | {
            name: self.given[name] for name, part in shown.fields.items() if name in self.given and part.get("readOnly") is not True
        }
        # What does not fit (an answer that is no choice here) an official sees empty and chooses anew.
        unfit = {problem.path.split("/")[0] for problem in shown.validate(known, partial=True)}
        return {name: value for name, value in known.items() if name not in unfit}

    def _begin_next(self) -> bool:
        for process in self.district.processes.values():
            if (
                not process.enabled
                or process.start_role in (None, districts.ANYBODY)
                or process.per != "project"
                or process.at_once  # begun by who supervises, where there is cause
                or process.key in (*self.started, "cancellation", "dataset")  # lived to its end; what the platform ends with the project
            ):
                continue
            if any(process.key in other.called_processes for other in library(self.district.key).processes.values()):
                continue  # done as a part of another
            if process.key in UNTOWARD:
                continue
            if process.key == "retirement" and self.ledger.get(RESULT[self.district.key]) is None:
                continue  # not before its service has been evaluated once
            if self.phase in process.start_phases:
                self.started.add(process.key)
                self.begin(process.key)
                return True
        return False

    def _wait(self) -> bool:
        due = [wait.due_at for case in self.cases for wait in case.waits.values() if wait.kind == "timer" and wait.due_at is not None]
        due += [task.follow_up_at for case in self.cases for task in case.open.values() if task.follow_up_at is not None]
        if not due:
            return False
        self.now = max(self.now, min(due).astimezone(ZONE))
        for case in self.cases:
            case.advance(self.now)
            self._share(case)
        return True
