"""What the rest of the product relies on: caching, added functions, JSON, speed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.decision import feel
from app.decision.feel import reference

SHANGHAI = "Asia/Shanghai"


def test_a_text_is_compiled_once() -> None:
    assert feel.compile("1 + 41") is feel.compile("1 + 41")
    assert feel.compile_unary("> 41") is feel.compile_unary("> 41")
    assert feel.compile("1 + 41", functions=feel.BUILTINS.extended()) is not feel.compile("1 + 41")


def test_an_added_function_sees_environment_and_variables(environment: feel.Environment) -> None:
    def due(context: Mapping[str, object], where: feel.Environment, key: str) -> object:
        return f"{key} {context['project']} {context.get('i')} {where.extra}"

    registry = feel.BUILTINS.extended(
        feel.FunctionSpec("deadline", (("key",),), due, needs_context=True, extension=True, doc="法定期限"),
        feel.FunctionSpec("extraOf", ((),), lambda where: where.extra, needs_environment=True, extension=True),
        feel.FunctionSpec("days", (("n",),), lambda n: [int(n), 0.5], extension=True, types=(("number",),)),
    )
    added = feel.Environment(now=environment.now, zone=environment.zone, functions=registry, extra="板")

    def run(text: str) -> object:
        return feel.compile(text, functions=registry).evaluate({"project": "P1"}, added)

    assert run('deadline("a")') == "a P1 None 板"
    assert run('deadline(key: "a")') == "a P1 None 板"
    assert run('for i in 1..2 return deadline("a")') == ["a P1 1 板", "a P1 2 板"]
    assert run("extraOf()") == "板"
    assert run("sum(days(2))") == Decimal("2.5")
    assert run('days("x")') is None
    assert "deadline" not in feel.BUILTINS
    assert "deadline" in feel.compile('deadline("a")').names
    assert feel.compile('deadline("a")', functions=registry).names == frozenset()
    with pytest.raises(ValueError, match="deadline"):
        registry.extended(registry["deadline"])


def test_built_ins_beyond_dmn_are_marked() -> None:
    assert feel.BUILTINS["get or else"].extension
    assert not feel.BUILTINS["substring"].extension
    assert all(spec.doc for spec in feel.BUILTINS.values())


def test_now_and_today_are_the_environments(environment: feel.Environment) -> None:
    assert feel.compile("now()").evaluate({}, environment) == environment.now
    assert feel.compile("today()").evaluate({}, environment) == date(2026, 3, 10)
    assert feel.compile("string(now())").evaluate({}, environment) == "2026-03-10T09:00:00@Asia/Shanghai"


def test_values_for_json(environment: feel.Environment) -> None:
    value = feel.compile('{a: 1.50, b: [now(), today(), @"P1D", @"P1M", @"10:30:00"], c: null, d: true}').evaluate({}, environment)
    assert feel.to_json(value) == {
        "a": Decimal("1.50"),
        "b": ["2026-03-10T09:00:00+08:00", "2026-03-10", "P1D", "P1M", "10:30:00"],
        "c": None,
        "d": True,
    }
    for unfit in ("[1..2]", "abs"):
        with pytest.raises(feel.FeelEvaluationError):
            feel.to_json(feel.compile(unfit).evaluate({}, environment))


def test_ordinary_temporal_values_are_pythons(environment: feel.Environment) -> None:
    def kind(text: str) -> type:
        return type(feel.compile(text).evaluate({}, environment))

    assert kind('@"2026-01-01"') is date
    assert kind('@"2026-01-01T10:00:00Z"') is datetime
    assert kind('@"10:00:00"') is time
    assert kind('@"P1D"') is timedelta
    assert kind('@"12026-01-01"') is feel.FeelDate
    assert kind('@"10:00:00.000000001"') is feel.FeelTime


@pytest.mark.parametrize("odd", [object(), {1: 2}, {"a": object()}, [set()]])
def test_a_value_that_is_none_of_feels_is_refused(environment: feel.Environment, odd: object) -> None:
    with pytest.raises(feel.FeelEvaluationError):
        feel.compile("x = 1").evaluate({"x": odd}, environment)


def test_not_a_number_is_null(environment: feel.Environment) -> None:
    for odd in (float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity")):
        assert feel.compile("x = null and [x][1] = null").evaluate({"x": odd}, environment) is True


def test_types_of_a_model_can_be_asked_for(environment: feel.Environment) -> None:
    types = {"tSmall": lambda value: value < 10, "m.tAny": lambda value: True}
    assert feel.compile("x instance of tSmall", types=types).evaluate({"x": 5}, environment) is True
    assert feel.compile("[x] instance of list<tSmall>", types=types).evaluate({"x": 50}, environment) is False
    assert feel.compile("x instance of m.tAny", types=types).evaluate({"x": 50}, environment) is True


def test_the_reference_is_up_to_date() -> None:
    page = Path(__file__).parents[4] / "docs" / "reference" / "feel.md"
    assert page.read_text(encoding="utf-8") == reference.render(), "run: python -m app.decision.feel.reference"


def test_every_function_has_an_example() -> None:
    assert [name for name, spec in feel.BUILTINS.items() if not spec.examples] == []
