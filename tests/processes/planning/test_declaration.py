"""The declaration as an applicant and the bureau live it: checks, window, exempt way, endorsement, exceptions, correction, lateness."""

from typing import Any

import pytest

from tests.processes.driver import FormRejected, at, form
from tests.processes.planning.cases import NOTICES, PlanningCase, declaration

DISTRICTS = ("fengxian", "sucheng")
OPEN = "2026-09-10"


def submit(case: PlanningCase, **answers: Any) -> None:
    """The applicant submits, and whoever has to endorse agrees."""
    case.fill("prepare_declaration", **answers)
    case.fill_all("endorse_declaration")


def materials(case: PlanningCase, *more: str) -> list[dict[str, Any]]:
    return [{"name": name, "files": [{"document": f"{name}.pdf"}]} for name in [*case.variable("check")["requiredNames"], *more]]


def office(case: PlanningCase, name: str) -> dict[str, str]:
    """An office as it is chosen from the register."""
    found: dict[str, str] = case.kept.office(name)
    return found


def codes(case: PlanningCase) -> list[str]:
    """What the check after the submission has found."""
    return [entry["code"] for entry in case.variable("check")["findings"]]


@pytest.mark.parametrize("district", DISTRICTS)
def test_main_path_ends_declared_and_asks_for_review(district: str) -> None:
    case = declaration(district, OPEN)
    submit(case)
    assert case.task("check_declaration").groups == ("data_bureau",)
    case.fill("check_declaration")
    assert (case.ended, case.phase) == (True, "declared")
    assert [message["name"] for message in case.messages] == ["review_requested"]
    assert case.messages[0]["key"] == "1001"
    assert case.facts["firstSubmittedAt"] == "2026-09-10T09:00:00+08:00"
    assert case.facts["planYear"] == 2027
    assert case.facts["projectNumber"]
    assert not case.incidents


@pytest.mark.parametrize("district", DISTRICTS)
def test_it_works_without_connectors_from_flat_variables(district: str) -> None:
    case = PlanningCase(
        district,
        "declaration",
        facts={"projectName": "甲", "applicantOffice": "机关事务管理局"},
        variables={"totalAmount": 100},
        now=at(OPEN),
        connectors=False,
        registers={"batch": [NOTICES[district]]},
    )
    submit(case)
    case.fill("check_declaration")
    assert case.ended
    assert not case.incidents


# ---------------------------------------------------------------- window


@pytest.mark.parametrize(
    ("instant", "in_time"),
    [("2026-10-15T23:59:59", True), ("2026-10-15T23:59:59.999999", True), ("2026-10-16T00:00:00", False)],
)
def test_sucheng_closes_when_15_october_is_over(instant: str, in_time: bool) -> None:
    """B27–B31: SC-8-2."""
    case = declaration("sucheng", OPEN)
    case.now = at(instant)
    if in_time:
        case.fill("prepare_declaration")
        assert case.tasks == {"check_declaration": 1}
    else:
        with pytest.raises(FormRejected, match="SC-8-3"):
            case.fill("prepare_declaration")
        assert case.tasks == {"prepare_declaration": 1}
        assert case.facts.get("firstSubmittedAt") is None
        assert not case.records.get("declaration"), "what is refused is no submission"


def test_a_draft_outlives_the_closing() -> None:
    case = declaration("sucheng", OPEN)
    case.advance("2026-12-01")
    assert case.tasks == {"prepare_declaration": 1}


