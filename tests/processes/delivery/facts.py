"""The ledger's facts of projects that have been approved and may be procured."""

from typing import Any

CITY: dict[str, Any] = {
    "projectName": "智慧机关事务综合管理服务平台",
    "projectType": "建设类",
    "softwareDevelopment": True,
    "classified": False,
    "totalAmount": 6947911,
    "approvedBudget": 6947911,
}


def approved(district: str, **changes: Any) -> dict[str, Any]:
    """A project of ``district`` that lacks nothing for its procurement."""
    own: dict[str, Any] = (
        {
            "schemePassed": True,
            "estimatePassed": True,
            "fundItems": [{"source": "财政性资金", "amount": changes.get("totalAmount", 6947911)}],
        }
        if district == "fengxian"
        else {
            "listed": True,
            "schemePassed": True,
            "estimatePassed": True,
            "establishmentRequired": True,
            "establishmentApproved": True,
            "controlPrice": 6947911,
            "buildMode": "集中实施",
        }
    )
    return {**CITY, **own, **changes}


def contracted(district: str, **changes: Any) -> dict[str, Any]:
    """The same with its contract: 240 days to build, 90 days of trial run, 36 months of warranty."""
    own: dict[str, Any] = {
        "contractAmount": 6900000,
        "contractSignedOn": "2026-03-10",
        "contractDays": 240,
        "trialAmount": 90,
        "trialUnit": "day",
        "warrantyMonths": 36,
        "implementerOffice": "示例软件有限公司",
        "changePending": False,
        "cumulativeChange": 0,
        "paidAmount": 0,
        "suspended": False,
        "accState": "未验收",
        "archiveAcceptance": "未验收",
    }
    return approved(district, **{**own, **changes})


def accepted(district: str, **changes: Any) -> dict[str, Any]:
    """The same after its acceptance."""
    return {
        **contracted(district),
        "accState": "合格",
        "acceptedOn": "2026-06-20",
        "dataBureauOpinion": "通过",
        "accReport": "已提交",
        "securityOk": True,
        "cryptoOk": True,
        "levelOk": True,
        **changes,
    }
