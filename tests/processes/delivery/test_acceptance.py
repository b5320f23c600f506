"""Trial run and acceptance: when it may be held, by whom, until when, and what never passes."""

from typing import Any

import pytest

from tests.processes.delivery.facts import contracted
from tests.processes.driver import Case, FormRejected, at, form


def handed_over(district: str, **changes: Any) -> Case:
    """The acceptance as procurement hands it over, at the start of building."""
    return Case(district, "acceptance", contracted(district, **changes), phase="building", start="requested")


def on_trial(district: str, begun: str = "2026-03-10", **changes: Any) -> Case:
    signed = min(begun, "2026-03-10")
    facts = contracted(district, **{"contractSignedOn": signed, **changes})
    case = Case(district, "acceptance", facts, phase="building", start="requested", now=at(begun))
    case.fill("start_trial")
    return case


def reviewed(begun: str = "2026-03-10", **changes: Any) -> Case:
    """A Sucheng project whose materials the bureau has passed within the trial run."""
    case = on_trial("sucheng", begun, **changes)
    case.fill("prepare_materials")
    case.fill("review_materials")
    return case


def held(archives: str = "合格", **hold: Any) -> Case:
    case = reviewed()
    case.advance("2026-06-20")
    case.fill("register_archive_verdict", archiveAcceptance=archives)
    case.fill("hold_acceptance", **hold)
    return case


@pytest.mark.parametrize(
    ("district", "task"),
    [("fengxian", "conclude_acceptance"), ("sucheng", "hold_acceptance"), ("sucheng", "hold_service_acceptance")],
)
def test_a_failed_acceptance_says_what_is_wrong(district: str, task: str) -> None:
    """FX-26-3, SC-26-2: an empty list of issues was taken, with nothing to rectify."""
    for issues, missing in (([], True), ([{"issue": "两项功能未实现"}], False)):
        problems = form(district, f"acceptance_organisation.{task}").validate({"acceptanceResult": "不合格", "issues": issues})
        assert any(problem.path.startswith("issues") for problem in problems) is missing
    passed = form(district, f"acceptance_organisation.{task}").validate({"acceptanceResult": "合格", "issues": []})
    assert not any(problem.path.startswith("issues") for problem in passed)


FLAT = {"totalAmount": 4000000.01, "softwareDevelopment": True}


# ---------------------------------------------------------------- Sucheng


def test_a_trial_that_begins_today_opens_the_materials_and_not_the_acceptance() -> None:
    case = Case("sucheng", "acceptance", dict(FLAT), phase="building")
    assert case.tasks == {"prepare_materials": 1}
    assert case.timers == {"trial_limit": at("2026-09-11T00:00:00")}
    case.advance("2026-06-11T00:00:00")
    due = ("竣工验收申请", "项目建设总结", "系统测试报告", "试运行报告", "用户意见")
    materials = [{"name": name, "files": [{"document": f"{name}.pdf"}]} for name in due]
    case.complete("prepare_materials", selfCheck=True, acceptanceMaterials=materials)
    assert case.tasks == {"review_materials": 1}
    assert not case.incidents


def test_the_trial_starts_when_the_contracts_days_have_passed() -> None:
    case = handed_over("sucheng")
    assert case.tasks == {"start_trial": 1}
    assert case.phase == "building"
    assert case.task("start_trial").follow_up_at == at("2026-11-05T00:00:00")  # 240 days after 10 March
    case.advance("2026-11-05")
    case.fill("start_trial", trialStartOn="2026-11-05")
    assert case.phase == "trial"
    assert case.facts["trialStartOn"] == "2026-11-05"
    assert case.facts["trialEndOn"] == "2027-02-03"  # 90 days


def test_materials_may_be_reviewed_within_the_trial_and_only_the_acceptance_waits() -> None:
    case = reviewed()
    assert case.tasks == {}
    assert case.timers["wait_window"] == at("2026-06-11T00:00:00"), "three months are later than the contract's 90 days"
    case.advance("2026-06-10T23:59:59")
    assert case.tasks == {}
    case.advance("2026-06-11T00:00:00")
    assert case.task("register_archive_verdict").groups == ("archives",)
    assert case.phase == "accepting"


