"""Names with spaces, operators and Chinese characters."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.decision import feel

Text = Callable[..., str]


@pytest.mark.parametrize(
    ("expression", "variables", "expected"),
    [
        ("合同金额 > 4000000", {"合同金额": 4000001}, "true"),
        ("合同 金额 * 2", {"合同 金额": 3}, "6"),
        ("Monthly   Salary\n* 12", {"Monthly Salary": 100}, "1200"),
        ("loan.first name", {"loan": {"first name": "x"}}, '"x"'),
        ("a-b", {"a-b": 3}, "3"),
        ("a-b", {"a": 5, "b": 3}, "2"),
        ("加班-时长 + 1", {"加班-时长": 2}, "3"),
        ("x.b-c", {"x": {"b-c": 7}}, "7"),
        ("[x][b-c > 1]", {"x": {"b-c": 7}}, '[{"b-c": 7}]'),
        ("date of birth", {"date of birth": 1}, "1"),
        ("Teacher's Evaluation", {"Teacher's Evaluation": "good"}, '"good"'),
        ("profit and loss > 0", {"profit and loss": 1}, "true"),
        ("profit and loss", {"profit": True, "loss": False}, "false"),
        ("Extra days case 1 + 1", {"Extra days case 1": 5}, "6"),
        ("🐎 + 1", {"🐎": 1}, "2"),
        ("start + 1", {"start": 1}, "2"),
    ],
)
def test_a_name_is_read_whole(environment: feel.Environment, expression: str, variables: dict[str, object], expected: str) -> None:
    told = feel.compile(expression, names=list(_all_names(variables)))
    assert feel.literal(told.evaluate(variables, environment)) == expected


@pytest.mark.parametrize("expression", ["a-b", "加班-时长", "a+b", "a.b", "profit and loss"])
def test_a_name_with_operators_is_found_in_the_variables_without_being_told(text: Text, expression: str) -> None:
    assert text(expression, {expression: 8}) == "8"
    assert text(f"{expression} + 1", {expression: 8}) == "9"


def test_the_longest_known_name_wins(text: Text, environment: feel.Environment) -> None:
    variables: dict[str, object] = {"a": 1, "b": 2, "a-b": 100}
    assert feel.compile("a-b", names=["a-b"]).evaluate(variables, environment) == 100
    assert feel.compile("a - b", names=["a-b"]).evaluate(variables, environment) == -1


def test_free_names_leave_out_what_the_expression_binds() -> None:
    expression = feel.compile("for x in xs return x + rate * count(ys[amount > limit])")
    assert expression.names == {"xs", "rate", "ys", "amount", "limit"}
    assert expression.uncertain == {"amount", "limit"}


def test_an_unknown_function_is_among_the_names() -> None:
    assert feel.compile("sumOf([1]) + sum([2])").names == {"sumOf"}


def _all_names(variables: dict[str, object]) -> set[str]:
    found = set(variables)
    for value in variables.values():
        if isinstance(value, dict):
            found |= _all_names(value)
    return found
