"""A deployment is refused where a diagram names what nobody has; also where a changed form or table takes away what a deployed diagram names."""

import json

import pytest
from flask import Flask

from app.domain.permissions import SYSTEM
from app.errors import Refused
from app.rehearsal.findings import Finding
from app.services import models
from tests.integration.services.conftest import DATA, NOW, files

pytestmark = pytest.mark.one_database

PERMIT = (DATA / "bpmn" / "permit.bpmn").read_bytes()
APPLY = (DATA / "forms" / "permit.apply.json").read_bytes()
REVIEW = (DATA / "forms" / "permit.review.json").read_bytes()
GATE = (DATA / "dmn" / "permit_gate.dmn").read_bytes()
DEADLINES = (DATA / "dmn" / "deadlines.dmn").read_bytes()


def refused(*bundle: tuple[str, bytes], tenant: str | None = None) -> list[Finding]:
    with pytest.raises(Refused) as refusal:
        models.deploy(SYSTEM, list(bundle), NOW, tenant=tenant)
    return list(refusal.value.problems)


@pytest.mark.parametrize(
    ("right", "wrong", "code", "element", "meant"),
    [
        (b'candidateGroups="applicant"', b'candidateGroups="aplicant"', "ROLE", "apply", "applicant"),
        (b'formId="permit.apply"', b'formId="permit.aply"', "FORM", "apply", "permit.apply"),
        (b'decisionId="permit_gate"', b'decisionId="permit_gat"', "CALLED_DECISION", "decide_gate", "permit_gate"),
        (b'type="update_project"', b'type="update_projekt"', "JOB_TYPE", "keep_facts", "update_project"),
        (b'key="phase" value="approved"', b'key="phase" value="aproved"', "HEADER", "move_approved", "approved"),
        (b'key="to" value="data_bureau_leader"', b'key="to" value="data_bureau_leder"', "HEADER", "mark_late", "data_bureau_leader"),
        (b'=deadline(&quot;permit.review&quot;', b'=deadline(&quot;permit.reviev&quot;', "DEADLINE_KEY", "review", "permit.review"),
        (b"=deadline(", b"=deadlin(", "FUNCTION", "review", "deadline"),
        (b'>=verdict = "', b'>=verdcit = "', "VARIABLE", "verdict", "verdict"),
        (b"=[permitGate.role]", b"=[permitGate.rloe]", "DECISION_OUTPUT", "review", "role"),
    ],
)  # fmt: skip
def test_a_slip_in_a_diagram_is_refused_with_what_was_meant(
    hill: Flask, right: bytes, wrong: bytes, code: str, element: str, meant: str
) -> None:
    assert right in PERMIT
    bundle = ("bpmn/permit.bpmn", PERMIT.replace(right, wrong))
    found = refused(bundle)
    problem = next(finding for finding in found if (finding.code, finding.element) == (code, element))
    assert problem.file == "bpmn/permit.bpmn"
    assert problem.line
    assert f"是不是 {meant}?" in problem.message


def test_a_form_that_loses_a_field_which_a_deployed_diagram_maps_is_refused_at_the_diagram(hill: Flask) -> None:
    assert b'"verdict"' in REVIEW
    found = refused(("forms/permit.review.json", REVIEW.replace(b'"verdict"', b'"verdit"')))
    assert [(finding.file, finding.code, finding.element) for finding in found] == [("bpmn/permit.bpmn", "VARIABLE", "verdict")]
    assert "是不是 verdit?" in found[0].message


def test_a_deadlines_table_that_loses_a_key_is_refused_at_the_diagrams_that_use_it(hill: Flask) -> None:
    found = refused(("dmn/deadlines.dmn", DEADLINES.replace(b"permit.review", b"permit.decide")))
    assert {(finding.file, finding.code, finding.element) for finding in found} == {
        ("bpmn/permit.bpmn", "DEADLINE_KEY", "review"), ("bpmn/permit.bpmn", "DEADLINE_KEY", "review_limit"),
    }  # fmt: skip


def test_a_table_that_newly_asks_for_what_nobody_fills_in_is_told_unless_the_form_comes_with_it(hill: Flask) -> None:
    def asking(name: str) -> tuple[str, bytes]:
        column = f'<input id="i1"><inputExpression id="ie1" typeRef="boolean"><text>{name}</text></inputExpression></input><output id="permit_gate_o0"'
        wider = GATE.replace(b"</inputEntry>", b"</inputEntry><inputEntry><text>-</text></inputEntry>")
        return "dmn/permit_gate.dmn", wider.replace(b'<output id="permit_gate_o0"', column.encode())

    def told(*bundle: tuple[str, bytes]) -> list[str]:
        return [finding.message for finding in models.deploy(SYSTEM, list(bundle), NOW).warnings if finding.code == "VARIABLE"]

    field = APPLY.replace(b'"properties": {', '"properties": {"stamped": {"type": "boolean", "title": "已盖章"},'.encode(), 1)
    (message,) = told(asking("invoiced"))
    assert message.startswith("表里新问到“invoiced”,而用这张表的流程(许可)里没有任何环节写入它")
    assert told(asking("stamped"), ("forms/permit.apply.json", field)) == []


