"""The rules of planning as the shipped tables decide them: scope, prohibitions, windows, approval, reviewers; each gate blocks when nothing is answered."""

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from tests.processes.driver import at, decide, library

DISTRICTS = ("fengxian", "sucheng")
ASPECTS = ("intensive", "integration", "dataSharing", "collaboration", "networkSecurity", "estimate", "technicalScheme")


def yuan(ten_thousands: str) -> Decimal:
    return Decimal(ten_thousands) * 10_000


# ---------------------------------------------------------------- scope


def sucheng_scope(**facts: Any) -> str:
    usual = {"orgType": "行政机关", "fundItems": [{"source": "区财政", "amount": 100}], "hardwareOnly": False, "totalAmount": 100}
    return str(decide("sucheng", "scope", **{**usual, **facts})["regime"])


@pytest.mark.parametrize(("amount", "regime"), [("49.99", "OUT"), ("50", "APPLY"), ("50.01", "APPLY")])
def test_hardware_alone_is_in_scope_from_its_lower_limit_on(amount: str, regime: str) -> None:
    """B23, B24: SC-2-5 counts the limit itself in."""
    assert sucheng_scope(hardwareOnly=True, totalAmount=yuan(amount)) == regime


def test_systems_have_no_lower_limit() -> None:
    assert sucheng_scope(totalAmount=1) == "APPLY"


def test_only_the_governments_part_of_a_joint_investment_brings_a_project_into_scope() -> None:
    joint = [{"source": "政企联合-政府部分", "amount": yuan("390")}, {"source": "政企联合-企业部分", "amount": yuan("610")}]
    assert sucheng_scope(fundItems=joint, totalAmount=yuan("1000")) == "APPLY"
    assert sucheng_scope(fundItems=joint[1:], totalAmount=yuan("610")) == "OUT"


def test_state_owned_enterprises_follow_the_rules_by_reference() -> None:
    assert sucheng_scope(orgType="区属国企") == "REFER"
    assert sucheng_scope(orgType="其他") == "OUT"
    money = [{"source": "财政性资金", "amount": 1}]
    assert decide("fengxian", "scope", orgType="镇", fundItems=money, exclusionKind="无", standalone=False)["regime"] == "REFER"


@pytest.mark.parametrize(
    ("kind", "standalone", "regime"),
    [
        ("无", False, "APPLY"),
        ("办公设备", True, "OUT"),
        ("办公设备", False, "APPLY"),
        ("专用器材和专业设备", False, "OUT"),
        ("综合布线和安防技防", True, "OUT"),
        ("综合布线和安防技防", False, "APPLY"),
        ("综合布线和安防技防", None, "OUT"),
        (None, False, "OUT"),
    ],
)
def test_fengxian_leaves_out_three_kinds_of_purchase(kind: str | None, standalone: bool | None, regime: str) -> None:
    """FX-2-9, FX-2-10, FX-2-11: special equipment is out also as part of a system."""
    facts = {"orgType": "街道", "fundItems": [{"source": "其他自筹资金", "amount": 1}], "exclusionKind": kind, "standalone": standalone}
    assert decide("fengxian", "scope", **facts)["regime"] == regime


def test_unchanged_maintenance_goes_to_the_fee_review_alone() -> None:
    facts = {"category": "运维类项目", "omBasis": "不涉及", "hasPriorOm": True}
    assert decide("fengxian", "category_code", **facts, serviceContentChanged=False)["route"] == "OM_FEE"
    assert decide("fengxian", "category_code", **facts, serviceContentChanged=True)["omType"] == "HISTORY_CHANGED"
    assert decide("fengxian", "category_code", category="其他")["route"] == "CLASSIFY"


# ---------------------------------------------------------------- prohibitions

