"""One case of a scenario under way: what it does, step by step, on the real engine and a virtual clock (design §9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.decision import feel
from app.domain.districts import ZONE
from app.domain.facts import FactsError
from app.domain.subjects import PERIOD
from app.engine import ProcessDefinition, commands, effects, timers
from app.engine.errors import EngineError, ModificationRefused
from app.engine.expressions import vocabulary
from app.engine.waits import text_of
from app.errors import InvalidRequest
from app.rehearsal import doers, given_back, submissions, wording
from app.rehearsal.expectations import Expectations, name_all
from app.rehearsal.ledger import LedgerInMemory
from app.rehearsal.library import ModelRefused, Models
from app.rehearsal.places import place_of
from app.rehearsal.run import Rehearsal
from app.rehearsal.scenario_files import Failed, Scenario, instant
from app.rehearsal.scenario_shapes import Doer, doer
from app.rehearsal.trees import RehearsedTree
from app.rehearsal.wording import mark

DEFAULT_NOW = datetime(2026, 1, 5, 9, tzinfo=ZONE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case. ``step``: where it failed (``file``, ``models``, ``start``, ``step 3``, ``expect``); ``place``: the same for people.

    ``stops``: an incident that nothing expected, or a refused evaluation, and not merely another value, date or path than was expected. ``difference`` names
    elements by id, ``told`` by their names; ``cause`` is the difference whatever the elements are called. ``trail``: what a case that held went through.
    """

    ok: bool
    step: str = ""
    place: str = ""
    stops: bool = False
    difference: str = ""
    told: str = ""
    cause: str = ""
    trail: frozenset[str] = frozenset()


def attempt(case: Scenario, models: Models, phases: Sequence[str] | None) -> Outcome:
    """One case on ``models``. ``phases``: the ledger's, in order; None leaves them unchecked."""
    step = "models"
    run: _Run | None = None
    try:
        run = _Run(case, models, phases)
        step = "start"
        run.begin()
        for number, action in enumerate(case.steps, start=1):
            step = f"step {number}"
            run.step(action)
        step = "expect"
        run.check(case.expect)
        run.no_surprise()
    except Failed as failed:
        text, stops = str(failed), False
        if run is not None and run.expectations.surprises():  # what differs then only follows from it
            described = run.expectations.described()
            text, stops = text if described in text else f"{text};出现了没有预期的事故:{described}", True
    except (ModelRefused, EngineError, InvalidRequest, FactsError, feel.FeelError) as error:
        text, stops = str(error), True
    except Exception as error:  # one case must not take the others with it
        text, stops = f"内部错误 {type(error).__name__}:{error}", True
    else:
        return Outcome(True, trail=frozenset(run.rehearsal.trail))
    names = run.names() if run is not None else {}
    place = place_of(case, step)
    return Outcome(
        ok=False,
        step=step,
        place=wording.spoken(place, names),
        stops=stops,
        difference=wording.plain(text),
        told=wording.spoken(text, names),
        cause=wording.nameless(wording.plain(text), names),
    )


