"""The tables of delivery at the boundaries of the clauses, and with nothing filled in: a gate that knows nothing lets nothing through."""

from decimal import Decimal
from typing import Any

import pytest

from tests.processes.driver import at, decide, due

TEN_THOUSAND = 10_000


def fengxian_change(total: str, before: str, now: str) -> Any:
    return decide(
        "fengxian",
        "change_route",
        changeItems=[{"amount": Decimal(now) * TEN_THOUSAND}],
        project={"cumulativeChange": Decimal(before) * TEN_THOUSAND, "approvedEstimate": Decimal(total) * TEN_THOUSAND},
        parameters={"changeBase": "批复总金额"},
    )


@pytest.mark.parametrize(
    ("total", "before", "now", "route"),
    [
        ("1000", "0", "100", "SJJ_REVIEW"),  # B01
        ("1000", "0", "100.01", "PROC_LAW"),  # B02
        ("1000", "60", "40", "SJJ_REVIEW"),  # B03
        ("1000", "60", "41", "PROC_LAW"),  # B04
        ("300", "0", "30.003", "PROC_LAW"),  # B05: rounding would say 10.00 %
    ],
)
def test_a_change_of_exactly_ten_percent_is_reviewed_not_procured(total: str, before: str, now: str, route: str) -> None:
    assert fengxian_change(total, before, now)["route"] == route


def test_the_base_of_the_ratio_is_a_parameter() -> None:
    facts: dict[str, Any] = {"changeItems": [{"amount": 100}], "project": {"approvedEstimate": 1000, "contractAmount": 900}}
    assert decide("fengxian", "change_route", parameters={"changeBase": "批复总金额"}, **facts)["route"] == "SJJ_REVIEW"
    assert decide("fengxian", "change_route", parameters={"changeBase": "合同金额"}, **facts)["route"] == "PROC_LAW"


def test_the_base_is_what_was_approved_and_not_what_was_declared() -> None:
    project = {"totalAmount": 10_000_000, "approvedEstimate": 8_000_000}
    found = decide("fengxian", "change_route", changeItems=[{"amount": 1_000_000}], project=project, parameters={})
    assert found["route"] == "PROC_LAW", "12.5 % of the approval, 10 % of the declaration"


def test_what_goes_up_and_what_goes_down_is_added_without_its_sign() -> None:
    items = [{"amount": 6_000_000}, {"amount": -6_000_000}]
    found = decide("fengxian", "change_assessment", changeItems=items, project={"approvedEstimate": 60_000_000}, parameters={})
    assert (found["route"], found["amount"], found["net"], found["cumulative"]) == ("PROC_LAW", 12_000_000, 0, 12_000_000)


def sucheng_change(
    contract: int | Decimal | None, now: int | Decimal, *, budget: int | Decimal = 10**9, mode: str = "A_OR_B", **more: Any
) -> Any:
    project = {"contractAmount": contract, "totalAmount": 0, "approvedBudget": budget, "cumulativeChange": more.pop("before", 0)}
    given = {"reasonCode": "二", "changes": [], **more}
    parameters = {"changeMode": mode, "changeReentry": "EXAM"}
    return decide("sucheng", "change_route", changeItems=[{"amount": now}], project=project, parameters=parameters, **given)


