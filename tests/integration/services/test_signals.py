"""Signals between trees: for each who waits when it is thrown, once, in an act of its own; for nobody else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import event, select

from app.domain.permissions import SYSTEM
from app.services import accounts, inbox, instances, messages, models, repair, tasks, trail
from app.store import schema
from app.store.tables import MessageDeliveryRow, MessageRow, ProcessInstanceRow, WaitRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_races import FINANCE, Cut, at_once, count, cut_at, everything
from tests.unit.engine import diagrams as d

LATER = NOW + timedelta(hours=1)
OPERATOR = accounts.system("hill")


def deploy(name: str, *body: str) -> None:
    models.deploy(SYSTEM, [(f"bpmn/hill/{name}.bpmn", d.file(d.signal("sig", "alarm"), d.process(*body, id=name)))], NOW, source="cli")


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The cast with a process that throws when finance says so, one that hears, and one whose event sub-process hears again and again."""
    shout = d.throw("shout", d.on_signal("sig"))
    deploy(
        "thrower",
        d.start(),
        d.user("speak", FINANCE),
        shout,
        d.catch("echo", d.on_signal("sig")),
        d.end(),
        d.chain("start", "speak", "shout", "echo", "end"),
    )
    deploy(
        "hearer", d.start(), d.catch("hear", d.on_signal("sig")), d.user("act", FINANCE), d.end(), d.chain("start", "hear", "act", "end")
    )
    again = d.event_subprocess(
        "esp", d.start("es", d.on_signal("sig"), isInterrupting="false"), d.user("note", FINANCE), d.end("ee"), d.chain("es", "note", "ee")
    )
    deploy("watcher", d.start(), d.user("keep", FINANCE), d.end(), d.chain("start", "keep", "end"), again)
    return cast


def begin(cast: Cast, process: str) -> int:
    return instances.create(cast.root, process, {}, NOW).key


def throw(cast: Cast) -> int:
    """Let a thrower speak; its key."""
    key = begin(cast, "thrower")
    (task,) = [line.key for line in inbox.todo(cast.fred, NOW, limit=100).items if line.element_id == "speak"]
    tasks.complete(cast.fred, task, {}, NOW)
    return key


def standing(cast: Cast, element: str) -> int:
    return sum(1 for line in inbox.todo(cast.fred, NOW, limit=500).items if line.element_id == element)


