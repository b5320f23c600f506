"""Who may do what, as one table: every door of the services × everybody who might knock. A new door without a row here fails."""

import ast
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.acts.transaction import act
from app.domain.codes import DocumentCode
from app.domain.permissions import SYSTEM, Actor
from app.errors import Failure, Forbidden, NotFound, TaskAlreadyClosed
from app.seen.shapes import Page
from app.services import (
    accounts,
    calendars,
    confirming,
    documents,
    inbox,
    instances,
    jobs,
    joint,
    messages,
    migration,
    models,
    offices,
    packages,
    people,
    projects,
    register,
    registers,
    repair,
    returns,
    sweeping,
    systems,
    tasks,
    trail,
    unattended,
)
from app.store import rows
from app.store.tables import DocumentRow, IncidentRow, JobRow, NotificationRow, db
from tests.integration.conftest import Stage
from tests.integration.services.conftest import HILL, NOW, assemble, districts
from tests.integration.services.test_permit import APPLICATION
from tests.integration.services.test_repair import deploy
from tests.unit.engine.diagrams import chain, end, service, start

pytestmark = pytest.mark.one_database

SERVICES = Path(__file__).resolve().parents[3] / "app" / "services"

# Doors without anybody before them: the system's own work, values alone, or what a process needs before it knows who asks.
NOBODY = {
    "accounts.actor": "who somebody is, for the session that names them",
    "accounts.signed_in": "who somebody is, for the session or token whose mark it is",
    "accounts.actor_of": "a value of rows that were read",
    "accounts.system": "a value",
    "accounts.hashed": "a value",
    "accounts.demonstration_accounts": "offered on the sign-in page of the demonstration; empty elsewhere",
    "calendars.years": "what anybody may know",
    "calendars.missing_year": "what anybody may know",
    "calendars.boot": "a start",
    "calendars.look_again": "the system's own",
    "joint.declares": "a value",
    "instants.now": "the clock",
    "instants.is_virtual": "a setting",
    "instants.move_to": "demonstration.advance asks who moves it",
    "instants.begin_at": "a virtual clock before anything has happened",
    "messages.settle": "the system's own",
    "messages.correlate": "the system's own",
    "models.check": "reads nothing but what it is given",
    "models.boot": "a start",
    "offices.found": "a start",
    "projects.project_view": "a row that the caller has read",
    "confirming.marks": "a row that the caller has read",
    "confirming.unconfirmed": "a row that the caller has read",
    "projects.shown": "a row that the caller has read",
    "reading.line": "a row that the caller has read",
    "reading.given_to": "a row that the caller has read",
    "reading.may_open": "the answer itself, of rows that the caller has read",
    "reading.tasks_seen": "a condition",
    "reading.theirs": "values of the actor's own",
    "documents.limits": "what anybody may know, and whether a project that the caller sees is classified",
    "documents.verified": "the operator's command",
    "dues.serve": "the system's own",
    "migrated_tasks.values": "part of a migration, on its tree",
    "pump.pump": "the system's own",
    "pump.run_due": "the system's own",
    "documents.may_read_of_district": "an answer, of a row that was read",
    "documents.of_trees": "as far as each may be read",
    "pump.look_again": "the system's own",
    "pump.tidy": "the system's own",
    "repair.local_of": "part of a repair, on its tree",
    "obligations.begin": "the system's own",
    "obligations.catch_up": "the system's own",
    "obligations.fire": "the system's own",
    "recounts.serve": "the system's own",
    "recounts.due_of": "a value",
    "recounts.evaluated": "part of the system's own, on its tree",
    "starts.fire": "the system's own",
    "startup.attach": "a start",
    "startup.prepare": "a start",
    "startup.reading": "a start",
    "startup.is_begun": "a start",
    "startup.check": "a start",
    "startup.take_node": "a start",
    "startup.dispose": "an end",
    "timers.fire_due": "the system's own",
    "timers.next_due": "an instant that names nothing",
    "trail.head_file": "a place",
    "trail.seal": "the system's own",
}


