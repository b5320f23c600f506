"""A case under test: a shipped process of one district, run by the real engine with the district's real tables on a virtual clock.

``Case("sucheng", "retirement", {...})`` reads the shipped files, starts the process and plays the connectors on a small ledger (``facts``, ``phase``,
``records``, ``notices``, ``messages``, ``overdue``), so that a test asserts what an official would see. ``connectors=False`` completes every job with {}.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from app import printing
from app.decision import dmn, feel
from app.domain import calendars, deadlines, districts, documents
from app.domain.districts import SHARED
from app.domain.forms import FieldProblem, Form
from app.engine import DecisionRef, ProcessDefinition, State, StaticLibrary, answering, commands, effects, functions, read, readings, step
from app.engine.expressions import vocabulary
from app.engine.form_checks import CheckSetting, CheckSite, examine
from app.engine.ledger import OfficesAsked
from app.engine.library import LibraryRef
from app.rehearsal.imports import Namespaces
from tests.processes.kept import OWN, Kept, marked

ROOT = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("Asia/Shanghai")


class FormRejected(Exception):
    """The form would not have taken this; ``problems`` say why."""

    def __init__(self, problems: list[FieldProblem]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in problems))
        self.problems = problems


def at(text: str) -> datetime:
    """An instant of the district's zone: ``2026-03-10`` (09:00) or ``2026-03-10T23:59:59``."""
    return datetime.fromisoformat(text if len(text) > 10 else f"{text}T09:00:00").replace(tzinfo=ZONE)


def files(kind: str, suffix: str, district: str) -> dict[str, Path]:
    """The shipped files that a district sees, by stem: its own before the shared ones."""
    found = {path.name[: -len(suffix)]: path for path in sorted((ROOT / kind).glob(f"*{suffix}"))}
    found |= {path.name[: -len(suffix)]: path for path in sorted((ROOT / kind / district).glob(f"*{suffix}"))}
    return found


@lru_cache(maxsize=4)
def library(district: str, years: tuple[int, ...] | None = None) -> StaticLibrary:
    """Everything shipped that the district sees, as the engine looks it up."""
    definitions: dict[str, ProcessDefinition] = {}
    for path in files("bpmn", ".bpmn", district).values():
        for definition in read(path.read_bytes(), path.name).processes:
            definitions[definition.process_id] = definition.with_key(len(definitions) + 1, 1, 1)
    decisions: dict[str, DecisionRef] = {}
    namespaces = Namespaces(district)
    for path in files("dmn", ".dmn", district).values():
        model = dmn.parse(path.read_bytes(), name=path.name)
        namespaces.add(LibraryRef(len(decisions) + 1, 1, model, district if path.parent.name == district else SHARED))
        for decision_id in model.decisions:
            decisions[decision_id] = DecisionRef(len(decisions) + 1, 1, decision_id, model, namespaces.find)
    calendar = calendars.statutory(years) if years else calendars.statutory()
    found = StaticLibrary(definitions, decisions, frozenset(files("forms", ".json", district)), calendar, ZONE, tenant=district)
    found.templates = {
        name: printing.read(name, ending, path.read_bytes())
        for ending in (".docx", ".xlsx")
        for name, path in files("documents", ending, district).items()
    }
    folders = [ROOT / "forms" / "records", ROOT / "forms" / district / "records"]  # the district's own in place of the shared ones
    found.registers = {path.stem: record_form(path) for folder in folders for path in folder.glob("*.json") if path.stem != "project"}
    return found


@lru_cache(maxsize=400)
def form(district: str, form_id: str) -> Form:
    return Form.parse(files("forms", ".json", district)[form_id].read_bytes())


@lru_cache(maxsize=120)
def record_form(path: Path) -> Form:
    return Form.parse(path.read_bytes())


def decide(district: str, decision: str, **facts: Any) -> Any:
    """What a shipped table says, as JSON values; the facts are those of the project, and stand over the parameters as shipped."""
    ref = library(district).decisions[decision]
    environment = feel.Environment(now=at("2026-03-10"), zone=ZONE)
    chosen = {**constants(district), **facts, **(facts.get("parameters") or {})}
    return feel.to_json(ref.evaluate({"project": facts, **facts, "parameters": chosen}, environment).output)


@lru_cache(maxsize=4)
def constants(district: str) -> Mapping[str, Any]:
    """The district's parameters as shipped."""
    ref = library(district).decisions["parameters"]
    return cast(Mapping[str, Any], ref.evaluate({}, feel.Environment(now=at("2026-03-10"), zone=ZONE)).output)


