"""Names that a database does not hold are refused by name at deployment, on both databases alike, and nothing of the bundle is taken."""

import json

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.permissions import SYSTEM
from app.errors import Refused
from app.services import models
from app.store.tables import ResourceRow, db
from tests.integration.services.conftest import NOW, files
from tests.unit.engine import diagrams as d

LONG = "n" * 9_000


def form(name: str, title: str = "表") -> tuple[str, bytes]:
    schema = {"type": "object", "additionalProperties": False, "properties": {}}
    return "forms/hill/x.json", json.dumps({"id": name, "title": title, "schema": schema}).encode()


def scenario(text: str) -> tuple[str, bytes]:
    return "scenarios/hill/x.yaml", f"process: permit\ndistrict: hill\nnow: 2026-03-10T09:00:00+08:00\n{text}\n".encode()


def table(**changes: str) -> tuple[str, bytes]:
    ((_, content),) = files("dmn/permit_gate.dmn")
    text = content.decode()
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    return "dmn/hill/x.dmn", text.encode()


def process(id: str = "x", message: str = "m") -> tuple[str, bytes]:
    begin = d.start(inner=d.on_message("m1"))
    body = (begin, d.end(), d.chain("start", "end"))
    return "bpmn/hill/x.bpmn", d.file(d.message("m1", message), d.process(*body, id=id))


CASES = {
    "a form's title with NUL": form("x.a", "a\0b"),
    "a form's id with NUL": form("x.a\0"),
    "a form's id without end": form("x." + LONG),
    "a form's text with half a character": (
        "forms/hill/x.json",
        form("x.a")[1].replace('"表"'.encode(), b'"\\ud800"').replace(b'"\\u8868"', b'"\\ud800"'),
    ),
    "a case's name with NUL": scenario('name: "a\\0c"'),
    "a case's name with half a character": scenario('name: "a\\ud800c"'),
    "a case's name without end": scenario(f"cases: [{{name: {LONG}}}]"),
    "a value with NUL": scenario('expect: {variables: {zz: "a\\0b"}}'),
    "a variable's name with NUL": scenario('variables: {"a\\0b": 1}'),
    "a process id without end": process(id=LONG),
    "a message's name without end": process(message=LONG),
    "a decision's id without end": table(permit_gate=LONG),
}


@pytest.mark.parametrize("name", CASES)
def test_a_name_that_cannot_be_kept_is_refused_by_name(hill: Flask, name: str) -> None:
    before = db.session.execute(select(func.count()).select_from(ResourceRow)).scalar_one()
    with pytest.raises(Refused) as refused:
        models.deploy(SYSTEM, [CASES[name]], NOW, source="cli", new_ids=True)
    assert {problem.file for problem in refused.value.problems} == {CASES[name][0]}
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in problem.message) for problem in refused.value.problems)
    assert any("不能保存" in problem.message or "代理项" in problem.message for problem in refused.value.problems)
    assert db.session.execute(select(func.count()).select_from(ResourceRow)).scalar_one() == before
