"""What one submitted form costs the database: the shipped Sucheng acceptance materials over HTTP, session included."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select

from app import create_app
from app.config import Config
from app.domain.permissions import SYSTEM
from app.playing import demonstration
from app.services import instants, startup, trail
from app.store.tables import AuditEntryRow, UserTaskRow, db
from tests.integration.districts.play import District, at
from tests.integration.districts.test_lateness import BOTH_DATABASES

MOST_STATEMENTS = 15


@contextmanager
def sent(engine: Engine) -> Iterator[list[str]]:
    """Every statement and every commit that goes to the database."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    def commit(connection: object) -> None:
        seen.append("COMMIT")

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", commit)


def sign_in(app: Flask, username: str) -> tuple[FlaskClient, str]:
    """A signed-in browser, and the token that its pages carry."""
    client = app.test_client()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert found
    client.post("/sign-in", data={"username": username, "password": demonstration.PASSWORD, "csrf_token": found.group(1)})
    return client, client.get("/session", headers={"Accept": "application/json"}).get_json()["csrf"]


@BOTH_DATABASES
def test_submitting_the_acceptance_materials_is_one_commit_and_at_most_fifteen_statements(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(config)
    with app.app_context():
        play = District("sucheng", at("2025-08-01"))
        play.announce()
        project = play.declare("智慧机关事务综合管理服务平台")
        line = play.until(project, "prepare_materials")
        assert line.form_id == "acceptance.prepare_materials"
        data, username, engine = play.filled(line), play.performer(line).username, db.engine
    monkeypatch.setattr(instants, "now", lambda: play.now)
    # Outside of any context, as a server is: what a request has loaded must not serve the next one.
    client, token = sign_in(app, username)
    address, headers = f"/tasks/{line.key}/complete", {"Accept": "application/json", "X-CSRFToken": token}
    body = app.json.dumps({"data": data})
    assert client.get(f"/tasks/{line.key}").status_code == 200  # who submits a form has looked at it
    with sent(engine) as seen:
        answer = client.post(address, data=body, headers=headers)
    assert answer.status_code == 200
    assert seen.count("COMMIT") == 1
    statements = [statement for statement in seen if statement != "COMMIT"]
    assert "FROM users" in statements[0], "the session is counted too"
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)

    def entries() -> int:
        return db.session.execute(select(func.count()).select_from(AuditEntryRow)).scalar_one()

    with app.app_context():
        assert [task.element_id for task in play.open(project)] == ["review_materials"]
        assert db.session.execute(select(UserTaskRow.state).where(UserTaskRow.key == line.key)).scalar_one() == "completed"
        assert trail.verify(SYSTEM).problems == []
        before = entries()
    with sent(engine) as seen:
        answer = client.post(address, data=body, headers=headers)
    assert (answer.status_code, seen.count("COMMIT")) == (409, 0)
    with app.app_context():
        assert entries() == before
        startup.dispose()
