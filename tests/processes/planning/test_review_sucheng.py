"""Sucheng: pre-review by four parties, budget, plan, then project approval, joint review and decentralised construction side by side."""

from decimal import Decimal
from typing import Any

import pytest

from tests.processes.driver import FormRejected, at, library
from tests.processes.planning.cases import PlanningCase, review

LISTED = {"listed": True, "planDocNo": "宿区政1号", "planYear": 2027, "planAmount": 6000000, "fundChannel": None}


def to_plan(case: PlanningCase) -> None:
    """Pre-review and budget passed: the project waits for the annual plan."""
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review")
    case.fill("apply_budget")
    case.fill("review_budget")


def to_examination(case: PlanningCase, **answers: Any) -> None:
    to_plan(case)
    assert case.message("plan_listed", LISTED)
    case.fill("apply_examination", **answers)


def joint_review(case: PlanningCase) -> None:
    case.fill_all("give_joint_opinion")
    case.fill("set_control_price")
    case.fill("conclude_joint_review")


def finish_joint_review(case: PlanningCase) -> None:
    case.fill("revise_final")
    case.fill("check_final")
    case.fill_all("sign_joint_review")
    case.fill("upload_signed_form")


def test_main_path_from_the_request_to_procurement() -> None:
    case = review("sucheng")
    to_plan(case)
    assert case.phase == "reviewed"
    assert (case.messages[0]["name"], case.messages[0]["key"]) == ("listing_requested", "2027")
    case.message("plan_listed", LISTED)
    assert case.phase == "planned"
    case.fill("apply_examination")
    assert case.tasks == {"give_joint_opinion": 4, "submit_establishment": 1}
    joint_review(case)
    finish_joint_review(case)
    assert case.phase == "planned", "the development and reform bureau has not approved yet"
    case.fill("submit_establishment")
    case.fill("approve_project")
    assert (case.ended, case.phases) == (True, ["declared", "reviewing", "reviewed", "planned", "approved"])
    facts = {
        name: case.facts[name]
        for name in ("listed", "schemePassed", "estimatePassed", "establishmentRequired", "establishmentApproved", "jointReviewPassed")
    }
    assert all(facts.values())
    assert case.facts["controlPrice"] == Decimal("6947911")
    assert case.messages[-1]["name"] == "procurement_requested"
    assert not case.incidents


@pytest.mark.parametrize(("amount", "asked"), [("4000000.00", False), ("4000000.01", True)])
def test_approval_is_asked_only_above_the_threshold(amount: str, asked: bool) -> None:
    """B17, B18: SC-12-1."""
    case = review("sucheng", totalAmount=Decimal(amount))
    to_examination(case)
    assert (case.tasks["submit_establishment"] == 1) is asked
    assert case.facts["establishmentRequired"] is asked
    joint_review(case)
    finish_joint_review(case)
    assert case.ended is not asked
    assert ("approve_project" in case.path) is False


def test_a_purchased_service_needs_no_approval() -> None:
    case = review("sucheng", totalAmount=Decimal("38840000"), projectType="购买服务类")
    to_examination(case)
    assert case.tasks == {"give_joint_opinion": 4}


def test_an_unknown_source_of_money_is_treated_as_the_budget() -> None:
    case = review("sucheng", usesBudgetFund=None)
    to_examination(case)
    assert case.tasks["submit_establishment"] == 1


# ---------------------------------------------------------------- pre-review and budget


def test_four_parties_and_secrecy_for_a_classified_project() -> None:
    case = review("sucheng")
    assert {case.task("give_pre_review_opinion", number).groups[0] for number in range(4)} == {
        "data_bureau",
        "cyberspace",
        "finance",
        "big_data_centre",
    }
    assert review("sucheng", classified=True).tasks == {"give_pre_review_opinion": 5}


def test_one_revision_returns_it_to_the_applicant_and_asks_everyone_again() -> None:
    """SC-10-18, A59."""
    case = review("sucheng")
    case.fill("give_pre_review_opinion", opinion="修改后同意", opinionText="补充共享清单")
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review", preReviewText="请补充共享清单")
    assert case.tasks == {"revise_declaration": 1}
    assert case.variable("returnReason") == "请补充共享清单"
    assert case.variable("preReviewOpinions")[0]["opinionText"] == "补充共享清单"
    case.fill("revise_declaration")
    assert case.tasks == {"give_pre_review_opinion": 4}
    to_plan(case)
    assert case.phase == "reviewed"


def test_one_refusal_fails_the_pre_review() -> None:
    case = review("sucheng")
    with pytest.raises(FormRejected):
        case.fill("give_pre_review_opinion", opinion="不同意", opinionText="")
    case.fill("give_pre_review_opinion", opinion="不同意", opinionText="不符合规划")
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review", preReviewText="预审不通过")
    assert (case.ended, case.phase) == (True, "rejected")
    assert "apply_budget" not in case.path


