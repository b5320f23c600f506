"""What people who read both regulations did to step around them, through the services, each refused or asked again. Source: the clauses named at each test."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from app.domain.permissions import SYSTEM
from app.errors import Failure
from app.seen.shapes import TaskLine
from app.services import messages, projects, returns, tasks
from tests.integration.districts.evading import SUCHENG_BIG, begun, facts, give_back, refused
from tests.integration.districts.play import PLATFORM, District, at

NOT_SOUND = {"necessity": "不符合", "soundness": "不符合", "sharing": "符合", "safety": "符合", "economy": "符合"}


# ---------------------------------------------------------------------- Fengxian


def test_an_exception_is_for_the_payment_that_it_was_given_for(app: Flask) -> None:
    """FX-26-2: one yuan approved, nearly eight million paid."""
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    projects.start_process(place.person("applicant", project=project), project, "payment", place.now)
    place.do(place.task(project, "apply_payment"), payKind="预付款", payAmount=1)
    place.do(place.task(project, "handle_blocked"), blockedHandling="提请例外批准", refusalReason="合同约定预付")
    place.do(place.task(project, "approve_exception"), exceptionOpinion="批准", exceptionReason="仅批一元")
    give_back(place, place.task(project, "pay"), "apply_payment")
    place.do(place.task(project, "apply_payment"), payKind="进度款", payAmount=6000000)
    assert place.open(project, "pay") == []
    assert len(place.open(project, "handle_blocked")) == 1


def test_nobody_but_finance_puts_money_into_the_budget(app: Flask) -> None:
    """FX-20-2: the bureau cannot change an amount of the plan, finance cannot give more than the project costs."""
    place, project = begun("fengxian")
    line = _plan(place, project)
    items = place.filled(line)["planItems"]
    assert "不能改" in refused(place, line, planItems=[{**items[0], "planAmount": items[0]["planAmount"] + 1}])
    place.do(line)
    consent = place.task(None, "give_consent")
    assert "不能超过总金额" in refused(place, consent, planItems=[{**items[0], "planAmount": Decimal(99_000_000)}])
    place.do(consent, planItems=[{**items[0], "planAmount": Decimal(3_000_000)}])
    place.do(place.task(None, "issue_plan"))
    assert facts(project)["approvedBudget"] == 3_000_000
    documents = place.until(project, "approve_documents")
    assert "approvedBudget" in refused_fields(place, documents, approvedBudget=50_000_000)
    assert facts(project)["approvedBudget"] == 3_000_000


def refused_fields(place: District, line: TaskLine, **more: Any) -> str:
    """What is said of fields that the form has not, or that are not this office's."""
    with pytest.raises(Failure) as failure:
        tasks.complete(place.performer(line), line.key, {**place.filled(line), **more}, place.now)
    return " ".join([failure.value.message, *(fault.path for fault in getattr(failure.value, "problems", ()))])


def _plan(place: District, project: int) -> TaskLine:
    """The year's plan waits for its compilation."""
    while not place.open(None, "compile_plan"):
        if ready := place.open(project):
            place.do(ready[0])
        else:
            place.advance(at("2026-10-20"))
    return place.task(None, "compile_plan")


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_the_plan_holds_nothing_that_the_ledger_did_not_offer(app: Flask, district: str) -> None:
    """FX-5-2, SC-10-22."""
    place, project = begun(district)
    line = _plan(place, project)
    items = place.filled(line)["planItems"]
    invented = {**items[0], "projectKey": "42", "projectName": "根本不存在的项目", "planAmount": Decimal(88_000_000)}
    assert "根本不存在的项目" in refused(place, line, planItems=[*items, invented])
    assert "少了" in refused(place, line, planItems=[invented])


def test_one_expert_gives_one_opinion(app: Flask) -> None:
    """FX-18-2, FX-18-3."""
    place, project = begun("fengxian")
    first = place.until(project, "give_plan_opinion")
    one = place.performer(first)
    place.do(first)
    others = place.open(project, "give_plan_opinion")
    assert others
    for line in others:
        with pytest.raises(Failure):
            tasks.complete(one, line.key, place.filled(line), place.now)


def test_a_change_counts_every_item_and_against_what_was_approved(app: Flask) -> None:
    """FX-22-1: six million more and six million less are twelve."""
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    projects.start_process(place.person("applicant", project=project), project, "change", place.now)
    place.do(place.task(project, "submit_change"), changeItems=[{"item": "甲", "amount": 600000}, {"item": "乙", "amount": -600000}])
    place.do(place.task(project, "confirm_change"))
    review = place.task(project, "review_change")
    assert "只供查看" in refused(place, review, changeAmount=0)
    place.do(review)
    place.do(place.task(project, "apply_procurement_law"), lawHandling="依法签订补充合同")
    assert facts(project)["cumulativeChange"] == 1_200_000


# ---------------------------------------------------------------------- Sucheng


