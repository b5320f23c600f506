"""One app for all tests, and for each a fresh memory behind the services (world.py)."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.unit.web import world


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return world.build(tmp_path_factory.mktemp("web"), demonstration=True, clock="virtual")


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> world.Memory:
    return world.remember(monkeypatch)


def token_in(page: str) -> str:
    """The token that a page's form carries."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found.group(1)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], FlaskClient]:
    def enter(username: str, password: str = world.PASSWORD) -> FlaskClient:
        client = app.test_client()
        page = client.get("/sign-in").text
        client.post("/sign-in", data={"username": username, "password": password, "csrf_token": token_in(page)})
        return client

    return enter


@pytest.fixture
def token() -> Callable[[FlaskClient], str]:
    def fetch(client: FlaskClient) -> str:
        answer = client.get("/session", headers={"Accept": "application/json"})
        text: str = answer.get_json()["csrf"]
        return text

    return fetch
