"""A check belongs to its form and cannot be talked round: what people did to get past it. Source: modelling.md §8 and the clauses named."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask

from app.domain.permissions import SYSTEM
from app.errors import Failure
from app.seen.shapes import TaskLine
from app.services import returns, tasks
from tests.integration.districts.evading import SUCHENG_BIG, begun, elements, facts, give_back, nothing_written, refused, start
from tests.integration.districts.play import District

NOTHING = (
    "\u200b",
    "\u3164",
    "\u2800",
    "\u00ad\u2060",
    "\u3000\ufeff",
)  # zero width, fillers, a blank Braille pattern, soft hyphen and joiner, wide


def _sent_back(place: District, project: int) -> TaskLine:
    """The first reviewer wants changes: the declaration is being revised."""
    place.do(place.until(project, "give_pre_review_opinion"), opinion="修改后同意", opinionText="请修改")
    return place.until(project, "revise_declaration")


def test_what_may_not_be_declared_is_not_put_in_by_revising(app: Flask) -> None:
    """SC-6-1, SC-12-1, SC-2-2: declared as the rules want it, and changed when a reviewer asks for something else."""
    place, project = begun("sucheng", SUCHENG_BIG)
    revised = _sent_back(place, project)
    assert "deployment CHECK" in refused(place, revised, deployment="本地")
    assert "usesBudgetFund CHECK" in refused(place, revised, usesBudgetFund=False)
    assert "fundItems CHECK" in refused(place, revised, fundItems=[{"source": "政企联合-企业部分", "amount": 9_000_000}])
    place.do(revised, purpose="按意见修改的建设目标")
    assert facts(project)["purpose"] == "按意见修改的建设目标"
    assert elements(place, project) == ["give_pre_review_opinion"] * 4


def test_nor_by_the_final_text(app: Flask) -> None:
    """SC-12-1, SC-6-1: nine million of the enterprise's own when it was to be established, of the budget when the final text came."""
    own = [{"source": "国企投资", "amount": Decimal("9000000")}]
    place, project = begun("sucheng", SUCHENG_BIG)
    place.do(place.task(project, "prepare_declaration"), fundItems=own, usesBudgetFund=False)
    final = place.until(project, "revise_final")
    assert facts(project)["establishmentRequired"] is False
    assert "fundItems CHECK 资金来源含区财政" in refused(place, final, fundItems=[{**own[0], "source": "区财政"}])
    assert "deployment CHECK" in refused(place, final, deployment="其他云")
    place.do(final, fundItems=own)
    assert elements(place, project) == ["check_final"]


def test_a_scheme_is_not_revised_into_what_asks_for_more(app: Flask) -> None:
    """FX-12-1, FX-8-7, FX-2-8, FX-2-4: declared as a data system without interfaces, revised into an application."""
    place, project = begun("fengxian")
    place.do(place.task(project, "prepare_declaration"), category="数据资源系统", exchangeItems=[], dataResources=[])
    place.do(place.until(project, "summarise_pre_review"), splitFinding="属分拆")
    revised = place.until(project, "revise_scheme")
    assert "category CHECK" in refused(place, revised, category="信息应用系统")
    assert "category CHECK" in refused(place, revised, category="其他")
    assert "subCategory CHECK" in refused(place, revised, subCategory="数据开发利用")
    place.do(revised)
    assert "give_pre_review_opinion" in elements(place, project)


def test_a_second_acceptance_is_not_dated_before_the_first(app: Flask) -> None:
    """SC-26-2, SC-29-1: dated back, the defects were mended before they were found, and the warranty ends earlier."""
    place, project = begun("sucheng")
    place.until(project, "hold_acceptance")
    early = (place.now + timedelta(days=2)).date().isoformat()
    place.advance(place.now + timedelta(days=40))
    place.do(place.task(project, "hold_acceptance"), acceptanceResult="不合格", issues=[{"issue": "缺陷", "requirement": "改正"}])
    rectify = place.until(project, "rectify")
    assert "rectifiedOn CHECK" in refused(place, rectify, rectifiedOn=early)
    place.advance(place.now + timedelta(days=20))
    place.do(rectify)
    again = place.until(project, "hold_acceptance")
    assert "heldOn CHECK 再次验收的日期不能早于整改完成日期" in refused(place, again, heldOn=early, acceptanceEndedOn=early)
    place.do(again)
    assert facts(project)["acceptedOn"] > early