def test_the_bureau_cannot_declare_fulfilled_what_others_decide(app: Flask) -> None:
    """SC-18-2: what is lacking for a procurement is confirmed by whoever decides it."""
    place, project = begun("sucheng")
    place.until(project, "submit_tender")
    known = facts(project)
    assert known["listed"] is True
    assert known["schemePassed"] is True


def test_one_leader_signs_for_one_office(app: Flask) -> None:
    """SC-14-4."""
    place, project = begun("sucheng")
    first = place.until(project, "sign_joint_review")
    lines = place.open(project, "sign_joint_review")
    assert len(lines) == 4
    leader = place.performer(first)
    with pytest.raises(Failure):
        tasks.complete(leader, first.key, {**place.filled(first), "signedOn": "2030-01-01"}, place.now)
    place.do(first)
    others = [line for line in lines if line.key != first.key]
    for line in others:
        with pytest.raises(Failure):
            tasks.complete(leader, line.key, place.filled(line), place.now)
    signers = {place.performer(line).user for line in others}
    assert len(signers | {leader.user}) == 4


def test_dates_of_acceptance_follow_what_has_happened(app: Flask) -> None:
    """SC-24-3, SC-25-1, SC-25-2, SC-27-1."""
    place, project = begun("sucheng")
    trial = place.until(project, "start_trial")
    assert "早于合同" in refused(place, trial, trialStartOn="2025-01-01")
    assert "晚于今天" in refused(place, trial, trialStartOn="2031-12-31")
    held = place.until(project, "hold_acceptance")
    assert "heldOn" in refused(place, held, heldOn=(place.now - timedelta(days=200)).date().isoformat())
    assert "acceptanceEndedOn" in refused(place, held, acceptanceEndedOn="2035-01-01")


@pytest.mark.parametrize(("kind", "amount"), [("预付款", 6_900_000), ("运维经费", 1)])
def test_money_for_what_was_not_accepted_goes_nowhere(app: Flask, kind: str, amount: int) -> None:
    """SC-33-12, SC-26-3."""
    place, project = begun("sucheng")
    place.until(project, "start_trial")
    projects.start_process(place.person("applicant", project=project), project, "payment", place.now)
    place.do(place.task(project, "apply_payment"), payKind=kind, payAmount=amount)
    assert place.open(project, "pay") == []
    assert len(place.open(project, "handle_blocked")) == 1


def test_an_adjustment_over_the_budget_is_declared_again_and_finance_sets_the_money(app: Flask) -> None:
    """SC-17-2, SC-17-5."""
    place, project = begun("sucheng")
    place.until(project, "start_trial")
    projects.start_process(place.person("applicant", project=project), project, "change", place.now)
    over = facts(project)["approvedBudget"] - facts(project)["contractAmount"] + 1
    place.do(place.task(project, "submit_change"), changeItems=[{"item": "增加内容", "amount": over}], reasonCode="二")
    place.do(place.task(project, "submit_redeclaration"), mandateBasis="市政府文件3号")
    for line in place.open(project, "give_redeclaration_opinion"):
        place.do(line, opinion="同意")
    budget = place.task(project, "review_budget")
    with pytest.raises(Failure):
        tasks.complete(place.person("data_bureau"), budget.key, place.filled(budget), place.now)
    place.do(budget)
    place.do(place.task(project, "register_consent"))
    reply = place.until(project, "issue_reapproval")
    assert "approvedBudget" in refused_fields(place, reply, approvedBudget=99_000_000)
    place.do(reply)
    assert facts(project)["cumulativeChange"] == 0


def test_a_project_that_failed_its_review_is_not_declared_again_under_another_name(app: Flask) -> None:
    """FX-19-1: the block is the project's, whatever it is called now."""
    place, project = begun("fengxian")
    place.until(project, "conclude_plan_review", give_plan_opinion={"aspects": NOT_SOUND, "opinionText": "方案不成立"})
    place.do(place.task(project, "conclude_plan_review"))
    projects.start_process(place.person("applicant", project=project), project, "declaration", place.now)
    again = place.task(project, "prepare_declaration")
    assert "当年度不予立项" in refused(place, again, projectName="另一个名称(二期)")


def test_what_was_only_submitted_counts_for_the_ranking_and_for_splitting(app: Flask) -> None:
    """FX-10-4, FX-11-3: three projects of one office, none received yet."""
    place, first = begun("fengxian")
    line = place.task(first, "prepare_declaration")
    place.do(line, priorityRank=2, overallPlanNo="Z9")
    second = place.declare("另一平台")
    place.do(place.task(second, "prepare_declaration"), priorityRank=2, overallPlanNo="Z9")
    place.do(place.task(first, "endorse_declaration"))
    assert place.task(first, "check_declaration")
    third = place.task(place.declare("第三平台"), "prepare_declaration")
    assert "排序不能重复" in refused(place, third, priorityRank=2)
    assert "疑似分拆" in refused(place, third, priorityRank=3, overallPlanNo="Z9", exceptionRequest="")
    place.do(place.task(second, "endorse_declaration"))
    again = place.task(second, "correct_declaration")
    assert "排序不能重复" in tasks.inputs(SYSTEM, again.key, place.now)[1]["returnReason"]
    assert "排序不能重复" in refused(place, again, priorityRank=2)
    place.do(again, priorityRank=3, overallPlanNo="Z9", exceptionRequest="分两步实施")
    for line in place.open(second, "endorse_declaration"):
        place.do(line)
    assert len(place.open(second, "approve_exception")) == 1