CLEAN: dict[str, dict[str, Any]] = {
    "fengxian": {
        "responsibleLeader": {"key": "7", "name": "张明"},
        "purposeTags": ["支撑履职"],
        "budgetItems": [{"name": "建设", "amount": Decimal("999.99")}],
        "totalAmount": Decimal("999.99"),
        "peers": [],
        "priorityRank": 1,
        "buildOwnNetwork": False,
        "ownInternetEgress": False,
        "newMunicipalLine": False,
        "networkPlan": "政务外网",
        "hardwareItems": [],
        "standaloneWebsite": False,
        "standaloneApp": False,
        "serviceNature": "其他",
        "targetPlatform": "不涉及",
        "dataCollectCommit": True,
        "rebuildBaseLibrary": False,
        "category": "信息应用系统",
        "exchangeItems": [{"dataset": "办理结果"}],
        "dataResources": [],
        "omBasis": "不涉及",
    },
    "sucheng": {
        "projectType": "建设类",
        "budget": {"development": 90, "implementation": 10, "maintenance": 0, "training": 0, "supervision": 0, "other": 0},
        "totalAmount": 100,
        "fundItems": [{"source": "区财政", "amount": 100}],
        "usesBudgetFund": True,
        "multiYear": False,
        "deployment": "政务云",
        "deployException": "无",
        "hardwareOnly": False,
        "buildServerRoom": "无",
        "buyVideoConference": False,
        "newMobileApps": [],
        "noShiftDeclaration": True,
        "peers": [],
        "dataList": [{"name": "办理数据", "collect": True}],
        "hasDataResource": True,
        "scenarios": [{"name": "一件事"}],
        "hasRunningSystems": False,
    },
}


def violations(district: str, **facts: Any) -> dict[str, str]:
    return {entry["code"]: entry["severity"] for entry in decide(district, "declaration_compliance", **{**CLEAN[district], **facts})}


@pytest.mark.parametrize("district", DISTRICTS)
def test_a_proper_declaration_has_no_finding(district: str) -> None:
    assert violations(district) == {}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"ownInternetEgress": True}, {"own_egress": "HARD"}),
        ({"buildOwnNetwork": True}, {"own_network": "HARD"}),
        ({"newMunicipalLine": True}, {"new_line": "HARD"}),
        ({"networkPlan": "其他"}, {"network_plan": "SOFT"}),
        ({"hardwareItems": [{"kind": "服务器", "supplyMode": "自行采购"}]}, {"hardware": "SOFT"}),
        ({"standaloneWebsite": True}, {"website": "HARD"}),
        ({"standaloneApp": True}, {"mobile": "HARD"}),
        ({"serviceNature": "便民服务"}, {"convenience": "HARD"}),
        ({"serviceNature": "便民服务", "targetPlatform": "一网通办奉贤频道"}, {}),
        ({"serviceNature": "城市运行管理", "targetPlatform": "不涉及"}, {"urban": "HARD"}),
        ({"responsibleLeader": "张明、李强"}, {"leader": "HARD"}),
        ({"responsibleLeader": ""}, {"leader": "HARD"}),
        ({"totalAmount": 1000}, {"budget": "HARD"}),
        ({"fundItems": [{"source": "财政性资金", "amount": 1}]}, {"fund": "HARD"}),
        ({"fundItems": [{"source": "财政性资金", "amount": 900}, {"source": "其他自筹资金", "amount": Decimal("99.99")}]}, {}),
        ({"purposeTags": []}, {"purpose": "HARD"}),
        ({"peers": [{"priorityRank": 1}]}, {"rank": "HARD"}),
        ({"peers": [{"priorityRank": 2}]}, {}),
        ({"overallPlanNo": "P1", "peers": [{"priorityRank": 2, "overallPlanNo": "P1"}]}, {"split": "SOFT"}),
        ({"omBasis": "验收后首次运维"}, {"original": "HARD"}),
        ({"exchangeItems": []}, {"exchange": "HARD"}),
        ({"dataCollectCommit": False}, {"collect": "HARD"}),
    ],
)
def test_fengxian_prohibitions(facts: dict[str, Any], expected: dict[str, str]) -> None:
    assert violations("fengxian", **facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"deployment": "本地"}, {"cloud": "HARD"}),
        ({"deployment": "本地", "deployException": "保密要求"}, {}),
        ({"deployment": "其他云"}, {"cloud": "HARD"}),
        ({"deployment": "不涉及"}, {"no_deployment": "HARD"}),
        ({"buildServerRoom": "扩建"}, {"server_room": "HARD"}),
        ({"buyVideoConference": True}, {"video": "HARD"}),
        ({"newMobileApps": ["小程序"]}, {"mobile": "HARD"}),
        ({"noShiftDeclaration": False}, {"shift": "HARD"}),
        ({"peers": [{"projectType": "建设类"}]}, {"several": "SOFT"}),
        ({"peers": [{"projectType": "运维类"}]}, {}),
        ({"projectType": "运维类", "peers": [{"projectType": "建设类"}]}, {}),
        ({"dataList": [], "hasDataResource": False}, {"no_data": "HARD"}),
        ({"dataList": [{"name": "甲", "collect": False}]}, {"uncollected": "SOFT"}),
        ({"scenarios": []}, {"no_scenario": "HARD"}),
        ({"scenarios": [], "projectType": "运维类"}, {}),
        ({"totalAmount": Decimal("99.99")}, {"budget": "HARD", "fund": "HARD"}),
        ({"multiYear": True, "yearlyBudgets": [{"amount": 60}, {"amount": Decimal("39.99")}]}, {"yearly": "HARD"}),
        ({"multiYear": True, "yearlyBudgets": [{"amount": 60}, {"amount": 40}]}, {}),
        ({"usesBudgetFund": False}, {"budget_fund": "HARD"}),
        ({"hasRunningSystems": True}, {"related": "SOFT"}),
    ],
)
def test_sucheng_prohibitions(facts: dict[str, Any], expected: dict[str, str]) -> None:
    assert violations("sucheng", **facts) == expected


