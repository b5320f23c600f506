"""What follows the deadline of a user task: served by the platform as the table ``overdue`` says, once each, without a step of the process."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.connectors.calls import OVERDUE
from app.domain.permissions import SYSTEM
from app.services import inbox, migration, pump, repair, returns, tasks, timers, trail
from app.services.returns import ReturnWish
from app.store.tables import AuditEntryRow, IncidentRow, NotificationRow, ProcessInstanceRow, RecordRow, WaitRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.declaring import begin, complete, definition, deploy, diagram, open_task, task
from tests.unit.engine import diagrams as d

DUE = datetime.fromisoformat("2026-03-20T00:00:00+08:00")  # Friday; the last day is Thursday, the 19th
COLUMNS = ("offset", "unit", "tell", "mark", "register")
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="http://example.org/overdue">
 <decision id="overdue" name="逾期办理"><variable name="overdue"/>
  <decisionTable hitPolicy="COLLECT">
   <input id="i1"><inputExpression typeRef="string"><text>role</text></inputExpression></input>
   <input id="i2"><inputExpression typeRef="string"><text>key</text></inputExpression></input>
   <input id="i3"><inputExpression typeRef="string"><text>process</text></inputExpression></input>
   {outputs}{rules}
  </decisionTable></decision></definitions>"""


def table(*rows: tuple[str, str], key: str = '"work"') -> bytes:
    """A table whose rows are (id, ``offset, unit, tell, mark, register``)."""
    outputs = "".join(f'<output id="o_{name}" name="{name}"/>' for name in COLUMNS)
    rules = ""
    for name, values in rows:
        cells = "".join(f"<outputEntry><text>{value.strip()}</text></outputEntry>" for value in values.split("|"))
        rules += f'<rule id="{name}"><inputEntry><text>-</text></inputEntry><inputEntry><text>{key}</text></inputEntry><inputEntry><text>-</text></inputEntry>{cells}</rule>'
    return TABLE.format(outputs=outputs, rules=rules).encode()


FOUR = table(
    ("remind", '-3 | "working_day" | "doer" | | '),
    ("lapse", '0 | | "doer, leader, overseer" | true | true'),
    ("again", '2 | "natural_day" | "data_bureau" | | '),
)
SCHEDULE = '<zeebe:taskSchedule dueDate="=date and time(&quot;2026-03-20T00:00:00+08:00&quot;)"/>'


def flow(*, schedule: str = SCHEDULE, **properties: str) -> tuple[str, bytes]:
    return diagram(
        d.start(),
        task("work", extensions=schedule, **properties),
        task("after", role="data_bureau"),
        d.end(),
        d.chain("start", "work", "after", "end"),
    )


def install(*files: tuple[str, bytes], overdue: bytes | None = FOUR) -> None:
    deploy(*files, *([("dmn/hill/overdue.dmn", overdue)] if overdue is not None else []))


def waiting() -> list[tuple[str, datetime | None]]:
    return [
        (row.kind, None if row.due_at is None else row.due_at)
        for row in db.session.execute(select(WaitRow).where(WaitRow.root_key.is_not(None)).order_by(WaitRow.key)).scalars()
    ]


def told() -> list[tuple[str, str]]:
    found = db.session.execute(select(NotificationRow.role, NotificationRow.title).order_by(NotificationRow.key))
    return [(role, title) for role, title in found if title.startswith(("已逾期", "将于"))]


def register() -> list[dict[str, Any]]:
    return [row.data for row in db.session.execute(select(RecordRow).where(RecordRow.kind == OVERDUE).order_by(RecordRow.key)).scalars()]


def served() -> list[dict[str, Any]]:
    query = select(AuditEntryRow.details).where(AuditEntryRow.action == "due.serve").order_by(AuditEntryRow.number)
    return list(db.session.execute(query).scalars())


def blob() -> str | None:
    return db.session.execute(select(ProcessInstanceRow.blob)).scalars().first()


