"""What was approved is changed afterwards, by the next form, by another process, by an administrator: whoever approved is asked again before anything follows.

Source: modelling.md §6 and the clauses named.
"""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.permissions import SYSTEM
from app.errors import Conflict
from app.services import models, projects, repair, tasks
from app.store import accounts
from app.store.tables import IncidentRow, db
from tests.integration.districts.evading import begun, consented, elements, facts, give_back, refused, start
from tests.integration.districts.play import District, at


def _office(name: str) -> dict[str, str]:
    found = {row.name: str(row.key) for row in accounts.offices("sucheng")}
    return {"key": found[name], "name": name}


def _corrected(place: District, project: int, first: dict[str, Any], **then: Any) -> list[str]:
    """Declared and endorsed, sent back by the bureau, corrected: who is asked."""
    place.do(place.task(project, "prepare_declaration"), **first)
    place.do(place.task(project, "endorse_declaration"))
    place.do(place.task(project, "check_declaration"), acceptanceCheck="退回补正", checkReason="补材料")
    place.do(place.task(project, "correct_declaration"), **{**first, **then})
    return elements(place, project)


def test_another_co_builder_put_in_by_the_correction_is_asked(app: Flask) -> None:
    """SC-9-3: one had endorsed, then the other was written in its place; then one more beside it."""
    place, project = begun("sucheng")
    asked = _corrected(
        place,
        project,
        {"isJoint": True, "coBuilders": [_office("宿城区民政局")]},
        coBuilders=[_office("宿城区民政局"), _office("宿城区水利局")],
    )
    assert asked == ["endorse_declaration"] * 2
    lines = place.open(project, "endorse_declaration")
    for line in lines:
        place.do(line)
    assert elements(place, project) == ["check_declaration"]


def test_another_authority_or_kind_of_institution_is_endorsed_anew(app: Flask) -> None:
    """SC-9-1: endorsed by education, then handed to health."""
    place, project = begun("sucheng")
    school = {"orgType": "公共事业单位", "sectorAuthority": _office("宿城区教育局")}
    assert _corrected(place, project, school, sectorAuthority=_office("宿城区卫生健康局")) == ["endorse_declaration"]
    (line,) = place.open(project, "endorse_declaration")
    assert place.performer(line).memberships[0].office_name == "宿城区卫生健康局"


def test_an_exception_for_one_sum_does_not_stand_for_another(app: Flask) -> None:
    """SC-7-1: a small project whose data stay apart, corrected into one of ten times the money; and revised so in the review, where it is refused."""
    place, project = begun("sucheng")
    line = place.task(project, "prepare_declaration")
    apart = {"dataList": [{**one, "collect": False} for one in place.filled(line)["dataList"]], "exceptionRequest": "数据不归集"}
    place.do(line, **apart)
    place.do(place.task(project, "approve_exception"), exceptionDecision="批准")
    place.do(place.task(project, "check_declaration"), acceptanceCheck="退回补正", checkReason="补材料")
    correction = place.task(project, "correct_declaration")
    budget = {name: Decimal(0) for name in place.filled(correction)["budget"]} | {
        "development": Decimal(59_999_999),
        "supervision": Decimal(1),
    }
    place.do(correction, **apart, fundItems=[{"source": "区财政", "amount": Decimal(60_000_000)}], budget=budget)
    assert elements(place, project) == ["approve_exception"]
    place.do(place.task(project, "approve_exception"), exceptionDecision="批准")
    place.do(place.until(project, "give_pre_review_opinion"), opinion="修改后同意", opinionText="改")
    revision = place.until(project, "revise_declaration")
    assert "fundItems CHECK 申报时经例外批准的项目" in refused(
        place, revision, fundItems=[{"source": "区财政", "amount": Decimal(60_000_001)}]
    )
    place.do(revision, fundItems=[{"source": "区财政", "amount": Decimal(50_000_000)}])
    assert facts(project)["totalAmount"] == 50_000_000


def test_the_leader_confirms_the_scheme_again_that_was_revised_in_the_review(app: Flask) -> None:
    """FX-4-3: ten times the money and another purpose, put in when the pre-review sent the scheme back; nothing asked where nothing of it was changed."""
    place, project = begun("fengxian")
    place.do(place.until(project, "summarise_pre_review"), splitFinding="属分拆")
    place.do(place.task(project, "revise_scheme"), softwareDevelopment=False)
    assert elements(place, project) == ["give_pre_review_opinion"] * 5, "what the leader confirmed is as it was"
    place.do(place.until(project, "summarise_pre_review"), splitFinding="属分拆")
    place.do(place.task(project, "revise_scheme"), budgetItems=[{"name": "软件开发", "amount": Decimal(69_000_000)}], purpose="另一个项目")
    assert elements(place, project) == ["endorse_revision"]
    leader = place.task(project, "endorse_revision")
    give_back(place, leader, "revise_scheme")
    place.do(place.task(project, "revise_scheme"), budgetItems=[{"name": "软件开发", "amount": Decimal(7_000_000)}])
    place.do(place.task(project, "endorse_revision"))
    assert elements(place, project) == ["give_pre_review_opinion"] * 5
    place.do(place.until(project, "summarise_pre_review"), splitFinding="属分拆")
    place.do(place.task(project, "revise_scheme"))
    assert elements(place, project) == ["give_pre_review_opinion"] * 5, "confirmed once more, it holds"