@dataclass
class Scene:
    """A project of the school board, approved, another one with its first task open; one instance with jobs, one with an incident."""

    people: dict[str, Actor]
    approved: int
    project: int
    task: int
    closed: int
    permit: int
    workers: list[int]
    jobs: list[int]
    incident: int
    notice: int
    document: int
    definition: int
    free: list[str] = field(default_factory=lambda: [f"new{number}" for number in range(50)])


@pytest.fixture
def stage() -> Stage:
    return SCENE


@pytest.fixture
def scene(app: Flask, staged: Scene) -> Scene:
    return replace(staged, free=list(staged.free))


def build() -> Scene:
    cast = assemble()

    def person(username: str, role: str, office: str) -> Actor:
        (key,) = accounts.create_users(SYSTEM, [(username, f"人员{username}", "hill", [(role, office)] if role else [])], "$none", NOW)
        return accounts.actor(key, NOW)

    everybody = {
        "doer": cast.alice,
        "colleague": person("carl", "implementer", "教育局"),
        "other office": cast.bob,
        "other district": cast.val,
        "stranger": person("nemo", "", ""),
        "bureau": cast.dora,
        "auditor": person("ada", "auditor", "山丘区审计局"),
        "analyst": cast.ann,
        "system admin": cast.root,
        "security admin": person("sec", "security_admin", "山丘区数据局"),
        "audit admin": person("aud", "audit_admin", "山丘区数据局"),
    }
    approved, first = projects.start(cast.alice, "permit", "已批复的项目", NOW)
    tasks.complete(cast.alice, first, APPLICATION, NOW)
    (review,) = inbox.todo(cast.fred, NOW).items
    tasks.complete(cast.fred, review.key, {"verdict": "同意"}, NOW)
    project, task = projects.start(cast.alice, "permit", "刚申报的项目", NOW)
    permit = tasks.line(cast.alice, task, NOW).root_key
    definition = deploy(start(), service("s", "outside"), end(), chain("start", "s", "end"), id="w")
    workers = [instances.create(cast.root, "w", {}, NOW).key for _ in range(4)]
    instances.create(cast.root, "broken_call", {}, NOW)
    return Scene(
        everybody, approved, project, task, first, permit, workers,
        list(db.session.execute(select(JobRow.key).order_by(JobRow.key)).scalars()),
        db.session.execute(select(IncidentRow.key).where(IncidentRow.closed_at.is_(None))).scalars().all()[0],
        db.session.execute(select(NotificationRow.key).where(NotificationRow.role == "applicant")).scalars().all()[0],
        brought(project),
        definition,
    )  # fmt: skip


def brought(project: int) -> int:
    """A document of a project, of which there is no content: whoever gets as far as that may read it."""
    row = {
        "key": 7, "tenant": "hill", "project_key": project, "root_key": None, "task_key": None, "process_id": "permit", "element_id": "apply", "slot": "files",
        "version": 1, "replaces": None, "name": "方案.pdf", "media": "application/pdf", "size": 1, "sha256": "0" * 64, "user_key": None, "user_name": "",
        "office_key": None, "office": None, "created_at": NOW, "submitted_at": NOW, "erased_at": None,
    }  # fmt: skip
    with act():
        rows.insert(DocumentRow, [row])
    return 7


def as_far_as(code: DocumentCode, door: Callable[[], object]) -> bool:
    """Whether somebody is let in until it turns out that what they want cannot be done."""
    try:
        door()
    except Failure as failure:
        if failure.code != code:
            raise
    return True


SCENE = Stage("scene", build, districts, after=HILL)


def hold(repair: AbstractContextManager[object]) -> None:
    """A repair that changes nothing."""
    with repair:
        pass


