"""From the approval to operation: what one process writes to the ledger is all that the next one needs."""

from collections import deque
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.processes.delivery.facts import approved
from tests.processes.driver import Case, at

HANDED_ON = {"acceptance_requested": "acceptance", "asset_requested": "asset", "payment_requested": "payment"}

SONGJIANG: dict[str, Any] = {
    "projectName": "智慧机关事务综合管理服务平台建设",
    "totalAmount": 6947911,
    "approvedBudget": 6947911,
    "contractDays": 240,
    "trialAmount": 90,
    "trialUnit": "day",
}
XIAMEN: dict[str, Any] = {
    "projectName": "城市大脑1.0服务采购",
    "projectType": "购买服务类",
    "softwareDevelopment": False,
    "totalAmount": 38840000,
    "approvedBudget": 38840000,
    "controlPrice": 38840000,
    "procurementMethod": "单一来源",
}


def act(case: Case, done: list[tuple[str, datetime]]) -> None:
    """Complete every task as its form assumes, moving the clock when nothing else is left to do."""
    while not case.ended:
        assert not case.incidents, [incident.message for incident in case.incidents.values()]
        task = next(iter(case.open.values()), None)
        if task is None:
            case.advance(min(case.timers.values()))
            continue
        if task.follow_up_at is not None and task.follow_up_at > case.now:
            case.advance(task.follow_up_at)
        case.advance(timedelta(minutes=30))
        done.append((task.element_id, case.now))
        case.fill(task.element_id)


def live(district: str, facts: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, datetime]], list[str]]:
    done: list[tuple[str, datetime]] = []
    published: list[str] = []
    now, phase = at("2026-03-02"), "approved"
    waiting: deque[dict[str, Any]] = deque([{"name": "procurement_requested", "variables": None}])
    while waiting:
        message = waiting.popleft()
        process = HANDED_ON.get(message["name"], "procurement")
        start = "requested" if process in ("acceptance", "payment") else "start"
        case = Case(district, process, facts, variables=message["variables"] or {}, start=start, now=now, phase=phase)
        act(case, done)
        facts, now, phase = case.facts, case.now, case.phase or phase
        published += [item["name"] for item in case.messages]
        waiting += [item for item in case.messages if item["name"] in HANDED_ON]
    return facts, done, published


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_a_platform_is_built_tried_accepted_registered_and_paid(district: str) -> None:
    facts, done, published = live(district, approved(district, **SONGJIANG))
    when = dict(done)
    assert facts["accState"] == "合格"
    assert facts["paidAmount"] == facts["contractAmount"] == 6947911
    assert published.count("om_evaluation_requested") == 1
    assert ("register_supervisor" in when) is (district == "sucheng")
    begun = at(facts["trialStartOn"])
    held = when["hold_acceptance"]
    if district == "sucheng":
        months = (held.year - begun.year) * 12 + held.month - begun.month
        assert months == 3
        assert held.date() > begun.date() + timedelta(days=90), "three months are later than the contract's 90 days"
        assert "register_archive_verdict" in when
    else:
        assert when["apply_acceptance"].date() == begun.date() + timedelta(days=91)
        assert held <= at(facts["trialEndOn"]) + timedelta(days=31)


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_a_service_is_accepted_after_its_end_and_paid(district: str) -> None:
    facts, done, published = live(district, approved(district, **XIAMEN))
    when = dict(done)
    assert facts["acceptanceType"] == "运维验收"
    assert facts["procurementMethod"] == "单一来源"
    assert facts["paidAmount"] == 38840000
    assert when["hold_service_acceptance"] > at(facts["serviceEndOn"] + "T23:59:59")
    assert not {"start_trial", "register_supervisor", "take_inventory", "transfer_assets"} & set(when)
    assert published.count("om_evaluation_requested") == 1
