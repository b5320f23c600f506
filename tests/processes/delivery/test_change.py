"""Changes while building: reviewed or procured in Fengxian, filed or declared again in Sucheng."""

from typing import Any

import pytest

from tests.processes.delivery.facts import contracted
from tests.processes.driver import Case, FormRejected


def begin(district: str, **changes: Any) -> Case:
    return Case(district, "change", contracted(district, **changes), phase="building")


def redeclared(case: Case) -> Case:
    """The review that a change has asked for, of the same project."""
    asked = next(message for message in case.messages if message["name"] == "redeclaration_requested")
    return Case(
        "sucheng",
        "redeclaration",
        case.facts,
        variables={**asked["variables"], "mandateBasis": "市政府文件3号"},
        phase="building",
        records=case.records,
    )


def answer(case: Case, again: Case) -> None:
    """What the review has decided comes back to the change."""
    assert case.message("redeclaration_decided", again.messages[-1]["variables"])


def items(*amounts: float) -> list[dict[str, Any]]:
    return [{"item": f"内容{number}", "amount": amount} for number, amount in enumerate(amounts, 1)]


def test_fengxians_bureau_reviews_a_change_of_exactly_ten_percent() -> None:
    case = begin("fengxian", approvedEstimate=10000000, contractAmount=9900000)
    case.fill("submit_change", changeItems=items(1000000))
    assert case.facts["changePending"] is True
    assert case.task("confirm_change").groups == ("applicant_leader",)
    case.fill("confirm_change")
    assert case.task("review_change").groups == ("data_bureau",)
    case.fill("review_change")
    assert case.ended
    assert "apply_procurement_law" not in case.path
    assert case.facts["cumulativeChange"] == 1000000
    assert case.facts["changePending"] is False
    assert case.records["change"][0]["route"] == "SJJ_REVIEW"
    assert case.phase == "building"


def test_above_ten_percent_finance_applies_the_procurement_law_after_the_review() -> None:
    case = begin("fengxian", approvedEstimate=10000000, cumulativeChange=600000)
    case.fill("submit_change", changeItems=items(410000))
    case.fill("confirm_change")
    case.fill("review_change")
    assert case.task("apply_procurement_law").groups == ("finance",)
    case.fill("apply_procurement_law")
    assert case.records["change"][0]["route"] == "PROC_LAW"
    assert case.facts["cumulativeChange"] == 1010000


def test_what_is_added_and_taken_away_counts_without_its_sign() -> None:
    case = begin("fengxian", approvedEstimate=100000000)
    case.fill("submit_change", changeItems=items(6000000, -6000000))
    case.fill("confirm_change")
    case.fill("review_change")
    assert case.tasks == {"apply_procurement_law": 1}
    case.fill("apply_procurement_law", lawHandling="依法签订补充合同")
    assert case.facts["cumulativeChange"] == 12000000


def test_a_second_change_waits_for_the_first() -> None:
    case = begin("fengxian", changePending=True)
    with pytest.raises(FormRejected, match="还有变更在办"):
        case.fill("submit_change", changeItems=items(1))


def test_a_refused_change_leaves_the_ledger_as_it_was() -> None:
    case = begin("fengxian")
    case.fill("submit_change", changeItems=items(1000))
    case.fill("confirm_change")
    with pytest.raises(FormRejected, match="refusalReason"):
        case.fill("review_change", changeOpinion="不通过")
    case.fill("review_change", changeOpinion="不通过", refusalReason="没有必要")
    assert case.ended
    assert case.facts["cumulativeChange"] == 0
    assert case.facts["changePending"] is False
    assert case.records["change"][0]["state"] == "未通过"
    assert [(notice["to"], notice["title"], notice["text"]) for notice in case.notices] == [("applicant", "项目变更未通过", "没有必要")]


def test_a_returned_change_is_corrected_and_goes_on() -> None:
    case = begin("fengxian", approvedEstimate=10000000)
    case.fill("submit_change", changeItems=items(1000))
    case.give_back("confirm_change", "submit_change")
    assert case.tasks == {"submit_change": 1}
    case.fill("submit_change", changeItems=items(2000))
    case.fill("confirm_change")
    case.give_back("review_change", "submit_change")
    case.fill("submit_change", changeItems=items(2000))
    case.fill("confirm_change")
    case.fill("review_change")
    assert case.ended
    assert case.facts["cumulativeChange"] == 2000


