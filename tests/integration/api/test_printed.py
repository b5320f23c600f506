"""Printed documents on pages and over ``/v2``: by name, number, version and date, never by a key; read by whoever sees them."""

import re
from io import BytesIO
from pathlib import Path

import docx
from flask import Flask

from app.domain.permissions import SYSTEM
from app.playing import demonstration, player
from app.services import models, projects
from tests.integration.api.test_v2 import NOW, Caller
from tests.unit.printing.test_templates import word
from tests.unit.web.conftest import token_in

ROOT = Path(__file__).parents[3]
NAME = "受理单 2026-0001 第1版.docx"


def begin(app: Flask) -> tuple[int, int]:
    """A declaration whose first task prints a sheet: the project's key and the task's."""
    diagram = (ROOT / "bpmn" / "declaration.bpmn").read_text("utf-8")
    first = '<zeebe:property name="record" value="declaration"/>'
    assert first in diagram
    printing = diagram.replace(first, first + '<zeebe:property name="document" value="receipt_sheet"/>', 1)
    bundle = [
        ("documents/sucheng/receipt_sheet.docx", word("{{projectName}}", title="受理单")),
        ("bpmn/sucheng/declaration.bpmn", printing.encode()),
    ]
    with app.app_context():
        models.deploy(SYSTEM, bundle, NOW, source="cli", reason="试", force=True, new_ids=True)
        person = player.holder("sucheng", "applicant", NOW)
        assert person is not None
        return projects.start(person, "declaration", "打印测试项目", NOW)


def test_a_printed_document_on_the_pages_and_over_v2(app: Flask) -> None:
    project, task = begin(app)
    client = app.test_client()
    sign_in = client.get("/sign-in").text
    client.post("/sign-in", data={"username": "sucheng.applicant", "password": demonstration.PASSWORD, "csrf_token": token_in(sign_in)})
    for page in (client.get(f"/tasks/{task}").text, client.get(f"/projects/{project}").text):
        seen = re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL))
        assert NAME in seen
        assert re.search(r"编号 2026-0001，第 1 版", seen)
        assert "receipt_sheet" not in seen
    (key,) = set(re.findall(r"/documents/(\d+)\?task=", client.get(f"/tasks/{task}").text)) - {"0"}
    assert key not in seen
    with client.get(f"/documents/{key}?task={task}") as read:
        assert docx.Document(BytesIO(read.data)).paragraphs[0].text == "打印测试项目"
        assert read.headers["Content-Disposition"].startswith("attachment;")
    with Caller(app, "sucheng.applicant").get(f"/documents/{key}") as read:
        assert read.status_code == 200
    analyst = app.test_client()
    sign_in = analyst.get("/sign-in").text
    analyst.post("/sign-in", data={"username": "sucheng.analyst", "password": demonstration.PASSWORD, "csrf_token": token_in(sign_in)})
    page = analyst.get("/models/template/sucheng/receipt_sheet").text
    assert "{{projectName}}" in page
    with analyst.get(re.search(r"/models/template/\d+/download", page)[0]) as read:
        assert docx.Document(BytesIO(read.data)).core_properties.title == "受理单"
    for name in ("sucheng.applicant2", "fengxian.applicant"):
        assert Caller(app, name).get(f"/documents/{key}?task={task}").status_code == 404, name
