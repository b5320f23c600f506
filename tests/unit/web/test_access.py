"""Who comes in, and what a forged, foreign or broken request is told."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.access import headers
from app.store.secrets import kept
from tests.unit.web import world
from tests.unit.web.conftest import token_in

SignIn = Callable[..., FlaskClient]
Token = Callable[[FlaskClient], str]
PAGES = [
    "/",
    "/inbox",
    "/inbox/done",
    "/inbox/notices",
    "/projects",
    "/projects/77",
    "/projects/new",
    "/tasks/1",
    "/instances",
    "/instances/500",
    "/models",
    "/clock",
    "/calendar",
    "/registers",
    "/instances/unattended",
    "/people",
    "/people/new",
    "/people/of/applicant",
    "/people/offices",
    "/password",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_is_led_to_sign_in_and_back(app: Flask, address: str) -> None:
    answer = app.test_client().get(address)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


def test_a_program_without_a_session_gets_401_and_not_a_page(app: Flask) -> None:
    answer = app.test_client().get("/v2/user-tasks/1")
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.get_json(force=True)["code"] == "SIGNED_OUT"


def test_the_first_page_answers_200_without_a_session(app: Flask) -> None:
    answer = app.test_client().get("/", follow_redirects=True)
    assert answer.status_code == 200
    assert "登录" in answer.text


def test_healthz_needs_nobody(app: Flask) -> None:
    assert app.test_client().get("/healthz").text == "ok"


def test_signing_in_leads_to_ones_own_first_page(sign_in: SignIn) -> None:
    assert sign_in("applicant").get("/").location == "/inbox"
    assert sign_in("admin").get("/").location == "/instances"
    assert sign_in("analyst").get("/").location == "/models"


@pytest.mark.parametrize(("username", "password"), [("applicant", "wrong"), ("nobody", world.PASSWORD), ("", ""), ("applicant", "")])
def test_a_wrong_password_and_an_unknown_account_sound_alike(app: Flask, username: str, password: str) -> None:
    client = app.test_client()
    page = client.post(
        "/sign-in", data={"username": username, "password": password, "csrf_token": token_in(client.get("/sign-in").text)}
    ).text
    expected = "账号或密码不正确" if username and password else "请输入"
    assert expected in page
    assert client.get("/inbox").status_code == 302


def test_a_link_to_another_site_is_not_followed_after_signing_in(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/sign-in?next=https://evil.example/").text
    answer = client.post(
        "/sign-in",
        data={"username": "applicant", "password": world.PASSWORD, "csrf_token": token_in(page), "next": "https://evil.example/"},
    )
    assert "evil" not in answer.headers.get("Location", "")


def test_signing_out_needs_the_token_and_ends_the_session(sign_in: SignIn, token: Token) -> None:
    client = sign_in("applicant")
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400
    client.post("/sign-out", data={"csrf_token": token(client)})
    assert client.get("/inbox").status_code == 302


def test_a_form_without_the_token_changes_nothing(sign_in: SignIn, memory: world.Memory) -> None:
    client = sign_in("applicant")
    answer = client.post("/tasks/1/complete", json={"data": {}}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (400, "CSRF")
    assert memory.completed == {}
    assert client.post("/projects/new", data={"name": "x"}).status_code == 400
    assert client.post("/v2/user-tasks/1/completion", json={}).status_code == 400


def test_the_cookie_is_for_this_site_and_not_for_scripts(app: Flask) -> None:
    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_static_file_leaves_no_cookie_in_shared_caches(sign_in: SignIn) -> None:
    with sign_in("applicant").get("/static/icon.svg") as answer:
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers


def test_every_page_carries_the_policy_and_stays_out_of_caches(sign_in: SignIn) -> None:
    for client, address in ((sign_in("applicant"), "/inbox"), (sign_in("applicant"), "/nowhere"), (sign_in("applicant"), "/sign-in")):
        answer = client.get(address)
        assert answer.headers["Content-Security-Policy"] == headers.POLICY
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"  # a case's address is told to no other site
        assert answer.headers["Permissions-Policy"] == "camera=(), geolocation=(), microphone=(), payment=()"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "unsafe-eval" not in headers.POLICY
    assert "script-src 'self';" in headers.POLICY


def test_pages_have_no_inline_scripts_and_no_handlers(sign_in: SignIn) -> None:
    for username, address in (
        ("applicant", "/tasks/1"),
        ("applicant", "/projects/77"),
        ("admin", "/instances/500"),
        ("analyst", "/models/upload"),
    ):
        page = sign_in(username).get(address).text
        assert "<script>" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        assert "javascript:" not in page


def test_a_bearer_token_stands_for_the_session_and_needs_no_form_token(app: Flask) -> None:
    with app.app_context():
        bearer = app.extensions["security"].datastore.find_user(username="applicant").get_auth_token()
    client = app.test_client()
    answer = client.post(
        "/tasks/1/complete", json={"data": {}}, headers={"Authorization": f"Bearer {bearer}", "Accept": "application/json"}
    )
    assert answer.status_code == 422  # the form's own judgement: the caller came in
    assert "Set-Cookie" not in client.get("/inbox", headers={"Authorization": f"Bearer {bearer}"}).headers


@pytest.mark.parametrize("bearer", ["", "x", "a.b.c", "null", "甲".encode().hex()])
def test_a_wrong_token_does_not_fall_back_to_the_session(sign_in: SignIn, bearer: str) -> None:
    client = sign_in("applicant")
    answer = client.get("/v2/user-tasks/1", headers={"Authorization": f"Bearer {bearer}"})
    assert answer.status_code == 401


def test_a_deactivated_account_is_out_at_once(app: Flask, sign_in: SignIn) -> None:
    from app.store.tables import UserRow, db

    client = sign_in("applicant")
    for active, status in ((False, 302), (True, 200)):
        with app.app_context():
            db.session.execute(update(UserRow).where(UserRow.username == "applicant").values(active=active))
            db.session.commit()
        assert client.get("/inbox").status_code == status


def test_failures_are_chinese_pages_with_a_code(sign_in: SignIn) -> None:
    cases = [
        ("stranger", "/tasks/1", 403, "此事项属于其他单位的项目", "NOT_YOUR_PROJECT"),
        ("applicant", "/tasks/99", 404, "没有这个事项", "NOT_FOUND"),
        ("applicant", "/nowhere", 404, "这个地址没有内容", "NOT_FOUND"),
        ("applicant", "/models", 403, "只有业务分析员", "NOT_ANALYST"),
        ("applicant", "/clock", 403, "只有系统管理员", "NOT_ADMINISTRATOR"),
    ]
    for username, address, status, words, code in cases:
        answer = sign_in(username).get(address)
        assert answer.status_code == status, address
        assert words in answer.text
        assert code in answer.text


def test_an_unforeseen_failure_says_nothing_of_the_inside(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.services import inbox

    def fail(*values: object, **more: object) -> None:
        raise RuntimeError("password=secret")

    client = sign_in("applicant")
    monkeypatch.setattr(inbox, "counts", fail)
    answer = client.get("/inbox")
    assert answer.status_code == 500
    assert "系统内部出错" in answer.text
    assert "secret" not in answer.text
    assert "INTERNAL-" in answer.text


@pytest.mark.parametrize("key", [2**63, 10**30])
@pytest.mark.parametrize(
    "address", ["/tasks/{}", "/projects/{}", "/instances/{}", "/models/diagrams/{}", "/v2/user-tasks/{}", "/v2/process-instances/{}"]
)
def test_a_key_that_no_row_can_have_is_no_page(sign_in: SignIn, address: str, key: int) -> None:
    answer = sign_in("applicant").get(address.format(key))
    assert (answer.status_code, "NOT_FOUND" in answer.text) == (404, True)


def test_secrets_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    first = kept(tmp_path / "data", "secret_key")
    assert len(first) == 64
    assert kept(tmp_path / "data", "secret_key") == first
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["secret_key"]
