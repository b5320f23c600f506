"""Fengxian: two stages of review, the year's block, plan and approvals."""

from typing import Any

import pytest

from tests.processes.driver import FormRejected, at, clauses_of, library
from tests.processes.planning.cases import PlanningCase, review

LISTED = {"listed": True, "planDocNo": "财预1号", "planYear": 2027, "planAmount": 6000000, "fundChannel": None}


def begin(**facts: Any) -> PlanningCase:
    return review("fengxian", **facts)


def pass_pre_review(case: PlanningCase, **facts: Any) -> None:
    case.fill_all("give_pre_review_opinion")
    case.fill("summarise_pre_review", **facts)


def pass_plan_review(case: PlanningCase) -> None:
    case.fill("select_experts")
    case.fill_all("give_plan_opinion")
    case.fill("give_security_opinion")
    case.fill("conclude_plan_review")


def test_main_path_from_the_request_to_procurement() -> None:
    case = begin()
    assert case.phase == "reviewing"
    assert case.tasks == {"give_pre_review_opinion": 5}
    pass_pre_review(case)
    pass_plan_review(case)
    assert case.phase == "reviewed"
    assert case.facts["planYear"] == 2027
    assert (case.messages[0]["name"], case.messages[0]["key"]) == ("listing_requested", "2027")
    assert case.message("plan_listed", LISTED)
    assert case.phase == "planned"
    assert case.facts["listed"] is True
    case.fill("submit_documents")
    case.fill("approve_documents")
    assert (case.ended, case.phases) == (True, ["declared", "reviewing", "reviewed", "planned", "approved"])
    assert case.messages[-1]["name"] == "procurement_requested"
    assert (case.facts["schemePassed"], case.facts["estimatePassed"], case.facts["approvedBudget"]) == (True, True, 6000000)
    assert not case.incidents


def test_the_bureau_sums_up_only_when_all_five_have_spoken() -> None:
    """FX-16-1."""
    case = begin()
    groups = {case.task("give_pre_review_opinion", number).groups for number in range(5)}
    assert groups == {("data_bureau",), ("cyberspace",), ("finance",), ("public_security",), ("urban_operations",)}
    for _ in range(4):
        case.fill("give_pre_review_opinion")
    assert case.tasks == {"give_pre_review_opinion": 1}
    case.fill("give_pre_review_opinion")
    assert case.tasks == {"summarise_pre_review": 1}


def test_one_no_puts_it_on_the_list_of_the_unreviewed() -> None:
    """FX-15-3."""
    case = begin()
    case.fill("give_pre_review_opinion", estimateReasonable=False, opinionText="测算偏高")
    case.fill_all("give_pre_review_opinion")
    case.fill("summarise_pre_review")
    assert (case.ended, case.phase) == (True, "rejected")
    assert case.records["no_review"][0]["reason"] == "经费测算不合理"
    assert "select_experts" not in case.path


def test_a_split_project_goes_back_and_is_reviewed_again() -> None:
    """FX-11-3."""
    case = begin()
    pass_pre_review(case, splitFinding="属分拆", preReviewSummary="请与另一项目合并")
    assert case.tasks == {"revise_scheme": 1}
    assert "合并" in case.variable("returnReason")
    case.fill("revise_scheme")
    assert case.tasks == {"give_pre_review_opinion": 5}
    pass_pre_review(case)
    assert case.tasks == {"select_experts": 1}


def test_sinking_to_villages_without_need_is_returned() -> None:
    """FX-16-4."""
    case = begin(dispatchToVillage=True)
    case.fill("give_pre_review_opinion", villageNecessity="无必要")
    case.fill_all("give_pre_review_opinion", villageNecessity="确有必要")
    case.fill("summarise_pre_review")
    assert case.tasks == {"revise_scheme": 1}


def test_too_few_experts_or_one_of_the_applicants_own_are_refused() -> None:
    """FX-18-2, FX-18-3."""
    case = begin()
    pass_pre_review(case)
    case.fill("select_experts", experts=[{"name": "甲", "office": "大学"}])
    assert case.tasks == {"select_experts": 1}
    assert "至少 3 名" in case.variable("panelMessage")
    case.fill(
        "select_experts",
        experts=[{"name": name, "office": office} for name, office in (("甲", "大学"), ("乙", "机关事务管理局"), ("丙", "协会"))],
    )
    assert "须回避：乙" in case.variable("panelMessage")
    case.fill("select_experts")
    assert case.tasks == {"give_plan_opinion": 6, "give_security_opinion": 1}