@pytest.mark.parametrize(
    ("contract", "before", "now", "reason", "within", "mode", "route"),
    [
        ("3000", "0", "400", "二", True, "A_OR_B", "FILE"),  # B06
        ("3000", "0", "400", "二", True, "A_AND_B", "REDECLARE"),  # B07
        ("5000", "0", "500", "一", True, "A_OR_B", "FILE"),  # B08
        ("5000", "0", "500.01", "一", True, "A_OR_B", "REDECLARE"),  # B09
        ("4000", "0", "400", "三", True, "A_OR_B", "FILE"),  # B10
        ("4000", "0", "400.01", "三", True, "A_OR_B", "REDECLARE"),  # B11
        ("3000", "0", "400", "无", True, "A_OR_B", "REDECLARE"),  # B12
        ("3000", "0", "100", "一", False, "A_OR_B", "REDECLARE"),  # B13
        ("3000", "300", "100", "一", True, "A_OR_B", "FILE"),  # B14
        ("3000", "300", "100.01", "一", True, "A_OR_B", "REDECLARE"),  # B15
        ("300", "0", "200", "二", True, "A_OR_B", "FILE"),  # B16
        ("3000", "0", "400", "无", True, "A_OR_BC", "FILE"),  # the other reading: the three cases bind the ratio alone
        ("5000", "0", "500", "无", True, "A_OR_BC", "REDECLARE"),
        ("5000", "0", "500", "二", True, "A_OR_BC", "FILE"),
    ],
)
def test_an_adjustment_in_sucheng_is_filed_or_declared_again(
    contract: str, before: str, now: str, reason: str, within: bool, mode: str, route: str
) -> None:
    total = (Decimal(contract) + Decimal(now)) * TEN_THOUSAND
    found = sucheng_change(
        Decimal(contract) * TEN_THOUSAND,
        Decimal(now) * TEN_THOUSAND,
        before=Decimal(before) * TEN_THOUSAND,
        budget=total if within else total - Decimal("0.01"),
        mode=mode,
        reasonCode=reason,
    )
    assert found["route"] == route
    if route == "REDECLARE":
        assert found["reentry"] == ("EXAM" if within else "PLAN")


def test_changes_that_took_effect_count_towards_the_budget() -> None:
    effective = [{"net": 500_000}, {"net": -100_000}, {"net": None}]
    assert sucheng_change(3_000_000, 100_000, budget=3_500_000, changes=effective)["route"] == "FILE"
    assert sucheng_change(3_000_000, 100_001, budget=3_500_000, changes=effective)["reentry"] == "PLAN"


def test_a_filed_adjustment_above_ten_percent_warns_of_the_procurement_law() -> None:
    assert sucheng_change(3_000_000, 2_000_000)["warnProcLaw49"] is True  # B16
    assert sucheng_change(3_000_000, 300_000)["warnProcLaw49"] is False


def test_an_adjustment_before_the_contract_is_measured_by_its_amount() -> None:
    assert sucheng_change(None, 4_000_000)["route"] == "FILE"
    assert sucheng_change(None, 4_000_001)["route"] == "REDECLARE"


def test_a_change_that_knows_nothing_takes_the_strict_way() -> None:
    assert decide("fengxian", "change_route")["route"] == "PROC_LAW"
    assert decide("sucheng", "change_route") == {"route": "REDECLARE", "reentry": "PLAN", "warnProcLaw49": False}


@pytest.mark.parametrize(("budget", "required"), [("500000.00", False), ("500000.01", True), ("500100", True)])  # B25, B26
def test_supervision_is_mandatory_above_half_a_million(budget: str, required: bool) -> None:
    assert decide("sucheng", "supervision", approvedBudget=Decimal(budget), projectType="建设类")["required"] is required


def test_services_are_only_advised_to_have_supervision() -> None:
    for kind in ("运维类", "购买服务类"):
        assert decide("sucheng", "supervision", totalAmount=38_840_000, projectType=kind) == {"required": False, "advise": True}


def test_an_unknown_budget_or_kind_needs_supervision() -> None:
    assert decide("sucheng", "supervision")["required"] is True
    assert decide("sucheng", "supervision", approvedBudget=10)["required"] is True


@pytest.mark.parametrize(("budget", "reclaimed"), [(3_000_000, 200_000), (2_800_000, 0), (2_700_000, 0)])  # B65, B66 and below
def test_what_the_budget_has_above_the_control_price_is_reclaimed(budget: int, reclaimed: int) -> None:
    assert (
        decide("sucheng", "procurement_route", approvedBudget=budget, controlPrice=2_800_000, classified=False)["reclaimAmount"]
        == reclaimed
    )


@pytest.mark.parametrize(
    ("listed", "amount", "route"),
    [
        (True, "1000000.00", "CENTRAL"),  # exactly the limit is reached
        (True, "999999.99", "TO_CONFIRM"),
        (False, "1000000.00", "DISTRIBUTED"),
        (False, "999999.99", "BELOW_LIMIT"),
        (None, "1000000.00", "TO_CONFIRM"),
    ],
)
@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_four_ways_of_procurement(district: str, listed: bool | None, amount: str, route: str) -> None:
    found = decide(
        district, "procurement_route", catalogItem=listed, totalAmount=Decimal(amount), procurementLimit=1_000_000, classified=False
    )
    assert found["route"] == route


