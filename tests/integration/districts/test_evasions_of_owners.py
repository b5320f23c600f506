"""A fact comes from whoever owns it: what people, programs and administrators did to have it from somebody else. Source: modelling.md §3 and the clauses named."""

import pytest
from flask import Flask

from app.catalogue import snapshot
from app.domain.permissions import SYSTEM
from app.errors import Failure
from app.services import instances, messages, projects, repair, tasks
from tests.integration.districts.evading import begun, elements, facts, nothing_written, refused, start, told
from tests.integration.districts.play import District, at


def _refused_start(place: District, project: int, process: str, **answers: object) -> str:
    with nothing_written(project), pytest.raises(Failure) as failure:
        instances.create(place.person("applicant", project=project), process, answers, place.now, project_key=project)
    return told(failure.value)


def test_no_declaration_begins_with_its_own_answers(app: Flask) -> None:
    """SC-10-2: what the form would have asked, checked and entered was sent with the start; the bureau had a declaration before it that no ledger knew."""
    place, project = begun("sucheng")
    answers = place.filled(place.task(project, "prepare_declaration"))
    with pytest.raises(Failure) as failure:
        projects.start(place.person("applicant"), "declaration", "绕过填报", place.now, variables={**answers, "acceptanceCheck": "受理"})
    assert "UNDECLARED" in told(failure.value)
    assert [row.name for row in projects.search(place.system, place.now).items] == ["综合管理服务平台"]
    place.do(place.task(project, "prepare_declaration"))
    assert elements(place, project) == ["check_declaration"]
    assert facts(project)["fundItems"] == answers["fundItems"]


@pytest.mark.parametrize("district", ["sucheng", "fengxian"])
def test_whatever_people_begin_takes_a_form_s_fields_and_nothing_else(app: Flask, district: str) -> None:
    """SC-10-2, FX-10-1: one process without a start form would take any answers again."""
    library, begun_by_hand = (
        snapshot.library(district),
        [info for info in snapshot.district(district).processes.values() if info.start_role],
    )
    processes = {info.key: library.process(info.key) for info in begun_by_hand if info.enabled}
    assert [key for key, process in processes.items() if process is None or process.start_form is None] == []
    assert {"declaration", "change", "payment", "retirement"} <= processes.keys()


def test_no_payment_begins_approved(app: Flask) -> None:
    """FX-26-2: over /v2, with the exception given, the money paid and finance for its receiver."""
    place, project = begun("fengxian")
    place.until(project, "start_trial")
    finance = place.person("finance").memberships[0]
    payee = {"key": str(finance.office), "name": finance.office_name}
    said = _refused_start(place, project, "payment", exceptionApproved=True, payOpinion="支付", payee=payee)
    assert [name for name in ("exceptionApproved", "payOpinion", "payee") if f"{name} UNDECLARED" not in said] == []
    assert "UNDECLARED" in _refused_start(place, project, "change", cumulativeChange=0, changeRoute={"route": "SJJ_REVIEW"})
    start(place, project, "payment")
    place.do(place.task(project, "apply_payment"), payKind="预付款", payAmount=1)
    assert elements(place, project) == ["handle_blocked", "start_trial"]


def test_an_administrator_does_not_speak_for_the_annual_plan(app: Flask) -> None:
    """SC-8-1, SC-10-22: a project is listed by the plan that was consented to; a forged message would have stopped its review for good."""
    place, project = begun("sucheng")
    while not place.open(None, "compile_plan"):
        ready = place.open(project)
        if ready:
            place.do(ready[0])
        else:
            place.advance(at("2026-10-20"))
    forged = {"planDocNo": "自拟文号", "planAmount": 1}
    with nothing_written(project), pytest.raises(Failure) as failure:
        messages.publish(place.person("system_admin"), "plan_listed", str(project), forged, place.now, tenant="sucheng")
    assert failure.value.code == "OWN_MESSAGE"
    for element in ("compile_plan", "give_consent", "issue_plan"):
        place.do(place.task(None, element))
    assert (facts(project)["listed"], facts(project)["planDocNo"] == "自拟文号") == (True, False)


def test_nor_for_any_other_process(app: Flask) -> None:
    """SC-18-2, SC-28-1, SC-33-11: tender again what is being built, operate what was not accepted, withhold money of one who did nothing."""
    place, project = begun("sucheng")
    place.until(project, "start_trial")
    admin = place.person("system_admin")
    for name in ("procurement_requested", "om_evaluation_requested", "sanction_requested"):
        with nothing_written(project), pytest.raises(Failure) as failure:
            messages.publish(admin, name, str(project), {"suspended": False}, place.now, tenant="sucheng")
        assert failure.value.code == "OWN_MESSAGE"
    assert (projects.phase(SYSTEM, project), elements(place, project)) == ("building", ["start_trial"])
    place.do(place.task(project, "start_trial"))
    assert projects.phase(SYSTEM, project) == "trial"


