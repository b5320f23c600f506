"""What operators read: every line is whole, of one act, and tells nothing of anybody."""

import json
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from app import config, errors, logs
from app.config import Config
from app.wsgi import ServerLog

Logbook = Callable[[], list[dict[str, Any]]]
FORGED = "x\n2026-01-01T00:00:00.000Z INFO act audit.delete actor=1\r\x1b[2K\u2028\u202e"


def ticking(*instants: float) -> logs.Clock:
    return iter(instants).__next__


def acts(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line.get("event") == "act"]


def test_an_act_is_one_line_with_what_became_known_of_it(logbook: Logbook) -> None:
    with logs.request("caller-7", clock=ticking(0.0, 1.0)), logs.act(17, clock=ticking(5.0, 5.0123)):
        logs.note(action="task.complete", instance=2**62 + 1, project=3)
        logs.count_statement()
        logs.count_statement()
    (line,) = acts(logbook())
    assert datetime.fromisoformat(line.pop("at")).utcoffset() is not None
    assert line == {
        "level": "INFO",
        "event": "act",
        "act": "task.complete",
        "actor": "17",
        "instance": str(2**62 + 1),
        "project": "3",
        "ms": 12.3,
        "statements": 2,
        "request": "caller-7",
    }


def test_the_same_act_as_text_is_a_line_for_eyes(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Config(log_format="text"))
    with logs.act(17, clock=ticking(0.0, 0.012)):
        logs.note(action="task.complete", instance=42)
    line = capsys.readouterr().err
    assert line.split(" ", 1)[1] == "INFO act task.complete actor=17 instance=42 ms=12.0 statements=0\n"
    assert line.split(" ", 1)[0].endswith("Z")


def test_parts_of_an_act_and_its_further_tries_write_no_line_of_their_own(logbook: Logbook) -> None:
    with logs.act():
        with logs.act(4):
            logs.note(action="job.complete")
        logs.tried_again()
        with logs.act(4):
            logs.note(action="job.complete")
    (line,) = acts(logbook())
    assert (line["act"], line["actor"], line["tries"]) == ("job.complete", "4", 2)


@pytest.mark.parametrize(
    ("failure", "level", "code", "kind"),
    [
        (errors.TaskAlreadyClosed(), "INFO", "TASK_CLOSED", None),
        (errors.Conflict("已有", code="ALREADY_RUNNING"), "INFO", "ALREADY_RUNNING", None),
        (ValueError("张三"), "ERROR", "INTERNAL", "ValueError"),
        (SystemExit(3), "ERROR", "INTERNAL", "SystemExit"),
    ],
)
def test_a_failed_act_tells_its_code_and_not_its_words(
    logbook: Logbook, failure: BaseException, level: str, code: str, kind: str | None
) -> None:
    with pytest.raises(type(failure)), logs.act(1):
        raise failure
    (line,) = acts(logbook())
    assert (line["level"], line["code"], line.get("error")) == (level, code, kind)
    assert "张三" not in json.dumps(line, ensure_ascii=False)


def test_housekeeping_and_what_a_demonstration_plays_are_for_debugging(logbook: Logbook) -> None:
    with logs.act():
        pass
    with logs.played(), logs.act():
        logs.note(action="task.complete")
    assert [line["level"] for line in acts(logbook())] == ["DEBUG", "DEBUG"]


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Config(log_level="warning"))
    with logs.act():
        logs.note(action="task.complete")
    with pytest.raises(KeyError), logs.act():
        raise KeyError
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert " ERROR act " in lines[0]


def test_setting_up_twice_writes_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Config())
    logs.set_up(Config())
    logging.getLogger("app.clock").warning("once")
    assert capsys.readouterr().err.count("once") == 1


def test_libraries_are_heard_from_warnings_on_only(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Config(log_level="debug"))
    logging.getLogger("apscheduler.executors").info("executed")
    logging.getLogger("apscheduler.executors").warning("skipped")
    assert [line.split(" ", 1)[1] for line in capsys.readouterr().err.splitlines()] == ["WARNING apscheduler.executors skipped"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_nobody_can_write_lines_into_the_log(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Config(log_format=form))
    logging.getLogger("app.access").warning("said %s", FORGED)
    logs.event(logging.getLogger("app"), logging.WARNING, "http", method=FORGED)
    out = capsys.readouterr().err
    assert out.count("\n") == 2
    assert len(out.splitlines()) == 2  # by every separator that Unicode knows
    assert not any(character in out for character in "\r\x1b\u2028\u202e")
    if form == "json":
        assert json.loads(out.splitlines()[0])["message"] == "said " + FORGED
        assert json.loads(out.splitlines()[1])["method"] == FORGED
    else:
        assert 'method="x\\n2026' in out


def test_a_traceback_names_places_and_never_what_somebody_typed(logbook: Logbook) -> None:
    try:
        try:
            int("张三 310101")
        except ValueError as cause:
            raise KeyError("secret") from cause
    except KeyError:
        logging.getLogger("app.x").exception("it broke")
    (line,) = logbook()
    assert "test_logs.py" in line["traceback"]
    assert line["traceback"].index("ValueError") < line["traceback"].index("KeyError")
    assert not any(
        word in line["traceback"].replace('int("张三 310101")', "").replace('KeyError("secret")', "") for word in ("张三", "secret")
    )


def test_what_the_machine_complains_of_is_said(logbook: Logbook) -> None:
    try:
        raise sqlite3.OperationalError("database or disk is full")
    except sqlite3.OperationalError:
        logging.getLogger("app.x").exception("it broke")
    assert logbook()[0]["traceback"].endswith("sqlite3.OperationalError: database or disk is full")


def test_the_lines_of_a_traceback_in_text_cannot_be_taken_for_others(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Config())
    try:
        raise OSError(FORGED)
    except OSError:
        logging.getLogger("app.x").exception("it broke")
    first, *rest = capsys.readouterr().err.splitlines()
    assert first.endswith("ERROR app.x it broke")
    assert all(line.startswith("    ") for line in rest)


def test_the_web_servers_own_lines_come_in_the_same_form_without_addresses(logbook: Logbook) -> None:
    server = ServerLog(SimpleNamespace(loglevel="info"))  # type: ignore[no-untyped-call]
    server.info("Booting worker with pid: %s", 7)
    server.warning("Invalid request from ip=10.1.2.3: Invalid header 'X: 张三'")
    server.exception("Error handling request %s", "/inbox?q=张三")
    lines = logbook()
    assert [line["message"] for line in lines] == ["Booting worker with pid: 7", "Invalid request", "Error handling request"]
    assert {line["logger"] for line in lines} == {"gunicorn.error"}


def test_settings_that_are_a_choice_refuse_other_words() -> None:
    assert config.load({"QUANCHENG_LOG_LEVEL": "WARNING"}).log_level == "warning"
    for variable in ("QUANCHENG_LOG_LEVEL", "QUANCHENG_LOG_FORMAT", "QUANCHENG_CLOCK"):
        with pytest.raises(errors.InvalidRequest, match=variable):
            config.load({variable: "xml"})


def test_a_start_says_what_it_runs_on_and_not_where(logbook: Logbook) -> None:
    logs.started(replace(Config(), data="postgresql://quan:PASSWORD@db.example/quan"), "server")
    (line,) = logbook()
    assert (line["event"], line["part"], line["database"]) == ("start", "server", "postgresql")
    assert "PASSWORD" not in json.dumps(line)