@pytest.mark.parametrize(
    ("district", "field"),
    [
        *(
            ("fengxian", name)
            for name in (
                "responsibleLeader",
                "purposeTags",
                "budgetItems",
                "buildOwnNetwork",
                "ownInternetEgress",
                "newMunicipalLine",
                "networkPlan",
            )
        ),
        *(("fengxian", name) for name in ("standaloneWebsite", "standaloneApp", "dataCollectCommit", "rebuildBaseLibrary", "peers")),
        *(
            ("sucheng", name)
            for name in (
                "budget",
                "fundItems",
                "deployment",
                "buildServerRoom",
                "buyVideoConference",
                "newMobileApps",
                "noShiftDeclaration",
                "dataList",
                "scenarios",
            )
        ),
    ],
)
def test_an_unanswered_prohibition_is_a_violation(district: str, field: str) -> None:
    assert violations(district, **{field: None})


@pytest.mark.parametrize("district", DISTRICTS)
def test_nothing_answered_is_refused_everywhere(district: str) -> None:
    assert len(decide(district, "declaration_compliance")) >= 8
    assert decide(district, "scope")["regime"] == "OUT"
    assert decide(district, "submission_window")["lane"] == "REJECT"
    assert decide(district, "data_sharing_gate")["result"] == "BLOCK"
    assert district == "fengxian" or decide(district, "opinion_aggregation") == "PENDING"
    assert decide(district, "application_block") != []
    assert decide(district, "classified_path") == {"channel": "OFFLINE", "uploadAllowed": False, "extraReviewers": ["secrecy"]}


def test_nothing_answered_passes_no_review() -> None:
    assert decide("fengxian", "preliminary_review")["result"] == "NO_REVIEW"
    assert decide("fengxian", "plan_review")["result"] == "FAIL"


# ---------------------------------------------------------------- windows


def window(district: str, *, issued: bool, before: bool = True, **facts: Any) -> dict[str, str]:
    """How a declaration of 2027 is taken on 10 March 2026, with the year's notice issued or not, before or after its closing."""
    closes = "2026-04-01T00:00:00+08:00" if before else "2026-03-01T00:00:00+08:00"
    batch = {"planYear": 2027 if issued else 2026, "opensAt": "2026-02-01T00:00:00+08:00", "closesAt": closes}
    found: dict[str, str] = decide(district, "submission_window", planYear=2027, materials=[], batches=[batch], **facts)
    return found


@pytest.mark.parametrize(
    ("issued", "before", "facts", "lane"),
    [
        (True, True, {}, "ANNUAL"),
        (True, False, {}, "REJECT"),
        (True, False, {"mandatedLevel": "市", "mustThisYear": False}, "REJECT"),
        (True, False, {"mandatedLevel": "市", "mustThisYear": True}, "EXEMPT"),
        (True, False, {"mandatedLevel": "无", "mustThisYear": True}, "REJECT"),
        (False, True, {}, "REJECT"),
        (True, False, {"firstSubmittedAt": "2026-02-20T09:00:00+08:00"}, "ANNUAL"),
        (True, False, {"firstSubmittedAt": "2026-03-01T00:00:00+08:00"}, "REJECT"),
    ],
)
def test_after_the_window_only_both_conditions_together_exempt(issued: bool, before: bool, facts: dict[str, Any], lane: str) -> None:
    """SC-8-3, reading A12; what was submitted in time stays so."""
    assert window("sucheng", issued=issued, before=before, **facts)["lane"] == lane