def test_what_was_changed_after_the_leader_confirmed_must_be_confirmed_anew() -> None:
    case = begin("fengxian", approvedEstimate=10000000)
    case.fill("submit_change", changeItems=items(1000))
    case.fill("confirm_change")
    assert [approval.lapsed for approval in case.kept.approvals] == [False]
    case.give_back("review_change", "submit_change")
    case.fill("submit_change", changeItems=items(900000))
    assert case.tasks == {"confirm_change": 1}


def test_sucheng_files_at_once_and_only_tells_the_bureau() -> None:
    case = begin("sucheng", contractAmount=30000000, approvedBudget=40000000)
    case.fill("submit_change", changeItems=items(4000000), reasonCode="二")
    assert case.ended
    assert not case.incidents
    assert case.records["change"][0]["filingNo"]
    assert case.notices[0]["to"] == "data_bureau"
    assert "review_change" not in case.path
    assert "confirm_change" not in case.path
    assert case.facts["cumulativeChange"] == 4000000


def test_the_notice_of_a_filed_change_warns_of_article_49() -> None:
    case = begin("sucheng", contractAmount=3000000, approvedBudget=5000000)
    case.fill("submit_change", changeItems=items(2000000), reasonCode="二")
    assert "第四十九条" in case.notices[0]["text"]


@pytest.mark.parametrize(
    ("amounts", "reason", "reentry"),
    [
        ((0.01,), "二", "PLAN"),
        ((50, -50), "无", "EXAM"),
        ((2000050, -2000050), "二", "EXAM"),
    ],
)
def test_what_sucheng_may_not_file_is_declared_again(amounts: tuple[float, ...], reason: str, reentry: str) -> None:
    case = begin("sucheng", contractAmount=40000000, approvedBudget=40000000)
    case.fill("submit_change", changeItems=items(*amounts), reasonCode=reason)
    assert case.phase == "building", "the phase stays, the change is pending"
    assert case.facts["changePending"] is True
    asked = case.messages[0]["variables"]
    assert asked["assessed"]["reentry"] == reentry
    assert not case.tasks, "it waits for what is decided elsewhere"
    again = redeclared(case)
    again.fill("submit_redeclaration")
    again.fill_all("give_redeclaration_opinion", opinion="同意")
    if reentry == "PLAN":
        assert again.task("review_budget").groups == ("finance",), "the budget is finance's"
        again.fill("review_budget", budgetDecision="安排", approvedBudget=41000000)
        again.fill("register_consent")
    else:
        assert again.tasks["review_budget"] == 0, "within the budget nobody sets it"
    if again.tasks["approve_establishment"]:
        again.fill("approve_establishment")
    again.fill("issue_reapproval")
    answer(case, again)
    assert case.ended
    assert case.facts["changePending"] is False
    assert case.facts["approvedBudget"] == (41000000 if reentry == "PLAN" else 40000000)
    assert case.facts["cumulativeChange"] == 0, "counted anew from the new approval"


def test_the_reclaimed_budget_does_not_count_as_approved() -> None:
    case = begin("sucheng", contractAmount=2800000, approvedBudget=3000000, reclaimedAmount=200000)
    case.fill("submit_change", changeItems=items(50000), reasonCode="二")
    assert case.messages[0]["variables"]["assessed"]["reentry"] == "PLAN"


def test_what_was_reclaimed_before_is_not_taken_off_the_budget_that_finance_sets_anew() -> None:
    """SC-17-5, SC-13-2: the new budget is of what is left; the old reclaim made every further adjustment a declaration."""
    first = begin("sucheng", contractAmount=2800000, approvedBudget=3000000, reclaimedAmount=200000)
    first.fill("submit_change", changeItems=items(50000), reasonCode="二")
    again = redeclared(first)
    again.fill("submit_redeclaration")
    again.fill_all("give_redeclaration_opinion", opinion="同意")
    again.fill("review_budget", budgetDecision="安排", approvedBudget=2950000)
    again.fill("register_consent")
    again.fill("issue_reapproval")
    answer(first, again)
    assert first.ended
    second = Case("sucheng", "change", first.facts, phase="building", records=first.records)
    second.fill("submit_change", changeItems=items(50000), reasonCode="二")
    assert second.ended
    assert second.facts["cumulativeChange"] == 50000
    third = Case("sucheng", "change", first.facts, phase="building", records=first.records)
    third.fill("submit_change", changeItems=items(50001), reasonCode="二")
    assert [message["name"] for message in third.messages] == ["redeclaration_requested"]


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_a_change_that_was_begun_while_building_is_not_submitted_when_it_is_over(district: str) -> None:
    """FX-22-1, SC-17-1: what is accepted, or is being accepted, is changed no more; one that the acceptance waits for may still be corrected."""
    for phase in ("accepting", "accepted", "operating"):
        case = Case(district, "change", contracted(district, accState="合格"), phase=phase)
        with pytest.raises(FormRejected, match="不在建设或试运行阶段"):
            case.fill("submit_change", changeItems=items(1000))


