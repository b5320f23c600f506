"""What somebody might try before a Sucheng project is approved: to declare past the office above, to spend before a re-declaration, to give a tick for a fact."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.domain.districts import ZONE
from app.domain.permissions import SYSTEM
from app.errors import Forbidden
from app.services import joint, messages, projects, tasks
from tests.integration.districts.evading import begun, elements, facts, refused, start
from tests.integration.districts.play import PLATFORM, District, at

HOSPITAL, HEALTH = "宿城区中心医院", "宿城区卫生健康局"
SUBSIDIARY, PARENT = "宿城示例数字科技有限公司", "宿城示例国有资产投资集团有限公司"


def _declared_by(office: str, **known: Any) -> tuple[District, int]:
    place = District("sucheng", at("2026-09-01"), {**PLATFORM, **known})
    place.announce()
    place.advance(at("2026-09-10"))
    return place, place.declare("信息化平台", office)


def _office(place: District, role: str, name: str) -> dict[str, str]:
    member = place.person(role, office=name).memberships[0]
    return {"key": str(member.office), "name": member.office_name}


@pytest.mark.parametrize(
    ("own", "kind", "above"),
    [
        pytest.param(HOSPITAL, "公共事业单位", HEALTH, marks=pytest.mark.requirement("SC-9-1")),
        pytest.param(SUBSIDIARY, "区属国企下属子企业", PARENT, marks=pytest.mark.requirement("SC-9-2")),
    ],
)
def test_the_institution_drafts_and_the_office_above_submits(app: Flask, own: str, kind: str, above: str) -> None:
    place, project = _declared_by(own)
    line = place.task(project, "prepare_declaration")
    drafter = place.performer(line)
    assert drafter.memberships[0].office_name == own
    superior, other = _office(place, "sector_authority", above), _office(place, "sector_authority", "宿城区教育局")
    assert "单位类别应是" in refused(place, line, orgType="行政机关")
    assert "请选它" in refused(place, line, orgType=kind, sectorAuthority=other)
    assert "应从登记的单位中选择" in refused(place, line, orgType=kind, extra={"sectorAuthority": "卫健委"})
    place.do(line, orgType=kind, sectorAuthority=superior)
    assert (elements(place, project), facts(project).get("firstSubmittedAt")) == (["endorse_declaration"], None)
    ties = place.task(project, "endorse_declaration")
    with pytest.raises(Forbidden):
        tasks.complete(drafter, ties.key, place.filled(ties), place.now)
    with pytest.raises(Forbidden):
        tasks.complete(place.person("sector_authority", office="宿城区教育局"), ties.key, place.filled(ties), place.now)
    place.do(ties)
    assert elements(place, project) == ["check_declaration"]
    assert facts(project)["sectorAuthority"] == superior


@pytest.mark.requirement("SC-9-1")
def test_the_authority_submits_several_declarations_of_its_institutions_as_one_act_or_none(app: Flask) -> None:
    """统一申报: at one instant, before the day is over; each keeps its own project; the co-builder's task is in no such list."""
    place, build = _declared_by(HOSPITAL)
    care = place.declare("系统运行维护", HOSPITAL)
    superior = _office(place, "sector_authority", HEALTH)
    for project, kind in ((build, "建设类"), (care, "运维类")):
        drafted = place.task(project, "prepare_declaration")
        why = {"typeStatement": "更新既有系统的部件"} if kind == "运维类" else {}
        place.do(drafted, projectName=f"医院{kind}平台", orgType="公共事业单位", sectorAuthority=superior, projectType=kind, **why)
    one, two = (place.task(project, "endorse_declaration") for project in (build, care))
    health = place.person("sector_authority", office=HEALTH)
    assert {line.key for line in joint.members(health, one.key, place.now)} == {one.key, two.key}
    with pytest.raises(Forbidden) as told:
        joint.submit(place.person("sector_authority", office="宿城区教育局"), [one.key, two.key], {"endorsement": "同意"}, place.now)
    assert "医院" not in told.value.message
    assert [elements(place, project) for project in (build, care)] == [["endorse_declaration"]] * 2
    place.advance(at("2026-10-15T23:59:59"))
    assert joint.submit(health, [one.key, two.key], {"endorsement": "同意"}, place.now) == 2
    assert [elements(place, project) for project in (build, care)] == [["check_declaration"]] * 2
    assert {facts(project)["firstSubmittedAt"] for project in (build, care)} == {"2026-10-15T23:59:59+08:00"}


@pytest.mark.requirement("SC-17-5", side="refused")
@pytest.mark.requirement("SC-17-1", side="refused")
def test_nothing_is_tendered_while_a_change_waits_and_nobody_says_its_result_from_outside(app: Flask) -> None:
    place, project = begun("sucheng")
    tender = place.until(project, "submit_tender")
    start(place, project, "change")
    over = facts(project)["approvedBudget"] - facts(project)["totalAmount"] + 1
    place.do(place.task(project, "submit_change"), changeItems=[{"item": "增加内容", "amount": over}], reasonCode="二")
    assert "在办的调整" in refused(place, tender)
    with pytest.raises(Forbidden):
        messages.publish(
            place.person("system_admin"),
            "redeclaration_decided",
            str(project),
            {"redeclarationResult": "已批准"},
            place.now,
            tenant="sucheng",
        )
    declared = place.task(project, "submit_redeclaration")
    assert "应在申报期内" in refused(place, declared, extra={"mandateBasis": None})
    place.do(declared, mandateBasis="市政府文件3号")
    asked = place.open(project, "give_redeclaration_opinion")
    assert len(asked) == 4
    with pytest.raises(Forbidden):
        tasks.complete(place.person("applicant", project=project), asked[0].key, place.filled(asked[0]), place.now)
    for line in asked:
        place.do(line, opinion="不同意", opinionText="没有必要")
    assert facts(project)["changePending"] is False
    assert elements(place, project) == ["submit_tender"]
    place.do(tender)