@pytest.mark.parametrize(
    ("software", "trial", "unit", "opens"),
    [
        (True, 90, "day", "2026-06-11"),
        (True, 93, "day", "2026-06-12"),  # the contract's trial ends later
        (False, 20, "day", "2026-04-11"),
        (False, 2, "month", "2026-05-11"),
        (None, 20, "day", "2026-06-11"),  # unknown: as if software were developed
    ],
)
def test_the_later_of_contract_and_regulation_opens_the_acceptance(software: bool | None, trial: int, unit: str, opens: str) -> None:
    case = reviewed(softwareDevelopment=software, trialAmount=trial, trialUnit=unit)
    assert case.timers["wait_window"] == at(f"{opens}T00:00:00")


def test_the_applicant_holds_the_acceptance_and_the_ledger_knows_it() -> None:
    case = reviewed()
    case.advance("2026-06-20")
    case.fill("register_archive_verdict")
    task = case.task("hold_acceptance")
    assert task.groups == ("applicant",)
    assert task.due_at == at("2026-09-11T00:00:00")
    case.fill("hold_acceptance")
    assert case.phase == "accepted"
    assert not case.incidents
    assert (case.facts["accState"], case.facts["acceptedOn"], case.facts["archiveAcceptance"]) == ("合格", "2026-06-20", "合格")
    assert case.facts["warrantyEndOn"] == "2029-06-20"
    assert case.timers == {}, "the limit of six months no longer runs"
    assert [message["name"] for message in case.messages] == ["asset_requested", "om_evaluation_requested"]


@pytest.mark.parametrize("verdict", ["不合格"])
def test_what_the_archives_refuse_is_never_accepted(verdict: str) -> None:
    case = held(archives=verdict)
    for _ in range(2):
        assert case.tasks == {"rectify": 1}
        assert "accepted" not in case.phases
        case.fill("rectify")
        case.fill("register_archive_verdict", archiveAcceptance=verdict)
        case.fill("hold_acceptance")
    assert case.task("dispose_failure").groups == ("data_bureau_leader",)
    case.fill("dispose_failure")
    assert case.task("confirm_termination").groups == ("finance",)
    assert not case.ended
    case.fill("confirm_termination")
    assert case.ended
    assert case.phase == "terminated"
    assert "accepted" not in case.phases
    assert case.facts["accState"] == "不合格"
    assert case.messages == []


def test_a_failed_acceptance_is_rectified_and_held_again() -> None:
    with pytest.raises(FormRejected, match="issues"):
        held(acceptanceResult="不合格")
    case = held(acceptanceResult="不合格", issues=[{"issue": "两项功能未实现"}])
    assert case.task("rectify").due_at == at("2026-07-21T00:00:00")  # 30 days, a proposal of the table
    assert case.phase == "accepting"
    case.advance("2026-07-21T00:00:00")
    assert case.overdue == ["acceptance.rectify"]
    assert case.tasks == {"rectify": 1}
    case.fill("rectify")
    case.fill("register_archive_verdict")
    case.fill("hold_acceptance")
    assert case.facts["acceptanceRound"] == 2
    assert case.phase == "accepted"
    assert [record["result"] for record in case.records["acceptance"]] == ["不合格", "合格"]


def test_the_next_round_may_be_ordered_instead_of_the_end() -> None:
    case = held(acceptanceResult="不合格", issues=[{"issue": "未实现"}])
    for _ in range(2):
        case.fill("rectify")
        case.fill("register_archive_verdict")
        case.fill("hold_acceptance", acceptanceResult="不合格", issues=[{"issue": "未实现"}])
    case.fill("dispose_failure", disposition="限期再整改", rectifyDays=60)
    assert case.task("rectify").due_at == at("2026-08-20T00:00:00")


