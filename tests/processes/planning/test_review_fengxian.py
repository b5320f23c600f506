"""Fengxian: two stages of review, the year's block, plan and approvals."""

from decimal import Decimal
from typing import Any

import pytest

from tests.processes.driver import FormRejected, at, clauses_of, library
from tests.processes.planning.cases import PlanningCase, review

FOUND = {"planConform": True, "schemeMature": True, "estimateReasonable": True, "otherIssue": False, "villageNecessity": "不涉及"}
FIVE = dict.fromkeys(("necessity", "soundness", "sharing", "safety", "economy"), "符合")
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
    with pytest.raises(FormRejected, match="须写明意见"):
        case.fill("give_pre_review_opinion", findings={**FOUND, "estimateReasonable": False}, opinionText="")
    case.fill("give_pre_review_opinion", findings={**FOUND, "estimateReasonable": False}, opinionText="测算偏高")
    case.fill_all("give_pre_review_opinion")
    case.fill("summarise_pre_review")
    assert (case.ended, case.phase) == (True, "rejected")
    assert case.records["no_review"][0]["reason"] == "经费测算不合理"
    assert case.notices[-1] == {"to": "applicant", "title": "项目列入不予评审清单", "text": "经费测算不合理"}
    assert "select_experts" not in case.path


def test_a_split_project_goes_back_and_is_reviewed_again() -> None:
    """FX-11-3."""
    case = begin()
    pass_pre_review(case, splitFinding="属分拆", preReviewSummary="请与另一项目合并")
    assert case.tasks == {"revise_scheme": 1}
    assert "合并" in case.variable("preReviewSummary")
    items = [{"name": "软件", "amount": 7000000}, {"name": "硬件", "amount": 700000.5}]
    with pytest.raises(FormRejected, match="资金来源合计应等于预算明细合计"):  # FX-10-3, FX-2-1
        case.fill("revise_scheme", budgetItems=items)
    case.fill("revise_scheme", purpose="合并建设", budgetItems=items, fundItems=[{"source": "财政性资金", "amount": 7700000.5}])
    assert (case.facts["purpose"], case.facts["totalAmount"]) == ("合并建设", Decimal("7700000.5")), (
        "what is revised is a fact, the total a sum"
    )
    assert case.tasks == {"endorse_revision": 1}
    case.fill("endorse_revision")
    assert case.tasks == {"give_pre_review_opinion": 5}
    pass_pre_review(case)
    assert case.tasks == {"select_experts": 1}


def test_sinking_to_villages_without_need_is_returned() -> None:
    """FX-16-4."""
    case = begin(dispatchToVillage=True)
    with pytest.raises(FormRejected, match="须认定有无必要"):
        case.fill("give_pre_review_opinion")
    case.fill("give_pre_review_opinion", findings={**FOUND, "villageNecessity": "无必要"})
    case.fill_all("give_pre_review_opinion", findings={**FOUND, "villageNecessity": "确有必要"})
    case.fill("summarise_pre_review")
    assert case.tasks == {"revise_scheme": 1}
    case.fill("revise_scheme", dispatchToVillage=False)
    case.fill("endorse_revision")
    pass_pre_review(case)
    assert (case.tasks, case.facts["dispatchToVillage"]) == ({"select_experts": 1}, False)


def test_too_few_experts_or_one_of_the_applicants_own_are_refused() -> None:
    """FX-18-2, FX-18-3."""
    case = begin()
    pass_pre_review(case)
    university, society = ({"key": key, "name": name} for key, name in (("901", "大学"), ("902", "协会")))
    with pytest.raises(FormRejected, match="至少 3 名"):
        case.fill("select_experts", experts=[{"person": {"key": "1", "name": "甲"}, "office": university}])
    own = case.kept.office("机关事务管理局")
    with pytest.raises(FormRejected, match="须回避：乙"):
        case.fill(
            "select_experts",
            experts=[
                {"person": {"key": name, "name": name}, "office": office}
                for name, office in (("甲", university), ("乙", own), ("丙", society))
            ],
        )
    with pytest.raises(FormRejected):
        case.fill(
            "select_experts", experts=[{"person": {"key": name, "name": name}, "office": "区机关事务管理局"} for name in "甲乙丙"]
        )  # text is no office
    with pytest.raises(FormRejected, match="同一名专家只能抽取一次"):
        case.fill("select_experts", experts=[{"person": {"key": "1", "name": "甲"}, "office": university}] * 3)
    case.fill("select_experts")
    assert case.tasks == {"give_plan_opinion": 6, "give_security_opinion": 1}
    offices = [case.task("give_plan_opinion", number).office for number in range(6)]
    assert len(set(offices)) == 6, "each sees its own alone"
    assert offices[:3] == ["奉贤区数据局", "奉贤区委网信办", "奉贤区财政局"]