def test_a_classified_project_is_not_announced() -> None:
    found = decide("sucheng", "procurement_route", classified=True, catalogItem=True, totalAmount=5_000_000, procurementLimit=1_000_000)
    assert (found["route"], found["announcement"], found["lawRoute"]) == ("CLASSIFIED", False, "涉密政府采购管理暂行办法")


READY = {"listed": True, "schemePassed": True, "estimatePassed": True, "establishmentRequired": True, "establishmentApproved": True}


@pytest.mark.parametrize("fact", ["listed", "schemePassed", "estimatePassed", "establishmentApproved"])
@pytest.mark.parametrize("value", [False, None])
def test_any_one_of_four_conditions_blocks_procurement(fact: str, value: bool | None) -> None:
    assert decide("sucheng", "procurement_gate", gateStage="启动", **READY) == []
    assert len(decide("sucheng", "procurement_gate", gateStage="启动", **{**READY, fact: value})) == 1


def test_a_project_that_needs_no_establishment_is_not_blocked_for_lack_of_it() -> None:
    facts = {**READY, "establishmentApproved": None}
    assert decide("sucheng", "procurement_gate", gateStage="启动", **{**facts, "establishmentRequired": False}) == []
    assert decide("sucheng", "procurement_gate", gateStage="启动", **{**facts, "establishmentRequired": None}) == ["立项批复"]


def test_a_decentralised_project_needs_both_consents() -> None:
    assert decide("sucheng", "procurement_gate", gateStage="启动", buildMode="分散建设", **READY) == ["分散建设的会商同意和区政府批准"]
    assert decide("sucheng", "procurement_gate", gateStage="启动", buildMode="分散建设", decentralizedApproved=True, **READY) == []


def test_gates_that_know_nothing_block() -> None:
    assert decide("fengxian", "procurement_gate", gateStage="启动") == ["预算列入", "建设方案批复", "投资概算批复"]
    assert len(decide("fengxian", "procurement_gate")) == 8
    assert len(decide("sucheng", "procurement_gate")) == 15
    for district in ("fengxian", "sucheng"):
        assert {row["blockAction"] for row in decide(district, "acceptance_gate")} == {"HOLD", "PASS", "DELIVER"}
        assert len(decide(district, "payment_gate")) >= 3


CONTRACT: dict[str, Any] = {
    **READY,
    "gateStage": "合同",
    "projectType": "建设类",
    **dict.fromkeys(("methodRecorded", "announcementRecorded", "evaluationRecorded", "awardRecorded", "contractFiled"), True),
    "contractAmount": 3_000_000,
    "controlPrice": 3_000_000,
    "approvedBudget": 3_000_000,
    "warrantyMonths": 36,
    "warranty": {"minMonths": 36},
    "contractDays": 240,
    "trialAmount": 90,
}


def test_a_contract_may_equal_the_control_price_and_not_exceed_it() -> None:
    assert decide("sucheng", "procurement_gate", **CONTRACT) == []
    over = {**CONTRACT, "contractAmount": Decimal("3000100.00")}
    assert decide("sucheng", "procurement_gate", **over) == ["合同金额不超过招标控制价", "合同金额不超过批复概算"]


SUPERVISED = {
    **CONTRACT,
    "gateStage": "监理",
    "supervisionRequired": True,
    "supervisorOffice": {"key": "1", "name": "监理甲"},
    "supervisorContractNo": "JL-1",
    "supervisorQualificationNo": "Z-1",
    "qualificationValidTo": "2026-03-10",
    "implementerOffice": {"key": "2", "name": "软件乙"},
}