def test_a_sunday_does_not_move_the_fixed_day() -> None:
    """B32: 15 October 2028 is a Sunday."""
    notice = {
        "planYear": 2029,
        "noticeNo": "1",
        "noticeOn": "2028-09-01",
        "opensAt": "2028-09-01T09:00:00+08:00",
        "closesAt": "2028-10-16T00:00:00+08:00",
    }
    for instant, open_task in (("2028-10-15T23:59:59", "check_declaration"), ("2028-10-16T00:00:00", "prepare_declaration")):
        case = PlanningCase(
            "sucheng",
            "declaration",
            facts={"projectName": "甲", "applicantOffice": "机关事务管理局"},
            variables={"totalAmount": 100},
            now=at("2028-09-10"),
            registers={"batch": [notice]},
        )
        case.now = at(instant)
        if open_task == "prepare_declaration":
            with pytest.raises(FormRejected, match="截止"):
                case.fill("prepare_declaration")
        else:
            case.fill("prepare_declaration")
        assert case.tasks == {open_task: 1}


def test_without_a_notice_only_a_draft_can_be_kept() -> None:
    for district in DISTRICTS:
        case = declaration(district, OPEN, notice=False)
        with pytest.raises(FormRejected, match="尚未"):
            submit(case, planYear=2027)
        assert case.tasks == {"prepare_declaration": 1}


def test_in_time_stays_in_time_after_a_late_correction() -> None:
    """A11: firstSubmittedAt never moves."""
    case = declaration("sucheng", OPEN)
    case.now = at("2026-10-15T23:59:59")
    case.fill("prepare_declaration")
    case.now = at("2026-10-20")
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    assert case.tasks == {"correct_declaration": 1}
    case.now = at("2026-10-22")
    case.fill("correct_declaration")
    assert case.tasks == {"check_declaration": 1}
    case.fill("check_declaration")
    assert case.phase == "declared"
    assert case.facts["firstSubmittedAt"] == "2026-10-15T23:59:59+08:00"


def test_a_project_that_must_be_built_this_year_is_recognised_by_the_bureau() -> None:
    """SC-8-3: both conditions, with the basis."""
    case = declaration("sucheng", OPEN)
    case.now = at("2026-11-01")
    with pytest.raises(FormRejected):
        case.fill("prepare_declaration", mandatedLevel="市", mustThisYear=True, mandateBasis=...)
    with pytest.raises(FormRejected, match="SC-8-3"):
        case.fill("prepare_declaration", mandatedLevel="市", mustThisYear=False)
    assert case.tasks == {"prepare_declaration": 1}
    exempt: dict[str, Any] = {"mandatedLevel": "市", "mustThisYear": True, "mandateBasis": "市政府文件3号"}
    with pytest.raises(FormRejected, match="尚缺：上级明确建设要求的依据"):
        case.fill("prepare_declaration", **exempt)
    assert case.tasks == {"prepare_declaration": 1}, "the basis must be handed in"
    case.fill("prepare_declaration", **exempt, materials=materials(case, "上级明确建设要求的依据"))
    assert case.tasks == {"recognise_exemption": 1}
    case.fill("recognise_exemption")
    assert case.facts["exemptFromWindow"] is True
    case.fill("check_declaration")
    assert case.phase == "declared"


def test_an_exemption_that_is_not_recognised_ends_it() -> None:
    case = declaration("sucheng", OPEN)
    case.now = at("2026-11-01")
    exempt: dict[str, Any] = {"mandatedLevel": "市", "mustThisYear": True, "mandateBasis": "市政府文件3号"}
    case.fill("prepare_declaration", **exempt, materials=materials(case, "上级明确建设要求的依据"))
    case.fill("recognise_exemption", recognition="不认定", recognitionReason="并非当年必须")
    assert (case.ended, case.phase) == (True, "rejected")
    assert case.notices[-1]["text"] == "并非当年必须"


def test_fengxian_closes_with_its_batch_and_lets_unplanned_projects_through_a_check() -> None:
    case = declaration("fengxian", OPEN)
    case.now = at("2026-10-01T00:00:00")
    with pytest.raises(FormRejected, match="FX-14-1"):
        submit(case)
    assert case.tasks == {"prepare_declaration": 1}
    unplanned: dict[str, Any] = {"unplanned": True, "basisDocs": [{"kind": "区政府抄告单", "number": "抄告1号"}]}
    with pytest.raises(FormRejected):
        case.fill("prepare_declaration", unplanned=True)
    with pytest.raises(FormRejected, match="尚缺：计划外项目依据材料"):
        case.fill("prepare_declaration", **unplanned)
    submit(case, **unplanned, materials=materials(case, "计划外项目依据材料"))
    assert case.tasks == {"check_unplanned": 1}
    case.fill("check_unplanned")
    assert case.facts["unplannedApproved"] is True
    case.fill("check_declaration")
    assert case.phase == "declared"


