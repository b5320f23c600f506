"""Unlawful attempts, mixed into what people do lawfully: each is refused, in an official's words, and changes nothing; else it is a breach.

Who may do what is read from the tables that are written from the clauses (tests/data/oracle), not from what the product declares.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.domain.permissions import SYSTEM, Actor
from app.errors import Failure
from app.services import projects, tasks
from app.store.tables import FactChangeRow, ProjectRow, RecordRow, UserTaskRow, db
from tests.walks_at_random import deeds, tables
from tests.walks_at_random.deeds import FOREIGN, Draft
from tests.years.town import ZONE, Line, Town

if TYPE_CHECKING:
    from tests.years.decade import Decade

Act = Callable[[], object]
UNUSUAL = ("interpretation", "dedicated_line")  # matters whose forms nobody fills in without a clause or a line at hand
NOT_FUTURE = "_on_not_future"  # the end of the name of a check: what has happened is registered, not what is to come


def upon(decade: "Decade", place: Town, line: Line) -> None:
    """One attempt at an open task or its project, of a kind by chance."""
    kinds = [_stranger, _stranger, _neighbour, _foreign, _negative, _future, _out_of_phase, _not_his_project, _peeping]
    for kind in place.chance.sample(kinds, len(kinds)):
        found = kind(place, line)
        if found is not None:
            tried(decade, kind.__name__.strip("_"), f"{line.process_id}.{line.element_id}", line, *found)
            return


def again(decade: "Decade", place: Town, line: Line, draft: Draft) -> None:
    """What is done has been done: the same form once more, by the same person or by a colleague who had opened it too."""
    people = [one for one in place.seats.everybody if one.roles & draft.actor.roles]
    who = place.chance.choice([draft.actor, *people])
    kind = "twice" if who == draft.actor else "stale"
    tried(
        decade, kind, draft.name, line, who, lambda: tasks.complete(who, line.key, draft.values, decade.now, ledger_version=draft.version)
    )


def tried(decade: "Decade", kind: str, task: str, line: Line, who: Actor, act: Act) -> None:
    before = _fingerprint(line)
    where = f"seed {decade.seed}, act {decade.figures.acts}, {decade.now:%Y-%m-%d %H:%M}: {kind} at {task} ({line.key}) of {line.project_key} by {who.username}"
    decade.figures.attempts[kind] += 1
    try:
        act()
    except Failure as failure:
        decade.figures.codes[f"{kind}: {failure.code}"] += 1
        if _fingerprint(line) != before:
            decade.figures.breaches.append(f"{where} was refused with {failure.code}, and yet something has changed")
    else:
        decade.figures.breaches.append(f"{where} was let in")


def _fingerprint(line: Line) -> tuple[Any, ...]:
    """What no refused attempt may change: the project's row, the books, what is open."""
    said = (
        db.session.execute(select(ProjectRow.version, ProjectRow.phase).where(ProjectRow.key == line.project_key)).all(),
        db.session.execute(select(func.max(FactChangeRow.key))).scalar(),
        db.session.execute(select(func.max(RecordRow.key))).scalar(),
        db.session.execute(select(UserTaskRow.state, UserTaskRow.assignee, UserTaskRow.closed_at).where(UserTaskRow.key == line.key)).all(),
        db.session.execute(select(func.max(UserTaskRow.key), func.count()).where(UserTaskRow.state == "open")).all(),
    )
    db.session.rollback()
    return said


# ---------------------------------------------------------------------- kinds


def _right_answer(place: Town, line: Line) -> Draft | None:
    """The form as the right person would fill it in."""
    people = place.people_for(line)
    return deeds.opened(place, line, place.chance.choice(people)) if people else None  # type: ignore[arg-type]


def _stranger(place: Town, line: Line) -> tuple[Actor, Act] | None:
    """Somebody whose task it is not, with the right answer."""
    roles = tables.of(place.district).tasks.get(f"{line.process_id}.{line.element_id}")
    if roles is None:
        return None
    offices = _offices(line)
    others = [one for one in place.seats.everybody if not _holds(place.district, one, roles, offices)]
    draft = _right_answer(place, line)
    if not others or draft is None:
        return None
    who, values = place.chance.choice(others), draft.values
    return who, lambda: tasks.complete(who, line.key, values, place.now)


def _neighbour(place: Town, line: Line) -> tuple[Actor, Act] | None:
    """Somebody of the other district claims or does it."""
    who = place.chance.choice(place.seats.strangers)
    if place.chance.random() < 0.5:
        return who, lambda: tasks.claim(who, line.key, place.now)
    draft = _right_answer(place, line)
    if draft is None:
        return None
    return who, lambda: tasks.complete(who, line.key, draft.values, place.now)


