"""Assets are handed over or inventoried; money flows only when nothing stands in the way."""

from typing import Any

import pytest

from tests.processes.delivery.facts import accepted, contracted
from tests.processes.driver import Case, FormRejected, at

ROWS = [
    {"name": "服务器", "category": "设备", "quantity": 2, "originalValue": 100000},
    {"name": "软件", "category": "无形资产", "quantity": 1, "originalValue": 200000},
    {"name": "终端", "category": "设备", "quantity": 10, "originalValue": 300000},
]


def assets(district: str, **changes: Any) -> Case:
    return Case(district, "asset", accepted(district, **changes), now=at("2026-06-22"))  # two days after its acceptance


def test_in_sucheng_the_implementer_hands_over_and_the_applicant_registers() -> None:
    case = assets("sucheng")
    assert case.task("transfer_assets").groups == ("implementer",)
    case.fill("transfer_assets", assets=ROWS)
    assert case.task("register_assets").groups == ("applicant",)
    case.fill("register_assets")
    assert case.ended
    assert case.records["asset"][0]["amount"] == 600000
    assert case.records["asset"][0]["quantity"] == 13
    assert case.facts["assetRegistered"] is True
    assert case.messages == []


@pytest.mark.parametrize(
    ("district", "task", "name"), [("fengxian", "take_inventory", "inventoryOn"), ("sucheng", "transfer_assets", "transferredOn")]
)
def test_nothing_is_handed_over_before_the_acceptance(district: str, task: str, name: str) -> None:
    """FX-27-1, SC-28-1."""
    case = assets(district)
    note = {"differenceNote": "按结算审核"} if district == "fengxian" else {}
    for day in ("2026-06-19", "2026-06-23"):
        with pytest.raises(FormRejected, match=name):
            case.fill(task, assets=ROWS, **{name: day})
    case.fill(task, assets=ROWS, **note, **{name: "2026-06-20"})
    assert case.tasks[task] == 0


def test_a_difference_in_quantity_must_be_explained() -> None:
    case = assets("sucheng")
    case.fill("transfer_assets", assets=ROWS)
    with pytest.raises(FormRejected, match="须说明差异"):
        case.fill("register_assets", confirmedQuantity=12)
    assert case.tasks == {"register_assets": 1}
    assert "asset" not in case.records
    case.fill("register_assets", confirmedQuantity=12, differenceNote="一台终端已报损")
    assert case.ended
    assert case.records["asset"][0]["differenceNote"] == "一台终端已报损"


def test_the_applicant_may_send_the_list_back() -> None:
    case = assets("sucheng")
    case.fill("transfer_assets")
    case.give_back("register_assets", "transfer_assets")
    assert case.tasks == {"transfer_assets": 1}


def test_fengxians_summary_adds_up_and_is_confirmed_by_the_bureau() -> None:
    case = assets("fengxian", contractAmount=600000)
    case.fill("take_inventory", assets=ROWS)
    assert [case.task("supervise_assets", number).groups[0] for number in range(2)] == ["finance", "government_affairs"]
    case.fill_all("supervise_assets")
    case.fill("confirm_assets")
    assert case.ended
    assert case.records["asset"][0]["amount"] == 600000
    assert (case.facts["assetRegistered"], case.facts["assetTotal"], case.facts["settledAmount"]) == (True, 600000, 600000)
    assert [message["name"] for message in case.messages] == ["om_evaluation_requested"]


def test_the_office_of_government_affairs_may_return_the_inventory() -> None:
    case = assets("fengxian")
    case.fill("take_inventory")
    case.fill("supervise_assets")
    case.give_back("supervise_assets", "take_inventory")
    assert case.tasks == {"take_inventory": 1}
    case.fill("take_inventory", cooperation="承建单位两人")
    assert case.tasks == {"supervise_assets": 1}  # what finance has agreed to has not changed: it stands
    case.fill_all("supervise_assets")
    case.give_back("confirm_assets", "take_inventory")
    assert case.tasks == {"take_inventory": 1}


def test_who_has_agreed_is_asked_again_when_the_inventory_has_changed() -> None:
    case = assets("fengxian", contractAmount=600000)
    case.fill("take_inventory", assets=ROWS)
    case.fill("supervise_assets")
    case.give_back("supervise_assets", "take_inventory")
    case.fill("take_inventory", assets=[{**ROWS[0], "location": "政务云"}, *ROWS[1:]])
    assert case.tasks == {"supervise_assets": 2}


def test_a_sum_that_differs_from_the_settlement_must_be_explained() -> None:
    case = assets("fengxian", contractAmount=700000)
    with pytest.raises(FormRejected, match="须说明差额"):
        case.fill("take_inventory", assets=ROWS)
    assert case.tasks == {"take_inventory": 1}
    case.fill("take_inventory", assets=ROWS, differenceNote="含不形成资产的服务费")
    assert case.tasks == {"supervise_assets": 2}


