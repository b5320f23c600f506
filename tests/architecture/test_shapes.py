"""Calls say what they give: past five arguments by position nobody sees two that were swapped."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.domain import states
from app.web import display

ROOT = Path(__file__).resolve().parents[2]
MOST = 5
# Columns have no names to give, and the fields of an instant are known by their order.
IN_ORDER = frozenset({"select", "table", "create_table", "datetime"})


def calls(source: str) -> Iterator[tuple[int, str, int]]:
    """Line, name and number of positional arguments of every call."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
            yield node.lineno, name, len(node.args)


def test_no_call_has_more_than_five_positional_arguments() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}:{line} {name} {count}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for line, name, count in calls(path.read_text(encoding="utf-8"))
        if count > MOST and name not in IN_ORDER
    ]
    assert guilty == []


def test_the_rule_counts_what_it_should() -> None:
    assert list(calls("f(1, 2, x=3)")) == [(1, "f", 2)]
    assert list(calls("a.b(\n1, *c)")) == [(1, "b", 2)]


def test_rows_are_written_where_the_act_says_so() -> None:
    """No list of closures that somebody else runs later: what an act writes stands in it, in order."""
    guilty = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in ("services", "acts")
        for path in sorted((ROOT / "app" / folder).glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "append"
        and any(isinstance(argument, ast.Lambda) for argument in node.args)
    ]
    assert guilty == []


def test_every_state_that_people_see_has_its_word() -> None:
    shown = (states.InstanceState, states.ElementState, states.TaskState, states.JobState)
    assert [word for words in shown for word in words if word not in display.STATES] == []
    assert set(states.DeploymentSource) == set(display.SOURCES)