def _foreign(place: Town, line: Line) -> tuple[Actor, Act] | None:
    """The right person says what is for others to say."""
    draft = _right_answer(place, line)
    if draft is None:
        return None
    form, _ = tasks.inputs(SYSTEM, line.key, place.now)
    fields = form.fields if form is not None else {}
    names = [name for name in FOREIGN if name not in fields]
    name = place.chance.choice(names)
    return draft.actor, lambda: tasks.complete(draft.actor, line.key, {**draft.values, name: FOREIGN[name]}, place.now)


def _negative(place: Town, line: Line) -> tuple[Actor, Act] | None:
    """An amount below nothing."""
    draft = _right_answer(place, line)
    form, _ = tasks.inputs(SYSTEM, line.key, place.now)
    if draft is None or form is None:
        return None
    bounded = [
        name for name, schema in form.fields.items()
        if name in draft.values and schema.get("x-format") == "money" and (schema.get("minimum", schema.get("exclusiveMinimum", -1)) >= 0)
    ]  # fmt: skip
    if not bounded:
        return None
    name = place.chance.choice(bounded)
    return draft.actor, lambda: tasks.complete(draft.actor, line.key, {**draft.values, name: Decimal("-1.00")}, place.now)


def _future(place: Town, line: Line) -> tuple[Actor, Act] | None:
    """Something is registered as happened that is to happen in a year."""
    draft = _right_answer(place, line)
    form, _ = tasks.inputs(SYSTEM, line.key, place.now)
    if draft is None or form is None:
        return None
    dated = [str(check.get("field")) for check in form.schema.get("x-checks", ()) if str(check.get("id")).endswith(NOT_FUTURE)]
    dated = [name for name in dated if draft.values.get(name)]
    if not dated:
        return None
    name = place.chance.choice(dated)
    later = (place.now.astimezone(ZONE) + timedelta(days=366)).date().isoformat()
    return draft.actor, lambda: tasks.complete(draft.actor, line.key, {**draft.values, name: later}, place.now)


def _out_of_phase(place: Town, line: Line) -> tuple[Actor, Act] | None:
    """Those who may begin something begin it when it is not its time."""
    if line.project_key is None:
        return None
    phase = projects.phase(SYSTEM, line.project_key)
    wrong = [
        key
        for key, info in place.processes.items()
        if info.start_role not in (None, "*") and info.per == "project" and phase not in info.start_phases
    ]
    if not wrong:
        return None
    process = place.chance.choice(wrong)
    who = place.chance.choice(place.seats.holding(place.processes[process].start_role or ""))
    return who, lambda: projects.start_process(who, line.project_key or 0, process, place.now)


def _not_his_project(place: Town, line: Line) -> tuple[Actor, Act] | None:
    """An office begins something for another office's project."""
    if line.project_key is None:
        return None
    phase = projects.phase(SYSTEM, line.project_key)
    fitting = [
        key
        for key, info in place.processes.items()
        if info.start_role == "applicant" and info.per == "project" and phase in info.start_phases
    ]
    offices = _offices(line)
    others = [one for one in place.seats.holding("applicant") if not _holds(place.district, one, frozenset({"applicant"}), offices)]
    if not fitting or not others:
        return None
    who, process = place.chance.choice(others), place.chance.choice(fitting)
    return who, lambda: projects.start_process(who, line.project_key or 0, process, place.now)


def _peeping(place: Town, line: Line) -> tuple[Actor, Act] | None:
    """Somebody of the other district looks at the project."""
    if line.project_key is None:
        return None
    who = place.chance.choice(place.seats.strangers)
    return who, lambda: projects.view(who, line.project_key or 0, place.now)


# ---------------------------------------------------------------------- whose it is


def _offices(line: Line) -> Mapping[str, Any]:
    found = (
        db.session.scalar(select(ProjectRow.offices).where(ProjectRow.key == line.project_key)) if line.project_key is not None else None
    )
    db.session.rollback()
    return found or {}


def _holds(district: str, actor: Actor, roles: frozenset[str], offices: Mapping[str, Any]) -> bool:
    """Whether somebody has one of the roles: of a project's own offices, where the role belongs to a project."""
    relations = tables.of(district).relations
    for held in actor.memberships:
        own = relations.get(held.role)
        if held.role in roles and (own is None or not offices or any(held.office == key for one in own for key, _ in offices.get(one, ()))):
            return True
    return False


def matters(place: Town) -> list[str]:
    """Matters of the district that may be begun with some hope, and of which none is going on."""
    said = set(db.session.scalars(select(RecordRow.kind).where(RecordRow.tenant == place.district).distinct()))
    going_on = select(UserTaskRow.process_id).where(UserTaskRow.tenant == place.district, UserTaskRow.state == "open").distinct()
    busy = set(db.session.scalars(going_on))
    db.session.rollback()
    return [
        key
        for key, info in place.processes.items()
        if info.start_role and info.per == "matter" and key not in {*busy, *UNUSUAL} and deeds.ASKED_FOR.get(key, frozenset()) <= said
    ]
