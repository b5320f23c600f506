"""What begins by itself (``each``, ``when``): once a period for everybody whom it concerns, also for those who were there before; nobody has to remember."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain.permissions import SYSTEM
from app.domain.states import WaitKind
from app.services import inbox, projects, pump, tasks, timers, trail
from app.store.tables import IncidentRow, ObligationRow, ProjectRow, VariableRow, WaitRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

PERMIT = (d.start(), t.task("build"), d.end("end", extensions=t.says(phase="declared")), d.chain("start", "build", "end"))
MONTHLY = "R/2025-01-01T00:00:00+08:00/P1M"


def monitoring(each: str = "project", when: str = 'project.phase = "draft"', cycle: str = MONTHLY, **more: Any) -> tuple[str, bytes]:
    begins = f'<bpmn:startEvent id="start">{d.timer("Cycle", cycle)}</bpmn:startEvent>'
    body = (begins, t.task("monitor"), d.end(), d.chain("start", "monitor", "end"))
    return t.diagram(*body, process="monitoring", extensions=t.says(each=each, **({"when": when} if when else {})), **more)


def begun() -> list[tuple[str, str, bool]]:
    """(subject, period, begun) of everything that was due, in order."""
    found = db.session.execute(select(ObligationRow).order_by(ObligationRow.period, ObligationRow.key)).scalars().all()
    return [(row.subject_name, row.period[:10], row.root_key is not None) for row in found]


def test_whoever_was_there_before_gets_the_present_period_and_each_the_next(cast: Cast) -> None:
    t.deploy(t.diagram(*PERMIT))
    one = t.begin(cast.alice, name="教育平台")
    t.begin(cast.alice, name="水务平台")
    t.deploy(monitoring())
    pump.run_due(NOW)
    present = f"{NOW:%Y-%m}-01"
    assert begun() == [("教育平台", present, True), ("水务平台", present, True)]
    tree = next(line for line in projects.view(cast.alice, one, NOW).instances if line.process_id == "monitoring")
    assert (tree.state, tree.project_key) == ("active", one)
    shown = db.session.execute(select(VariableRow.value).where(VariableRow.root_key == tree.key, VariableRow.name == "period")).scalar_one()
    assert shown == present
    pump.run_due(NOW)
    t.deploy(monitoring(cycle="R/2025-01-01T00:00:00+08:00/P1M "))  # another version of the diagram
    pump.run_due(NOW)
    assert len(begun()) == 2
    later = NOW + timedelta(days=62)  # nothing has woken the clock for two months
    pump.run_due(later)
    assert [period for _, period, _ in begun()] == sorted([present, *(f"{later - timedelta(days=back):%Y-%m}-01" for back in (31, 0))] * 2)
    assert all(started for *_, started in begun())
    assert trail.verify(SYSTEM).problems == []


def test_who_comes_to_satisfy_it_within_a_period_gets_its_row_and_who_does_not_none(cast: Cast) -> None:
    t.deploy(t.diagram(*PERMIT), monitoring(when='project.phase = "declared"'))
    t.begin(cast.alice, name="水务平台")
    pump.run_due(NOW)
    project = t.begin(cast.alice, name="教育平台")
    pump.run_due(NOW)
    assert begun() == []
    task = next(line.key for line in inbox.todo(cast.fred, NOW).items if line.project_key == project)
    tasks.complete(cast.fred, task, {}, NOW)
    pump.run_due(NOW)
    assert begun() == [("教育平台", f"{NOW:%Y-%m}-01", True)]


def test_one_that_fails_is_one_incident_and_not_all(cast: Cast) -> None:
    """The scheme of one is no number; it is due all the same, tells why, and begins when it is mended."""
    t.deploy(t.diagram(*PERMIT), monitoring(when="if project.scheme = null then true else number(project.scheme) > 1"))
    t.begin(cast.alice, name="水务平台")
    faulty = t.begin(cast.alice, name="教育平台")
    db.session.execute(update(ProjectRow).where(ProjectRow.key == faulty).values(facts={"scheme": "不是数"}))
    db.session.commit()
    pump.run_due(NOW)
    assert begun() == [("水务平台", f"{NOW:%Y-%m}-01", True), ("教育平台", f"{NOW:%Y-%m}-01", False)]
    (incident,) = db.session.execute(select(IncidentRow).where(IncidentRow.closed_at.is_(None))).scalars()
    assert (incident.process_id, "没有得到真或假" in incident.message) == ("monitoring", True)
    t.deploy(monitoring(when="true"))
    pump.run_due(NOW + timedelta(days=2))
    assert all(started for *_, started in begun())
    assert db.session.execute(select(IncidentRow).where(IncidentRow.closed_at.is_(None))).all() == []


def test_what_holds_no_more_at_its_turn_is_passed_over(cast: Cast) -> None:
    t.deploy(t.diagram(*PERMIT), monitoring())
    project = t.begin(cast.alice)
    timers.fire_due(NOW)  # writes down who is due
    assert begun() == [("教育平台", f"{NOW:%Y-%m}-01", False)]
    t.complete(cast.fred, "build")
    assert t.row(project)["phase"] == "declared"
    pump.run_due(NOW)
    row = db.session.execute(select(ObligationRow)).scalar_one()
    assert (row.root_key, row.passed_at) == (None, NOW)
    assert db.session.execute(select(WaitRow).where(WaitRow.kind == WaitKind.OBLIGATION)).all() == []


def test_each_office_or_the_district_is_a_subject_too(cast: Cast) -> None:
    t.deploy(monitoring(each="office", when='subject.name = "山丘区财政局"'))
    pump.run_due(NOW)
    names = [name for name, _, _ in begun()]
    assert names == ["山丘区财政局"]
    value = db.session.execute(select(VariableRow.value).where(VariableRow.name == "subject")).scalar_one()
    assert (value["kind"], value["name"]) == ("office", "山丘区财政局")


def test_a_district_owes_nothing_for_a_period_from_before_it_had_the_process(cast: Cast) -> None:
    t.deploy(monitoring(each="district", when=""))
    pump.run_due(NOW)
    t.deploy(monitoring(each="district", when="", cycle=f"{MONTHLY} "))  # another version, before the first period
    pump.run_due(NOW)
    assert begun() == []
    later = NOW + timedelta(days=31)
    pump.run_due(later)
    first = f"{later:%Y-%m}-01"
    assert [(period, started) for _, period, started in begun()] == [(first, True)]
    t.deploy(monitoring(each="district", when=""), now=later)  # and one within it
    pump.run_due(later)
    assert [(period, started) for _, period, started in begun()] == [(first, True)]


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"each": "projekt"}, "是不是 project"),
        ({"when": "true"}, "须与 each 同时写"),
        ({"each": "project", "when": "project.phase ="}, "不是正确的 FEEL"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(cast: Cast, properties: dict[str, str], said: str) -> None:
    begins = f'<bpmn:startEvent id="start">{d.timer("Cycle", MONTHLY)}</bpmn:startEvent>'
    file = t.diagram(begins, t.task("monitor"), d.end(), d.chain("start", "monitor", "end"), process="m", extensions=t.says(**properties))
    with pytest.raises(Exception, match=said):
        t.deploy(file)


def test_it_needs_a_timer_and_stands_on_no_element(cast: Cast) -> None:
    plain = t.diagram(d.start(), t.task("a"), d.end(), d.chain("start", "a", "end"), process="m", extensions=t.says(each="project"))
    with pytest.raises(Exception, match="须有定时开始事件"):
        t.deploy(plain)
    with pytest.raises(Exception, match="只能声明在流程上"):
        t.deploy(t.diagram(d.start(), t.task("a", each="project"), d.end(), d.chain("start", "a", "end"), process="m"))


def test_what_goes_wrong_with_one_stops_nobody_else(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Timers go on firing where it cannot be found out who is due."""
    t.deploy(t.diagram(*PERMIT), monitoring())
    pump.run_due(NOW)
    t.begin(cast.alice)

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr("app.services.obligations._due", broken)
        assert pump.run_due(NOW + timedelta(hours=1)) == 0
    assert begun() == []
    pump.run_due(NOW + timedelta(hours=1))
    assert [started for *_, started in begun()] == [True]


def test_each_registered_system_is_a_subject_with_its_project(cast: Cast) -> None:
    register = t.form("records.system", {"systemNo": {"type": "string"}, "name": {"type": "string"}}, ("systemNo", "name"))
    fields = t.form("register", {"systemNo": {"type": "string"}, "name": {"type": "string"}})
    permit = (
        d.start(),
        t.task("register", form="register", record="system"),
        t.task("build"),
        d.end(),
        d.chain("start", "register", "build", "end"),
    )
    t.deploy(register, fields, t.diagram(*permit), monitoring(each="system", when='subject.row.systemNo != "X-9"'))
    project = t.begin(cast.alice)
    tasks.complete(cast.fred, t.open_task(cast.fred, "register"), {"systemNo": "X-1", "name": "教务系统"}, NOW)
    pump.run_due(NOW)
    assert begun() == [("教务系统", f"{NOW:%Y-%m}-01", True)]
    tree = next(line for line in projects.view(cast.alice, project, NOW).instances if line.process_id == "monitoring")
    value = db.session.execute(
        select(VariableRow.value).where(VariableRow.root_key == tree.key, VariableRow.name == "subject")
    ).scalar_one()
    assert (value["key"], value["row"]["name"]) == ("X-1", "教务系统")
