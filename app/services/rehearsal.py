"""Models tried out without a database: the engine on a virtual clock over files. Scenarios, ``play`` and single decisions run here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.connectors import CONNECTORS
from app.decision import dmn, feel
from app.domain import calendars, deadlines, forms
from app.domain.districts import SHARED
from app.domain.forms import Form
from app.engine import commands, effects, read, step
from app.engine.definitions import ProcessDefinition
from app.engine.errors import DiagramError
from app.engine.library import DecisionRef, StaticLibrary
from app.engine.limits import Limits
from app.engine.state import State
from app.errors import InvalidRequest

ZONE = ZoneInfo("Asia/Shanghai")
FOLDERS = ("bpmn", "dmn", "forms")
MOST_FIRINGS = 5_000  # of timers in one rehearsal: a cycle of seconds must not run for a virtual year


class ModelRefused(InvalidRequest):
    """A model cannot be read; ``file`` and ``element`` say where."""

    code = "MODEL"

    def __init__(self, file: str, element: str, message: str) -> None:
        super().__init__(message, details={"file": file, "element": element})
        self.file = file
        self.element = element


@dataclass(slots=True)
class Models:
    """Files by what they define; later files win over earlier ones of the same id."""

    processes: dict[str, ProcessDefinition] = field(default_factory=dict)
    decisions: dict[str, DecisionRef] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    zone: ZoneInfo = ZONE

    def add(self, path: str, source: bytes) -> list[ProcessDefinition]:
        """Read one file. Returns the processes it brought. Raises ModelRefused."""
        key = len(self.processes) + len(self.decisions) + 1
        if path.endswith(".dmn"):
            try:
                model = dmn.parse(source, name=path, functions=deadlines.registry(no_rule, calendars.Calendar(), self.zone))
            except dmn.DmnError as error:
                raise ModelRefused(path, error.problems[0].decision or "", str(error)) from error
            for decision in model.decisions:
                self.decisions[decision] = DecisionRef(key, 1, decision, model)
            return []
        if path.endswith(".json"):
            try:
                form = Form.parse(source)
            except forms.FormError as error:
                raise ModelRefused(path, error.place, f"{path}:{error}") from error
            self.forms[form.id] = form
            return []
        try:
            diagram = read(source, path)
        except DiagramError as error:
            raise ModelRefused(path, error.problems[0].element, str(error)) from error
        brought = [process.with_key(key + number, 1, 1) for number, process in enumerate(diagram.processes)]
        self.processes |= {process.process_id: process for process in brought}
        return brought

    def library(self) -> StaticLibrary:
        return StaticLibrary(self.processes, self.decisions, frozenset(self.forms), calendars.statutory(), self.zone)


def shipped(root: Path, district: str | None, zone: ZoneInfo = ZONE) -> Models:
    """The models of an installation as one district sees them: the shared ones, over them its own. Raises ModelRefused."""
    models = Models(zone=zone)
    for owner in (SHARED, district):
        if owner is None:
            continue
        for folder in FOLDERS:
            place = root / folder if owner == SHARED else root / folder / owner
            for path in sorted(place.glob("*.*")):
                models.add(path.relative_to(root).as_posix(), path.read_bytes())
    return models


@dataclass(slots=True)
class Root:
    """One instance tree of a rehearsal."""

    state: State
    waits: dict[int, effects.WaitOpened] = field(default_factory=dict)
    tasks: dict[int, effects.TaskOpened] = field(default_factory=dict)
    jobs: dict[int, effects.JobOpened] = field(default_factory=dict)
    incidents: dict[int, effects.IncidentOpened] = field(default_factory=dict)
    ended: str | None = None


class Rehearsal:
    """Instance trees on one virtual clock. ``hold``: inline job types that stay open; ``inline`` False leaves every job open."""

    def __init__(
        self, models: Models, now: datetime, *, hold: Iterable[str] = (), inline: bool = True, limits: Limits | None = None
    ) -> None:
        self.models = models
        self.library = models.library()
        self.now = now
        self.hold = frozenset(hold)
        self.inline = inline
        self.limits = limits or Limits()
        self.roots: list[Root] = []
        self.path: list[str] = []
        self.decisions: dict[str, effects.DecisionEvaluated] = {}
        self.fired = 0
        self._signals: list[effects.SignalThrown] = []

    # --- what happens

    def start(self, definition: ProcessDefinition, variables: Mapping[str, Any], start_event: str | None = None) -> Root:
        """A new tree. Without ``start_event``: the none start event, else the first."""
        kinds = {event.element_id: event.kind for event in definition.start_events}
        if start_event is None and "none" not in kinds.values():
            start_event = next(iter(kinds), None)
        state, happened = step(self.library, None, commands.Start(definition.key, variables, start_event), self.now, self.limits)
        root = Root(state)
        self.roots.append(root)
        self._take(root, happened)
        self._broadcast()
        return root

    def act(self, root: Root, command: commands.Command) -> None:
        """One command, and everything that follows by itself. Raises the engine's errors."""
        root.state, happened = step(self.library, root.state, command, self.now, self.limits)
        self._take(root, happened)
        self._broadcast()

    def advance(self, until: datetime) -> None:
        """Move the clock from due to due, in order; stops early when timers fire without end."""
        while self.fired < MOST_FIRINGS:
            due = self.next_due()
            if due is None or due[0] > until:
                break
            self.now = max(self.now, due[0])
            self.fired += 1
            self.act(due[1], commands.FireTimer(due[2]))
        self.now = max(self.now, until) if self.fired < MOST_FIRINGS else self.now

    def next_due(self) -> tuple[datetime, Root, int] | None:
        """The next timer: when, in which tree, which wait."""
        timers = [
            (wait.due_at, number, wait.wait)
            for number, root in enumerate(self.roots)
            for wait in root.waits.values()
            if wait.due_at is not None and wait.kind == "timer"
        ]
        if not timers:
            return None
        at, number, wait = min(timers)
        return at, self.roots[number], wait

    def publish(self, name: str, key: str, variables: Mapping[str, Any]) -> bool:
        """A message with ttl 0: to one subscription of each process id, else a message start. Returns whether it met anything."""
        met: set[str] = set()
        for root in list(self.roots):
            for wait in list(root.waits.values()):
                process = self._process_of(root, wait.instance)
                if (
                    wait.kind == "message"
                    and wait.name == name
                    and wait.correlation_key == key
                    and process not in met
                    and wait.wait in root.waits
                ):
                    met.add(process)
                    self.act(root, commands.Deliver(wait.wait, variables))
        return self._start_by("message", name, variables, met) or bool(met)

    def signal(self, name: str, variables: Mapping[str, Any]) -> bool:
        """A signal: to every subscription, and to signal starts."""
        met = False
        for root in list(self.roots):
            for wait in list(root.waits.values()):
                if wait.kind == "signal" and wait.name == name and wait.wait in root.waits:
                    met = True
                    self.act(root, commands.Deliver(wait.wait, variables))
        return self._start_by("signal", name, variables, set()) or met

    # --- what is

    def open_tasks(self) -> list[tuple[Root, effects.TaskOpened]]:
        return [(root, task) for root in self.roots for task in root.tasks.values()]

    def open_jobs(self) -> list[tuple[Root, effects.JobOpened]]:
        return [(root, job) for root in self.roots for job in root.jobs.values()]

    def open_timers(self) -> list[effects.WaitOpened]:
        return [wait for root in self.roots for wait in root.waits.values() if wait.kind == "timer"]

    def incidents(self) -> list[tuple[Root, effects.IncidentOpened]]:
        return [(root, incident) for root in self.roots for incident in root.incidents.values()]

    # --- inside

    def _process_of(self, root: Root, instance: int) -> str:
        return next((view.process_id for view in root.state.instances() if view.instance == instance), "")

    def _start_by(self, kind: str, name: str, variables: Mapping[str, Any], met: set[str]) -> bool:
        started = False
        for definition in self.models.processes.values():
            for event in definition.start_events:
                if (
                    event.kind == kind
                    and event.name is not None
                    and event.name.removeprefix("=").strip('"') == name
                    and definition.process_id not in met
                ):
                    self.start(definition, variables, event.element_id)
                    started = True
        return started

    def _broadcast(self) -> None:
        while self._signals:
            thrown = self._signals.pop(0)
            self.signal(thrown.name, thrown.variables)

    def _take(self, root: Root, happened: Sequence[effects.Effect]) -> None:
        pending = list(happened)
        for _ in range(self.limits.steps):
            if not pending:
                return
            self._note(root, pending.pop(0))
            job = next((job for job in root.jobs.values() if self._runs_by_itself(job)), None) if not pending else None
            if job is not None:
                root.state, more = step(self.library, root.state, commands.CompleteJob(job.element, {}), self.now, self.limits)
                pending += more
        raise InvalidRequest(f"一次办理超过 {self.limits.steps} 步,流程可能在自己转圈", code="LIMIT")

    def _runs_by_itself(self, job: effects.JobOpened) -> bool:
        return self.inline and job.type in CONNECTORS and job.type not in self.hold

    def _note(self, root: Root, effect: effects.Effect) -> None:
        match effect:
            case effects.ElementEntered():
                self.path.append(effect.element_id)
            case effects.TaskOpened():
                root.tasks[effect.element] = effect
            case effects.TaskClosed():
                root.tasks.pop(effect.element, None)
            case effects.JobOpened():
                root.jobs[effect.element] = effect
            case effects.JobClosed():
                root.jobs.pop(effect.element, None)
            case effects.WaitOpened():
                root.waits[effect.wait] = effect
            case effects.WaitClosed():
                root.waits.pop(effect.wait, None)
            case effects.IncidentOpened():
                root.incidents[effect.incident] = effect
            case effects.IncidentClosed():
                root.incidents.pop(effect.incident, None)
            case effects.DecisionEvaluated():
                self.decisions[effect.decision_id] = effect
            case effects.SignalThrown():
                self._signals.append(effect)
            case effects.InstanceEnded(instance=1):
                root.ended = effect.state
            case _:
                pass


