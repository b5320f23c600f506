"""An approval is of values: what people did to have approved what nobody has seen. Source: modelling.md §6, §7 and the clauses named."""

from flask import Flask

from app.seen.shapes import TaskLine
from app.services import instances, repair, tasks
from tests.integration.districts.evading import SUCHENG_BIG, begun, consented, elements, facts, give_back, nothing_written, refused, start
from tests.integration.districts.play import District


def _excepted(place: District, project: int, amount: int) -> TaskLine:
    """A payment before acceptance, with an exception for this amount."""
    start(place, project, "payment")
    place.do(place.task(project, "apply_payment"), payKind="预付款", payAmount=amount)
    place.do(place.task(project, "handle_blocked"), blockedHandling="提请例外批准", refusalReason="合同约定预付")
    place.do(place.task(project, "approve_exception"), exceptionOpinion="批准", exceptionReason="仅批此数")
    return place.task(project, "pay")


def test_an_administrator_raises_no_amount_after_the_exception(app: Flask) -> None:
    """FX-26-2: one hundred approved, six million in the variable when finance pays."""
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    pay, admin = _excepted(place, project, 100), place.person("system_admin")
    repair.set_variables(admin, pay.instance_key, {"payAmount": 6_000_000}, "更正金额", place.now)
    assert "payOpinion CHECK 未经竣工验收" in refused(place, pay)
    (token,) = instances.view(admin, pay.instance_key, place.now).tokens
    repair.set_variables(admin, pay.instance_key, {"exceptionApproved": True}, "补记批准", place.now, element=token.element, local=True)
    assert "payOpinion CHECK 未经竣工验收" in refused(place, pay)
    place.do(pay, payOpinion="拒付", refusalReason="与批准的不符")
    place.do(_excepted(place, project, 200))
    assert facts(project)["paidAmount"] == 200


def test_a_change_returned_straight_is_reviewed_again_if_it_was_changed(app: Flask) -> None:
    """FX-22-1, FX-22-2, FX-4-3: 0.9 million confirmed and reviewed, five million handed to finance, on the way back from finance itself."""
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    start(place, project, "change")
    place.do(place.task(project, "submit_change"), changeItems=[{"item": "扩容", "amount": 900_000}])
    place.do(place.task(project, "confirm_change"))
    place.do(place.task(project, "review_change"))
    law = place.task(project, "apply_procurement_law")
    give_back(place, law, "submit_change", straight=True)
    place.do(place.task(project, "submit_change"), applicationDocNo="补正文号")
    give_back(place, place.task(project, "apply_procurement_law"), "submit_change", straight=True)
    place.do(place.task(project, "submit_change"), changeItems=[{"item": "扩容", "amount": 5_000_000}])
    assert elements(place, project) == ["confirm_change", "start_trial"]
    place.do(place.task(project, "confirm_change"))
    place.do(place.task(project, "review_change"))
    place.do(place.task(project, "apply_procurement_law"), lawHandling="依法签订补充合同")
    assert facts(project)["cumulativeChange"] == 5_000_000


def test_all_leaders_sign_the_same_final_text(app: Flask) -> None:
    """SC-14-2, SC-14-4: after the first signature the second leader's office has the text exchanged and signs the other one."""
    place, project = begun("sucheng")
    place.until(project, "sign_joint_review")
    first, second, *_ = place.open(project, "sign_joint_review")
    place.do(first)
    give_back(place, second, "revise_final", straight=True)
    place.do(place.task(project, "revise_final"), finalVersion="换过的终稿")
    assert elements(place, project) == ["check_final"]
    place.until(project, "sign_joint_review")
    assert elements(place, project) == ["sign_joint_review"] * 4
    give_back(place, place.open(project, "sign_joint_review")[0], "revise_final", straight=True)
    place.do(place.task(project, "revise_final"), finalVersion="换过的终稿")
    assert elements(place, project) == ["sign_joint_review"] * 4


def test_both_checkers_check_the_same_final_text(app: Flask) -> None:
    """SC-14-1, SC-14-3: whoever asked for changes sends the text back after the other has passed it."""
    place, project = begun("sucheng")
    place.until(project, "give_joint_opinion")
    for line in place.open(project, "give_joint_opinion")[:2]:
        place.do(line, opinion="修改后同意", opinionText="补充")
    place.until(project, "check_final")
    first, second = place.open(project, "check_final")
    place.do(first)
    give_back(place, second, "revise_final", straight=True)
    place.do(place.task(project, "revise_final"), responses=[{"opinion": "联审意见", "response": "不予采纳"}])
    assert elements(place, project) == ["check_final"] * 2
    place.until(project, "upload_signed_form")
    assert facts(project)["schemePassed"] is True