def payment(facts: dict[str, Any], district: str, paid: int = 0, **variables: Any) -> Case:
    """An application for money; ``paid`` of the contract is in the register already."""
    before = [{"payKind": "进度款", "amount": paid, "state": "已支付"}] if paid else []
    return Case(district, "payment", facts, variables=variables, records={"payment": before})


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_finance_pays_an_accepted_project(district: str) -> None:
    case = Case(district, "payment", accepted(district), variables={"payKind": "验收款"}, start="requested")
    case.fill("apply_payment", payAmount=6000000)
    assert case.task("pay").groups == ("finance",)
    case.fill("pay")
    assert case.ended
    assert case.facts["paidAmount"] == 6000000
    assert not case.incidents
    assert case.records["payment"][0]["state"] == "已支付"


def test_nothing_is_paid_over_the_contract() -> None:
    case = payment(accepted("sucheng", paidAmount=6000000), "sucheng", paid=6000000)
    case.fill("apply_payment", payKind="尾款", payAmount=900000.01)
    assert "pay" not in case.tasks
    assert case.tasks == {"handle_blocked": 1}
    case.fill("handle_blocked")
    assert case.ended
    assert case.facts["paidAmount"] == 6000000
    assert case.records["payment"][-1]["state"] == "已拒付"
    assert case.notices[0]["text"] == "累计支付超过合同金额"


def test_two_applications_cannot_together_exceed_the_contract() -> None:
    case = payment(accepted("sucheng"), "sucheng")
    case.fill("apply_payment", payAmount=5000000)
    case.records["payment"] = [{"payKind": "进度款", "amount": 4000000, "state": "已支付"}]  # meanwhile another payment has been made
    with pytest.raises(FormRejected, match="累计支付超过合同金额"):
        case.fill("pay")
    case.fill("pay", payOpinion="拒付", refusalReason="合同款已不足")
    assert case.ended
    assert case.facts["paidAmount"] == 0


def test_finance_refuses_or_returns_with_a_reason() -> None:
    case = payment(accepted("sucheng"), "sucheng")
    case.fill("apply_payment")
    with pytest.raises(FormRejected, match="refusalReason"):
        case.fill("pay", payOpinion="拒付")
    case.give_back("pay", "apply_payment")
    assert case.tasks == {"apply_payment": 1}
    case.fill("apply_payment")
    case.fill("pay", payOpinion="拒付", refusalReason="款项争议")
    assert case.ended
    assert case.notices[0]["text"] == "款项争议"
    assert case.facts["paidAmount"] == 0


def test_sucheng_refuses_without_the_report_and_names_the_cause() -> None:
    case = payment(accepted("sucheng", accReport="未提交"), "sucheng")
    case.fill("apply_payment", payKind="验收款")
    case.fill("handle_blocked")
    assert case.records["payment"][0]["blockedReasons"] == ["缺验收报告"]


def test_sucheng_knows_no_exception() -> None:
    case = payment(accepted("sucheng", cryptoOk=False), "sucheng")
    case.fill("apply_payment", payKind="运维经费")
    with pytest.raises(FormRejected, match="blockedHandling"):
        case.fill("handle_blocked", blockedHandling="提请例外批准")
    case.fill("handle_blocked")
    assert case.ended
    assert case.records["payment"][0]["state"] == "已拒付"


def test_before_acceptance_fengxian_pays_only_by_exception_of_the_finance_leader() -> None:
    case = payment(contracted("fengxian"), "fengxian")
    case.fill("apply_payment", payKind="预付款", payAmount=1)
    case.fill("handle_blocked", blockedHandling="提请例外批准", refusalReason="合同约定预付")
    assert case.task("approve_exception").groups == ("finance_leader",)
    case.fill("approve_exception", exceptionOpinion="批准", exceptionReason="合同约定,风险可控")
    case.fill("pay")
    assert case.ended
    assert case.facts["paidAmount"] == 1
    assert case.records["payment"][0]["exceptionReason"] == "合同约定,风险可控"


def test_an_exception_does_not_lift_a_suspension() -> None:
    case = payment(contracted("fengxian", suspended=True), "fengxian")
    case.fill("apply_payment", payKind="预付款", payAmount=1)
    with pytest.raises(FormRejected, match="不能例外批准"):
        case.fill("handle_blocked", blockedHandling="提请例外批准", refusalReason="申请例外")
    case.fill("handle_blocked")
    assert case.ended
    assert "approve_exception" not in case.path


@pytest.mark.parametrize(("district", "source"), [("fengxian", {"fundSource": "财政性资金"}), ("sucheng", {})])
def test_a_payment_of_which_nothing_is_known_is_blocked(district: str, source: dict[str, Any]) -> None:
    case = Case(district, "payment", connectors=False)
    paper = [{"name": "支付申请", "files": [{"document": "支付申请.pdf"}]}]
    case.complete("apply_payment", **{"payKind": "尾款", "payAmount": 1, "payReason": "无", "paymentMaterials": paper, **source})
    assert case.tasks == {"handle_blocked": 1}
    assert not case.incidents
