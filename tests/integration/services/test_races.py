"""Several people and nodes at once, and faults in the middle: one effect or none, no message lost, nobody waits for ever."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from app.domain.permissions import SYSTEM
from app.errors import TaskAlreadyClosed
from app.services import inbox, instances, messages, models, tasks, trail
from app.store.tables import AuditEntryRow, ElementInstanceRow, MessageDeliveryRow, MessageRow, ProcessInstanceRow, UserTaskRow, WaitRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import APPLICATION, start
from tests.unit.engine import diagrams as d

THREADS = 8
TASKS = 50
FINANCE = '<zeebe:assignmentDefinition candidateGroups="finance"/>'


def at_once(app: Flask, *works: Callable[[], None]) -> None:
    """Run each in a thread of its own, all beginning together; what one of them raises fails the test."""
    failures: list[BaseException] = []
    together = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        with app.app_context():
            together.wait()
            try:
                work()
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    if failures:
        raise failures[0]


def count(*conditions: Any) -> int:
    return db.session.execute(select(func.count()).where(*conditions)).scalar_one()


def test_eight_people_submit_the_same_fifty_tasks_and_each_is_completed_once(cast: Cast, app: Flask) -> None:
    models.deploy(
        SYSTEM,
        [
            (
                "bpmn/hill/p.bpmn",
                d.file(d.process(d.start(), d.user("a", FINANCE), d.user("z", FINANCE), d.end(), d.chain("start", "a", "z", "end"))),
            )
        ],
        NOW,
        source="cli",
    )
    for _ in range(TASKS):
        instances.create(cast.root, "p", {}, NOW)
    keys = [line.key for line in inbox.todo(cast.fred, NOW, limit=TASKS).items]
    assert len(keys) == TASKS
    outcomes: Counter[tuple[int, str]] = Counter()
    lock = threading.Lock()

    def submit(first: int) -> None:
        # Each begins elsewhere, so that they meet at every distance.
        for key in keys[first:] + keys[:first]:
            try:
                tasks.complete(cast.fred, key, {}, NOW)
                said = "done"
            except TaskAlreadyClosed:
                said = "closed"
            with lock:
                outcomes[key, said] += 1

    at_once(app, *(lambda first=number % 3: submit(first) for number in range(THREADS)))
    assert outcomes == {(key, said): many for key in keys for said, many in (("done", 1), ("closed", THREADS - 1))}
    assert count(ElementInstanceRow.element_id == "z") == TASKS
    assert count(UserTaskRow.state == "open") == TASKS
    assert count(AuditEntryRow.action == "task.complete") == TASKS
    assert trail.verify(SYSTEM).problems == []


# ---------------------------------------------------------------------- messages


def peers() -> bytes:
    """Who has something to say tells the other twice: what it waits for since its start, and what it begins to wait for in the very act of telling."""

    def tell(element: str, name: str) -> str:
        return d.service(
            element,
            "publish_message",
            f'<zeebe:taskHeaders><zeebe:header key="messageName" value="{name}"/></zeebe:taskHeaders>'
            + d.io({"correlationKey": "=other", "variables": "={from: me}"}),
        )

    body = d.process(
        d.start(),
        d.parallel("fork"),
        d.catch("known", d.on_message("early"), d.io({}, {"heardEarly": "=from"})),
        d.user("talk", FINANCE),
        tell("tell_early", "early"),
        tell("tell_late", "late"),
        d.catch("fresh", d.on_message("late"), d.io({}, {"heardLate": "=from"})),
        d.parallel("join"),
        d.end(),
        d.chain("start", "fork", "known", "join", "end"),
        d.chain("fork", "talk", "tell_early", "tell_late", "fresh", "join"),
        id="peer",
    )
    return d.file(d.message("early", "early", "=me"), d.message("late", "late", "=me"), body)


def talk(cast: Cast, app: Flask, rounds: int) -> None:
    models.deploy(SYSTEM, [("bpmn/hill/peer.bpmn", peers())], NOW, source="cli")
    for number in range(rounds):
        names = (f"a{number}", f"b{number}")
        pair = [instances.create(cast.root, "peer", {"me": me, "other": other}, NOW).key for me, other in (names, reversed(names))]
        open_tasks = [
            db.session.execute(select(UserTaskRow.key).where(UserTaskRow.instance_key == key, UserTaskRow.state == "open")).scalar_one()
            for key in pair
        ]
        db.session.rollback()
        at_once(app, *(lambda key=key: tasks.complete(cast.fred, key, {}, NOW) for key in open_tasks))  # type: ignore[misc]
        # What met a tree in somebody's hands is left to the pump.
        while messages.correlate(NOW):
            pass
        states = db.session.execute(select(ProcessInstanceRow.state).where(ProcessInstanceRow.key.in_(pair))).scalars().all()
        assert states == ["completed", "completed"], number
    for key, name, other in ((pair[0], *names), (pair[1], *reversed(names))):
        heard = {item.name: item.value for item in instances.view(cast.root, key, NOW).variables}
        assert (heard["me"], heard["heardEarly"], heard["heardLate"]) == (name, other, other)
    assert count(MessageDeliveryRow.message_key.is_not(None)) == count(MessageRow.key.is_not(None)) == 4 * rounds
    assert count(WaitRow.root_key.is_not(None)) == 0
    assert trail.verify(SYSTEM).problems == []


def test_two_instances_that_message_each_other_at_once_both_hear_it(cast: Cast, app: Flask) -> None:
    talk(cast, app, 50 if db.engine.dialect.name == "postgresql" else 10)


@pytest.mark.soak
def test_a_thousand_pairs_message_each_other_at_once(cast: Cast, app: Flask) -> None:
    talk(cast, app, 1_000)


def test_a_message_and_a_subscription_that_commit_at_the_same_moment_meet(cast: Cast, app: Flask) -> None:
    """The two acts are held up until both have written everything: neither can have seen the other."""
    waiting = d.process(
        d.start(),
        d.user("talk", FINANCE),
        d.catch("fresh", d.on_message("late")),
        d.end(),
        d.chain("start", "talk", "fresh", "end"),
        id="waiter",
    )
    models.deploy(SYSTEM, [("bpmn/hill/waiter.bpmn", d.file(d.message("late", "late", "=me"), waiting))], NOW, source="cli")
    both = threading.Barrier(2)
    postgresql = db.engine.dialect.name == "postgresql"

    def hold(connection: object) -> None:
        # SQLite has one writer: there the second act waits for the first, and the order alone is left to chance.
        if postgresql and getattr(threading.current_thread(), "held", 0) == 0:
            threading.current_thread().held = 1  # type: ignore[attr-defined]
            both.wait(timeout=300)

    for number in range(10):
        key = instances.create(cast.root, "waiter", {"me": str(number)}, NOW).key
        task = db.session.execute(select(UserTaskRow.key).where(UserTaskRow.instance_key == key)).scalar_one()
        db.session.rollback()
        event.listen(db.engine, "commit", hold)
        try:
            at_once(
                app,
                lambda task=task: tasks.complete(cast.fred, task, {}, NOW),  # type: ignore[misc]
                lambda number=number: messages.publish(cast.root, "late", str(number), {}, NOW, tenant="hill", lifetime=timedelta(hours=1)),  # type: ignore[misc]
            )
        finally:
            event.remove(db.engine, "commit", hold)
        # Without any pump: who commits last sees both.
        assert count(ProcessInstanceRow.key == key, ProcessInstanceRow.state == "completed") == 1


# ---------------------------------------------------------------------- faults


class Cut(Exception):
    """The fault that is injected."""


def everything() -> dict[str, list[str]]:
    """All rows of all tables."""
    db.session.rollback()
    found = {table.name: sorted(map(repr, db.session.execute(select(table)))) for table in db.metadata.sorted_tables}
    db.session.rollback()
    return found


@contextmanager
def cut_at(name: str, number: int) -> Iterator[list[str]]:
    """Raise at the ``number``-th event; what was sent until then is in the list."""
    sent: list[str] = []

    def strike(*given: Any) -> None:
        sent.append(str(given[2]) if len(given) > 2 else "COMMIT")
        if len(sent) == number:
            raise Cut

    event.listen(db.engine, name, strike)
    try:
        yield sent
    finally:
        event.remove(db.engine, name, strike)


@pytest.mark.parametrize("name", ["before_cursor_execute", "after_cursor_execute"])
def test_a_fault_at_any_statement_of_a_completion_leaves_all_or_nothing(cast: Cast, name: str) -> None:
    task = start(cast)[1]
    tasks.view(cast.alice, task, NOW)  # definitions are read once, not in the act
    before = everything()
    for number in range(1, 60):
        with cut_at(name, number) as sent:
            try:
                tasks.complete(cast.alice, task, APPLICATION, NOW)
            except Cut:
                db.session.rollback()
            else:
                break
        now = everything()
        if now != before:
            break  # cut in a look afterwards: the act stands
    assert number > 12, sent
    after = everything()
    changed = {table for table in after if after[table] != before[table]}
    assert {
        "process_instances",
        "user_tasks",
        "task_candidates",
        "element_instances",
        "variables",
        "waits",
        "projects",
        "audit_entries",
    } <= changed
    assert count(UserTaskRow.key == task, UserTaskRow.state == "completed") == 1
    assert [line.element_id for line in inbox.todo(cast.fred, NOW).items] == ["review"]
    assert trail.verify(SYSTEM).problems == []


def test_a_fault_at_the_commit_leaves_nothing(cast: Cast) -> None:
    task = start(cast)[1]
    before = everything()
    with cut_at("commit", 1), pytest.raises(Cut):
        tasks.complete(cast.alice, task, APPLICATION, NOW)
    assert everything() == before
    tasks.complete(cast.alice, task, APPLICATION, NOW)
    assert count(UserTaskRow.key == task, UserTaskRow.state == "completed") == 1


def test_an_answer_lost_after_the_commit_is_given_again_under_the_same_key(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    task = start(cast)[1]
    dialect = db.engine.dialect
    real = dialect.do_commit

    def lose(connection: Any) -> None:
        real(connection)
        monkeypatch.setattr(dialect, "do_commit", real)
        raise Cut

    monkeypatch.setattr(dialect, "do_commit", lose)
    with pytest.raises(Cut):
        tasks.complete(cast.alice, task, APPLICATION, NOW, idempotency_key="k")
    after = everything()
    again = tasks.complete(cast.alice, task, APPLICATION, NOW, idempotency_key="k")
    assert (again.replayed, again.state) == (True, "active")
    with pytest.raises(TaskAlreadyClosed):
        tasks.complete(cast.alice, task, APPLICATION, NOW)
    assert everything() == after