@pytest.mark.parametrize("kind", ["初步验收", "阶段性验收"])
def test_a_preliminary_acceptance_does_not_replace_the_final_one(kind: str) -> None:
    case = held(acceptanceType=kind)
    assert case.tasks == {"rectify": 1}
    assert "accepted" not in case.phases


def test_an_unfinished_change_stands_in_the_way() -> None:
    case = reviewed()
    case.advance("2026-06-20")
    case.facts["changePending"] = True  # begun while the trial ran
    case.fill("register_archive_verdict")
    case.fill("hold_acceptance")
    assert case.tasks == {"rectify": 1}
    assert "accepted" not in case.phases


def test_the_bureau_returns_materials_and_passes_none_that_lack_something() -> None:
    case = on_trial("sucheng")
    case.fill("prepare_materials")
    assert case.task("review_materials").groups == ("data_bureau",)
    case.give_back("review_materials", "prepare_materials")
    assert case.tasks == {"prepare_materials": 1}
    case.fill("prepare_materials")
    with pytest.raises(FormRejected, match="测评报告不齐"):
        case.fill("review_materials", levelReport=False)
    assert case.tasks == {"review_materials": 1}
    case.fill("review_materials")
    assert "wait_window" in case.timers
    assert case.facts["dataBureauOpinion"] == "通过"


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"archiveContract": False}, "合同分册不齐"),
        ({"archiveFiles": ...}, "档案分册不齐"),
        ({"securityManagement": ...}, "没有网络安全管理制度"),
        ({"levelReportNo": ...}, "没有等级保护（分级保护）测评报告的编号"),
        ({"cryptoReportNo": ...}, "没有密码应用安全性评估报告"),
        ({"standards": [{"code": "GB/T 1", "level": "国家", "conform": False}]}, "有不符合的标准"),
    ],
)
def test_materials_that_lack_a_binder_or_a_report_are_not_passed(given: dict[str, Any], missing: str) -> None:
    """SC-16-2, 20-1, 15-2, 5-8: ticked off as missing, they were accepted."""
    case = on_trial("sucheng")
    case.fill("prepare_materials", **given)
    with pytest.raises(FormRejected, match=missing):
        case.fill("review_materials")


def test_six_months_after_the_start_an_unfinished_acceptance_is_overdue_and_stays_open() -> None:
    case = reviewed()
    case.advance("2026-06-20")
    case.advance("2026-09-10T23:59:59")
    assert case.overdue == []
    case.advance("2026-09-11T00:00:00")
    assert case.overdue == ["acceptance.latest"]
    assert case.notices[0]["to"] == "finance"
    assert case.facts["trialOverdue"] is True, "SC-24-3: what follows is not paid"
    assert case.tasks == {"register_archive_verdict": 1}
    case.fill("register_archive_verdict")
    case.fill("hold_acceptance")
    assert case.phase == "accepted"
    assert case.facts["trialOverdue"] is False
    assert set(case.overdue) == {"acceptance.latest"}


def test_a_limit_that_falls_on_the_national_day_rolls() -> None:
    assert on_trial("sucheng", "2026-04-04").timers["trial_limit"] == at("2026-10-09T00:00:00")  # B54


def test_the_report_follows_within_a_month_and_late_is_marked() -> None:
    case = held()
    assert case.task("submit_report").due_at == at("2026-07-21T00:00:00")
    case.advance("2026-07-21T00:00:00")
    assert case.overdue == ["acceptance.report"]
    assert case.tasks == {"submit_report": 1}
    case.fill("submit_report")
    assert case.ended
    assert case.facts["accReport"] == "已提交"
    assert case.messages[-1] == {"name": "payment_requested", "key": "1001", "variables": {"payKind": "验收款"}}
    assert case.records["acceptance_report"][0]["filedOn"] == "2026-07-21"