Door = Callable[[Scene, Actor], Any]
READERS = {"doer", "colleague", "bureau", "auditor"}  # of the school board's projects
DISTRICT = {
    "doer", "colleague", "other office", "stranger", "bureau", "auditor", "analyst", "system admin", "security admin", "audit admin",
}  # fmt: skip
SYSTEM_ADMIN, SECURITY, AUDIT = {"system admin"}, {"security admin"}, {"audit admin"}
LISTERS = {"analyst", "auditor", "system admin", "security admin", "audit admin"}
ACTIVATE = [repair.Activate("s")]
WISH = returns.ReturnWish("apply", straight=False, reason="原因", due_on=NOW.date())

TABLE: dict[str, tuple[Door, set[str]]] = {
    "accounts.named": (lambda s, a: accounts.named(a, "fred", NOW), SECURITY),
    "accounts.holders": (lambda s, a: accounts.holders(a, "hill", "finance", NOW), SECURITY),
    "accounts.users": (lambda s, a: accounts.users(a, "hill"), SECURITY),
    "accounts.user": (lambda s, a: accounts.user(a, "fred"), SECURITY),
    "accounts.create_user": (lambda s, a: accounts.create_user(a, s.free.pop(), "某", "long-enough-1", "hill", [], NOW), SECURITY),
    "accounts.create_users": (lambda s, a: accounts.create_users(a, [(s.free.pop(), "某", "hill", [])], "$none", NOW), SECURITY),
    "accounts.substitute": (lambda s, a: accounts.substitute(a, "fred", "dora", NOW.date(), NOW.date(), NOW), SECURITY),
    "accounts.issue_token": (lambda s, a: _without_web(lambda: accounts.issue_token(a, "fred", "n", NOW)), SECURITY),
    "calendars.preview": (lambda s, a: calendars.preview(a, b"", NOW), SYSTEM_ADMIN),
    "calendars.take": (lambda s, a: calendars.take(a, b"", "原因", NOW, source="cli"), SYSTEM_ADMIN),
    "confirming.confirm": (lambda s, a: confirming.confirm(a, s.project, "approvedBudget", 1, NOW), set()),  # owners: see test_confirming
    "documents.put": (
        lambda s, a: as_far_as(DocumentCode.FILE_SLOT, lambda: documents.put(a, s.task, "a.pdf", BytesIO(b"%PDF-"), NOW, slot="files")),
        {"doer"},
    ),
    "documents.opened": (lambda s, a: as_far_as(DocumentCode.FILE_LOST, lambda: documents.opened(a, s.document, NOW)), READERS),
    "documents.of_project": (lambda s, a: documents.of_project(a, s.project), READERS),
    "documents.printed": (lambda s, a: documents.printed(a, s.task, NOW), set()),  # nothing is printed here: see test_printed
    "documents.erase": (lambda s, a: documents.erase(a, s.document, "误传", NOW), SYSTEM_ADMIN),
    "inbox.todo": (lambda s, a: inbox.todo(a, NOW, text="刚申报"), {"doer"}),
    "inbox.done": (lambda s, a: inbox.done(a, NOW), {"doer"}),
    "inbox.counts": (lambda s, a: inbox.counts(a, NOW).todo, {"doer", "bureau"}),
    "inbox.processes": (lambda s, a: inbox.processes(a), {"doer", "bureau"}),
    "inbox.notifications": (lambda s, a: inbox.notifications(a, NOW), {"doer"}),
    "inbox.read_notification": (lambda s, a: inbox.read_notification(a, s.notice, NOW), {"doer"}),
    "instances.search": (
        lambda s, a: instances.search(a, instances.InstanceFilter(process_id="permit"), NOW),
        READERS | SYSTEM_ADMIN,
    ),
    "instances.line": (lambda s, a: instances.line(a, s.permit), READERS | SYSTEM_ADMIN),
    "instances.view": (lambda s, a: instances.view(a, s.permit, NOW), SYSTEM_ADMIN),
    "instances.create": (lambda s, a: instances.create(a, "w", {}, NOW), SYSTEM_ADMIN),
    "instances.administered": (lambda s, a: instances.administered(a, s.permit), SYSTEM_ADMIN),
    "jobs.take": (lambda s, a: jobs.take(a, "outside", NOW), SYSTEM_ADMIN),
    "jobs.complete": (lambda s, a: jobs.complete(a, s.jobs[0], {}, NOW), SYSTEM_ADMIN),
    "jobs.fail": (lambda s, a: jobs.fail(a, s.jobs[0], 1, "", NOW), SYSTEM_ADMIN),
    "jobs.throw_error": (lambda s, a: jobs.throw_error(a, s.jobs[0], "E", "", {}, NOW), SYSTEM_ADMIN),
    "messages.publish": (lambda s, a: messages.publish(a, "m", "", {}, NOW, tenant="hill"), SYSTEM_ADMIN),
    "messages.broadcast": (lambda s, a: messages.broadcast(a, "m", {}, NOW, tenant="hill"), SYSTEM_ADMIN),
    "models.clauses": (lambda s, a: models.clauses(a), DISTRICT | {"other district"}),
    "migration.preview": (lambda s, a: migration.preview(a, [s.workers[0]], s.definition, NOW), SYSTEM_ADMIN),
    "migration.migrate": (lambda s, a: migration.migrate(a, s.workers[0], s.definition, "原因", NOW), SYSTEM_ADMIN),
    "migration.outdated": (lambda s, a: migration.outdated(a, "hill") or True, SYSTEM_ADMIN),
    "models.standing": (lambda s, a: models.standing(a, NOW), set()),  # nothing is to be said here
    "models.deploy": (lambda s, a: models.deploy(a, [("x.txt", b"")], NOW, tenant="hill"), {"analyst"}),
    "models.definitions": (lambda s, a: models.definitions(a, "hill"), LISTERS),
    "models.versions": (lambda s, a: models.versions(a, "process", "w", "hill"), LISTERS),
    "models.definition": (lambda s, a: models.definition(a, s.definition), DISTRICT),
    "models.deployment": (lambda s, a: models.deployment(a, models.definition(SYSTEM, s.definition).deployment), LISTERS),
    "models.source": (lambda s, a: models.source(a, "process", s.definition), DISTRICT),
    "models.drawn": (lambda s, a: models.drawn(a, s.definition), DISTRICT),
    "models.imports": (lambda s, a: models.imports(a, "process", s.definition) or True, DISTRICT),
    "offices.listing": (lambda s, a: offices.listing(a, "hill"), SECURITY),
    "offices.create": (lambda s, a: offices.create(a, "hill", "新单位", NOW), SECURITY),
    "offices.close": (lambda s, a: offices.close(a, "hill", "教育局", "原因", NOW), SECURITY),
    "packages.may_export": (lambda s, a: packages.may_export(a), {"auditor"}),
    "packages.of_project": (lambda s, a: packages.of_project(a, s.project, NOW), {"auditor"}),
    "people.disable": (lambda s, a: people.disable(a, "lea", "原因", NOW), SECURITY),
    "people.enable": (lambda s, a: people.enable(a, "lea", "原因", NOW), SECURITY),
    "people.set_password": (lambda s, a: people.set_password(a, "lea", "long-enough-1", "原因", NOW, one_time=True), SECURITY),
    "people.change_own_password": (
        lambda s, a: people.change_own_password(a, "wrong", "long-enough-1", NOW),
        DISTRICT | {"other district"},
    ),
    "people.change_roles": (lambda s, a: people.change_roles(a, "lea", "原因", NOW, add=[("applicant", "教育局")]), SECURITY),
    "projects.may_declare": (lambda s, a: projects.may_declare(a, "permit").allowed, {"doer", "other office"}),
    "projects.start": (lambda s, a: projects.start(a, "permit", "又一个", NOW), {"doer", "other office"}),
    "projects.start_process": (lambda s, a: projects.start_process(a, s.project, "inspection", NOW), set()),  # not in this phase
    "projects.start_district_process": (lambda s, a: projects.start_district_process(a, "year_notice", NOW) or True, {"bureau"}),
    "projects.start_form": (lambda s, a: projects.start_form(a, "year_notice", None, NOW), set()),  # it has none
    "projects.startable": (lambda s, a: projects.startable(a, NOW), {"bureau"}),
    "projects.search": (lambda s, a: projects.search(a, NOW), READERS),
    "projects.view": (lambda s, a: projects.view(a, s.project, NOW), READERS),
    "projects.phase": (lambda s, a: projects.phase(a, s.project), READERS),
    "projects.phases_entered": (lambda s, a: projects.phases_entered(a, s.project), READERS),
    "projects.facts": (lambda s, a: projects.facts(a, s.project), READERS),
    "projects.relations": (lambda s, a: projects.relations(a, s.project), READERS),
    "registers.listing": (lambda s, a: registers.listing(a) or True, (DISTRICT | {"other district"}) - SYSTEM_ADMIN - SECURITY - AUDIT),
    "registers.page": (lambda s, a: registers.page(a, "nothing", registers.Filters(), NOW), set()),  # there is none: see test_registers
    "registers.export": (lambda s, a: registers.export(a, "nothing", registers.Filters(), NOW), set()),
    "register.choices": (lambda s, a: register.choices(a, "hill", offices=True, people=True).offices, DISTRICT),
    "repair.set_variables": (lambda s, a: repair.set_variables(a, s.permit, {"x": 1}, "原因", NOW), SYSTEM_ADMIN),
    "repair.modify": (lambda s, a: repair.modify(a, s.workers[1], "原因", NOW, activate=ACTIVATE), SYSTEM_ADMIN),
    "repair.suspend": (lambda s, a: repair.suspend(a, s.workers[1], "原因", NOW), SYSTEM_ADMIN),
    "repair.resume": (lambda s, a: repair.resume(a, s.workers[1], "原因", NOW), SYSTEM_ADMIN),
    "repair.cancel": (lambda s, a: repair.cancel(a, s.workers[1], "原因", NOW), SYSTEM_ADMIN),
    "repair.resolve": (lambda s, a: repair.resolve(a, s.incident, NOW), SYSTEM_ADMIN),
    "repair.repaired": (lambda s, a: hold(repair.repaired(a, s.permit, "原因", NOW)), SYSTEM_ADMIN),
    "returns.targets": (lambda s, a: returns.targets(a, s.task, NOW) is not None, READERS),
    "returns.give_back": (lambda s, a: returns.give_back(a, s.task, WISH, NOW), {"doer"}),
    "sweeping.sweep": (lambda s, a: sweeping.sweep(a, NOW, age=timedelta(days=30)), SYSTEM_ADMIN),
    "systems.enter": (lambda s, a: systems.enter(a, "hill", b"", NOW, dry_run=True), {"bureau"}),
    "systems.may_enter": (lambda s, a: systems.may_enter(a, "hill"), {"bureau"}),
    "systems.may_look": (lambda s, a: systems.may_look(a), {"bureau", "auditor", "other district"}),
    "systems.listing": (lambda s, a: systems.listing(a) or True, {"bureau", "auditor", "other district"}),
    "joint.members": (lambda s, a: joint.members(a, s.task, NOW) or True, READERS),
    "joint.page": (lambda s, a: joint.page(a, s.task, [], NOW), READERS),
    "joint.submit": (lambda s, a: joint.submit(a, [s.task, s.closed], APPLICATION, NOW), {"doer"}),
    "tasks.view": (lambda s, a: tasks.view(a, s.task, NOW), READERS),
    "tasks.inputs": (lambda s, a: tasks.inputs(a, s.task, NOW), READERS),
    "tasks.filling": (lambda s, a: tasks.filling(a, s.task, NOW), READERS),
    "tasks.facts": (lambda s, a: tasks.facts(a, s.task, NOW), READERS),
    "tasks.line": (lambda s, a: tasks.line(a, s.task, NOW), READERS),
    "tasks.kept": (lambda s, a: tasks.kept(a, s.task), READERS),
    "tasks.form": (lambda s, a: tasks.form(a, s.task), READERS),
    "tasks.search": (lambda s, a: tasks.search(a, tasks.TaskFilter(key=s.task), NOW), READERS),
    "tasks.save_draft": (lambda s, a: tasks.save_draft(a, s.task, {}, NOW), {"doer"}),
    "tasks.claim": (lambda s, a: tasks.claim(a, s.task, NOW), {"doer"}),
    "tasks.release": (lambda s, a: tasks.release(a, s.task, NOW), {"doer"}),
    "tasks.complete": (lambda s, a: tasks.complete(a, s.task, APPLICATION, NOW), {"doer"}),
    "trail.verify": (lambda s, a: trail.verify(a), AUDIT),
    "unattended.listing": (lambda s, a: unattended.listing(a, NOW).items or True, SYSTEM_ADMIN),
}


