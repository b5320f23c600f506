"""A project that ends takes its other open processes along: each in an act of its own, and nobody does a task of them in between."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import current
from app.domain.permissions import SYSTEM
from app.domain.states import WaitKind
from app.engine.codes import IncidentType
from app.errors import Conflict, NotFound
from app.seen.shapes import InstanceLine
from app.services import inbox, instances, messages, projects, pump, repair, tasks, trail
from app.store.tables import AuditEntryRow, WaitRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

PERMIT = (
    d.start(),
    d.parallel("fork"),
    t.task("stop"),
    t.task("other"),
    d.end("end", extensions=t.says(phase="rejected")),
    d.end("done"),
    d.chain("start", "fork", "stop", "end"),
    d.chain("fork", "other", "done"),
)
HEARD = f'<bpmn:startEvent id="heard">{d.on_message("ended")}</bpmn:startEvent>'
ENDS = d.event_subprocess("beside", HEARD, t.task("settle"), d.end("settled"), d.chain("heard", "settle", "settled"))


def deploy(*extra: str, parts: tuple[str, ...] = (), start: str = "") -> None:
    """permit, which ends the project; works, which is begun by its message and has open tasks."""
    begun = f'<bpmn:startEvent id="start">{d.on_message("go")}</bpmn:startEvent>'
    works = (start or begun, t.task("build"), d.end(), d.chain("start", "build", "end"), *extra)
    t.deploy(t.diagram(*PERMIT), t.diagram(*works, process="works", parts=(d.message("go", "go"), *parts)))


def tree(cast: Cast, project: int, process: str) -> InstanceLine:
    return next(line for line in projects.view(cast.alice, project, NOW).instances if line.process_id == process)


def both(cast: Cast, *extra: str, parts: tuple[str, ...] = ()) -> int:
    deploy(*extra, parts=parts)
    project = t.begin(cast.alice)
    messages.publish(SYSTEM, "go", str(project), {}, NOW, tenant="hill")
    assert {line.element_id for line in inbox.todo(cast.fred, NOW).items} == {"stop", "other", "build"}
    return project


def endings() -> list[int]:
    return list(db.session.execute(select(WaitRow.root_key).where(WaitRow.kind == WaitKind.ENDING)).scalars())


def test_the_other_tree_is_cancelled_with_the_reason_and_the_ender_goes_on(cast: Cast) -> None:
    project = both(cast)
    works = tree(cast, project, "works")
    t.complete(cast.fred, "stop")
    assert (t.row(project)["phase"], endings()) == ("rejected", [works.key])
    pump.run_due(NOW)
    assert (tree(cast, project, "works").state, tree(cast, project, "permit").state) == ("cancelled", "active")
    assert [line.element_id for line in inbox.todo(cast.fred, NOW).items] == ["other"]
    entry = db.session.execute(select(AuditEntryRow).where(AuditEntryRow.action == "project.ended")).scalar_one()
    assert (entry.chain, entry.details, entry.project_key) == (works.key, {"phase": "rejected"}, project)
    t.complete(cast.fred, "other")
    assert (tree(cast, project, "permit").state, endings()) == ("completed", [])
    assert trail.verify(SYSTEM).problems == []


def test_before_it_is_told_nobody_does_its_tasks(cast: Cast) -> None:
    project = both(cast)
    build = t.open_task(cast.fred, "build")
    t.complete(cast.fred, "stop")
    for act in (lambda: tasks.complete(cast.fred, build, {}, NOW), lambda: tasks.claim(cast.fred, build, NOW)):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "PROJECT_ENDED"
    assert tree(cast, project, "works").state == "active"
    pump.run_due(NOW)
    with pytest.raises((Conflict, NotFound)) as refused:
        tasks.complete(cast.fred, build, {}, NOW)
    assert refused.value.code == "TASK_CLOSED"


def test_it_ends_by_the_event_sub_process_that_its_diagram_draws(cast: Cast) -> None:
    project = both(cast, ENDS, parts=(d.message("ended", "project_ended", "=projectKey"),))
    t.complete(cast.fred, "stop")
    pump.run_due(NOW)
    assert tree(cast, project, "works").state == "active"
    t.complete(cast.fred, "settle")  # its own tidying up is no task that the end forbids
    assert tree(cast, project, "works").state == "completed"


@pytest.fixture
def going_on(app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """phases.toml lets works go on."""
    from app.catalogue import districts
    from app.domain.districts import load_phases

    found = load_phases(current.settings().root / "districts" / "phases.toml")
    changed = tuple(
        type(phase)(**{name: getattr(phase, name) for name in phase.__slots__} | ({"goes_on": ("works",)} if phase.terminal else {}))
        for phase in found
    )
    monkeypatch.setattr(districts, "phases", lambda: changed)


def test_processes_that_the_phase_lets_go_on_go_on(cast: Cast, going_on: None) -> None:
    project = both(cast)
    t.complete(cast.fred, "stop")
    assert (endings(), pump.run_due(NOW)) == ([], 0)
    t.complete(cast.fred, "build")
    assert tree(cast, project, "works").state == "completed"


def test_another_project_s_trees_are_left_alone(cast: Cast) -> None:
    both(cast)
    second = t.begin(cast.alice, name="另一项目")
    messages.publish(SYSTEM, "go", str(second), {}, NOW, tenant="hill")
    tasks.complete(cast.fred, next(line.key for line in inbox.todo(cast.fred, NOW).items if line.element_id == "stop"), {}, NOW)
    pump.run_due(NOW)
    assert tree(cast, second, "works").state == "active"


def test_a_tree_that_ends_by_itself_meanwhile_is_told_nothing(cast: Cast) -> None:
    project = both(cast)
    works = tree(cast, project, "works")
    t.complete(cast.fred, "stop")
    repair.cancel(cast.root, works.key, "不办了", NOW)
    assert pump.run_due(NOW) == 0
    assert endings() == []
    assert db.session.execute(select(AuditEntryRow).where(AuditEntryRow.action == "project.ended")).all() == []


def test_a_suspended_tree_is_told_when_it_is_resumed(cast: Cast) -> None:
    project = both(cast)
    works = tree(cast, project, "works")
    repair.suspend(cast.root, works.key, "查", NOW)
    t.complete(cast.fred, "stop")
    pump.run_due(NOW + timedelta(days=2))
    assert (tree(cast, project, "works").state, endings()) == ("active", [works.key])
    assert [one for one in instances.view(cast.root, works.key, NOW).incidents if one.type == IncidentType.EVENT_FAILED] == []
    repair.resume(cast.root, works.key, "查清", NOW)
    pump.run_due(NOW + timedelta(days=2))
    assert (tree(cast, project, "works").state, endings()) == ("cancelled", [])
