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
        case.fill("apply_retirement", exitReason="论证无使用价值", argument=...)
    assert refused.value.problems[0].path == "argument"
    case.fill("apply_retirement", exitReason="论证无使用价值")
    assert case.tasks == {"confirm_retirement": 1}


def test_application_is_returned_with_the_reason() -> None:
    case = leaving("sucheng")
    with pytest.raises(FormRejected):
        case.fill("confirm_retirement", retirementDecision="退回", returnReason=...)
    case.fill("confirm_retirement", retirementDecision="退回", returnReason="请补充数据清单")
    assert case.tasks == {"apply_retirement": 1}
    assert case.variable("returnReason") == "请补充数据清单"


def test_refused_retirement_leaves_the_system_in_operation() -> None:
    case = leaving("sucheng")
    case.fill("confirm_retirement", retirementDecision="不同意", returnReason="仍有在办业务")
    assert case.ended
    assert case.phase == "operating"
    assert case.notices[0]["to"] == "applicant"
    assert case.notices[0]["text"] == "仍有在办业务"
    assert case.messages == []


def test_forced_elimination_needs_no_application_but_keeps_the_data_transfer() -> None:
    case = Case("sucheng", "retirement", dict(FACTS), {"forced": True}, start="start_forced", phase="operating")
    assert case.tasks == {"transfer_data": 1}
    assert case.notices[0]["title"] == "系统已确认强制淘汰"
    for step in STEPS:
        case.fill(step)
    assert case.phase == "retired"
    assert case.records["retirement"][0]["forced"] is True


def test_the_using_office_does_the_steps_where_it_is_another_than_the_applicant() -> None:
    own = Case("sucheng", "retirement", dict(FACTS))
    assert own.task("apply_retirement").groups == ("applicant", "system_user")
    other = Case("sucheng", "retirement", {**FACTS, "systemUserOffice": "区信息中心"})
    assert other.task("apply_retirement").groups == ("system_user",)
