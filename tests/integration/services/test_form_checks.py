"""Checks of a form through the services: a refused submission is no step, one that is set aside says why for good, and both cost nothing where there are none."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.permissions import SYSTEM
from app.errors import InvalidForm, InvalidRequest, KeyReused, Refused
from app.services import inbox, models, projects, tasks, trail
from app.store.tables import AuditEntryRow, DecisionEvaluationRow, ElementInstanceRow, UserTaskRow, VariableRow, db
from tests.integration.services.conftest import DATA, NOW, Cast
from tests.integration.services.test_permit import APPLICATION, start, statements

pytestmark = pytest.mark.one_database

APPLY = json.loads((DATA / "forms" / "permit.apply.json").read_text("utf-8"))
NS = "https://www.omg.org/spec/DMN/20191111/MODEL/"
LIMITS = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="{NS}" id="definitions_permit_limits" name="申请限额" namespace="https://quancheng.dev/tests/permit_limits">
  <decision id="permit_limits" name="申请限额"><variable name="permit_limits"/>
    <decisionTable id="t" hitPolicy="COLLECT">
      <input id="i"><inputExpression id="ie" typeRef="number"><text>amount</text></inputExpression></input>
      <output id="o" name="text" typeRef="string"/>
      <annotation name="条款"/>
      <rule id="over"><inputEntry id="c1"><text>&gt; 8000</text></inputEntry><outputEntry id="o1"><text>"金额超过常规限额"</text></outputEntry>
        <annotationEntry><text>HL-2-1</text></annotationEntry></rule>
    </decisionTable>
  </decision>
</definitions>""".encode()
CHECKS = [
    {"id": "HL-1-1", "when": "date and time(receivedAt) > now()", "message": "受理时间不得晚于现在", "field": "receivedAt"},
    {"id": "limit", "decision": "permit_limits", "message": "限额", "field": "amount", "confirm": True},
]
FUTURE = "2026-03-10T09:00:01+08:00"


def form(*checks: Any, **schema: Any) -> tuple[str, bytes]:
    return "forms/permit.apply.json", json.dumps({**APPLY, "schema": {**APPLY["schema"], "x-checks": list(checks), **schema}}).encode()


def deploy(*checks: Any) -> None:
    models.deploy(SYSTEM, [form(*checks), ("dmn/permit_limits.dmn", LIMITS)], NOW, source="cli")


@pytest.fixture
def checked(cast: Cast) -> Cast:
    deploy(*CHECKS)
    return cast