def test_a_report_that_lacks_an_attachment_needs_a_reason_that_the_bureau_recognises() -> None:
    case = held()
    with pytest.raises(FormRejected, match="missingReason"):
        case.fill("submit_report", auditReport=False)
    case.fill("submit_report", auditReport=False, missingReason="金额较小,未安排审计")
    assert case.task("recognise_gaps").groups == ("data_bureau",)
    with pytest.raises(FormRejected, match="gapOpinion"):
        case.fill("recognise_gaps", gapOpinion="不认可")
    case.give_back("recognise_gaps", "submit_report")
    assert case.tasks == {"submit_report": 1}
    case.fill("submit_report", auditReport=False, missingReason="审计机关已备案免审")
    case.fill("recognise_gaps")
    assert case.ended


# ---------------------------------------------------------------- Fengxian


def applied(begun: str = "2026-03-02", received: str = "2026-09-04", **changes: Any) -> Case:
    case = on_trial("fengxian", begun, **{"trialAmount": 3, "trialUnit": "month", **changes})
    case.fill("prepare_materials")
    case.fill("grade")
    case.advance(received)
    case.fill("apply_acceptance")
    case.fill("confirm_by_leader")
    return case


def test_in_fengxian_the_day_after_the_trial_opens_the_application() -> None:
    case = on_trial("fengxian", "2026-03-02", trialAmount=3, trialUnit="month")
    case.fill("prepare_materials")
    assert case.task("grade").groups == ("public_security",)
    case.fill("grade")
    assert case.timers["wait_window"] == at("2026-06-03T00:00:00")  # B40
    case.advance("2026-06-02T23:59:59")
    assert case.tasks == {}
    case.advance("2026-06-03T00:00:00")
    assert case.tasks == {"apply_acceptance": 1}


def test_the_bureau_has_thirty_days_to_confirm_and_organise() -> None:
    case = applied()
    assert case.facts["accState"] == "未验收"
    task = case.task("confirm_application")
    assert task.groups == ("data_bureau",)
    assert task.due_at == at("2026-10-09T00:00:00")
    case.fill("confirm_application")
    assert case.task("hold_acceptance").due_at == at("2026-10-09T00:00:00")
    case.advance("2026-10-08T23:59:59")
    assert case.overdue == []
    case.advance("2026-10-09T00:00:00")
    assert case.overdue == ["acceptance.organise"]
    assert case.tasks == {"hold_acceptance": 1}
    case.fill("hold_acceptance")
    assert case.tasks["give_opinion"] > 0
    assert case.overdue == ["acceptance.organise"]


def test_a_meeting_on_the_last_evening_is_in_time() -> None:
    case = applied("2025-11-02", "2026-03-02")
    case.fill("confirm_application")
    case.advance("2026-04-01T23:59:59")  # B34
    case.fill("hold_acceptance")
    case.advance("2026-04-02T00:00:00")  # B35 would be late without the meeting
    assert case.overdue == []


def test_a_correction_does_not_move_the_start_of_the_thirty_days() -> None:
    case = applied("2025-11-02", "2026-03-02")
    case.advance("2026-03-10")
    case.give_back("confirm_application", "apply_acceptance")
    assert case.tasks == {"apply_acceptance": 1}
    case.advance("2026-03-20")
    case.fill("apply_acceptance")
    case.fill("confirm_by_leader")
    assert case.task("confirm_application").due_at == at("2026-04-02T00:00:00")


def finish(case: Case, **conclusion: Any) -> None:
    case.fill("confirm_application")
    case.fill("hold_acceptance")
    case.fill_all("give_opinion")
    case.fill("conclude_acceptance", **conclusion)


