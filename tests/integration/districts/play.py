"""The people of a real district at work through the services, on a clock that only the test moves."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.domain.permissions import SYSTEM, Actor
from app.playing import demonstration, papers, player
from app.seen.shapes import CompletedView, TaskLine
from app.services import accounts, projects, pump, startup, tasks, timers

ACT = timedelta(minutes=30)
MOST_ACTS = 300
MOST_JUMPS = 400
PLATFORM: Mapping[str, Any] = {
    "totalAmount": Decimal("6947911.00"),
    "projectType": "建设类",
    "softwareDevelopment": True,
    "contractDays": 240,
    "trialAmount": 90,
    "trialUnit": "day",
}


def at(text: str) -> datetime:
    """An instant in Shanghai; a day alone is nine o'clock."""
    return datetime.fromisoformat((text if "T" in text else f"{text}T09:00:00") + "+08:00")


class District:
    """One district of an app whose models and organisation are there. ``facts``: what is known of its projects, before the forms' examples."""

    def __init__(self, key: str, now: datetime, facts: Mapping[str, Any] = PLATFORM) -> None:
        self.key, self.now, self.facts = key, now, dict(facts)
        self.system = accounts.system(key)

    def person(self, role: str, *, office: str = "", project: int | None = None) -> Actor:
        found = player.holder(self.key, role, self.now, office=office, project=project)
        assert found is not None, role
        return found

    def performer(self, line: TaskLine) -> Actor:
        found = player.performer(line.key, self.now)
        assert found is not None, line.element_id
        return found

    # -------------------------------------------------------------- looking

    def open(self, project: int | None = None, element: str | None = None) -> list[TaskLine]:
        wanted = tasks.TaskFilter(state="open", tenant=self.key, project_key=project, element_id=element)
        return list(tasks.search(self.system, wanted, self.now, limit=200).items)

    def task(self, project: int | None, element: str) -> TaskLine:
        (found,) = self.open(project, element)
        return found

    def filled(self, line: TaskLine, answers: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What a person would submit: the answers, else what is known, else the form's examples; small made files are brought."""
        form, seen = tasks.inputs(SYSTEM, line.key, self.now)
        facts = self.facts if line.project_key else {}
        values = player.fill(form, seen, facts, answers or {}, self.now, self.key).values
        return papers.bring(SYSTEM, line.key, form, values, self.now)

    def steps(self, project: int) -> list[str]:
        """What has happened to a project, in order: elements."""
        return [entry.element for entry in projects.view(self.system, project, self.now).timeline]

    # --------------------------------------------------------------- acting

    def do(self, line: TaskLine, **answers: Any) -> CompletedView:
        """Complete a task as somebody who may, in the present instant."""
        done = tasks.complete(self.performer(line), line.key, self.filled(line, answers), self.now)
        assert done.incidents == ()
        return done

    def announce(self, **answers: Any) -> None:
        """The year's plan begins: its notice is issued."""
        projects.start_district_process(self.person("data_bureau"), "annual_plan", self.now)
        self.do(self.task(None, "issue_notice"), **answers)

    def declare(self, name: str, office: str = "") -> int:
        """A new project of an office, its declaration open."""
        return projects.start(self.person("applicant", office=office), "declaration", name, self.now)[0]

    def advance(self, to: datetime) -> None:
        """Everything that falls due on the way happens in its order, at its instant."""
        for _ in range(MOST_JUMPS):
            due = timers.next_due()
            if due is None or due > to:
                break
            self.now = max(self.now, due)
            pump.run_due(self.now)
        else:
            raise AssertionError(f"{MOST_JUMPS} instants before {to}")
        self.now = max(self.now, to)

    def until_phase(self, project: int, phase: str) -> None:
        """Everybody does what there is to do, and time passes where nobody has anything, until the project is in a phase."""
        for _ in range(MOST_ACTS):
            if projects.phase(SYSTEM, project) == phase:
                return
            lines = [one for one in self.open() if one.project_key in (None, project)]
            ready = [one for one in lines if one.follow_up_at is None or one.follow_up_at <= self.now]
            if ready:
                self.do(min(ready, key=lambda one: (one.project_key is None, one.key)))
                self.advance(self.now + timedelta(minutes=30))
            else:
                later = [one.follow_up_at for one in self.open() if one.follow_up_at and one.follow_up_at > self.now]
                self.advance(min(instant for instant in (timers.next_due(), *later) if instant))
        raise AssertionError(f"{MOST_ACTS} acts before {phase}")

    def until(self, project: int, element: str, *others: int, **answers: Mapping[str, Any]) -> TaskLine:
        """Everybody does what there is to do, as it comes, until ``element`` waits for somebody, in ``others`` too. ``answers``: element id → values."""
        wanted = {project, *others}
        for _ in range(MOST_ACTS):
            lines = [line for line in self.open() if line.project_key is None or line.project_key in wanted]
            reached = {line.project_key: line for line in lines if line.element_id == element}
            if wanted <= reached.keys():
                return reached[project]
            ready = [
                line for line in lines if line.project_key not in reached and (line.follow_up_at is None or line.follow_up_at <= self.now)
            ]
            if ready:
                # The projects' own first; the district's plan moves on when they wait.
                line = min(ready, key=lambda line: (line.project_key is None, line.key))
                self.do(line, **answers.get(line.element_id, {}))
                self.advance(self.now + ACT)
                continue
            later = [line.follow_up_at for line in lines if line.follow_up_at is not None and line.follow_up_at > self.now]
            upcoming = [instant for instant in (timers.next_due(), *later) if instant is not None]
            assert upcoming, (projects.phase(SYSTEM, project), [line.element_id for line in self.open()], self.steps(project))
            self.advance(min(upcoming))
        raise AssertionError(f"{element} was never reached")


def prepare(now: datetime) -> None:
    """Put the shipped models and the organisation into the current app's database."""
    startup.prepare(now)
    demonstration.organise(now)
