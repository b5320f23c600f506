"""Projects: who sees which, what may be started when, and the ledger that processes write."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.domain.permissions import SYSTEM
from app.errors import Conflict, Forbidden, NotFound
from app.services import inbox, instances, projects, pump, repair, tasks
from app.store.tables import NumberRow, ProcessInstanceRow, ProjectRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_messages import approved
from tests.integration.services.test_permit import APPLICATION


def test_an_office_sees_its_own_projects_and_the_bureau_all(cast: Cast) -> None:
    own, _ = projects.start(cast.alice, "permit", "教育平台", NOW)
    other, _ = projects.start(cast.bob, "permit", "水利平台", NOW + timedelta(hours=1))
    assert [line.key for line in projects.search(cast.alice, NOW).items] == [own]
    assert [line.key for line in projects.search(cast.dora, NOW).items] == [other, own]
    assert [line.key for line in projects.search(cast.dora, NOW, text="水利").items] == [other]
    assert [line.key for line in projects.search(cast.dora, NOW, office="教育局").items] == [own]
    assert projects.search(cast.dora, NOW, phase="approved").items == []
    assert projects.search(cast.root, NOW).items == []
    assert projects.search(cast.val, NOW).items == []
    assert projects.search(cast.dora, NOW, limit=1, offset=1).items[0].key == own
    assert [line.open_tasks for line in projects.search(cast.dora, NOW).items] == [1, 1]
    (mine,) = (line.key for line in tasks.search(cast.alice, tasks.TaskFilter(project_key=own), NOW).items)
    tasks.complete(cast.alice, mine, APPLICATION, NOW)
    (reviewed,) = (line.key for line in inbox.todo(cast.fred, NOW).items)
    tasks.complete(cast.fred, reviewed, {"verdict": "不同意"}, NOW)
    seen = {line.key: line.open_tasks for line in projects.search(cast.dora, NOW).items}
    assert seen[other] == 1
    assert seen[own] == len(tasks.search(SYSTEM, tasks.TaskFilter(project_key=own, state="open"), NOW).items)
    with pytest.raises(Forbidden):
        projects.view(cast.alice, other, NOW)
    with pytest.raises(NotFound):
        projects.view(cast.alice, 7, NOW)


def test_a_project_page_shows_facts_by_the_words_of_the_forms(cast: Cast) -> None:
    project = approved(cast)
    page = projects.view(cast.alice, project, NOW)
    assert {fact.name: fact.title for fact in page.project.shown}["receivedAt"] == "受理时间"
    assert page.project.facts["totalAmount"] == Decimal("5000.00")
    assert [(office.role, office.name) for office in page.project.offices] == [("applicant", "教育局")]
    assert [line.element_id for line in page.tasks] == ["inspect"]
    assert [line.process_id for line in page.instances] == ["permit", "inspection"]
    assert [(entry.action, entry.element) for entry in page.timeline if entry.action == "phase"] == [
        ("phase", "draft"), ("phase", "declared"), ("phase", "approved"),
    ]  # fmt: skip


def test_what_may_be_started_depends_on_role_phase_and_repetition(cast: Cast) -> None:
    project, task = projects.start(cast.alice, "permit", "平台", NOW)
    with pytest.raises(Forbidden) as refused:
        projects.start_process(cast.dora, project, "inspection", NOW)
    assert refused.value.code == "WRONG_PHASE"
    with pytest.raises(Conflict) as running:
        projects.start_process(cast.alice, project, "permit", NOW)
    assert running.value.code == "ALREADY_RUNNING"
    tasks.complete(cast.alice, task, APPLICATION, NOW)
    with pytest.raises(Forbidden):
        projects.start_process(cast.alice, project, "inspection", NOW)
    assert [(item.process_id, item.may.allowed) for item in projects.view(cast.dora, project, NOW).startable] == [("inspection", True)]
    inspect = projects.start_process(cast.dora, project, "inspection", NOW)
    assert tasks.view(cast.dora, inspect, NOW).line.element_id == "inspect"
    tasks.complete(cast.dora, inspect, {"result": "合格"}, NOW)
    root = instances.search(cast.root, instances.InstanceFilter(process_id="inspection"), NOW).items[0]
    repair.cancel(cast.root, root.key, "重来", NOW)
    with pytest.raises(Conflict) as done:
        projects.start_process(cast.dora, project, "inspection", NOW)
    assert done.value.code == "ALREADY_DONE"


def test_a_process_of_the_year_runs_once_a_year_and_asks_the_ledger(cast: Cast) -> None:
    approved(cast)
    projects.start(cast.bob, "permit", "未批", NOW)
    assert [item.process_id for item in projects.startable(cast.dora, NOW)] == ["year_notice"]
    assert projects.startable(cast.alice, NOW) == []
    assert projects.start_district_process(cast.dora, "year_notice", NOW) == 0
    with pytest.raises(Conflict):
        projects.start_district_process(cast.dora, "year_notice", NOW)
    with pytest.raises(Forbidden):
        projects.start_district_process(cast.alice, "year_notice", NOW)
    pump.run_due(NOW + timedelta(days=1))
    row = instances.search(cast.root, instances.InstanceFilter(process_id="year_notice"), NOW).items[0]
    assert row.state == "completed"
    shown = {variable.name: variable.value for variable in instances.view(cast.root, row.key, NOW).variables}
    assert shown["approved"] == 1
    with pytest.raises(Conflict):
        projects.start_district_process(cast.dora, "year_notice", NOW + timedelta(days=30))
    assert projects.start_district_process(cast.dora, "year_notice", NOW + timedelta(days=300)) == 0


def test_running_numbers_count_by_district_and_year(cast: Cast) -> None:
    for _ in range(2):
        approved(cast)
    assert {line.project_name for line in inbox.todo(cast.dora, NOW).items} == {"平台"}
    numbers = sorted(tasks.view(cast.dora, line.key, NOW).variables["inspectionNumber"] for line in inbox.todo(cast.dora, NOW).items)
    assert numbers == ["检2026-0001", "检2026-0002"]
    assert db.session.execute(select(NumberRow.tenant, NumberRow.year, NumberRow.last)).all() == [("hill", 2026, 2)]


def test_the_ledger_keeps_every_phase_with_its_instant(cast: Cast) -> None:
    project = approved(cast)
    assert projects.phase(SYSTEM, project) == "approved"
    assert projects.facts(SYSTEM, project)["applicantOffice"] == "教育局"
    phases = db.session.execute(select(ProjectRow.phases).where(ProjectRow.key == project)).scalar_one()
    assert [(phase, at) for phase, at in phases] == [(phase, NOW.isoformat()) for phase in ("draft", "declared", "approved")]


def test_instances_are_for_administrators_of_the_district(cast: Cast) -> None:
    project = approved(cast)
    found = instances.search(cast.root, instances.InstanceFilter(), NOW)
    assert [(line.process_id, line.state) for line in found.items] == [("permit", "completed"), ("inspection", "active")]
    assert instances.search(cast.root, instances.InstanceFilter(state="active"), NOW).total == 1
    assert instances.search(cast.root, instances.InstanceFilter(text="平台"), NOW).total == 2
    assert instances.search(cast.root, instances.InstanceFilter(has_incident=True), NOW).total == 0
    assert instances.search(cast.alice, instances.InstanceFilter(), NOW).total == 2
    assert instances.search(cast.bob, instances.InstanceFilter(), NOW).total == 0
    assert instances.search(cast.val, instances.InstanceFilter(), NOW).total == 0
    view = instances.view(cast.root, found.items[1].key, NOW)
    assert [(token.element_id, token.name, token.state) for token in view.tokens] == [("inspect", "现场检查", "active")]
    assert {"projectKey", "inspectionNumber"} <= {variable.name for variable in view.variables if not variable.scope}
    assert [entry.element_id for entry in view.history] == ["requested", "read_facts", "allot", "inspect"]
    for who in (cast.alice, cast.dora, cast.ann):
        with pytest.raises(Forbidden):
            instances.view(who, found.items[1].key, NOW)
    assert instances.line(cast.alice, found.items[1].key).project_key == project
    with pytest.raises(Forbidden):
        instances.line(cast.bob, found.items[1].key)
    with pytest.raises(Forbidden):
        repair.cancel(cast.dora, found.items[1].key, "x", NOW)


def test_cancelling_ends_the_tree_and_its_tasks(cast: Cast) -> None:
    _, task = projects.start(cast.alice, "permit", "平台", NOW)
    tasks.complete(cast.alice, task, APPLICATION, NOW)
    root = instances.search(cast.root, instances.InstanceFilter(process_id="permit"), NOW).items[0].key
    repair.cancel(cast.root, root, "误建", NOW)
    assert inbox.todo(cast.fred, NOW).items == []
    assert db.session.execute(select(ProcessInstanceRow.state).where(ProcessInstanceRow.key == root)).scalar_one() == "cancelled"
    with pytest.raises(Conflict):
        repair.cancel(cast.root, root, "再来", NOW)


def test_an_instance_is_created_by_whom_the_district_lets(cast: Cast) -> None:
    line = instances.create(cast.dora, "year_notice", {"note": Decimal("1.10")}, NOW)
    assert (line.state, line.tenant, line.version) == ("active", "hill", 1)
    with pytest.raises(Forbidden):
        instances.create(cast.alice, "year_notice", {}, NOW)
    with pytest.raises(Forbidden):
        instances.create(cast.dora, "year_notice", {}, NOW, tenant="valley")
    with pytest.raises(NotFound):
        instances.create(cast.root, "nothing", {}, NOW)
    with pytest.raises(NotFound):
        instances.create(cast.dora, "year_notice", {}, NOW, version=2)
