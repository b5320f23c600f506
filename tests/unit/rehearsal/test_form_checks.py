"""What the checks of a form name and nobody answers to: found with the name that was meant, before somebody submits the form."""

import json
from functools import partial
from typing import Any

import pytest

from app.decision import dmn
from app.domain.forms import Form
from app.engine import read
from app.rehearsal import form_checks
from app.rehearsal.findings import Finding
from app.rehearsal.lint import check as lint
from app.rehearsal.surroundings import Stock
from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.test_names import table

LEDGER: dict[str, Any] = {
    "id": "records.project",
    "title": "台账",
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "projectKey": {"type": "string", "title": "项目号", "readOnly": True},
            "phase": {"type": "string", "title": "阶段", "readOnly": True},
            "applicantOffice": {"type": "object", "x-format": "office", "title": "申报单位", "readOnly": True},
            "contractAmount": {"type": "number", "title": "合同金额", "x-owner": ["finance"]},
        },
    },
}
PROCESS = d.file(
    d.process(
        d.start(),
        d.rule("judge", "route", "routeResult"),
        d.user("ask", '<zeebe:formDefinition formId="p.ask"/>'),
        d.end(),
        d.chain("start", "judge", "ask", "end"),
    )
)


def form(*checks: Any) -> bytes:
    properties = {"amount": {"type": "number", "title": "金额"}, "signedOn": {"type": "string", "format": "date", "title": "日期"}}
    schema = {"type": "object", "additionalProperties": False, "properties": properties, "x-checks": list(checks)}
    return json.dumps({"id": "p.ask", "title": "问", "schema": schema}).encode()


def findings(*checks: Any) -> list[Finding]:
    given: dict[tuple[str, str, str], Any] = {
        ("<default>", "form", "p.ask"): Form.parse(form(*checks)),
        ("<default>", "form", "records.project"): Form.parse(json.dumps(LEDGER).encode()),
        ("<default>", "process", "p"): read(PROCESS, "p.bpmn").processes[0],
        ("<default>", "decision", "limits"): table("limits", {"amuont": ["> 1"]}, "text"),
        ("<default>", "decision", "route"): table("route", {"x": ["> 1"]}, "text"),
    }
    stock = Stock({place: partial(_itself, model) for place, model in given.items()})
    return form_checks.check("forms/p.ask.json", given["<default>", "form", "p.ask"], "<default>", stock)


def _itself(model: Form | dmn.Model) -> Any:
    return model


@pytest.mark.parametrize(
    ("check", "code", "place", "said", "severity"),
    [
        ({"when": "amuont > 1"}, "CHECK_NAME", "when", "是不是 amount?", "error"),
        ({"when": "unheardOf > 1"}, "CHECK_NAME", "when", "总是空值", "error"),
        ({"when": "projct.phase = null"}, "CHECK_NAME", "when", "是不是 project?", "error"),
        ({"when": "amount > project.contractAmuont"}, "CHECK_NAME", "when", "是不是 contractAmount?", "error"),
        ({"when": "amount > project.unheardOf"}, "CHECK_NAME", "when", "records/project.json", "error"),
        ({"when": "routeReslt = null"}, "CHECK_NAME", "when", "是不是 routeResult?", "error"),
        ({"decision": "limit"}, "CALLED_DECISION", "decision", "是不是 limits?", "error"),
        ({"decision": "unheardOf"}, "CALLED_DECISION", "decision", "一直被拒绝", "error"),
        ({"decision": "limits"}, "CHECK_NAME", "decision", "是不是 amount?", "warning"),
    ],
)
def test_a_name_that_nobody_answers_to(check: dict[str, str], code: str, place: str, said: str, severity: str) -> None:
    (finding,) = findings({"message": "不对", **check})
    assert (finding.file, finding.element, finding.code, finding.severity) == (
        "forms/p.ask.json",
        f"schema/x-checks/0/{place}",
        code,
        severity,
    )
    assert said in finding.message


def test_fields_reserved_names_and_what_the_tasks_see_are_known() -> None:
    known = (
        "amount > project.contractAmount or date(signedOn) > today() or parameters.most < amount or routeResult = null or totalAmount = 0"
    )
    assert findings({"message": "x", "when": known}, {"message": "x", "when": "every i in [1] satisfies i = amount"}) == []


@pytest.mark.parametrize(
    ("when", "code"), [("amount > 0.95", "NUMBER"), ("amount ＞ 1", "FORM_CHECK"), ('amount > 1 and "（" = "（"', None)]
)
def test_a_number_belongs_in_a_table(when: str, code: str | None) -> None:
    house = lint([("forms/p.ask.json", form({"message": "x", "when": when}))], house=True)
    assert [(finding.code, finding.severity) for finding in house if finding.code not in ("NAME", "FORM_TERM")] == (
        [(code, "error")] if code else []
    )
    if code == "NUMBER":
        elsewhere = lint([("forms/p.ask.json", form({"message": "x", "when": when}))])
        assert [(finding.code, finding.severity) for finding in elsewhere if finding.code != "FORM_TERM"] == [("NUMBER", "warning")]
