"""From the approval to the start of building, in both districts."""

from typing import Any

import pytest

from tests.processes.delivery.facts import approved
from tests.processes.driver import Case, FormRejected


def begin(district: str, **changes: Any) -> Case:
    return Case(district, "procurement", approved(district, **changes), phase="approved")


def to_contract(case: Case, **tender: Any) -> None:
    """Everything before the contract, as the examples say."""
    case.fill("submit_tender", **tender)
    for element in (
        "reclaim_budget",
        "review_tender",
        "determine_method",
        "give_method_opinion",
        "arrange_central_procurement",
        "conduct_central_procurement",
        "publish_announcement",
        "conduct_procurement",
    ):
        if case.tasks[element]:
            case.fill(element)
    assert case.tasks == {"register_contract": 1}


def test_fengxians_bureau_reviews_the_tender_and_finance_determines_the_method() -> None:
    case = begin("fengxian")
    assert case.phase == "procuring"
    case.fill("submit_tender")
    assert case.task("review_tender").groups == ("data_bureau",)
    case.fill("review_tender")
    assert case.task("determine_method").groups == ("finance",)
    case.fill("determine_method")
    assert case.task("arrange_central_procurement").groups == ("government_affairs",)
    case.fill("arrange_central_procurement")
    assert case.task("conduct_central_procurement").groups == ("procurement_centre",)
    case.fill("conduct_central_procurement", awardAmount=6900000)
    case.fill("register_contract")
    assert case.tasks == {"start_construction": 1}, "Fengxian has no mandatory supervision"
    case.fill("start_construction")
    assert case.ended
    assert case.phase == "building"
    assert not case.incidents
    assert case.facts["implementerOffice"]["name"] == "上海示例智慧科技有限公司"
    assert case.facts["contractAmount"] == 6900000
    assert case.facts["trialUnit"] == "day"
    assert case.messages == [{"name": "acceptance_requested", "key": "1001", "variables": {}}]
    assert case.records["contract"][0]["procurementRoute"] == "CENTRAL"


def test_suchengs_applicant_procures_and_names_a_supervisor() -> None:
    case = begin("sucheng")
    to_contract(case)
    assert "review_tender" not in case.path
    assert "determine_method" not in case.path
    assert "publish_announcement" in case.path
    case.fill("register_contract")
    case.fill("register_supervisor")
    case.fill("start_construction")
    assert case.ended
    assert case.phase == "building"
    assert not case.incidents
    assert (case.facts["implementerOffice"]["name"], case.facts["supervisorOffice"]["name"]) == (
        "江苏示例软件有限公司",
        "江苏示例信息监理有限公司",
    )
    assert case.facts["supervisionRequired"] is True
    assert case.facts["changePending"] is False
    assert case.records["supervision_contract"][0]["qualificationNo"]


def test_what_is_missing_is_listed_and_confirmed_by_whom_it_is_for_until_it_is_mended() -> None:
    """SC-18-2: the data bureau ticked what the government and the development and reform bureau decide."""
    case = begin("sucheng", establishmentApproved=None, listed=None)
    assert case.tasks == {"mend_readiness": 1}
    assert case.phase == "approved"
    case.fill("mend_readiness")
    assert [case.task("confirm_readiness", index).groups for index in (0, 1)] == [("district_government",), ("development_reform",)]
    case.give_back("confirm_readiness", "mend_readiness", 1)
    assert case.tasks == {"mend_readiness": 1}
    case.fill("mend_readiness")
    case.fill("confirm_readiness")
    assert case.tasks == {"confirm_readiness": 1}
    assert case.facts["establishmentApproved"] is None
    case.fill("confirm_readiness")
    assert case.tasks == {"submit_tender": 1}
    assert case.phase == "procuring"
    assert case.facts["establishmentApproved"] is True


def test_a_project_that_needs_no_establishment_is_not_held_up() -> None:
    assert begin("sucheng", totalAmount=4000000, establishmentRequired=False, establishmentApproved=None).tasks == {"submit_tender": 1}


