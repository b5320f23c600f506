"""Operation from the filing of plans to rectification and sanctions, in both districts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.processes.driver import Case, FormRejected, at

FACTS = {"projectName": "智慧养老服务平台", "applicantOffice": "区民政局", "contractSignedOn": "2026-03-15"}
PLAN_NUMBERS = ("qualityPlan", "operationPlan", "securityPlan", "emergencyPlan")


def accepted(district: str, **facts: Any) -> Case:
    """A project that has just been accepted."""
    return Case(district, "om_evaluation", {**FACTS, **facts}, phase="accepted")


def operating(district: str, **plan: Any) -> Case:
    case = accepted(district)
    case.fill("file_plan", **{"cycleStartOn": "2026-03-15", "omCycleType": "合同年", **plan})
    case.fill("confirm_plan")
    return case


def fees_arranged() -> Case:
    case = operating("fengxian")
    for task in ("apply_fee", "review_fee", "coordinate_fee", "arrange_fee"):
        case.fill(task)
    return case


def evaluated(district: str, **conclusion: Any) -> Case:
    """At the end of the first cycle, with the opinions in."""
    case = fees_arranged() if district == "fengxian" else operating(district)
    case.advance("2027-03-16")
    if district == "sucheng":
        case.fill("submit_report")
        case.fill("check_report")
    case.fill_all("give_opinion")
    case.fill("conclude_evaluation", **conclusion)
    return case


FAILED = {"evalResult": "未通过", "issues": "活跃用户不足", "rectifyDueOn": "2027-04-20"}


@pytest.mark.parametrize("missing", PLAN_NUMBERS)
def test_fengxian_refuses_a_filing_without_one_of_the_four_plans(missing: str) -> None:
    case = accepted("fengxian")
    with pytest.raises(FormRejected) as refused:
        case.fill("file_plan", **{missing: ...})
    assert [problem.path for problem in refused.value.problems] == [missing]
    assert case.tasks == {"file_plan": 1}


def test_sucheng_asks_for_maintenance_rules() -> None:
    case = accepted("sucheng")
    with pytest.raises(FormRejected) as refused:
        case.fill("file_plan", operationRules=...)
    assert refused.value.problems[0].path == "operationRules"


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_filing_is_returned_with_the_reason_and_confirmed_later(district: str) -> None:
    case = accepted(district)
    case.fill("file_plan")
    with pytest.raises(FormRejected):
        case.fill("confirm_plan", planDecision="退回", returnReason=...)
    case.fill("confirm_plan", planDecision="退回", returnReason="缺少应急联系人")
    assert case.tasks == {"file_plan": 1}
    assert case.variable("returnReason") == "缺少应急联系人"
    assert case.phase == "accepted"
    case.fill("file_plan")
    case.fill("confirm_plan")
    assert case.phase == "operating"
    assert case.roles == {"system_user": "区民政局"}
    assert case.records["om_plan"][0]["filedOn"] == "2026-03-10"


def test_a_decision_starts_empty_at_every_visit() -> None:
    case = accepted("sucheng")
    case.fill("file_plan")
    case.fill("confirm_plan", planDecision="退回", returnReason="缺少联系人")
    case.fill("file_plan")
    assert case.state is not None
    visible = case.state.visible(case.task("confirm_plan").number)
    assert visible["planDecision"] is None
    assert visible["returnReason"] is None
    case.fill("confirm_plan")
    assert case.variable("returnReason") is None


def test_next_evaluation_does_not_inherit_last_years_answers() -> None:
    case = evaluated("sucheng")
    case.advance("2028-03-16")
    case.fill("submit_report")
    case.fill("check_report")
    case.fill_all("give_opinion")
    assert case.state is not None
    visible = case.state.visible(case.task("conclude_evaluation").number)
    assert [visible[name] for name in ("evalResult", "quality", "issues")] == [None, None, None]
    assert visible["lastEvalResult"] == "通过"


def test_fengxian_reviews_fees_and_sucheng_waits_for_the_cycle_to_end() -> None:
    assert operating("fengxian").tasks == {"apply_fee": 1}
    sucheng = operating("sucheng")
    assert sucheng.tasks == {}
    assert sucheng.timers == {"cycle_ends": at("2027-03-15T00:00:00")}


def test_fees_are_classified_and_the_unlisted_item_is_recognised_by_the_bureau() -> None:
    case = operating("fengxian")
    items = [{"serviceItem": "资产管理服务", "amount": 300000}, {"serviceItem": "其他", "description": "驻场", "amount": 200000}]
    case.fill("apply_fee", feeItems=items)
    assert case.variable("feeApplied") == 500000
    assert [row["omClass"] for row in case.variable("feeClasses")] == ["日常运维", "待认定"]
    with pytest.raises(FormRejected):
        case.fill("review_fee", feeClasses=case.variable("feeClasses"))
    case.fill("review_fee")
    assert [row["omClass"] for row in case.variable("feeClasses")] == ["日常运维", "日常运维"]


def test_unlisted_item_must_be_described() -> None:
    case = operating("fengxian")
    with pytest.raises(FormRejected):
        case.fill("apply_fee", feeItems=[{"serviceItem": "其他", "amount": 1}])


def test_a_cut_needs_a_reason() -> None:
    case = operating("fengxian")
    case.fill("apply_fee")
    with pytest.raises(FormRejected) as refused:
        case.fill("review_fee", feeCut=50000)
    assert refused.value.problems[0].path == "cutReason"
    case.fill("review_fee", feeCut=50000, cutReason="与去年持平")
    assert case.variable("feeApproved") == 100000


def test_fee_application_can_be_returned() -> None:
    case = operating("fengxian")
    case.fill("apply_fee")
    case.fill("review_fee", feeDecision="退回", returnReason="测算依据不足")
    assert case.tasks == {"apply_fee": 1}
    assert case.variable("returnReason") == "测算依据不足"


def test_fees_may_fill_the_quota_exactly_but_not_exceed_it() -> None:
    case = operating("fengxian")
    case.fill("apply_fee")
    case.fill("review_fee")
    case.fill("coordinate_fee", quotaAmount=Decimal("1000000"), quotaUsed=Decimal("850000.01"))
    assert case.tasks == {"coordinate_fee": 1}
    assert "超出专项额度" in case.variable("returnReason")
    case.fill("coordinate_fee", quotaAmount=Decimal("1000000"), quotaUsed=Decimal("850000"))
    assert case.tasks == {"arrange_fee": 1}


def test_finance_explains_what_differs_from_the_approved_amount() -> None:
    case = operating("fengxian")
    for task in ("apply_fee", "review_fee", "coordinate_fee"):
        case.fill(task)
    with pytest.raises(FormRejected):
        case.fill("arrange_fee", arrangement="高于核定金额", feeArranged=160000)
    case.fill("arrange_fee", arrangement="高于核定金额", feeArranged=160000, arrangementReason="追加应急保障")
    assert case.records["om_fee"][0]["arranged"] == 160000
    assert case.timers == {"cycle_ends": at("2027-03-15T00:00:00")}


def test_report_opens_the_day_after_the_cycle_and_falls_due_thirty_days_later() -> None:
    case = operating("sucheng")
    case.advance("2027-03-14T23:59:59")
    assert case.tasks == {}
    case.advance("2027-03-15T00:00:00")
    assert case.tasks == {"submit_report": 1}
    assert case.variable("cycleEndOn") == "2027-03-14"
    due_at = case.task("submit_report").due_at
    assert due_at is not None
    assert due_at.date() > date(2027, 4, 13)


def test_calendar_year_ends_on_the_thirty_first_of_december() -> None:
    case = operating("sucheng", omCycleType="自然年", cycleStartOn="2026-01-01")
    assert case.timers["cycle_ends"] == at("2027-01-01T00:00:00")


def test_late_report_is_marked_and_can_still_be_handed_in() -> None:
    case = operating("sucheng")
    case.advance("2027-05-01")
    assert case.overdue == ["om.report"]
    assert case.tasks == {"submit_report": 1}
    case.fill("submit_report")
    assert case.tasks == {"check_report": 1}


@pytest.mark.parametrize(
    "missing", ["systemOperation", "securityManagement", "userUsage", "payment", "effectiveness", "paidInCycle", "truthful"]
)
def test_report_has_five_parts_and_a_declaration_of_truth(missing: str) -> None:
    case = operating("sucheng")
    case.advance("2027-03-16")
    with pytest.raises(FormRejected) as refused:
        case.fill("submit_report", **{missing: ...})
    assert refused.value.problems[0].path == missing


def test_report_is_returned_and_a_key_project_gets_a_special_evaluation() -> None:
    case = operating("sucheng")
    case.advance("2027-03-16")
    case.fill("submit_report")
    case.fill("check_report", reportDecision="退回", returnReason="支付数与凭证不符")
    assert case.tasks == {"submit_report": 1}
    case.fill("submit_report")
    case.fill("check_report", isKeyProject=True)
    assert case.tasks == {"evaluate_key_project": 1}
    case.fill("evaluate_key_project")
    assert case.tasks["give_opinion"] >= 2


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_conclusion_waits_for_every_opinion(district: str) -> None:
    case = fees_arranged() if district == "fengxian" else operating(district)
    case.advance("2027-03-16")
    if district == "sucheng":
        case.fill("submit_report")
        case.fill("check_report")
    groups = {case.task("give_opinion", index).groups for index in range(case.tasks["give_opinion"])}
    assert ("data_bureau",) in groups
    assert ("finance",) in groups
    while case.tasks["give_opinion"] > 1:
        case.fill("give_opinion")
        assert case.tasks["conclude_evaluation"] == 0
    case.advance("2027-04-20")  # silence is no opinion
    assert case.tasks == {"give_opinion": 1}
    assert "opinion" in case.overdue
    case.fill("give_opinion", opinion="未通过", comment="数据更新不及时")
    assert case.tasks == {"conclude_evaluation": 1}
    assert {row["opinion"] for row in case.variable("opinions")} == {"通过", "未通过"}


def test_conclusion_covers_quality_progress_and_operation() -> None:
    case = operating("sucheng")
    case.advance("2027-03-16")
    case.fill("submit_report")
    case.fill("check_report")
    case.fill_all("give_opinion")
    with pytest.raises(FormRejected) as refused:
        case.fill("conclude_evaluation", progress=...)
    assert refused.value.problems[0].path == "progress"
    with pytest.raises(FormRejected):
        case.fill("conclude_evaluation", evalResult="未通过", issues="不足", rectifyDueOn=...)


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_passed_evaluation_opens_the_next_cycle_a_year_later(district: str) -> None:
    case = evaluated(district)
    assert case.facts["evalResult"] == "通过"
    assert case.facts["rectified"] is True
    assert case.records["evaluation"][0]["result"] == "通过"
    assert case.variable("cycleStartOn") == "2027-03-15"
    if district == "fengxian":
        case.fill("apply_fee")
        assert case.variable("lastEvalResult") == "通过"
        for task in ("review_fee", "coordinate_fee", "arrange_fee"):
            case.fill(task)
    assert case.timers == {"cycle_ends": at("2028-03-15T00:00:00")}


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_failed_evaluation_is_rectified_and_confirmed_by_the_bureau(district: str) -> None:
    case = evaluated(district, **FAILED)
    assert case.tasks == {"rectify": 1}
    assert case.facts["rectified"] is False
    assert case.timers == {"rectify_late": at("2027-04-21T00:00:00")}
    case.fill("rectify")
    assert case.facts["rectified"] is False  # the office's own report settles nothing
    case.fill("confirm_rectification")
    assert case.facts["rectified"] is True
    assert case.variable("cycleStartOn") == "2027-03-15"


def test_missing_the_rectification_date_leads_to_sanctions() -> None:
    case = evaluated("sucheng", **FAILED)
    case.advance("2027-04-20T23:59:59")
    assert case.tasks == {"rectify": 1}
    case.advance("2027-04-21T00:00:00")
    assert case.overdue[-1] == "evaluation.rectify"
    assert case.tasks == {"decide_sanction": 1}
    assert case.variable("rectifyState") == "拒不整改"
    case.fill("decide_sanction", measures=["暂缓拨付"], rectifyDueOn="2027-06-01")
    assert case.facts["suspended"] is True
    assert case.tasks == {"rectify": 1}
    case.fill("rectify")
    case.fill("confirm_rectification")
    assert case.facts["suspended"] is False
    assert case.facts["rectified"] is True


def test_third_failure_proposes_termination_and_finance_countersigns() -> None:
    case = evaluated("sucheng", **FAILED)
    for due_on in ("2027-05-20", "2027-06-20"):
        case.fill("rectify")
        case.fill("confirm_rectification", rectifyState="整改不合格", confirmNote="仍未达标")
        assert "项目终止" not in [row["measure"] for row in case.variable("sanctionLadder")]
        case.fill("decide_sanction", measures=["通报批评"], rectifyDueOn=due_on)
    case.fill("rectify")
    case.fill("confirm_rectification", rectifyState="整改不合格", confirmNote="仍未达标")
    assert "项目终止" in [row["measure"] for row in case.variable("sanctionLadder")]
    case.fill("decide_sanction", measures=["项目终止"], rectifyDueOn=...)
    assert case.phase == "operating"
    assert case.task("confirm_termination").groups == ("finance",)
    case.fill("confirm_termination")
    assert case.phase == "terminated"
    assert case.ended


def test_finance_may_refuse_termination() -> None:
    case = evaluated("sucheng", **FAILED)
    case.fill("rectify")
    case.fill("confirm_rectification", rectifyState="整改不合格", confirmNote="仍未达标")
    case.fill("decide_sanction", measures=["项目终止"], rectifyDueOn=...)
    with pytest.raises(FormRejected):
        case.fill("confirm_termination", terminationDecision="不同意", terminationNote="宜继续整改", rectifyDueOn=...)
    case.fill("confirm_termination", terminationDecision="不同意", terminationNote="宜继续整改", rectifyDueOn="2027-07-01")
    assert case.tasks == {"rectify": 1}
    assert case.phase == "operating"


def test_a_sanction_short_of_termination_sets_a_new_date() -> None:
    case = evaluated("sucheng", **FAILED)
    case.fill("rectify")
    case.fill("confirm_rectification", rectifyState="整改不合格", confirmNote="仍未达标")
    with pytest.raises(FormRejected):
        case.fill("decide_sanction", measures=["通报批评"], rectifyDueOn=...)


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
@pytest.mark.parametrize("place", ["waiting", "rectifying"])
def test_retirement_ends_operation_wherever_it_stands(district: str, place: str) -> None:
    case = evaluated(district, **FAILED) if place == "rectifying" else operating(district)
    assert not case.ended
    assert case.message("retirement_registered")
    assert case.ended
    assert case.tasks == {}
    assert case.timers == {}


def test_runs_without_connectors() -> None:
    case = Case("sucheng", "om_evaluation", variables=FACTS, connectors=False)
    case.fill("file_plan", cycleStartOn="2026-03-15")
    case.fill("confirm_plan")
    assert case.timers == {"cycle_ends": at("2027-03-15T00:00:00")}
    assert not case.incidents


def test_what_a_form_only_shows_cannot_be_changed_by_sending_it_back() -> None:
    case = operating("fengxian")
    case.fill("apply_fee")
    case.fill("review_fee", feeApplied=1)
    assert case.variable("feeApplied") == 150000
    case.fill("coordinate_fee", feeApproved=1, projectName="别的项目")
    assert case.variable("feeApproved") == 150000
    assert case.variable("projectName") == FACTS["projectName"]
    case.fill("arrange_fee")
    case.advance("2027-03-16")
    case.fill("give_opinion", projectName="别的项目", cycleEndOn="2099-01-01")
    assert case.variable("projectName") == FACTS["projectName"]
    assert case.variable("cycleEndOn") == "2027-03-14"