def counted() -> list[int]:
    tables = (ElementInstanceRow, UserTaskRow, AuditEntryRow, DecisionEvaluationRow, VariableRow)
    return [db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def refused(cast: Cast, task: int, data: dict[str, Any], **more: Any) -> list[tuple[str, str, bool]]:
    with pytest.raises(InvalidForm) as refusal:
        tasks.complete(cast.alice, task, data, NOW, **more)
    return [(problem.path, problem.code, problem.confirm) for problem in refusal.value.problems]  # type: ignore[attr-defined]


def test_a_refused_submission_is_no_step_and_keeps_what_was_filled_in(checked: Cast) -> None:
    project, task = start(checked)
    before, timeline = counted(), len(projects.view(checked.alice, project, NOW).timeline)
    given = {"amount": Decimal("9000.00"), "receivedAt": FUTURE, "reason": "　"}
    assert refused(checked, task, given) == [("amount", "CHECK", True), ("receivedAt", "CHECK", False), ("reason", "REQUIRED", False)]
    assert counted() == before
    assert len(projects.view(checked.alice, project, NOW).timeline) == timeline
    view = tasks.view(checked.alice, task, NOW)
    assert view.line.state == "open"
    assert {name: view.data[name] for name in ("amount", "receivedAt")} == {"amount": Decimal("9000.00"), "receivedAt": FUTURE}


def test_what_holds_is_accepted_with_the_evaluation_of_its_table(checked: Cast) -> None:
    _, task = start(checked)
    tasks.complete(checked.alice, task, APPLICATION, NOW)
    row = db.session.execute(select(DecisionEvaluationRow).where(DecisionEvaluationRow.decision_id == "permit_limits")).scalar_one()
    assert (row.element_id, row.output, row.rules, [cell["value"] for cell in row.inputs]) == ("apply", [], [], [Decimal("5000.00")])


LARGE = APPLICATION | {"amount": Decimal("9000.00")}


def test_an_override_is_told_in_the_audit_on_the_timeline_and_to_whoever_is_next(checked: Cast) -> None:
    project, task = start(checked)
    tasks.complete(checked.alice, task, LARGE, NOW, confirmed={"limit": "设备集中更新"})
    said = [{"check": "limit", "path": "amount", "message": "金额超过常规限额", "reason": "设备集中更新"}]
    entry = db.session.execute(select(AuditEntryRow).where(AuditEntryRow.action == "task.complete")).scalar_one()
    assert (entry.details["overrides"], entry.user_name) == (said, "艾丽")
    assert trail.verify(SYSTEM).problems == []
    assert db.session.execute(select(UserTaskRow.overrides).where(UserTaskRow.key == task)).scalar_one() == said
    applied = next(one for one in projects.view(checked.alice, project, NOW).timeline if one.element == "apply")
    assert [(one.message, one.reason) for one in applied.overrides] == [("金额超过常规限额", "设备集中更新")]
    assert applied.decision is None, "that a check let it pass is no decision of the process"
    review = tasks.view(checked.fred, inbox.todo(checked.fred, NOW).items[0].key, NOW)
    assert review.before is not None
    assert (review.before.person, [one.reason for one in review.before.overrides]) == ("艾丽", ["设备集中更新"])
    assert [sentence for visit in review.diagram.visits["apply"] for sentence in visit.set_aside] == [
        "金额超过常规限额（理由：设备集中更新）"
    ]


def test_without_an_override_nobody_is_told_of_any(checked: Cast) -> None:
    _, task = start(checked)
    tasks.complete(checked.alice, task, APPLICATION, NOW)
    assert tasks.view(checked.fred, inbox.todo(checked.fred, NOW).items[0].key, NOW).before is None
    entry = db.session.execute(select(AuditEntryRow).where(AuditEntryRow.action == "task.complete")).scalar_one()
    assert "overrides" not in entry.details


@pytest.mark.parametrize("reason", ["", "　 ", None, 5])
def test_an_override_needs_a_reason(checked: Cast, reason: Any) -> None:
    _, task = start(checked)
    assert refused(checked, task, LARGE, confirmed={"limit": reason}) == [("amount", "CHECK_REASON", True)]


def test_what_may_not_be_set_aside_is_not(checked: Cast) -> None:
    _, task = start(checked)
    given = APPLICATION | {"receivedAt": FUTURE}
    assert refused(checked, task, given, confirmed={"HL-1-1": "急"}) == [
        ("receivedAt", "CHECK", False),
        ("receivedAt", "CHECK_UNKNOWN", False),
    ]
    assert refused(checked, task, LARGE, confirmed={"lmit": "急"}) == [("", "CHECK_UNKNOWN", False), ("amount", "CHECK", True)]


def test_nothing_can_be_set_aside_where_there_is_no_form(cast: Cast) -> None:
    _, task = start(cast)
    db.session.execute(UserTaskRow.__table__.update().where(UserTaskRow.key == task).values(form_key=None))
    db.session.commit()
    with pytest.raises(InvalidRequest, match="没有表单"):
        tasks.complete(cast.alice, task, APPLICATION, NOW, confirmed={"limit": "急"})


def test_the_same_key_with_another_reason_is_another_content(checked: Cast) -> None:
    _, task = start(checked)
    tasks.complete(checked.alice, task, LARGE, NOW, confirmed={"limit": "甲"}, idempotency_key="k")
    assert tasks.complete(checked.alice, task, LARGE, NOW, confirmed={"limit": "甲"}, idempotency_key="k").replayed
    with pytest.raises(KeyReused):
        tasks.complete(checked.alice, task, LARGE, NOW, confirmed={"limit": "乙"}, idempotency_key="k")


def test_a_check_sees_the_project_and_the_clock_of_the_act(cast: Cast) -> None:
    deploy({"when": 'project.phase != "draft" or today() > date("2026-03-10")', "message": "现在不能申请"})
    _, task = start(cast)
    with pytest.raises(InvalidForm):
        tasks.complete(cast.alice, task, APPLICATION, NOW + timedelta(days=1))
    tasks.complete(cast.alice, task, APPLICATION, NOW)


def test_a_form_without_checks_costs_no_statement_and_a_table_no_extra_one(cast: Cast) -> None:
    """The evaluations of an act are one insert, whoever took them."""

    def cost(**more: Any) -> int:
        _, task = start(cast)
        tasks.view(cast.alice, task, NOW)  # the form and what it names are in memory then
        with statements() as seen:
            tasks.complete(cast.alice, task, LARGE, NOW, **more)
        return len(seen)

    cost()
    plain = cost()
    deploy(*CHECKS)
    cost(confirmed={"limit": "甲"})
    assert cost(confirmed={"limit": "甲"}) == plain


@pytest.mark.parametrize(
    ("check", "code", "place", "meant"),
    [
        ({"when": "amuont > 1", "message": "x"}, "CHECK_NAME", "when", "amount"),
        ({"decision": "permit_limit", "message": "x"}, "CALLED_DECISION", "decision", "permit_limits"),
        ({"when": "true", "message": "x", "field": "amuont"}, "FORM_CHECK", "field", "amount"),
        ({"when": "true", "mesage": "x"}, "FORM_CHECK", "mesage", "message"),
    ],
)
def test_a_slip_in_a_check_is_refused_at_deployment_with_what_was_meant(
    hill: Flask, check: dict[str, str], code: str, place: str, meant: str
) -> None:
    with pytest.raises(Refused) as refusal:
        models.deploy(SYSTEM, [form(check), ("dmn/permit_limits.dmn", LIMITS)], NOW)
    (problem,) = refusal.value.problems
    assert (problem.file, problem.code, problem.element) == ("forms/permit.apply.json", code, f"schema/x-checks/0/{place}")
    assert f"是不是 {meant}?" in problem.message


def test_blank_is_null_in_what_is_kept_in_a_draft_too(cast: Cast) -> None:
    _, task = start(cast)
    assert refused(cast, task, APPLICATION | {"reason": "　"}) == [("reason", "REQUIRED", False)]
    tasks.save_draft(cast.alice, task, {"reason": " ", "amount": 1}, NOW)
    assert db.session.execute(select(UserTaskRow.draft).where(UserTaskRow.key == task)).scalar_one() == {"reason": None, "amount": 1}
