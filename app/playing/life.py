"""A project's life as people lead it: who does the next task, who starts what next, and when nobody can act what happens next.

The walk plays one life to its end, the demonstration many side by side; both take their turns here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.catalogue import snapshot
from app.domain.districts import ANYBODY, District, ProcessInfo
from app.domain.forms import Form
from app.domain.permissions import SYSTEM, Actor
from app.domain.states import TaskState
from app.errors import Failure, InvalidForm
from app.playing import papers, player
from app.playing.player import Filled
from app.seen.shapes import ClauseView, TaskLine
from app.services import accounts, projects, tasks, timers

DURATION = timedelta(minutes=30)  # how long a person takes
MOST_REPEATS = 40  # of one task, opinions of several offices included: beyond that the life turns in a circle
DECLARATION = "declaration"
UNTOWARD = frozenset(  # what people begin where something has gone wrong, and no life needs
    {"cancellation", "om_stop", "reprocurement", "withdrawal", "reconsideration", "leader_change"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A task that somebody completed."""

    line: TaskLine
    actor: Actor
    role: str
    filled: Filled
    clauses: Sequence[ClauseView]
    at: datetime


@dataclass(slots=True, kw_only=True)
class Life:
    """``facts``: what is known of the project, in the district's words. ``answers``: element id → values of that task's form, which win over everything, one entry
    for each time it is done, the last for all further times; the value under ``@as`` is a role that tries to do it. ``problems``: what was refused, after which
    the life does not go on."""

    district: District
    name: str
    facts: Mapping[str, Any]
    answers: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    key: int = 0
    started: set[str] = field(default_factory=set)
    times: Counter[str] = field(default_factory=Counter)
    done: list[Done] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def phase(self) -> str:
        """The phase the project is in; it has begun."""
        return projects.phase(SYSTEM, self.key)


def announce(district: District, now: datetime) -> Iterator[str]:
    """The year begins: what the district starts once a year. Gives what was refused."""
    for process in district.processes.values():
        if process.enabled and process.start_role and process.per == "year":
            starter = player.holder(district.key, process.start_role, now)
            if starter is not None:
                try:
                    given = player.beginning(starter, process.key, None, {}, now)
                    projects.start_district_process(starter, process.key, now, given=given)
                except Failure as failure:
                    yield _refused(process, failure)


def begin(life: Life, now: datetime, *, office: str = "") -> Actor | None:
    """An applicant's office, preferably the one called so, opens the declaration. None if nobody can."""
    role = life.district.processes[DECLARATION].start_role or "applicant"
    applicant = player.holder(life.district.key, role, now, office=office)
    if applicant is not None:
        life.key, _ = projects.start(applicant, DECLARATION, life.name, now)
        life.started.add(DECLARATION)
    return applicant


def open_tasks(district: District, now: datetime) -> Sequence[TaskLine]:
    """Everything open in a district, the project's own and the district's."""
    return tasks.search(accounts.system(district.key), tasks.TaskFilter(state=TaskState.OPEN, tenant=district.key), now, limit=200).items


def complete(life: Life, line: TaskLine, now: datetime) -> bool:
    """Somebody who may do the task does it. False if it was refused; the life's ``problems`` say why."""
    life.times[line.element_id] += 1
    if life.times[line.element_id] > MOST_REPEATS:
        life.problems.append(f"事项“{line.name}”({line.element_id})已办理 {MOST_REPEATS} 次,流程在此反复,未能前进")
        return False
    given = life.answers.get(line.element_id)
    answers = dict(given[min(life.times[line.element_id], len(given)) - 1]) if given else {}
    role = answers.pop("@as", None)
    actor = player.holder(life.district.key, role, now) if role else player.performer(line.key, now)
    if actor is None:
        life.problems.append(
            f"事项“{line.name}”({line.element_id})没有可以办理的账号,请检查 districts/{life.district.key}.toml 的角色与单位"
        )
        return False
    try:
        asked = tasks.filling(actor, line.key, now)
        facts = life.facts if line.project_key else {}
        filled = player.fill(asked.form, asked.seen, facts, answers=answers, now=now, tenant=life.district.key)
        _submit(actor, line.key, asked.form, filled.values, now)
    except Failure as failure:
        places = "".join(f" [{fault.path}: {fault.message}]" for fault in getattr(failure, "problems", ()))
        life.problems.append(f"“{line.name}”({line.element_id})由 {actor.username} 办理被拒绝:{failure.message}{places}")
        return False
    acting = next((group for group in line.candidate_groups if group in actor.roles), next(iter(sorted(actor.roles)), ""))
    life.done.append(Done(line=line, actor=actor, role=acting, filled=filled, clauses=asked.clauses, at=now))
    return True


