"""What a failure is outside: status, code, title and sentence, each as it always was; keys in addresses; headers of callers."""

import pytest
from flask import Flask, request

from app import errors
from app.access import addresses, headers, idempotency, statuses, tokens
from app.codes import RequestCode
from app.errors import Failure, InvalidRequest


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (errors.NotFound("x"), 404),
        (errors.Forbidden("x"), 403),
        (errors.InvalidForm([]), 422),
        (errors.Refused([]), 422),
        (errors.KeyReused("x"), 422),
        (errors.Conflict("x"), 409),
        (errors.Busy(), 503),
        (errors.InvalidRequest("x"), 400),
        (errors.InvalidArguments([]), 400),
        (errors.Failure("x"), 409),
        (errors.Failure("x", code=RequestCode.SIGNED_OUT), 401),
        (errors.NotFound("x", code=RequestCode.SIGNED_OUT), 401),
    ],
)
def test_each_failure_has_its_status(failure: Failure, status: int) -> None:
    assert statuses.of(failure) == status


@pytest.mark.parametrize(
    ("status", "code", "title", "sentence"),
    [
        (400, "BAD_REQUEST", "请求有误", "服务器看不懂这个请求"),
        (401, "UNAUTHORIZED", "需要登录", "您还没有登录"),
        (403, "FORBIDDEN", "没有权限", "您没有权限进行此操作"),
        (404, "NOT_FOUND", "没有找到", "这个地址没有内容"),
        (405, "METHOD_NOT_ALLOWED", "不支持的操作", "这个地址不支持这样的操作"),
        (406, "NOT_ACCEPTABLE", "请求有误", "服务器看不懂这个请求"),
        (409, "CONFLICT", "状态已改变", "服务器看不懂这个请求"),
        (413, "REQUEST_ENTITY_TOO_LARGE", "内容过大", "提交的内容超过允许的大小"),
        (415, "UNSUPPORTED_MEDIA_TYPE", "内容类型不对", "服务器不接受这种类型的内容"),
        (416, "REQUESTED_RANGE_NOT_SATISFIABLE", "请求有误", "服务器看不懂这个请求"),
        (418, "BAD_REQUEST", "请求有误", "服务器看不懂这个请求"),
        (422, "UNPROCESSABLE_ENTITY", "内容需要改正", "服务器看不懂这个请求"),
        (429, "TOO_MANY_REQUESTS", "请求有误", "服务器看不懂这个请求"),
        (499, "BAD_REQUEST", "请求有误", "服务器看不懂这个请求"),
        (500, "INTERNAL_SERVER_ERROR", "系统出错", "系统内部出错"),
        (501, "INTERNAL_SERVER_ERROR", "系统出错", "系统内部出错"),
        (503, "SERVICE_UNAVAILABLE", "系统正忙", "系统内部出错"),
    ],
)
def test_a_bare_status_in_words(status: int, code: str, title: str, sentence: str) -> None:
    assert (statuses.code(status), statuses.title(status)) == (code, title)
    assert statuses.sentence(status).startswith(sentence)


@pytest.fixture
def app() -> Flask:
    app = Flask("app")
    addresses.attach(app)
    return app


@pytest.mark.parametrize(("key", "found"), [("0", True), (str(2**63 - 1), True), (str(2**63), False), ("x", False), ("-1", False)])
def test_an_address_takes_the_keys_that_there_can_be(app: Flask, key: str, found: bool) -> None:
    app.add_url_rule("/<int:key>", "thing", lambda key: str(key))
    answer = app.test_client().get(f"/{key}")
    assert (answer.status_code, answer.text if found else None) == (200 if found else 404, key if found else None)


@pytest.mark.parametrize("key", ["a", "!~", "x" * 128])
def test_a_key_against_repetition_is_visible_letters(app: Flask, key: str) -> None:
    with app.test_request_context(headers={"Idempotency-Key": key}):
        assert idempotency.key() == key


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "\x7f", "\xe4"])
def test_any_other_key_is_refused(app: Flask, key: str) -> None:
    with app.test_request_context(headers={"Idempotency-Key": key}), pytest.raises(InvalidRequest) as refused:
        idempotency.key()
    assert refused.value.code is RequestCode.IDEMPOTENCY_KEY


def test_without_a_key_there_is_none(app: Flask) -> None:
    with app.test_request_context():
        assert idempotency.key() is None


@pytest.mark.parametrize(
    ("given", "bearer"), [("Bearer x", True), ("bearer x", True), ("BEARER ", True), ("Basic x", False), ("Bearerx", False), (None, False)]
)
def test_a_token_is_brought_by_its_scheme(app: Flask, given: str | None, bearer: bool) -> None:
    with app.test_request_context(headers={"Authorization": given} if given else {}):
        assert tokens.is_bearer(request) is bearer
    assert tokens.LIFETIME.days == 90


def test_headers_that_hold_for_every_page() -> None:
    def of(path: str, secure: bool = True) -> dict[str, str]:
        app = Flask("app", static_folder=None)
        headers.attach(app, secure=secure)
        app.add_url_rule("/page", "page", lambda: "x")
        app.add_url_rule("/static/built/assets/a.js", "built", lambda: "x")
        app.add_url_rule("/kept", "kept", lambda: ("x", {"Cache-Control": "immutable"}))
        app.add_url_rule("/file", "static", lambda: "x")
        return dict(app.test_client().get(path).headers)

    assert {name: value for name, value in of("/page").items() if name not in ("Content-Type", "Content-Length")} == {
        "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000",
        "Cache-Control": "no-store",
    }
    assert "Strict-Transport-Security" not in of("/page", secure=False)
    assert of("/static/built/assets/a.js")["Cache-Control"] == "public, max-age=31536000, immutable"
    assert of("/static/built/assets/b.js")["Cache-Control"] == "no-store"
    assert of("/kept")["Cache-Control"] == "immutable"
    assert "Cache-Control" not in of("/file")