def test_an_unplanned_project_without_a_clear_basis_is_closed() -> None:
    case = declaration("fengxian", OPEN)
    unplanned: dict[str, Any] = {"unplanned": True, "basisDocs": [{"kind": "区领导批示", "number": "1"}]}
    submit(case, **unplanned, materials=materials(case, "计划外项目依据材料"))
    case.fill("check_unplanned", unplannedCheck="不通过", unplannedReason="依据不明")
    assert (case.ended, case.phase) == (True, "rejected")


# ---------------------------------------------------------------- checks


def test_a_hard_violation_goes_back_with_the_list() -> None:
    case = declaration("sucheng", OPEN)
    with pytest.raises(FormRejected) as refused:
        case.fill("prepare_declaration", newMobileApps=["小程序"], exceptionRequest="确有需要")
    assert [(problem.path, problem.message) for problem in refused.value.problems] == [
        ("newMobileApps", "不得申报新建移动互联网应用，请接入既有应用")
    ]
    assert case.tasks == {"prepare_declaration": 1}
    case.fill("prepare_declaration")
    assert case.tasks == {"check_declaration": 1}


def test_a_soft_violation_needs_a_reason_and_the_leaders_approval() -> None:
    """FX-8-5."""
    bought = [{"kind": "服务器", "quantity": 2, "amount": 100, "supplyMode": "自行采购"}]
    case = declaration("fengxian", OPEN)
    with pytest.raises(FormRejected, match="请写明例外理由"):
        case.fill("prepare_declaration", hardwareItems=bought)
    assert case.tasks == {"prepare_declaration": 1}
    submit(case, hardwareItems=bought, exceptionRequest="专用机柜")
    assert case.task("approve_exception").groups == ("data_bureau_leader",)
    case.fill("approve_exception")
    assert case.tasks == {"check_declaration": 1}
    assert case.records["exception"][0]["reason"] == "确有需要"
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    case.fill("correct_declaration", hardwareItems=bought, exceptionRequest="专用机柜")
    case.fill_all("endorse_declaration")
    assert case.tasks == {"check_declaration": 1}, "what was approved is not asked again"


def test_a_refused_exception_goes_back_for_correction() -> None:
    case = declaration(
        "sucheng",
        OPEN,
        others=[{"projectKey": "7", "phase": "declared", "applicantOffice": "机关事务管理局", "planYear": 2027, "projectType": "建设类"}],
    )
    case.fill("prepare_declaration", exceptionRequest="两项都急需")
    case.fill("approve_exception", exceptionDecision="不批准", exceptionReason="请合并申报")
    assert case.tasks == {"correct_declaration": 1}
    assert case.variable("exceptionReason") == "请合并申报"
    assert case.notices[-1]["text"] == "请合并申报"
    case.fill("correct_declaration", exceptionRequest="两项分属不同资金")
    assert case.tasks == {"approve_exception": 1}, "what was refused is asked again after it was corrected"


def test_other_offices_and_dead_projects_do_not_count_as_a_second_construction() -> None:
    """SC-10-9, A24."""
    others = [
        {"projectKey": "7", "phase": "declared", "applicantOffice": "水利局", "planYear": 2027, "projectType": "建设类"},
        {"projectKey": "8", "phase": "rejected", "applicantOffice": "机关事务管理局", "planYear": 2027, "projectType": "建设类"},
        {"projectKey": "1001", "phase": "draft", "applicantOffice": "机关事务管理局", "planYear": 2027, "projectType": "建设类"},
    ]
    case = declaration("sucheng", OPEN, others=others)
    case.fill("prepare_declaration")
    assert case.tasks == {"check_declaration": 1}


