"""A number that only one row of a register may have, entered for two projects at the same moment: one is entered, the other is told."""

import json
import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.domain.permissions import SYSTEM
from app.errors import InvalidForm
from app.services import inbox, instances, models, tasks
from app.store.tables import RecordRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_races import FINANCE, at_once
from tests.unit.engine import diagrams as d

NUMBER = {"type": "string", "title": "编号", "minLength": 1}


def enters() -> list[tuple[str, bytes]]:
    """A diagram in which somebody types the number of an inspection that no other may have, and it is entered at once."""
    kept = '<zeebe:taskHeaders><zeebe:header key="kind" value="inspection"/></zeebe:taskHeaders>' + d.io(
        {"number": "=number", "result": '="合格"'}
    )
    asks = FINANCE + '<zeebe:formDefinition formId="enter.number"/>'
    body = d.process(
        d.start(), d.user("type", asks), d.service("keep", "put_record", kept), d.end(), d.chain("start", "type", "keep", "end"), id="enter"
    )
    once = {**NUMBER, "x-unique": {"record": "inspection", "field": "number", "of": "others"}}
    form = {
        "id": "enter.number",
        "title": "登记编号",
        "schema": {"type": "object", "additionalProperties": False, "properties": {"number": once}},
    }
    return [("bpmn/hill/enter.bpmn", d.file(body)), ("forms/hill/enter.number.json", json.dumps(form).encode())]


@pytest.fixture
def typed(cast: Cast) -> list[int]:
    """Two open tasks that ask for a number."""
    models.deploy(SYSTEM, enters(), NOW, source="cli")
    for _ in range(2):
        instances.create(cast.root, "enter", {}, NOW)
    keys = [line.key for line in inbox.todo(cast.fred, NOW).items]
    assert len(keys) == 2
    return keys


def numbers() -> list[str]:
    rows = db.session.execute(select(RecordRow.data).where(RecordRow.kind == "inspection")).scalars().all()
    db.session.rollback()
    return [row["number"] for row in rows]


def test_a_number_that_is_being_entered_is_waited_for_and_then_refused(cast: Cast, app: Flask, typed: list[int]) -> None:
    """The first is held up before it commits until the second has looked, or waits to look."""
    first_has_written, second_has_come = threading.Event(), threading.Event()
    told: list[str] = []

    def commits(connection: object) -> None:
        if threading.current_thread() is first_thread[0]:
            first_has_written.set()
            assert second_has_come.wait(timeout=300)

    def sends(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if threading.current_thread() is not first_thread[0] and "numbers" in statement:
            second_has_come.set()

    def has_read(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if threading.current_thread() is not first_thread[0] and "FROM records" in statement:
            second_has_come.set()

    first_thread: list[threading.Thread] = []

    def first() -> None:
        first_thread.append(threading.current_thread())
        tasks.complete(cast.fred, typed[0], {"number": "检2026-1"}, NOW)

    def second() -> None:
        assert first_has_written.wait(timeout=300)
        if db.engine.dialect.name == "sqlite":  # it has one writer, for whom the second waits somewhere on its way
            second_has_come.set()
        try:
            tasks.complete(cast.fred, typed[1], {"number": "检２０２６－１"}, NOW)
        except InvalidForm as error:
            told.extend(problem.message for problem in error.problems)

    listeners: list[tuple[str, Any]] = [("commit", commits), ("before_cursor_execute", sends), ("after_cursor_execute", has_read)]
    for name, listener in listeners:
        event.listen(db.engine, name, listener)
    try:
        at_once(app, first, second)
    finally:
        for name, listener in listeners:
            event.remove(db.engine, name, listener)
    assert [told[0].startswith("“编号”已经登记过"), len(told)] == [True, 1]
    assert numbers() == ["检2026-1"]
    tasks.complete(cast.fred, typed[1], {"number": "检2026-2"}, NOW)
    assert numbers() == ["检2026-1", "检2026-2"]