def test_a_refusal_shows_the_exempt_way() -> None:
    assert "SC-8-3" in window("sucheng", issued=True, before=False)["message"]
    assert "FX-14-1" in window("fengxian", issued=True, before=False)["message"]


def test_an_unplanned_project_of_fengxian_waits_for_no_batch() -> None:
    assert decide("fengxian", "submission_window", unplanned=True)["lane"] == "UNPLANNED"
    assert window("fengxian", issued=True, unplanned=False)["lane"] == "BATCH"


# ---------------------------------------------------------------- reviews


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ((True, True, True, False, "无", "不涉及"), "PASS"),
        ((True, True, False, False, "无", "不涉及"), "NO_REVIEW"),
        ((True, True, True, True, "无", "不涉及"), "NO_REVIEW"),
        ((True, True, True, False, "属分拆", "不涉及"), "RETURN"),
        ((True, True, True, False, "无", "无必要"), "RETURN"),
        ((True, True, True, False, None, "不涉及"), "RETURN"),
        ((True, None, True, False, "无", "不涉及"), "NO_REVIEW"),
    ],
)
def test_preliminary_review(answers: tuple[Any, ...], result: str) -> None:
    names = ("planConform", "schemeMature", "estimateReasonable", "otherIssue", "splitFinding", "villageNecessity")
    found = dict(zip(names, answers, strict=True))
    split, village = found.pop("splitFinding"), answers[-1] != "不涉及"
    said = {"preReviewOpinions": [{"findings": found}], "splitFinding": split, "project": {"dispatchToVillage": village}}
    assert decide("fengxian", "preliminary_review", **said)["result"] == result


def test_one_no_is_a_no_whatever_the_others_say_and_nobody_is_no_yes() -> None:
    good = {"planConform": True, "schemeMature": True, "estimateReasonable": True, "otherIssue": False, "villageNecessity": "不涉及"}
    for found, result in (
        ([good, good], "PASS"),
        ([good, {**good, "planConform": False}], "NO_REVIEW"),
        ([good, {}], "NO_REVIEW"),
        ([], "NO_REVIEW"),
    ):
        said = {"preReviewOpinions": [{"findings": one} for one in found], "splitFinding": "无", "project": {}}
        assert decide("fengxian", "preliminary_review", **said)["result"] == result


def test_an_unreasonable_estimate_is_named_as_the_reason() -> None:
    found = {"planConform": True, "schemeMature": True, "estimateReasonable": False}
    assert decide("fengxian", "preliminary_review", preReviewOpinions=[{"findings": found}])["reason"] == "经费测算不合理"


FIVE = ("necessity", "soundness", "sharing", "safety", "economy")


@pytest.mark.parametrize("aspect", FIVE)
def test_one_aspect_that_fails_or_is_missing_fails_the_plan_review(aspect: str) -> None:
    good, secure = dict.fromkeys(FIVE, "符合"), {"secureReliableOpinion": "通过", "cryptoOpinion": "不适用"}
    assert decide("fengxian", "plan_review", planOpinions=[{"aspects": good}], **secure)["result"] == "PASS"
    for answer in ("不符合", None):
        said = [{"aspects": good}, {"aspects": {**good, aspect: answer}}]
        verdict = decide("fengxian", "plan_review", planOpinions=said, **secure)
        assert (verdict["result"], verdict["yearBlocked"]) == ("FAIL", True)


def test_a_security_opinion_that_asks_for_rectification_or_is_missing_never_passes() -> None:
    good = [{"aspects": dict.fromkeys(FIVE, "基本符合")}]
    for secure in ({"secureReliableOpinion": "通过", "cryptoOpinion": "需整改"}, {"secureReliableOpinion": "通过"}, {}):
        assert decide("fengxian", "plan_review", planOpinions=good, **secure)["result"] == "RETURN"


