"""The deadlines of both districts, counted with the State Council's 2026 calendar: the regulation's days, not the calendar's accidents."""

from datetime import date

import pytest

from app.domain.deadlines import DeadlineError
from tests.processes.driver import at, clauses_of, decide, due, library

DISTRICTS = ("fengxian", "sucheng")


@pytest.mark.parametrize(
    ("district", "key", "start", "facts", "last_day"),
    [
        ("fengxian", "acceptance.organise", "2026-03-02", {}, "2026-04-01"),
        ("fengxian", "acceptance.organise", "2026-09-04", {}, "2026-10-08"),  # the thirtieth day is in the National Day holiday
        ("fengxian", "acceptance.organise", "2026-01-20", {}, "2026-02-24"),  # in the Spring Festival
        ("fengxian", "acceptance.organise", "2026-05-06", {}, "2026-06-05"),  # applied again: counted anew
        ("fengxian", "acceptance.organise", "2026-05-14", {}, "2026-06-15"),  # a Saturday rolls to Monday
        ("fengxian", "acceptance.organise", "2026-09-10", {}, "2026-10-10"),  # a Saturday that is worked does not roll
        ("fengxian", "trial.end", "2026-03-02", {"trialAmount": 3, "trialUnit": "month"}, "2026-06-02"),
        ("fengxian", "acceptance.open", "2026-03-02", {"trialAmount": 3, "trialUnit": "month"}, "2026-06-02"),
        ("fengxian", "trial.end", "2026-03-02", {"trialAmount": 45, "trialUnit": "day"}, "2026-04-16"),
        ("fengxian", "review.block", "2026-11-20", {}, "2026-12-31"),
        ("fengxian", "declaration.close", "2026-07-01", {"closesOn": "2026-08-31"}, "2026-08-31"),
        ("fengxian", "declaration.close", "2026-07-01", {"batchCloseOn": "2026-09-15"}, "2026-09-15"),
        ("sucheng", "declaration.close", "2026-08-03", {}, "2026-10-15"),
        ("sucheng", "declaration.close", "2028-08-03", {}, "2028-10-15"),  # a Sunday: a fixed date does not roll
        ("sucheng", "review.revise", "2026-03-06", {}, "2026-03-11"),
        ("sucheng", "review.revise", "2026-03-02", {}, "2026-03-05"),
        ("sucheng", "review.revise", "2026-09-30", {}, "2026-10-10"),
        ("sucheng", "review.revise", "2026-02-12", {}, "2026-02-24"),
        ("sucheng", "review.revise", "2026-09-17", {}, "2026-09-21"),
        ("sucheng", "acceptance.open", "2026-03-10", {"softwareDevelopment": False}, "2026-04-10"),
        ("sucheng", "acceptance.open", "2026-01-31", {"softwareDevelopment": False}, "2026-02-28"),
        ("sucheng", "acceptance.open", "2026-03-10", {"softwareDevelopment": True}, "2026-06-10"),
        ("sucheng", "acceptance.open", "2025-11-30", {"softwareDevelopment": True}, "2026-02-28"),
        ("sucheng", "acceptance.latest", "2026-03-10", {}, "2026-09-10"),
        ("sucheng", "acceptance.latest", "2025-08-31", {}, "2026-02-28"),
        ("sucheng", "acceptance.latest", "2026-04-04", {}, "2026-10-08"),
        ("sucheng", "acceptance.report", "2026-10-31", {}, "2026-11-30"),
        ("sucheng", "acceptance.report", "2026-09-03", {}, "2026-10-08"),
        ("sucheng", "warranty.end", "2026-05-20", {}, "2029-05-20"),
        ("sucheng", "warranty.end", "2026-05-20", {"warrantyMonths": 60}, "2031-05-20"),
        ("sucheng", "warranty.end", "2026-05-20", {"warrantyMonths": 12}, "2029-05-20"),  # the regulation's three years are the least
        ("sucheng", "evaluation.self", "2026-06-01", {}, "2026-12-31"),
        ("sucheng", "om.annual", "2026-03-15", {}, "2027-03-14"),
        ("sucheng", "om.annual", "2026-01-01", {}, "2026-12-31"),
    ],
)
def test_last_day(district: str, key: str, start: str, facts: dict[str, object], last_day: str) -> None:
    assert due(district, key, start, **facts).last_day == date.fromisoformat(last_day)


def test_reminder_does_not_roll() -> None:
    found = due("fengxian", "acceptance.organise", "2026-09-04")
    assert (found.remind_day, found.last_day) == (date(2026, 10, 4), date(2026, 10, 8))


def test_last_day_ends_at_midnight() -> None:
    assert due("sucheng", "acceptance.latest", "2026-03-10").at == at("2026-09-11T00:00:00")
    assert due("sucheng", "declaration.close", "2026-08-03").at == at("2026-10-16T00:00:00")
    assert due("sucheng", "evaluation.self", "2026-06-01").at == at("2027-01-01T00:00:00")


def test_project_that_does_not_say_whether_it_has_software_waits_three_months() -> None:
    assert due("sucheng", "acceptance.open", "2026-03-10").last_day == date(2026, 6, 10)


def test_rectification_takes_the_days_that_the_acceptance_opinion_names() -> None:
    assert due("fengxian", "acceptance.rectify", "2026-03-02", rectifyDays=10).last_day == date(2026, 3, 12)
    assert due("fengxian", "acceptance.rectify", "2026-03-02").last_day == date(2026, 4, 1)


def test_rectification_after_evaluation_ends_on_the_day_that_the_conclusion_names() -> None:
    assert due("sucheng", "evaluation.rectify", "2026-11-20", rectifyDueOn="2026-12-20").at == at("2026-12-21T00:00:00")


@pytest.mark.parametrize(
    ("district", "key"),
    [("fengxian", "trial.end"), ("sucheng", "trial.end"), ("sucheng", "evaluation.rectify"), ("fengxian", "declaration.close")],
)
def test_deadline_whose_length_is_not_known_is_refused_not_guessed(district: str, key: str) -> None:
    with pytest.raises(DeadlineError) as refused:
        due(district, key, "2026-03-10")
    assert refused.value.code == "DEADLINE_RULE"


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_deadline_names_a_clause_of_its_district_or_says_that_none_gives_it(district: str) -> None:
    known = clauses_of(district)
    for name in ("deadlines", "parameters"):
        model = library(district).decisions[name].model
        for decision in model.decisions.values():
            for rule in decision.rules:
                cited = rule.annotations.get("条款", "").split()
                agreed = (rule.annotations.get("描述", "") or "").startswith("本系统约定")
                assert bool(cited) != agreed, (district, rule.id)
                assert set(cited) <= set(known), (district, rule.id, cited)


@pytest.mark.parametrize("district", DISTRICTS)
def test_parameters_are_one_context(district: str) -> None:
    values = decide(district, "parameters")
    assert isinstance(values, dict)
    assert values["remindOffsets"] == [30, 15, 7, 3, 1]
