"""The year's plan: notice, window, compilation, consent, issue, and projects that come later."""

from decimal import Decimal
from typing import Any

import pytest

from tests.processes.driver import FormRejected, at
from tests.processes.planning.cases import PlanningCase

DISTRICTS = ("fengxian", "sucheng")


def reviewed(key: str, **facts: Any) -> dict[str, Any]:
    return {
        "projectKey": key,
        "projectName": f"项目{key}",
        "applicantOffice": "水利局",
        "totalAmount": 100,
        "approvedBudget": 90,
        "phase": "reviewed",
        "planYear": 2027,
        **facts,
    }


def plan(district: str, *others: dict[str, Any], now: str = "2026-09-01") -> PlanningCase:
    return PlanningCase(district, "annual_plan", variables={"projectKey": None}, now=at(now), others=list(others))


def listed(case: PlanningCase) -> list[tuple[str, str]]:
    return [(message["name"], message["key"]) for message in case.messages]


@pytest.mark.parametrize("district", DISTRICTS)
def test_the_notice_opens_the_batch_of_next_year(district: str) -> None:
    case = plan(district)
    assert case.task("issue_notice").groups == ("data_bureau",)
    assert case.variable("planYear") == 2027
    case.fill("issue_notice")
    batch = case.records["batch"][0]
    assert (batch["planYear"], batch["opensAt"]) == (2027, "2026-09-01T09:00:00+08:00")
    assert [notice["to"] for notice in case.notices] == ["applicant"]
    assert not case.tasks


def test_sucheng_closes_on_15_october_whatever_day_the_notice_was_issued() -> None:
    case = plan("sucheng")
    case.fill("issue_notice")
    assert case.timers == {"window_close": at("2026-10-16T00:00:00")}
    assert case.records["batch"][0]["closesAt"] == "2026-10-16T00:00:00+08:00"


def test_fengxian_closes_on_the_day_that_its_notice_names() -> None:
    case = plan("fengxian")
    with pytest.raises(FormRejected):
        case.fill("issue_notice", closesOn=...)
    case.fill("issue_notice", closesOn="2026-11-20")
    assert case.timers == {"window_close": at("2026-11-21T00:00:00")}


@pytest.mark.parametrize("district", DISTRICTS)
def test_listed_projects_hear_of_it_and_the_others_too(district: str) -> None:
    case = plan(district, reviewed("1"), reviewed("2"), reviewed("3", planYear=2028), reviewed("4", phase="reviewing"))
    case.fill("issue_notice")
    case.advance("2026-10-16T00:00:00")
    items = case.variable("planItems")
    assert [item["projectKey"] for item in items] == ["1", "2"]
    decided = [{**items[0]}, {**items[1], "decision": "不列", "reason": "财力不足"}]
    case.advance("2026-10-20")
    case.fill("compile_plan", planItems=decided)
    case.fill("give_consent")
    case.fill("issue_plan")
    assert listed(case) == [("plan_listed", "1"), ("plan_not_listed", "2")]
    assert case.messages[0]["variables"]["planDocNo"]
    assert case.messages[0]["variables"]["planAmount"] == 90
    assert case.messages[1]["variables"]["planReason"] == "财力不足"
    assert case.records["annual_plan"][0]["planYear"] == 2027
    assert not case.incidents
    assert not case.tasks


def test_who_consents_differs() -> None:
    for district, role in (("sucheng", "district_government"), ("fengxian", "finance")):
        case = plan(district, reviewed("1"))
        case.fill("issue_notice")
        case.advance("2026-10-20")
        case.fill("compile_plan")
        assert case.task("give_consent").groups == (role,)
        with pytest.raises(FormRejected):
            case.fill("give_consent", planDocNo=...)


def test_without_consent_nothing_is_issued() -> None:
    case = plan("sucheng", reviewed("1"))
    case.fill("issue_notice")
    case.advance("2026-10-20")
    case.fill("compile_plan")
    case.give_back("give_consent", "compile_plan")
    assert case.tasks == {"compile_plan": 1}
    assert listed(case) == []