def no_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the process died right after its commit."""
    monkeypatch.setattr(messages, "settle", lambda now: None)


def pump(now: object = NOW) -> int:
    delivered = 0
    while found := messages.correlate(now):  # type: ignore[arg-type]
        delivered += found
    return delivered


def test_everybody_who_waits_hears_it_once_and_the_thrower_not_later(cast: Cast) -> None:
    hearers = [begin(cast, "hearer") for _ in range(3)]
    begin(cast, "watcher")
    thrower = throw(cast)
    assert (standing(cast, "act"), standing(cast, "note")) == (3, 1)
    assert pump() == 0
    assert count(ProcessInstanceRow.key == thrower, ProcessInstanceRow.state == "active") == 1  # it waits at "echo" for the next one
    assert [row.root_key for row in db.session.execute(select(MessageDeliveryRow)).scalars() if row.root_key in hearers] == hearers
    assert count(MessageRow.state == "open") == 0
    throw(cast)
    assert count(ProcessInstanceRow.key == thrower, ProcessInstanceRow.state == "completed") == 1
    assert (standing(cast, "act"), standing(cast, "note")) == (3, 2)


def test_who_begins_to_wait_after_the_throw_does_not_hear_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    early = begin(cast, "hearer")
    no_settling(monkeypatch)
    throw(cast)
    begin(cast, "hearer")
    assert standing(cast, "act") == 0
    assert pump() == 1
    assert standing(cast, "act") == 1
    assert count(WaitRow.root_key == early) == 0
    assert count(MessageRow.state == "open") == 0


def test_two_signals_before_the_first_delivery_reach_an_event_that_does_not_interrupt_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(cast, "watcher")
    begin(cast, "hearer")
    no_settling(monkeypatch)
    throw(cast)
    messages.broadcast(OPERATOR, "alarm", {}, NOW, tenant="hill")
    pump()
    pump(LATER)
    assert (standing(cast, "note"), standing(cast, "act")) == (2, 1)
    assert count(MessageRow.state == "open") == 0


def test_each_start_by_a_signal_is_a_delivery_of_its_own(cast: Cast) -> None:
    for name in ("first", "second"):
        deploy(name, d.start("called", d.on_signal("sig")), d.user(f"do_{name}", FINANCE), d.chain("called", f"do_{name}"))
    throw(cast)
    assert (standing(cast, "do_first"), standing(cast, "do_second")) == (1, 1)
    assert count(MessageDeliveryRow.delivered_at.is_not(None)) == 2
    assert trail.verify(SYSTEM).problems == []


def test_a_suspended_instance_hears_it_when_it_goes_on(cast: Cast) -> None:
    key = begin(cast, "hearer")
    repair.suspend(cast.root, key, "核实", NOW)
    throw(cast)
    assert (pump(), pump(NOW + timedelta(minutes=10))) == (0, 0)
    assert standing(cast, "act") == 0
    repair.resume(cast.root, key, "核实完毕", LATER)
    assert standing(cast, "act") == 1
    assert pump(LATER) == 0
    assert count(MessageRow.state == "open") == 0


def test_who_has_ended_meanwhile_does_not_keep_a_signal_open(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    key = begin(cast, "hearer")
    no_settling(monkeypatch)
    throw(cast)
    repair.cancel(cast.root, key, "撤销", NOW)
    assert pump() == 0
    assert count(MessageRow.state == "open") == 0


def test_another_district_does_not_hear_it(cast: Cast) -> None:
    begin(cast, "hearer")
    messages.broadcast(accounts.system("valley"), "alarm", {}, NOW, tenant="valley")
    assert standing(cast, "act") == 0


def test_several_nodes_that_deliver_at_once_deliver_each_once(cast: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(10):
        begin(cast, "hearer")
    begin(cast, "watcher")
    no_settling(monkeypatch)
    throw(cast)
    db.session.rollback()
    at_once(app, *(lambda: messages.correlate(NOW) for _ in range(4)))  # type: ignore[arg-type, return-value]
    pump()
    assert (standing(cast, "act"), standing(cast, "note")) == (10, 1)
    assert count(MessageDeliveryRow.delivered_at.is_not(None)) == 11
    assert trail.verify(SYSTEM).problems == []


def test_a_throw_and_a_subscription_at_the_same_moment_are_in_one_order_or_the_other(cast: Cast, app: Flask) -> None:
    """Whether the hearer was there in time may depend; but it hears once, or not at all, and nothing is left open."""
    for _ in range(5):
        before = standing(cast, "act")
        at_once(
            app,
            lambda: begin(cast, "hearer"),  # type: ignore[arg-type, return-value]
            lambda: messages.broadcast(OPERATOR, "alarm", {}, NOW, tenant="hill"),  # type: ignore[arg-type, return-value]
        )
        pump()
        assert standing(cast, "act") + count(WaitRow.name == "alarm", WaitRow.root_key.is_not(None)) == before + 1
        messages.broadcast(OPERATOR, "alarm", {}, NOW, tenant="hill")
        assert standing(cast, "act") == before + 1
        assert count(MessageRow.state == "open") == 0


@pytest.mark.parametrize("name", ["before_cursor_execute", "commit"])
def test_a_fault_at_any_statement_of_a_throw_leaves_all_or_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    begin(cast, "hearer")
    begin(cast, "thrower")
    no_settling(monkeypatch)
    (task,) = [line.key for line in inbox.todo(cast.fred, NOW).items]
    tasks.view(cast.fred, task, NOW)
    before = everything()
    for number in range(1, 60):
        with cut_at(name, number):
            try:
                tasks.complete(cast.fred, task, {}, NOW)
            except Cut:
                db.session.rollback()
            else:
                break
        if everything() != before:
            break
    assert count(MessageRow.state == "open") == count(MessageDeliveryRow.delivered_at.is_(None)) == 1
    assert pump() == 1


def test_a_fault_at_any_statement_of_a_delivery_leaves_it_to_the_next_pump(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(cast, "hearer")
    no_settling(monkeypatch)
    throw(cast)
    now = NOW
    for number in range(1, 60):
        sent = 0

        def strike(*_: object, number: int = number) -> None:
            nonlocal sent
            sent += 1
            if sent == number:
                raise Cut

        event.listen(db.engine, "before_cursor_execute", strike)
        try:
            messages.correlate(now)
        except Cut:
            db.session.rollback()
        finally:
            event.remove(db.engine, "before_cursor_execute", strike)
        delivered = count(MessageDeliveryRow.delivered_at.is_not(None))
        assert standing(cast, "act") == delivered
        if delivered:
            break
        now += timedelta(days=2)  # whatever it was put off by
    assert number > 8
    pump(now)
    assert standing(cast, "act") == 1
    assert count(MessageRow.state == "open") == 0


def test_a_signal_that_was_open_before_deliveries_were_written_still_arrives(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(cast, "hearer")
    no_settling(monkeypatch)
    throw(cast)
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM message_deliveries"))  # the schema before knew none that had not arrived
        migration = ScriptDirectory.from_config(schema._settings(connection)).get_revision("0003").module
        connection.execute(sa.text(migration._OPEN_SIGNALS))
    assert pump() == 2  # then its own tree heard it afterwards too, which had been promised
    assert standing(cast, "act") == 1
    assert count(MessageRow.state == "open") == 0