@pytest.mark.parametrize(
    ("agree", "revise", "reject", "blocking", "result"),
    [
        (4, 0, 0, 0, "PASS"),
        (3, 1, 0, 0, "RETURN"),
        (3, 0, 1, 0, "FAIL"),
        (2, 1, 1, 0, "FAIL"),
        (3, 0, 0, 0, "PENDING"),
        (4, 0, 0, 1, "RETURN"),
        (4, 0, 0, None, "RETURN"),
    ],
)
def test_opinions_add_up(agree: int, revise: int, reject: int, blocking: int | None, result: str) -> None:
    """A59: all agree, else revision, else failure; an aspect not passed, or one that nobody judged, blocks; nobody is counted as agreeing who said nothing."""
    verdict = {0: "通过", 1: "需修改", None: None}[blocking]
    aspects = {name: verdict if name == "estimate" else "通过" for name in ASPECTS}
    said = [*(["同意"] * agree), *(["修改后同意"] * revise), *(["不同意"] * reject)]
    facts = {"opinions": [{"opinion": opinion, "aspects": aspects} for opinion in said], "reviewers": [{}] * 4}
    assert decide("sucheng", "opinion_aggregation", **facts) == result


@pytest.mark.parametrize(
    ("amount", "budget", "kind", "required"),
    [
        ("400.00", True, "建设类", False),
        ("400.01", True, "建设类", True),
        ("1000", False, "建设类", False),
        ("500", True, "运维类", False),
        ("500", True, "购买服务类", False),
        ("500", None, "建设类", True),
    ],
)
def test_project_approval_needs_all_three_conditions(amount: str, budget: bool | None, kind: str, required: bool) -> None:
    """B17–B20: SC-12-1."""
    assert (
        decide("sucheng", "project_approval", project={"totalAmount": yuan(amount), "usesBudgetFund": budget, "projectType": kind})[
            "approvalRequired"
        ]
        is required
    )


def test_one_cent_above_the_threshold_needs_approval() -> None:
    facts = {"usesBudgetFund": True, "projectType": "建设类"}
    assert decide("sucheng", "project_approval", project={**facts, "totalAmount": Decimal("4000000.00")})["approvalRequired"] is False
    assert decide("sucheng", "project_approval", project={**facts, "totalAmount": Decimal("4000000.01")})["approvalRequired"] is True


@pytest.mark.parametrize(("amount", "merge"), [("800.00", True), ("800.01", False), ("400.00", False)])
def test_documents_may_be_merged_up_to_the_limit(amount: str, merge: bool) -> None:
    """B21, B22: SC-12-4."""
    assert (
        decide("sucheng", "project_approval", project={"totalAmount": yuan(amount), "usesBudgetFund": True, "projectType": "建设类"})[
            "mergeAllowed"
        ]
        is merge
    )


def test_the_larger_of_what_was_declared_and_what_was_budgeted_decides() -> None:
    """No amount that somebody writes later brings a project below the threshold."""
    facts = {"usesBudgetFund": True, "projectType": "建设类"}
    for declared, budget, required in (("400", "900", True), ("900", "400", True), ("400", "400", False), ("400", None, False)):
        project = {**facts, "totalAmount": yuan(declared), "approvedBudget": yuan(budget) if budget else None}
        assert decide("sucheng", "project_approval", project=project)["approvalRequired"] is required
    assert decide("sucheng", "project_approval")["approvalRequired"] is True, "nothing is known"


def test_simplified_approval_asks_for_fewer_documents() -> None:
    facts = {"project": {"totalAmount": yuan("500"), "usesBudgetFund": True, "projectType": "建设类"}}
    assert decide("sucheng", "project_approval", **facts)["docs"] == ["项目建议书", "可行性研究报告", "初步设计方案"]
    assert "项目建议书" not in decide("sucheng", "project_approval", **facts, inPlanning=True, planningRef="规划1号")["docs"]
    assert "项目建议书" in decide("sucheng", "project_approval", **facts, inPlanning=True)["docs"]
    special = decide("sucheng", "project_approval", **facts, mandated=True, urgent=True, depthOk=True)["docs"]
    assert special == ["可行性研究报告", "初步设计方案", "投资概算"]
    assert "项目建议书" in decide("sucheng", "project_approval", **facts, mandated=True, urgent=False, depthOk=True)["docs"]


