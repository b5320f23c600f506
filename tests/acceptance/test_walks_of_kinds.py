"""Lives of special projects, walked from declaration to retirement: classified, joint, of companies and towns, of maintenance.

One case of each district is walked by ``make test``, the other by ``make soak-lives``.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.acceptance.living import SONGJIANG, XIAMEN, Lived, lived

pytestmark = pytest.mark.xdist_group("lives")

LONG = pytest.mark.soak
BUILDING = {  # what is done where something is built
    "approve_project", "register_supervisor", "start_trial", "prepare_materials", "grade", "hold_acceptance", "take_inventory", "transfer_assets",
    "register_assets", "confirm_assets",
}  # fmt: skip


def papers(told: Lived) -> list[tuple[str, dict[str, Any]]]:
    """Every row of a list of materials, with who handed it in."""
    return [
        (event["element"], row)
        for event in told.events
        for value in event["values"].values()
        if isinstance(value, list)
        for row in value
        if isinstance(row, dict) and ("number" in row or "files" in row)
    ]


def names(offices: list[dict[str, str]]) -> list[str]:
    return sorted(office["name"] for office in offices)


def lived_to_the_end(told: Lived) -> None:
    assert (told.phase, told.story["open"], told.story["incidents"]) == ("retired", [], [])


# ------------------------------------------------------------------------------------------------------------------ classified


@pytest.mark.requirement("SC-4-4", "SC-10-15", side="allowed")
@pytest.mark.requirement("FX-23-2", side="allowed")
@pytest.mark.parametrize(
    ("case", "district"),
    [
        (SONGJIANG, "sucheng"),
        (XIAMEN, "fengxian"),
        pytest.param(XIAMEN, "sucheng", marks=LONG),
        pytest.param(SONGJIANG, "fengxian", marks=LONG),
    ],
)
def test_of_a_classified_project_the_platform_holds_numbers_and_other_offices_know_an_alias(case: str, district: str) -> None:
    told = lived(case, "classified", district)
    lived_to_the_end(told)
    assert told.documents == [], "nothing of it is kept here"
    assert len({element for element, _ in papers(told)}) > 5
    assert all(row.get("number") and not row.get("files") for _, row in papers(told))
    own, name = told.facts["applicantOffice"], told.facts["projectName"]
    alias = f"涉密项目（{told.facts['projectNumber']}）"
    seen = {(event["office"] == own, event["project"]) for event in told.events if event["project"]}
    assert seen == {(True, name), (False, alias)}


def test_a_classified_project_in_sucheng_is_seen_by_the_secrecy_office_and_bought_without_an_announcement() -> None:
    """SC-5-9, SC-7-1, SC-18-1."""
    told = lived(SONGJIANG, "classified", "sucheng")
    (declared,) = told.of("prepare_declaration")
    assert all(row["date"] <= declared["at"][:10] and row["place"] for row in declared["values"]["materials"])
    assert not {"background", "securityDesign", "cryptoPlan"} & set(declared["values"])
    assert "secrecy" in told.roles("give_pre_review_opinion")
    assert told.order("approve_exception", "check_declaration") == ["approve_exception", "check_declaration"], "its data stays where it is"
    assert [entry["collected"] for entry in told.records["dataset"]] == ["不予归集"]
    assert not {"publish_announcement", "request_cloud"} & set(told.steps)
    assert told.facts["procurementRoute"] == "CLASSIFIED"


@pytest.mark.parametrize("case", [XIAMEN, pytest.param(SONGJIANG, marks=LONG)])
def test_a_classified_system_in_fengxian_is_used_when_the_secrecy_office_has_approved(case: str) -> None:
    """FX-23-2."""
    told = lived(case, "classified", "fengxian")
    assert told.order("conclude_acceptance", "approve_secrecy", "file_plan") == ["conclude_acceptance", "approve_secrecy", "file_plan"]
    assert told.the("approve_secrecy")["office"] == "奉贤区委保密办"
    assert told.facts["secrecyNo"] == told.the("approve_secrecy")["values"]["secrecyNo"]


# ---------------------------------------------------------------------------------------------------------------------- joint


@pytest.mark.requirement("SC-9-3", side="allowed")
@pytest.mark.parametrize("case", [SONGJIANG, pytest.param(XIAMEN, marks=LONG)])
def test_a_joint_project_is_declared_by_one_department_when_the_two_others_have_signed_and_again_at_its_final_text(case: str) -> None:
    told = lived(case, "joint", "sucheng")
    lived_to_the_end(told)
    others = names(told.facts["coBuilders"])
    lead = told.facts["applicantOffice"]
    assert len({lead, *others}) == 3
    assert told.facts["isJoint"] is True
    assert sorted(told.offices("endorse_declaration")) == sorted(told.offices("endorse_final")) == others
    assert told.offices("prepare_declaration") == told.offices("revise_final") == [lead]
    in_order = told.order("prepare_declaration", "endorse_declaration", "check_declaration", "endorse_final", "sign_joint_review")
    assert in_order[:4] == ["prepare_declaration", "endorse_declaration", "endorse_declaration", "check_declaration"]
    assert in_order[4:6] == ["endorse_final"] * 2
    budget = told.the("prepare_declaration")["values"]["budget"]
    assert sum(budget.values()) == told.facts["totalAmount"], "one table of six items: the regulation splits it by no department (SC-10-4)"


# ------------------------------------------------------------------------------------------------------ companies and towns


@pytest.mark.requirement("SC-2-10", "SC-9-2", side="allowed")
@pytest.mark.parametrize("case", [XIAMEN, pytest.param(SONGJIANG, marks=LONG)])
def test_a_subsidiary_of_a_state_owned_company_goes_by_reference_through_its_parent(case: str) -> None:
    told = lived(case, "state_owned", "sucheng")
    lived_to_the_end(told)
    parent = "宿城示例国有资产投资集团有限公司"
    assert (told.facts["regime"], told.facts["orgType"]) == ("REFER", "区属国企下属子企业")
    assert told.offices("endorse_declaration") == told.offices("endorse_final") == [parent]
    assert told.order("prepare_declaration", "endorse_declaration", "check_declaration") == [
        "prepare_declaration",
        "endorse_declaration",
        "check_declaration",
    ]
    assert {item["source"] for item in told.facts["fundItems"]} == {"国企投资"}
    assert told.facts["totalAmount"] > 4_000_000
    assert "approve_project" not in told.steps, "its own money needs no establishment (SC-12-1)"


@pytest.mark.requirement("FX-38-2", side="allowed")
@pytest.mark.parametrize(
    ("case", "name", "office", "kind"),
    [
        (XIAMEN, "state_owned", "奉贤示例国有资产经营有限公司", "区属国企"),
        pytest.param(SONGJIANG, "state_owned", "奉贤示例国有资产经营有限公司", "区属国企", marks=LONG),
        pytest.param(SONGJIANG, "town", "奉贤示例镇人民政府", "镇", marks=LONG),
        pytest.param(XIAMEN, "town", "奉贤示例镇人民政府", "镇", marks=LONG),
    ],
)
def test_a_company_and_a_town_in_fengxian_go_by_reference_with_rules_of_their_own(case: str, name: str, office: str, kind: str) -> None:
    told = lived(case, name, "fengxian")
    lived_to_the_end(told)
    assert (told.facts["applicantOffice"], told.facts["orgType"], told.facts["regime"]) == (office, kind, "REFER")
    assert "实施细则.pdf" in {paper["name"] for paper in told.documents}
    assert told.the("endorse_declaration")["office"] == office
    assert told.the("apply_payment")["values"]["fundSource"] == "其他自筹资金", "paid from what it was declared with (FX-9-2)"
    assert [payment["state"] for payment in told.records["payment"]] == ["已支付"]


# ---------------------------------------------------------------------------------------------------------------- maintenance


@pytest.mark.requirement("FX-2-6", "FX-13-1", side="allowed")
@pytest.mark.requirement("SC-24-4", side="allowed")
@pytest.mark.parametrize(
    ("case", "district"),
    [
        (SONGJIANG, "fengxian"),
        (SONGJIANG, "sucheng"),
        pytest.param(XIAMEN, "fengxian", marks=LONG),
        pytest.param(XIAMEN, "sucheng", marks=LONG),
    ],
)
def test_a_maintenance_project_builds_nothing_and_is_accepted_the_day_after_its_service_has_ended(case: str, district: str) -> None:
    told = lived(case, "maintenance", district)
    lived_to_the_end(told)
    assert told.facts["projectType"] == "运维类"
    assert not BUILDING & set(told.steps)
    ended = date.fromisoformat(told.facts["serviceEndOn"])
    assert told.days("hold_service_acceptance") == [str(ended + timedelta(days=1))]
    assert told.facts["acceptanceType"] == "运维验收"
    assert told.order("register_contract", "hold_service_acceptance", "apply_payment", "confirm_plan") == [
        "register_contract",
        "hold_service_acceptance",
        "apply_payment",
        "confirm_plan",
    ]
    if district == "fengxian":
        assert told.offices("give_opinion") == ["奉贤区财政局"], "the bureau with finance, no panel of experts (FX-31-1)"
        papers_of_the_original = {"原始建设合同.pdf", "运维项目验收意见.pdf", "共享数据资源目录发布证明.pdf"}
        assert papers_of_the_original <= {paper["name"] for paper in told.documents}