def test_a_material_is_a_file() -> None:
    """SC-10-2, FX-11-1."""
    for district in ("sucheng", "fengxian"):
        case = declaration(district, OPEN)
        with pytest.raises(FormRejected, match="每份材料都要上传文件"):
            case.fill("prepare_declaration", materials=[{"name": one["name"], "number": "1"} for one in materials(case)])


def test_a_missing_material_is_named() -> None:
    case = declaration("sucheng", OPEN)
    given = [entry for entry in materials(case) if entry["name"] != "集体研究意见"]
    with pytest.raises(FormRejected, match="尚缺：集体研究意见"):
        case.fill("prepare_declaration", materials=given)
    assert case.tasks == {"prepare_declaration": 1}


def test_out_of_scope_is_closed_with_its_reason() -> None:
    case = declaration("fengxian", OPEN)
    case.fill("prepare_declaration", exclusionKind="专用器材和专业设备")
    assert (case.ended, case.phase) == (True, "rejected")
    assert "专用器材" in case.notices[-1]["text"]


def test_a_project_of_another_kind_is_classified_by_the_bureau() -> None:
    """FX-2-8."""
    for answer, phase in (("纳入", "draft"), ("不纳入", "rejected")):
        case = declaration("fengxian", OPEN)
        case.fill("prepare_declaration", category="其他", categoryReason="综合类")
        case.fill("classify_project", classification=answer)
        assert case.phase == phase


def test_unchanged_maintenance_leaves_for_the_fee_review() -> None:
    case = declaration("fengxian", OPEN)
    case.fill("prepare_declaration", category="运维类项目", projectType="运维类", hasPriorOm=True, serviceContentChanged=False)
    assert (case.ended, case.phase) == (True, "withdrawn")


def test_a_plan_review_that_failed_blocks_the_rest_of_the_year() -> None:
    """B63: FX-19-1 until 31 December 24:00."""
    block = {
        "projectName": "综合管理服务平台",
        "applicantOffice": "机关事务管理局",
        "failedOn": "2026-11-20",
        "until": "2027-01-01T00:00:00+08:00",
    }
    notice = {
        "planYear": 2027,
        "noticeNo": "2",
        "noticeOn": "2026-12-01",
        "opensAt": "2026-12-01T09:00:00+08:00",
        "closesAt": "2027-02-01T00:00:00+08:00",
    }
    for instant, blocked in (("2026-12-31T23:59:59", True), ("2027-01-01T00:00:00", False)):
        case = declaration("fengxian", "2026-12-10", registers={"application_block": [block], "batch": [notice]})
        case.now = at(instant)
        if blocked:
            with pytest.raises(FormRejected, match="当年度不予立项"):
                case.fill("prepare_declaration")
        else:
            case.fill("prepare_declaration")
        assert case.tasks == ({"prepare_declaration": 1} if blocked else {"endorse_declaration": 1})


def test_an_upgrade_of_a_system_that_failed_its_evaluation_waits_for_rectification() -> None:
    """FX-32-2."""
    for rectified, found in ((False, True), (True, False)):
        original = {
            "projectKey": "7",
            "phase": "operating",
            "applicantOffice": "机关事务管理局",
            "planYear": 2025,
            "evalResult": "未通过",
            "rectified": rectified,
        }
        case = declaration("fengxian", OPEN, others=[original])
        papers = materials(case, "原项目建设合同", "测评报告", "验收意见")
        answers = {"isUpgrade": True, "upgradeReason": "老化", "originalSystem": "P7", "materials": papers}
        if found:
            with pytest.raises(FormRejected, match="绩效评估未通过"):
                submit(case, **answers)
        else:
            case.fill("prepare_declaration", **answers)
        assert case.tasks == ({"prepare_declaration": 1} if found else {"endorse_declaration": 1})


