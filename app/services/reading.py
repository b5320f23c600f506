"""Before whom a project lies: every way in asks here for a ``ProjectReader``, and the reader for each piece. One statement a project, none a row.

Source: modelling.md and names.md (``visibility``); SC-4-4, SC-5-1, SC-10-18, SC-13-1, FX-5-1.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from app.acts.candidates import ANY, held, project_facts
from app.catalogue import readable, snapshot
from app.catalogue.snapshot import Snapshot
from app.domain import permissions, reading
from app.domain.codes import VerdictCode
from app.domain.districts import District
from app.domain.forms import Form
from app.domain.permissions import Actor, Membership, ProjectFacts, TaskFacts, Verdict
from app.domain.reading import Content, Piece, ProjectReader, Seat, Stage, TaskPart
from app.domain.states import ElementState, TaskState
from app.seen.happenings import Happening
from app.seen.shapes import ProjectLine, TimelineEntry, ToldView
from app.store import parts, tasks
from app.store.tasks import Held

_ASKED_FOR = (Content.DECLARATION, Content.BUDGET, Content.OPINION)  # what a reviewer wants before anything else
NOT_YET = "会签结束后可以查看"


@dataclass
class Before:
    """Somebody before a project's row, with all that is known of its user tasks. ``reader`` answers."""

    actor: Actor
    project: Mapping[str, Any]

    @cached_property
    def district(self) -> District:
        return snapshot.district(self.project["tenant"])

    @cached_property
    def library(self) -> Snapshot:
        return snapshot.library(self.project["tenant"])

    @cached_property
    def visits(self) -> Sequence[Any]:
        """Of user tasks: the one statement."""
        return parts.of_project(self.project["key"])

    @cached_property
    def facts(self) -> ProjectFacts:
        return project_facts(self.project)

    @cached_property
    def classified(self) -> bool:
        return reading.is_classified(self.project["facts"])

    @cached_property
    def reader(self) -> ProjectReader:
        actor, district, facts = self.actor, self.district, self.facts
        refusal = None if actor.is_system else _elsewhere(actor, facts, district)
        if actor.is_system or refusal is not None:
            return ProjectReader(actor, district, facts, refusal=refusal)
        taken = reading.seats(actor, facts, district, {})
        mine: dict[Membership, bool] = {}
        until, stages = None, frozenset[Stage]()
        if not any(seat in (Seat.OWN, Seat.OVERSEER) for seat, _ in taken):
            mine, until, stages = self._parts()
            taken = reading.seats(actor, facts, district, mine)
        given = given_to(actor, self.library, taken, self.project)
        if not taken:
            refusal = Verdict(
                False, VerdictCode.NOT_YOUR_PROJECT, f"此项目属于其他单位,您不能查看;可以查看的有:{self._who(Content.BASICS)}"
            )
        return ProjectReader(
            actor, district, facts, seats=taken, given=given, until=until, stages=stages, others=_Who(self), refusal=refusal
        )

    def _parts(self) -> tuple[dict[Membership, bool], datetime | None, frozenset[Stage]]:
        """Which memberships have a part by a task; when the last of it was over (None: it goes on); and its stages."""
        found: dict[Membership, bool] = {}
        ends: list[datetime | None] = []
        stages: set[Stage] = set()
        for row in self.visits:
            if row.key is None:
                continue
            part = _part(row)
            for one in reading.posts(self.actor, self.district):
                if reading.has_part(self.actor, one, part, self.district):
                    found[one] = True
                    ends.append(None if part.is_open else row.closed_at)
                    stages.add(self.stage(row.process_id, row.element_id))
        known = [at for at in ends if at is not None]
        return found, None if None in ends or not known else max(known), frozenset(stages)

    def takes_part(self, root_key: int) -> bool:
        """Whether the reader's office, or they themselves, had or has a task in a tree."""
        mine = reading.posts(self.actor, self.district)
        rows = (row for row in self.visits if row.key is not None and row.root_key == root_key)
        return any(reading.has_part(self.actor, one, _part(row), self.district) for row in rows for one in mine)

    def withholds(self, file: Any) -> bool:
        """Whether a file belongs to another's opinion of a countersigning that goes on: it is read through no other task either."""
        return file.task_key in self.pending and not self.reader.wrote(self.file(file))

    @cached_property
    def going_on(self) -> Sequence[Any]:
        """The bodies of countersignings (multi-instance user tasks) that have not been concluded."""
        return [row for row in self.visits if row.key is None and row.visit_state == ElementState.ACTIVE]

    @cached_property
    def pending(self) -> frozenset[int]:
        """The keys of tasks that are part of one."""
        bodies = {(row.root_key, row.element) for row in self.going_on}
        return frozenset(row.key for row in self.visits if row.key is not None and (row.root_key, row.scope) in bodies)

    def is_pending(self, root_key: int | None, element_id: str, at: datetime) -> bool:
        """Whether what came about at an element is part of one."""
        return any((row.root_key, row.element_id) == (root_key, element_id) and row.entered_at <= at for row in self.going_on)

    def stage(self, process_id: str, element_id: str) -> Stage:
        """The process and the outermost sub-process around an element, as the newest diagram has it."""
        definition = self.library.process(process_id) if process_id else None
        return process_id, definition.stage_of(element_id) if definition is not None else process_id

    # ------------------------------------------------------------------ pieces

    def field(self, name: str, title: str = "") -> Piece:
        return Piece(content=readable.kind(self.library, "field", name), title=title)

    def task(self, row: Any) -> Piece:
        """What was filled in at a task; of one that is open, what its form shows."""
        is_open = row.state == TaskState.OPEN
        return Piece(
            content=self.of_task(row.process_id, row.element_id),
            title=row.name,
            office_name="" if is_open else row.completed_office,
            person=None if is_open else row.completed_by,
            role="" if is_open else row.completed_role,
            at=row.closed_at or row.opened_at,
            stage=self.stage(row.process_id, row.element_id),
            pending=not is_open and row.key in self.pending,
        )

    def of_task(self, process_id: str, element_id: str) -> Content:
        return readable.kind(self.library, "task", f"{process_id}.{element_id}")

    def record(self, row: Any, title: str) -> Piece:
        return Piece(
            content=readable.kind(self.library, "record", row.kind),
            title=title,
            office=row.office_key,
            at=row.created_at,
            stage=(row.process_id, row.stage),
            pending=self.is_pending(row.root_key, row.element_id, row.created_at),
        )

    def approval(self, row: Any, title: str) -> Piece:
        return Piece(
            content=self.of_task(row.process_id, row.element_id),
            title=title,
            office=row.office_key,
            person=row.user_key,
            role=row.role,
            at=row.at,
            stage=self.stage(row.process_id, row.element_id),
            pending=self.is_pending(row.root_key, row.element_id, row.at),
        )

    def decision(self, row: Any) -> Piece:
        pending = self.is_pending(row.root_key, row.element_id, row.at)
        stage = self.stage(row.process_id, row.element_id)
        return Piece(content=Content.RULES, title=row.name, at=row.at, stage=stage, pending=pending)

    def file(self, row: Any) -> Piece:
        content = reading.of_file(self.of_task(row.process_id, row.element_id))
        return Piece(
            content=content,
            title=row.name,
            office=row.office_key,
            person=row.user_key,
            at=row.submitted_at,
            stage=self.stage(row.process_id, row.element_id),
            pending=row.task_key in self.pending,
        )

    # ------------------------------------------------------------------ what is shown

    @property
    def called(self) -> str:
        """The project's name, or its alias."""
        project = self.project
        return reading.called(self.actor, project["name"], project["alias"], project["applicant_key"])

    def facts_shown(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in facts.items() if self.reader.may(self.field(name))}

    def timeline(self, entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
        """The entries as this reader may see them: from inside that something was done, by whom and when; what was said as far as it may be read."""
        told = self.reader.reads(Content.TIMELINE)
        done = {row.key: row for row in self.visits if row.key is not None}
        found = []
        for entry in entries:
            if not entry.process:  # a phase, or a lapse that the platform has registered
                found += [entry] if told or entry.action is Happening.PHASE else []
                continue
            row = done.get(entry.task_key)
            verdict = self.reader.may(self._moment(entry, row))
            if verdict:
                found.append(replace(entry, opens=row is not None and row.state == TaskState.COMPLETED))
            elif told:
                hidden = NOT_YET if verdict.code == VerdictCode.NOT_CONCLUDED else ""
                found.append(replace(entry, outcome=hidden, overrides=(), decision=None))
        return found

    def told(self, entries: Sequence[TimelineEntry]) -> tuple[ToldView, ...]:
        """Of a timeline that this reader sees: what was declared and what others said of it, of each element and office the newest."""
        found: dict[Content, dict[tuple[str, str, str], TimelineEntry]] = {}
        for entry in reversed(entries):
            if entry.opens:
                content = self.of_task(entry.process, entry.element)
                found.setdefault(content, {}).setdefault((entry.process, entry.element, entry.office), entry)
        return tuple(ToldView(reading.TITLES[one], tuple(found[one].values())) for one in _ASKED_FOR if one in found)

    def values(self, data: Mapping[str, Any], form: Form | None = None, *, doing: bool = False, of: Piece | None = None) -> dict[str, Any]:
        """The values of a form, a register or an approval (``of``) without the facts that the reader may not see. Who does a task sees what it shows, but a classified
        project's name."""
        schema = self.library.ledger
        facts = schema.fields if schema is not None else {}

        def hidden(name: str) -> bool:
            if name not in facts:
                return False
            piece = self.field(name)
            if of is not None:
                if self.reader.wrote(of) and (piece.content is not Content.NAME or not reading.is_hidden(self.project)):
                    return False  # but a classified project's name is its office's alone
                piece = replace(piece, at=of.at, stage=of.stage)
            if doing and (piece.content is not Content.NAME or form is None or name in form.ledger_fields or not form.shows(name)):
                return False
            return not self.reader.may(piece)

        return {name: value for name, value in data.items() if not hidden(name)}

    def _moment(self, entry: TimelineEntry, row: Any) -> Piece:
        if row is not None:
            return Piece(
                content=self.of_task(entry.process, entry.element),
                title=entry.name,
                office_name=entry.office,
                person=row.completed_by,
                role=entry.role,
                at=entry.at,
                stage=self.stage(entry.process, entry.element),
                pending=row.key in self.pending and row.state != TaskState.OPEN,
            )
        content = Content.RULES if entry.decision is not None else Content.TIMELINE
        return Piece(content=content, title=entry.name, at=entry.at, stage=self.stage(entry.process, entry.element))

    def _who(self, content: Content) -> str:
        return readable.readers(self.library, self.district, content, self.facts.phase, classified=self.classified)


def given_to(
    actor: Actor, library: Snapshot, seats: Collection[tuple[Seat, str]], project: Mapping[str, Any]
) -> dict[Content, reading.Extent]:
    """What the tables give these seats of a project's row; outside its office not its name while that is hidden, be it classified or a draft that may become so."""
    found = readable.of_seats(library, seats, project["phase"], classified=reading.is_classified(project["facts"]))
    if reading.is_hidden(project) and project["applicant_key"] not in actor.offices:
        found.pop(Content.NAME, None)
    return found


class _Who(Mapping[Content, str]):
    """Who reads a content, put into words when somebody is refused."""

    def __init__(self, before: Before) -> None:
        self._before = before

    def __getitem__(self, content: Content) -> str:
        return self._before._who(content)

    def __iter__(self) -> Any:
        return iter(Content)

    def __len__(self) -> int:
        return len(Content)


def _part(row: Any) -> TaskPart:
    task = TaskFacts(row.tenant, tuple(row.candidate_groups), tuple(row.candidate_users), row.assignee, office=row.office_key)
    return TaskPart(task, row.state == TaskState.OPEN, row.completed_office, row.completed_by)


def _elsewhere(actor: Actor, project: ProjectFacts, district: District) -> Verdict | None:
    """Why somebody reads nothing, whatever the tables say."""
    if actor.tenant != project.tenant:
        return Verdict(False, VerdictCode.OTHER_DISTRICT, "此项目属于其他区,您不能查看")
    if actor.is_administrator and not permissions.oversees(actor, district):
        return Verdict(False, VerdictCode.ADMINISTRATOR, "管理员账号不能查看业务内容,请在“流程实例”中检查运行情况")
    return None


# ---------------------------------------------------------------------- lists


def line(actor: Actor, library: Snapshot, line: ProjectLine, row: Any) -> ProjectLine:
    """A line of a list as somebody may see it whom the query has let see the project; no statement of its own."""
    if actor.is_system:
        return line
    district, facts = snapshot.district(row.tenant), project_facts(row._mapping)
    # By which post somebody takes part the list does not say: where one is from outside, by that.
    mine = reading.posts(actor, district)
    taking = [one for one in mine if reading.is_outside(one, district)] or mine
    seats = reading.seats(actor, facts, district, dict.fromkeys(taking, True))
    given = given_to(actor, library, seats, row._mapping)
    reader = ProjectReader(actor, district, facts, seats=seats, given=given)
    return replace(
        line,
        name=reading.called(actor, row.name, row.alias, row.applicant_key),
        total_amount=line.total_amount if reader.reads(readable.kind(library, "field", "totalAmount")) else None,
        contract_amount=line.contract_amount if reader.reads(readable.kind(library, "field", "contractAmount")) else None,
        open_tasks=line.open_tasks if reader.reads(Content.TIMELINE) else 0,
        overdue=line.overdue and reader.reads(Content.TIMELINE),
    )


@dataclass(frozen=True, slots=True)
class Theirs:
    """By what the database finds somebody's projects. ``inside``: the keys of their offices in the administration, ``offices``: of all. Names of offices and (role,
    office) pairs by which they have a part: ``known`` where the tables then give the project, ``followed`` where they give what happens in it, ``written``
    whatever they give. ``person``: whose own tasks count (0: nobody's)."""

    offices: tuple[int, ...]
    inside: tuple[int, ...]
    known: tuple[tuple[str, ...], Held]
    followed: tuple[tuple[str, ...], Held]
    written: tuple[tuple[str, ...], Held]
    person: int


def theirs(actor: Actor) -> Theirs:
    district, library = snapshot.district(actor.tenant), snapshot.library(actor.tenant)
    mine = reading.posts(actor, district)

    def gives(one: Membership, content: Content) -> bool:
        seat = Seat.OUTSIDE if reading.is_outside(one, district) else Seat.CONCERNED
        return content in readable.of_seats(library, [(seat, one.role)], "", classified=False)

    def by(posts: Sequence[Membership]) -> tuple[tuple[str, ...], Held]:
        names = {one.office_name for one in posts if not reading.is_personal(one, district)}
        return tuple(sorted(names)), _pairs(posts, district)

    return Theirs(
        offices=tuple(sorted({one.office for one in mine})),
        inside=tuple(sorted({one.office for one in mine if not reading.is_outside(one, district)})),
        known=by([one for one in mine if gives(one, Content.BASICS)]),
        followed=by([one for one in mine if gives(one, Content.TIMELINE)]),
        written=by(mine),
        person=actor.user if any(reading.is_personal(one, district) for one in mine) else 0,
    )


def tasks_seen(actor: Actor) -> Any:
    """Of which tasks somebody may know: theirs, those of their office, and of the projects of which they know what happens. Of the system: all of its district."""
    if actor.is_system:
        return tasks.in_tenant(actor.tenant)
    seen = [tasks.done_by(actor.user)]
    district = snapshot.district(actor.tenant)
    if not actor.is_administrator:
        who = theirs(actor)
        taking_part = parts.projects_of(actor.tenant, *who.followed, actor.username)
        seen.append(tasks.mine(held(actor, district), actor.username, actor.user))
        seen += [tasks.of_offices(who.inside), tasks.of_project_keys(taking_part), parts.done_by_offices(who.written[0])]
    if permissions.oversees(actor, district):
        seen.append(tasks.of_projects())
    return tasks.both(tasks.in_tenant(actor.tenant), tasks.either(*seen))


def may_open(actor: Actor, row: Any, project: Mapping[str, Any] | None, may_do: Verdict) -> Verdict:
    """Whether somebody may open a task: whoever may do it while it is open, or may read what it is about in its project."""
    is_open = row.state == TaskState.OPEN
    if (may_do and is_open) or project is None or actor.is_system:
        return may_do
    before = Before(actor, project)
    if before.reader.refusal is not None and is_open:
        return may_do  # who has nothing to do with the project is told who does the task
    return before.reader.may(before.task(row))


def _pairs(posts: Sequence[Membership], district: District) -> Held:
    found: set[tuple[str, int]] = set()
    for one in posts:
        for role in reading.roles_of_office(one, district):
            found |= {(role, one.office), (role, ANY)}
    return sorted(found)