def _submit(actor: Actor, task: int, form: Form | None, values: Mapping[str, Any], now: datetime) -> None:
    """Complete a task; a list of papers that was only typed before, and is refused for that, gets its files; where a refusal names what would be right, that is taken."""
    try:
        tasks.complete(actor, task, papers.bring(actor, task, form, values, now), now)
    except InvalidForm as refused:
        heeded = player.heeded(form, values, refused.problems)
        filed = papers.filed(form, heeded, {problem.path.split("/")[0] for problem in refused.problems})
        if filed == values:
            raise
        tasks.complete(actor, task, papers.bring(actor, task, form, filed, now), now)


def start_next(life: Life, now: datetime) -> bool:
    """Start by hand what people start by hand in this phase, each once; what ends the life only after an evaluation. False if there is nothing to start."""
    phase = life.phase
    for process in life.district.processes.values():
        if (
            not process.enabled
            or process.start_role in (None, ANYBODY)
            or process.per != "project"
            or process.key in life.started
            or phase not in process.start_phases
            or _is_called(life, process.key)
        ):
            continue
        if _is_asked_for(life, process.key) and (
            phase != process.start_phases[-1] or any(done.line.process_id == process.key for done in life.done)
        ):
            continue  # another process asks for it when its time has come
        if (
            process.at_once
            or process.key in UNTOWARD
            or (process.key == "retirement" and projects.facts(SYSTEM, life.key).get("evalResult") is None)
        ):
            continue
        starter = player.holder(life.district.key, process.start_role, now, project=life.key)
        if starter is None:
            continue
        life.started.add(process.key)
        try:
            given = player.beginning(starter, process.key, life.key, life.facts, now)
            projects.start_process(starter, life.key, process.key, now, given=given)
        except Failure as failure:
            life.problems.append(_refused(process, failure))
        return True
    return False


def start_asked(life: Life, process_id: str, values: Mapping[str, Any], now: datetime) -> None:
    """Start a process that nobody would start by himself, with these values of its form; what is refused is a problem of the life."""
    process = life.district.processes[process_id]
    own = None if process.per in ("matter", "year") else life.key
    starter = player.holder(life.district.key, process.start_role or "", now, project=own)
    if starter is None:
        life.problems.append(f"没有可以发起“{process.title or process.key}”的账号")
        return
    try:
        given = player.beginning(starter, process_id, own, life.facts if own else {}, now, answers=values)
        if own is None:
            projects.start_district_process(starter, process_id, now, given=given)
        else:
            projects.start_process(starter, own, process_id, now, given=given)
    except Failure as failure:
        life.problems.append(_refused(process, failure))


def upcoming(lines: Sequence[TaskLine], now: datetime) -> Iterator[datetime]:
    """When something happens by itself after ``now``: a timer, a task that was to be followed up."""
    due = timers.next_due()
    if due is not None:
        yield max(due, now)
    for line in lines:
        if line.follow_up_at is not None and line.follow_up_at > now:
            yield line.follow_up_at


def _is_asked_for(life: Life, process_id: str) -> bool:
    """Whether a process can also be started by another's message."""
    definition = snapshot.library(life.district.key).process(process_id)
    return definition is not None and any(event.kind == "message" for event in definition.start_events)


def _is_called(life: Life, process_id: str) -> bool:
    """Whether another process has it done as a part of its own, so that nobody need begin it."""
    library = snapshot.library(life.district.key)
    known = (library.process(key) for key in life.district.processes)
    return any(definition is not None and process_id in definition.called_processes for definition in known)


def _refused(process: ProcessInfo, failure: Failure) -> str:
    return f"发起“{process.title or process.key}”被拒绝:{failure.message}"
