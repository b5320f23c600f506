"""Processes are killed with kill -9 while timers wait and while they fire: afterwards each has fired once, none was lost, none came twice."""

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.config import Config, load
from app.domain.permissions import SYSTEM
from app.services import accounts, instances, instants, startup, trail
from app.store.tables import AuditEntryRow, ElementInstanceRow, IncidentRow, NotificationRow, RecordRow, UserTaskRow, WaitRow, db
from tests.acceptance.running import ROOT, Running, running, served
from tests.integration.conftest import (  # noqa: F401 - a fixture is found where it is named
    EMPTY,
    Address,
    Templates,
    address,
    copied,
    dropped,
    postgresql_server,
    templates,
)
from tests.integration.districts.play import at

pytestmark = pytest.mark.xdist_group("processes")
BEGIN = at("2026-03-10")
HOUR = timedelta(hours=1)
LOOKS = 50_000  # how often one looks whether it is done before giving up: on a slow machine each look is slow too
ROUNDS = 30
# Each instance has two timers: one beside a task that stays, and one in the way of its own branch. Each writes a record and a notice.
WATCH = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
    xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions_watch"
    targetNamespace="https://quancheng.dev/tests" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0">
  <bpmn:process id="watch" name="值守" isExecutable="true">
    <bpmn:startEvent id="start" name="开始" />
    <bpmn:parallelGateway id="fork" name="分头" />
    <bpmn:userTask id="keep_watch" name="值守"><bpmn:extensionElements><zeebe:userTask />
      <zeebe:assignmentDefinition candidateGroups="data_bureau" /></bpmn:extensionElements></bpmn:userTask>
    <bpmn:boundaryEvent id="alarm" name="到时" cancelActivity="false" attachedToRef="keep_watch"><bpmn:timerEventDefinition id="alarm_timer">
      <bpmn:timeDate xsi:type="bpmn:tFormalExpression">=dueAt</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:serviceTask id="note_alarm" name="登记到时"><bpmn:extensionElements><zeebe:taskDefinition type="mark_overdue" />
      <zeebe:taskHeaders><zeebe:header key="event" value="alarm" /></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:endEvent id="noted" name="已登记" />
    <bpmn:intermediateCatchEvent id="moment" name="等到时刻"><bpmn:timerEventDefinition id="moment_timer">
      <bpmn:timeDate xsi:type="bpmn:tFormalExpression">=dueAt</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
    <bpmn:serviceTask id="note_moment" name="登记时刻"><bpmn:extensionElements><zeebe:taskDefinition type="mark_overdue" />
      <zeebe:taskHeaders><zeebe:header key="event" value="moment" /></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:endEvent id="passed" name="已过" />
    <bpmn:endEvent id="relieved" name="交班" />
    <bpmn:sequenceFlow id="flow_1" sourceRef="start" targetRef="fork" />
    <bpmn:sequenceFlow id="flow_2" sourceRef="fork" targetRef="keep_watch" />
    <bpmn:sequenceFlow id="flow_3" sourceRef="fork" targetRef="moment" />
    <bpmn:sequenceFlow id="flow_4" sourceRef="alarm" targetRef="note_alarm" />
    <bpmn:sequenceFlow id="flow_5" sourceRef="note_alarm" targetRef="noted" />
    <bpmn:sequenceFlow id="flow_6" sourceRef="moment" targetRef="note_moment" />
    <bpmn:sequenceFlow id="flow_7" sourceRef="note_moment" targetRef="passed" />
    <bpmn:sequenceFlow id="flow_8" sourceRef="keep_watch" targetRef="relieved" />
  </bpmn:process>
</bpmn:definitions>
"""


@dataclass
class Site:
    """A database, and the processes that work on it."""

    config: Config
    settings: dict[str, str | float]

    def clock(self) -> AbstractContextManager[Running]:
        """A process with the clock: on SQLite the server has it, on PostgreSQL it is one of its own, and there may be several."""
        return running("clock", "--data", self.config.data, **self.settings) if "://" in self.config.data else self._server()

    @contextmanager
    def _server(self) -> Iterator[Running]:
        with served(self.config.data, **self.settings) as (_, process):
            yield process


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(request: pytest.FixtureRequest, tmp_path: Path, templates: Templates, address: Address) -> Iterator[Site]:  # noqa: F811
    """An empty database with one model in Sucheng, at nine on 10 March 2026 by its own clock."""
    models = tmp_path / "models"
    shutil.copytree(ROOT / "districts", models / "districts")
    shutil.copytree(ROOT / "forms" / "records", models / "forms" / "records")
    (models / "bpmn" / "sucheng").mkdir(parents=True)
    (models / "bpmn" / "sucheng" / "watch.bpmn").write_text(WATCH, "utf-8")
    settings: dict[str, str | float] = {
        "models": str(models),
        "clock": "virtual",
        "pump_seconds": 0.1,
        "secret_key": "tests",
        "password_salt": "tests",
        "audit_key": "00" * 32,
        "audit_head": str(tmp_path / "head.jsonl"),
    }
    template, _ = templates.of(request.param, EMPTY, address)
    folder = tmp_path / "data"
    folder.mkdir()
    name = f"c{abs(hash(request.node.nodeid)):x}"
    yield Site(load({}, data=copied(request.param, template, folder, name, address), **settings), settings)
    if request.param == "postgresql":
        dropped(name, address)


@pytest.fixture
def app(site: Site) -> Iterator[Flask]:
    """This process's own view of the database."""
    app = create_app(site.config)
    with app.app_context():
        startup.prepare(BEGIN)
        instants.begin_at(BEGIN)
        yield app
        startup.dispose()


