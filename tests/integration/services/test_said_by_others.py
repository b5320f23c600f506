"""What a form shows of earlier tasks is not said anew by a later one: a reviewer cannot change what it reviews on the way through."""

from decimal import Decimal
from typing import Any

import pytest

from app.errors import InvalidForm
from app.services import tasks
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

TEXT = {"type": "string"}
FILL = t.form("fill", {"ground": TEXT, "cost": t.MONEY})
SHOWN = {"ground": {**TEXT, "readOnly": True}, "cost": {**t.MONEY, "x-readonly-from": True}, "verdict": TEXT}
REVIEW = t.form("review", SHOWN, ("verdict",))
BODY = (
    d.start(),
    t.task("fill", "applicant", "fill"),
    t.task("review", "finance", "review"),
    t.task("next"),
    d.end("end", extensions=t.says(notify="finance")),
    d.chain("start", "fill", "review", "next", "end"),
)


@pytest.fixture
def review(cast: Cast) -> int:
    t.deploy(FILL, REVIEW, t.diagram(*BODY))
    t.begin(cast.alice)
    t.complete(cast.alice, "fill", ground="阶段性任务完成", cost=Decimal("12.30"))
    return t.open_task(cast.fred, "review")


@pytest.mark.parametrize("data", [{"ground": "另一个理由"}, {"cost": Decimal("12.31")}, {"ground": "另一个理由", "cost": 0}])
def test_a_later_task_cannot_alter_it(cast: Cast, review: int, data: dict[str, Any]) -> None:
    with pytest.raises(InvalidForm) as refused:
        tasks.complete(cast.fred, review, {"verdict": "同意", **data}, NOW)
    assert [(problem.path, problem.code) for problem in refused.value.problems] == [(name, "NOT_ALLOWED") for name in data]
    assert t.shown(cast.fred, "review")["ground"] == "阶段性任务完成"


@pytest.mark.parametrize("data", [{}, {"ground": "阶段性任务完成", "cost": Decimal("12.300")}, {"ground": "  ", "cost": None}])
def test_sent_back_as_it_was_shown_or_left_away_it_stays(cast: Cast, review: int, data: dict[str, Any]) -> None:
    data = {name: value for name, value in data.items() if value is not None}
    tasks.complete(cast.fred, review, {"verdict": "同意", **data}, NOW)
    seen = t.shown(cast.fred, "next")
    assert (seen["ground"], seen["cost"], seen["verdict"]) == ("阶段性任务完成", Decimal("12.30"), "同意")