def test_the_start_needs_a_qualified_supervisor_who_is_not_the_implementer() -> None:
    assert decide("sucheng", "procurement_gate", **SUPERVISED) == []
    assert decide("sucheng", "procurement_gate", **{**SUPERVISED, "implementerOffice": {"key": "1", "name": "监理甲"}}) == [
        "监理单位不得为实施单位"
    ]
    assert decide("sucheng", "procurement_gate", **{**SUPERVISED, "supervisorContractNo": None}) == ["监理合同"]
    assert decide("sucheng", "procurement_gate", **{**SUPERVISED, "supervisionRequired": False, "supervisorOffice": None}) == []


@pytest.mark.parametrize(("kind", "months"), [("建设类", 36), (None, 36), ("运维类", 0), ("购买服务类", 0)])
def test_what_is_built_has_a_warranty_of_three_years_at_least(kind: str | None, months: int) -> None:
    """SC-29-1; what is not known is taken to be built."""
    assert decide("sucheng", "warranty", projectType=kind)["minMonths"] == months


def test_services_have_no_trial_run() -> None:
    for district in ("fengxian", "sucheng"):
        for kind in ("运维类", "购买服务类"):
            found = decide(district, "acceptance_window", projectType=kind)
            assert (found["kind"], found["earliestRule"], found["latestRule"]) == ("运维验收", "SERVICE_END", "NONE")
    assert decide("sucheng", "acceptance_window", projectType="建设类")["latestRule"] == "HARD"
    assert decide("fengxian", "acceptance_window", projectType="建设类")["latestRule"] == "REMIND"


FENGXIAN_PASSED: dict[str, Any] = {
    "projectType": "建设类",
    "mlpsLevel": 2,
    "mlpsMin": 2,
    "filingNo": "备案第1号",
    "changePending": False,
    "acceptanceType": "竣工验收",
    "acceptanceResult": "合格",
    "opinions": [{"opinion": "合格"}],
    "accState": "合格",
    "classified": False,
    "rounds": 0,
    "dispositionRound": 3,
}


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, []),
        ({"filingNo": None}, ["等保备案号"]),
        ({"filingNo": None, "mlpsLevel": 1}, []),
        ({"mlpsLevel": None}, ["等保定级"]),
        ({"changePending": True}, ["变更审核意见"]),
        ({"changePending": None}, ["变更审核意见"]),
        ({"opinions": [{"opinion": "合格"}, {"opinion": "不合格"}]}, ["验收小组全部同意"]),
        ({"opinions": None}, ["验收小组全部同意"]),
        ({"acceptanceType": "初步验收"}, ["竣工验收"]),
        ({"classified": True}, ["区委保密办审批"]),
        ({"classified": True, "secrecyApproved": True}, []),
        ({"accState": "不合格"}, ["验收合格"]),
        ({"rounds": 2}, ["多次验收不合格，进入处置"]),
    ],
)
def test_what_stands_in_the_way_of_an_acceptance_in_fengxian(change: dict[str, Any], missing: list[str]) -> None:
    assert [row["missing"] for row in decide("fengxian", "acceptance_gate", **{**FENGXIAN_PASSED, **change})] == missing


SUCHENG_PASSED: dict[str, Any] = {
    "projectType": "建设类",
    "dataBureauMaterialOk": True,
    "docsComplete": True,
    "levelReport": True,
    "archiveAcceptance": "合格",
    "changePending": False,
    "acceptanceType": "竣工验收",
    "acceptanceResult": "合格",
    "accState": "合格",
    "rounds": 0,
    "dispositionRound": 3,
}


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, []),
        ({"archiveAcceptance": "未验收"}, ["档案验收合格"]),
        ({"archiveAcceptance": "不合格"}, ["档案验收合格"]),
        ({"archiveAcceptance": None}, ["档案验收合格"]),
        ({"acceptanceType": "初步验收"}, ["竣工验收（不得以初步验收、阶段性验收替代）"]),
        ({"dataBureauMaterialOk": False}, ["区数据局的资料审核意见"]),
        ({"docsComplete": None}, ["竣工验收资料齐全"]),
        ({"levelReport": False}, ["等级保护（分级保护）测评报告"]),
        ({"acceptanceResult": "不合格"}, ["验收结论合格"]),
        ({"accState": "未验收"}, ["验收合格"]),
        ({"projectType": "运维类"}, ["运维验收"]),
        (
            {
                "projectType": "运维类",
                "acceptanceType": "运维验收",
                "docsComplete": None,
                "levelReport": None,
                "dataBureauMaterialOk": None,
            },
            [],
        ),
    ],
)
def test_what_stands_in_the_way_of_an_acceptance_in_sucheng(change: dict[str, Any], missing: list[str]) -> None:
    assert [row["missing"] for row in decide("sucheng", "acceptance_gate", **{**SUCHENG_PASSED, **change})] == missing