def test_the_group_is_finance_the_procurement_centre_and_experts() -> None:
    case = applied()
    case.fill("confirm_application")
    case.fill("hold_acceptance")
    groups = [case.task("give_opinion", number).groups[0] for number in range(case.tasks["give_opinion"])]
    assert groups == ["finance", "procurement_centre", "expert", "expert", "expert"]
    for _ in range(4):
        case.fill("give_opinion")
    assert case.tasks == {"give_opinion": 1}, "no conclusion while an opinion is missing"
    case.fill("give_opinion")
    assert case.task("conclude_acceptance").groups == ("data_bureau",)
    case.fill("conclude_acceptance")
    assert case.ended
    assert case.phase == "accepted"
    assert not case.incidents
    assert {message["name"] for message in case.messages} == {"asset_requested", "payment_requested"}, "operation begins after the assets"
    assert len(case.records["acceptance"][0]["opinions"]) == 5


def test_one_refusal_in_the_group_is_enough() -> None:
    case = applied()
    case.fill("confirm_application")
    case.fill("hold_acceptance")
    case.fill("give_opinion", opinion="不合格", opinionNote="性能不达标")
    case.fill_all("give_opinion")
    case.fill("conclude_acceptance")
    assert case.tasks == {"rectify": 1}
    assert "accepted" not in case.phases


def test_after_rectification_thirty_days_begin_anew() -> None:
    case = applied("2025-11-02", "2026-03-02")
    finish(case, acceptanceResult="不合格", issues=[{"issue": "未达标"}], rectifyDays=65)
    assert case.task("rectify").due_at == at("2026-05-07T00:00:00")  # 65 days after 2 March
    case.fill("rectify")
    case.advance("2026-05-06")
    case.fill("apply_acceptance", rectificationResponse="逐条整改完毕")
    case.fill("confirm_by_leader")
    assert case.facts["acceptanceRound"] == 1
    assert case.facts["accState"] == "未验收"
    assert case.task("confirm_application").due_at == at("2026-06-06T00:00:00")  # B39: received 6 May, day 30 is 5 June
    finish(case)
    assert case.phase == "accepted"
    assert case.facts["acceptanceRound"] == 2


def test_an_application_without_the_filing_number_is_not_received() -> None:
    case = on_trial("fengxian", "2026-03-02", trialAmount=3, trialUnit="month")
    with pytest.raises(FormRejected, match="mlpsLevel"):  # FX-5-15: by the police, not by whom it is about
        case.fill("prepare_materials", mlpsLevel=0)
    case.fill("prepare_materials")
    with pytest.raises(FormRejected, match="须有备案号"):
        case.fill("grade", mlpsLevel=3, filingNo=...)
    case.fill("grade")
    case.advance("2026-09-04")
    case.facts["changePending"] = True
    with pytest.raises(FormRejected, match="变更审核意见"):  # FX-22-2
        case.fill("apply_acceptance")
    assert "confirm_application" not in case.path
    case.facts["changePending"] = False
    case.fill("apply_acceptance")
    case.facts["changePending"] = True
    with pytest.raises(FormRejected, match="变更审核意见"):
        case.fill("confirm_by_leader")
    case.facts["changePending"] = False
    case.give_back("confirm_by_leader", "apply_acceptance")
    assert case.tasks == {"apply_acceptance": 1}
    case.fill("apply_acceptance")
    case.fill("confirm_by_leader")
    assert case.tasks == {"confirm_application": 1}


def test_what_the_contract_says_is_not_typed_again_in_the_application() -> None:
    case = on_trial("fengxian", "2026-03-02", trialAmount=3, trialUnit="month")
    case.fill("prepare_materials")
    case.fill("grade")
    case.advance("2026-09-04")
    with pytest.raises(FormRejected, match="applicationContractAmount"):
        case.fill("apply_acceptance", applicationContractAmount=1)
    with pytest.raises(FormRejected, match="trialFrom"):
        case.fill("apply_acceptance", trialFrom="2027-01-15")