def watch(count: int) -> None:
    """So many instances begin, with two timers each that are due in an hour."""
    for _ in range(count):
        instances.create(accounts.system("sucheng"), "watch", {"dueAt": (BEGIN + HOUR).isoformat()}, BEGIN, tenant="sucheng")
    assert waiting() == 2 * count


def waiting() -> int:
    """How many timers have not fired, as committed by now."""
    db.session.remove()
    return db.session.execute(select(func.count()).select_from(WaitRow).where(WaitRow.kind == "timer")).scalar_one()


def until(most: int) -> int:
    """Until at most so many timers wait; gives how many there are then."""
    pause = threading.Event()
    for _ in range(LOOKS):
        left = waiting()
        if left <= most:
            return left
        pause.wait(0.005)
    pytest.fail(f"{left} timers still wait")


def each_fired_once(count: int) -> None:
    """Whatever a timer brings about is there exactly once for each instance."""
    db.session.remove()
    visited = db.session.execute(
        select(ElementInstanceRow.root_key, ElementInstanceRow.element_id).where(
            ElementInstanceRow.element_id.in_(["alarm", "note_alarm", "moment", "note_moment"]), ElementInstanceRow.state == "completed"
        )
    ).all()
    assert len(visited) == 4 * count
    assert set(Counter(map(tuple, visited)).values()) == {1}
    recorded = db.session.execute(select(RecordRow.root_key, RecordRow.element_id)).all()
    assert len(recorded) == 2 * count
    assert set(Counter(map(tuple, recorded)).values()) == {1}
    told = db.session.execute(select(func.count()).select_from(NotificationRow)).scalar_one()
    assert told == 2 * count
    fired = db.session.execute(select(AuditEntryRow.chain).where(AuditEntryRow.action == "timer.fire")).scalars().all()
    assert set(Counter(fired).values()) == {2}
    assert len(fired) == 2 * count
    open_tasks = db.session.execute(select(func.count()).select_from(UserTaskRow).where(UserTaskRow.state == "open")).scalar_one()
    assert open_tasks == count, "the task beside its timer stays"
    assert db.session.execute(select(func.count()).select_from(IncidentRow)).scalar_one() == 0
    assert trail.verify(SYSTEM).problems == []


def test_timers_that_fell_due_while_nothing_ran_fire_once_after_the_start(site: Site, app: Flask) -> None:
    watch(5)
    with site.clock() as process:
        if "://" not in site.config.data:
            process.kill()
        else:
            # A clock says nothing when it is up: that it sealed the trail shows that it pumped.
            sealed()
            process.kill()
        assert waiting() == 10, "nothing is due yet"
    instants.move_to(BEGIN + 2 * HOUR)
    with site.clock():
        until(0)
    each_fired_once(5)


def sealed() -> None:
    pause = threading.Event()
    for _ in range(LOOKS):
        db.session.remove()
        if db.session.execute(select(func.count()).select_from(AuditEntryRow).where(AuditEntryRow.seal.is_(None))).scalar_one() == 0:
            return
        pause.wait(0.005)
    pytest.fail("nobody seals the trail")


def test_kills_in_the_midst_of_firing_lose_and_repeat_nothing(site: Site, app: Flask) -> None:
    watch(30)
    instants.move_to(BEGIN + 2 * HOUR)
    left, kills = 60, 0
    while left:
        assert kills < ROUNDS
        with site.clock() as process:
            until(max(0, left - 14))
            process.kill()
        left, kills = waiting(), kills + 1
    each_fired_once(30)


@pytest.mark.parametrize("site", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_two_clocks_at_once_share_the_work_when_one_is_killed(site: Site, app: Flask) -> None:
    watch(30)
    with site.clock() as one, site.clock():
        instants.move_to(BEGIN + 2 * HOUR)
        until(50)
        one.kill()
        until(0)
    each_fired_once(30)
