"""Checks of a form: what they see, what they refuse, and that one which cannot be decided refuses too."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.calendars import Calendar
from app.domain.forms import Form
from app.engine.effects import DecisionEvaluated
from app.engine.form_checks import CheckReport, CheckSetting, CheckSite, examine
from app.engine.library import StaticLibrary

from .runs import ZONE, library
from .test_deadlines import TABLE
from .test_ledger_names import decision

NOW = datetime(2026, 3, 10, 9, tzinfo=ZONE)
FIELDS: dict[str, Any] = {
    "signedOn": {"title": "签订日期", "type": "string", "format": "date"},
    "amount": {"title": "金额", "type": "number"},
    "note": {"title": "说明", "type": "string"},
    "rows": {"title": "明细", "type": "array", "items": {"type": "object", "properties": {"amount": {"title": "数额", "type": "number"}}}},
}
NS = 'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"'
PARAMETERS = f"""<definitions {NS} id="p" name="p" namespace="http://example.org/p"><decision id="parameters" name="参数"><variable name="parameters"/>
 <literalExpression><text>{{most: 100, share: 0.5}}</text></literalExpression></decision></definitions>""".encode()


def table(outputs: str, *rules: str, policy: str = "COLLECT") -> bytes:
    return f"""<definitions {NS} id="t" name="t" namespace="http://example.org/t"><decision id="limits" name="限额"><variable name="limits"/>
 <decisionTable hitPolicy="{policy}">
  <input id="i1"><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
  <input id="i2"><inputExpression typeRef="number"><text>project.approvedBudget</text></inputExpression></input>
  {outputs}{"".join(rules)}</decisionTable></decision></definitions>""".encode()


ONE = '<output id="o1" name="text" typeRef="string"/>'
TWO = '<output id="o1" name="message" typeRef="string"/><output id="o2" name="field" typeRef="string"/>'


def rule(number: int, amount: str, budget: str, *outputs: str) -> str:
    cells = "".join(f"<inputEntry><text>{cell}</text></inputEntry>" for cell in (amount, budget))
    said = "".join(f"<outputEntry><text>{output}</text></outputEntry>" for output in outputs)
    return f'<rule id="r{number}">{cells}{said}</rule>'


LIMITS = table(ONE, rule(1, "&gt; 100", "-", '"超过一百"'), rule(2, "&gt; 50", "&lt; 50", '"超过预算"'))


def submit(
    *checks: Any,
    data: dict[str, Any] | None = None,
    confirmed: dict[str, Any] | None = None,
    project: dict[str, Any] | None = None,
    variables: dict[str, Any] | None = None,
    decisions: dict[str, bytes] | None = None,
    required: tuple[str, ...] = (),
    unconfirmed: tuple[str, ...] = (),
    offices: dict[str, list[dict[str, str]]] | None = None,
) -> CheckReport:
    schema = {"type": "object", "additionalProperties": False, "properties": FIELDS, "required": list(required), "x-checks": list(checks)}
    form = Form.parse(json.dumps({"id": "f", "title": "表", "schema": schema}).encode())
    around: StaticLibrary = library(decisions=decisions or {}, calendar=Calendar({}, frozenset({2026}), "2026-1"))
    setting = CheckSetting(
        library=around,
        site=CheckSite(7, 1, "register"),
        now=NOW,
        project=project,
        unconfirmed=unconfirmed,
        variables=variables or {},
        titles={"approvedBudget": "批复预算"},
        offices=None if offices is None else lambda: offices,
    )
    return examine(form, form.answered(data or {}), confirmed or {}, setting)


def found(*checks: Any, **more: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in submit(*checks, **more).problems]


def check(when: str, **more: Any) -> dict[str, Any]:
    return {"when": when, "message": "不对", **more}


# ---------------------------------------------------------------------- what a check sees


def test_a_table_that_a_check_takes_knows_the_offices_of_a_role() -> None:
    asked = {"decision": "seats", "message": "没有单位"}
    seats = decision("seats", 'if count(officesOf("finance")) = 0 then "没有财政局" else null')
    assert found(asked, decisions={"seats": seats}, offices={"finance": [{"key": "1", "name": "财政局"}]}) == []
    assert found(asked, decisions={"seats": seats}, offices={"finance": []}) == [("", "CHECK")]


@pytest.mark.parametrize(
    ("when", "wrong"),
    [
        ("amount > project.approvedBudget", True),
        ("amount > parameters.most", False),
        ("amount > parameters.most * parameters.share", True),
        ("amount > limit", True),  # a variable of the task
        ("note = null", True),  # blank, although a variable of that name is not
        ("date(signedOn) > today()", False),
        ("date(signedOn) < date(project.contractSignedOn)", True),
        ("sum(rows.amount) != amount", False),
        ("not(isWorkingDay(date(signedOn)))", False),
        ("project.phase = null", True),
        ("signedOn != null and amount = null", False),
    ],
)
def test_fields_project_parameters_variables_and_our_functions_are_seen(when: str, wrong: bool) -> None:
    seen = found(
        check(when, field="amount"),
        data={"amount": Decimal(60), "signedOn": "2026-03-10", "note": "　", "rows": [{"amount": 20}, {"amount": 40}]},
        project={"approvedBudget": 50, "contractSignedOn": "2026-03-11", "phase": None},
        variables={"limit": 10, "note": "别处的", "amount": 0},
        decisions={"parameters": PARAMETERS},
    )
    assert seen == ([("amount", "CHECK")] if wrong else [])


def test_a_deadline_is_counted_in_a_check_and_its_row_kept() -> None:
    later = 'date and time(signedOn + "T00:00:00+08:00") > deadline("acceptance.organise", project.receivedAt)'
    report = submit(
        check(later), data={"signedOn": "2026-04-03"}, project={"receivedAt": "2026-03-10T09:30:00+08:00"}, decisions={"deadlines": TABLE}
    )
    assert [problem.code for problem in report.problems] == ["CHECK"]
    assert [
        (effect.decision_id, effect.element_id, effect.element) for effect in report.effects if isinstance(effect, DecisionEvaluated)
    ] == [("deadlines", "register", 7)]


# ---------------------------------------------------------------------- what cannot be decided


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("amount > 1", "“金额”没有内容"),
        ("1 > project.approvedBudget", "台账中的“批复预算”没有内容"),
        ("1 > unheardOf", "判断所用的内容缺失"),
        ("1 + 1", "结果不是“是”或“否”"),
        ('deadline("nothing.such", today()) > now()', "没有与“nothing.such”相符的一行"),
    ],
)
def test_a_check_without_a_verdict_refuses_and_says_why(when: str, why: str) -> None:
    (problem,) = submit(
        check(when, field="amount", confirm=True),
        project={"approvedBudget": None},
        decisions={"deadlines": TABLE},
        confirmed={"1": "我知道"},
    ).problems
    assert (problem.path, problem.code, problem.confirm) == ("amount", "CHECK_UNDECIDED", False)
    assert "“不对”这项检查无法得出结果" in problem.message
    assert why in problem.message


UNSURE: dict[str, Any] = {"project": {"approvedBudget": 500, "listed": True}, "unconfirmed": ("approvedBudget",)}
TO_DO = "台账中的“批复预算”待核实,核实之前按没有内容判断,请由填写它的人在项目页核实"


def test_a_check_reads_null_where_no_owner_has_confirmed_and_says_that_it_is_not_empty() -> None:
    (problem,) = submit(check("1 > project.approvedBudget"), **UNSURE).problems
    assert (problem.code, problem.message) == (
        "CHECK_UNDECIDED", f"“不对”这项检查无法得出结果:{TO_DO}。请补齐所用的内容后再提交;仍不行的,请业务分析员改正表单",
    )  # fmt: skip
    (problem,) = submit(check("amount > project.approvedBudget"), **UNSURE).problems
    assert f"“金额”没有内容;{TO_DO}" in problem.message
    assert found(check("1 > project.approvedBudget"), **{**UNSURE, "unconfirmed": ("other",)}) == []
    (problem,) = submit(check("project.approvedBudget = null"), **UNSURE).problems
    assert (problem.code, problem.message) == ("CHECK", f"不对({TO_DO})")
    assert found(check("not(project.listed)"), **UNSURE) == []


def test_a_decision_that_a_check_takes_reads_null_too_whatever_it_is_called() -> None:
    limits = {"decision": "limits", "message": "限额"}
    report = submit(limits, data={"amount": 501}, decisions={"limits": LIMITS.replace(b"&lt; 50", b"null")}, **UNSURE)
    assert texts(report) == [("", f"超过一百({TO_DO})"), ("", f"超过预算({TO_DO})")]
    (effect,) = report.effects
    assert isinstance(effect, DecisionEvaluated)
    assert [cell["value"] for cell in effect.inputs] == [501, None], "replay uses what it has read"
    assert texts(submit(limits, data={"amount": 501}, decisions={"limits": LIMITS}, project={"approvedBudget": 500})) == [("", "超过一百")]
    unique = table(ONE, rule(1, "&gt; 1", "-", '"甲"'), rule(2, "&gt; 2", "-", '"乙"'), policy="UNIQUE")
    (problem,) = submit(limits, data={"amount": 3}, decisions={"limits": unique}, **UNSURE).problems
    assert (problem.code, TO_DO in problem.message) == ("CHECK_UNDECIDED", True)


def test_without_a_project_its_fields_are_not_known() -> None:
    (problem,) = submit(check("1 > project.approvedBudget")).problems
    assert "项目台账没有内容" in problem.message


def test_a_decision_that_is_not_there_or_fails_refuses() -> None:
    limits = {"decision": "limits", "message": "限额"}
    assert found(limits, data={"amount": 1}) == [("", "CHECK_UNDECIDED")]
    unique = table(ONE, rule(1, "&gt; 1", "-", '"甲"'), rule(2, "&gt; 2", "-", '"乙"'), policy="UNIQUE")
    assert found(limits, data={"amount": 3}, decisions={"limits": unique}) == [("", "CHECK_UNDECIDED")]


# ---------------------------------------------------------------------- decisions


def texts(report: CheckReport) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in report.problems]


def test_each_row_of_a_collecting_table_refuses_in_its_own_words() -> None:
    limits = {"decision": "limits", "message": "限额", "field": "amount"}
    around: dict[str, Any] = {"project": {"approvedBudget": 40}, "decisions": {"limits": LIMITS}}
    assert texts(submit(limits, data={"amount": 101}, **around)) == [("amount", "超过一百"), ("amount", "超过预算")]
    assert texts(submit(limits, data={"amount": 50}, **around)) == []


def test_a_row_may_name_its_field_and_one_that_says_nothing_has_the_checks_words() -> None:
    rows = table(TWO, rule(1, "&gt; 1", "-", '"说明不全"', '"note"'), rule(2, "&gt; 2", "-", "null", '"nowhere"'))
    report = submit({"decision": "limits", "message": "限额", "field": "amount"}, data={"amount": 3}, decisions={"limits": rows})
    assert texts(report) == [("amount", "限额"), ("note", "说明不全")]


def test_any_other_result_but_null_refuses() -> None:
    single = table('<output id="o1" name="ok" typeRef="boolean"/>', rule(1, "&gt; 1", "-", "false"), policy="UNIQUE")
    limits = {"decision": "limits", "message": "限额"}
    assert texts(submit(limits, data={"amount": 2}, decisions={"limits": single})) == [("", "限额")]
    assert texts(submit(limits, data={"amount": 1}, decisions={"limits": single})) == []


def test_an_evaluation_is_reported_with_its_inputs_and_rows() -> None:
    limits = {"decision": "limits", "message": "限额", "confirm": True}
    report = submit(limits, data={"amount": 101}, confirmed={"1": "已批准"}, decisions={"limits": LIMITS}, project={"approvedBudget": 500})
    (effect,) = report.effects
    assert isinstance(effect, DecisionEvaluated)
    assert (effect.decision_id, effect.instance, [row["id"] for row in effect.rules]) == ("limits", 1, ["r1"])
    assert [cell["value"] for cell in effect.inputs] == [101, 500]


# ---------------------------------------------------------------------- with the schema's problems


def test_all_problems_come_at_once_but_of_what_can_be_read() -> None:
    """The check of the amount waits until there is one; that of the date, and the table that does not read the amount, do not."""
    checks = (
        check("amount > 1", field="amount"),
        check("date(signedOn) > today()", field="signedOn"),
        {"decision": "limits", "message": "限额"},
    )
    seen = found(*checks, data={"signedOn": "2027-01-01"}, required=("amount",), decisions={"limits": LIMITS})
    assert seen == [("signedOn", "CHECK"), ("amount", "REQUIRED")]


# ---------------------------------------------------------------------- confirmed

OVER = check("amount > 1", field="amount", confirm=True, id="over")


def test_a_check_that_may_be_confirmed_is_marked_and_passes_with_a_reason() -> None:
    (problem,) = submit(OVER, data={"amount": 2}).problems
    assert (problem.check, problem.confirm, problem.code) == ("over", True, "CHECK")
    report = submit(OVER, data={"amount": 2}, confirmed={"over": " 经主任同意 "})
    assert report.problems == []
    assert [one.document() for one in report.overridden] == [{"check": "over", "path": "amount", "message": "不对", "reason": "经主任同意"}]


@pytest.mark.parametrize("reason", ["", " ", "　", None, 1, {"x": 1}, "字" * 2001])
def test_a_reason_that_is_none_is_refused(reason: Any) -> None:
    (problem,) = submit(OVER, data={"amount": 2}, confirmed={"over": reason}).problems
    assert (problem.path, problem.code, problem.confirm) == ("amount", "CHECK_REASON", True)
    assert "请说明" in problem.message


def test_what_is_not_wrong_any_more_is_not_overridden() -> None:
    report = submit(OVER, data={"amount": 1}, confirmed={"over": "理由"})
    assert (list(report.problems), list(report.overridden)) == ([], [])


def test_a_check_that_must_hold_cannot_be_confirmed_and_neither_can_one_that_is_not_there() -> None:
    must = check("amount > 1", field="amount", id="must")
    assert found(must, data={"amount": 2}, confirmed={"must": "理由"}) == [("amount", "CHECK"), ("amount", "CHECK_UNKNOWN")]
    (problem,) = submit(OVER, data={"amount": 1}, confirmed={"ovre": "理由"}).problems
    assert problem.code == "CHECK_UNKNOWN"
    assert "是不是 over?" in problem.message
