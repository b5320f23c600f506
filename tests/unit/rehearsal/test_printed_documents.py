"""Printed documents in scenarios: which version counts and what it says; what an expectation that does not hold tells."""

import json
from pathlib import Path

import pytest

from app.rehearsal.library import Shelf
from app.rehearsal.scenarios import CaseResult, Suite
from tests.unit.engine import diagrams as d
from tests.unit.printing.test_templates import word
from tests.unit.rehearsal.test_declared_effects import FIELDS, form, says
from tests.unit.rehearsal.test_ledger import fails, passes

HEAD = "models: [m.bpmn, project.json, sheet.docx]\nprocess: p\nnow: 2026-03-10T09:00:00+08:00\nledger: {project: {phase: draft, projectName: 平台}}\n"
BODY = (
    d.start(), d.user("write", says(returnTo="write")), d.node("intermediateThrowEvent", "agreed", "", says(document="sheet")),
    d.user("sign", says(returnTo="write")), d.end("end"), d.chain("start", "write", "agreed", "sign", "end"),
)  # fmt: skip


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    (tmp_path / "m.bpmn").write_bytes(d.file(d.process(*BODY)))
    (tmp_path / "project.json").write_text(form("records.project", FIELDS), "utf-8")
    (tmp_path / "sheet.docx").write_bytes(word("{{projectName}} {{text}}", title="评审表"))
    return Suite(Shelf(tmp_path))


def tried(suite: Suite, tmp_path: Path, expected: object, *, again: bool = False) -> CaseResult:
    steps: list[object] = [{"complete": "write", "with": {"text": "一"}}]
    if again:
        steps += [
            {"return": {"from": "sign", "to": "write", "reason": "改", "within": "P1D"}},
            {"complete": "write", "with": {"text": "二"}},
        ]
    text = f"{HEAD}steps: {json.dumps(steps)}\nexpect: {json.dumps({'documents': expected})}\n"
    (tmp_path / "s.yaml").write_text(text, "utf-8")
    (result,) = suite.run(tmp_path / "s.yaml")
    return result


def test_what_is_printed_can_be_expected(suite: Suite, tmp_path: Path) -> None:
    for expected in ({"sheet": 1}, {"sheet": {"values": {"text": "一", "projectName": "平台"}}}, {"sheet": 1, "other": None}):
        passes(tried(suite, tmp_path, expected))
    passes(tried(suite, tmp_path, {"sheet": {"version": 2, "values": {"text": "二"}}}, again=True))


def test_what_is_not_printed_so_fails_by_name(suite: Suite, tmp_path: Path) -> None:
    fails(tried(suite, tmp_path, {"sheet": 2}), "expect", "sheet", "第 2 版", "第 1 版")
    fails(tried(suite, tmp_path, {"other": 1}), "expect", "other", "没有打印")
    fails(tried(suite, tmp_path, {}), "expect", "应当没有打印件", "sheet")
    fails(tried(suite, tmp_path, {"sheet": {"values": {"text": "二"}}}), "expect", "text", "一")
