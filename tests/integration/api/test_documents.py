"""Documents over HTTP, on the shipped models: the page's way and ``/v2``, tokens against forgery, names and headers of a download."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from app.playing import demonstration, papers
from tests.integration.api.test_v2 import Caller
from tests.unit.web.conftest import token_in

NAME = "建设方案（终稿） v1.pdf"
SLOT = "materials/files"


def bring(caller: Caller, task: int, name: str = NAME, content: bytes | None = None, **more: str) -> Any:
    data = {"slot": SLOT, **more, "file": (BytesIO(papers.made("x.pdf") if content is None else content), name)}
    return caller.client.post(f"/v2/user-tasks/{task}/documents", data=data, headers=caller.headers)


def test_a_document_is_brought_and_read_under_its_own_name(applicant: Caller, task: int) -> None:
    made = bring(applicant, task)
    said = made.get_json()
    assert made.status_code == 201, said
    assert (said["fileName"], said["version"], said["contentType"], said["slot"]) == (NAME, 1, "application/pdf", SLOT)
    assert said["reference"] == {"key": said["documentKey"], "name": NAME, "sha256": said["sha256"], "version": 1}
    read = applicant.get(f"/documents/{said['documentKey']}?task={task}")
    assert (read.status_code, read.data, read.mimetype) == (200, papers.made("x.pdf"), "application/pdf")
    disposition = read.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert f"filename*=UTF-8''{quote(NAME, safe='')}" in disposition
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in read.headers["Content-Security-Policy"]
    assert read.headers["Cache-Control"] == "no-store"
    read.close()
    again = bring(applicant, task, replaces=said["documentKey"])
    assert again.get_json()["version"] == 2


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"content": b"MZ"}, 400, "FILE_TYPE"),
        ({"name": "方案.docx"}, 400, "FILE_RENAMED"),
        ({"slot": "materials"}, 400, "FILE_SLOT"),
        ({"slot": "../../etc"}, 400, "FILE_SLOT"),
        ({"replaces": "x"}, 400, "INVALID_ARGUMENT"),
        ({"replaces": "77"}, 400, "FILE_REPLACED"),
    ],
)
def test_what_is_wrong_is_said_with_its_code(applicant: Caller, task: int, more: dict[str, Any], status: int, code: str) -> None:
    answer = bring(applicant, task, **more)
    assert (answer.status_code, answer.mimetype, answer.get_json()["code"]) == (status, "application/problem+json", code)


def test_without_a_file_it_is_said(applicant: Caller, task: int) -> None:
    answer = applicant.client.post(f"/v2/user-tasks/{task}/documents", data={"slot": SLOT}, headers=applicant.headers)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "BAD_REQUEST")


def test_a_document_may_be_larger_than_other_uploads_and_a_flood_is_not_read(
    app: Flask,
    applicant: Caller,
    task: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1_000)
    monkeypatch.setitem(app.config, "QUANCHENG", replace(app.config["QUANCHENG"], document_bytes=100_000))
    assert bring(applicant, task, content=papers.made("x.pdf") + b" " * 60_000).status_code == 201
    answer = bring(applicant, task, content=papers.made("x.pdf") + b" " * 150_000)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "FILE_LIMIT")
    assert bring(applicant, task, content=b" " * 400_000).status_code == 413


def test_strangers_neither_bring_nor_read(app: Flask, applicant: Caller, task: int) -> None:
    key = bring(applicant, task).get_json()["documentKey"]
    for name in ("sucheng.applicant2", "fengxian.applicant", "sucheng.system_admin", "sucheng.finance"):
        stranger = Caller(app, name)
        assert bring(stranger, task).status_code == 403, name
        assert stranger.get(f"/documents/{key}").status_code == 404, name
        assert stranger.get(f"/documents/{key}?task={task}").status_code == 404, name
    nobody = app.test_client()
    assert nobody.get(f"/v2/documents/{key}").status_code == 401
    assert nobody.get(f"/documents/{key}").status_code in (302, 401)


def test_on_the_page_a_forged_request_brings_nothing(app: Flask, task: int) -> None:
    client = app.test_client()
    sign_in = client.get("/sign-in").text
    client.post("/sign-in", data={"username": "sucheng.applicant", "password": demonstration.PASSWORD, "csrf_token": token_in(sign_in)})
    content = papers.made("x.pdf")
    address = f"/tasks/{task}/documents"
    forged = client.post(address, data={"slot": SLOT, "file": (BytesIO(content), NAME)}, headers={"Accept": "application/json"})
    assert (forged.status_code, forged.get_json()["code"]) == (400, "CSRF")
    token = client.get("/session", headers={"Accept": "application/json"}).get_json()["csrf"]
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    brought = client.post(address, data={"slot": SLOT, "file": (BytesIO(content), NAME)}, headers=headers)
    assert brought.status_code == 200
    key = brought.get_json()["document"]["key"]
    with client.get(f"/documents/{key}?task={task}") as read:
        assert read.data == content
    assert f'"put": "{address}"' in client.get(f"/tasks/{task}").text
