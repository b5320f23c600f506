"""Cases of planning: the shared driver with the year's notice and the district's other projects in its ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.processes.driver import Case, at

OFFICE = "机关事务管理局"
PROJECT = {"projectName": "综合管理服务平台", "applicantOffice": OFFICE}
NOTICES: Mapping[str, Mapping[str, Any]] = {
    "sucheng": {
        "planYear": 2027,
        "noticeNo": "通知1号",
        "noticeOn": "2026-09-01",
        "opensAt": "2026-09-01T09:00:00+08:00",
        "closesAt": "2026-10-16T00:00:00+08:00",
    },
    "fengxian": {
        "planYear": 2027,
        "noticeNo": "通知1号",
        "noticeOn": "2026-09-01",
        "opensAt": "2026-09-01T09:00:00+08:00",
        "closesAt": "2026-10-01T00:00:00+08:00",
    },
}


@dataclass
class PlanningCase(Case):
    """``registers``: rows from before the case; ``others``: the district's other projects (facts with projectKey, phase, applicantOffice)."""

    registers: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    others: Sequence[Mapping[str, Any]] = ()


def declaration(district: str, now: str, *, notice: bool = True, facts: Mapping[str, Any] | None = None, **more: Any) -> PlanningCase:
    """A new declaration with the year's notice issued (or not)."""
    registers = {"batch": [NOTICES[district]] if notice else [], **more.pop("registers", {})}
    return PlanningCase(
        district,
        "declaration",
        facts={**PROJECT, **(facts or {})},
        variables={"projectName": PROJECT["projectName"], "applicantOffice": OFFICE, "totalAmount": Decimal("6947911")},
        now=at(now),
        phase="draft",
        registers=registers,
        **more,
    )


def review(district: str, now: str = "2026-10-20", **facts: Any) -> PlanningCase:
    """A review just asked for, of a project with the ledger's ``facts``."""
    ledger = {
        **PROJECT,
        "totalAmount": Decimal("6947911"),
        "planYear": 2027,
        "projectType": "建设类",
        "classified": False,
        "usesBudgetFund": True,
        "softwareDevelopment": True,
        "dispatchToVillage": False,
        "deployment": "政务云",
        "category": "业务系统",
        "purpose": "统一办理业务",
        "hardwareOnly": False,
        **facts,
    }
    ledger.setdefault("fundItems", [{"source": "区财政", "amount": ledger["totalAmount"]}])
    if district == "fengxian":
        ledger |= {"category": "信息应用系统"}
    return PlanningCase(district, "review", facts=ledger, now=at(now), phase="declared")


HOUR = timedelta(hours=1)
