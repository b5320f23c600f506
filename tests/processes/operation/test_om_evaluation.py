"""Operation from the filing of plans through fees and yearly reports, in both districts."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.processes.driver import Case, FormRejected, at, decide

FACTS = {"projectName": "智慧养老服务平台", "applicantOffice": "区民政局", "contractSignedOn": "2026-03-15"}
PLAN_NUMBERS = ("qualityPlan", "operationPlan", "securityPlan", "emergencyPlan")


def accepted(district: str, facts: dict[str, Any] | None = None, **registers: list[dict[str, Any]]) -> Case:
    """A project that has just been accepted."""
    return Case(district, "om_evaluation", {**FACTS, **(facts or {})}, phase="accepted", records=dict(registers))


def confirmed(case: Case) -> None:
    """The bureau confirms the plan, and in Sucheng finance sets the yearly money that it asks for."""
    case.fill("confirm_plan")
    if case.tasks["arrange_fee"]:
        case.fill("arrange_fee")


def operating(
    district: str, facts: dict[str, Any] | None = None, registers: dict[str, list[dict[str, Any]]] | None = None, **plan: Any
) -> Case:
    case = accepted(district, facts, **(registers or {}))
    case.fill("file_plan", **{"cycleStartOn": "2026-03-15", "cycleType": "合同年", **plan})
    confirmed(case)
    return case


def fees_arranged(case: Case) -> Case:
    for task in ("apply_fee", "review_fee", "set_quota", "coordinate_fee", "arrange_fee"):
        if case.tasks[task]:
            case.fill(task)
    return case


def reported(case: Case) -> Case:
    case.fill("submit_report")
    case.fill("check_report")
    return case


def evaluated(district: str, **conclusion: Any) -> Case:
    """At the end of the first cycle, with the opinions in."""
    case = operating(district)
    if district == "fengxian":
        fees_arranged(case)
    case.advance("2027-03-16")
    if district == "sucheng":
        reported(case)
    case.fill_all("give_opinion")
    case.fill("conclude_evaluation" if district == "sucheng" else "conclude_service", **conclusion)
    return case


FAILED = {"conclusion": "未通过", "issues": "活跃用户不足", "rectifyDueOn": "2027-04-20"}


@pytest.mark.parametrize("missing", PLAN_NUMBERS)
def test_fengxian_refuses_a_filing_without_one_of_the_four_plans(missing: str) -> None:
    case = accepted("fengxian")
    with pytest.raises(FormRejected) as refused:
        case.fill("file_plan", **{"cycleStartOn": "2026-03-15", missing: ...})
    assert [problem.path for problem in refused.value.problems] == [missing]
    assert case.tasks == {"file_plan": 1}


def test_sucheng_asks_for_maintenance_rules() -> None:
    case = accepted("sucheng")
    with pytest.raises(FormRejected) as refused:
        case.fill("file_plan", operationRules=...)
    assert refused.value.problems[0].path == "operationRules"


def test_a_cycle_begins_no_earlier_than_the_contract() -> None:
    case = accepted("sucheng")
    with pytest.raises(FormRejected):
        case.fill("file_plan", cycleStartOn="2026-03-14")
    case.fill("file_plan", cycleStartOn="2026-03-15")


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_filing_is_returned_and_confirmed_later(district: str) -> None:
    case = accepted(district)
    case.fill("file_plan", cycleStartOn="2026-03-15")
    case.give_back("confirm_plan", "file_plan")
    assert case.tasks == {"file_plan": 1}
    assert case.phase == "accepted"
    assert "om_plan" not in case.records
    case.fill("file_plan", cycleStartOn="2026-03-15")
    confirmed(case)
    assert case.phase == "operating"
    assert case.facts["systemUserOffice"]["name"] == "区民政局"
    assert case.facts["omPlanFiled"] is True
    assert case.records["om_plan"][0]["filedOn"] == "2026-03-10"


def test_next_evaluation_does_not_inherit_last_years_answers() -> None:
    case = evaluated("sucheng")
    assert case.facts["evalResult"] == "通过"
    case.advance("2028-03-16")
    reported(case)
    case.fill_all("give_opinion")
    assert case.state is not None
    visible = case.state.visible(case.task("conclude_evaluation").number)
    assert [visible.get(name) for name in ("conclusion", "quality", "issues")] == [None, None, None]


def test_fengxian_reviews_fees_and_sucheng_waits_for_the_cycle_to_end() -> None:
    assert operating("fengxian").tasks == {"apply_fee": 1}
    sucheng = operating("sucheng")
    assert sucheng.tasks == {}
    assert sucheng.timers == {"cycle_ends": at("2027-03-15T00:00:00")}


def test_fees_are_classified_and_the_unlisted_item_is_recognised_by_the_bureau() -> None:
    case = operating("fengxian")
    items = [{"serviceItem": "资产管理服务", "amount": 300000}, {"serviceItem": "其他", "description": "驻场", "amount": 200000}]
    case.fill("apply_fee", feeItems=items)
    assert [row["omClass"] for row in case.variable("feeClasses")] == ["日常运维", "待认定"]
    with pytest.raises(FormRejected):
        case.fill("review_fee", feeClasses=case.variable("feeClasses"))
    case.fill("review_fee")
    assert case.variable("account")["applied"] == 500000
    assert [row["omClass"] for row in case.variable("feeClasses")] == ["日常运维", "日常运维"]


def test_the_bureau_changes_neither_amounts_nor_the_classes_that_the_text_lists() -> None:
    case = operating("fengxian")
    case.fill("apply_fee", feeItems=[{"serviceItem": "资产管理服务", "amount": 300000}])
    for row in ({"amount": 300000, "omClass": "重点运维"}, {"amount": 900000, "omClass": "日常运维"}):
        with pytest.raises(FormRejected) as refused:
            case.fill("review_fee", feeClasses=[{"serviceItem": "资产管理服务", **row}])
        assert [problem.path for problem in refused.value.problems] == ["feeClasses"]


def test_unlisted_item_must_be_described() -> None:
    case = operating("fengxian")
    with pytest.raises(FormRejected):
        case.fill("apply_fee", feeItems=[{"serviceItem": "其他", "amount": 1}])


def test_a_cut_needs_a_reason_and_stays_within_what_was_applied_for() -> None:
    case = operating("fengxian")
    case.fill("apply_fee")
    with pytest.raises(FormRejected) as refused:
        case.fill("review_fee", feeCut=50000)
    assert refused.value.problems[0].path == "cutReason"
    with pytest.raises(FormRejected):
        case.fill("review_fee", feeCut=Decimal("150000.01"), cutReason="与去年持平")
    case.fill("review_fee", feeCut=50000, cutReason="与去年持平")
    assert case.variable("account")["approved"] == 100000


def test_fee_application_can_be_returned() -> None:
    case = operating("fengxian")
    case.fill("apply_fee")
    case.give_back("review_fee", "apply_fee")
    assert case.tasks == {"apply_fee": 1}


def quota(amount: object, used: object) -> dict[str, list[dict[str, Any]]]:
    return {
        "special_fund": [{"year": 2026, "fundKind": "运维", "amount": amount}],
        "fee_coordination": [{"project": "1002", "year": 2026, "cycleStartOn": "2026-01-01", "approved": used}],
    }


def test_fees_may_fill_the_quota_exactly() -> None:
    case = operating("fengxian", registers=quota(Decimal("1000000"), Decimal("850000")))
    case.fill("apply_fee")
    case.fill("review_fee")
    assert case.tasks == {"coordinate_fee": 1}  # finance has nothing to decide
    case.fill("coordinate_fee")
    assert case.tasks == {"arrange_fee": 1}


def test_fees_beyond_the_quota_are_not_coordinated_until_finance_raises_it() -> None:
    case = operating("fengxian", registers=quota(Decimal("1000000"), Decimal("850000.01")))
    case.fill("apply_fee")
    case.fill("review_fee")
    assert case.tasks == {"set_quota": 1}
    assert case.task("set_quota").groups == ("finance",)
    case.fill("set_quota", quotaAmount=Decimal("1000000"))
    with pytest.raises(FormRejected) as refused:
        case.fill("coordinate_fee")
    assert "超出专项额度" in refused.value.problems[0].message
    case.give_back("coordinate_fee", "set_quota")
    case.fill("set_quota", quotaAmount=Decimal("1000000.01"))
    case.fill("coordinate_fee")
    assert case.tasks == {"arrange_fee": 1}


def test_without_a_quota_of_the_year_finance_is_asked_first() -> None:
    case = operating("fengxian", registers={"special_fund": [{"year": 2025, "fundKind": "运维", "amount": 1000000}]})
    case.fill("apply_fee")
    case.fill("review_fee")
    assert case.tasks == {"set_quota": 1}


def test_finance_explains_what_differs_from_the_approved_amount() -> None:
    case = operating("fengxian")
    for task in ("apply_fee", "review_fee"):
        case.fill(task)
    case.fill("set_quota", quotaAmount=160000)
    case.fill("coordinate_fee")
    for amount in (160000, 140000):
        with pytest.raises(FormRejected):
            case.fill("arrange_fee", feeArranged=amount)
    case.fill("arrange_fee", feeArranged=160000, arrangementReason="追加应急保障")
    assert case.records["om_fee"][0]["arranged"] == 160000
    assert case.records["om_fee"][0]["arrangement"] == "高于核定金额"
    assert case.timers == {"cycle_ends": at("2027-03-15T00:00:00")}


def test_finance_arranges_no_more_than_the_quota_has_left() -> None:
    """FX-5-14, FX-29-3: 1,000,000 less what the others have: arranged where finance has arranged it, else as approved."""
    case = operating("fengxian", registers=quota(Decimal("1000000"), Decimal("850000")))
    for task in ("apply_fee", "review_fee", "coordinate_fee"):
        case.fill(task)
    with pytest.raises(FormRejected, match="超出本年度的运维专项额度"):
        case.fill("arrange_fee", feeArranged=Decimal("150000.01"), arrangementReason="财力允许")
    other = {"project": "1002", "year": 2026, "cycleStartOn": "2026-01-01", "applied": 850000, "approved": 850000, "arranged": 840000}
    case.records["om_fee"] = [other]
    with pytest.raises(FormRejected, match="超出本年度的运维专项额度"):
        case.fill("arrange_fee", feeArranged=Decimal("160000.01"), arrangementReason="财力允许")
    case.records["om_fee"] = [{**other, "arranged": 860000}]
    with pytest.raises(FormRejected, match="超出本年度的运维专项额度"):
        case.fill("arrange_fee", feeArranged=150000)
    case.records["om_fee"] = [other]
    case.fill("arrange_fee", feeArranged=160000, arrangementReason="财力允许")
    assert case.records["om_fee"][-1]["arranged"] == 160000


def test_report_opens_the_day_after_the_cycle_and_falls_due_thirty_days_later() -> None:
    case = operating("sucheng")
    case.advance("2027-03-14T23:59:59")
    assert case.tasks == {}
    case.advance("2027-03-15T00:00:00")
    assert case.tasks == {"submit_report": 1}
    assert case.task("submit_report").office == "区民政局"
    assert case.variable("period")["endOn"] == "2027-03-14"
    due_at = case.task("submit_report").due_at
    assert due_at is not None
    assert due_at.date() > date(2027, 4, 13)


@pytest.mark.parametrize("begun", ["2026-04-01", "2026-06-20"])
def test_calendar_year_ends_on_the_thirty_first_of_december(begun: str) -> None:
    case = operating("sucheng", cycleType="自然年", cycleStartOn=begun)
    assert case.timers["cycle_ends"] == at("2027-01-01T00:00:00")


def test_late_report_is_marked_can_still_be_handed_in_and_is_always_checked() -> None:
    case = operating("sucheng")
    case.advance("2027-05-01")
    assert case.overdue == ["om.report"]
    assert case.tasks == {"submit_report": 1}
    case.fill("submit_report")
    assert case.tasks == {"check_report": 1}
    assert case.rules("report_sample") == ["report_sample_late"]
    with pytest.raises(FormRejected):
        case.fill("check_report", checkNote=...)


def test_reports_that_are_in_time_are_left_to_the_yearly_draw() -> None:
    assert decide("sucheng", "report_sample", late=False) is False
    assert decide("sucheng", "report_sample", late=True) is True
    assert decide("sucheng", "report_sample") is True


def drawn(first: int, second: int, keys: Sequence[int], rate: int = 20) -> dict[str, Any]:
    """What is drawn of reports that have all been registered within the year."""
    rows = [{"project": str(key), "at": "2027-02-01T09:00:00+08:00", "cycleEndOn": "2026-12-31"} for key in keys]
    inputs = {"reports": rows, "period": "2027-04-01", "firstNumber": first, "secondNumber": second, "parameters": {"sampleRate": rate}}
    return dict(decide("sucheng", "report_draw", **inputs))


def test_a_fifth_of_fifty_reports_are_ten_and_the_same_seed_draws_the_same() -> None:
    """SC-33-8: whoever has the two numbers draws the same again, in whatever order the reports come."""
    keys = [1_000_000_007 + 37 * n for n in range(50)]
    once = drawn(314, 2718, keys)
    assert len(once["drawn"]) == 10
    again = drawn(314, 2718, keys[::-1])
    assert (again["seed"], [one["project"] for one in again["drawn"]]) == (once["seed"], [one["project"] for one in once["drawn"]])


def test_each_of_the_two_numbers_changes_who_is_drawn_and_nobody_is_always_spared() -> None:
    keys = [1_000_000_007 + 37 * n for n in range(50)]
    draws = [frozenset(one["project"] for one in drawn(first, second, keys)["drawn"]) for first in range(8) for second in range(8)]
    assert len(set(draws)) > 60
    assert frozenset().union(*draws) == {str(key) for key in keys}


@pytest.mark.parametrize(("count", "rate", "taken"), [(0, 20, 0), (1, 20, 1), (5, 20, 1), (6, 20, 2), (6, 100, 6), (6, 0, 0)])
def test_a_part_of_a_report_is_a_whole_one(count: int, rate: int, taken: int) -> None:
    assert len(drawn(3, 4, range(1001, 1001 + count), rate)["drawn"]) == taken


def test_what_is_not_drawn_needs_no_check_and_the_register_says_so() -> None:
    case = operating("sucheng")
    case.advance("2027-03-16")
    case.fill("submit_report")
    case.fill("check_report", checkNote=...)
    assert case.records["om_report"][0]["sampled"] is False


@pytest.mark.parametrize(
    "missing", ["systemOperation", "securityManagement", "userUsage", "payment", "effectiveness", "paidInCycle", "truthful"]
)
def test_report_has_five_parts_and_a_declaration_of_truth(missing: str) -> None:
    case = operating("sucheng")
    case.advance("2027-03-16")
    with pytest.raises(FormRejected) as refused:
        case.fill("submit_report", **{missing: ...})
    assert refused.value.problems[0].path == missing


def test_what_was_paid_in_the_cycle_is_compared_with_the_register() -> None:
    paid = [
        {"state": "已支付", "amount": 300, "paidOn": "2026-03-14"},
        {"state": "已支付", "amount": 700, "paidOn": "2027-03-14"},
        {"state": "已拒付", "amount": 900, "paidOn": "2026-05-01"},
    ]
    case = operating("sucheng", registers={"payment": paid})
    case.advance("2027-03-16")
    with pytest.raises(FormRejected):
        case.fill("submit_report", paidInCycle=1000)
    assert case.fill("submit_report")["paidInCycle"] == 700


def test_report_is_returned_and_a_key_project_gets_a_special_evaluation() -> None:
    case = operating("sucheng")
    case.advance("2027-03-16")
    case.fill("submit_report")
    case.give_back("check_report", "submit_report")
    assert case.tasks == {"submit_report": 1}
    case.fill("submit_report")
    with pytest.raises(FormRejected):
        case.fill("check_report", isKeyProject=True)
    case.fill("check_report", isKeyProject=True, evaluator={"key": "9", "name": "江苏示例绩效评估中心"})
    assert case.tasks == {"evaluate_key_project": 1}
    assert case.task("evaluate_key_project").office == "江苏示例绩效评估中心"
    case.fill("evaluate_key_project")
    assert case.tasks["give_opinion"] >= 2


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_passed_evaluation_opens_the_next_cycle_a_year_later(district: str) -> None:
    case = evaluated(district)
    if district == "sucheng":
        assert case.facts["rectified"] is True
    assert case.facts["evalResult" if district == "sucheng" else "serviceResult"] == "通过"
    assert case.records["evaluation" if district == "sucheng" else "service_evaluation"][0]["result"] == "通过"
    assert case.variable("period")["startOn"] == "2027-03-15"
    if district == "fengxian":
        fees_arranged(case)
        assert case.rules("om_fund") == ["om_fund_passed"]
    assert case.timers == {"cycle_ends": at("2028-03-15T00:00:00")}


def test_a_failed_evaluation_does_not_hold_up_the_next_cycle() -> None:
    case = evaluated("fengxian", serviceConclusion="未通过", serviceNote="响应超时")
    assert case.tasks == {"apply_fee": 1}
    case.fill("apply_fee")
    assert case.rules("om_fund") == ["om_fund_failed"]  # last year's result is before whoever reviews the fees


def test_operation_ends_with_the_service_period() -> None:
    case = operating("sucheng", facts={"serviceEndOn": "2027-03-14"})
    case.advance("2027-03-16")
    reported(case)
    case.fill_all("give_opinion")
    case.fill("conclude_evaluation")
    assert case.ended


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
@pytest.mark.parametrize("place", ["waiting", "evaluating"])
def test_retirement_ends_operation_wherever_it_stands(district: str, place: str) -> None:
    case = operating(district)
    if place == "evaluating":
        if district == "fengxian":
            fees_arranged(case)
        case.advance("2027-03-16")
        if district == "sucheng":
            reported(case)
        assert case.tasks["give_opinion"] >= 2
    assert not case.ended
    assert case.message("retirement_registered")
    assert case.ended
    assert case.tasks == {}
    assert case.timers == {}


def test_runs_without_connectors() -> None:
    case = Case("sucheng", "om_evaluation", dict(FACTS), phase="accepted", connectors=False)
    case.fill("file_plan", cycleStartOn="2026-03-15")
    confirmed(case)
    assert case.timers == {"cycle_ends": at("2027-03-15T00:00:00")}
    assert not case.incidents