def test_reminder_lapse_and_escalation_come_each_at_its_instant_and_the_process_stays_where_it_is(cast: Cast) -> None:
    install(flow())
    begin(cast.alice)
    # Three working days before Thursday, the 19th, is Monday, the 16th: the midnight after it.
    assert waiting() == [("due", datetime(2026, 3, 16, 16, tzinfo=UTC))]
    state = blob()
    assert timers.fire_due(DUE - timedelta(days=4)) == 0
    assert timers.fire_due(DUE - timedelta(days=3)) == 1
    assert told() == [("finance", "将于 2026-03-19 到期:work")]
    assert (register(), waiting()) == ([], [("due", DUE)])
    assert timers.fire_due(DUE - timedelta(microseconds=1)) == 0
    assert timers.fire_due(DUE) == 1
    assert timers.fire_due(DUE) == 0
    # finance has no leader in hill; the overseer does.
    assert told()[1:] == [("finance", "已逾期:work"), ("data_bureau_leader", "已逾期:work")]
    (entered,) = register()
    assert {**entered, "task": ""} == {
        "event": "work", "element": "work", "name": "work", "at": DUE.isoformat(), "task": "", "due": DUE.isoformat(),
    }  # fmt: skip
    assert timers.fire_due(DUE + timedelta(days=2)) == 1
    assert told()[3:] == [("data_bureau", "已逾期:work")]
    assert (waiting(), len(register()), blob()) == ([], 1, state)
    assert [[step["row"] for step in one["served"]] for one in served()] == [["remind"], ["lapse"], ["again"]]
    assert trail.verify(SYSTEM).problems == []
    (line,) = inbox.todo(cast.fred, DUE).items
    view = tasks.view(cast.fred, line.key, DUE)
    assert view.deadline is not None
    assert view.deadline.overdue_at == DUE
    assert [(entry.action, entry.name) for entry in view.timeline if entry.action == "overdue"] == [("overdue", "work")]


def test_without_a_row_the_lapse_is_marked_registered_and_told(cast: Cast) -> None:
    for given in (None, table(("other", '-1 | | "doer" | | '), key='"other"')):
        install(flow(), overdue=given)
        begin(cast.alice, name=f"平台{given is None}")
        assert timers.fire_due(DUE) == 1
    assert told() == [("finance", "已逾期:work"), ("data_bureau_leader", "已逾期:work")] * 2
    assert len(register()) == 2


def test_done_late_closes_the_row_of_the_register_and_in_time_leaves_none(cast: Cast) -> None:
    install(flow())
    begin(cast.alice)
    begin(cast.alice, name="二")
    complete(cast.fred, "work")
    assert [kind for kind, _ in waiting()] == ["due"]
    timers.fire_due(DUE)
    assert ["closedAt" in row for row in register()] == [False]
    late = open_task(cast.fred, "work")
    done = DUE + timedelta(hours=9)
    tasks.complete(cast.fred, late, {}, done)
    assert [row["closedAt"] for row in register()] == [done.isoformat()]
    assert waiting() == []
    assert pump.run_due(DUE + timedelta(days=30)) == 0


def test_a_task_that_ends_any_other_way_takes_its_deadline_with_it(cast: Cast) -> None:
    install(flow())
    begin(cast.alice)
    timers.fire_due(DUE)
    (root,) = db.session.execute(select(ProcessInstanceRow.key)).scalars()
    repair.cancel(cast.root, root, "项目不办了", DUE)
    assert waiting() == []
    assert ["closedAt" in row for row in register()] == [True]


def test_suspended_nothing_is_served_and_what_passed_is_served_once(cast: Cast) -> None:
    install(flow())
    begin(cast.alice)
    (root,) = db.session.execute(select(ProcessInstanceRow.key)).scalars()
    repair.suspend(cast.root, root, "核查", NOW)
    assert {row.wake_at for row in db.session.execute(select(WaitRow).where(WaitRow.kind == "due")).scalars()} == {None}
    assert timers.fire_due(DUE + timedelta(days=3)) == 0
    assert (told(), register()) == ([], [])
    repair.resume(cast.root, root, "核查完", DUE + timedelta(days=3))
    assert timers.fire_due(DUE + timedelta(days=3)) == 1
    assert timers.fire_due(DUE + timedelta(days=3)) == 0
    assert told() == [("finance", "已逾期:work"), ("data_bureau_leader", "已逾期:work"), ("data_bureau", "已逾期:work")]
    assert len(register()) == 1
    assert [step["row"] for step in served()[0]["served"]] == ["remind", "lapse", "again"]


def test_a_drawn_timer_that_marks_goes_on_to_do_so_alone(cast: Cast) -> None:
    deploy(
        diagram(
            d.start(),
            task("work", extensions=SCHEDULE),
            d.boundary("late", "work", d.timer("Date", '=date and time("2026-03-20T00:00:00+08:00")'), False),
            d.service("mark", "mark_overdue", '<zeebe:taskHeaders><zeebe:header key="event" value="own"/></zeebe:taskHeaders>'),
            d.end("marked"),
            d.end(),
            d.chain("start", "work", "end"),
            d.chain("late", "mark", "marked"),
        )
    )
    begin(cast.alice)
    assert [kind for kind, _ in waiting()] == ["timer"]
    assert timers.fire_due(DUE) == 1
    assert [row["event"] for row in register()] == ["own"]
    complete(cast.fred, "work")


def test_without_a_due_or_a_deadline_that_is_null_nothing_waits(cast: Cast) -> None:
    for number, schedule in enumerate(("", '<zeebe:taskSchedule dueDate="=null"/>')):
        install(flow(schedule=schedule))
        begin(cast.alice, name=f"平台{number}")
        assert waiting() == []
        complete(cast.fred, "work")


