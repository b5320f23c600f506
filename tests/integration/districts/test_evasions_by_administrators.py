"""An administrator repairs processes and decides nothing: a token put where a fact is made makes none. Source: modelling.md §3."""

import pytest
from flask import Flask

from app.errors import Conflict
from app.services import instances, repair
from app.services.repair import Activate
from tests.integration.districts.evading import begun, facts, nothing_written


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_no_token_is_put_on_an_event_that_makes_a_fact(app: Flask, district: str) -> None:
    """FX-25-1, SC-24-2: accepted, without anybody having accepted anything."""
    place, project = begun(district)
    place.until(project, "hold_acceptance")
    line, admin = place.task(project, "hold_acceptance"), place.person("system_admin")
    tokens = [
        token.element for token in instances.view(admin, line.instance_key, place.now).tokens if token.element_id == "hold_acceptance"
    ]
    with nothing_written(project), pytest.raises(Conflict, match="写入台账的“验收结论”") as refused:
        repair.modify(admin, line.instance_key, "更正办理位置", place.now, terminate=tokens, activate=[Activate("end_passed")])
    assert "请激活它之前的任务或判断" in str(refused.value)
    assert facts(project).get("accState") != "合格"
    repair.modify(admin, line.instance_key, "重新办理", place.now, terminate=tokens, activate=[Activate("hold_acceptance")])
    place.do(place.task(project, "hold_acceptance"))