def _without_web(door: Callable[[], Any]) -> Any:
    """A token needs an app with sign-in, which this one is not: whoever gets as far may have one."""
    try:
        return door()
    except KeyError:
        return True


def let_in(door: Door, scene: Scene, actor: Actor) -> bool:
    """Refused, or shown nothing: no. Past the question who asks, whatever else is wrong: yes."""
    try:
        found = door(scene, actor)
    except (Forbidden, NotFound):
        return False
    except Failure:
        return True
    return found is None or bool(found.items if isinstance(found, Page) else found)


def doors() -> set[str]:
    found = set()
    for path in SERVICES.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found.add(f"{path.stem}.{node.name}")
    return found


def test_every_door_has_a_row() -> None:
    assert doors() - TABLE.keys() - NOBODY.keys() == set()
    assert TABLE.keys() - doors() == set()


@pytest.mark.parametrize("name", TABLE)
def test_who_may(scene: Scene, name: str) -> None:
    door, allowed = TABLE[name]
    knocking = sorted(scene.people, key=lambda who: who in allowed)  # who may comes last, for they change something
    assert {who for who in knocking if let_in(door, scene, scene.people[who])} == allowed


@pytest.mark.parametrize("name", ["tasks.save_draft", "tasks.claim", "tasks.release", "tasks.complete", "returns.give_back"])
def test_nobody_does_a_closed_task(scene: Scene, name: str) -> None:
    door, allowed = TABLE[name]
    over = replace(scene, task=scene.closed)
    for who, actor in scene.people.items():
        with pytest.raises(TaskAlreadyClosed if who in allowed else (Forbidden, TaskAlreadyClosed)):
            door(over, actor)