def test_the_co_builders_endorse_the_revision_and_the_final_text_again(app: Flask) -> None:
    """SC-9-3: six times the money after their signature, in the pre-review; and the final text after the joint review."""
    place, project = begun("sucheng")
    place.do(place.task(project, "prepare_declaration"), isJoint=True, coBuilders=[_office("宿城区民政局")])
    place.do(place.task(project, "endorse_declaration"))
    place.do(place.until(project, "give_pre_review_opinion"), opinion="修改后同意", opinionText="改")
    place.do(
        place.until(project, "revise_declaration"), fundItems=[{"source": "区财政", "amount": Decimal(9_000_000)}], purpose="另一个目标"
    )
    assert elements(place, project) == ["endorse_revision"]
    place.do(place.task(project, "endorse_revision"))
    assert elements(place, project) == ["give_pre_review_opinion"] * 4
    place.do(place.until(project, "endorse_final"))
    assert "sign_joint_review" in elements(place, project)
    (line,) = [one for one in place.open(project) if one.element_id == "upload_signed_form"] or [place.until(project, "upload_signed_form")]
    repair.set_variables(place.person("system_admin"), line.instance_key, {"finalVersion": "换过的终稿"}, "更正", place.now)
    said = refused(place, line)
    assert "终稿复核之后内容有改动" in said
    assert "签署之后终稿有改动" in said
    assert "会签之后终稿有改动" in said
    give_back(place, line, "sign_joint_review")
    give_back(place, place.open(project, "sign_joint_review")[0], "revise_final")
    place.until(project, "submit_tender")
    assert facts(project)["jointReviewPassed"] is True


def test_a_change_that_lapsed_is_confirmed_again_before_it_takes_effect(app: Flask) -> None:
    """FX-22-1, FX-22-2, FX-4-3: an administrator exchanges the items, or the route, behind the leader's and the bureau's back."""
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    admin = place.person("system_admin")
    start(place, project, "change")
    place.do(place.task(project, "submit_change"), changeItems=[{"item": "扩容", "amount": 5_000_000}])
    place.do(place.task(project, "confirm_change"))
    review = place.task(project, "review_change")
    repair.set_variables(admin, review.instance_key, {"changeItems": [{"item": "换了", "amount": 6_000_000}]}, "更正", place.now)
    place.do(review)
    assert elements(place, project) == ["confirm_change", "start_trial"], "the leader has confirmed something else"
    place.do(place.task(project, "confirm_change"))
    place.do(place.task(project, "review_change"))
    law = place.task(project, "apply_procurement_law")
    repair.set_variables(admin, law.instance_key, {"changeItems": [{"item": "又换了", "amount": 6_000_000}]}, "更正", place.now)
    assert "changeItems CHECK 审核之后变更内容有改动" in refused(place, law, lawHandling="依法签订补充合同")


def test_finance_confirms_the_register_against_the_settled_amount_that_is_recorded(app: Flask) -> None:
    """FX-27-2: five million confirmed, returned by the other office, one yuan written: finance is asked again."""
    place, project = begun("fengxian")
    place.do(place.until(project, "take_inventory"), settledAmount=Decimal(5_000_000), differenceNote="部分为软件")
    first, second = place.open(project, "supervise_assets")
    place.do(first)
    give_back(place, second, "take_inventory")
    again = place.task(project, "take_inventory")
    assets = place.filled(again)["assets"]
    place.do(again, settledAmount=Decimal(1), differenceNote="部分为软件", assets=assets)
    assert [line.element_id for line in place.open(project)].count("supervise_assets") == 2
    for line in place.open(project, "supervise_assets"):
        place.do(line)
    confirm = place.task(project, "confirm_assets")
    repair.set_variables(place.person("system_admin"), confirm.instance_key, {"differenceNote": "换了说明"}, "更正", place.now)
    assert "assets CHECK 监督指导之后登记内容有改动" in refused(place, confirm)


def test_the_application_for_acceptance_is_the_one_that_the_leader_confirmed(app: Flask) -> None:
    """FX-24-3: another amount is in the application when the bureau has it."""
    place, project = begun("fengxian")
    line = place.until(project, "confirm_application")
    repair.set_variables(place.person("system_admin"), line.instance_key, {"actualAmount": 1}, "更正", place.now)
    assert "applicationOpinion CHECK 责任领导确认之后申请表有改动" in refused(place, line)
    give_back(place, line, "apply_acceptance")
    place.until(project, "hold_acceptance")


