"""When a fact changes, dates and people of open tasks and timers that name it are evaluated again, in every open tree of the project, by the pump."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.permissions import SYSTEM
from app.errors import Forbidden
from app.services import inbox, projects, pump, repair, tasks, timers, trail
from app.store.tables import AuditEntryRow, ProcessInstanceRow, RecordRow, UserTaskRow, WaitRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.declaring import begin, complete, deploy, diagram, form, open_task, says, task
from tests.unit.engine import diagrams as d

FIELDS = {
    "dueOn": {"type": "string", "format": "date", "title": "约定日期", "x-owner": ["applicant"]},
    "checker": {"type": "string", "title": "复核角色", "x-owner": ["applicant"]},
}
MARKED = {"type": "string", "x-ledger": True, "x-keep": True}
APPLY = form("permit.facts", {"dueOn": {**MARKED, "format": "date"}, "checker": MARKED, "scheme": MARKED})
BY_DATE = (
    '<zeebe:taskSchedule dueDate="=if project.dueOn = null then null else date and time(project.dueOn + &quot;T00:00:00+08:00&quot;)"/>'
)


def others() -> tuple[str, bytes]:
    """An inspection of the same project: a task that is due, and is done, as the ledger says, and a timer that is."""
    return diagram(
        d.start(),
        d.user("look", '<zeebe:assignmentDefinition candidateGroups="=if project.checker = null then &quot;finance&quot; else project.checker"/>' + BY_DATE),
        d.boundary("late", "look", d.timer("Date", '=date and time((if project.dueOn = null then "2027-01-01" else project.dueOn) + "T08:00:00+08:00")'), False),
        d.user("chase", '<zeebe:assignmentDefinition candidateGroups="data_bureau"/>'),
        d.end(),
        d.end("e2"),
        d.chain("start", "look", "end"),
        d.chain("late", "chase", "e2"),
        process="inspection",
    )  # fmt: skip


def install() -> None:
    permit = diagram(
        d.start(extensions=says(phase="declared")),
        task("apply", role="applicant", form="permit.facts"),
        task("again", role="applicant", form="permit.facts", extensions=BY_DATE),
        d.end(extensions=says(notify="finance")),
        d.chain("start", "apply", "again", "end"),
    )
    deploy(APPLY, permit, others(), fields=FIELDS)


def both(cast: Cast) -> int:
    """A project with its permit at ``apply`` and an inspection at ``look``."""
    install()
    project = begin(cast.alice)
    projects.start_process(cast.dora, project, "inspection", NOW)
    return project


def rows(kind: str) -> list[Any]:
    query = select(WaitRow).where(WaitRow.kind == kind, WaitRow.root_key.is_not(None)).order_by(WaitRow.key)
    return list(db.session.execute(query.execution_options(populate_existing=True)).scalars())


def looked_at() -> Any:
    return db.session.execute(select(UserTaskRow.__table__).where(UserTaskRow.element_id == "look")).one()


def audited() -> list[dict[str, Any]]:
    return list(db.session.execute(select(AuditEntryRow.details).where(AuditEntryRow.action == "tree.recount")).scalars())


def test_a_changed_fact_moves_due_timer_and_people_of_the_projects_other_tree_and_the_page_says_why(cast: Cast) -> None:
    both(cast)
    assert (looked_at().due_at, rows("due")) == (None, [])
    complete(cast.alice, "apply", dueOn="2026-03-20", checker="data_bureau")
    assert [(row.process_id, row.memo["changes"][0]["title"]) for row in rows("recount")] == [
        ("permit", "复核角色"),
        ("inspection", "复核角色"),
    ]
    assert looked_at().due_at is None, "the act that changes the fact does not touch the other tree"
    assert pump.pump(NOW).timers == 2
    due = datetime(2026, 3, 19, 16, tzinfo=UTC)
    row = looked_at()
    assert (row.due_at, row.candidate_groups) == (due, ["data_bureau"])
    assert [(one.element_id, one.due_at) for one in rows("due")] == [("again", due), ("look", due)]
    assert [one.due_at for one in rows("timer")] == [due + timedelta(hours=8)]
    assert [line.element_id for line in inbox.todo(cast.dora, NOW).items] == ["look"]
    assert inbox.todo(cast.fred, NOW).items == []
    (entry,) = audited()
    assert [(one["element"], one["what"]) for one in entry["moved"]] == [("late", "timer"), ("look", "due"), ("look", "doers")]
    view = tasks.view(cast.dora, row.key, NOW)
    assert list(view.moved) == [
        "办理期限由无改为2026-03-19:教育局艾丽改动了复核角色、约定日期,2026-03-10 09:00 重新计算",
        "办理人由财政局改为数据局:教育局艾丽改动了复核角色、约定日期,2026-03-10 09:00 重新计算",
    ]
    assert (pump.pump(NOW).timers, rows("recount")) == (0, [])
    assert trail.verify(SYSTEM).problems == []


def test_what_is_moved_is_served_at_its_new_instant_and_only_once_a_due(cast: Cast) -> None:
    both(cast)
    complete(cast.alice, "apply", dueOn="2026-03-20", checker="finance")
    pump.pump(NOW)
    complete(cast.alice, "again", dueOn="2026-03-25", checker="finance")
    pump.pump(NOW)
    assert timers.fire_due(datetime(2026, 3, 20, tzinfo=UTC)) == 0
    assert timers.fire_due(datetime(2026, 3, 24, 16, tzinfo=UTC)) == 1
    assert [row.data["due"] for row in db.session.execute(select(RecordRow).where(RecordRow.kind == "overdue")).scalars()] == [
        "2026-03-25T00:00:00+08:00"
    ]


def test_what_has_fired_stays_fired_and_a_due_that_lies_ahead_again_is_not_overdue(cast: Cast) -> None:
    both(cast)
    complete(cast.alice, "apply", dueOn="2026-03-12", checker="finance")
    pump.pump(NOW)
    later = datetime(2026, 3, 13, 1, tzinfo=UTC)
    pump.run_due(later)
    assert [line.element_id for line in inbox.todo(cast.dora, later).items] == ["chase"]
    assert looked_at().overdue_at is not None
    tasks.complete(cast.alice, open_task(cast.alice, "again"), {"dueOn": "2026-04-01", "checker": "finance"}, later)
    pump.run_due(later)
    row = looked_at()
    assert (row.due_at, row.overdue_at) == (datetime(2026, 3, 31, 16, tzinfo=UTC), None)
    assert rows("timer") == [], "it has fired"
    assert [line.element_id for line in inbox.todo(cast.dora, later).items] == ["chase"]
    closed = [
        row.data for row in db.session.execute(select(RecordRow).where(RecordRow.kind == "overdue")).scalars() if row.element_id == "look"
    ]
    assert ["closedAt" in data for data in closed] == [True]


def test_a_fact_that_nothing_names_leaves_nothing_to_do(cast: Cast) -> None:
    both(cast)
    complete(cast.alice, "apply", scheme="一")
    assert rows("recount") == []
    assert pump.pump(NOW).timers == 0


def test_two_changes_before_the_pump_are_one_act_that_tells_both(cast: Cast) -> None:
    both(cast)
    complete(cast.alice, "apply", dueOn="2026-03-20")
    complete(cast.alice, "again", dueOn="2026-03-25")
    inspections = [row for row in rows("recount") if row.process_id == "inspection"]
    assert [len(row.memo["changes"]) for row in inspections] == [2]
    pump.run_due(NOW)
    (entry,) = audited()
    assert [one["to"][:10] for one in entry["moved"] if one["what"] == "due"] == ["2026-03-25"]


def test_the_same_tree_is_evaluated_again_too(cast: Cast) -> None:
    body = (
        d.start(),
        d.parallel("both"),
        task("work", extensions=BY_DATE),
        task("apply", role="applicant", form="permit.facts"),
        d.parallel("join"),
        d.end(extensions=says(notify="finance")),
        d.chain("start", "both", "work", "join", "end"),
        d.chain("both", "apply", "join"),
    )
    deploy(APPLY, diagram(*body), fields=FIELDS)
    begin(cast.alice)
    complete(cast.alice, "apply", dueOn="2026-03-20")
    pump.pump(NOW)
    (line,) = inbox.todo(cast.fred, NOW).items
    assert line.due_at == datetime(2026, 3, 19, 16, tzinfo=UTC)


def test_suspended_nothing_is_evaluated_until_it_goes_on(cast: Cast) -> None:
    both(cast)
    root = db.session.execute(select(ProcessInstanceRow.key).where(ProcessInstanceRow.process_id == "inspection")).scalar_one()
    repair.suspend(cast.root, root, "核查", NOW)
    complete(cast.alice, "apply", dueOn="2026-03-20")
    pump.run_due(NOW)
    assert looked_at().due_at is None
    repair.resume(cast.root, root, "核查完", NOW)
    assert pump.pump(NOW).timers == 1
    assert looked_at().due_at is not None


def test_an_expression_that_gives_no_date_any_more_leaves_the_date_and_is_told_in_the_audit(cast: Cast) -> None:
    both(cast)
    complete(cast.alice, "apply", dueOn="2026-03-20", checker="finance")
    pump.pump(NOW)
    complete(cast.alice, "again", checker="a" * 3000)
    pump.run_due(NOW)
    assert looked_at().candidate_groups == ["finance"]
    assert "候选组" in audited()[-1]["failed"][0]


def test_a_task_moves_to_the_office_that_a_fact_names_now(cast: Cast) -> None:
    fields = {"checking": {"type": "object", "x-format": "office", "title": "复核单位", "x-owner": ["applicant"]}}
    name = form("permit.facts", {"checking": {**fields["checking"], "x-ledger": True}})
    look = diagram(
        d.start(),
        task("look", role="finance", office="=project.checking"),
        d.end(),
        d.chain("start", "look", "end"),
        process="inspection",
    )
    permit = diagram(
        d.start(extensions=says(phase="declared")),
        task("apply", role="applicant", form="permit.facts"),
        d.end(),
        d.chain("start", "apply", "end"),
    )
    deploy(name, permit, look, fields=fields)
    project = begin(cast.alice)
    projects.start_process(cast.dora, project, "inspection", NOW)
    assert [line.element_id for line in inbox.todo(cast.fred, NOW).items] == []  # of no office yet
    mine = cast.fred.memberships[0]
    complete(cast.alice, "apply", checking={"key": str(mine.office), "name": mine.office_name})
    pump.run_due(NOW)
    assert [line.element_id for line in inbox.todo(cast.fred, NOW).items] == ["look"]
    (row,) = db.session.execute(select(UserTaskRow).where(UserTaskRow.element_id == "look")).scalars()
    assert (row.office_key, row.office, row.moved[0]["parts"][0]["what"]) == (mine.office, mine.office_name, "doers")
    complete(cast.fred, "look")


def test_a_claim_of_the_office_before_goes_with_it(cast: Cast) -> None:
    fields = {"checking": {"type": "object", "x-format": "office", "title": "复核单位", "x-owner": ["applicant"]}}
    name = form("permit.facts", {"checking": {**fields["checking"], "x-ledger": True}})
    look = diagram(
        d.start(),
        task("look", role="finance, data_bureau", office="=project.checking"),
        d.end(),
        d.chain("start", "look", "end"),
        process="inspection",
    )
    permit = diagram(
        d.start(extensions=says(phase="declared")),
        task("apply", role="applicant", form="permit.facts"),
        task("again", role="applicant", form="permit.facts"),
        d.end(),
        d.chain("start", "apply", "again", "end"),
    )
    deploy(name, permit, look, fields=fields)
    project = begin(cast.alice)
    finance, bureau = ({"key": str(who.memberships[0].office), "name": who.memberships[0].office_name} for who in (cast.fred, cast.dora))
    complete(cast.alice, "apply", checking=finance)
    projects.start_process(cast.dora, project, "inspection", NOW)
    key = open_task(cast.fred, "look")
    tasks.claim(cast.fred, key, NOW)
    complete(cast.alice, "again", checking=bureau)
    pump.run_due(NOW)
    with pytest.raises(Forbidden):
        tasks.complete(cast.fred, key, {}, NOW)
    tasks.complete(cast.dora, open_task(cast.dora, "look"), {}, NOW)
    assert db.session.execute(select(UserTaskRow.completed_office).where(UserTaskRow.key == key)).scalar_one() == bureau["name"]