def test_a_job_of_another_district_is_not_taken(scene: Scene) -> None:
    """A worker of valley takes none of hill's."""
    (key,) = accounts.create_users(SYSTEM, [("vera", "谷管", "valley", [("system_admin", "河谷区数据局")])], "$none", NOW)
    assert jobs.take(accounts.actor(key, NOW), "outside", NOW, most=10) == []
    assert len(jobs.take(scene.people["system admin"], "outside", NOW, most=10)) == 4


def test_a_notice_stays_in_its_district(scene: Scene) -> None:
    """An applicant of an office of the same key in valley would see hill's: only the district tells them apart."""
    mine = scene.people["doer"]
    twin = replace(mine, tenant="valley")
    assert inbox.notifications(mine, NOW).total == 1
    assert inbox.notifications(twin, NOW).total == 0
    assert inbox.counts(twin, NOW).unread == 0


def test_a_role_held_in_the_wrong_office_fills_no_inbox(scene: Scene) -> None:
    (key,) = accounts.create_users(SYSTEM, [("odd", "错岗", "hill", [("data_bureau", "教育局")])], "$none", NOW)
    odd = accounts.actor(key, NOW)
    assert inbox.todo(scene.people["bureau"], NOW).total == 1
    assert (inbox.todo(odd, NOW).total, inbox.counts(odd, NOW).todo, inbox.processes(odd)) == (0, 0, [])
