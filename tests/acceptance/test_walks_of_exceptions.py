"""Lives that do not go straight: refused and declared again, changed over the limit, accepted at the third time, eliminated, stopped by a sanction.

The answers lie in tests/data/walks/answers; whoever reads them sees what the officials did otherwise. One case of each district is walked by ``make test``,
the other by ``make soak-lives``.
"""

import pytest

from app.errors import InvalidRequest
from tests.acceptance.living import SONGJIANG, XIAMEN, lived, walked

pytestmark = pytest.mark.xdist_group("lives")

LONG = pytest.mark.soak


@pytest.mark.parametrize(
    ("case", "district"),
    [
        (XIAMEN, "fengxian"),
        (SONGJIANG, "sucheng"),
        pytest.param(SONGJIANG, "fengxian", marks=LONG),
        pytest.param(XIAMEN, "sucheng", marks=LONG),
    ],
)
def test_accepted_at_the_third_time_after_two_rectifications(case: str, district: str) -> None:
    told = lived(case, "accepted_at_third", district)
    held = "hold_acceptance" if case == SONGJIANG else "hold_service_acceptance"
    assert told.order(held, "rectify") == [held, "rectify", held, "rectify", held]
    assert (told.phase, told.story["open"], told.story["incidents"]) == ("retired", [], [])


@pytest.mark.parametrize(
    ("case", "district", "concluded", "onwards"),
    [
        (SONGJIANG, "sucheng", "issue_pre_review", "apply_budget"),
        (XIAMEN, "fengxian", "summarise_pre_review", "select_experts"),
        pytest.param(XIAMEN, "sucheng", "issue_pre_review", "apply_budget", marks=LONG),
        pytest.param(SONGJIANG, "fengxian", "summarise_pre_review", "select_experts", marks=LONG),
    ],
)
def test_refused_by_the_preliminary_review_and_declared_again_in_the_next_year(
    case: str, district: str, concluded: str, onwards: str
) -> None:
    told = lived(case, "declared_again", district)
    assert told.steps["prepare_declaration"] == told.steps[concluded] == 2
    first, second = (day[:4] for day in told.days("prepare_declaration"))
    assert int(second) == int(first) + 1
    assert told.steps[onwards] == 1, "the refused one goes no further"
    assert told.phase == "retired"


@pytest.mark.parametrize("case", [XIAMEN, pytest.param(SONGJIANG, marks=LONG)])
def test_a_change_over_ten_per_cent_in_fengxian_is_handled_by_the_procurement_law(case: str) -> None:
    told = lived(case, "changed_over_the_limit", "fengxian")
    assert told.order("submit_change", "review_change", "apply_procurement_law") == [
        "submit_change",
        "review_change",
        "apply_procurement_law",
    ]
    assert told.phase == "retired"


@pytest.mark.parametrize("case", [SONGJIANG, pytest.param(XIAMEN, marks=LONG)])
def test_a_change_over_both_limits_in_sucheng_is_declared_again_and_takes_effect_when_it_is_approved(case: str) -> None:
    """SC-17-5."""
    told = lived(case, "changed_over_the_limit", "sucheng")
    assert told.order("submit_change", "submit_redeclaration", "issue_reapproval") == [
        "submit_change",
        "submit_redeclaration",
        "issue_reapproval",
    ]
    assert sorted(set(told.offices("give_redeclaration_opinion"))) == sorted(set(told.offices("give_joint_opinion"))), (
        "as it was reviewed before"
    )
    assert told.phase == "retired"


@pytest.mark.parametrize("case", [SONGJIANG, pytest.param(XIAMEN, marks=LONG)])
def test_a_system_that_nobody_uses_is_eliminated_against_its_office(case: str) -> None:
    told = lived(case, "eliminated", "sucheng")
    assert told.order("record_monitoring", "decide_elimination")[:2] == ["record_monitoring", "decide_elimination"]
    assert told.steps["apply_retirement"] == 0, "its office does not ask for it"
    assert told.steps["reclaim_forced"] == 1
    assert set(told.roles("reclaim_forced")) == {"big_data_centre"}
    assert told.phase == "retired"