def test_other_approvals_are_asked_only_for_civil_works_and_high_energy() -> None:
    facts = {"project": {"totalAmount": yuan("500"), "usesBudgetFund": True, "projectType": "建设类"}}
    assert decide("sucheng", "project_approval", **facts)["extraApprovals"] == []
    assert len(decide("sucheng", "project_approval", **facts, newCivilWork=True)["extraApprovals"]) == 4
    assert len(decide("sucheng", "project_approval", **facts, highEnergy=True)["extraApprovals"]) == 4


def roles(district: str, stage: str, **facts: Any) -> list[str]:
    return [entry["role"] for entry in decide(district, "reviewers", stage=stage, **facts)]


def test_each_stage_has_the_parties_that_its_clause_names() -> None:
    assert roles("fengxian", "pre_review") == ["data_bureau", "cyberspace", "finance", "public_security", "urban_operations"]
    assert roles("fengxian", "plan_review") == ["data_bureau", "cyberspace", "finance", "expert"]
    assert roles("fengxian", "acceptance") == ["data_bureau", "finance", "procurement_centre", "expert"]
    four = ["data_bureau", "cyberspace", "finance", "big_data_centre"]
    assert roles("sucheng", "pre_review", classified=False) == four
    assert roles("sucheng", "pre_review", classified=True) == [*four, "secrecy"]
    assert roles("sucheng", "pre_review") == [*four, "secrecy"]
    assert roles("sucheng", "joint_review") == four
    assert len(roles("sucheng", "consultation")) == 6
    joint = decide("sucheng", "endorsers", orgType="公共事业单位", isJoint=True)
    assert [entry["role"] for entry in joint] == ["sector_authority", "co_builder"]
    assert decide("sucheng", "endorsers", orgType="行政机关", isJoint=False) == []


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_party_is_a_role_of_the_district(district: str) -> None:
    from app.domain import districts
    from tests.processes.driver import ROOT

    known = districts.load(ROOT / "districts" / f"{district}.toml").roles
    table = library(district).decisions["reviewers"].model.decisions["reviewers"]
    assert {rule.outputs[0].strip('"') for rule in table.rules} <= set(known)


# ---------------------------------------------------------------- materials, platforms, sharing


def needed(district: str, stage: str, **facts: Any) -> set[str]:
    table = "declaration_materials" if stage == "declaration" else "required_materials"
    return {entry["name"] for entry in decide(district, table, stage=stage, **facts) if entry["mandatory"]}


def test_materials_grow_with_what_the_project_is() -> None:
    assert needed("fengxian", "declaration") == {"建设方案"}
    assert needed("fengxian", "declaration", isPhased=True) == {"建设方案", "整体方案", "分期建设计划"}
    assert {"原项目建设合同", "测评报告", "验收意见"} <= needed("fengxian", "declaration", isUpgrade=True)
    assert len(needed("fengxian", "declaration", projectType="运维类")) == 4
    assert "计划外项目依据材料" in needed("fengxian", "declaration", unplanned=True)
    assert needed("sucheng", "declaration", classified=False) == {"项目申报表", "建设方案", "建设依据支撑材料", "集体研究意见"}
    assert "云计算服务安全评估证明" in needed("sucheng", "declaration", deployment="其他云")


def test_platforms() -> None:
    def platforms(**facts: Any) -> list[str]:
        necessity = facts.pop("villageNecessity", None)
        return [entry["platform"] for entry in decide("fengxian", "platform_routing", project=facts, villageNecessity=necessity)]

    assert platforms(serviceNature="便民服务", deliverChannels=["网站"]) == ["区政府门户网站", "一网通办奉贤频道"]
    assert platforms(serviceNature="城市运行管理", deliverChannels=["移动端"]) == ["奉贤市民云", "一网统管"]
    assert platforms(dispatchToVillage=True, villageNecessity="确有必要") == ["区城运村居数字基座"]
    assert platforms(dispatchToVillage=True, villageNecessity="无必要") == []
    assert platforms(dispatchToVillage=True) == ["区城运村居数字基座"], "before anybody has found whether it is needed"
    assert decide("fengxian", "platform_routing", project={"isDataGovernance": True})[0]["fundChannel"] == "公共数据治理专项经费"


