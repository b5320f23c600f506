"""A whole life, played: every role acts through the real services on a virtual clock, from declaration to retirement.

What neither the case nor the answers say is assumed by the forms' examples, and listed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.catalogue import districts, snapshot
from app.codes import InstallationCode, RequestCode
from app.domain.permissions import SYSTEM, Actor
from app.domain.states import InstanceState
from app.errors import InvalidRequest
from app.playing import kept
from app.playing import life as playing
from app.playing.answers import Answers, AskedStart
from app.playing.case_files import Case
from app.playing.life import Life
from app.rehearsal.codes import FindingCode
from app.services import accounts, instances, projects, pump, tasks

MOST_TURNS = 600
RETIRED = "retired"


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
    goal: str = RETIRED
    whole: bool = True  # the goal is an end of a project's life and no phase on the way
    reached: bool = False
    kept: dict[str, Any] | None = None  # what the registers hold at the end, if that is asked for

    @property
    def succeeded(self) -> bool:
        # A walk that stops at a phase leaves that phase's work open: only a whole life must leave nothing.
        return self.reached and not self.incidents and not self.problems and (not self.whole or not self.open)

    def as_json(self) -> dict[str, Any]:
        return {
            "district": self.district,
            "phase": self.phase,
            "events": self.events,
            "open": self.open,
            "incidents": self.incidents,
            "assumed": self.assumed,
            **({"problems": self.problems} if self.problems else {}),
            **({"kept": self.kept} if self.kept is not None else {}),
        }


@dataclass(slots=True)
class _Walker:
    """The one life that is walked, and its clock."""

    life: Life
    now: datetime
    walk: Walk
    starts: list[AskedStart] = field(default_factory=list)  # what is still to be started besides

    @property
    def system(self) -> Actor:
        return accounts.system(self.life.district.key)


def play(case: Case, district_key: str, answers: Answers, begin: datetime, until: str = RETIRED, *, keep: bool = False) -> Walk:
    """Play ``case`` in a district whose models and organisation are there. ``keep``: tell at the end what the registers hold, and of each act what was written.

    Raises InvalidRequest (DISTRICT, PHASE, ANSWERS).
    """
    district = districts.get(district_key)
    if until not in districts.phase_keys():
        raise InvalidRequest(f"没有阶段“{until}”,可用:{'、'.join(districts.phase_keys())}", code=FindingCode.PHASE)
    _check_answers(answers, district_key)
    life = Life(district=district, name=case.name, facts=districts.translate(district, case.facts), answers=answers.tasks)
    told = Walk(district_key, goal=until, whole=until in _ends(), problems=life.problems, kept={} if keep else None)
    walker = _Walker(life, begin, told, list(answers.starts))
    _begin(walker, case.applicant)
    again = answers.again
    for _ in range(MOST_TURNS):
        if again and not life.problems and _is_finished(walker) and not _has_reached(walker):
            again = False
            _declare_again(walker, case.applicant, begin)
        if life.problems or (_is_finished(walker) and not walker.starts):
            break
        if not (_start_asked(walker) or _complete(walker) or _start_next(walker) or _wait(walker)):
            break
    walker.walk.phase = life.phase
    walker.walk.reached = _has_reached(walker)
    _look_back(walker)
    if keep and life.key:
        told.kept = kept.at_end(life, walker.now)
    return told


def _check_answers(answers: Answers, tenant: str) -> None:
    """An answer to what nobody will ask is a slip of the pen. Raises InvalidRequest (ANSWERS)."""
    library, district = snapshot.library(tenant), districts.get(tenant)
    asked = {element for item in library.processes() for element in library.definition(item.key).elements}
    unknown = sorted(set(answers.tasks) - asked)
    if unknown:
        raise InvalidRequest(f"答案文件里的元素“{unknown[0]}”不在本区的任何流程里", code=InstallationCode.ANSWERS)
    for one in answers.starts:
        found = district.processes.get(one.process)
        if found is None or not found.enabled or found.start_role is None:
            raise InvalidRequest(f"答案文件要发起的“{one.process}”不是本区由人员发起的流程", code=InstallationCode.ANSWERS)
        if one.after and one.after not in asked:
            raise InvalidRequest(f"答案文件要等的元素“{one.after}”不在本区的任何流程里", code=InstallationCode.ANSWERS)
        if one.phase and one.phase not in districts.phase_keys():
            raise InvalidRequest(f"没有阶段“{one.phase}”,可用:{'、'.join(districts.phase_keys())}", code=FindingCode.PHASE)


def _ends() -> frozenset[str]:
    return frozenset(phase.key for phase in districts.phases() if phase.terminal)


def _has_reached(walker: _Walker) -> bool:
    """Whether the project has come to the phase to stop at. A single act may pass through a phase, so that it is never found resting there."""
    if walker.walk.whole:
        return walker.life.phase == walker.walk.goal
    return walker.walk.goal in projects.phases_entered(SYSTEM, walker.life.key)


def _is_finished(walker: _Walker) -> bool:
    if not walker.walk.whole:
        return _has_reached(walker)
    return walker.life.phase in _ends() and not playing.open_tasks(walker.life.district, walker.now)


def _begin(walker: _Walker, applicant: str) -> None:
    """The year's plan is announced and the applicant's office opens a declaration."""
    life = walker.life
    life.problems += playing.announce(life.district, walker.now)
    _go_on(walker)
    # The window opens with the notice: the year's plan comes first, as far as it goes by itself.
    while not life.problems and _complete(walker):
        pass
    person = playing.begin(life, walker.now, office=applicant)
    if person is None:
        raise InvalidRequest(f"区“{life.district.key}”没有申报单位的账号", code=RequestCode.DISTRICT)
    membership = person.office_in("applicant")
    if membership and applicant not in membership.office_name:
        walker.walk.assumed.append({"element": "start", "field": "applicant", "value": membership.office_name})


def _declare_again(walker: _Walker, applicant: str, begin: datetime) -> None:
    """The project has come to another end: its office declares it anew in the next year, as a new one."""
    life = walker.life
    while begin <= walker.now:
        begin = begin.replace(year=begin.year + 1)
    walker.now = begin
    pump.run_due(walker.now)
    life.started.clear()
    _begin(walker, applicant)


def _start_asked(walker: _Walker) -> bool:
    """What the answers ask to be started now."""
    life = walker.life
    ready = next((one for one in walker.starts if one.phase in ("", life.phase) and (not one.after or life.times[one.after])), None)
    if ready is None:
        return False
    walker.starts.remove(ready)
    playing.start_asked(life, ready.process, ready.values, walker.now)
    _go_on(walker)
    return True


def _complete(walker: _Walker) -> bool:
    """One person completes one task: the project's own first, the district's when the project waits. False if nobody can do anything now."""
    lines = playing.open_tasks(walker.life.district, walker.now)
    ready = [line for line in lines if line.follow_up_at is None or line.follow_up_at <= walker.now]
    if not ready:
        return False
    if playing.complete(walker.life, min(ready, key=lambda line: (line.project_key is None, line.key)), walker.now):
        _note(walker, walker.life.done[-1])
        _go_on(walker)
    return True


def _note(walker: _Walker, done: playing.Done) -> None:
    line = done.line
    walker.walk.events.append(
        {
            "at": done.at.astimezone(walker.life.district.zone).isoformat(),
            "process": line.process_id,
            "element": line.element_id,
            "role": done.role,
            "account": done.actor.username,
            "clauses": [clause.id for clause in done.clauses],
            "outcome": tasks.line(walker.system, line.key, done.at).outcome,
            **(kept.of_act(done) if walker.walk.kept is not None else {}),
        }
    )
    for name in done.filled.assumed:
        walker.walk.assumed.append({"element": line.element_id, "field": name, "value": done.filled.values.get(name)})


def _start_next(walker: _Walker) -> bool:
    if not playing.start_next(walker.life, walker.now):
        return False
    _go_on(walker)
    return True


def _go_on(walker: _Walker) -> None:
    """Time that a person took has passed, and what is due by then has happened."""
    walker.now += playing.DURATION
    pump.run_due(walker.now)


def _wait(walker: _Walker) -> bool:
    """Nobody can act: go on to the next instant at which something happens. False if nothing ever will."""
    instants = list(playing.upcoming(playing.open_tasks(walker.life.district, walker.now), walker.now))
    if not instants:
        return False
    walker.now = min(instants)
    pump.run_due(walker.now)
    return True


def _look_back(walker: _Walker) -> None:
    key, walk = walker.life.district.key, walker.walk
    found = instances.search(walker.system, instances.InstanceFilter(state=InstanceState.ACTIVE, tenant=key), walker.now, limit=200)
    for line in playing.open_tasks(walker.life.district, walker.now):
        walk.open.append({"process": line.process_id, "element": line.element_id, "roles": list(line.candidate_groups)})
    for instance in found.items:
        if (
            walk.whole
            and instance.project_key == walker.life.key
            and not any(entry["process"] == instance.process_id for entry in walk.open)
        ):
            walk.open.append({"process": instance.process_id, "element": None, "roles": []})
        if instance.incidents:
            for incident in instances.view(walker.system, instance.key, walker.now).incidents:
                if incident.resolved_at is None:
                    walk.incidents.append(
                        {"process": instance.process_id, "element": incident.element_id, "type": incident.type, "message": incident.message}
                    )
