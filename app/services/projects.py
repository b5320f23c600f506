"""The ledger as people see it: start, search, look."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.acts import checks, openings
from app.acts.candidates import held, project_facts
from app.acts.held_tree import HeldTree
from app.catalogue import districts, snapshot
from app.catalogue.snapshot import Snapshot
from app.codes import RequestCode
from app.domain import permissions
from app.domain.codes import VerdictCode
from app.domain.districts import District
from app.domain.forms import Form
from app.domain.keys import next_key
from app.domain.permissions import Actor, ProjectFacts, Verdict
from app.domain.reading import DRAFT, Content, Piece, alias, is_unsaid
from app.errors import Forbidden, InvalidRequest, NotFound
from app.seen import changes, saying, timeline, wording
from app.seen.lines import bounds, instance_line, phase_title, project_line, task_lines
from app.seen.shapes import (
    ApprovalView,
    FactView,
    OfficeView,
    Page,
    PhaseStep,
    ProjectLine,
    ProjectPage,
    ProjectView,
    RecordView,
    StartableView,
    StartPage,
)
from app.services import confirming, instants, messages, reading
from app.services.reading import Before
from app.store import history, ledger, parts, projects, tasks

APPLICANT = "applicant"
LONGEST_NAME = 200


def may_declare(actor: Actor, process_id: str = "declaration") -> Verdict:
    """Whether to offer the actor a new project."""
    return openings.may_open(actor, process_id, DRAFT, APPLICANT)


def start(actor: Actor, process_id: str, name: str, now: datetime, *, variables: Mapping[str, Any] | None = None) -> tuple[int, int]:
    """A new project of the actor's office, phase draft, with its first process.

    Returns (project key, key of the first task that the actor may do, or 0). Raises Forbidden, InvalidRequest (NAME).
    """
    may_declare(actor, process_id).require()
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidRequest(f"项目名称应为 1 至 {LONGEST_NAME} 个字,不能换行", code=RequestCode.NAME)
    district = snapshot.district(actor.tenant)
    membership = actor.office_in(district.processes[process_id].start_role or APPLICANT)
    if membership is None:
        raise Forbidden("您的账号没有申报单位,请联系管理员", code=VerdictCode.ROLE_MISSING)
    key = next_key()
    known = {"projectKey": str(key), "projectName": name, "applicantOffice": membership.office_name}
    ledger_fields = snapshot.library(actor.tenant).ledger
    project = {
        "key": key, "tenant": actor.tenant, "number": "", "name": name, "phase": DRAFT, "applicant_key": membership.office,
        "applicant_office": membership.office_name, "plan_year": None, "total_amount": None, "contract_amount": None, "facts": dict(known),
        "offices": {APPLICANT: [[membership.office, membership.office_name]]}, "phases": [[DRAFT, now.isoformat()]], "approved": [], "unconfirmed": [],
        "alias": alias(key, "", known, unsaid=is_unsaid(DRAFT, known, ledger_fields.fields if ledger_fields is not None else ())),
        "version": 0, "created_by": actor.user or None,
        "created_at": now, "updated_at": now,
    }  # fmt: skip
    platform = {} if openings.declares(actor.tenant, process_id) else known
    tree = _settled(openings.launch(actor, process_id, variables or {}, now, known=platform, project=project), now)
    return key, _first_task(actor, tree)


def start_process(
    actor: Actor,
    project_key: int,
    process_id: str,
    now: datetime,
    *,
    given: Mapping[str, Any] | None = None,
    confirmed: Mapping[str, Any] | None = None,
) -> int:
    """Start a further process of a project by hand (districts/<d>.toml says who, when). ``given``: the values of its start form, if it has one; ``confirmed``:
    id of a check of it → why it is set aside.

    Returns the key of the first task the actor may do, or 0. Raises NotFound, Forbidden, InvalidForm, Conflict (ALREADY_RUNNING).
    """
    tree = openings.begin(actor, process_id, _read(actor, project_key), given or {}, now, confirmed=confirmed)
    return _first_task(actor, _settled(tree, now))


def start_district_process(
    actor: Actor,
    process_id: str,
    now: datetime,
    *,
    given: Mapping[str, Any] | None = None,
    confirmed: Mapping[str, Any] | None = None,
) -> int:
    """Start a process that is not about one project (per = "year"), such as annual_plan; see ``start_process``.

    Returns the key of the first task the actor may do, or 0. Raises Forbidden, InvalidForm, Conflict (ALREADY_RUNNING).
    """
    return _first_task(actor, _settled(openings.begin(actor, process_id, None, given or {}, now, confirmed=confirmed), now))


def start_form(actor: Actor, process_id: str, project_key: int | None, now: datetime) -> StartPage:
    """The form with which the actor may begin a process. Raises NotFound (no such project, no start form), Forbidden."""
    project = _read(actor, project_key) if project_key is not None else None
    openings.may_begin(actor, process_id, project, now).require()
    form = _start_form(snapshot.library(actor.tenant), process_id)
    if form is None:
        raise NotFound("这项流程没有发起表单,可以直接发起")
    info = snapshot.district(actor.tenant).processes[process_id]
    before = Before(actor, project) if project is not None else None
    facts = {name: value for name, value in before.facts_shown(before.project["facts"]).items() if name in form.fields} if before else {}
    return StartPage(
        process_id=process_id,
        name=info.title or process_id,
        form=form,
        tenant=actor.tenant,
        project_key=project_key,
        project_name=before.called if before else "",
        data=form.opening(facts),
    )


def startable(actor: Actor, now: datetime | None = None) -> list[StartableView]:
    """Processes without a project that the actor may start (annual plan); what is not for them is not listed."""
    now = now or instants.now()
    library, found = snapshot.library(actor.tenant), []
    for process in snapshot.district(actor.tenant).processes.values():
        if process.enabled and process.start_role and process.per != "project":
            verdict = openings.may_begin(actor, process.key, None, now)
            if verdict or verdict.code == VerdictCode.ALREADY_RUNNING:
                found.append(StartableView(process.key, process.title or process.key, verdict, _asks_something(library, process.key)))
    return found


def search(
    actor: Actor,
    now: datetime,
    *,
    text: str = "",
    phase: str = "",
    year: int | None = None,
    office: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> Page[ProjectLine]:
    """Projects that the actor may see, last changed first."""
    limit, offset = bounds(limit, offset)
    if actor.is_administrator:
        return Page([], 0, limit, offset)
    conditions = [projects.in_tenant(actor.tenant)] if actor.tenant or not actor.is_system else []
    if not actor.is_system and not permissions.oversees(actor, snapshot.district(actor.tenant)):
        who = reading.theirs(actor)
        taking_part = parts.projects_of(actor.tenant, *who.known, actor.username, person=who.person)
        conditions.append(tasks.either(projects.of_offices(who.offices), projects.of_keys(taking_part)))
    conditions += projects.matching(text.strip(), phase, year, office.strip(), sorted(actor.offices))
    found, total = projects.search(conditions, limit=limit, offset=offset)
    library = snapshot.library(actor.tenant)
    return Page([reading.line(actor, library, project_line(row, now), row) for row in found], total, limit, offset)


def view(actor: Actor, key: int, now: datetime) -> ProjectPage:
    """A project with its whole life. Raises NotFound, Forbidden."""
    project, before = _before(actor, key)
    may, told = before.reader.may, before.reader.reads(Content.TIMELINE)
    district, library = before.district, before.library
    rows = history.records(key)
    titles = {row.kind: wording.record_title(library, row.kind) for row in rows}
    records = []
    for row in rows:
        piece = before.record(row, titles[row.kind])
        if may(piece):
            data = before.values(row.data, of=piece)
            shown_data = saying.register(library, row.kind, data)
            records.append(
                RecordView(
                    key=row.key,
                    kind=row.kind,
                    title=titles[row.kind],
                    amount=row.amount,
                    data=data,
                    created_at=row.created_at,
                    shown=shown_data,
                )
            )
    approvals = ledger.approvals(key, 0) if project["approved"] else ()
    theirs = () if told else (tasks.mine(held(actor, district), actor.username, actor.user),)
    return ProjectPage(
        project=shown(before),
        phases=_phases(project),
        timeline=before.timeline(timeline.of_project(project, district)),
        tasks=task_lines(tasks.open_of_project(key, *theirs), now, actor),
        startable=_startable(actor, project, now),
        decisions=[timeline.decision_view(row) for row in history.decisions(project_key=key) if may(before.decision(row))],
        records=records,
        instances=[instance_line(row, actor) for row in history.project_instances(key)] if told else [],
        approvals=[
            _approval(row, district, library, before.values(row.approved_values, of=piece))
            for row in approvals
            if row.holds and may(piece := before.approval(row, "批准的内容"))
        ],
        unconfirmed=[one for one in confirming.unconfirmed(actor, project) if may(before.field(one.name))],
        changes=changes.of_project(project, lambda name: bool(may(before.field(name)))),
        version=project["version"],
    )


def shown(before: Before) -> ProjectView:
    """A ledger row as this reader sees it."""
    project = before.project
    return replace(
        project_view({**project, "facts": before.facts_shown(project["facts"])}),
        name=before.called,
        total_amount=project["total_amount"] if before.reader.may(before.field("totalAmount")) else None,
        contract_amount=project["contract_amount"] if before.reader.may(before.field("contractAmount")) else None,
    )


def phase(actor: Actor, key: int) -> str:
    """The phase a project is in. Raises NotFound, Forbidden."""
    return str(_read(actor, key)["phase"])


def phases_entered(actor: Actor, key: int) -> tuple[str, ...]:
    """The phases a project has been in, in order, the present one last. Raises NotFound, Forbidden."""
    return tuple(phase for phase, _ in _read(actor, key)["phases"])


def facts(actor: Actor, key: int) -> Mapping[str, Any]:
    """A project's facts by their camelCase names, as far as the actor may read them. Raises NotFound, Forbidden."""
    project, before = _before(actor, key)
    return before.facts_shown(project["facts"])


