"""A whole life, played: every role acts through the real services on a virtual clock, from declaration to retirement.

What neither the case nor the answers say is assumed by the forms' examples, and listed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.catalogue import districts, snapshot
from app.domain.districts import District
from app.domain.permissions import Actor
from app.errors import Failure, InvalidRequest
from app.playing import player
from app.playing.case_files import Case
from app.seen.shapes import TaskLine
from app.services import accounts, instances, messages, projects, tasks, timers

ACT = timedelta(minutes=30)  # how long a person takes
MOST_ACTS = 600
MOST_REPEATS = 40  # of one task, opinions of several offices included: beyond that the life turns in a circle


@dataclass(slots=True)
class Walk:
    """``events``: who did what; ``open``: what was still open at the end; ``problems``: acts that were refused."""

    district: str
    phase: str = "draft"
    events: list[dict[str, Any]] = field(default_factory=list)
    open: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    assumed: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    goal: str = "retired"
    reached: bool = False

    @property
    def succeeded(self) -> bool:
        # A walk that stops at a phase leaves that phase's work open: only a whole life must leave nothing.
        return self.reached and not self.incidents and not self.problems and (self.goal != "retired" or not self.open)

    def as_json(self) -> dict[str, Any]:
        return {
            "district": self.district,
            "phase": self.phase,
            "events": self.events,
            "open": self.open,
            "incidents": self.incidents,
            "assumed": self.assumed,
            **({"problems": self.problems} if self.problems else {}),
        }


@dataclass(slots=True)
class _Player:
    case: Case
    district: District
    answers: Mapping[str, Mapping[str, Any]]
    now: datetime
    walk: Walk
    project_key: int = 0
    started: set[str] = field(default_factory=set)
    times: Counter[str] = field(default_factory=Counter)

    @property
    def system(self) -> Actor:
        return accounts.system(self.district.key)


def play(case: Case, district_key: str, answers: Mapping[str, Mapping[str, Any]], begin: datetime, until: str = "retired") -> Walk:
    """Play ``case`` in a district whose models and organisation are there. ``answers``: element id → values of that task's form, which win over everything;
    the value under ``@as`` is a role that tries to do it. Raises InvalidRequest (DISTRICT, PHASE, ANSWERS)."""
    district = districts.get(district_key)
    if until not in districts.phase_keys():
        raise InvalidRequest(f"没有阶段“{until}”,可用:{'、'.join(districts.phase_keys())}", code="PHASE")
    _check_answers(answers, district_key)
    turn = _Player(case, district, answers, begin, Walk(district_key, goal=until))
    _start(turn)
    for _ in range(MOST_ACTS):
        turn.walk.phase = _phase(turn)
        if turn.walk.problems or _finished(turn):
            break
        if not (_act(turn) or _start_next(turn) or _wait(turn)):
            break
    turn.walk.phase = _phase(turn)
    turn.walk.reached = _has_reached(turn)
    _look_back(turn)
    return turn.walk


def _check_answers(answers: Mapping[str, Mapping[str, Any]], tenant: str) -> None:
    """An answer to what nobody will ask is a slip of the pen. Raises InvalidRequest (ANSWERS)."""
    library = snapshot.library(tenant)
    asked = {element for item in library.processes() for element in library.definition(item.key).elements}
    unknown = sorted(set(answers) - asked)
    if unknown:
        raise InvalidRequest(f"答案文件里的元素“{unknown[0]}”不在本区的任何流程里", code="ANSWERS")


def _has_reached(turn: _Player) -> bool:
    """Whether the project has come to the phase to stop at. One act may pass through a phase, so that it is never found resting there."""
    if turn.walk.goal == "retired":
        return turn.walk.phase == turn.walk.goal
    return turn.walk.goal in projects.phases_entered(turn.project_key)


def _finished(turn: _Player) -> bool:
    if turn.walk.goal != "retired":
        return _has_reached(turn)
    terminal = {phase.key for phase in districts.phases() if phase.terminal}
    return turn.walk.phase in terminal and not _open(turn)


def _start(turn: _Player) -> None:
    """The year's plan is announced and the applicant's office opens a declaration."""
    for process in turn.district.processes.values():
        if process.enabled and process.start_role and process.per == "year":
            starter = player.holder(turn.district.key, process.start_role, turn.now)
            if starter is not None:
                projects.start_district_process(starter, process.key, turn.now)
                turn.now += ACT
                _settle(turn)
    # The window opens with the notice: the year's plan comes first, as far as it goes by itself.
    while not turn.walk.problems and _act(turn):
        pass
    applicant = player.holder(turn.district.key, "applicant", turn.now, office=turn.case.applicant)
    if applicant is None:
        raise InvalidRequest(f"区“{turn.district.key}”没有申报单位的账号", code="DISTRICT")
    membership = applicant.office_in("applicant")
    if membership and turn.case.applicant not in membership.office_name:
        turn.walk.assumed.append({"element": "start", "field": "applicant", "value": membership.office_name})
    turn.project_key, _ = projects.start(applicant, "declaration", turn.case.name, turn.now)
    turn.started.add("declaration")


def _phase(turn: _Player) -> str:
    return projects.phase(turn.project_key)


def _open(turn: _Player) -> Sequence[TaskLine]:
    return tasks.search(turn.system, tasks.TaskFilter(state="open", tenant=turn.district.key), turn.now, limit=200).items


def _act(turn: _Player) -> bool:
    """One person completes one task: the project's own first, the district's when the project waits. False if nobody can do anything now."""
    ready = [line for line in _open(turn) if line.follow_up_at is None or line.follow_up_at <= turn.now]
    for line in sorted(ready, key=lambda line: (line.project_key is None, line.key)):
        turn.times[line.element_id] += 1
        if turn.times[line.element_id] > MOST_REPEATS:
            turn.walk.problems.append(f"事项“{line.name}”({line.element_id})已办理 {MOST_REPEATS} 次,流程在此反复,未能前进")
            return True
        answers = dict(turn.answers.get(line.element_id, {}))
        role = answers.pop("@as", None)
        actor = player.holder(turn.district.key, role, turn.now) if role else player.performer(line.key, turn.now)
        if actor is None:
            turn.walk.problems.append(
                f"事项“{line.name}”({line.element_id})没有可以办理的账号,请检查 districts/{turn.district.key}.toml 的角色与单位"
            )
            return True
        _complete(turn, line, actor, answers)
        return True
    return False


def _complete(turn: _Player, line: TaskLine, actor: Actor, answers: Mapping[str, Any]) -> None:
    try:
        view = tasks.view(actor, line.key, turn.now)
        filled = player.fill(view.form, view.variables, _facts(turn, line), answers, turn.now, turn.district.key)
        tasks.complete(actor, line.key, filled.values, turn.now)
    except Failure as failure:
        details = "".join(f" [{fault.path}: {fault.message}]" for fault in getattr(failure, "problems", ()))
        turn.walk.problems.append(f"“{line.name}”({line.element_id})由 {actor.username} 办理被拒绝:{failure.message}{details}")
        return
    role = next((group for group in line.candidate_groups if group in actor.roles), next(iter(sorted(actor.roles)), ""))
    turn.walk.events.append(
        {
            "at": turn.now.astimezone(turn.district.zone).isoformat(),
            "process": line.process_id,
            "element": line.element_id,
            "role": role,
            "account": actor.username,
            "clauses": [clause.id for clause in view.clauses],
            "outcome": tasks.line(turn.system, line.key, turn.now).outcome,
        }
    )
    for name in filled.assumed:
        turn.walk.assumed.append({"element": line.element_id, "field": name, "value": filled.values.get(name)})
    turn.now += ACT
    _settle(turn)


def _facts(turn: _Player, line: TaskLine) -> Mapping[str, Any]:
    """The case's facts in the district's words, for tasks of the project."""
    return districts.translate(turn.district, turn.case.facts) if line.project_key else {}


def _start_next(turn: _Player) -> bool:
    """Start by hand what people start by hand in this phase, each once; what ends the life only after an evaluation."""
    phase = turn.walk.phase
    for process in turn.district.processes.values():
        if (
            not process.enabled
            or process.start_role is None
            or process.per != "project"
            or process.key in turn.started
            or phase not in process.start_phases
        ):
            continue
        if _asked_for(turn, process.key) and (
            phase != process.start_phases[-1] or any(event["process"] == process.key for event in turn.walk.events)
        ):
            continue  # another process asks for it when its time has come
        if process.key == "retirement" and projects.facts(turn.project_key).get("evalResult") is None:
            continue
        starter = player.holder(turn.district.key, process.start_role, turn.now, project=turn.project_key)
        if starter is None:
            continue
        turn.started.add(process.key)
        try:
            projects.start_process(starter, turn.project_key, process.key, turn.now)
        except Failure as failure:
            turn.walk.problems.append(f"发起“{process.title or process.key}”被拒绝:{failure.message}")
        turn.now += ACT
        _settle(turn)
        return True
    return False


def _asked_for(turn: _Player, process_id: str) -> bool:
    """Whether a process can also be started by another's message."""
    definition = snapshot.fresh(turn.district.key).process(process_id)
    return definition is not None and any(event.kind == "message" for event in definition.start_events)