def test_what_was_wrong_before_is_no_matter_of_a_later_form(hill: Flask) -> None:
    models.deploy(
        SYSTEM, [("bpmn/permit.bpmn", PERMIT.replace(b'candidateGroups="applicant"', b'candidateGroups="mayor"'))], NOW, source="files"
    )
    assert (
        models.deploy(SYSTEM, [("forms/permit.apply.json", APPLY.replace(b'"title": "', b'"title": "X ', 1))], NOW).definitions[0].version
        == 2
    )


def test_at_a_start_it_is_told_and_the_server_starts(hill: Flask) -> None:
    view = models.deploy(
        SYSTEM, [("bpmn/permit.bpmn", PERMIT.replace(b'formId="permit.apply"', b'formId="permit.aply"'))], NOW, source="files"
    )
    assert [(finding.code, finding.element) for finding in view.warnings if finding.severity == "error"] == [("FORM", "apply")]


def test_a_districts_own_diagram_sees_its_own_models_and_the_shared_ones(hill: Flask) -> None:
    models.deploy(SYSTEM, [("only.dmn", GATE.replace(b'decision id="permit_gate"', b'decision id="only_here"'))], NOW, tenant="hill")
    caller = PERMIT.replace(b'decisionId="permit_gate"', b'decisionId="only_here"')
    assert models.check([("permit.bpmn", caller)], tenant="hill") == []
    assert [finding.code for finding in refused(("permit.bpmn", caller), tenant="valley")] == ["CALLED_DECISION"]
    assert models.check([("bpmn/permit.bpmn", caller)]) == [], "a shared diagram may call what one of its districts has"


def test_an_unreachable_task_and_an_endless_loop_are_refused(hill: Flask) -> None:
    orphan = b'<bpmn:userTask id="orphan" name="x"><bpmn:extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="finance"/>'
    orphan += b"</bpmn:extensionElements></bpmn:userTask></bpmn:process>"
    assert [finding.code for finding in refused(("bpmn/permit.bpmn", PERMIT.replace(b"</bpmn:process>", orphan)))] == ["NODE_UNREACHABLE"]
    back = PERMIT.replace(b'sourceRef="keep_facts" targetRef="move_declared"', b'sourceRef="keep_facts" targetRef="keep_facts"')
    assert {"LOOP_ENDLESS", "NODE_UNREACHABLE"} == {finding.code for finding in refused(("bpmn/permit.bpmn", back))}


def test_the_order_of_files_does_not_matter(hill: Flask) -> None:
    bundle = files("bpmn/*.bpmn", "dmn/*.dmn", "forms/*.json", "forms/records/*.json")
    assert models.check(bundle) == models.check(list(reversed(bundle))) == []


def test_a_districts_copy_of_a_shared_diagram_may_go_on_to_speak_of_others(hill: Flask) -> None:
    """The shared diagram names a role that only valley has; hill's own copy with another label keeps it, but may not bring a wrong one of its own."""
    shared = PERMIT.replace(b'candidateGroups="applicant"', b'candidateGroups="applicant,valley_clerk"')
    models.deploy(SYSTEM, [("bpmn/permit.bpmn", shared)], NOW, source="files")
    copy = shared.replace("填报申请".encode(), "填写申请".encode())
    view = models.deploy(SYSTEM, [("permit.bpmn", copy)], NOW, tenant="hill")
    assert [(finding.code, finding.severity) for finding in view.warnings if finding.code == "ROLE"] in ([], [("ROLE", "warning")])
    assert [finding.code for finding in refused(("permit.bpmn", copy.replace(b"valley_clerk", b"valley_mayor")), tenant="hill")] == ["ROLE"]


def ledger(field: str) -> tuple[str, bytes]:
    properties = {
        "projectKey": {"type": "string", "title": "项目号", "readOnly": True},
        "phase": {"type": "string", "title": "阶段", "readOnly": True},
        "applicantOffice": {"type": "object", "x-format": "office", "title": "申报单位", "readOnly": True},
        field: {"type": "number", "title": "金额", "x-owner": ["finance"]},
    }
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return "forms/records/project.json", json.dumps({"id": "records.project", "title": "台账", "schema": schema}).encode()


def fits(field: str) -> tuple[str, bytes]:
    return "dmn/permit_gate.dmn", GATE.replace(b"<text>amount</text>", f"<text>project.{field}</text>".encode())


def test_a_table_that_names_a_field_which_the_ledger_lacks_is_refused(hill: Flask) -> None:
    assert b"<text>amount</text>" in GATE
    found = refused(ledger("contractAmount"), fits("contractAmout"))
    assert [(finding.file, finding.code, finding.element) for finding in found] == [("dmn/permit_gate.dmn", "LEDGER_FIELD", "permit_gate")]
    assert "是不是 contractAmount?" in found[0].message


def test_a_ledger_that_loses_a_field_is_refused_at_the_deployed_tables_that_name_it(hill: Flask) -> None:
    models.deploy(SYSTEM, [ledger("contractAmount"), fits("contractAmount")], NOW, force=True, reason="新台账")
    found = refused(ledger("contractAmounts"))
    assert [(finding.code, finding.element) for finding in found] == [("LEDGER_FIELD", "permit_gate")]
    assert "是不是 contractAmounts?" in found[0].message
