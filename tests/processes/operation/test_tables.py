"""Operation's tables: classes of maintenance, use of results, elimination, sanctions."""

from decimal import Decimal

import pytest

from tests.processes.driver import decide

DAILY = ["系统日常运行管理", "信息管理", "系统安全管理", "应用系统运行管理及维护", "资产管理服务"]
KEY = ["性能优化", "功能增强", "用户界面改进", "数据管理改进", "集成与兼容性", "技术更新"]


@pytest.mark.parametrize("item", DAILY)
def test_five_items_are_daily_maintenance(item: str) -> None:
    assert decide("fengxian", "om_class", serviceItem=item) == "日常运维"


@pytest.mark.parametrize("item", KEY)
def test_six_items_are_key_maintenance(item: str) -> None:
    assert decide("fengxian", "om_class", serviceItem=item) == "重点运维"


def test_an_item_that_is_not_listed_waits_for_the_bureau() -> None:
    assert decide("fengxian", "om_class", serviceItem="其他") == "待认定"
    assert decide("fengxian", "om_class", serviceItem=None) == "待认定"


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_results_advise_and_never_refuse_by_themselves(district: str) -> None:
    for result in ("通过", "未通过", None):
        advice = decide(district, "om_fund", evalResult=result)
        assert advice["autoDeny"] is False
        assert advice["rectifyRequired"] is (result != "通过")
    assert "缺少" in decide(district, "om_fund", evalResult=None)["suggestion"]


SUCHENG = {"lowUtilisation": 10, "idleDays": 180, "dispositionRound": 3}


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({"avgUtil": "9.99"}, ["云资源使用率低"]),
        ({"avgUtil": "10"}, []),
        ({"idleDays": "180"}, []),
        ({"idleDays": "181"}, ["长期闲置"]),
        ({"severeRisk": True}, ["存在严重安全隐患"]),
        (
            {"unavailable": True, "severeRisk": True, "avgUtil": "1", "idleDays": "400"},
            ["云资源使用率低", "长期闲置", "无法正常使用", "存在严重安全隐患"],
        ),
        ({}, []),
    ],
)
def test_any_one_abnormality_proposes_retirement(facts: dict[str, object], reasons: list[str]) -> None:
    numbers = {name: Decimal(value) if isinstance(value, str) else value for name, value in facts.items()}
    found = decide("sucheng", "elimination", parameters=SUCHENG, **numbers)
    assert [row["reason"] for row in found] == reasons
    assert all(row["action"] == "PROPOSE_RETIRE" for row in found)


def test_sanctions_follow_failed_rectification_only() -> None:
    assert decide("sucheng", "sanction_ladder", parameters=SUCHENG, rectifyState="整改合格", rectifyRound=1) == []
    first = [row["measure"] for row in decide("sucheng", "sanction_ladder", parameters=SUCHENG, rectifyState="拒不整改", rectifyRound=1)]
    assert first == ["通报批评", "暂缓拨付", "暂停项目建设"]
    third = [row["measure"] for row in decide("sucheng", "sanction_ladder", parameters=SUCHENG, rectifyState="整改不合格", rectifyRound=3)]
    assert third[-1] == "项目终止"
    assert [row["measure"] for row in decide("fengxian", "sanction_ladder", rectifyState="整改不合格", rectifyRound=1)] == ["限制申报"]