def play(file: str, source: bytes, now: datetime, *, longest: timedelta = timedelta(days=366)) -> dict[str, Any]:
    """Run one diagram with nobody watching (design §9). Raises ModelRefused."""
    models = Models()
    brought = models.add(file, source)
    rehearsal = Rehearsal(models, now, inline=False)
    started = next((process for process in brought if any(event.kind == "none" for event in process.start_events)), brought[0])
    root = rehearsal.start(started, {})
    while rehearsal.fired < MOST_FIRINGS:
        due = rehearsal.next_due()
        if due is None or due[0] > now + longest:
            break
        rehearsal.advance(due[0])
    return {
        "state": root.state.root_state,
        "open": [token.element_id for tree in rehearsal.roots for token in tree.state.tokens()],
        "incidents": [
            {"element": incident.element_id, "type": incident.type, "message": incident.message} for _, incident in rehearsal.incidents()
        ],
        "path": rehearsal.path,
    }


def decide(file: str, source: bytes, decision: str, values: str, at: str) -> dict[str, Any]:
    """Evaluate one decision of a DMN file: output, matched rows with their annotations, inputs, required decisions.

    ``values`` is a JSON object. Raises InvalidRequest (DECISION, JSON…) with place and cause.
    """
    try:
        context = forms.loads(values)
        moment = datetime.fromisoformat(at)
    except forms.FormError as error:
        raise InvalidRequest(f"输入无法读取:{error}", code=error.code) from error
    except ValueError as error:
        raise InvalidRequest(f"时刻 {at!r} 无法读取,应如 2026-03-10T09:00:00+08:00", code="DECISION") from error
    if not isinstance(context, dict):
        raise InvalidRequest("输入应是一个 JSON 对象", code="DECISION")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    registry = deadlines.registry(no_rule, calendars.statutory(), ZONE)
    try:
        model = dmn.parse(source, name=file, functions=registry)
        if decision not in model.decisions:
            raise InvalidRequest(f"{file} 中没有决策“{decision}”,可用:{'、'.join(model.decisions)}", code="DECISION")
        evaluation = model.evaluate(decision, context, feel.Environment(now=moment, zone=ZONE, functions=registry))
    except dmn.DmnError as error:
        raise InvalidRequest(str(error), code="DECISION", details={"problems": [problem.message for problem in error.problems]}) from error
    except (dmn.DmnEvaluationError, feel.FeelError) as error:
        raise InvalidRequest(str(error), code="DECISION") from error
    return explanation(evaluation)


def explanation(evaluation: dmn.Evaluation) -> dict[str, Any]:
    """An evaluation as plain JSON."""
    return {
        "decision": evaluation.decision_id,
        "name": evaluation.decision_name,
        "output": feel.to_json(evaluation.output),
        "rules": [
            {"number": rule.number, "id": rule.id, "outputs": feel.to_json(rule.outputs), "annotations": dict(rule.annotations)}
            for rule in evaluation.rules
        ],
        "inputs": [feel.to_json(dict(entry)) for entry in evaluation.inputs],
        "required": [explanation(required) for required in evaluation.required],
        "warnings": [str(warning) for warning in evaluation.warnings],
    }


def no_rule(key: str, start: object, variables: object, environment: object) -> deadlines.Rule:
    raise deadlines.DeadlineError("DEADLINE_UNKNOWN", f"单独试算时没有期限表,无法计算期限“{key}”")
