"""One line an act, as the operator finds it: its statements are those that went to the database, and nothing of what was filled in is there."""

import json
import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.acts.transaction import open_task, retried
from app.config import Config
from app.errors import Forbidden, InvalidForm, Outdated, Refused
from app.services import accounts, instants, messages, models, pump, startup, tasks
from app.store import database
from app.store.tables import db
from tests.integration.conftest import make_app, settings
from tests.integration.services.conftest import DATA, NOW, Cast, files
from tests.integration.services.test_deadlines import DUE, reviews
from tests.integration.services.test_permit import APPLICATION, reviewed, statements
from tests.integration.services.test_permit import start as started

Logbook = Callable[[], list[dict[str, Any]]]


def told(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of acts that an operator sees without asking for more."""
    return [line for line in lines if line["event"] == "act" and line["level"] != "DEBUG"]


def test_a_submitted_form_is_one_line_with_the_statements_that_it_took(cast: Cast, logbook: Logbook) -> None:
    project, task = started(cast)
    logbook()
    with statements() as seen:
        tasks.complete(cast.alice, task, APPLICATION, NOW)
    (line,) = told(logbook())
    assert (line["act"], line["actor"], line["project"], line["level"]) == ("task.complete", str(cast.alice.user), str(project), "INFO")
    assert line["statements"] == seen.index("COMMIT")
    assert isinstance(line["ms"], float)
    assert "code" not in line
    assert line["instance"].isdigit()


def test_a_refused_form_is_one_line_with_its_code(cast: Cast, logbook: Logbook) -> None:
    _, task = started(cast)
    logbook()
    with pytest.raises(InvalidForm):
        tasks.complete(cast.alice, task, {**APPLICATION, "undeclared": "x"}, NOW)
    with pytest.raises(Forbidden):
        tasks.complete(cast.bob, task, APPLICATION, NOW)
    assert [(line["act"], line["code"], line["actor"]) for line in told(logbook())] == [
        ("tasks.complete", "INVALID_FORM", str(cast.alice.user)),
        ("tasks.complete", "NOT_YOUR_PROJECT", str(cast.bob.user)),
    ]


def test_each_timer_that_fires_is_one_line(cast: Cast, logbook: Logbook) -> None:
    reviews(cast, 2)
    logbook()
    assert pump.pump(DUE).timers == 2
    assert [(line["act"], line["actor"]) for line in told(logbook())] == [("timer.fire", "0")] * 2


def test_a_deployment_is_one_line_and_a_refused_one_too(hill: Flask, logbook: Logbook) -> None:
    analyst = accounts.system("")
    ((name, content),) = files("bpmn/year_notice.bpmn")
    models.deploy(analyst, [(name, content + b"<!-- changed -->")], NOW, source="cli")
    with pytest.raises(Refused):
        models.deploy(analyst, [("bpmn/hill/broken.bpmn", b"<no")], NOW, source="cli")
    assert [line["act"] for line in told(logbook())] == ["models.deploy", "models.refuse"]


def test_a_message_and_what_it_starts_are_a_line_each(cast: Cast, logbook: Logbook) -> None:
    for _ in range(2):
        messages.publish(cast.root, "inspection_requested", "", {"who": "李四"}, NOW, tenant="hill")
    assert [(line["act"], line["actor"]) for line in told(logbook())] == [
        ("message.publish", str(cast.root.user)),
        ("process.start", "0"),
    ] * 2


def test_over_http_the_line_carries_the_id_that_the_caller_gets_back(
    cast: Cast, config: Config, logbook: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, task = started(cast)
    monkeypatch.setattr(instants, "now", lambda: NOW)
    server = create_app(config)
    with server.test_request_context():
        token = accounts.issue_token(accounts.system(""), "alice", "test", NOW)
    db.session.rollback()
    address = f"/v2/user-tasks/{task}/completion"
    headers = {"Authorization": "Bearer " + token, "X-Request-Id": "ticket-4711"}
    body = server.json.dumps({"variables": APPLICATION})
    logbook()
    answers = [server.test_client().post(address, data=body, content_type="application/json", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 409]
    assert {answer.headers["X-Request-Id"] for answer in answers} == {"ticket-4711"}
    lines = logbook()
    assert [(line["act"], line.get("code"), line["actor"], line["request"]) for line in told(lines)] == [
        ("task.complete", None, str(cast.alice.user), "ticket-4711"),
        ("tasks.complete", "TASK_CLOSED", str(cast.alice.user), "ticket-4711"),
    ]
    (act, whole) = (next(line for line in lines if line["event"] == event) for event in ("act", "http"))
    assert whole["statements"] > act["statements"], "the person is looked up before the act"
    with server.app_context():
        startup.dispose()


def test_nothing_of_people_and_forms_is_written(cast: Cast, logbook: Logbook) -> None:
    review = reviewed(cast)
    tasks.claim(cast.fred, review, NOW)
    tasks.save_draft(cast.fred, review, {"verdict": "同意"}, NOW)
    tasks.complete(cast.fred, review, {"verdict": "同意"}, NOW)
    pump.pump(DUE)
    written = json.dumps(logbook(), ensure_ascii=False)
    for person in vars(cast).values():
        assert person.name not in written
        assert not re.search(rf"\b{person.username}\b", written)
    assert not [word for word in ("平台", "教育", "财政", "同意", "设备老化") if word in written]
    assert "task.complete" in written


def test_a_start_tells_of_migrations_and_of_drift(tmp_path: Path, logbook: Logbook) -> None:
    shutil.copytree(DATA, tmp_path / "models", ignore=shutil.ignore_patterns("broken_call.bpmn"))
    table = tmp_path / "models" / "dmn" / "permit_gate.dmn"
    app = make_app(settings(str(tmp_path / "data"), tmp_path))
    with app.app_context():
        startup.prepare(NOW)
        first = logbook()
        models.deploy(accounts.system(""), [("dmn/permit_gate.dmn", table.read_bytes() + b"<!-- by hand -->")], NOW, source="cli")
        table.write_bytes(table.read_bytes() + b"<!-- in the files -->")
        logbook()
        startup.prepare(NOW)
        startup.dispose()
    assert [line["event"] for line in first if line["level"] == "INFO"][:2] == ["migration", "act"]
    assert {line["act"] for line in told(first)} == {"models.deploy", "organisation.create"}
    (warning,) = [line for line in logbook() if line["level"] == "WARNING"]
    assert "dmn/permit_gate.dmn" in warning["message"]


def test_what_the_database_complains_of_is_said_without_the_values(app: Flask, logbook: Logbook) -> None:
    try:
        database.run(text("SELECT 1 FROM nowhere WHERE name = :name"), {"name": "张三"})
    except DBAPIError:
        logging.getLogger("app.x").exception("it broke")
    (line,) = [line for line in logbook() if line["level"] == "ERROR"]
    assert "nowhere" in line["traceback"]
    assert "张三" not in line["traceback"].replace('{"name": "张三"}', "")


def test_an_act_that_had_to_begin_anew_is_one_line(cast: Cast, logbook: Logbook) -> None:
    _, task = started(cast)
    outdated = [True, True, False]

    @retried
    def claim() -> None:
        with open_task(task, NOW, cast.alice) as tree:
            tree.record("task.claim", "permit.apply", {})
            if outdated.pop(0):
                raise Outdated("此流程实例刚刚被他人更新,请刷新后重试")
            tree.audit.clear()  # nothing to be written

    logbook()
    claim()
    (line,) = told(logbook())
    assert (line["act"], line["tries"], line.get("code")) == ("task.claim", 3, None)