def test_sharing_comes_before_building() -> None:
    def gate(**facts: Any) -> str:
        usual = {"shareAnalysis": {"list": "甲"}, "isExtension": False, "dataList": [{"name": "甲", "collect": True}]}
        return str(decide("sucheng", "data_sharing_gate", **{**usual, **facts})["result"])

    assert gate() == "PASS"
    assert gate(isExtension=True, priorSharedDone=False) == "BLOCK"
    assert gate(isExtension=True, priorSharedDone=True) == "PASS"
    assert gate(dataList=[{"name": "甲", "collect": False}]) == "BLOCK"
    assert gate(dataList=[{"name": "甲", "collect": False}], exceptionApproved=True) == "PASS"
    assert gate(shareAnalysis=None) == "BLOCK"


def test_refusing_to_share_needs_a_basis() -> None:
    def gate(*resources: dict[str, Any], category: str = "信息应用系统") -> str:
        return str(decide("fengxian", "data_sharing_gate", category=category, dataResources=list(resources))["result"])

    assert gate({"name": "甲", "shareType": "有条件共享"}) == "PASS"
    assert gate() == "BLOCK"
    assert gate(category="数字基础设施") == "PASS"
    assert gate({"name": "甲", "shareType": "不予共享"}) == "BLOCK"
    assert gate({"name": "甲", "shareType": "不予共享", "noShareBasis": "某条例第三条"}) == "BLOCK"  # of which kind?
    assert gate({"name": "甲", "shareType": "不予共享", "noShareBasisType": "行政法规", "noShareBasis": "某条例第三条"}) == "PASS"


def test_blocks() -> None:
    def codes(district: str, **facts: Any) -> list[str]:
        return [entry["code"] for entry in decide(district, "application_block", **facts)]

    mine = {"projectName": "综合平台", "applicantOffice": {"key": "1", "name": "水务局"}, "projectKey": "9", "isUpgrade": False}
    block = {"projectName": "综合平台", "applicantOffice": "水务局", "project": "5", "until": "2027-01-01T00:00:00+08:00"}
    assert codes("fengxian", **mine, blocks=[]) == []
    assert codes("fengxian", **mine, blocks=[block]) == ["review_failed"]
    assert codes("fengxian", **mine, blocks=[{**block, "until": "2026-03-01T00:00:00+08:00"}]) == []
    # FX-19-1: neither another name nor a part of it gets around it; another office's project of that name does not count
    assert codes("fengxian", **{**mine, "projectName": "综合平台（二期）"}, blocks=[block]) == ["review_failed"]
    assert codes("fengxian", **{**mine, "projectName": "别的名称", "projectKey": "5"}, blocks=[block]) == ["review_failed"]
    assert codes(
        "fengxian",
        **{**mine, "projectName": "别的名称", "originalSystem": "P5"},
        blocks=[block],
        systems=[{"systemNo": "P5", "project": "5"}],
    ) == ["review_failed"]
    assert codes("fengxian", **{**mine, "projectName": "别的名称"}, blocks=[block]) == []
    assert codes("fengxian", **mine, blocks=[{**block, "applicantOffice": "教育局"}]) == []
    failed = {"projectKey": "5", "phase": "operating", "evalResult": "未通过"}
    upgrade = {**mine, "isUpgrade": True, "blocks": []}
    upgrade |= {"originalSystem": "P5", "systems": [{"systemNo": "P5", "project": "5", "lifecycle": "已建"}]}
    assert codes("fengxian", **upgrade, originals=[failed]) == ["evaluation_failed"]
    assert codes("fengxian", **upgrade, originals=[{**failed, "rectified": True}]) == []
    # FX-11-4: what is upgraded is in the register and in use
    assert codes("fengxian", **{**upgrade, "systems": [{"systemNo": "P5", "project": "5", "lifecycle": "已退出"}]}) == ["original"]
    assert codes("fengxian", **{**upgrade, "originalSystem": "5"}, originals=[failed]) == ["original"]
    assert codes("sucheng", linkedForcedRetired=True) == ["forced_retired"]
    assert codes("sucheng", linkedForcedRetired=False) == []


# ---------------------------------------------------------------- the tables themselves