def due(district: str, key: str, start: str, **facts: Any) -> deadlines.Due:
    """A deadline as the shipped table and the statutory calendar count it."""
    row = decide(district, "deadlines", event=key, start=start, **facts)
    if row is None:
        raise KeyError(f"{district}: no deadline {key}")
    return deadlines.due(deadlines.DeadlineRule.from_row(key, row), start, library(district).calendar, ZONE)


def clauses_of(district: str) -> Mapping[str, districts.Clause]:
    return districts.load(ROOT / "districts" / f"{district}.toml").clauses


@dataclass
class Task:
    """An open user task, with what the page would show."""

    number: int
    id: str
    name: str
    form_id: str | None
    groups: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    office: str | None = None  # whose people alone do it


@dataclass
class Case:
    """One instance tree of ``process`` in ``district``. ``facts`` is the project's ledger; ``variables`` come with the start."""

    district: str
    process: str
    facts: dict[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: at("2026-03-10"))
    start: str | None = None  # a start event's element id
    connectors: bool = True
    hold: frozenset[str] = frozenset()  # job types to stop at
    phase: str | None = None
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # may be shared by several cases, as ``facts`` may

    def __post_init__(self) -> None:
        self.library = library(self.district)
        self.state: State | None = None
        self.path: list[str] = []
        self.open: dict[int, effects.TaskOpened] = {}
        self.jobs: dict[int, effects.JobOpened] = {}
        self.waits: dict[int, effects.WaitOpened] = {}
        self.incidents: dict[int, effects.IncidentOpened] = {}
        self.decisions: list[effects.DecisionEvaluated] = []
        self.messages: list[dict[str, Any]] = []
        self.overdue: list[str] = []
        self.lapsed: set[int] = set()
        self.roles: dict[str, str] = {}
        self.phases: list[str] = [self.phase] if self.phase else []
        self.kept = Kept(self.district, self.facts, self.phases, self.records)
        mine = self.process == "annual_plan"  # it has no project of its own: the case's is one of the others
        self.kept.others = lambda: (
            *getattr(self, "others", ()),
            *([{**self.facts, "projectKey": "1001", "phase": self.phase}] if mine else ()),
        )
        self.kept.before = lambda kind: getattr(self, "registers", {}).get(kind, ())
        self.notices = self.kept.notices
        self.numbers: Counter[str] = Counter()
        definition = self.library.processes[self.process]
        begin = self.start or next(
            (event.element_id for event in definition.start_events if event.kind == "none"), definition.start_events[0].element_id
        )
        self._do(commands.Start(definition.key, {"projectKey": "1001", **self.variables}, start_event=begin))
        self._work()

    # ------------------------------------------------------------------ what can be seen

    @property
    def tasks(self) -> Counter[str]:
        """Open user tasks: element id → how many."""
        return Counter(task.element_id for task in self.open.values())

    @property
    def timers(self) -> dict[str, datetime]:
        """Open timers: element id → due instant (the earliest of several)."""
        found: dict[str, datetime] = {}
        for wait in self.waits.values():
            if wait.due_at is not None and wait.kind == "timer":
                found[wait.element_id] = min(wait.due_at.astimezone(ZONE), found.get(wait.element_id, wait.due_at.astimezone(ZONE)))
        return found

    @property
    def ended(self) -> bool:
        return self.state is not None and self.state.root_state != "active"

    def variable(self, name: str) -> Any:
        assert self.state is not None
        return self.state.variables().get(name)

    def task(self, element_id: str, index: int = 0) -> Task:
        found = [task for task in self.open.values() if task.element_id == element_id]
        if len(found) <= index:
            raise LookupError(
                f"{element_id} is not open; open are {dict(self.tasks)}, incidents {[item.message for item in self.incidents.values()]}"
            )
        task = found[index]
        return Task(
            number=task.element,
            id=task.element_id,
            name=task.name,
            form_id=task.form_id,
            groups=tuple(task.candidate_groups),
            due_at=task.due_at,
            follow_up_at=task.follow_up_at,
            office=task.office.name if task.office is not None else None,
        )

    def rules(self, decision: str) -> list[str]:
        """Row ids that the last evaluation of ``decision`` matched."""
        return [str(rule["id"]) for rule in next(item for item in reversed(self.decisions) if item.decision_id == decision).rules]

    # ------------------------------------------------------------------ acting

    def complete(self, element_id: str, index: int = 0, /, **data: Any) -> None:
        """A person fills in the form with exactly ``data``. Raises FormRejected as the page would."""
        task = self.task(element_id, index)
        if task.form_id:
            problems = self._problems(task, _decimal(data))
            if problems:
                raise FormRejected(problems)
        facts: dict[str, Any] = {}
        if task.form_id:
            facts = marked(form(self.district, task.form_id), _decimal(data))
            self.facts.update(facts)
        self._do(commands.CompleteTask(task.number, _decimal(data), facts=frozenset(facts)))
        self._work()

    def fill(self, element_id: str, index: int = 0, /, **data: Any) -> dict[str, Any]:
        """The same, and what ``data`` leaves out is taken from the form's examples. Returns what was submitted."""
        task = self.task(element_id, index)
        values = {**(self._examples(task) if task.form_id else {}), **data}
        values = {name: value for name, value in values.items() if value is not ...}
        self.complete(element_id, index, **values)
        return values

    def give_back(self, element_id: str, to: str, index: int = 0, /, *, straight: bool = False) -> None:
        """A person returns a task to an earlier one."""
        self._do(commands.Return(self.task(element_id, index).number, to, straight))
        self._work()

    def fill_all(self, element_id: str, **data: Any) -> None:
        """Every open instance of a multi-instance task."""
        while self.tasks[element_id]:
            self.fill(element_id, **data)

    def advance(self, to: str | timedelta | datetime) -> None:
        """Move the clock, firing what falls due on the way, in order."""
        goal = self.now + to if isinstance(to, timedelta) else to if isinstance(to, datetime) else at(to)
        while True:
            ready = sorted(
                (wait.due_at, wait.wait)
                for wait in self.waits.values()
                if wait.kind == "timer" and wait.due_at is not None and wait.due_at <= goal
            )
            if not ready:
                break
            instant, number = ready[0]
            self.now = max(self.now, instant.astimezone(ZONE))
            self._lapse()
            self._do(commands.FireTimer(number))
            self._work()
        self.now = max(self.now, goal)
        self._lapse()

    def message(self, name: str, variables: Mapping[str, Any] | None = None, key: str = "1001") -> bool:
        """Deliver a message; False if nobody waits for it."""
        wait = next(
            (item for item in self.waits.values() if item.kind == "message" and item.name == name and item.correlation_key == key), None
        )
        if wait is None:
            return False
        self._do(commands.Deliver(wait.wait, variables or {}, inside=True))
        self._work()
        return True

    def job(self, job_type: str, result: Mapping[str, Any] | None = None) -> None:
        """Complete a held job."""
        number = next(number for number, job in self.jobs.items() if job.type == job_type)
        self._do(commands.CompleteJob(number, result or {}))
        self._work()

    # ------------------------------------------------------------------ inside

    def _do(self, command: commands.Command) -> None:
        before = self.state
        self.state, new = answering(
            lambda known: step(self.library, before, command, self.now, ledger=known), self.kept.known(self.phase), self.kept.look_up
        )
        been = len(self.phases)
        self.kept.take(new)
        if len(self.phases) > been:
            self.phase = self.phases[-1]
        for effect in new:
            match effect:
                case effects.ElementEntered():
                    self.path.append(effect.element_id)
                case effects.TaskOpened():
                    self.open[effect.element] = effect
                case effects.TaskClosed():
                    self.open.pop(effect.element)
                case effects.JobOpened():
                    self.jobs[effect.element] = effect
                case effects.JobClosed():
                    self.jobs.pop(effect.element, None)
                case effects.WaitOpened():
                    self.waits[effect.wait] = effect
                case effects.WaitClosed():
                    self.waits.pop(effect.wait)
                case effects.IncidentOpened():
                    self.incidents[effect.incident] = effect
                case effects.IncidentClosed():
                    self.incidents.pop(effect.incident)
                case effects.DecisionEvaluated():
                    self.decisions.append(effect)
                case _:
                    pass

    def _lapse(self) -> None:
        """What the platform marks as overdue, where no diagram does: once a task."""
        for number, task in self.open.items():
            if task.follow_ups is not None and task.due_at is not None and task.due_at <= self.now and number not in self.lapsed:
                self.lapsed.add(number)
                self.overdue.append(task.deadline_key)

    def _work(self) -> None:
        self._lapse()
        while job := next((job for job in self.jobs.values() if job.type not in self.hold), None):
            self._do(commands.CompleteJob(job.element, self._carry_out(job) if self.connectors else {}))

    def _carry_out(self, job: effects.JobOpened) -> dict[str, Any]:
        headers, inputs = job.headers, dict(job.variables)
        match job.type:
            case "move_phase":
                self.phases.append(headers["phase"])
                self.phase = headers["phase"]
                return {"phase": headers["phase"]}
            case "read_project":
                return {**self.facts}
            case "update_project":
                self.facts.update(inputs)
                return {}
            case "put_record":
                self._put_record(headers["kind"], inputs)
                return {"recordKey": str(sum(map(len, self.records.values())))}
            case "query_records":
                wanted = {name: value for name, value in inputs.items() if value is not None} if self._maps(job) else {}
                return {"records": [row for row in self.records.get(headers["kind"], []) if wanted.items() <= row.items()]}
            case "query_projects":
                phases = inputs.get("phases") or [inputs.get("phase")]
                mine = {**self.facts, "projectKey": "1001", "name": self.facts.get("projectName"), "phase": self.phase}
                return {"projects": [mine] if self.phase in phases else []}
            case "notify":
                self.notices.append({"to": headers["to"], "title": headers.get("title", ""), "text": inputs.get("text")})
            case "mark_overdue":
                self.overdue.append(headers["event"])
            case "publish_message":
                if "messageRef" in headers:
                    key = headers.get("messageKey", "1001")
                    self.messages.append({"name": headers["messageRef"], "key": key, "variables": inputs if self._maps(job) else {}})
                    return {}
                self.messages.append(
                    {"name": headers["messageName"], "key": inputs.get("correlationKey"), "variables": inputs.get("variables")}
                )
            case "assign_role":
                self.roles[headers["role"]] = str(inputs.get("office"))
            case "allot_number":
                self.numbers[headers["kind"]] += 1
                return {"number": f"{headers['kind']}-{self.numbers[headers['kind']]}"}
            case other:
                raise AssertionError(f"no connector {other}")
        return {}

    def _maps(self, job: effects.JobOpened) -> bool:
        """Whether the task maps inputs; else a job is shown everything that it can see."""
        assert self.state is not None
        return dict(job.variables) != self.state.visible(job.element)

    def _put_record(self, kind: str, data: dict[str, Any]) -> None:
        data = {name: value for name, value in data.items() if value is not None}
        problems = library(self.district).registers[kind].validate(_decimal(data))
        if problems:
            raise FormRejected(problems)
        self.records.setdefault(kind, []).append(data)

    def _problems(self, task: Task, data: Mapping[str, Any]) -> Sequence[FieldProblem]:
        """What the form finds wrong; its checks too, where the process reads the ledger by name: older ones copy it."""
        assert self.state is not None
        assert task.form_id is not None
        shown = form(self.district, task.form_id)
        if not self.library.processes[self.process].declares:
            return shown.validate(data)
        setting = CheckSetting(
            library=self.library,
            site=CheckSite(task.number, 1, task.id),
            now=self.now,
            project=self.kept.known(self.phase).project,
            variables=self._seen(task),
            offices=lambda: self.kept.known(self.phase).answers[OfficesAsked()],
            records=lambda kind, own: ((int(OWN), row) for row in self.records.get(kind, [])),  # all are this project's
        )
        return examine(shown, data, {}, setting).problems

    def _seen(self, task: Task) -> dict[str, Any]:
        assert self.state is not None
        state, known = self.state, self.kept.known(self.phase)
        read_now = answering(lambda ledger: readings(self.library, state, task.number, self.now, ledger=ledger), known, self.kept.look_up)
        return {**state.visible(task.number), **read_now}

    def _examples(self, task: Task) -> dict[str, Any]:
        assert self.state is not None
        assert task.form_id is not None
        fields = form(self.district, task.form_id).fields
        visible = {**self._seen(task), "project": self.kept.known(self.phase).project}
        called = functions.of(self.library.calendar, ZONE)
        environment = feel.Environment(now=self.now, zone=ZONE, functions=called, extra=functions.OfficesAlone(self.kept.holding))
        values: dict[str, Any] = {}
        for name, schema in fields.items():
            if "const" in schema:
                values[name] = schema["const"]
            elif schema.get("examples"):
                example = schema["examples"][0]
                if isinstance(example, str) and example.startswith("="):
                    example = feel.to_json(feel.compile(example[1:], functions=vocabulary()).evaluate({**visible, **values}, environment))
                if example is not None:
                    values[name] = example
        return values


def _decimal(value: Any) -> Any:
    """Numbers as the server reads them: decimals, never floats."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, Mapping):
        return {name: _decimal(item) for name, item in documents.made_up(value).items()}
    if isinstance(value, list | tuple):
        return [_decimal(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