def test_a_first_maintenance_needs_an_accepted_original() -> None:
    """FX-2-6."""
    for phase, found in (("building", True), ("operating", False)):
        case = declaration("fengxian", OPEN, others=[{"projectKey": "7", "phase": phase, "applicantOffice": "机关事务管理局"}])
        papers = materials(case, "原始建设合同", "运维项目验收意见", "共享数据资源目录发布证明")
        first = {"category": "运维类项目", "projectType": "运维类", "omBasis": "验收后首次运维", "originalSystem": "P7"}
        if found:
            with pytest.raises(FormRejected, match="原项目尚未验收"):
                submit(case, **first, materials=papers)
        else:
            case.fill("prepare_declaration", **first, materials=papers)
        assert case.tasks == ({"prepare_declaration": 1} if found else {"endorse_declaration": 1})


def test_business_systems_without_a_sharing_list_are_returned() -> None:
    """FX-12-1."""
    case = declaration("fengxian", OPEN)
    with pytest.raises(FormRejected, match="FX-12-1"):
        submit(case, dataResources=[])
    assert case.tasks == {"prepare_declaration": 1}


# ---------------------------------------------------------------- people


def test_the_responsible_leader_of_fengxian_confirms_or_sends_back() -> None:
    """FX-4-3."""
    case = declaration("fengxian", OPEN)
    case.fill("prepare_declaration")
    assert case.task("endorse_declaration").groups == ("applicant_leader",)
    with pytest.raises(FormRejected):
        case.fill("endorse_declaration", endorsement="退回", endorsementComment="预算再核")
    case.give_back("endorse_declaration", "prepare_declaration")
    assert case.tasks == {"prepare_declaration": 1}
    case.fill("prepare_declaration")
    assert case.tasks == {"endorse_declaration": 1}


@pytest.mark.parametrize("leader", ["张明、李强", "张明,李强", "张明，李强", ""])
def test_exactly_one_leader(leader: str) -> None:
    with pytest.raises(FormRejected):
        declaration("fengxian", OPEN).fill("prepare_declaration", responsibleLeader=leader)


def test_a_school_is_judged_by_the_day_of_its_authority() -> None:
    """SC-9-1, A29: handed to the authority on the 14th, declared by it on the 16th: too late."""
    for instant, open_task in (("2026-10-15T23:59:59", "check_declaration"), ("2026-10-16T00:00:00", "prepare_declaration")):
        case = declaration("sucheng", OPEN)
        case.now = at("2026-10-14")
        case.fill("prepare_declaration", orgType="公共事业单位", sectorAuthority=office(case, "宿城区教育局"))
        assert case.task("endorse_declaration").groups == ("sector_authority",)
        assert case.task("endorse_declaration").office == "宿城区教育局"
        case.now = at(instant)
        case.fill("endorse_declaration")
        assert case.tasks == {open_task: 1}


def test_every_co_builder_signs() -> None:
    """SC-9-3."""
    case = declaration("sucheng", OPEN)
    case.fill("prepare_declaration", isJoint=True, coBuilders=[office(case, "宿城区民政局"), office(case, "宿城区水利局")])
    assert case.tasks == {"endorse_declaration": 2}
    assert [case.task("endorse_declaration", index).office for index in (0, 1)] == ["宿城区民政局", "宿城区水利局"]
    case.fill("endorse_declaration")
    assert case.tasks == {"endorse_declaration": 1}
    case.fill("endorse_declaration")
    assert case.tasks == {"check_declaration": 1}


def test_the_bureau_may_refuse_with_a_reason() -> None:
    case = declaration("sucheng", OPEN)
    case.fill("prepare_declaration")
    with pytest.raises(FormRejected):
        case.fill("check_declaration", acceptanceCheck="不受理", checkReason=...)
    case.fill("check_declaration", acceptanceCheck="不受理", checkReason="重复申报")
    assert (case.ended, case.phase) == (True, "rejected")
    assert case.notices[-1]["text"] == "重复申报"


