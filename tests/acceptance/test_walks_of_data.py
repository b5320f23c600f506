"""Public-data operation in Fengxian, from the catalogue of services to the yearly assessment, beside a project's life."""

import pytest

from tests.acceptance.living import SONGJIANG, XIAMEN, lived

pytestmark = pytest.mark.xdist_group("lives")

IN_ORDER = [
    "draft_catalogue", "review_catalogue", "publish_catalogue", "draft_indicators", "review_indicators", "publish_indicators", "publish_recruitment",
    "submit_application", "examine_operator", "submit_targets", "review_targets", "arrange_fund", "order_task", "report_progress", "track_progress",
    "confirm_use", "accept_task", "verify_fee", "request_payment", "pay_service", "open_assessment", "score_subject", "score_subject",
    "publish_assessment", "evaluate_performance",
]  # fmt: skip


@pytest.mark.requirement("FX-34-1", "FX-35-2", "FX-36-2", "FX-36-3", "FX-36-4", "FX-36-5", "FX-36-7", "FX-36-8", side="allowed")
@pytest.mark.requirement("FX-36-9", "FX-37-1", "FX-37-2", side="allowed")
@pytest.mark.parametrize("case", [XIAMEN, pytest.param(SONGJIANG, marks=pytest.mark.soak)])
def test_an_operation_goes_from_the_catalogue_to_its_payment_and_is_assessed_when_the_year_is_over(case: str) -> None:
    told = lived(case, "data_operation", "fengxian")
    assert told.order(*IN_ORDER) == IN_ORDER
    register = told.registers
    (catalogue,), (task,), (paid,), (checked,) = (
        register[kind] for kind in ("data_catalogue", "data_task", "data_payment", "data_verification")
    )
    assert {item["serviceKind"] for item in catalogue["items"]} == {"归集", "整合"}
    prices = {item["code"]: item["unitPrice"] for item in catalogue["items"]}
    assert task["catalogueNo"] == catalogue["catalogueNo"]
    assert task["amount"] == sum(prices[item["code"]] * item["quantity"] for item in task["items"])
    verified = sum(prices[item["code"]] * item["quantity"] for item in checked["verifiedItems"])
    assert paid["amount"] == paid["verifiedAmount"] == verified
    assert told.days("confirm_use") <= told.days("accept_task") <= told.days("verify_fee") <= told.days("pay_service"), (
        "used first, paid later"
    )
    assert told.offices("confirm_use") == [task["userOffice"]["name"]] == ["奉贤区教育局"], "whose need it was"
    assert told.roles("review_catalogue") == told.roles("review_indicators") == ["catalogue_reviewer"]
    assert told.roles("verify_fee") == ["third_party"]
    assert [entry["inspectionResult"] for entry in register["data_inspection"]] == ["合格"]


@pytest.mark.parametrize("case", [XIAMEN, pytest.param(SONGJIANG, marks=pytest.mark.soak)])
def test_the_yearly_assessment_scores_operator_and_provider_by_the_published_indicators(case: str) -> None:
    """FX-36-8, FX-37-2."""
    register = lived(case, "data_operation", "fengxian").registers
    (indicators,), (report,), (evaluation,) = (register[kind] for kind in ("data_indicators", "data_assessment_report", "data_evaluation"))
    scored = {entry["kind"]: entry for entry in register["data_assessment"]}
    assert {kind: entry["subject"]["name"] for kind, entry in scored.items()} == {
        "数据运营商": "上海示例数据运营有限公司",
        "数据服务商": "上海示例数据服务有限公司",
    }
    assert {entry["indicatorsNo"] for entry in scored.values()} == {indicators["indicatorsNo"]}
    assert [(row["kind"], row["subject"]["name"]) for row in report["results"]] == [
        (kind, entry["subject"]["name"]) for kind, entry in scored.items()
    ]
    (fund,) = register["data_fund"]
    assert evaluation["fundYear"] == fund["fundYear"] == scored["数据运营商"]["assessmentYear"]
    assert evaluation["paidAmount"] == register["data_payment"][0]["amount"] <= fund["fundAmount"]
