"""Which request a line belongs to, and what is told of a request: its rule, its person's key and its code."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.access import request_ids
from app.services import inbox
from tests.unit.web import world
from tests.unit.web.conftest import token_in

Logbook = Callable[[], list[dict[str, Any]]]
SignIn = Callable[[str], FlaskClient]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a.B_9-c", True), ("a" * 64, True), ("a" * 65, False), ("", False), ("a b", False), ("a\r", False), ("号", False), (None, False)],
)
def test_a_request_keeps_the_id_that_it_brings_if_it_is_well_formed(app: Flask, given: str | None, kept: bool) -> None:
    environ = {} if given is None else {"HTTP_X_REQUEST_ID": given}
    answer = app.test_client().get("/sign-in", environ_overrides=environ)
    (found,) = answer.headers.getlist("X-Request-Id")
    assert (found == given) is kept
    assert found
    assert len(found) <= 64


def test_a_line_of_a_request_names_its_rule_and_not_its_address(sign_in: SignIn, logbook: Logbook) -> None:
    client = sign_in("applicant")
    logbook()
    answer = client.get("/tasks/99?q=张三")
    (line,) = [line for line in logbook() if line["event"] == "http"]
    assert (line["level"], line["method"], line["route"], line["status"]) == ("DEBUG", "GET", "/tasks/<int:key>", 404)
    assert (line["actor"], line["request"]) == ("1", answer.headers["X-Request-Id"])
    assert isinstance(line["ms"], float)


def test_a_setting_shows_the_requests(logbook: Logbook) -> None:
    shown = Flask("shown")
    request_ids.attach(shown, shown=True)
    shown.test_client().get("/nowhere")
    assert [(line["event"], line["level"], line.get("route")) for line in logbook()] == [("http", "INFO", None)]


def test_what_is_refused_before_it_is_an_act_is_a_line_too(sign_in: SignIn, logbook: Logbook) -> None:
    client = sign_in("applicant")
    logbook()
    answer = client.post("/tasks/1/complete", json={"data": {}}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    (line,) = [line for line in logbook() if line["event"] == "act"]
    assert (line["level"], line["code"], line["request"]) == ("INFO", "CSRF", answer.headers["X-Request-Id"])


@pytest.mark.parametrize(
    ("username", "password", "active", "code"),
    [
        ("", "", True, "NOT_FILLED_IN"),
        ("applicant", "", True, "NOT_FILLED_IN"),
        ("nobody", world.PASSWORD, True, "ACCOUNT_UNKNOWN"),
        ("applicant", "no-such-word", True, "PASSWORD_WRONG"),
        ("applicant", "no-such-word", False, "PASSWORD_WRONG"),
        ("applicant", world.PASSWORD, False, "ACCOUNT_DISABLED"),
    ],
)
def test_a_sign_in_that_fails_leaves_one_line_with_its_code_and_nobodys_name(
    app: Flask, logbook: Logbook, username: str, password: str, active: bool, code: str
) -> None:
    with app.app_context():
        app.extensions["security"].datastore.find_user(username="applicant").active = active
        app.extensions["security"].datastore.commit()
    client = app.test_client()
    data = {"username": username, "password": password, "csrf_token": token_in(client.get("/sign-in").text)}
    logbook()
    try:
        answer = client.post("/sign-in", data=data)
    finally:
        with app.app_context():
            app.extensions["security"].datastore.find_user(username="applicant").active = True
            app.extensions["security"].datastore.commit()
    (line,) = [line for line in logbook() if line["event"] not in ("http", "act")]
    at = line.pop("at")
    assert line == {"level": "INFO", "event": "sign_in", "code": code, "request": answer.headers["X-Request-Id"]}
    assert at.endswith("Z")


def test_a_sign_in_that_succeeds_leaves_no_such_line(sign_in: SignIn, logbook: Logbook) -> None:
    sign_in("applicant")
    assert [line for line in logbook() if line["event"] == "sign_in"] == []


def test_an_unforeseen_failure_is_logged_under_the_code_that_the_person_sees(
    sign_in: SignIn, logbook: Logbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*values: object, **more: object) -> None:
        raise RuntimeError("password=" + "secret".upper())

    client = sign_in("applicant")
    monkeypatch.setattr(inbox, "counts", fail)
    logbook()
    page = client.get("/inbox")
    (line,) = [line for line in logbook() if line["event"] == "failure"]
    assert line["code"].startswith("INTERNAL-")
    assert line["code"] in page.text
    assert (line["level"], line["request"]) == ("ERROR", page.headers["X-Request-Id"])
    assert "in fail" in line["traceback"]
    assert "SECRET" not in json.dumps(line)