FENGXIAN_PAYABLE: dict[str, Any] = {
    "payKind": "验收款",
    "payAmount": 100,
    "fundSource": "财政性资金",
    "payments": [],
    "fees": [{"arranged": 100}],
    "parameters": {"beforeAcceptancePayment": "BLOCK"},
    "project": {
        "accState": "合格",
        "suspended": False,
        "contractAmount": 100,
        "fundItems": [{"source": "财政性资金", "amount": 100}],
        "omPlanFiled": True,
    },
}
FINAL_ONLY = {"beforeAcceptancePayment": "FINAL_ONLY"}
PAID = [{"payKind": "预付款", "amount": 1, "source": "财政性资金"}]


def changed(payable: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """``payable`` with some of its values, or of the project's, others."""
    own = {name: value for name, value in change.items() if name in {*payable, "exceptionApproved"}}
    return {**payable, **own, "project": {**payable["project"], **{name: change[name] for name in change.keys() - own.keys()}}}


@pytest.mark.parametrize(
    ("change", "clauses"),
    [
        ({}, []),
        ({"accState": "未验收", "payKind": "运维资金", "payAmount": 1}, ["FX-26-2"]),
        ({"accState": "未验收", "payKind": "预付款"}, ["FX-26-2"]),
        ({"accState": "未验收", "payKind": "预付款", "parameters": FINAL_ONLY}, []),
        ({"accState": "未验收", "payKind": "尾款", "parameters": FINAL_ONLY}, ["FX-26-2"]),
        ({"accState": "未验收", "exceptionApproved": True}, []),
        ({"accState": None}, ["FX-26-2"]),
        ({"suspended": True}, ["FX-22-4"]),
        ({"suspended": None}, ["FX-22-4"]),
        ({"payAmount": Decimal("100.01")}, ["FX-5-12", "FX-9-2"]),
        ({"payments": PAID}, ["FX-5-12", "FX-9-2"]),
        ({"payments": [{**PAID[0], "source": "其他自筹资金"}]}, ["FX-5-12"]),
        ({"fundSource": "其他自筹资金"}, ["FX-9-2"]),
        ({"fundItems": None}, ["FX-9-2"]),
        ({"contractAmount": None}, ["FX-5-12"]),
        ({"payKind": "运维资金", "payments": [{**PAID[0], "amount": 100}]}, []),
        ({"payKind": "运维资金", "payAmount": Decimal("100.01")}, ["FX-29-3"]),
        ({"payKind": "运维资金", "payments": [{"payKind": "运维资金", "amount": Decimal("0.01")}]}, ["FX-29-3"]),
        ({"payKind": "运维资金", "fees": None}, ["FX-29-3"]),
        ({"payKind": "运维资金", "omPlanFiled": None}, ["FX-28-2"]),
        ({"payKind": "运维资金", "omStopped": True}, ["FX-22-4"]),
    ],
)
def test_what_stands_in_the_way_of_a_payment_in_fengxian(change: dict[str, Any], clauses: list[str]) -> None:
    assert [row["clause"] for row in decide("fengxian", "payment_gate", **changed(FENGXIAN_PAYABLE, change))] == clauses


SUCHENG_PAYABLE: dict[str, Any] = {
    "payKind": "验收款",
    "payAmount": 100,
    "payments": [],
    "plans": [{"arrangedFee": 100, "cycleStartOn": "2026-01-01"}],
    "parameters": {**FINAL_ONLY, "advanceShare": Decimal("0.3"), "progressShare": Decimal("0.8")},
    "project": {
        "acceptanceEndedOn": "2025-01-10",
        "accState": "合格",
        "suspended": False,
        "contractAmount": 100,
        "dataBureauOpinion": "通过",
        "accReport": "已提交",
        "securityOk": True,
        "cryptoOk": True,
        "levelOk": True,
        "omPlanFiled": True,
    },
}


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({}, []),
        ({"accReport": "未提交"}, ["缺验收报告"]),
        ({"dataBureauOpinion": None}, ["缺区数据局审核意见"]),
        ({"payKind": "运维经费", "cryptoOk": False}, ["不符合密码应用要求"]),
        ({"securityOk": None}, ["不符合网络和数据安全要求"]),
        ({"levelOk": None}, ["未按等级（分级）保护要求建设"]),
        ({"suspended": True}, ["已决定暂缓拨付"]),
        ({"accState": "未验收"}, ["项目未经验收或验收不合格"]),
        ({"accState": "未验收", "accReport": None, "dataBureauOpinion": None, "payKind": "进度款", "payAmount": 80}, []),
        (
            {"accState": "未验收", "payKind": "进度款", "payAmount": 80, "parameters": {"beforeAcceptancePayment": "BLOCK"}},
            ["项目未经验收或验收不合格（全部款项）"],
        ),
        ({"payAmount": Decimal("100.01")}, ["累计支付超过合同金额"]),
        ({"payments": PAID}, ["累计支付超过合同金额"]),
        ({"accState": "不合格", "payKind": "进度款", "payAmount": 80}, ["验收不合格"]),
        ({"accState": "不合格", "payKind": "预付款", "payAmount": 1}, ["验收不合格"]),
        ({"accState": "未验收", "payKind": "进度款", "payAmount": 80, "securityOk": None, "cryptoOk": None, "levelOk": None}, []),
        ({"accState": "未验收", "payKind": "进度款", "payAmount": 80, "securityOk": False}, ["不符合网络和数据安全要求"]),
        ({"accState": "未验收", "payKind": "预付款", "payAmount": 30, "securityOk": None}, []),
        ({"accState": "未验收", "payKind": "预付款", "payAmount": Decimal("30.01")}, ["预付款累计超过合同的约定比例"]),
        ({"accState": "未验收", "payKind": "预付款", "payAmount": Decimal("29.01"), "payments": PAID}, ["预付款累计超过合同的约定比例"]),
        ({"accState": "未验收", "payKind": "进度款", "payAmount": Decimal("80.01")}, ["验收以前预付款、进度款累计超过合同的约定比例"]),
        ({"payKind": "进度款", "payAmount": 100}, []),
        (
            {"payKind": "运维经费", "payAmount": 200, "plans": [{"arrangedFee": 100, "cycleStartOn": "2024-06-01"}]},
            ["累计支付超过经审核的年度运维经费"],
        ),
        (
            {"payKind": "运维经费", "plans": [{"annualFee": 100, "arrangedFee": None, "cycleStartOn": "2026-01-01"}]},
            ["累计支付超过经审核的年度运维经费"],
        ),
        ({"payKind": "运维经费", "payments": [{**PAID[0], "amount": 100}]}, []),
        ({"payKind": "运维经费", "payAmount": Decimal("100.01")}, ["累计支付超过经审核的年度运维经费"]),
        ({"payKind": "运维经费", "payments": [{"payKind": "运维经费", "amount": Decimal("0.01")}]}, ["累计支付超过经审核的年度运维经费"]),
        ({"payKind": "运维经费", "payAmount": 200, "plans": [{"arrangedFee": 100, "cycleStartOn": "2025-03-10"}]}, []),
        (
            {"payKind": "运维经费", "payAmount": 200, "plans": [{"arrangedFee": 100, "cycleStartOn": "2025-03-11"}]},
            ["累计支付超过经审核的年度运维经费"],
        ),
        ({"payKind": "运维经费", "plans": [{"arrangedFee": 100, "cycleStartOn": "2026-03-11"}]}, ["累计支付超过经审核的年度运维经费"]),
        ({"payKind": "运维经费", "plans": [{"arrangedFee": None, "cycleStartOn": "2026-01-01"}]}, ["累计支付超过经审核的年度运维经费"]),
        ({"payKind": "运维经费", "plans": None, "omPlanFiled": None}, ["运维方案尚未报备", "累计支付超过经审核的年度运维经费"]),
        ({"plans": None, "omPlanFiled": None}, []),
    ],
)
def test_what_stands_in_the_way_of_a_payment_in_sucheng(change: dict[str, Any], reasons: list[str]) -> None:
    assert [row["blockedBy"] for row in decide("sucheng", "payment_gate", **changed(SUCHENG_PAYABLE, change))] == reasons


