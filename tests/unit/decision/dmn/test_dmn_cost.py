"""What a decision costs: stopped when it would take too long, nothing computed twice, the same from any thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from app.decision import dmn, feel

KINDS = ("基础设施", "数据系统", "业务系统", "硬件采购")


@pytest.fixture(name="twenty")
def _twenty(table):
    """Twenty rows, four inputs of the usual kinds."""
    rules = [
        [
            f'"{KINDS[row % 4]}"',
            "true" if row % 2 else "not(true)",
            f"[{row * 10}..{row * 10 + 10})",
            "> 5, null" if row % 3 else "-",
            f'"R{row}"',
            "SC-1",
        ]
        for row in range(20)
    ]
    return table(["kind:string", "flag:boolean", "amount:number", "extra:number"], ["route:string"], rules, annotations=["条款"])


def test_twenty_rows_and_four_inputs_among_sixty_other_variables(twenty, environment):
    model = dmn.parse(twenty)
    values = {"kind": KINDS[3], "flag": True, "amount": Decimal(195), "extra": 7, **{f"other{number}": number for number in range(60)}}
    assert model.evaluate("d", values, environment).output == "R19"


def test_input_expressions_are_evaluated_once_however_many_rows(table, environment):
    calls: list[int] = []
    spec = feel.FunctionSpec("counted", ((),), lambda: calls.append(1) or Decimal(7), extension=True)
    functions = feel.BUILTINS.extended(spec)
    rules = [[str(row), str(row)] for row in range(50)]
    model = dmn.parse(table(["counted():number"], ["o"], rules), functions=functions)
    assert model.evaluate("d", {}, replace(environment, functions=functions)).output == 7
    assert len(calls) == 1


def test_many_slow_cells_together_are_stopped(table, environment):
    slow = "count(for i in 1..100000 return i) < ?"
    model = dmn.parse(table(["x:number"], ["o"], [[slow, "1"]] * 200))
    limited = replace(environment, limits=replace(environment.limits, seconds=0.2))
    with pytest.raises(dmn.DmnEvaluationError) as caught:
        model.evaluate("d", {"x": 1}, limited)
    assert caught.value.code in ("dmn.seconds", "feel_limit_seconds")


def test_loops_of_boxes_are_stopped(wrap, environment):
    loop = '<for iteratorVariable="{}"><in><literalExpression><text>[1..100000]</text></literalExpression></in><return>{}</return></for>'
    inner = loop.format("j", "<literalExpression><text>i + j</text></literalExpression>")
    model = dmn.parse(wrap(f'<decision id="d" name="d">{loop.format("i", inner)}</decision>'))
    limited = replace(environment, limits=replace(environment.limits, seconds=0.2))
    with pytest.raises(dmn.DmnEvaluationError) as caught:
        model.evaluate("d", {}, limited)
    assert caught.value.code in ("dmn.seconds", "feel_limit_seconds")


def test_one_model_serves_many_threads(twenty, environment):
    model = dmn.parse(twenty)

    def decide(row: int) -> object:
        values = {"kind": KINDS[row % 4], "flag": bool(row % 2), "amount": row * 10, "extra": 7}
        return model.evaluate("d", values, environment).output

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(decide, list(range(20)) * 20)) == [f"R{row}" for row in range(20)] * 20