def relations(actor: Actor, key: int) -> ProjectFacts:
    """What permissions need to know of a project: which offices are its own. Raises NotFound, Forbidden."""
    return project_facts(_read(actor, key))


def project_view(project: Mapping[str, Any]) -> ProjectView:
    """A ledger row as people see it."""
    district = snapshot.district(project["tenant"])
    titles = {info.relation: info.title for info in district.roles.values() if info.relation}
    offices = tuple(
        OfficeView(role, titles.get(role, role), int(key), name) for role, held in project["offices"].items() for key, name in held
    )
    return ProjectView(
        key=project["key"],
        number=project["number"],
        name=project["name"],
        tenant=project["tenant"],
        tenant_title=district.title,
        phase=project["phase"],
        phase_title=phase_title(project["phase"]),
        applicant_office=project["applicant_office"],
        offices=offices,
        plan_year=project["plan_year"],
        total_amount=project["total_amount"],
        contract_amount=project["contract_amount"],
        facts=project["facts"],
        shown=_card(project),
        created_at=project["created_at"],
        updated_at=project["updated_at"],
    )


# ---------------------------------------------------------------------- parts


def _start_form(library: Snapshot, process_id: str) -> Form | None:
    found = library.reference("process", process_id)
    return checks.start_form(library, snapshot.process_definition(found.key)) if found is not None else None