def test_a_change_that_the_acceptance_waits_for_may_be_corrected_until_it_is_accepted() -> None:
    case = begin("fengxian", approvedEstimate=10000000)
    case.fill("submit_change", changeItems=items(1000))
    case.give_back("confirm_change", "submit_change")
    case.phases.append("accepting")
    case.fill("submit_change", changeItems=items(2000))
    case.fill("confirm_change")
    case.facts["accState"] = "合格"
    with pytest.raises(FormRejected, match="已经通过验收"):
        case.fill("review_change")
    case.fill("review_change", changeOpinion="不通过", refusalReason="已经验收")
    assert case.ended
    assert case.facts["changePending"] is False


def test_no_budget_is_set_anew_after_the_acceptance() -> None:
    case = begin("sucheng", contractAmount=40000000, approvedBudget=40000000)
    case.fill("submit_change", changeItems=items(0.01))
    again = redeclared(case)
    again.fill("submit_redeclaration")
    again.fill_all("give_redeclaration_opinion", opinion="同意")
    again.facts["accState"] = "合格"
    with pytest.raises(FormRejected, match="已经通过验收"):
        again.fill("review_budget", budgetDecision="安排", approvedBudget=40000001)


@pytest.mark.parametrize(
    ("decided", "task", "answers", "told"),
    [
        ("opinion", "give_redeclaration_opinion", {"opinion": "不同意", "opinionText": "没有必要"}, "审查未通过"),
        ("money", "review_budget", {"budgetDecision": "不予安排", "approvedBudget": 40000000, "budgetReason": "没有资金"}, "不予安排"),
        ("consent", "register_consent", {"governmentDecision": "不同意"}, "区政府未同意"),
    ],
)
def test_a_redeclaration_that_fails_ends_the_change(decided: str, task: str, answers: dict[str, Any], told: str) -> None:
    """SC-17-5: whichever of those who decide refuses, nothing of the project has changed."""
    case = begin("sucheng", contractAmount=40000000, approvedBudget=40000000)
    case.fill("submit_change", changeItems=items(0.01))
    again = redeclared(case)
    again.fill("submit_redeclaration")
    if decided != "opinion":
        again.fill_all("give_redeclaration_opinion", opinion="同意")
    if decided == "consent":
        again.fill("review_budget", budgetDecision="安排", approvedBudget=40000001)
    again.fill_all(task, **answers)
    assert again.ended
    assert again.messages[-1]["variables"] == {"redeclarationResult": "未批准", "refusalReason": told}
    answer(case, again)
    assert (case.ended, case.facts["cumulativeChange"], case.facts["changePending"]) == (True, 0, False)


def test_what_the_reviewers_want_changed_comes_back_to_the_applicant_and_to_them() -> None:
    case = begin("sucheng")
    case.fill("submit_change", changeItems=items(100), reasonCode="无")
    again = redeclared(case)
    again.fill("submit_redeclaration")
    again.fill_all("give_redeclaration_opinion", opinion="修改后同意", opinionText="补充说明")
    assert again.tasks == {"submit_redeclaration": 1}
    again.fill("submit_redeclaration")
    assert again.tasks == {"give_redeclaration_opinion": 4}


@pytest.mark.parametrize(("reason", "needed"), [("一", "deploymentDocNo"), ("二", "optimisationNote"), ("三", "planningRef")])
def test_each_case_of_an_adjustment_needs_its_proof(reason: str, needed: str) -> None:
    case = begin("sucheng")
    with pytest.raises(FormRejected, match=needed):
        case.fill("submit_change", changeItems=items(100), reasonCode=reason, **{needed: ...})
    assert case.tasks == {"submit_change": 1}


def test_a_decision_starts_empty_when_the_change_comes_back() -> None:
    case = begin("fengxian", approvedEstimate=10000000)
    case.fill("submit_change", changeItems=items(1000))
    case.fill("confirm_change")
    case.give_back("review_change", "confirm_change")
    case.fill("confirm_change")
    assert case.state is not None
    visible = case.state.visible(case.task("review_change").number)
    assert visible.get("changeOpinion") is None
    assert visible["changeAmount"] == 1000