UNIQUE: dict[str, dict[str, list[Any]]] = {
    "submission_window": {
        "planYear": [2027, 2030],
        "firstSubmittedAt": [None, "2026-02-01T00:00:00+08:00", "2027-02-01T00:00:00+08:00"],
        "mandatedLevel": ["无", "国家", "区", None],
        "mustThisYear": [True, False, None],
        "unplanned": [True, False, None],
    },
    "classified_path": {"classified": [True, False, None]},
    "security_level": {"classified": [True, False, None], "mlpsLevel": [None, 1, 2, 3]},
    "opinion_aggregation": {
        "agreeCount": [0, 4],
        "reviseCount": [0, 1],
        "rejectCount": [0, 1],
        "requiredCount": [0, 4, None],
        "blockingCount": [0, 1, None],
        "opinions": [
            None,
            [],
            [{"opinion": "同意"}],
            [{"opinion": "同意"}, {"opinion": "不同意"}],
            [{"opinion": "修改后同意", "aspects": {}}],
        ],
        "reviewers": [None, [], [{}], [{}, {}]],
    },
    "data_sharing_gate": {
        "shareAnalysis": [None, {}],
        "isExtension": [True, False, None],
        "priorSharedDone": [True, False, None],
        "dataList": [None, [], [{"collect": False}]],
        "exceptionApproved": [True, False, None],
        "category": ["信息应用系统", None],
        "dataResources": [None, [], [{"shareType": "不予共享"}]],
    },
}


@pytest.mark.parametrize(("district", "table"), [(d, t) for d in DISTRICTS for t in UNIQUE if t in library(d).decisions])
def test_exactly_one_row_answers_whatever_is_answered(district: str, table: str) -> None:
    ref = library(district).decisions[table]
    from app.decision import feel
    from tests.processes.driver import ZONE, constants

    environment = feel.Environment(now=at("2026-03-10"), zone=ZONE)
    grid = UNIQUE[table]
    batch = {"planYear": 2027, "opensAt": "2026-01-01T00:00:00+08:00", "closesAt": "2026-04-01T00:00:00+08:00"}
    for answers in product(*grid.values()):
        facts = dict(zip(grid, answers, strict=True))
        known = {"project": facts, "parameters": constants(district), "materials": [], "batches": [batch], **facts}
        assert len(ref.evaluate(known, environment).rules) == 1, facts


BOTH = (
    "scope category_code declaration_compliance required_materials declaration_materials submission_window platform_routing application_block classified_path "
    "data_sharing_gate reviewers"
)
OWN = {
    "fengxian": f"{BOTH} check_next route_next preliminary_review plan_review",
    "sucheng": f"{BOTH} opinion_aggregation endorsers check_next project_approval joint_duties pre_review_findings",
}


@pytest.mark.parametrize(("district", "table"), [(district, table) for district, tables in OWN.items() for table in tables.split()])
def test_every_row_names_clauses_of_its_own_district(district: str, table: str) -> None:
    from app.decision import dmn

    model = library(district).decisions[table].model
    assert [problem.message for problem in dmn.check(model) if problem.severity == "error"] == []
    prefix = {"fengxian": "FX-", "sucheng": "SC-"}[district]
    for rule in model.decisions[table].rules:
        clauses = rule.annotations["条款"].split()
        assert clauses, rule.id
        assert all(clause.startswith(prefix) for clause in clauses), rule.id


# ---------------------------------------------------------------- what every standard editor shows


@pytest.mark.parametrize("district", DISTRICTS)
def test_a_rule_begins_with_the_clauses_that_it_cites(district: str) -> None:
    """modelling.md §10: dmn-js shows and keeps the description alone."""
    otherwise = [
        (name, rule.id)
        for name, found in library(district).decisions.items()
        for decision in found.model.decisions.values()
        for rule in decision.rules
        if (cited := rule.annotations.get("条款", "").split()) and rule.annotations.get("描述", "").split()[: len(cited)] != cited
    ]
    assert otherwise == []


@pytest.mark.parametrize(("declared", "refused"), [(True, 0), (False, 1), (None, 0)])
def test_a_revision_takes_no_public_money_that_the_declaration_denied(declared: bool | None, refused: int) -> None:
    """SC-12-1. Where the ledger does not know, the project was declared before it was asked: its revision has no field to say it in."""
    items = [{"source": "区财政", "amount": 100}]
    found = decide("sucheng", "revision_refusals", fundItems=items, usesBudgetFund=declared, projectType="建设类", hardwareOnly=True)
    assert len([one for one in found if one["field"] == "usesBudgetFund"]) == refused