@pytest.mark.parametrize("original", ["99999", "没有这个项目", ""])
def test_an_upgrade_names_a_system_that_is_registered(app: Flask, original: str) -> None:
    """FX-32-2: a wrong number is not a way around the evaluation that failed."""
    place, project = begun("fengxian")
    line = place.task(project, "prepare_declaration")
    assert "系统" in refused(place, line, isUpgrade=True, upgradeReason="老化", originalSystem=original)


def test_the_threshold_of_the_approval_is_judged_on_what_the_ledger_knows(app: Flask) -> None:
    """SC-12-1, SC-5-7: a smaller amount cannot be typed at the application."""
    place, project = begun("sucheng", SUCHENG_BIG)
    applied = place.until(project, "apply_examination")
    assert "totalAmount" in refused_fields(place, applied, totalAmount=4_000_000)
    place.do(applied)
    assert facts(project)["establishmentRequired"] is True
    assert len(place.open(project, "submit_establishment")) == 1


def test_a_final_text_above_the_threshold_is_approved_after_all(app: Flask) -> None:
    """SC-12-1: what was declared below it and revised above it."""
    place, project = begun("sucheng", {**PLATFORM, "totalAmount": Decimal("3900000.00")})
    final = place.until(project, "revise_final", set_control_price={"reviewedEstimate": 4_500_000, "controlPrice": 3_900_000})
    assert facts(project)["establishmentRequired"] is False
    place.do(final, fundItems=[{"source": "区财政", "amount": Decimal("4000000.01")}])
    place.until(project, "submit_establishment")
    assert facts(project)["establishmentRequired"] is True
    assert projects.phase(place.system, project) == "planned"


def test_a_declaration_sent_back_is_revised_in_its_facts_and_reviewed_again(app: Flask) -> None:
    """SC-10-18, SC-10-15: the amount grows a hundredfold; everybody gives an opinion on it again."""
    place, project = begun("sucheng")
    first = place.until(project, "give_pre_review_opinion")
    asked = len(place.open(project, "give_pre_review_opinion"))
    place.do(first, opinion="修改后同意", opinionText="补充共享清单")
    revised = place.until(project, "revise_declaration")
    assert "totalAmount" in refused_fields(place, revised, totalAmount=1)
    place.do(revised, purpose="按意见补充共享清单", fundItems=[{"source": "区财政", "amount": 60_000_000}])
    assert (facts(project)["totalAmount"], facts(project)["purpose"]) == (60_000_000, "按意见补充共享清单")
    again = place.open(project, "give_pre_review_opinion")
    assert len(again) == asked
    _, seen = tasks.inputs(place.system, again[0].key, place.now)
    assert seen["project"]["totalAmount"] == 60_000_000


@pytest.mark.parametrize(
    "name", ["procurement_requested", "acceptance_requested", "rectification_requested", "plan_listed", "project_ended"]
)
def test_what_the_processes_tell_each_other_nobody_says_from_outside(app: Flask, name: str) -> None:
    """SC-18-2, SC-33-10: by such a message an administrator moved a project's phase and said that its rectification had begun."""
    place, project = begun("sucheng")
    place.until(project, "start_trial")
    before, phase = dict(facts(project)), projects.phase(place.system, project)
    with pytest.raises(Failure) as failure:
        messages.publish(place.person("system_admin"), name, str(project), {"approvedBudget": 1}, place.now, tenant="sucheng")
    assert failure.value.code == "OWN_MESSAGE"
    assert (dict(facts(project)), projects.phase(place.system, project)) == (before, phase)


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_a_plan_is_of_a_year_that_the_calendar_has(app: Flask, district: str) -> None:
    """FX-20-1, SC-10-1: a digit too many was taken, and the plan stood still when its year was to end."""
    place = District(district, at("2026-09-01"))
    projects.start_district_process(place.person("data_bureau"), "annual_plan", place.now)
    assert "计划年度" in refused(place, place.task(None, "issue_notice"), planYear=20271)


def test_an_opinion_that_was_returned_straight_is_judged_as_it_is_now(app: Flask) -> None:
    """SC-10-18, SC-10-21: finance refused when it was asked again, and the pre-review passed by what it had said before."""
    place, project = begun("sucheng")
    issued = place.until(project, "issue_pre_review")
    wish = returns.ReturnWish("give_pre_review_opinion", True, "请核实", (place.now + timedelta(days=5)).date(), [3])
    returns.give_back(place.performer(issued), issued.key, wish, place.now)
    place.do(place.task(project, "give_pre_review_opinion"), opinion="不同意", opinionText="不符合规划")
    place.do(place.task(project, "issue_pre_review"))
    assert (projects.phase(place.system, project), place.open(project)) == ("rejected", [])
