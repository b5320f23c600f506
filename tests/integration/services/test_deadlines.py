"""Timers: each fires once, on any number of nodes, also after a crash; what fails is seen and does not stop the rest."""

import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.config import Config
from app.domain.permissions import SYSTEM
from app.services import inbox, instances, models, projects, pump, repair, startup, tasks, timers, trail
from app.store.tables import AuditEntryRow, ElementInstanceRow, IncidentRow, ProcessInstanceRow, RecordRow, WaitRow, db
from tests.integration.conftest import make_app
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import APPLICATION
from tests.unit.engine import diagrams as d

DUE = datetime.fromisoformat("2026-03-25T00:00:00+08:00")
ROOT = Path(__file__).resolve().parents[3]


def reviews(cast: Cast, count: int) -> list[int]:
    """Projects whose review is open."""
    keys = []
    for number in range(count):
        project, task = projects.start(cast.alice, "permit", f"平台{number}", NOW)
        tasks.complete(cast.alice, task, APPLICATION, NOW)
        keys.append(project)
    return keys


def set_timers() -> int:
    """How many timers of instances are set."""
    return db.session.execute(
        select(func.count()).select_from(WaitRow).where(WaitRow.root_key.is_not(None), WaitRow.kind == "timer")
    ).scalar_one()


def late_records() -> int:
    return db.session.execute(select(func.count()).select_from(RecordRow).where(RecordRow.kind == "overdue")).scalar_one()


def fired() -> int:
    return db.session.execute(select(func.count()).select_from(AuditEntryRow).where(AuditEntryRow.action == "timer.fire")).scalar_one()


def test_an_overdue_review_is_recorded_and_escalated_and_stays_open(cast: Cast) -> None:
    (project,) = reviews(cast, 1)
    assert timers.next_due() == DUE
    assert timers.fire_due(DUE - timedelta(microseconds=1)) == 0
    assert timers.fire_due(DUE) == 1
    assert timers.fire_due(DUE) == 0
    assert late_records() == 1
    (line,) = inbox.todo(cast.fred, DUE).items
    assert (line.overdue, line.days_left) == (True, -1)
    (notice,) = inbox.notifications(cast.lea, DUE).items
    assert "逾期" in notice.title
    assert [entry.element for entry in projects.view(cast.dora, project, DUE).timeline if entry.action == "overdue"] == ["mark_late"]
    tasks.complete(cast.fred, line.key, {"verdict": "同意"}, DUE)
    assert projects.phase(SYSTEM, project) == "approved"
    assert trail.verify(SYSTEM).problems == []


def test_a_completed_review_has_no_deadline_any_more(cast: Cast) -> None:
    reviews(cast, 1)
    tasks.complete(cast.fred, inbox.todo(cast.fred, NOW).items[0].key, {"verdict": "不同意"}, NOW)
    assert set_timers() == 0
    assert timers.fire_due(DUE) == 0


def test_many_nodes_fire_each_timer_once(cast: Cast, app: Flask) -> None:
    reviews(cast, 24)
    failures: list[BaseException] = []

    def node() -> None:
        with app.app_context():
            try:
                for _ in range(60):
                    if not timers.fire_due(DUE) and not set_timers():
                        return
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=node) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    db.session.rollback()
    assert (fired(), late_records()) == (24, 24)
    assert trail.verify(SYSTEM).problems == []


def test_the_same_task_submitted_by_many_at_once_is_completed_once(cast: Cast, app: Flask) -> None:
    reviews(cast, 6)
    keys = [line.key for line in inbox.todo(cast.fred, NOW).items]
    outcomes: list[str] = []

    def submit() -> None:
        with app.app_context():
            for key in keys:
                try:
                    tasks.complete(cast.fred, key, {"verdict": "同意"}, NOW)
                    outcomes.append("done")
                except Exception as error:
                    outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=submit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sorted(outcomes) == ["TaskAlreadyClosed"] * 30 + ["done"] * 6
    completed = select(func.count()).select_from(ElementInstanceRow).where(ElementInstanceRow.element_id == "move_approved")
    assert db.session.execute(completed).scalar_one() == 6
    assert trail.verify(SYSTEM).problems == []