def test_the_plan_that_is_issued_is_the_one_consented_to_whatever_the_form_lets_in(app: Flask) -> None:
    """FX-20-2, FX-5-11: an analyst opens the list in the form of issuing and drops its checks; the bureau writes more money into it than finance has agreed to."""
    name = "forms/annual_plan.issue_plan.json"
    form = json.loads(Path(name).read_text("utf-8"))
    form["schema"]["properties"]["planItems"].pop("readOnly")
    form["schema"]["x-checks"] = []
    models.deploy(SYSTEM, [(name, json.dumps(form, ensure_ascii=False).encode())], at("2026-08-30"), reason="试")
    place, project = begun("fengxian")
    issue, item = consented(place, project, 3_000_000)
    done = tasks.complete(
        place.performer(issue), issue.key, place.filled(issue, {"planItems": [{**item, "planAmount": Decimal(6_900_000)}]}), place.now
    )
    assert done.incidents != ()
    assert "approvedBudget" not in facts(project)


def test_a_retirement_that_is_open_when_the_project_is_terminated_is_done_to_its_end(app: Flask) -> None:
    """SC-33-11, SC-31-1: it ended in an incident; the system is retired, the project stays terminated."""
    place, project = begun("sucheng")
    place.until_phase(project, "operating")
    start(place, project, "retirement")
    assert place.open(project, "apply_retirement")
    projects.start_process(place.person("data_bureau"), project, "evaluation", place.now, given={"basis": "专项检查"})
    failed = {"conclusion": "未通过", "issues": "问题", "rectifyDueOn": (place.now + timedelta(days=30)).date().isoformat()}
    while ready := [one for one in place.open(project) if one.process_id == "evaluation"]:
        place.do(ready[0], **(failed if ready[0].element_id == "conclude_evaluation" else {}))
    place.advance(place.now + timedelta(days=45))
    place.do(place.open(project, "decide_sanction")[0], measures=["项目终止"])
    place.do(place.task(project, "confirm_termination"), terminationDecision="同意")
    place.advance(place.now + timedelta(minutes=5))
    assert projects.phase(SYSTEM, project) == "terminated"
    retired = []
    while ready := place.open(project):
        retired.append(ready[0].element_id)
        place.do(ready[0])  # without an incident, else it fails
        place.advance(place.now + timedelta(minutes=5))
    assert (retired[0], len(retired) > 1, projects.phase(SYSTEM, project)) == ("apply_retirement", True, "terminated")


def test_what_waits_to_be_registered_is_filled_in_and_not_changed(app: Flask) -> None:
    """SC-26-3: a register asks for one more field; while the incident waits an administrator writes another amount than finance has agreed to."""
    name = "forms/records/payment.json"
    form = json.loads(Path(name).read_text("utf-8"))
    form["schema"]["properties"]["voucherKind"] = {"type": "string", "title": "凭证种类", "minLength": 1}
    form["schema"]["required"].append("voucherKind")
    place, project = begun("sucheng")
    place.until(project, "start_trial")
    models.deploy(SYSTEM, [(name, json.dumps(form, ensure_ascii=False).encode())], place.now, reason="试", force=True)
    start(place, project, "payment")
    place.do(place.task(project, "apply_payment"), payKind="预付款", payAmount=1000)
    line = place.task(project, "pay")
    tasks.complete(place.performer(line), line.key, place.filled(line), place.now)
    admin = place.person("system_admin")
    with pytest.raises(Conflict, match=r"payAmount.*正等待登记"):
        repair.set_variables(admin, line.instance_key, {"payAmount": 6_000_000, "voucherKind": "纸质"}, "补", place.now)
    with pytest.raises(Conflict, match="登记一行“支付”"):
        repair.modify(admin, line.instance_key, "补", place.now, activate=[repair.Activate("end_refused")])
    repair.set_variables(admin, line.instance_key, {"voucherKind": "纸质"}, "补", place.now)
    repair.resolve(admin, db.session.scalars(select(IncidentRow.key).where(IncidentRow.closed_at.is_(None))).one(), place.now, reason="补")
    assert facts(project)["paidAmount"] == 1000


def test_a_change_that_is_cancelled_stands_in_nobodys_way(app: Flask) -> None:
    """FX-22-1, FX-26-1: nothing could be accepted any more and no other change begun; another process leaves it alone."""
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    admin, items = place.person("system_admin"), [{"item": "扩容", "amount": 1000}]
    start(place, project, "change")
    place.do(place.task(project, "submit_change"), changeItems=items)
    confirming = place.task(project, "confirm_change")
    start(place, project, "payment")
    repair.cancel(admin, place.task(project, "apply_payment").instance_key, "误发", place.now)
    assert facts(project)["changePending"] is True
    repair.cancel(admin, confirming.instance_key, "误报", place.now)
    assert facts(project)["changePending"] is False
    shown = next(one for one in projects.view(place.person("data_bureau"), project, place.now).changes if one.title == "有变更在办")
    assert (shown.before, shown.after, shown.how, shown.task) == ("是", "否", "随流程结束", "")
    start(place, project, "change")
    place.do(place.task(project, "submit_change"), changeItems=items)
    assert facts(project)["changePending"] is True