class _Run:
    """One case under way."""

    def __init__(self, case: Scenario, models: Models, phases: Sequence[str] | None) -> None:
        self.case = case
        self.models = models
        now = instant(case.now, models.zone) if case.now is not None else DEFAULT_NOW
        self.rehearsal = Rehearsal(models, now, ledger=LedgerInMemory(models, phases), hold=case.hold)
        self.signed: list[tuple[int, effects.Signing, str]] = []  # tree, where in its round, who
        self.expectations = Expectations(self.rehearsal, facts_are_variables=case.ledger is None)

    # ------------------------------------------------------------------ beginning

    def begin(self) -> None:
        """Start the process; one without a none start is left to the first step that triggers it, if there is one."""
        self._fill(self.rehearsal.ledger, self.rehearsal.now)
        definition = self._definition()
        if self.case.models is not None:
            for process in self.models.processes.values():
                if process is not definition:
                    self.rehearsal.arm(process)
        if definition is not None:
            self._begin(definition)
        self.rehearsal.settle()

    def _fill(self, ledger: LedgerInMemory, now: datetime) -> None:
        """The ledger before the first step: as the file says, else one project whose facts are the variables. Raises InvalidRequest."""
        process, given = self.case.process or "", self.case.ledger
        if given is None:
            if ledger.belongs(process):
                variables = dict(self.case.variables)
                if ledger.phases is not None and variables.get("phase") not in ledger.phases:
                    variables.pop("phase", None)  # a variable of that name, and no phase
                ledger.own = ledger.add_project(variables, now, process)
            return
        if given.get("project") is not None:
            ledger.own = ledger.add_project(given["project"], now, process)
        _enter(ledger, given, ledger.own, now)
        for task, values in (given.get("approved") or {}).items():
            ledger.add_approval(str(task), values or {})
        for other in given.get("others") or ():
            _enter(ledger, other, ledger.add_project(other["project"], now), now)

    def _definition(self) -> ProcessDefinition | None:
        if self.case.process is None:
            return None
        definition = self.models.process(self.case.process)
        if definition is None:
            where = f"区“{self.case.district}”和" if self.case.district else "(场景没有写 district)"
            known = sorted(process.process_id for process in self.models.all_processes())
            raise Failed(f"{where}共用的模型中没有流程“{self.case.process}”,可用:{'、'.join(known) or '(无)'}")
        return definition

    def _begin(self, definition: ProcessDefinition) -> None:
        kinds = {event.kind for event in definition.start_events}
        if definition.obligation is not None:  # the case is that of one subject whose turn it is
            if PERIOD in self.case.variables:
                self.rehearsal.start(definition, self.case.variables, self._turn(definition, str(self.case.variables[PERIOD])))
                return
        elif "none" in kinds:
            self.rehearsal.arm(definition)
        elif self._is_triggered(definition):
            return
        elif "timer" in kinds and any("advance" in step for step in self.case.steps):
            self.rehearsal.arm(definition, self.case.variables)
            return
        self.rehearsal.start(definition, submissions.begun(self.rehearsal, definition, self.case))

    def _turn(self, definition: ProcessDefinition, period: str) -> str:
        """The start event of a case that names the day on which its period begins. Raises Failed where the cycle begins none on it."""
        try:
            found = self.rehearsal.turn(definition, date.fromisoformat(period))
        except ValueError:
            found = None
        if found is None:
            raise Failed(f"{period} 不是流程“{definition.process_id}”的一个周期开始的日子,请改正变量 {PERIOD}")
        return found

    def _is_triggered(self, definition: ProcessDefinition) -> bool:
        for step in self.case.steps:
            for kind in ("message", "signal"):
                value = step.get(kind)
                name = value.get("name") if isinstance(value, dict) else value
                if isinstance(name, str) and self.rehearsal.listens(definition, kind, name):
                    return True
        return False

    # ------------------------------------------------------------------ steps

    def step(self, step: Mapping[str, Any]) -> None:
        """Raises Failed, the engine's errors, InvalidRequest."""
        if "expect" in step:
            self.check(step["expect"] or {})
            return
        self.no_surprise()
        actions = {
            "advance": self._advance, "complete": self._complete, "denied": self._denied, "return": self._return, "message": self._message,
            "signal": self._signal, "job": self._job,
            "set": self._set, "resolve": self._resolve,
        }  # fmt: skip
        kind = next(key for key in step if key in actions)
        actions[kind](step[kind], step)
        self.rehearsal.settle()

    def check(self, expected: Mapping[str, Any]) -> None:
        self.expectations.check(expected)

    def no_surprise(self) -> None:
        self.expectations.no_surprise()

    def _advance(self, value: Any, step: Mapping[str, Any]) -> None:
        now, zone = self.rehearsal.now, self.models.zone
        if isinstance(value, str) and value.lstrip("+-").startswith("P"):
            try:
                until = timers.parse_duration(value).after(now, zone)
            except timers.TimerError as error:
                raise Failed(f"advance:{error}") from error
        else:
            until = instant(value, zone)
        if until < now:
            raise Failed(f"advance 不能回到过去:现在是 {now.astimezone(zone).isoformat()}")
        self.rehearsal.advance(until)

    def _complete(self, value: Any, step: Mapping[str, Any]) -> None:
        wanted = _object(value, "complete", "task", {"task", "where"})
        who = doer(step.get("as"), "as")
        root, task = self._waiting(wanted.get("task"), wanted.get("where"), who)
        self._check_doer(who, root, task)
        given = _values(step.get("with"), "with")
        data, report = submissions.submitted(self.rehearsal, root, task, given, _values(step.get("confirmed"), "confirmed"))
        submissions.judge(task.element_id, report.problems, step.get("refused"))
        place, form = f"{root.processes[task.instance]}.{task.element_id}", self.models.form(task.form_id) if task.form_id else None
        self.rehearsal.trail |= {f"{place}.{name}" for name in submissions.touched(given, report.problems, form)}
        self.rehearsal.take(root, report.effects)  # what its checks decided may be expected of a refused one too
        if not report.problems:  # a refused submission is no step
            office = doers.acting(who, task, self.rehearsal.ledger)
            self.rehearsal.complete(root, task, data, form=form, role=who.role if who is not None else None, office=office)
            if task.signing is not None and who is not None and who.person is not None:
                self.signed.append((root.number, task.signing, who.person))

    def _denied(self, value: Any, step: Mapping[str, Any]) -> None:
        """An open task that somebody may not do. No step: it stays open."""
        wanted = _object(value, "denied", "task", {"task", "where"})
        who = doer(step.get("as"), "as")
        root, task = self._waiting(wanted.get("task"), wanted.get("where"), who)
        try:
            self._check_doer(who, root, task)
        except doers.NotTheirs:
            return
        raise Failed(f"“{mark(task.element_id)}”不该由 {doers.shown(who)} 办理,却可以办")

    def _return(self, value: Any, step: Mapping[str, Any]) -> None:
        given = _object(value, "return", "from", given_back.KEYS)
        who = doer(step.get("as"), "as")
        root, task = self._waiting(given.get("from"), given.get("where"), who)
        self._check_doer(who, root, task)
        try:
            self.rehearsal.act(root, given_back.command(given, task.element, self.rehearsal.now, self.models.zone))
        except ModificationRefused as error:
            raise Failed(f"“{mark(task.element_id)}”不能这样退回:{error}") from error

    def _waiting(self, name: Any, where: Any, who: Doer | None = None) -> tuple[RehearsedTree, effects.TaskOpened]:
        """The oldest open task of this element, of what ``where`` says, and of the doer's office if one of them is that office's. Raises Failed."""
        waiting = self.rehearsal.open_tasks()
        found = [(root, task) for root, task in waiting if task.element_id == name]
        if where is not None:
            found = [(root, task) for root, task in found if self._feel(where, root.state.visible(task.element)) is True]
        if not found:
            which = f"“{mark(str(name))}”(where {where})" if where is not None else f"“{mark(str(name))}”"
            raise Failed(f"没有可办理的事项{which};正在等待办理的:{name_all(task.element_id for _, task in waiting)}")
        own = [(root, task) for root, task in found if task.office is not None and who is not None and task.office.name == who.office]
        return (own or found)[0]

    def _check_doer(self, who: Doer | None, root: RehearsedTree, task: effects.TaskOpened) -> None:
        if who is not None:
            doers.check(who, task, root.project, self.rehearsal.ledger, self._signers(root, task))

    def _signers(self, root: RehearsedTree, task: effects.TaskOpened) -> set[str]:
        """People who have done another instance of a task in its round, where nobody may do two: as on the server."""
        mine = task.signing
        return {
            person
            for number, signing, person in self.signed
            if mine is not None
            and (number, signing.round) == (root.number, mine.round)
            and (signing.seat != mine.seat or signing.visit == mine.visit)
        }

    def _message(self, value: Any, step: Mapping[str, Any]) -> None:
        given = _object(value, "message", "name", {"name", "key", "with"}) | {key: step[key] for key in ("key", "with") if key in step}
        key = given.get("key")
        if isinstance(key, str) and key.startswith("="):
            key = self._feel(key, self.rehearsal.roots[0].state.variables() if self.rehearsal.roots else self.case.variables)
        text = "" if key is None else text_of(key)
        if text is None:
            raise Failed(f"message 的 key 应是文字或数字,实为 {key!r}")
        self.rehearsal.publish(_name(given, "message"), text, self._first_given(_values(given.get("with"), "with")))

    def _signal(self, value: Any, step: Mapping[str, Any]) -> None:
        given = _object(value, "signal", "name", {"name", "with"}) | {key: step[key] for key in ("with",) if key in step}
        self.rehearsal.signal(_name(given, "signal"), self._first_given(_values(given.get("with"), "with")))

    def _first_given(self, variables: dict[str, Any]) -> dict[str, Any]:
        """What starts the first instance brings the case's variables along."""
        return variables if self.rehearsal.roots else {**self.case.variables, **variables}

    def _job(self, value: Any, step: Mapping[str, Any]) -> None:
        wanted = _object(value, "job", "type", {"type", "element", "complete", "fail", "error"})
        open_jobs = self.rehearsal.open_jobs()
        found = [
            (root, job)
            for root, job in open_jobs
            if ("type" in wanted or "element" in wanted)
            and wanted.get("type") in (None, job.type)
            and wanted.get("element") in (None, job.element_id)
        ]
        if not found:
            what = wanted.get("type") or wanted.get("element")
            raise Failed(
                f"没有等待的作业“{what}”;正在等待的:{name_all(job.type for _, job in open_jobs)}。内部作业自动完成,要停在那里请写入 hold"
            )
        root, job = found[0]
        self.rehearsal.act(root, _outcome(wanted, job))

    def _set(self, value: Any, step: Mapping[str, Any]) -> None:
        values = _values(value, "set")
        if self.case.ledger is None:
            self.rehearsal.ledger.correct(values, self.rehearsal.now)
        self.rehearsal.act(self._first(), commands.SetVariables(values))

    def _resolve(self, value: Any, step: Mapping[str, Any]) -> None:
        incidents = self.rehearsal.incidents()
        found = [(root, incident) for root, incident in incidents if incident.element_id == value]
        if not found:
            raise Failed(f"元素“{mark(str(value))}”没有事故;现有:{name_all(incident.element_id for _, incident in incidents)}")
        root, incident = found[0]
        self.rehearsal.act(root, commands.Resolve(incident.incident))

    # ------------------------------------------------------------------ inside

    def names(self) -> dict[str, str]:
        """Id → name of whatever this run came by: roles, rows of tables, decisions, elements."""
        names: dict[str, str] = {key: role.title for key, role in (self.models.district or doers.NOWHERE).roles.items()}
        for key in self.rehearsal.decisions:
            found = self.models.decision(key)
            decision = found.model.decisions.get(key) if found is not None else None
            if decision is not None:
                names |= {rule.id: f"第 {rule.number} 行" for rule in decision.rules if rule.id} | {key: decision.name or key}
        for process_id in dict.fromkeys(process for root in self.rehearsal.roots for process in root.processes.values()):
            process = self.models.process(process_id)
            if process is not None:
                names |= {key: element.name for key, element in process.elements.items() if element.name}
        return names

    def _first(self) -> RehearsedTree:
        if not self.rehearsal.roots:
            raise Failed("还没有流程实例")
        return self.rehearsal.roots[0]

    def _feel(self, text: Any, variables: Mapping[str, Any]) -> Any:
        environment = feel.Environment(now=self.rehearsal.now, zone=self.models.zone, functions=vocabulary())
        return feel.compile(str(text).removeprefix("="), functions=vocabulary()).evaluate(variables, environment)


