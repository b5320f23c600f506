"""Messages between trees: delivered once, to the right one, whoever comes first, and not after their time."""

import logging
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.errors import Forbidden
from app.services import accounts, inbox, messages, projects, tasks
from app.store.tables import MessageDeliveryRow, MessageRow, ProcessInstanceRow, RecordRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import APPLICATION

SYSTEM = accounts.system("hill")


def running(process: str, state: str = "active") -> int:
    query = (
        select(func.count())
        .select_from(ProcessInstanceRow)
        .where(ProcessInstanceRow.process_id == process, ProcessInstanceRow.state == state)
    )
    return db.session.execute(query).scalar_one()


def approved(cast: Cast, name: str = "平台") -> int:
    project, task = projects.start(cast.alice, "permit", name, NOW)
    tasks.complete(cast.alice, task, APPLICATION, NOW)
    tasks.complete(cast.fred, inbox.todo(cast.fred, NOW).items[0].key, {"verdict": "同意"}, NOW)
    return project


def test_a_phase_hands_over_to_the_next_by_message(cast: Cast) -> None:
    project = approved(cast)
    (inspect,) = inbox.todo(cast.dora, NOW).items
    assert (inspect.process_id, inspect.project_key) == ("inspection", project)
    variables = tasks.view(cast.dora, inspect.key, NOW).variables
    assert (variables["projectKey"], variables["reason"], variables["totalAmount"]) == (str(project), "批复后检查", Decimal("5000.00"))
    assert variables["inspectionNumber"] == "检2026-0001"
    tasks.complete(cast.dora, inspect.key, {"result": "合格"}, NOW)
    (record,) = db.session.execute(select(RecordRow).where(RecordRow.kind == "inspection")).scalars()
    assert (record.data["number"], record.amount, record.project_key) == ("检2026-0001", Decimal("5000.00"), project)
    assert running("inspection") == 1
    assert messages.publish(SYSTEM, "report_received", "检2026-0001", {"found": 7}, NOW, tenant="hill")
    assert (running("inspection"), running("inspection", "completed")) == (0, 1)


def test_one_instance_runs_for_a_key_and_the_next_message_waits_for_its_end(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    project = approved(cast)
    messages.publish(SYSTEM, "inspection_requested", str(project), {}, NOW, tenant="hill")
    messages.publish(SYSTEM, "inspection_requested", str(project), {}, NOW, tenant="hill")
    assert running("inspection") == 1
    assert db.session.execute(select(func.count()).select_from(MessageRow).where(MessageRow.state == "open")).scalar_one() == 3
    for number in (1, 2, 3):
        (inspect,) = inbox.todo(cast.dora, NOW).items
        tasks.complete(cast.dora, inspect.key, {"result": "合格"}, NOW)
        messages.publish(SYSTEM, "report_received", f"检2026-{number:04d}", {}, NOW, tenant="hill")
        assert running("inspection", "completed") == number
    assert running("inspection") == 0
    assert messages.correlate(NOW) == 0
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == [], "to wait one's turn is no error of ours"


def test_without_a_key_every_message_starts_one(cast: Cast) -> None:
    for _ in range(3):
        messages.publish(SYSTEM, "inspection_requested", "", {}, NOW, tenant="hill")
    assert running("inspection") == 3


def test_a_message_waits_for_its_receiver_until_its_time_is_over(cast: Cast) -> None:
    project = approved(cast)
    messages.publish(SYSTEM, "report_received", "检2026-0001", {}, NOW, tenant="hill", lifetime=timedelta(hours=1))
    messages.publish(SYSTEM, "report_received", "检2026-0002", {}, NOW, tenant="hill", lifetime=timedelta(hours=1))
    assert running("inspection") == 1
    (inspect,) = inbox.todo(cast.dora, NOW).items
    tasks.complete(cast.dora, inspect.key, {"result": "合格"}, NOW + timedelta(minutes=59))
    assert running("inspection", "completed") == 1
    messages.publish(SYSTEM, "inspection_requested", str(project), {}, NOW, tenant="hill")
    (inspect,) = inbox.todo(cast.dora, NOW).items
    tasks.complete(cast.dora, inspect.key, {"result": "合格"}, NOW + timedelta(minutes=61))
    assert running("inspection") == 1
    messages.correlate(NOW + timedelta(minutes=62))
    assert db.session.execute(select(MessageRow.state).where(MessageRow.correlation_key == "检2026-0002")).scalar_one() == "closed"


def test_a_message_without_lifetime_meets_who_is_there_or_nobody(cast: Cast) -> None:
    approved(cast)
    messages.publish(SYSTEM, "report_received", "检2026-0001", {}, NOW, tenant="hill", lifetime=timedelta())
    (inspect,) = inbox.todo(cast.dora, NOW).items
    tasks.complete(cast.dora, inspect.key, {"result": "合格"}, NOW + timedelta(seconds=1))
    assert running("inspection") == 1
    messages.publish(SYSTEM, "report_received", "检2026-0001", {}, NOW + timedelta(seconds=2), tenant="hill", lifetime=timedelta())
    assert running("inspection") == 0


def test_another_district_does_not_hear_it(cast: Cast) -> None:
    messages.publish(accounts.system("valley"), "inspection_requested", "", {}, NOW, tenant="valley")
    assert db.session.execute(select(ProcessInstanceRow.tenant).where(ProcessInstanceRow.process_id == "inspection")).scalars().all() == [
        "valley"
    ]
    assert inbox.todo(cast.dora, NOW).items == []


def test_what_a_crash_left_over_is_delivered_by_the_pump(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "settle", lambda now: None)  # as if the process died right after its commit
    approved(cast)
    assert running("inspection") == 0
    assert messages.correlate(NOW) == 1
    assert messages.correlate(NOW) == 0
    assert running("inspection") == 1
    assert len(db.session.execute(select(MessageDeliveryRow.message_key)).all()) == 1


def test_only_administrators_send_messages_from_outside(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        messages.publish(cast.alice, "inspection_requested", "", {}, NOW, tenant="hill")
    with pytest.raises(Forbidden):
        messages.publish(cast.root, "inspection_requested", "", {}, NOW, tenant="valley")
    assert messages.publish(cast.root, "inspection_requested", "", {}, NOW, tenant="hill")