def test_a_table_that_gives_no_row_of_use_stops_at_the_task_and_not_at_who_sent_it(cast: Cast) -> None:
    install(flow(), overdue=table(("bad", '"so" + role | | "doer" | | ')))  # what it gives is only known at the task
    begin(cast.alice)
    (stuck,) = db.session.execute(select(IncidentRow)).scalars()
    assert (stuck.element_id, stuck.type) == ("work", "CALLED_DECISION_ERROR")
    assert "offset" in stuck.message
    assert "bad" in stuck.message


def test_a_returned_task_is_due_at_the_earlier_of_its_own_and_the_returners(cast: Cast) -> None:
    body = (
        d.start(),
        task("work", extensions=SCHEDULE),
        task("check", role="data_bureau", returnTo="work"),
        d.end(),
        d.chain("start", "work", "check", "end"),
    )
    deploy(diagram(*body))
    begin(cast.alice)
    for due_on, due in ((date(2026, 3, 12), datetime(2026, 3, 12, 16, tzinfo=UTC)), (date(2026, 4, 30), DUE)):
        complete(cast.fred, "work")
        wish = ReturnWish("work", straight=False, reason="金额不符", due_on=due_on)
        returns.give_back(cast.dora, open_task(cast.dora, "check"), wish, NOW)
        assert waiting() == [("due", due)]
    assert timers.fire_due(DUE) == 1
    assert [row["name"] for row in register()] == ["work"]


def test_a_task_without_a_due_of_its_own_that_is_returned_is_served_for_the_returners(cast: Cast) -> None:
    deploy(
        diagram(
            d.start(), task("work"), task("check", role="data_bureau", returnTo="work"), d.end(), d.chain("start", "work", "check", "end")
        )
    )
    begin(cast.alice)
    complete(cast.fred, "work")
    wish = ReturnWish("work", straight=True, reason="金额不符", due_on=NOW.date())
    returns.give_back(cast.dora, open_task(cast.dora, "check"), wish, NOW)
    assert timers.fire_due(NOW + timedelta(days=1)) == 1
    assert len(register()) == 1


def test_the_act_that_loses_the_race_does_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    install(flow())
    begin(cast.alice)
    due = timers.waits.due(DUE, 10)
    assert timers.fire_due(DUE) == 1
    monkeypatch.setattr(timers.waits, "due", lambda now, most: due)
    assert timers.fire_due(DUE) == 0
    assert len(register()) == 1


def test_it_is_registered_once_a_due_even_if_it_were_served_again(cast: Cast) -> None:
    install(flow())
    begin(cast.alice)
    kept = dict(db.session.execute(select(WaitRow.memo).where(WaitRow.kind == "due")).scalar_one())
    timers.fire_due(DUE)
    db.session.execute(update(WaitRow).where(WaitRow.kind == "due").values(memo=kept, due_at=DUE, wake_at=DUE))
    db.session.commit()
    assert timers.fire_due(DUE) == 1
    assert len(register()) == 1


def test_an_idle_task_costs_no_statement_of_the_pump(cast: Cast) -> None:
    install(flow())
    for number in range(3):
        begin(cast.alice, name=f"平台{number}")
    assert pump.pump(NOW).timers == 0
    assert db.session.execute(select(func.count()).select_from(AuditEntryRow).where(AuditEntryRow.action == "due.serve")).scalar_one() == 0


def test_a_task_that_moves_to_a_version_without_the_drawn_timer_is_served_from_then_on(cast: Cast) -> None:
    drawn = (
        d.boundary("late", "work", d.timer("Date", '=date and time("2026-03-20T00:00:00+08:00")'), False),
        d.service("mark", "mark_overdue", '<zeebe:taskHeaders><zeebe:header key="event" value="own"/></zeebe:taskHeaders>'),
        d.end("marked"),
        d.chain("late", "mark", "marked"),
    )
    plain = (d.start(), task("work", extensions=SCHEDULE), d.end(), d.chain("start", "work", "end"))
    deploy(diagram(*plain, *drawn))
    begin(cast.alice)
    before = definition()
    deploy(diagram(*plain))
    (root,) = db.session.execute(select(ProcessInstanceRow.key)).scalars()
    migration.migrate(cast.root, root, definition(), "新版", NOW)
    assert waiting() == [("due", DUE)]
    migration.migrate(cast.root, root, before, "改回", NOW)
    assert [kind for kind, _ in waiting()] == ["timer"]
    migration.migrate(cast.root, root, definition(), "再改", NOW)
    assert timers.fire_due(DUE) == 1
    assert [row["event"] for row in register()] == ["work"]
    complete(cast.fred, "work")
    assert ["closedAt" in row for row in register()] == [True]
    assert pump.run_due(DUE + timedelta(days=30)) == 0