def test_a_project_without_its_budget_is_not_procured_in_fengxian() -> None:
    case = begin("fengxian", approvedBudget=None)
    assert case.tasks == {"mend_readiness": 1}
    assert case.variable("procurementGate") == ["预算列入"]
    case.fill("mend_readiness")
    assert case.task("confirm_readiness").groups == ("finance",), "FX-20-2: what finance refused is put into no budget by the data bureau"
    with pytest.raises(FormRejected, match="请写明金额"):
        case.fill("confirm_readiness", confirmedAmount=...)
    case.fill("confirm_readiness", confirmedAmount=3000000)
    assert case.tasks == {"submit_tender": 1}
    assert case.facts["approvedBudget"] == 3000000


def test_a_tender_that_is_returned_is_reviewed_anew() -> None:
    case = begin("fengxian")
    case.fill("submit_tender")
    with pytest.raises(FormRejected, match="tenderOpinion"):
        case.fill("review_tender", tenderOpinion="退改")
    case.give_back("review_tender", "submit_tender")
    assert case.tasks == {"submit_tender": 1}
    assert "determine_method" not in case.path
    case.fill("submit_tender")
    case.fill("review_tender")
    assert case.facts["tenderApproved"] is True
    assert case.tasks == {"determine_method": 1}


def test_finance_may_depart_from_the_suggested_method_only_with_a_reason() -> None:
    case = begin("fengxian")
    case.fill("submit_tender")
    case.fill("review_tender")
    with pytest.raises(FormRejected, match="须填写理由"):  # FX-5-13
        case.fill("determine_method", procurementMethod="竞争性磋商", methodReason=...)
    case.fill("determine_method", procurementMethod="竞争性磋商", methodReason="技术复杂")
    assert case.tasks == {"arrange_central_procurement": 1}


def test_what_is_not_in_the_catalogue_is_procured_by_the_unit_itself() -> None:
    case = begin("fengxian")
    case.fill("submit_tender", catalogItem=False)
    case.fill("review_tender")
    case.fill("determine_method")
    assert case.tasks == {"publish_announcement": 1}
    assert "arrange_central_procurement" not in case.path


def test_a_classified_project_is_procured_without_an_announcement() -> None:
    case = begin("sucheng", classified=True)
    case.fill("submit_tender")
    assert case.tasks == {"conduct_procurement": 1}


def test_the_budget_above_the_control_price_is_reclaimed_by_finance() -> None:
    case = begin("sucheng", approvedBudget=3000000, totalAmount=3000000, controlPrice=2800000)
    case.fill("submit_tender")
    assert case.task("reclaim_budget").groups == ("finance",)
    case.fill("reclaim_budget")
    assert case.facts["reclaimedAmount"] == 200000
    assert case.records["budget_reclaim"][0]["amount"] == 200000


def test_nothing_is_reclaimed_when_the_budget_equals_the_control_price() -> None:
    case = begin("sucheng", approvedBudget=3000000, totalAmount=3000000, controlPrice=3000000)
    case.fill("submit_tender")
    assert "reclaim_budget" not in case.path


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"warrantyMonths": 35}, "合同质保期达到规定年限"),
        ({"contractAmount": 6948011}, "合同金额不超过招标控制价"),
        ({"evaluationRecorded": False}, "采购合规清单"),
        ({"trialAmount": ..., "trialUnit": ...}, "合同约定的试运行期"),
    ],
)
def test_a_contract_that_breaks_a_rule_is_not_registered(change: dict[str, Any], missing: str) -> None:
    case = begin("sucheng")
    to_contract(case)
    with pytest.raises(FormRejected, match=missing):
        case.fill("register_contract", **change)
    assert case.tasks == {"register_contract": 1}
    assert "contract" not in case.records
    right = {"warrantyMonths": 36, "contractAmount": 6947911, "evaluationRecorded": True, "trialAmount": 90, "trialUnit": "day"}
    case.fill("register_contract", **right)
    assert case.tasks == {"register_supervisor": 1}


def test_the_supervisor_may_not_be_the_implementer() -> None:
    case = begin("sucheng")
    to_contract(case)
    case.fill("register_contract")
    with pytest.raises(FormRejected, match="监理单位不得为实施单位"):
        case.fill("register_supervisor", supervisorOffice=case.facts["implementerOffice"])
    with pytest.raises(FormRejected, match="监理单位资质在有效期内"):
        case.fill("register_supervisor", qualificationValidTo="2020-01-01")
    assert "supervisorOffice" not in case.facts
    case.fill("register_supervisor")
    assert case.tasks == {"start_construction": 1}


