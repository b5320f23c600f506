"""The cheapest ways around Fengxian's regulation, stage by stage, as somebody would try them on the forms; each is refused and changes nothing."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from app.domain.permissions import SYSTEM
from app.errors import Failure, Forbidden
from app.services import projects, tasks, timers
from tests.integration.districts.evading import begun, facts, refused, start
from tests.integration.districts.play import MOST_ACTS, District, at

OM: Mapping[str, Any] = {"category": "运维类项目", "projectType": "运维类", "hasPriorOm": False}


DECLARED: dict[str, tuple[Mapping[str, Any], str]] = {
    "FX-2-5 a business system without a section on data": ({"dataResources": []}, "须列明共享数据资源"),
    "FX-2-6 operation for the first time on no ground": ({**OM, "omBasis": "不涉及"}, "首次运维的依据"),
    "FX-2-6 operation after an acceptance of nothing": (
        {**OM, "omBasis": "验收后首次运维", "originalSystem": " "},
        "originalSystem",
    ),
    "FX-2-9 office equipment called a part of nothing": ({"exclusionKind": "以上都不是"}, "exclusionKind"),
    "FX-4-1 an organ that calls itself a town": ({"orgType": "镇"}, "本单位登记的类别是党政机关"),
    "FX-4-3 a leader who is only a name": ({"responsibleLeader": {"key": "1", "name": "张明"}}, "应从登记的人员中选择"),
    "FX-6-2 a tag of one's own for the statistics": ({"alignmentTags": ["一网都管"]}, "alignmentTags"),
    "FX-7-1 a website of its own": ({"standaloneWebsite": True}, "区政府门户网站"),
    "FX-7-2 a convenience service elsewhere": ({"serviceNature": "便民服务", "targetPlatform": "不涉及"}, "一网通办"),
    "FX-8-2 an exit of its own": ({"ownInternetEgress": True}, "不得自建互联网出口"),
    "FX-8-3 a new dedicated line": ({"newMunicipalLine": True}, "不再新增"),
    "FX-8-5 servers of its own without a word": (
        {"hardwareItems": [{"kind": "服务器", "quantity": 2, "amount": 100, "supplyMode": "自行采购"}]},
        "请写明例外理由",
    ),
    "FX-8-7 no exchange and no ground for it": ({"exchangeItems": []}, "数据共享交换接口"),
    "FX-10-2 blanks for a study": ({"security": "　 "}, "security"),
    "FX-10-3 a total of one's own": ({"totalAmount": Decimal(1)}, "只供查看"),
    "FX-11-2 phases without a plan": ({"isPhased": True, "phases": []}, "分期建设计划"),
    "FX-11-4 an upgrade without papers": ({"isUpgrade": True, "upgradeReason": "老旧", "originalSystem": "1"}, "尚缺：测评报告"),
    "FX-12-2 a blank for a ground": ({"dataResources": [{"name": "甲", "shareType": "不予共享", "noShareBasis": " "}]}, "不予共享"),
    "FX-12-2 a ground of no kind": ({"dataResources": [{"name": "甲", "shareType": "不予共享", "noShareBasis": "某条例"}]}, "不予共享"),
    "FX-13-1 operation without its papers": ({**OM, "omBasis": "政务云"}, "omBasis"),
    "FX-14-1 outside the plan without a ground": ({"unplanned": True, "basisDocs": []}, "basisDocs"),
}


def test_a_dishonest_declaration_is_refused_at_the_field(app: Flask) -> None:
    """FX-2-5 to FX-14-1, FX-6-2 and FX-8-5 among them."""
    place, project = begun("fengxian")
    line = place.task(project, "prepare_declaration")
    for name, (answers, words) in DECLARED.items():
        assert words in refused(place, line, **answers), name
    towns = refused(place, line, orgType="区属国企")
    assert "实施细则" in towns  # FX-38-2: whoever goes by reference brings the rules of their own


@pytest.mark.parametrize("original", ["123", "2026-0001"])
def test_first_operation_is_of_a_project_that_was_accepted(app: Flask, original: str) -> None:
    """FX-2-6: a system that is not in the register is none that was accepted."""
    place, project = begun("fengxian")
    line = place.task(project, "prepare_declaration")
    names = ("建设方案", "原始建设合同", "运维项目验收意见", "共享数据资源目录发布证明")
    papers = [{"name": name, "files": place.filled(line)["materials"][0]["files"]} for name in names]
    assert "原项目尚未验收" in refused(place, line, **OM, omBasis="验收后首次运维", originalSystem=original, materials=papers)
    assert [line.element_id for line in place.open(project)] == ["prepare_declaration"]
    assert projects.phase(SYSTEM, project) == "draft"


def test_of_reviews_nobody_says_less_than_is_asked(app: Flask) -> None:
    """FX-6-1, FX-17-2, FX-18-1, FX-18-2, FX-18-3, FX-5-3."""
    place, project = begun("fengxian")
    experts = place.until(project, "select_experts")
    chosen = place.filled(experts)["experts"]
    assert "experts" in refused(place, experts, experts=[])
    assert "experts" in refused(place, experts, experts=chosen[:1] * 3)
    assert "experts" in refused(place, experts, experts=[{**chosen[0], "person": {"key": "1", "name": "甲专"}}, *chosen[1:]])
    opinion = place.until(project, "give_plan_opinion")
    aspects = place.filled(opinion)["aspects"]
    assert "aspects" in refused(place, opinion, aspects={**aspects, "safety": None} if isinstance(aspects, dict) else aspects[:4])
    documents = place.until(project, "approve_documents")
    assert "approvedEstimate" in refused(place, documents, approvedEstimate=Decimal(50_000_000))
    assert "approvedBudget" in refused(place, documents, approvedBudget=Decimal(50_000_000))


def test_of_acceptance_assets_and_operation_nothing_is_typed_that_another_decides(app: Flask) -> None:
    """FX-5-15, FX-24-3, FX-26-2, FX-26-3, FX-27-2, FX-28-2, FX-29-1, FX-29-2, FX-29-3."""
    place, project = begun("fengxian")
    application = place.until(project, "apply_acceptance")
    assert "mlpsLevel" in refused(place, application, mlpsLevel=0)
    assert facts(project)["mlpsLevel"] >= 1
    held = place.until(project, "hold_acceptance")
    assert "heldOn" in refused(place, held, heldOn="2030-01-01")
    concluded = place.until(project, "conclude_acceptance")
    place.do(concluded, acceptanceResult="不合格", issues=[{"issue": "性能不达标"}, {"issue": "文档不全"}], rectifyDays=30)
    mended = place.until(project, "rectify")
    answered = place.filled(mended)["rectifications"]
    assert len(answered) == 2
    assert "须逐条回应" in refused(place, mended, rectifications=answered[:1])
    inventory = place.until(project, "take_inventory")
    assert "assets" in refused(place, inventory, assets=[])
    assert "settledAmount" in refused(place, inventory, settledAmount=facts(project)["contractAmount"] * 2)

    filing = place.until(project, "file_plan")
    assert "emergencyPlan" in refused(place, filing, emergencyPlan=[])
    assert not _pay(place, project, "运维资金", Decimal(1))  # FX-28-2: no plan has been filed

    applied = place.until(project, "review_fee")
    assert "cutReason" in refused(place, applied, feeCut=1, cutReason=" ")
    quota = place.until(project, "set_quota")
    with pytest.raises(Failure):
        place.do(quota, quotaAmount=-1)
    arranging = place.until(project, "arrange_fee")
    approved = place.filled(arranging)["feeArranged"]
    assert "feeArranged" in refused(place, arranging, feeArranged=approved + 10_000)


def test_a_payment_of_operation_does_not_wait_for_the_contract_nor_exceed_what_was_arranged(app: Flask) -> None:
    """FX-26-2, FX-29-3, FX-9-2, FX-5-12: the contract is paid in full; a fen more of it is refused, the fee of operation is paid and not a fen more."""
    place, project = begun("fengxian")
    place.until_phase(project, "operating")
    contract = facts(project)["contractAmount"]
    if left := contract - facts(project).get("paidAmount", 0):
        assert _pay(place, project, "验收款", left)
    assert facts(project)["paidAmount"] == contract
    assert not _pay(place, project, "尾款", Decimal("0.01"))
    while not place.open(project, "arrange_fee"):
        place.do(place.open(project)[0])
    arranged = place.filled(place.task(project, "arrange_fee"))["feeArranged"]
    place.do(place.task(project, "arrange_fee"))
    assert not _pay(place, project, "运维资金", arranged + Decimal("0.01"))
    assert _pay(place, project, "运维资金", arranged)


def _pay(place: District, project: int, kind: str, amount: Decimal) -> bool:
    """Whether a payment of this goes through."""
    start(place, project, "payment")
    place.do(place.task(project, "apply_payment"), payKind=kind, payAmount=amount)
    if not place.open(project, "pay"):
        place.do(place.task(project, "handle_blocked"), blockedHandling="拒付")
        return False
    place.do(place.task(project, "pay"))
    return True


OTHERS = (
    "applicant",
    "applicant_leader",
    "data_bureau",
    "finance",
    "cyberspace",
    "public_security",
    "procurement_centre",
    "implementer",
    "auditor",
)


def test_nobody_does_what_is_another_office_s_to_do(app: Flask) -> None:
    """Article 5: along a whole life every task is tried by everybody who has no part in it, once a kind of task."""
    place, project = begun("fengxian")
    strangers = [place.person(role) for role in OTHERS if role != "applicant"] + [place.person("applicant", office="奉贤区水务局")]
    tried: set[str] = set()
    for _ in range(MOST_ACTS):
        lines = [line for line in place.open() if line.project_key in (None, project)]
        for line in lines:
            if line.element_id not in tried:
                tried.add(line.element_id)
                for somebody in strangers:
                    if not {row.role for row in somebody.memberships} & set(line.candidate_groups):
                        with pytest.raises(Forbidden):
                            tasks.complete(somebody, line.key, {}, place.now)
        if (
            projects.phase(SYSTEM, project) == "operating"
            and not any(line.element_id == "arrange_fee" for line in lines)
            and "arrange_fee" in tried
        ):
            break
        ready = [line for line in lines if line.follow_up_at is None or line.follow_up_at <= place.now]
        if ready:
            place.do(min(ready, key=lambda line: (line.project_key is None, line.key)))
            place.advance(place.now + timedelta(minutes=30))
        else:
            later = [line.follow_up_at for line in place.open() if line.follow_up_at and line.follow_up_at > place.now]
            place.advance(min(instant for instant in (timers.next_due(), *later) if instant))
    assert {
        "approve_documents",
        "determine_method",
        "give_consent",
        "pay",
        "grade",
        "set_quota",
        "conclude_acceptance",
        "inspect_duties",
    } <= tried


def test_a_governance_project_takes_no_money_from_the_construction_plan(app: Flask) -> None:
    """FX-16-5, FX-9-2, FX-5-14: its channel was found by the review; without a fund of its own kind it is not listed, however finance writes it."""
    place, project = begun("fengxian")
    place.do(place.task(project, "prepare_declaration"), isDataGovernance=True, serviceNature="便民服务", targetPlatform="一网通办奉贤频道")
    while not place.open(None, "compile_plan"):
        if ready := place.open(project):
            place.do(ready[0])
        else:
            place.advance(at("2026-10-20"))
    assert facts(project)["fundChannel"] == "公共数据治理专项经费"
    assert facts(project)["unifiedPlatforms"] == ["一网通办奉贤频道"]  # FX-16-2: the procurement is told
    place.do(place.task(None, "compile_plan"))
    consent = place.task(None, "give_consent")
    (item,) = place.filled(consent)["planItems"]
    assert "还没有核定" in refused(place, consent, planItems=[item])
    assert "资金渠道由评审确定" in refused(place, consent, planItems=[{**item, "fundChannel": "区级财政"}])
    projects.start_district_process(place.person("data_bureau"), "special_fund", place.now)
    place.do(place.task(None, "propose_fund"), fundKind="公共数据治理", year=2027, proposedAmount=item["planAmount"])
    short = item["planAmount"] - Decimal("0.01")
    place.do(place.task(None, "approve_fund"), quotaAmount=short)
    assert "超出公共数据治理专项额度" in refused(place, consent, planItems=[item])
    place.do(consent, planItems=[{**item, "planAmount": short}])