@pytest.mark.parametrize("district", DISTRICTS)
def test_only_what_was_gathered_can_be_listed_and_as_the_ledger_has_it(district: str) -> None:
    """SC-10-22, FX-5-2."""
    case = plan(district, reviewed("1"), reviewed("2"))
    case.fill("issue_notice", **({"closesOn": "2026-10-15"} if district == "fengxian" else {}))
    case.advance("2026-10-20")
    one, two = case.variable("planItems")
    for wrong in (
        [one],
        [one, two, {**two, "projectKey": "999"}],
        [one, two, two],
        [one, {**two, "totalAmount": 1}],
        [one, {**two, "planAmount": 1}],
    ):
        with pytest.raises(FormRejected, match="planItems"):
            case.fill("compile_plan", planItems=wrong)
    case.fill("compile_plan", planItems=[one, two])
    if district == "fengxian":
        with pytest.raises(FormRejected, match="999"):
            case.fill("give_consent", planItems=[one, two, {**two, "projectKey": "999", "projectName": "999"}])
        with pytest.raises(FormRejected, match="不能超过总金额"):
            case.fill("give_consent", planItems=[one, {**two, "planAmount": 101}])
        case.fill("give_consent", planItems=[one, {**two, "planAmount": 50}])
        case.fill("issue_plan")
        assert [message["variables"]["planAmount"] for message in case.messages] == [90, 50], "the amount is finance's"


def test_fengxians_finance_may_put_a_project_off() -> None:
    """FX-5-11."""
    case = plan("fengxian", reviewed("1"))
    case.fill("issue_notice")
    case.advance("2026-10-20")
    case.fill("compile_plan")
    item = case.variable("planItems")[0]
    case.fill("give_consent", planItems=[{**item, "decision": "缓列", "reason": "下年安排"}])
    case.fill("issue_plan")
    assert listed(case) == [("plan_not_listed", "1")]


def test_a_project_that_passes_its_review_later_is_listed_in_a_supplement() -> None:
    case = plan("sucheng", reviewed("1"))
    case.fill("issue_notice")
    case.advance("2026-10-20")
    for task in ("compile_plan", "give_consent", "issue_plan"):
        case.fill(task)
    assert case.message("listing_requested", key="2027")
    assert not case.tasks, "what is decided is not asked again"
    case.others = [reviewed("1"), reviewed("2", approvedBudget=Decimal("50.50"))]
    assert case.message("listing_requested", key="2027")
    assert [item["projectKey"] for item in case.variable("planItems")] == ["2"]
    for task in ("compile_plan", "give_consent", "issue_plan"):
        case.fill(task)
    assert listed(case) == [("plan_listed", "1"), ("plan_listed", "2")]


def test_what_passed_while_the_plan_was_being_issued_follows_at_once() -> None:
    case = plan("sucheng", reviewed("1"))
    case.fill("issue_notice")
    case.advance("2026-10-20")
    case.fill("compile_plan")
    case.fill("give_consent")
    case.others = [reviewed("1"), reviewed("2")]
    case.fill("issue_plan")
    assert case.tasks == {"compile_plan": 1}
    assert [item["projectKey"] for item in case.variable("planItems")] == ["2"]


def test_the_bureau_may_wait_for_more_candidates() -> None:
    case = plan("sucheng", reviewed("1"))
    case.fill("issue_notice")
    case.advance("2026-10-20")
    case.others = [reviewed("1"), reviewed("2")]
    case.fill("compile_plan", compilation="刷新候选")
    assert [item["projectKey"] for item in case.variable("planItems")] == ["1", "2"]


def test_the_plan_ends_with_its_year() -> None:
    case = plan("fengxian")
    case.fill("issue_notice")
    case.advance("2027-12-31T23:59:59")
    assert not case.ended
    case.advance("2028-01-01T00:00:00")
    assert case.ended
    assert not case.incidents


def test_a_given_year_is_kept() -> None:
    case = PlanningCase("sucheng", "annual_plan", variables={"planYear": 2026}, now=at("2025-09-01"))
    assert case.variable("planYear") == 2026
    case.fill("issue_notice")
    assert case.timers == {"window_close": at("2025-10-16T00:00:00")}


def test_one_notice_a_year() -> None:
    earlier = {
        "planYear": 2027,
        "noticeNo": "1",
        "noticeOn": "2026-08-01",
        "opensAt": "2026-08-01T09:00:00+08:00",
        "closesAt": "2026-10-16T00:00:00+08:00",
    }
    case = PlanningCase("sucheng", "annual_plan", now=at("2026-09-01"), registers={"batch": [earlier]})
    with pytest.raises(FormRejected, match="已经印发"):
        case.fill("issue_notice")
    assert case.tasks == {"issue_notice": 1}
    assert "batch" not in case.records