# ---------------------------------------------------------------- lateness


def test_a_late_correction_is_marked_and_stays_open() -> None:
    """Returned on Thursday 10 September 2026: five working days end on the 17th (20 September is a working Sunday)."""
    case = declaration("sucheng", OPEN)
    case.fill("prepare_declaration")
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    due = case.task("correct_declaration").due_at
    assert due == at("2026-09-18T00:00:00")
    case.advance("2026-09-17T23:59:59")
    assert case.overdue == []
    case.advance("2026-09-18T00:00:00")
    assert case.overdue == ["declaration.correct"]
    assert case.tasks == {"correct_declaration": 1}
    case.fill("correct_declaration")
    assert case.tasks == {"check_declaration": 1}


def test_a_late_check_is_marked_and_nothing_is_accepted_by_silence() -> None:
    case = declaration("fengxian", OPEN)
    submit(case)
    case.advance("2026-10-20")
    assert case.overdue == ["opinion"]
    assert case.tasks == {"check_declaration": 1}
    assert case.phase == "draft"


@pytest.mark.parametrize("district", DISTRICTS)
def test_the_form_refuses_what_it_does_not_know(district: str) -> None:
    codes = {problem.code for problem in form(district, "declaration.prepare_declaration").validate({"__builtins__": 1, "typename": "x"})}
    assert "UNDECLARED" in codes
    assert "REQUIRED" in codes


def test_what_the_form_only_shows_cannot_be_changed_by_sending_it_back() -> None:
    case = declaration("sucheng", OPEN)
    case.fill("prepare_declaration")
    case.fill("check_declaration", totalAmount=1, projectType="运维类", firstSubmittedAt="2020-01-01T00:00:00+08:00")
    assert (case.facts["totalAmount"], case.facts["projectType"]) == (6947911, "建设类")
    assert case.facts["firstSubmittedAt"] == "2026-09-10T09:00:00+08:00"


def test_a_year_without_a_notice_is_not_open() -> None:
    case = declaration("sucheng", OPEN)
    with pytest.raises(FormRejected, match="通知尚未印发"):
        case.fill("prepare_declaration", planYear=2030)
    assert case.tasks == {"prepare_declaration": 1}


def test_the_year_of_the_latest_notice_is_proposed() -> None:
    case = declaration("sucheng", OPEN, facts={"planYear": 2025})
    assert case.facts["planYear"] == 2027


def test_a_new_declaration_of_a_blocked_project_counts_its_own_first_submission() -> None:
    case = declaration("fengxian", OPEN, facts={"firstSubmittedAt": "2025-09-01T09:00:00+08:00"})
    case.now = at("2026-10-01T00:00:00")
    with pytest.raises(FormRejected, match="截止"):
        submit(case)
    assert case.tasks == {"prepare_declaration": 1}, "the old submission does not open a closed window"


def test_the_block_of_another_offices_project_of_the_same_name_does_not_count() -> None:
    block = {"projectName": "综合管理服务平台", "applicantOffice": "水利局", "failedOn": "2026-08-20", "until": "2027-01-01T00:00:00+08:00"}
    case = declaration("fengxian", OPEN, registers={"application_block": [block]})
    submit(case)
    assert case.tasks == {"check_declaration": 1}


# ---------------------------------------------------------------- evasions


def test_an_exception_is_for_what_was_approved() -> None:
    """FX-8-5: approved for two servers, corrected to two hundred: the leader is asked again."""
    bought = [{"kind": "服务器", "quantity": 2, "amount": 100, "supplyMode": "自行采购"}]
    case = declaration("fengxian", OPEN)
    submit(case, hardwareItems=bought, exceptionRequest="专用机柜")
    case.fill("approve_exception")
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    more = [{**bought[0], "quantity": 200, "amount": 10_000_000}]
    case.fill("correct_declaration", hardwareItems=more, exceptionRequest="专用机柜")
    case.fill_all("endorse_declaration")
    assert case.tasks == {"approve_exception": 1}