@pytest.mark.parametrize(
    "finding",
    [
        {"planConform": False},
        {"dataSecurity": "不通过"},
        {"shiftFinding": "存在转嫁"},
        {"mixedFinding": "夹杂"},
        {"technicalScheme": "整改"},
    ],
)
def test_nobody_can_agree_with_a_hard_finding(finding: dict[str, Any]) -> None:
    case = review("sucheng")
    with pytest.raises(FormRejected):
        case.fill("give_pre_review_opinion", **finding)
    case.fill("give_pre_review_opinion", **finding, opinion="修改后同意", opinionText="见说明")


def test_no_budget_without_the_finance_bureaus_reason() -> None:
    """SC-10-20, SC-10-21."""
    case = review("sucheng")
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review")
    case.fill("apply_budget")
    with pytest.raises(FormRejected):
        case.fill("review_budget", budgetDecision="核减", budgetReason="")
    case.fill("review_budget", budgetDecision="退回", budgetReason="重新测算")
    assert case.tasks == {"apply_budget": 1}
    case.fill("apply_budget")
    case.fill("review_budget", budgetDecision="核减", approvedBudget=6000000, budgetReason="按标准核减")
    assert case.facts["approvedBudget"] == 6000000


def test_a_project_without_budget_ends() -> None:
    case = review("sucheng")
    case.fill_all("give_pre_review_opinion")
    case.fill("issue_pre_review")
    case.fill("apply_budget")
    case.fill("review_budget", budgetDecision="不予安排", budgetReason="财力不足")
    assert (case.ended, case.phase) == (True, "rejected")
    assert case.notices[-1]["text"] == "财力不足"


# ---------------------------------------------------------------- examination


def test_either_the_study_or_the_scheme_will_do() -> None:
    """SC-11-1."""
    case = review("sucheng")
    to_examination(case, materials=[{"name": "项目申报表", "number": "1"}])
    assert case.variable("missingMaterials") == ["可行性研究报告或建设方案"]
    case.fill("apply_examination", materials=[{"name": "项目申报表", "number": "1"}, {"name": "建设方案", "number": "2"}])
    assert case.tasks["give_joint_opinion"] == 4


def test_simplified_approval_asks_for_fewer_documents() -> None:
    """SC-12-2."""
    case = review("sucheng")
    to_examination(case, inPlanning=True, planningRef="规划1号")
    assert case.variable("requiredDocuments") == ["可行性研究报告", "初步设计方案"]
    case.fill("submit_establishment", establishmentDocs=[{"name": "初步设计方案", "number": "1"}])
    assert case.variable("missingDocuments") == ["可行性研究报告"]
    case.fill("submit_establishment")
    assert case.task("approve_project").groups == ("development_reform",)
    case.fill("approve_project", establishmentDecision="退回", establishmentReason="深度不够")
    assert case.tasks["submit_establishment"] == 1


def test_a_refused_approval_ends_everything_that_runs_beside_it() -> None:
    case = review("sucheng")
    to_examination(case)
    case.fill("submit_establishment")
    case.fill("approve_project", establishmentDecision="不予批准", establishmentReason="不符合投资方向")
    assert (case.ended, case.phase) == (True, "rejected")
    assert not case.tasks
    assert case.notices[-1]["text"] == "不符合投资方向"


def test_an_aspect_that_nobody_examined_is_not_passed() -> None:
    """SC-13-1: all six aspects need a verdict."""
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    case.fill_all("give_joint_opinion", networkSecurity="非本单位职责")
    assert case.variable("jointResult") == "RETURN"


def test_a_joint_review_that_fails_rejects() -> None:
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    case.fill("give_joint_opinion", opinion="不同意", opinionText="重复建设")
    case.fill_all("give_joint_opinion")
    case.fill("set_control_price")
    case.fill("conclude_joint_review", jointReviewText="联审不通过")
    assert (case.ended, case.phase) == (True, "rejected")
    assert case.notices[-1]["text"] == "联审不通过"


def test_a_final_draft_that_is_not_enough_is_revised_in_another_three_days() -> None:
    """SC-14-1, A13: each round counts anew."""
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    joint_review(case)
    with pytest.raises(FormRejected):
        case.fill("revise_final", declarationUpdated=False)
    case.fill("revise_final")
    case.advance("2026-10-26")
    case.fill("check_final", finalCheck="退回修改", finalCheckReason="概算未改")
    assert case.task("revise_final").due_at == at("2026-10-30T00:00:00")
    finish_joint_review(case)
    assert case.phase == "approved"