def test_a_failed_plan_review_blocks_the_year() -> None:
    """FX-19-1, B63."""
    case = review("fengxian", "2026-11-20")
    pass_pre_review(case)
    case.fill("select_experts")
    with pytest.raises(FormRejected):
        case.fill("give_plan_opinion", safety="不符合", basisRefs="")
    case.fill("give_plan_opinion", safety="不符合", basisRefs="等级保护标准")
    case.fill_all("give_plan_opinion")
    case.fill("give_security_opinion")
    case.fill("conclude_plan_review")
    assert (case.ended, case.phase) == (True, "blocked")
    block = case.records["application_block"][0]
    assert (block["failedOn"], block["until"]) == ("2026-11-20", "2027-01-01T00:00:00+08:00")
    assert block["reason"] == "安全可行性不符合要求"


def test_security_that_needs_rectification_is_mended_before_the_verdict() -> None:
    """FX-5-9."""
    case = begin()
    pass_pre_review(case)
    case.fill("select_experts")
    case.fill_all("give_plan_opinion")
    case.fill("give_security_opinion", cryptoOpinion="需整改", securityComment="未用国密")
    case.fill("conclude_plan_review")
    assert case.tasks == {"revise_security": 1}
    case.fill("revise_security")
    case.fill("recheck_security")
    assert case.phase == "reviewed"


def test_an_unlisted_project_is_settled_by_the_bureau() -> None:
    case = begin()
    pass_pre_review(case)
    pass_plan_review(case)
    assert case.message("plan_not_listed", {"listed": False, "planDecision": "缓列", "planReason": "财力不足"})
    assert case.tasks == {"settle_unlisted": 1}
    case.fill("settle_unlisted", planDecision=..., planReason=...)
    assert case.facts["planYear"] == 2028
    assert (case.messages[-1]["name"], case.messages[-1]["key"]) == ("listing_requested", "2028")
    assert case.message("plan_listed", LISTED)
    assert case.tasks == {"submit_documents": 1}


def test_no_project_waits_longer_than_its_plan_year() -> None:
    case = begin()
    pass_pre_review(case)
    pass_plan_review(case)
    case.advance("2028-01-01T00:00:00")
    assert case.tasks == {"settle_unlisted": 1}
    case.fill("settle_unlisted", settlement="不再安排", settlementReason="需求已变")
    assert (case.ended, case.phase) == (True, "rejected")


def test_documents_that_are_missing_or_not_agreed_go_back() -> None:
    """FX-5-3."""
    case = begin()
    pass_pre_review(case)
    pass_plan_review(case)
    case.message("plan_listed", LISTED)
    case.fill("submit_documents", materials=[{"name": "建设方案", "number": "1"}])
    assert case.variable("missingMaterials") == ["投资概算"]
    case.fill("submit_documents")
    case.fill(
        "approve_documents", approvalDocs=[{"docType": "建设方案", "decision": "同意"}, {"docType": "投资概算", "decision": "不同意"}]
    )
    assert case.tasks == {"submit_documents": 1}, "the estimate is not agreed: nothing is approved"
    case.fill("submit_documents")
    case.fill("approve_documents", approvalResult="退回", approvalReason="概算重编")
    assert case.variable("returnReason") == "概算重编"
    assert case.phase == "planned"


def test_lateness_is_marked_at_each_stage_and_decides_nothing() -> None:
    case = begin()
    case.advance("2026-10-27T23:59:59")
    assert case.overdue == []
    case.advance("2026-10-28T00:00:00")
    assert case.overdue == ["opinion"]
    assert case.tasks == {"give_pre_review_opinion": 5}
    pass_pre_review(case)
    case.fill("select_experts")
    case.advance("2026-11-20")
    assert case.overdue == ["opinion", "opinion", "opinion"], "department opinions and the security opinion"
    assert case.tasks == {"give_plan_opinion": 6, "give_security_opinion": 1}


def test_a_late_revision_is_marked() -> None:
    case = begin()
    pass_pre_review(case, splitFinding="属分拆")
    case.advance("2026-11-20")
    assert case.overdue == ["declaration.correct"]
    assert case.tasks == {"revise_scheme": 1}


def test_every_user_task_has_a_form_and_a_clause() -> None:
    known = library("fengxian")
    for process in ("annual_plan", "declaration", "review"):
        for element in known.processes[process].elements.values():
            if element.type == "userTask":
                assert element.form_id in known.forms, element.id
                carried = [clause.id for clause in clauses_of("fengxian").values() if f"{process}.{element.id}" in clause.carriers]
                assert [*element.clauses, *carried] or element.id in ("recognise_exemption",), element.id


def test_the_request_is_the_only_way_in() -> None:
    starts = library("fengxian").processes["review"].start_events
    assert [(start.kind, start.name) for start in starts] == [("message", "review_requested")]


def test_it_works_without_connectors() -> None:
    case = PlanningCase(
        "fengxian",
        "review",
        variables={"projectName": "甲", "applicantOffice": "水利局", "totalAmount": 100, "planYear": 2027},
        now=at("2026-10-20"),
        connectors=False,
    )
    pass_pre_review(case)
    pass_plan_review(case)
    assert case.message("plan_listed", LISTED)
    case.fill("submit_documents")
    case.fill("approve_documents")
    assert case.ended
    assert not case.incidents