def test_a_basis_that_was_changed_afterwards_is_checked_again() -> None:
    """FX-14-2."""
    unplanned: dict[str, Any] = {"unplanned": True, "basisDocs": [{"kind": "区政府抄告单", "number": "抄告1号"}]}
    case = declaration("fengxian", OPEN)
    papers = materials(case, "计划外项目依据材料")
    submit(case, **unplanned, materials=papers)
    case.fill("check_unplanned")
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    case.fill("correct_declaration", **unplanned, materials=papers)
    case.fill_all("endorse_declaration")
    assert case.tasks == {"check_declaration": 1}, "unchanged: not asked again"
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    other = [{"kind": "其他明确依据", "number": "会议记录"}]
    case.fill("correct_declaration", unplanned=True, basisDocs=other, materials=papers)
    case.fill_all("endorse_declaration")
    assert case.tasks == {"check_unplanned": 1}
    assert case.facts["unplannedApproved"] is False


def test_a_project_recognised_as_of_another_kind_is_recognised_again_when_it_becomes_another() -> None:
    """FX-2-8."""
    other: dict[str, Any] = {"category": "其他", "categoryReason": "综合类"}
    case = declaration("fengxian", OPEN)
    case.fill("prepare_declaration", **other)
    case.fill("classify_project")
    case.fill("endorse_declaration")
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    case.fill("correct_declaration", **other)
    assert case.tasks == {"endorse_declaration": 1}
    case.fill("endorse_declaration")
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    case.fill("correct_declaration", **other, purpose="改作办公设备采购")
    assert case.tasks == {"classify_project": 1}


def test_an_exemption_is_of_the_basis_that_was_shown() -> None:
    """SC-8-3."""
    case = declaration("sucheng", OPEN)
    case.now = at("2026-11-01")
    exempt: dict[str, Any] = {"mandatedLevel": "市", "mustThisYear": True, "mandateBasis": "市政府文件3号"}
    papers = materials(case, "上级明确建设要求的依据")
    case.fill("prepare_declaration", **exempt, materials=papers)
    case.fill("recognise_exemption")
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    case.fill("correct_declaration", **{**exempt, "mandateBasis": "口头通知"}, materials=papers)
    assert case.tasks == {"recognise_exemption": 1}


def test_a_second_construction_counts_from_its_submission() -> None:
    """SC-10-9: two sent back to back, the first not yet accepted; a mere draft does not count."""
    other = {"projectKey": "7", "phase": "draft", "applicantOffice": "机关事务管理局", "planYear": 2027, "projectType": "建设类"}
    case = declaration("sucheng", OPEN, others=[{**other, "firstSubmittedAt": "2026-09-09T09:00:00+08:00"}])
    with pytest.raises(FormRejected, match="同一部门原则上不得同时申报多个建设类项目"):
        case.fill("prepare_declaration")
    case = declaration("sucheng", OPEN, others=[other])
    case.fill("prepare_declaration")
    assert case.tasks == {"check_declaration": 1}


@pytest.mark.parametrize("district", DISTRICTS)
def test_the_amount_is_summed_and_cannot_be_typed(district: str) -> None:
    case = declaration(district, OPEN)
    with pytest.raises(FormRejected):
        case.fill("prepare_declaration", totalAmountTyped=1)
    case.fill("prepare_declaration", totalAmount=1)
    assert case.facts["totalAmount"] == 6947911


def test_six_costs_that_do_not_sum_to_the_funds_are_refused() -> None:
    """SC-10-4."""
    costs = {"development": 1, "implementation": 0, "maintenance": 0, "training": 0, "supervision": 0, "other": 0}
    with pytest.raises(FormRejected, match="总投资应等于开发"):
        declaration("sucheng", OPEN).fill("prepare_declaration", budget=costs)