def test_all_four_leaders_sign_or_nothing_is_approved() -> None:
    """SC-14-4."""
    case = review("sucheng", totalAmount=100)
    to_examination(case)
    joint_review(case)
    case.fill("revise_final")
    case.fill("check_final")
    assert case.tasks == {"sign_joint_review": 4}
    for _ in range(3):
        case.fill("sign_joint_review")
    case.fill("sign_joint_review", signature="退回", signatureComment="控制价有误")
    assert case.tasks == {"revise_final": 1}
    finish_joint_review(case)
    assert case.phase == "approved"


@pytest.mark.parametrize(
    ("delivered", "last_day_is_over"),
    [
        ("2026-03-06", "2026-03-12"),
        ("2026-03-02", "2026-03-06"),
        ("2026-09-30", "2026-10-11"),
        ("2026-02-12", "2026-02-25"),
        ("2026-09-17", "2026-09-22"),
    ],
)
def test_three_working_days_for_the_final_draft(delivered: str, last_day_is_over: str) -> None:
    """B41–B45: holidays, working Saturdays and Sundays; late is marked, never refused."""
    case = review("sucheng", delivered, totalAmount=100, planYear=2028)
    to_examination(case)
    joint_review(case)
    assert case.task("revise_final").due_at == at(f"{last_day_is_over}T00:00:00")
    case.advance(at(f"{last_day_is_over}T00:00:00"))
    assert case.overdue[-1] == "review.revise"
    assert case.tasks == {"revise_final": 1}
    finish_joint_review(case)
    assert case.phase == "approved"


# ---------------------------------------------------------------- decentralised construction


def decentralised(**facts: Any) -> PlanningCase:
    case = review("sucheng", totalAmount=100, **facts)
    to_examination(case, buildMode="分散建设", decentralisedReason="上级统一开发部署")
    return case


def test_decentralised_construction_passes_both_levels() -> None:
    """SC-15-4."""
    case = decentralised()
    assert case.tasks == {"give_joint_opinion": 4, "give_consultation_opinion": 6}
    case.fill_all("give_consultation_opinion")
    assert case.task("register_government_approval").groups == ("district_government",)
    case.fill("register_government_approval")
    assert case.facts["decentralizedApproved"] is True
    joint_review(case)
    finish_joint_review(case)
    assert case.facts["buildMode"] == "分散建设"


def test_without_the_consultations_agreement_the_government_is_not_asked() -> None:
    case = decentralised()
    case.fill("give_consultation_opinion", opinion="不同意", opinionText="应集中")
    case.fill_all("give_consultation_opinion")
    assert "register_government_approval" not in case.path
    assert (case.facts["buildMode"], case.facts["decentralizedApproved"]) == ("集中实施", False)


def test_lateness_is_marked_at_each_stage_and_decides_nothing() -> None:
    case = decentralised()
    case.advance("2026-11-20")
    assert sorted(case.overdue) == ["opinion", "opinion"]
    assert case.tasks == {"give_joint_opinion": 4, "give_consultation_opinion": 6}
    early = review("sucheng")
    early.advance("2026-11-20")
    assert (early.overdue, early.tasks) == (["opinion"], {"give_pre_review_opinion": 4})


def test_a_project_that_is_not_listed_is_settled_by_the_bureau() -> None:
    case = review("sucheng")
    to_plan(case)
    case.message("plan_not_listed", {"listed": False, "planDecision": "不列", "planReason": "财力不足"})
    case.fill("settle_unlisted", settlement="不再安排", settlementReason="区政府未同意", planDecision=..., planReason=...)
    assert (case.ended, case.phase) == (True, "rejected")
    assert case.notices[-1]["title"] == "项目未通过审查"


def test_every_user_task_has_a_form_and_a_clause() -> None:
    known = library("sucheng")
    for process in ("annual_plan", "declaration", "review"):
        for element in known.processes[process].elements.values():
            if element.type == "userTask":
                assert element.form_id in known.forms, element.id
                fengxian_only = element.id in ("check_unplanned", "classify_project")
                assert fengxian_only or [clause for clause in element.clauses if clause.startswith("SC-")], element.id


def test_it_works_without_connectors() -> None:
    case = PlanningCase(
        "sucheng",
        "review",
        variables={
            "projectName": "甲",
            "totalAmount": Decimal("4000000.01"),
            "usesBudgetFund": True,
            "projectType": "建设类",
            "planYear": 2027,
            "classified": False,
        },
        now=at("2026-10-20"),
        connectors=False,
    )
    to_examination(case)
    joint_review(case)
    finish_joint_review(case)
    case.fill("submit_establishment")
    case.fill("approve_project")
    assert case.ended
    assert not case.incidents