# ------------------------------------------------------------------------------------------------------------------- sanctions


@pytest.mark.requirement("SC-33-10", "SC-33-11", side="allowed")
@pytest.mark.parametrize("case", [SONGJIANG, pytest.param(XIAMEN, marks=LONG)])
def test_a_project_whose_rectifications_fail_is_blamed_is_not_paid_is_halted_and_is_stopped_when_finance_agrees(case: str) -> None:
    told = lived(case, "stopped", "sucheng", "terminated")
    assert (told.phase, told.story["open"]) == ("terminated", [])
    assert [entry["measures"] for entry in told.records["sanction"]] == [["通报批评", "暂缓拨付"], ["暂停项目建设"], ["项目终止"]]
    assert [entry["rectifyRound"] for entry in told.records["sanction"]] == [1, 2, 3]
    assert [entry["state"] for entry in told.records["rectification"]] == ["整改不合格"] * 3
    (payment,) = told.records["payment"]
    assert payment["state"] == "已拒付"
    assert "已决定暂缓拨付" in payment["blockedReasons"]
    assert told.facts["paidAmount"] == 0
    assert told.events[-1]["element"] == "confirm_termination"
    assert told.roles("confirm_termination") == ["finance"]
    assert not {"hold_acceptance", "hold_service_acceptance", "file_plan"} & set(told.steps)


@pytest.mark.requirement("FX-32-2", side="allowed")
@pytest.mark.parametrize("case", [XIAMEN, pytest.param(SONGJIANG, marks=LONG)])
def test_fengxian_knows_no_stop_but_a_restriction_until_the_rectification_is_confirmed(case: str) -> None:
    told = lived(case, "restricted", "fengxian")
    assert told.order("conclude_evaluation", "rectify", "decide_sanction", "confirm_rectification", "apply_retirement") == [
        "conclude_evaluation",  # of the year
        "conclude_evaluation",  # after an inspection
        "rectify",
        "confirm_rectification",
        "decide_sanction",
        "rectify",
        "confirm_rectification",
        "apply_retirement",
    ]
    assert [entry["measures"] for entry in told.records["sanction"]] == [["限制申报"]]
    assert (told.facts["evalResult"], told.facts["rectified"]) == ("未通过", True)
    assert told.phase == "retired"


@pytest.mark.requirement("FX-26-3", side="refused")
@pytest.mark.parametrize(
    "case",
    [SONGJIANG],
)
def test_a_project_that_fails_three_acceptances_in_fengxian_is_stopped_by_the_bureau(case: str) -> None:
    told = lived(case, "stopped", "fengxian", "terminated")
    assert (told.phase, told.story["open"]) == ("terminated", [])
    assert [event["outcome"] for event in told.of("conclude_acceptance")] == ["验收结论:不合格"] * 3
    assert told.steps["rectify"] == 2
    assert told.events[-1]["element"] == "dispose_failure"
    assert told.roles("dispose_failure") == ["data_bureau_leader"]
    assert not {"take_inventory", "pay", "file_plan"} & set(told.steps)


# ------------------------------------------------------------------------------------------------------ slips of the pen


def test_what_answers_wait_for_has_to_be_there_and_an_expression_has_to_give_something() -> None:
    with pytest.raises(InvalidRequest, match="no_such_task"):
        walked(XIAMEN, {"@start": [{"process": "payment", "after": "no_such_task"}]}, "sucheng", "declared")
    told = walked(XIAMEN, {"prepare_declaration": {"coBuilders": '=officesOf("nobody")[1]'}}, "sucheng", "declared")
    assert not told.succeeded
    (problem,) = told.problems
    assert "coBuilders" in problem
    assert "officesOf" in problem


def test_a_life_that_ends_otherwise_than_it_was_to_end_has_not_succeeded() -> None:
    told = walked(XIAMEN, {"check_declaration": {"acceptanceCheck": "不受理", "checkReason": "不在范围"}}, "sucheng", "terminated")
    assert (told.phase, told.succeeded, told.problems) == ("rejected", False, [])
