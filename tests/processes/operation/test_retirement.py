"""Leaving operation: Fengxian files with two bureaus, Sucheng hands data over before anything stops."""

from typing import Any

import pytest

from tests.processes.driver import Case, FormRejected

FACTS = {"projectName": "旧版审批系统", "applicantOffice": "区行政审批局"}
STEPS = ("transfer_data", "stop_system", "reclaim_cloud", "cancel_filing")


def leaving(district: str, **application: Any) -> Case:
    case = Case(district, "retirement", dict(FACTS), phase="operating")
    case.fill("apply_retirement", **application)
    return case


@pytest.mark.parametrize(("first", "second"), [("bureau", "finance"), ("finance", "bureau")])
def test_fengxian_is_retired_only_when_both_receipts_are_in(first: str, second: str) -> None:
    case = leaving("fengxian")
    assert case.tasks == {"acknowledge_by_finance": 1, "acknowledge_by_bureau": 1}
    case.fill(f"acknowledge_by_{first}")
    assert case.phase == "operating"
    assert case.tasks == {f"acknowledge_by_{second}": 1}
    case.fill(f"acknowledge_by_{second}")
    assert case.phase == "retired"
    assert case.ended
    assert [message["name"] for message in case.messages] == ["retirement_registered"]
    assert case.messages[0]["key"] == "1001"
    assert case.facts["exitReason"]


def test_sucheng_goes_through_four_steps_in_order() -> None:
    case = leaving("sucheng")
    case.fill("confirm_retirement")
    for step in STEPS:
        assert case.phase == "operating"
        assert case.tasks == {step: 1}
        case.fill(step)
    assert case.phase == "retired"
    assert case.ended
    assert case.records["retirement"][0] == {"exitReason": "阶段性任务完成不再使用", "forced": False, "retiredOn": "2026-03-10"}


@pytest.mark.parametrize("step", STEPS)
def test_every_step_needs_its_voucher(step: str) -> None:
    case = leaving("sucheng")
    case.fill("confirm_retirement")
    for earlier in STEPS[: STEPS.index(step)]:
        case.fill(earlier)
    voucher = {
        "transfer_data": "dataVoucher",
        "stop_system": "stopVoucher",
        "reclaim_cloud": "reclaimVoucher",
        "cancel_filing": "cancelVoucher",
    }[step]
    with pytest.raises(FormRejected) as refused:
        case.fill(step, **{voucher: ...})
    assert refused.value.problems[0].path == voucher
    assert case.tasks == {step: 1}


def test_no_value_any_more_needs_an_argued_report() -> None:
    case = Case("sucheng", "retirement", dict(FACTS), phase="operating")
    with pytest.raises(FormRejected) as refused:
        case.fill("apply_retirement", exitGround="论证无使用价值", argument=...)
    assert refused.value.problems[0].path == "argument"
    case.fill("apply_retirement", exitGround="论证无使用价值")
    assert case.tasks == {"confirm_retirement": 1}


def test_application_is_returned_and_comes_again() -> None:
    case = leaving("sucheng")
    case.give_back("confirm_retirement", "apply_retirement")
    assert case.tasks == {"apply_retirement": 1}
    case.fill("apply_retirement")
    assert case.tasks == {"confirm_retirement": 1}


@pytest.mark.parametrize("by", ["finance", "bureau"])
def test_a_filing_is_returned_by_either_bureau_and_both_look_again(by: str) -> None:
    case = leaving("fengxian")
    case.fill("acknowledge_by_finance" if by == "bureau" else "acknowledge_by_bureau")
    case.give_back(f"acknowledge_by_{by}", "apply_retirement")
    assert case.tasks == {"apply_retirement": 1}
    case.fill("apply_retirement", exitGround="系统并入区一体化平台")
    assert case.tasks == {"acknowledge_by_finance": 1, "acknowledge_by_bureau": 1}
    case.fill("acknowledge_by_finance")
    case.fill("acknowledge_by_bureau")
    assert (case.phase, case.facts["exitReason"]) == ("retired", "系统并入区一体化平台")


def test_refused_retirement_leaves_the_system_in_operation() -> None:
    case = leaving("sucheng")
    case.fill("confirm_retirement", retirementDecision="不同意", returnReason="仍有在办业务")
    assert case.ended
    assert case.phase == "operating"
    assert case.notices[0]["to"] == "applicant"
    assert case.notices[0]["text"] == "仍有在办业务"
    assert case.messages == []


def test_forced_elimination_needs_no_application_and_nothing_of_the_unwilling_office() -> None:
    case = Case("sucheng", "retirement", dict(FACTS), {"forced": True}, start="start_forced", phase="operating")
    assert case.notices[0]["title"] == "系统已确认强制淘汰"
    assert case.tasks == {"take_over_data": 1, "reclaim_forced": 1}
    assert case.facts.get("exitReason") is None  # nobody has done anything yet
    assert (case.task("take_over_data").groups, case.task("reclaim_forced").groups) == (("data_bureau",), ("big_data_centre",))
    case.fill("reclaim_forced")
    assert case.tasks == {"take_over_data": 1}  # the data are kept all the same
    case.fill("take_over_data")
    case.fill("cancel_filing")
    assert (case.phase, case.facts["exitReason"]) == ("retired", "强制淘汰")
    assert case.records["retirement"][0] == {"exitReason": "强制淘汰", "forced": True, "retiredOn": "2026-03-10"}


def test_the_using_office_does_the_steps_where_it_is_another_than_the_applicant() -> None:
    own = Case("sucheng", "retirement", dict(FACTS))
    assert own.task("apply_retirement").office == "区行政审批局"
    other = Case("sucheng", "retirement", {**FACTS, "systemUserOffice": "区信息中心"})
    assert other.task("apply_retirement").office == "区信息中心"


def test_a_reason_that_is_changed_after_the_approval_is_not_what_the_ledger_gets() -> None:
    case = leaving("sucheng")
    case.fill("confirm_retirement")
    assert case.facts.get("exitReason") is None
    case.fill("transfer_data")
    assert case.facts["exitReason"] == "阶段性任务完成不再使用"