def test_nobody_approves_on_a_page_that_was_drawn_before_the_project_changed(app: Flask) -> None:
    """SC-12-1, SC-5-7: while the page of the establishment lies open, the final text gives the project another purpose."""
    place, project = begun("sucheng", SUCHENG_BIG)
    waiting = place.until(project, "approve_project")
    seen = tasks.view(place.performer(waiting), waiting.key, place.now).ledger_version
    while not place.open(project, "revise_final"):
        place.do(next(line for line in place.open(project) if line.element_id != "approve_project"))
    place.do(place.task(project, "revise_final"), purpose="另一个建设目标")
    assert "purpose CHANGED_MEANWHILE" in refused(place, waiting, seen=seen, establishmentDecision="批准")
    now = tasks.view(place.performer(waiting), waiting.key, place.now).ledger_version
    tasks.complete(place.performer(waiting), waiting.key, place.filled(waiting), place.now, ledger_version=now)
    place.until(project, "sign_joint_review")
    assert facts(project)["establishmentNo"]


def test_an_establishment_is_approved_again_for_another_purpose(app: Flask) -> None:
    """SC-12-1: approved first, and revised in the final text afterwards."""
    place, project = begun("sucheng", SUCHENG_BIG)
    final = place.until(project, "revise_final")
    while place.open(project, "submit_establishment") or place.open(project, "approve_project"):
        place.do(next(line for line in place.open(project) if line.element_id in ("submit_establishment", "approve_project")))
    assert facts(project)["establishmentApproved"] is True
    place.do(final, purpose="另一个建设目标")
    place.until(project, "submit_establishment")
    assert elements(place, project) == ["submit_establishment"]
    place.do(place.task(project, "submit_establishment"))
    place.do(place.task(project, "approve_project"))
    assert "submit_tender" in elements(place, project)


def test_only_the_plan_that_finance_has_consented_to_is_issued(app: Flask) -> None:
    """FX-20-2, FX-5-11: the bureau compiles it anew on the straight way back, an administrator puts the money in."""
    place, project = begun("fengxian")
    issue, item = consented(place, project, 3_000_000)
    admin = place.person("system_admin")
    repair.set_variables(admin, issue.instance_key, {"planItems": [{**item, "planAmount": 6_900_000}]}, "更正", place.now)
    with nothing_written(project):
        assert "planItems CHECK 同意之后清单有改动" in refused(place, issue)
        give_back(place, issue, "compile_plan", straight=True)
        place.do(place.task(None, "compile_plan"), planItems=[item])
        assert place.open(None, "issue_plan") == [], "what the consent was given for has changed: it is asked again"
    place.do(place.task(None, "give_consent"), planItems=[{**item, "planAmount": 2_000_000}])
    place.do(place.task(None, "issue_plan"))
    assert facts(project)["approvedBudget"] == 2_000_000


def test_every_reviewer_is_asked_again_about_another_way_of_building(app: Flask) -> None:
    """SC-15-4, SC-13-1: central when the first reviewer agreed, scattered on the straight way back to the second, without consultation and government."""
    place, project = begun("sucheng")
    place.until(project, "give_joint_opinion")
    first, second, *_ = place.open(project, "give_joint_opinion")
    place.do(first)
    give_back(place, second, "apply_examination", straight=True)
    place.do(place.task(project, "apply_examination"), buildMode="分散建设", decentralisedReason="业务专网")
    waiting = elements(place, project)
    assert waiting.count("give_joint_opinion") == 4
    assert "give_consultation_opinion" in waiting
    place.until(project, "register_government_approval")
    place.do(place.task(project, "register_government_approval"), governmentDecision="批准")
    assert facts(project)["decentralizedApproved"] is True


def test_two_exceptions_lift_no_limit_of_the_contract(app: Flask) -> None:
    """FX-5-12: each was approved while the other was not paid yet."""
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    pay = _excepted(place, project, 4_000_000)
    place.do(pay)
    assert facts(project)["paidAmount"] == 4_000_000
    start(place, project, "payment")
    place.do(place.task(project, "apply_payment"), payKind="预付款", payAmount=4_000_000)
    blocked = place.task(project, "handle_blocked")
    assert "blockedHandling CHECK" in refused(place, blocked, blockedHandling="提请例外批准", refusalReason="合同约定")
    place.do(blocked, blockedHandling="拒付", refusalReason="超过合同金额")
    assert facts(project)["paidAmount"] == 4_000_000
