"""A tree under test: commands by element id, the caller's rows (waits, tasks, jobs) kept from effects, optionally dumped and loaded after every step."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.decision import dmn
from app.domain.calendars import Calendar
from app.engine import DecisionRef, State, StaticLibrary, StepLimits, commands, effects, read, step

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 10, 9, 0, tzinfo=ZONE)


def library(*sources: bytes, decisions: Mapping[str, bytes] | None = None, calendar: Calendar | None = None) -> StaticLibrary:
    definitions = {}
    for source in sources:
        for definition in read(source, "test.bpmn").processes:
            definitions[definition.process_id] = definition.with_key(len(definitions) + 1, 1, 1)
    found = {}
    for number, (decision_id, source) in enumerate((decisions or {}).items(), 1):
        found[decision_id] = DecisionRef(number, 1, decision_id, dmn.parse(source, name="test.dmn"))
    return StaticLibrary(definitions, found, frozenset(), calendar or Calendar(), ZONE, any_form=True)


class Run:
    """One tree. ``path`` lists the elements entered; ``waits``, ``jobs`` and ``tasks`` are what a caller's tables would hold."""

    def __init__(
        self,
        lib: StaticLibrary,
        process: str = "p",
        variables: Mapping[str, Any] | None = None,
        *,
        reload: bool = False,
        now: datetime = START,
        limits: StepLimits | None = None,
        **start: Any,
    ) -> None:
        self.library = lib
        self.reload = reload
        self.now = now
        self.limits = limits or StepLimits()
        self.state: State | None = None
        self.effects: list[effects.Effect] = []
        self.path: list[str] = []
        self.names: dict[int, str] = {}
        self.waits: dict[int, effects.WaitOpened] = {}
        self.jobs: dict[int, effects.JobOpened] = {}
        self.tasks: dict[int, effects.TaskOpened] = {}
        self.incidents: dict[int, effects.IncidentOpened] = {}
        self.ended: dict[int, str] = {}
        self.instances: dict[int, str] = {}
        definition = lib.processes[process]
        self.do(commands.Start(definition.key, variables or {}, **start))

    def do(self, command: commands.Command) -> list[effects.Effect]:
        before = self.state.dump() if self.state is not None and self.reload else None
        previous = self.state
        self.state, new = step(self.library, self.state, command, self.now, self.limits)
        if previous is not None and before is not None:
            assert previous.dump() == before, "the state that went in has changed"
        if self.reload:
            text = self.state.dump()
            assert State.of(State.load(text, self.library).tree, self.library).dump() == text, "loading has lost something"
            self.state = State.load(text, self.library)
        self.effects += new
        for effect in new:
            self._note(effect)
        return new

    def _note(self, effect: effects.Effect) -> None:
        match effect:
            case effects.ElementEntered():
                assert effect.element not in self.names
                self.path.append(effect.element_id)
                self.names[effect.element] = effect.element_id
            case effects.ElementEnded():
                assert effect.element in self.names
                assert effect.element not in self.ended
                self.ended[effect.element] = effect.state
            case effects.WaitOpened():
                self.waits[effect.wait] = effect
            case effects.WaitClosed():
                del self.waits[effect.wait]
            case effects.TaskOpened():
                assert effect.element not in self.tasks
                self.tasks[effect.element] = effect
            case effects.TaskClosed():
                del self.tasks[effect.element]
            case effects.JobOpened():
                assert effect.element not in self.jobs
                self.jobs[effect.element] = effect
            case effects.JobClosed():
                self.jobs.pop(effect.element)
            case effects.IncidentOpened():
                self.incidents[effect.incident] = effect
            case effects.IncidentClosed():
                del self.incidents[effect.incident]
            case effects.InstanceStarted():
                self.instances[effect.instance] = "active"
            case effects.InstanceEnded():
                self.instances[effect.instance] = effect.state
            case _:
                pass

    # ------------------------------------------------------------------ acting

    @property
    def current(self) -> State:
        assert self.state is not None
        return self.state

    def task(self, element_id: str, index: int = 0) -> int:
        return [number for number, task in self.tasks.items() if task.element_id == element_id][index]

    def complete(self, element_id: str, variables: Mapping[str, Any] | None = None, index: int = 0) -> None:
        self.do(commands.CompleteTask(self.task(element_id, index), variables or {}))

    def job(self, element_id: str, index: int = 0) -> int:
        return [number for number, job in self.jobs.items() if job.element_id == element_id][index]

    def finish(self, element_id: str, variables: Mapping[str, Any] | None = None, index: int = 0) -> None:
        self.do(commands.CompleteJob(self.job(element_id, index), variables or {}))

    def error(self, element_id: str, code: str, variables: Mapping[str, Any] | None = None) -> None:
        self.do(commands.ThrowError(self.job(element_id), code, "", variables or {}))

    def wait(self, element_id: str, index: int = 0) -> int:
        return [number for number, wait in self.waits.items() if wait.element_id == element_id][index]

    def fire(self, element_id: str, index: int = 0) -> None:
        self.do(commands.FireTimer(self.wait(element_id, index)))

    def deliver(self, element_id: str, variables: Mapping[str, Any] | None = None, index: int = 0) -> None:
        self.do(commands.Deliver(self.wait(element_id, index), variables or {}))

    def advance(self, until: datetime | timedelta) -> list[str]:
        """Move the clock from due to due; the event ids that fired."""
        end = self.now + until if isinstance(until, timedelta) else until
        fired = []
        while True:
            due = sorted((wait.due_at, number) for number, wait in self.waits.items() if wait.due_at is not None and wait.due_at <= end)
            if not due:
                break
            at, number = due[0]
            self.now = max(self.now, at)
            fired.append(self.waits[number].element_id)
            self.do(commands.FireTimer(number))
        self.now = end
        return fired

    def resolve(self, element_id: str) -> None:
        number = next(number for number, incident in self.incidents.items() if incident.element_id == element_id)
        self.do(commands.Resolve(number))

    def set(self, **variables: Any) -> None:
        self.do(commands.SetVariables(variables))

    # ------------------------------------------------------------------ looking

    @property
    def open(self) -> list[str]:
        """The ids of open user tasks, sorted."""
        return sorted(task.element_id for task in self.tasks.values())

    @property
    def waiting(self) -> list[str]:
        return sorted(wait.element_id for wait in self.waits.values())

    @property
    def active(self) -> list[str]:
        return sorted(token.element_id for token in self.current.tokens())

    @property
    def variables(self) -> dict[str, Any]:
        return self.current.variables()

    @property
    def done(self) -> bool:
        return self.current.root_state == "completed"

    @property
    def troubles(self) -> list[tuple[str, str]]:
        return sorted((incident.element_id, incident.type) for incident in self.incidents.values())

    def of(self, kind: type) -> list[Any]:
        return [effect for effect in self.effects if isinstance(effect, kind)]