def test_an_authority_is_chosen_from_the_register() -> None:
    """SC-9-1: a name alone is nobody's office."""
    with pytest.raises(FormRejected):
        declaration("sucheng", OPEN).fill("prepare_declaration", orgType="公共事业单位", sectorAuthority="区教育局")
    with pytest.raises(FormRejected):
        declaration("sucheng", OPEN).fill("prepare_declaration", orgType="公共事业单位", sectorAuthority=...)


def test_a_declaration_changed_after_its_authority_agreed_is_shown_to_it_again() -> None:
    """SC-9-1, SC-9-3."""
    case = declaration("sucheng", OPEN)
    school: dict[str, Any] = {"orgType": "公共事业单位", "sectorAuthority": office(case, "宿城区教育局")}
    case.fill("prepare_declaration", **school)
    case.fill("endorse_declaration")
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    case.fill("correct_declaration", **school)
    assert case.tasks == {"check_declaration": 1}, "what the authority agreed to has not changed"
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    case.fill("correct_declaration", **school, purpose="另建一套")
    assert case.tasks == {"endorse_declaration": 1}


def test_every_submission_is_kept_and_the_number_stays() -> None:
    case = declaration("sucheng", OPEN)
    case.fill("prepare_declaration")
    number = case.facts["projectNumber"]
    case.fill("check_declaration", acceptanceCheck="退回补正", checkReason="缺页")
    case.fill("correct_declaration", purpose="改后的目标")
    assert [row["purpose"] for row in case.records["declaration"]] == ["按项目公告的建设目标实施", "改后的目标"]
    case.fill("check_declaration")
    assert case.facts["projectNumber"] == number == case.records["declaration"][0]["number"]
    assert [row["conclusion"] for row in case.records["receipt"]] == ["退回补正", "受理"]
    assert case.facts["receivedAt"]


def test_a_classified_scheme_is_not_written_on_the_platform() -> None:
    """SC-4-4, SC-10-15."""
    secret: dict[str, Any] = {"classified": True, "classifiedBasisNo": "密定1号", "splitStatementNo": "拆分1号"}
    case = declaration("sucheng", OPEN)
    uploaded = materials(case, "定密依据", "涉密与非涉密拆分说明")
    papers = [{"name": one["name"], "number": "密登1号", "date": "2026-03-01", "place": "机要室"} for one in uploaded]
    with pytest.raises(FormRejected, match="方案正文不在平台填写"):
        case.fill("prepare_declaration", **secret, materials=papers)
    text = "background necessityFeasibility constructionScope features resourceCatalog securityAnalysis securityDesign cryptoPlan"
    with pytest.raises(FormRejected, match="涉密项目不上传文件"):
        case.fill("prepare_declaration", **secret, materials=uploaded, **dict.fromkeys(text.split(), ...))
    unplaced = [{"name": one["name"], "number": "密登1号"} for one in uploaded]
    with pytest.raises(FormRejected, match="登记编号、日期和存放地点"):
        case.fill("prepare_declaration", **secret, materials=unplaced, **dict.fromkeys(text.split(), ...))
    case.fill("prepare_declaration", **secret, materials=papers, **dict.fromkeys(text.split(), ...))
    assert case.tasks == {"check_declaration": 1}
    with pytest.raises(FormRejected):
        declaration("sucheng", OPEN).fill("prepare_declaration", background=...)


def test_a_first_maintenance_says_which_of_the_three_it_is() -> None:
    """FX-2-6."""
    case = declaration("fengxian", OPEN)
    papers = materials(case, "原始建设合同", "运维项目验收意见", "共享数据资源目录发布证明")
    with pytest.raises(FormRejected, match="请选明首次运维的依据"):
        case.fill("prepare_declaration", category="运维类项目", projectType="运维类", materials=papers)
    case.fill("prepare_declaration", category="运维类项目", projectType="运维类", omBasis="电子政务云", materials=papers)
    assert case.tasks == {"endorse_declaration": 1}