def _asks_something(library: Snapshot, process_id: str) -> bool:
    """Whether a process has to be begun on a page: one whose start form has no fields takes nothing, and asks nothing."""
    form = _start_form(library, process_id)
    return form is not None and bool(form.fields)


def _settled(tree: HeldTree, now: datetime) -> HeldTree:
    if tree.unsettled:
        messages.settle(now)
    return tree


def _first_task(actor: Actor, tree: HeldTree) -> int:
    found = tasks.opened_of(None, tree.root_key, held(actor, snapshot.district(actor.tenant)), actor.username, actor.user)
    return int(found[0].key) if found else 0


def _existing(key: int) -> dict[str, Any]:
    project = projects.one(key)
    if project is None:
        raise NotFound("没有此项目")
    return project


def _read(actor: Actor, key: int) -> dict[str, Any]:
    return _before(actor, key)[0]


def _before(actor: Actor, key: int) -> tuple[dict[str, Any], Before]:
    """Raises NotFound, Forbidden."""
    project = _existing(key)
    before = Before(actor, project)
    before.reader.may(Piece(content=Content.BASICS)).require()
    return project, before


def _card(project: Mapping[str, Any]) -> tuple[FactView, ...]:
    """The facts that somebody has filled in a form about: keys and what the page says elsewhere have none."""
    library = snapshot.library(project["tenant"])
    asked = wording.titles_of(library)
    found = saying.named(library, {name: value for name, value in project["facts"].items() if name in asked})
    return tuple(replace(one, unconfirmed=one.name in project["unconfirmed"]) for one in found)


def _approval(row: Any, district: District, library: Snapshot, approved: Mapping[str, Any]) -> ApprovalView:
    """An approval in people's words: the task and the values by their names, as far as they may be read."""
    process = library.process(row.process_id)
    info = process.elements.get(row.element_id) if process is not None else None
    fields = library.ledger.fields if library.ledger is not None else {}
    known = wording.titles_of(library)
    titles = {name: fields[name].title if name in fields else known.get(name, "内容") for name in (*approved, *(row.lapsed_names or ()))}
    schemas = saying.schemas_of(library)
    return ApprovalView(
        task=info.name if info is not None and info.name else "事项",
        person=row.user_name,
        role_title=district.role_title(row.role) if row.role in district.roles else "",
        office=row.office,
        at=row.at,
        values={titles[name]: value for name, value in approved.items()},
        shown={titles[name]: saying.said(value, schemas.get(name, {}), schemas) for name, value in approved.items()},
        lapsed=tuple(titles.get(name, "") for name in row.lapsed_names or ()),
        lapsed_at=row.lapsed_at,
    )


def _startable(actor: Actor, project: Mapping[str, Any], now: datetime) -> list[StartableView]:
    district = snapshot.district(project["tenant"])
    library, found = snapshot.library(project["tenant"]), []
    for process in district.processes.values():
        if not (process.enabled and process.start_role and process.per == "project"):
            continue
        if permissions.may_start(actor, process.key, project_facts(project), district):
            verdict = openings.may_begin(actor, process.key, project, now)
            found.append(StartableView(process.key, process.title or process.key, verdict, _asks_something(library, process.key)))
    return found


def _phases(project: Mapping[str, Any]) -> list[PhaseStep]:
    """All phases in order with when they were entered first; those off the main way only if the project has been there."""
    entered: dict[str, datetime] = {}
    for key, at in project["phases"]:
        entered.setdefault(key, datetime.fromisoformat(at))
    end = min(
        (phase.order for phase in districts.phases() if phase.terminal), default=0
    )  # what is ordered after a life's end lies beside its way
    return [
        PhaseStep(phase.key, phase.title, entered.get(phase.key), phase.key == project["phase"])
        for phase in districts.phases()
        if phase.key in entered or phase.order <= end
    ]
