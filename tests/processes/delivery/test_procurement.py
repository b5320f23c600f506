"""From the approval to the start of building, in both districts."""

from typing import Any

import pytest

from tests.processes.delivery.facts import approved
from tests.processes.driver import Case, FormRejected


def begin(district: str, **changes: Any) -> Case:
    return Case(district, "procurement", approved(district, **changes))


def to_contract(case: Case, **tender: Any) -> None:
    """Everything before the contract, as the examples say."""
    case.fill("submit_tender", **tender)
    for element in (
        "reclaim_budget",
        "review_tender",
        "determine_method",
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
    case.fill("conduct_central_procurement", implementerOffice="示例智慧科技", awardAmount=6900000)
    case.fill("register_contract")
    assert case.tasks == {"start_construction": 1}, "Fengxian has no mandatory supervision"
    case.fill("start_construction")
    assert case.ended
    assert case.phase == "building"
    assert not case.incidents
    assert case.roles == {"implementer": "示例智慧科技"}
    assert case.facts["contractAmount"] == 6900000
    assert case.facts["trialUnit"] == "day"
    assert case.messages == [{"name": "acceptance_requested", "key": "1001", "variables": None}]
    assert case.records["contract"][0]["procurementRoute"] == "CENTRAL"


def test_suchengs_applicant_procures_and_names_a_supervisor() -> None:
    case = begin("sucheng")
    to_contract(case)
    assert "review_tender" not in case.path
    assert "determine_method" not in case.path
    assert "publish_announcement" in case.path
    case.fill("register_contract")
    case.fill("register_supervisor", supervisorOffice="示例监理公司")
    case.fill("start_construction")
    assert case.ended
    assert case.phase == "building"
    assert not case.incidents
    assert case.roles == {"implementer": "江苏示例软件有限公司", "supervisor": "示例监理公司"}
    assert case.facts["supervisionRequired"] is True
    assert case.facts["changePending"] is False
    assert case.records["supervision_contract"][0]["qualificationNo"]


def test_what_is_missing_is_listed_and_goes_to_the_applicant_until_it_is_mended() -> None:
    case = begin("sucheng", establishmentApproved=None, listed=None)
    assert case.tasks == {"mend_readiness": 1}
    assert case.phase is None
    case.fill("mend_readiness")
    assert case.task("confirm_readiness").groups == ("data_bureau",)
    case.fill("confirm_readiness", readinessOpinion="未齐备", establishmentApproved=False, returnReason="立项批复未见原件")
    assert case.tasks == {"mend_readiness": 1}
    assert case.variable("returnReason") == "立项批复未见原件"
    case.fill("mend_readiness")
    case.fill("confirm_readiness", establishmentRequired=True)
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
    case.fill("confirm_readiness", approvedBudget=6947911)
    assert case.tasks == {"submit_tender": 1}


def test_a_tender_that_is_returned_comes_back_with_the_reason() -> None:
    case = begin("fengxian")
    case.fill("submit_tender")
    with pytest.raises(FormRejected, match="returnReason"):
        case.fill("review_tender", tenderOpinion="退改")
    case.fill("review_tender", tenderOpinion="退改", returnReason="评审办法不完整")
    assert case.tasks == {"submit_tender": 1}
    assert case.variable("returnReason") == "评审办法不完整"
    assert "determine_method" not in case.path


def test_finance_may_depart_from_the_suggested_method_only_with_a_reason() -> None:
    case = begin("fengxian")
    case.fill("submit_tender")
    case.fill("review_tender")
    case.fill("determine_method", procurementMethod="竞争性磋商", methodReason=...)
    assert case.tasks == {"determine_method": 1}, "FX-5-13: the reason is required"
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
    case.fill("register_contract", **change)
    assert case.tasks == {"register_contract": 1}
    assert missing in case.variable("procurementGate")
    assert "contract" not in case.records
    right = {"warrantyMonths": 36, "contractAmount": 6900000, "evaluationRecorded": True, "trialAmount": 90, "trialUnit": "day"}
    case.fill("register_contract", **right)
    assert case.tasks == {"register_supervisor": 1}


def test_the_supervisor_may_not_be_the_implementer() -> None:
    case = begin("sucheng")
    to_contract(case)
    case.fill("register_contract", implementerOffice="示例软件")
    case.fill("register_supervisor", supervisorOffice="示例软件")
    assert case.tasks == {"register_supervisor": 1}
    assert "supervisor" not in case.roles
    case.fill("register_supervisor", supervisorOffice="示例监理")
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
    case.fill("register_contract", serviceEndOn=...)
    assert case.tasks == {"register_contract": 1}
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
    case.complete("conduct_procurement", procurementResult="流标", returnReason="响应供应商不足")
    assert case.tasks == {"submit_tender": 1}
    assert case.variable("returnReason") == "响应供应商不足"


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_a_project_of_which_nothing_is_known_is_blocked(district: str) -> None:
    case = Case(district, "procurement", {"projectName": "无名"}, connectors=False)
    assert case.tasks == {"mend_readiness": 1}
    assert not case.incidents