def _wait(turn: _Player) -> bool:
    """Nobody can act: go on to the next instant at which something happens. False if nothing ever will."""
    due = timers.next_due()
    later = [line.follow_up_at for line in _open(turn) if line.follow_up_at is not None and line.follow_up_at > turn.now]
    instants = [instant for instant in (due, *later) if instant is not None]
    if not instants:
        return False
    turn.now = max(turn.now, min(instants))
    _settle(turn)
    return True


def _settle(turn: _Player) -> None:
    """Everything that is due by now fires, every message that meets a subscription is delivered."""
    while timers.fire_due(turn.now) or messages.correlate(turn.now):
        pass


def _look_back(turn: _Player) -> None:
    found = instances.search(turn.system, instances.InstanceFilter(state="active", tenant=turn.district.key), turn.now, limit=200)
    for line in _open(turn):
        turn.walk.open.append({"process": line.process_id, "element": line.element_id, "roles": list(line.candidate_groups)})
    for instance in found.items:
        if (
            turn.walk.goal == "retired"
            and instance.project_key == turn.project_key
            and not any(entry["process"] == instance.process_id for entry in turn.walk.open)
        ):
            turn.walk.open.append({"process": instance.process_id, "element": None, "roles": []})
        if instance.incidents:
            for incident in instances.view(turn.system, instance.key, turn.now).incidents:
                if incident.resolved_at is None:
                    turn.walk.incidents.append(
                        {"process": instance.process_id, "element": incident.element_id, "type": incident.type, "message": incident.message}
                    )