def test_every_issue_is_answered_and_a_failed_round_is_recorded_as_failed() -> None:
    case = applied("2025-11-02", "2026-03-02")
    case.fill("confirm_application")
    case.fill("hold_acceptance")
    case.fill("give_opinion", opinion="不合格", opinionNote="性能不达标")
    case.fill_all("give_opinion")
    case.fill("conclude_acceptance", issues=[{"issue": "性能不达标"}, {"issue": "没有备份"}])
    assert case.records["acceptance"][0]["result"] == "不合格"
    with pytest.raises(FormRejected, match="逐条回应"):
        case.fill("rectify", rectifications=[{"issue": "性能不达标", "response": "已优化"}])
    case.fill("rectify")
    assert case.tasks == {"apply_acceptance": 1}


def test_a_classified_system_is_delivered_only_after_the_secrecy_offices_approval() -> None:
    case = applied(classified=True)
    finish(case)
    assert case.phase == "accepted"
    assert case.task("approve_secrecy").groups == ("secrecy",)
    assert "asset_requested" not in {message["name"] for message in case.messages}
    case.fill("approve_secrecy", secrecyOpinion="不同意", returnReason="须整改")
    case.fill("mend_secrecy")
    case.fill("approve_secrecy")
    assert case.ended
    assert case.facts["secrecyApproved"] is True
    assert "asset_requested" in {message["name"] for message in case.messages}


def test_a_long_trial_is_only_reminded_of_in_fengxian() -> None:
    case = on_trial("fengxian", "2026-03-02", trialAmount=3, trialUnit="month")
    case.advance("2027-06-01")
    assert case.overdue == []
    assert "remind_trial" in case.path
    assert case.notices[0]["to"] == "applicant"


# ---------------------------------------------------------------- services


def service(district: str) -> Case:
    return handed_over(
        district,
        projectType="购买服务类",
        softwareDevelopment=False,
        serviceEndOn="2026-12-31",
        contractDays=None,
        trialAmount=None,
        trialUnit=None,
    )


@pytest.mark.parametrize(("district", "first"), [("sucheng", "register_archive_verdict"), ("fengxian", "hold_service_acceptance")])
def test_a_service_is_accepted_after_its_service_has_ended(district: str, first: str) -> None:
    case = service(district)
    assert case.tasks == {}
    assert case.timers == {"wait_service_end": at("2027-01-01T00:00:00")}
    case.advance("2026-12-31T23:59:59")
    assert case.tasks == {}
    case.advance("2027-01-01T00:00:00")
    assert case.tasks == {first: 1}
    assert case.phase == "accepting"
    assert "trial" not in case.phases


def test_sucheng_accepts_a_service_itself() -> None:
    case = service("sucheng")
    case.advance("2027-01-04")
    case.fill("register_archive_verdict")
    case.fill("hold_service_acceptance")
    assert case.task("review_service_acceptance").groups == ("data_bureau",)
    case.give_back("review_service_acceptance", "hold_service_acceptance")
    assert case.facts["accState"] == "未验收"
    case.fill("hold_service_acceptance")
    case.fill("review_service_acceptance")
    assert case.ended
    assert case.phase == "accepted"
    assert not case.incidents
    assert {message["name"] for message in case.messages} == {"om_evaluation_requested", "payment_requested"}
    assert case.facts["accReport"] == "已提交"


def test_fengxian_accepts_a_service_with_finance() -> None:
    case = service("fengxian")
    case.advance("2027-01-04")
    assert case.task("hold_service_acceptance").groups == ("data_bureau",)
    case.fill("hold_service_acceptance")
    assert [case.task("give_opinion", number).groups[0] for number in range(case.tasks["give_opinion"])] == ["finance"]
    case.fill_all("give_opinion")
    case.fill("conclude_acceptance")
    assert case.ended
    assert case.phase == "accepted"


def test_an_acceptance_of_a_service_that_does_not_come_is_marked() -> None:
    for district in ("sucheng", "fengxian"):
        case = service(district)
        case.advance("2027-01-04")
        if district == "sucheng":
            case.fill("register_archive_verdict")
        case.advance("2027-03-01")
        assert case.overdue == ["om.accept"]
        assert case.tasks == {"hold_service_acceptance": 1}