def test_only_fengxians_acceptance_rule_knows_an_exception() -> None:
    rows = [*decide("fengxian", "payment_gate"), *decide("sucheng", "payment_gate")]
    assert [row["clause"] for row in rows if row["exceptable"]] == ["FX-26-2"]


@pytest.mark.parametrize(
    ("key", "district", "start", "facts", "last"),
    [
        ("acceptance.organise", "fengxian", "2026-03-02", {}, "2026-04-01"),  # B33
        ("acceptance.organise", "fengxian", "2026-09-04", {}, "2026-10-08"),  # B37
        ("acceptance.organise", "fengxian", "2026-01-20", {}, "2026-02-24"),  # B38
        ("acceptance.organise", "fengxian", "2026-05-06", {}, "2026-06-05"),  # B39
        ("acceptance.organise", "fengxian", "2026-05-14", {}, "2026-06-15"),  # B67: a Saturday
        ("acceptance.organise", "fengxian", "2026-09-10", {}, "2026-10-10"),  # B68: a Saturday that is worked
        ("trial.end", "fengxian", "2026-03-02", {"trialAmount": 3, "trialUnit": "month"}, "2026-06-02"),  # B40
        ("acceptance.open", "sucheng", "2026-03-10", {"softwareDevelopment": False}, "2026-04-10"),  # B46
        ("acceptance.open", "sucheng", "2026-01-31", {"softwareDevelopment": False}, "2026-02-28"),  # B47
        ("acceptance.open", "sucheng", "2026-03-10", {"softwareDevelopment": True}, "2026-06-10"),  # B48
        ("acceptance.open", "sucheng", "2025-11-30", {"softwareDevelopment": True}, "2026-02-28"),  # B49
        ("acceptance.latest", "sucheng", "2026-03-10", {}, "2026-09-10"),  # B50 to B52
        ("acceptance.latest", "sucheng", "2026-04-04", {}, "2026-10-08"),  # B54
        ("acceptance.report", "sucheng", "2026-10-31", {}, "2026-11-30"),  # B55
        ("acceptance.report", "sucheng", "2026-09-03", {}, "2026-10-08"),  # B56
        ("warranty.end", "sucheng", "2026-05-20", {"warrantyMonths": 36}, "2029-05-20"),  # B57
    ],
)
def test_the_deadlines_of_delivery(key: str, district: str, start: str, facts: dict[str, Any], last: str) -> None:
    assert due(district, key, start, **facts).last_day.isoformat() == last


def test_a_month_that_ends_on_a_saturday_is_judged_on_the_next_working_day() -> None:
    found = due("sucheng", "acceptance.latest", "2025-08-31")  # B53: the corresponding day is 28 February 2026, a working Saturday
    assert found.remind_day.isoformat() == "2026-02-28"
    assert found.at == at("2026-03-01T00:00:00")


@pytest.mark.parametrize(
    ("stops", "received"),
    [
        (False, {"receivedAt": "2026-09-01T09:00:00+08:00"}),
        (True, {"receivedAt": "2026-03-10T09:00:00@Asia/Shanghai"}),
        (None, None),  # without a reading there is no instant to count from: an incident, and no other reading
    ],
)
def test_a_returned_application_counts_from_its_first_receipt_unless_the_parameter_says_otherwise(
    stops: bool | None, received: dict[str, str] | None
) -> None:
    """FX-24-3, A35: ``clockStop``."""
    given = {"receipt": {"receivedAt": "2026-09-01T09:00:00+08:00"}, "parameters": {"clockStop": stops}}
    assert decide("fengxian", "application_receipt", **given) == received