def _enter(ledger: LedgerInMemory, given: Mapping[str, Any], project: int | None, now: datetime) -> None:
    for kind, rows in (given.get("records") or {}).items():
        ledger.add_records(kind, rows, project, now)


def _outcome(wanted: Mapping[str, Any], job: effects.JobOpened) -> commands.Command:
    """What a worker says of a job."""
    said = [key for key in ("complete", "fail", "error") if key in wanted]
    if len(said) > 1:
        raise Failed(f"job 只能有 complete、fail、error 之一,这里是 {'、'.join(said)}")
    if said == ["fail"]:
        failure = _object(wanted["fail"], "fail", "message", {"retries", "message"})
        retries = failure.get("retries", 0)
        if not isinstance(retries, int) or isinstance(retries, bool) or retries < 0:
            raise Failed("fail 的 retries 应是不小于 0 的整数")
        return commands.FailJob(job.element, retries, str(failure.get("message") or ""))
    if said == ["error"]:
        error = _object(wanted["error"], "error", "code", {"code", "message", "with"})
        return commands.ThrowError(
            job.element, str(error.get("code") or ""), str(error.get("message") or ""), _values(error.get("with"), "with")
        )
    return commands.CompleteJob(job.element, _values(wanted.get("complete"), "complete"))


def _object(value: Any, what: str, short: str, known: set[str]) -> dict[str, Any]:
    """A step's object; a bare text stands for the one field ``short``."""
    if not isinstance(value, dict):
        return {} if value is None else {short: value}
    unknown = sorted(set(value) - known)
    if unknown:
        raise Failed(f"{what} 含有不认识的键“{unknown[0]}”,可用:{'、'.join(sorted(known))}")
    return value


def _name(given: Mapping[str, Any], what: str) -> str:
    name = given.get("name")
    if not isinstance(name, str) or not name:
        raise Failed(f"{what} 应写明名称(name)")
    return name


def _values(value: Any, what: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Failed(f"{what} 应是“名称: 值”的对象")
    return value