def test_variables_called_like_facts_raise_no_limit(app: Flask) -> None:
    """SC-15-3: an administrator lifted the award and what is called like the control price, the applicant signed a contract for ninety-nine million."""
    place, project = begun("sucheng")
    contract = place.until(project, "register_contract")
    admin, awarded = place.person("system_admin"), place.filled(contract)["contractAmount"]
    with nothing_written(project), pytest.raises(Failure) as failure:
        repair.set_variables(admin, contract.instance_key, {"project": {"controlPrice": 99_000_000}}, "调整", place.now)
    assert failure.value.code == "NAME_RESERVED"
    lifted = {"controlPrice": 99_000_000, "approvedBudget": 99_000_000, "awardAmount": 99_000_000}
    with nothing_written(project):
        repair.set_variables(admin, contract.instance_key, lifted, "调整", place.now)
    assert "合同金额不超过招标控制价" in refused(place, contract, contractAmount=99_000_000)
    repair.set_variables(admin, contract.instance_key, {"awardAmount": awarded}, "恢复", place.now)
    place.do(contract, awardAmount=awarded)  # it was changed under the applicant's eyes, who says what they have seen
    assert facts(project)["contractAmount"] == awarded == facts(project)["controlPrice"]


def test_a_draft_is_no_fact_and_holds_nobody_else_s(app: Flask) -> None:
    """SC-10-20: the applicant keeps an approved budget in a draft of the application, the officer of finance one that nobody has requested."""
    place, project = begun("sucheng")
    wanted = place.until(project, "apply_budget")
    applicant = place.performer(wanted)
    with nothing_written(project), pytest.raises(Failure) as failure:
        tasks.save_draft(applicant, wanted.key, {"requestedBudget": 1, "approvedBudget": 60_000_000}, place.now)
    assert "approvedBudget UNDECLARED" in told(failure.value)
    place.do(wanted)
    review = place.task(project, "review_budget")
    with nothing_written(project):
        tasks.save_draft(place.performer(review), review.key, {"budgetDecision": "通过", "approvedBudget": 60_000_000}, place.now)
    assert "approvedBudget CHECK" in refused(place, review, approvedBudget=60_000_000)
    with nothing_written(project), pytest.raises(Failure) as failure:
        tasks.save_draft(applicant, review.key, {"approvedBudget": 60_000_000}, place.now)
    assert failure.value.code == "ROLE_MISSING"
    place.do(review)
    assert facts(project)["approvedBudget"] == facts(project)["totalAmount"]


def test_what_one_task_owns_no_other_task_of_the_same_role_writes(app: Flask) -> None:
    """SC-24-3, FX-5-15: the beginning of the trial run written again with the materials, the level of protection by the applicant itself."""
    place, project = begun("fengxian")
    materials = place.until(project, "prepare_materials")
    began = facts(project)["trialStartOn"]
    assert "trialStartOn UNDECLARED" in refused(place, materials, extra={"trialStartOn": "2026-01-01"})
    assert "mlpsLevel UNDECLARED" in refused(place, materials, extra={"mlpsLevel": 1, "filingNo": None})
    place.do(materials)
    grade = place.task(project, "grade")
    assert "completedOn NOT_ALLOWED" in refused(place, grade, extra={"completedOn": "2026-01-01"})
    place.do(grade)
    assert (facts(project)["trialStartOn"], facts(project)["mlpsLevel"]) == (began, 2)


def test_nobody_is_paid_for_a_project_that_has_ended(app: Flask) -> None:
    """SC-26-3, SC-33-12: the application was in before the project was terminated."""
    place, project = begun("sucheng")
    place.until(project, "hold_acceptance")
    start(place, project, "payment")
    place.do(place.task(project, "apply_payment"), payKind="预付款", payAmount=1000)
    pay = place.task(project, "pay")
    finance = place.performer(pay)
    data = place.filled(pay)
    failed = {"acceptanceResult": "不合格", "issues": [{"issue": "缺陷", "requirement": "改正"}]}
    while not place.open(project, "dispose_failure"):
        line = next(line for line in place.open(project) if line.element_id != "pay")
        place.do(line, **(failed if line.element_id == "hold_acceptance" else {}))
    place.do(place.task(project, "dispose_failure"), disposition="终止项目")
    assert projects.phase(SYSTEM, project) != "terminated"  # the leader alone cannot (SC-33-11)
    place.do(place.task(project, "confirm_termination"), terminationDecision="同意")
    assert projects.phase(SYSTEM, project) == "terminated"
    with nothing_written(project), pytest.raises(Failure):
        tasks.complete(finance, pay.key, data, place.now)
    place.advance(place.now)
    assert place.open(project) == []
    assert facts(project)["paidAmount"] == 0
