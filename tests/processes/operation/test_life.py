"""From the year's notice to retirement in both districts, for each kind of project: nothing stays open, nothing turns in a circle."""

from decimal import Decimal
from typing import Any

import pytest

from tests.processes.life import Life

PLATFORM = {
    "projectName": "智慧机关事务综合管理服务平台建设",
    "totalAmount": Decimal("6947911.00"),
    "softwareDevelopment": True,
    "trialAmount": 90,
    "trialUnit": "day",
    "contractDays": 240,
}
SERVICE = {
    "projectName": "城市大脑服务采购",
    "totalAmount": Decimal("38840000.00"),
    "softwareDevelopment": False,
    "procurementMethod": "单一来源",
    "typeStatement": "按年购买的成套服务",
}
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("building", {**PLATFORM, "projectType": "建设类"}),
    ("service", {**SERVICE, "projectType": "购买服务类"}),
    ("maintenance", {**SERVICE, "projectName": "政务云运维", "projectType": "运维类"}),
]


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
@pytest.mark.parametrize(("kind", "facts"), KINDS, ids=[kind for kind, _ in KINDS])
def test_a_whole_life_reaches_retirement_with_nothing_left_open(district: str, kind: str, facts: dict[str, Any]) -> None:
    life = Life(district, facts).play()
    assert life.phase == "retired"
    assert life.open == []
    assert [case.process for case in life.cases if not case.ended] == []
    assert {case.process for case in life.cases} >= {
        "annual_plan",
        "declaration",
        "review",
        "procurement",
        "acceptance",
        "om_evaluation",
        "retirement",
    }
    assert life.ledger["evalResult" if district == "sucheng" else "serviceResult"] == "通过"


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_a_project_that_fails_its_evaluation_is_rectified_and_still_retires_cleanly(district: str) -> None:
    due = {"fengxian": "2027-08-01", "sucheng": "2028-08-01"}[district]  # it is evaluated for the year before
    failed = {"conclude_evaluation": {"conclusion": "未通过", "issues": "活跃用户不足", "rectifyDueOn": due}}
    life = Life(district, PLATFORM, failed).play()
    assert ("rectification", "confirm_rectification") in life.acts
    assert life.ledger["rectified"] is True
    assert life.phase == "retired"
    assert life.open == []
