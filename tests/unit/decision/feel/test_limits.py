"""An expression that would cost too much is stopped, with a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.decision import feel

DOUBLING = ", ".join(["k0: [1, 1]"] + [f"k{i}: [k{i - 1}, k{i - 1}]" for i in range(1, 50)])
GROWING = ", ".join(['k0: "xxxxxxxxxx"'] + [f"k{i}: k{i - 1} + k{i - 1}" for i in range(1, 50)])


def patient(environment: feel.Environment) -> feel.Environment:
    """The environment with a time limit far away: what is asked is which count stops."""
    return replace(environment, limits=replace(environment.limits, seconds=600.0))


@pytest.mark.parametrize(
    ("expression", "limit"),
    [
        ("(" * 5000 + "1" + ")" * 5000, "nesting"),
        ("[" * 5000 + "]" * 5000, "nesting"),
        ("-" * 5000 + "1", "nesting"),
        ("not(" * 3000 + "true" + ")" * 3000, "nesting"),
        ("a" + ".a" * 5000, "nesting"),
        ("x in (" * 90 + "1" + ") + 1" * 90, "nesting"),
        ("1 instance of " + "list<" * 3000 + "number" + ">" * 3000, "nesting"),
        ("1" + "+1" * 20_000, "expression_size"),
        ("for i in 1..10**9 return i", "list_size"),
        ("some i in 1..10**12 satisfies i < 0", "iterations"),
        ("for a in 1..1000 return for b in 1..1000 return 1", "iterations"),
        ("{f: function(n) f(n), r: f(1)}.r", "nesting"),
        ("(function(x) x(x))(function(x) x(x))", "nesting"),
        ("10 ** (10 ** 10)", "exponent"),
        ("1E6000 * 1E6000", "exponent"),
        ("1e999999999", "exponent"),
        ("exp(1E10)", "exponent"),
        ("{" + GROWING + "}.k49", "string_size"),
        ("{" + DOUBLING + "}.k49", "list_size"),
        ("string({" + DOUBLING + "}.k49)", "string_size"),
        ("flatten({" + DOUBLING + "}.k49)", "iterations"),
        ("for i in 1..90000 return partial", "iterations"),
        ("big + 1", "exponent"),
        ("deep = 1", "nesting"),
        ("long + long", "string_size"),
    ],
    ids=lambda part: part[:30],
)
def test_a_hostile_expression_is_refused_by_its_limit(environment: feel.Environment, expression: str, limit: str) -> None:
    deep: dict[str, object] = {}
    inner = deep
    for _ in range(5000):
        inner["x"] = inner = {}  # type: ignore[assignment]
    with pytest.raises(feel.FeelLimitError) as caught:
        feel.compile(expression).evaluate({"big": 10**1_000_000, "deep": deep, "long": "a" * 900_000, "a": None}, patient(environment))
    assert caught.value.code == f"feel_limit_{limit}"


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+b", "(a*)*b", "a*a*a*a*a*a*b", "(.*)*x", "((a{1,5}){1,4})b"])
def test_a_pattern_that_would_run_away_elsewhere_is_decided(environment: feel.Environment, pattern: str) -> None:
    found = feel.compile("matches(text, pattern)").evaluate({"text": "a" * 2000 + "!", "pattern": pattern}, patient(environment))
    assert found is False


def test_a_pattern_with_back_references_that_runs_away_is_stopped(environment: feel.Environment) -> None:
    with pytest.raises(feel.FeelLimitError):
        feel.compile("matches(text, pattern)").evaluate({"text": "a" * 200, "pattern": r"(a*)(a*)(a*)(a*)\1\2\3c"}, environment)


def test_wall_time_is_bounded(environment: feel.Environment) -> None:
    hurried = feel.Environment(
        now=environment.now, zone=environment.zone, limits=feel.Limits(seconds=0.05, iterations=10**9, list_size=10**9)
    )
    with pytest.raises(feel.FeelLimitError, match="秒"):
        feel.compile("some i in 1..10**9 satisfies i < 0").evaluate({}, hurried)


def test_a_long_chain_is_no_nesting(environment: feel.Environment) -> None:
    assert feel.compile("+".join(["1"] * 5000)).evaluate({}, environment) == 5000
    assert feel.compile(" or ".join(["false"] * 3000)).evaluate({}, environment) is False
    chain = "".join(f"if x = {i} then {i} else " for i in range(500)) + "null"
    assert feel.compile(chain).evaluate({"x": 499}, environment) == 499


def test_limits_can_be_narrowed(environment: feel.Environment) -> None:
    narrow = feel.Limits(expression_size=10, nesting=3, exponent=5)
    for expression in ("1 + 1 + 1 + 1", "((((1))))", "10 ** 9"):
        with pytest.raises(feel.FeelLimitError):
            feel.compile(expression, limits=narrow).evaluate({}, environment)


def test_a_result_must_be_writable(environment: feel.Environment) -> None:
    with pytest.raises(feel.FeelLimitError):
        feel.compile("for i in 1..150 return [partial]").evaluate({}, environment)


def test_recursion_of_fifty_calls_is_no_trouble(environment: feel.Environment) -> None:
    assert feel.compile("{f: function(n) if n = 0 then 0 else 1 + f(n - 1), r: f(50)}.r").evaluate({}, environment) == 50