@pytest.mark.parametrize(("budget", "supervised"), [(500000, False), (500100, True)])
def test_supervision_begins_above_half_a_million(budget: int, supervised: bool) -> None:
    case = begin("sucheng", totalAmount=budget, approvedBudget=budget, controlPrice=budget, establishmentRequired=False)
    to_contract(case)
    case.fill("register_contract")
    assert case.tasks == {"register_supervisor" if supervised else "start_construction": 1}


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_a_service_has_an_end_of_service_and_no_mandatory_supervision(district: str) -> None:
    case = begin(
        district,
        projectType="购买服务类",
        softwareDevelopment=False,
        totalAmount=38840000,
        approvedBudget=38840000,
        controlPrice=38840000,
        procurementMethod="单一来源",
    )
    to_contract(case)
    with pytest.raises(FormRejected, match="服务期截止日"):
        case.fill("register_contract", serviceEndOn=...)
    case.fill("register_contract", serviceEndOn="2027-03-09")
    assert case.tasks == {"start_construction": 1}
    case.fill("start_construction")
    assert case.phase == "building"
    assert case.facts["serviceEndOn"] == "2027-03-09"
    assert case.facts["procurementMethod"] == "单一来源"


def test_a_failed_tender_is_repeated() -> None:
    case = begin("sucheng")
    case.fill("submit_tender")
    case.fill("publish_announcement")
    case.complete("conduct_procurement", procurementResult="流标", failureReason="响应供应商不足")
    assert case.tasks == {"submit_tender": 1}


def test_a_failed_tender_of_fengxian_is_reviewed_and_tendered_anew() -> None:
    case = begin("fengxian")
    for element in ("submit_tender", "review_tender", "determine_method", "arrange_central_procurement"):
        case.fill(element)
    case.complete("conduct_central_procurement", procurementResult="流标", failureReason="响应供应商不足")
    assert case.tasks == {"submit_tender": 1}
    to_contract(case)
    assert case.path.count("review_tender") == 2


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_the_contract_follows_the_award(district: str) -> None:
    """A contract of 49 million was registered with another firm than the one awarded 2.9 million."""
    case = begin(district)
    case.fill("submit_tender")
    for element in ("review_tender", "determine_method", "arrange_central_procurement", "publish_announcement"):
        if case.tasks[element]:
            case.fill(element)
    (conduct,) = case.tasks
    with pytest.raises(FormRejected, match="超过"):
        case.fill(conduct, awardAmount=6947912)
    with pytest.raises(FormRejected, match="awardedOffice"):
        case.fill(conduct, awardedOffice="江苏示例软件公司")
    case.fill(conduct, awardAmount=2900000)
    with pytest.raises(FormRejected, match="不得高于中标"):
        case.fill("register_contract", contractAmount=2900001)
    with pytest.raises(FormRejected, match="implementerOffice"):
        case.fill("register_contract", implementerOffice={"key": "77", "name": "另一公司"})
    with pytest.raises(FormRejected, match="与中标（成交）金额不同"):
        case.fill("register_contract", contractAmount=2899999)
    case.fill("register_contract")
    assert case.facts["contractAmount"] == 2900000
    assert case.records["contract"][0]["implementerOffice"] == case.facts["implementerOffice"]["name"]


def test_nothing_is_tendered_any_more_when_a_condition_is_lost() -> None:
    case = begin("sucheng")
    case.fill("submit_tender")
    case.facts["establishmentApproved"] = False
    with pytest.raises(FormRejected, match="立项批复"):
        case.fill("publish_announcement")


def test_what_is_paid_is_not_forgotten_when_the_contract_is_registered_again() -> None:
    case = begin("sucheng")
    to_contract(case)
    case.fill("register_contract")
    case.records["payment"] = [{"amount": 100000, "state": "已支付"}, {"amount": 5, "state": "拒付"}]
    case.give_back("register_supervisor", "register_contract")
    case.fill("register_contract")
    assert case.facts["paidAmount"] == 100000
    assert case.tasks == {"register_supervisor": 1}


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_a_project_of_which_nothing_is_known_is_blocked(district: str) -> None:
    case = Case(district, "procurement", {"projectName": "无名"}, phase="approved")
    assert case.tasks == {"mend_readiness": 1}
    assert not case.incidents