def test_completing_and_timing_out_at_once_is_one_or_both_but_never_broken(cast: Cast, app: Flask) -> None:
    reviews(cast, 10)
    keys = [line.key for line in inbox.todo(cast.fred, NOW).items]

    def complete() -> None:
        with app.app_context():
            for key in keys:
                tasks.complete(cast.fred, key, {"verdict": "同意"}, DUE)

    def fire() -> None:
        with app.app_context():
            for _ in range(30):
                timers.fire_due(DUE)

    threads = [threading.Thread(target=target) for target in (complete, fire, fire)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    states = db.session.execute(select(ProcessInstanceRow.state).where(ProcessInstanceRow.process_id == "permit")).scalars().all()
    assert states == ["completed"] * 10
    assert set_timers() == 0
    assert late_records() == fired()
    assert db.session.execute(select(func.count()).select_from(IncidentRow)).scalar_one() == 0
    assert trail.verify(SYSTEM).problems == []


def test_a_timer_that_cannot_fire_is_an_incident_and_does_not_stop_the_others(cast: Cast) -> None:
    projects_ = reviews(cast, 3)
    broken = db.session.execute(
        select(ProcessInstanceRow.key, ProcessInstanceRow.blob).where(ProcessInstanceRow.project_key == projects_[0])
    ).one()
    _set_blob(broken.key, "not a state")
    assert timers.fire_due(DUE) == 2
    (incident,) = db.session.execute(select(IncidentRow)).scalars()
    assert (incident.type, incident.root_key, incident.closed_at) == ("EVENT_FAILED", broken.key, None)
    attempts, wake_at = db.session.execute(select(WaitRow.attempts, WaitRow.wake_at).where(WaitRow.root_key == broken.key)).one()
    assert (attempts, wake_at) == (1, DUE + timedelta(seconds=60))
    assert timers.fire_due(DUE) == 0
    assert timers.fire_due(wake_at) == 0
    assert db.session.execute(select(WaitRow.attempts, WaitRow.wake_at).where(WaitRow.root_key == broken.key)).one() == (
        2,
        wake_at + timedelta(seconds=120),
    )
    assert len(db.session.execute(select(IncidentRow.key)).all()) == 1
    _set_blob(broken.key, broken.blob)
    assert timers.fire_due(DUE + timedelta(hours=1)) == 1
    assert db.session.execute(select(IncidentRow.closed_at)).scalar_one() == DUE + timedelta(hours=1)


def _set_blob(key: int, blob: str) -> None:
    db.session.execute(update(ProcessInstanceRow).where(ProcessInstanceRow.key == key).values(blob=blob))
    db.session.commit()


def test_a_connector_that_fails_is_an_incident_and_never_fails_the_act(cast: Cast) -> None:
    line = instances.create(cast.root, "broken_call", {}, NOW)
    assert line.incidents == 1
    view = instances.view(cast.root, line.key, NOW)
    (incident,) = view.incidents
    assert incident.element_id == "bad_phase"
    assert "不属于任何项目" in incident.message
    assert view.diagram.incidents == ("bad_phase",)
    assert [token.state for token in view.tokens] == ["incident"]
    repair.resolve(cast.root, incident.key, NOW)
    again = instances.view(cast.root, line.key, NOW).incidents
    assert [one.resolved_at is None for one in again] == [False, True]


def test_a_process_that_starts_every_year_starts_every_year_in_each_district(cast: Cast) -> None:
    first = datetime.fromisoformat("2027-01-01T00:00:00+08:00")
    for year, instant in ((1, first), (2, first.replace(year=2028))):
        assert pump.run_due(instant - timedelta(seconds=1)) == 0
        assert pump.run_due(instant) == 2
        assert sorted(
            db.session.execute(select(ProcessInstanceRow.tenant).where(ProcessInstanceRow.process_id == "yearly")).scalars()
        ) == sorted(["hill", "valley"] * year)
    assert len(inbox.todo(cast.dora, first).items) == 2


def test_a_start_that_is_spent_stays_spent_whatever_is_deployed_later(cast: Cast) -> None:
    def process_of(name: str, timing: str) -> tuple[str, bytes]:
        body = (
            d.start(inner=d.timer(*timing.split(" "))),
            d.user("wait", '<zeebe:assignmentDefinition candidateGroups="finance"/>'),
            d.end(),
        )
        return f"bpmn/hill/{name}.bpmn", d.file(d.process(*body, d.chain("start", "wait", "end"), id=name))

    def begun(name: str) -> int:
        return db.session.execute(select(func.count()).where(ProcessInstanceRow.process_id == name)).scalar_one()

    twice, once = process_of("twice", "Cycle R2/PT1H"), process_of("once", "Date 2026-03-10T10:00:00+08:00")
    models.deploy(SYSTEM, [twice, once], NOW, source="cli")
    later = NOW
    for _ in range(6):
        later += timedelta(hours=1)
        pump.pump(later)
        models.deploy(SYSTEM, [process_of("other", f"Cycle R1/P{later.hour + 1}D")], later, source="cli")
    assert (begun("twice"), begun("once")) == (2, 1)
    assert timers.next_due() is None or timers.next_due() > later
    models.deploy(SYSTEM, [process_of("twice", "Cycle R1/PT1H")], later, source="cli")  # a new version is a new start
    pump.pump(later + timedelta(hours=2))
    assert begun("twice") == 3


@pytest.mark.parametrize("statement", [1, 3, 8, 40, 90])
def test_a_killed_process_loses_nothing_and_fires_nothing_twice(cast: Cast, config: Config, statement: int) -> None:
    """It is killed as by the operating system, each time at another of its statements."""
    reviews(cast, 10)
    db.session.rollback()
    script = (
        "import itertools, os, signal; from datetime import datetime; from pathlib import Path; from sqlalchemy import Engine, event; "
        "from tests.integration.conftest import make_app, settings; from app.services import timers\n"
        f"app = make_app(settings({config.data!r}, Path({config.models!r}).parent))\n"
        "with app.app_context():\n"
        "    count = itertools.count(1)\n"
        "    @event.listens_for(Engine, 'before_cursor_execute')\n"
        "    def kill(*_):\n"
        f"        if next(count) == {statement}: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"    while timers.fire_due(datetime.fromisoformat({DUE.isoformat()!r})): pass\n"
    )
    process = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert process.returncode == -signal.SIGKILL
    app = make_app(config)
    with app.app_context():
        while timers.fire_due(DUE):
            pass
        db.session.rollback()
        assert (fired(), late_records(), set_timers()) == (10, 10, 0)
        assert trail.verify(SYSTEM).problems == []
        startup.dispose()