@pytest.mark.requirement("SC-17-1", side="refused")
def test_a_project_is_cancelled_by_the_leader_and_finance_takes_back_what_is_not_paid(app: Flask) -> None:
    place, project = begun("sucheng")
    place.until(project, "submit_tender")
    start(place, project, "cancellation")
    assert "每份材料都要上传文件" in refused(place, place.task(project, "apply_cancellation"), cancellationMaterials=[{"name": "取消依据"}])
    place.do(place.task(project, "apply_cancellation"))
    place.do(place.task(project, "review_cancellation"))
    approval = place.task(project, "approve_cancellation")
    with pytest.raises(Forbidden):
        tasks.complete(place.person("data_bureau"), approval.key, place.filled(approval), place.now)
    place.do(approval)
    budget = facts(project)["approvedBudget"]
    settle = place.task(project, "settle_funds")
    assert "没有支付的预算" in refused(place, settle, amount=budget + 1)
    place.do(settle)
    place.advance(place.now + timedelta(minutes=1))
    assert (projects.phase(SYSTEM, project), facts(project)["cancelled"]) == ("terminated", True)
    assert place.open(project) == []


@pytest.mark.requirement("SC-5-10")
def test_the_data_group_drafts_where_it_is_authorised_and_submits_nothing(app: Flask) -> None:
    place, project = begun("sucheng")
    group = place.person("coordinator")
    with pytest.raises(Forbidden):
        projects.start_process(group, project, "assistance", place.now)
    with pytest.raises(Forbidden):
        projects.view(group, project, place.now)
    start(place, project, "assistance")
    office = {"key": str(group.memberships[0].office), "name": group.memberships[0].office_name}
    place.do(place.task(project, "authorise_draft"), coordinatorOffice=office)
    draft = place.task(project, "draft_scheme")
    tasks.save_draft(group, draft.key, {"schemeDraft": {"background": "草稿"}}, place.now)
    declared = place.task(project, "prepare_declaration")
    for refusing in (tasks.complete, tasks.save_draft):
        with pytest.raises(Forbidden):
            refusing(group, declared.key, place.filled(declared), place.now)
    tasks.complete(group, draft.key, place.filled(draft, {"schemeDraft": {"background": "代拟的背景"}}), place.now)
    _, seen = tasks.inputs(place.performer(declared), declared.key, place.now)
    assert [row["schemeDraft"]["background"] for row in seen["drafts"]] == ["代拟的背景"]


@pytest.mark.requirement("SC-3-2", side="refused")
@pytest.mark.requirement("SC-2-6", side="refused")
@pytest.mark.requirement("SC-23-1", side="refused")
@pytest.mark.requirement("SC-7-3", side="refused")
def test_no_tick_of_the_declaration_contradicts_what_is_declared_beside_it(app: Flask) -> None:
    """A system called hardware to be spared its data, a server room not called new, other money that joins nothing, sharing that is said to be done."""
    place, project = begun("sucheng")
    line = place.task(project, "prepare_declaration")
    spared = {"hardwareOnly": True, "dataList": [], "scenarios": [], "hasDataResource": False}
    assert "项目类别应是“硬件采购”" in refused(place, line, **spared)
    room = {"category": "基础设施", "subCategory": "机房", "buildServerRoom": "无"}
    assert "如实填写新建或扩建" in refused(place, line, **room)
    own = {"fundItems": [{"source": "国企投资", "amount": 6_947_911}], "usesBudgetFund": False}
    assert "怎样与市、区已有项目衔接" in refused(place, line, **own, extra={"linkageStatement": "　"})
    shared = {"isExtension": True, "priorSharedDone": True, "priorShareDue": 5, "priorShared": 4}
    assert "没有全部共享" in refused(place, line, **shared)
    place.do(line)


@pytest.mark.requirement("SC-7-4", side="refused")
@pytest.mark.requirement("SC-7-2", side="refused")
def test_a_dataset_is_operated_by_who_is_authorised_today_and_collected_by_the_centre(app: Flask) -> None:
    place, project = begun("sucheng")
    place.until(project, "prepare_materials")
    start(place, project, "dataset")
    line = place.task(project, "register_dataset")
    operator = _office(place, "data_operator", "江苏钟吾大数据发展集团有限公司")
    assert "没有有效的授权" in refused(place, line, operatorOffice=operator)
    projects.start_district_process(place.person("data_bureau"), "data_authorisation", place.now)
    place.do(place.task(None, "grant_authorisation"), operatorOffice=operator, validTo=str(place.now.astimezone(ZONE).date()))
    place.advance(place.now + timedelta(days=1))
    assert "没有有效的授权" in refused(place, line, operatorOffice=operator), "it was good until yesterday"
    tasks.complete(
        place.performer(line), line.key, {name: value for name, value in place.filled(line).items() if name != "operatorOffice"}, place.now
    )
    asked = place.task(project, "confirm_collection")
    with pytest.raises(Forbidden):
        tasks.complete(place.person("applicant", project=project), asked.key, place.filled(asked), place.now)
    assert "退回改正后再归集" in refused(place, asked, complete=False)
    place.do(asked)
    assert facts(project)["datasetState"] == "已归集"