def test_a_reason_is_something_that_can_be_read(app: Flask) -> None:
    """SC-4-3: whoever does not agree says why."""
    place, project = begun("sucheng")
    line = place.until(project, "give_pre_review_opinion")
    for nothing in NOTHING:
        assert "opinionText REQUIRED" in refused(place, line, opinion="不同意", opinionText=nothing)
    place.do(line, opinion="不同意", opinionText="数据来源不明")
    place.until(project, "issue_pre_review")
    issue = place.task(project, "issue_pre_review")
    for nothing in NOTHING:
        wish = returns.ReturnWish("give_pre_review_opinion", straight=False, reason=nothing, due_on=place.now.date())
        with nothing_written(project), pytest.raises(Failure) as failure:
            returns.give_back(place.performer(issue), issue.key, wish, place.now)
        assert failure.value.code == "REASON"


def test_only_a_check_that_says_so_is_set_aside_and_only_with_a_reason(app: Flask) -> None:
    """SC-16-2, SC-26-3: money over the contract with an explanation, to another company without one."""
    place, project = begun("sucheng")
    place.until(project, "start_trial")
    start(place, project, "payment")
    line = place.task(project, "apply_payment")
    bureau = place.person("data_bureau").memberships[0]
    payee = {"key": str(bureau.office), "name": bureau.office_name}
    assert "payee CHECK" in refused(place, line, payKind="预付款", payAmount=1000, payee=payee)
    assert "payee CHECK_REASON" in refused(
        place, line, payKind="预付款", payAmount=1000, payee=payee, confirmed={"payee_is_contractor": "\u3164 "}
    )
    assert "payee OFFICE" in refused(
        place, line, payKind="预付款", payAmount=1000, payee={**payee, "key": "7"}, confirmed={"payee_is_contractor": "合同约定"}
    )
    place.do(line, payKind="预付款", payAmount=1000)
    pay = place.task(project, "pay")
    assert "CHECK_UNKNOWN" in refused(place, pay, confirmed={"still_payable": "急需"}, paidOn="2031-01-01")
    assert "paidOn CHECK" in refused(place, pay, paidOn="2031-01-01")
    place.do(pay)
    assert facts(project)["paidAmount"] == 1000


def test_who_takes_a_justified_receiver_out_again_has_none(app: Flask) -> None:
    """SC-26-3: justified once, then left away, so that no check asked and finance paid to it all the same."""
    place, project = begun("sucheng")
    place.until(project, "start_trial")
    start(place, project, "payment")
    line = place.task(project, "apply_payment")
    bureau = place.person("data_bureau").memberships[0]
    payee = {"key": str(bureau.office), "name": bureau.office_name}
    answers = place.filled(line, {"payKind": "预付款", "payAmount": 1000, "payee": payee})
    tasks.complete(place.performer(line), line.key, answers, place.now, confirmed={"payee_is_contractor": "合同约定"})
    give_back(place, place.task(project, "pay"), "apply_payment")
    again = place.task(project, "apply_payment")
    assert place.filled(again)["payee"] == payee
    answers.pop("payee")
    tasks.complete(place.performer(again), again.key, answers, place.now)
    pay = place.task(project, "pay")
    assert tasks.inputs(SYSTEM, pay.key, place.now)[1].get("payee") is None
    assert "payee NOT_ALLOWED" in refused(place, pay, payee=payee)
    place.do(pay)
    assert facts(project)["paidAmount"] == 1000


@pytest.mark.parametrize("district", ["sucheng", "fengxian"])
def test_no_part_of_a_fen_and_no_change_beside_another(app: Flask, district: str) -> None:
    """SC-17-2, FX-22-1: a thousand items below half a fen add up to nothing; a second change while the first is not counted yet."""
    place, project = begun(district)
    place.until(project, "start_trial")
    start(place, project, "change")
    line = place.task(project, "submit_change")
    crumbs = [{"item": "零头", "amount": Decimal("0.004")}]
    assert "changeItems/0/amount" in refused(place, line, extra={"changeItems": crumbs})
    with nothing_written(project), pytest.raises(Failure) as failure:
        start(place, project, "change")
    assert failure.value.code == "ALREADY_RUNNING"
    place.do(line, changeItems=[{"item": "增加", "amount": Decimal("100.01")}, {"item": "减少", "amount": Decimal("-100.01")}])
    while waiting := [one for one in place.open(project) if one.process_id == "change"]:
        place.do(waiting[0])
    assert facts(project)["cumulativeChange"] == Decimal("200.02")