def test_a_failed_plan_review_blocks_the_year() -> None:
    """FX-19-1, B63."""
    case = review("fengxian", "2026-11-20")
    pass_pre_review(case)
    case.fill("select_experts")
    with pytest.raises(FormRejected):
        case.fill("give_plan_opinion", aspects={**FIVE, "safety": "不符合"}, basisRefs="")
    case.fill("give_plan_opinion", aspects={**FIVE, "safety": "不符合"}, basisRefs="等级保护标准")
    case.fill_all("give_plan_opinion")
    case.fill("give_security_opinion")
    case.fill("conclude_plan_review")
    assert (case.ended, case.phase) == (True, "blocked")
    block = case.records["application_block"][0]
    assert (block["failedOn"], block["until"]) == ("2026-11-20", "2027-01-01T00:00:00+08:00")
    assert block["reason"] == "安全可行性不符合要求"
    assert case.notices[-1]["title"] == "项建方案评审不通过，当年度不予立项"


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
    with pytest.raises(FormRejected, match="应晚于原计划年度"):
        case.fill("settle_unlisted", planYear=2027)
    case.fill("settle_unlisted")
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
    case.fill("settle_unlisted", settlement="不再安排", settlementReason="需求已变", planYear=2027)
    assert (case.ended, case.phase) == (True, "rejected")


def test_documents_that_are_missing_or_not_agreed_go_back() -> None:
    """FX-5-3."""
    case = begin()
    pass_pre_review(case)
    pass_plan_review(case)
    case.message("plan_listed", LISTED)
    with pytest.raises(FormRejected, match="尚缺：投资概算"):
        case.fill("submit_documents", materials=[{"name": "建设方案", "files": [{"document": "建设方案.pdf"}]}])
    case.fill("submit_documents")
    with pytest.raises(FormRejected, match="须均获同意"):
        case.fill(
            "approve_documents", approvalDocs=[{"docType": "建设方案", "decision": "同意"}, {"docType": "投资概算", "decision": "不同意"}]
        )
    case.give_back("approve_documents", "submit_documents")
    assert case.tasks == {"submit_documents": 1}, "the estimate is not agreed: nothing is approved"
    case.fill("submit_documents")
    assert case.phase == "planned"


def test_only_finance_puts_money_into_the_budget() -> None:
    """FX-5-3, FX-20-2: what the bureau approves is the estimate; the budget is what finance has listed, whatever the estimate."""
    case = begin()
    pass_pre_review(case)
    pass_plan_review(case)
    case.message("plan_listed", {**LISTED, "planAmount": 3000000})
    case.fill("submit_documents", estimateAmount=50000000)
    with pytest.raises(FormRejected, match="批复概算超过列入预算的金额"):
        case.fill("approve_documents")
    with pytest.raises(FormRejected, match="不能超过报送概算"):
        case.fill("approve_documents", approvedEstimate=50000001)
    case.fill("approve_documents", approvedEstimate=2900000)
    assert (case.facts["approvedBudget"], case.facts["approvedEstimate"], case.phase) == (3000000, 2900000, "approved")


def test_nobody_speaks_for_who_did_not() -> None:
    """FX-18-1: an aspect that one reviewer finds wanting is wanting, whoever the others are."""
    case = begin()
    pass_pre_review(case)
    case.fill("select_experts")
    for _ in range(5):
        case.fill("give_plan_opinion")
    assert "conclude_plan_review" not in case.path
    case.fill("give_plan_opinion", aspects={**FIVE, "economy": "基本符合"})
    case.fill("give_security_opinion")
    case.fill("conclude_plan_review")
    assert case.phase == "reviewed"


def test_lateness_is_marked_at_each_stage_and_decides_nothing() -> None:
    case = begin()
    case.advance("2026-10-27T23:59:59")
    assert case.overdue == []
    case.advance("2026-10-28T00:00:00")
    assert case.overdue == ["opinion"] * 5, "each who is asked has a limit"
    assert case.tasks == {"give_pre_review_opinion": 5}
    pass_pre_review(case)
    case.fill("select_experts")
    case.advance("2026-11-20")
    assert case.overdue == ["opinion"] * 12, "six who review and the security opinion"
    assert case.tasks == {"give_plan_opinion": 6, "give_security_opinion": 1}


def test_a_late_revision_is_marked() -> None:
    case = begin()
    pass_pre_review(case, splitFinding="属分拆")
    case.advance("2026-11-20")
    assert case.overdue == ["declaration.correct"]
    assert case.tasks == {"revise_scheme": 1}


def test_every_user_task_has_a_form_and_a_clause() -> None:
    known = library("fengxian")
    carriers = {carrier for clause in clauses_of("fengxian").values() for carrier in clause.carriers}
    for process in ("annual_plan", "declaration", "review"):
        for element in known.processes[process].elements.values():
            if element.type == "userTask":
                assert element.form_id in known.forms, element.id
                assert f"{process}.{element.id}" in carriers or element.id in ("recognise_exemption",), element.id


def test_the_request_is_the_only_way_in() -> None:
    starts = library("fengxian").processes["review"].start_events
    assert [(start.kind, start.name) for start in starts] == [("message", "review_requested")]


def test_it_works_without_connectors() -> None:
    case = PlanningCase("fengxian", "review", facts=begin().facts, now=at("2026-10-20"), connectors=False, phase="declared")
    pass_pre_review(case)
    pass_plan_review(case)
    assert case.message("plan_listed", LISTED)
    case.fill("submit_documents")
    case.fill("approve_documents")
    assert case.ended
    assert not case.incidents
