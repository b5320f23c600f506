"""The cells of decision tables."""

from __future__ import annotations

from datetime import date

import pytest

from app.decision import feel


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("-", None, True),
        ("", 5, True),
        ("5", 5, True),
        ('"A","B"', "B", True),
        ('"A","B"', "C", False),
        ('not("A","B")', "C", True),
        ('not("A","B")', "A", False),
        ("not(true)", None, True),
        ("not(true)", True, False),
        ("not(true)", False, True),
        ("> 5", 6, True),
        ("> 5", None, None),
        ("not(> 5)", None, None),
        ("[1..5]", 5, True),
        ("(1..5)", 5, False),
        ("]1..5[", 3, True),
        ("[1..5], > 10", 11, True),
        ("null", None, True),
        ("null", 5, False),
        ("true", True, True),
        ("true", False, False),
        ("false", False, True),
        ("true", None, False),
        ('date("2026-03-10")', date(2026, 3, 10), True),
        ('< date("2026-03-10")', date(2026, 3, 9), True),
        ("? > 5 and ? < 8", 6, True),
        ("? > 5 and ? < 8", 9, False),
        ("? > 5", None, None),
        ('contains(?, "x")', "axb", True),
        ("limit", 7, True),
        ("> limit * 2", 15, True),
        ("list", 2, True),
        ("list", 9, False),
        ("other > 1", 5, True),
        ("flag", False, False),
        ("flag", True, True),
        ("= 5", 5, True),
        ("!= 5", 5, False),
        ("{a: 1}", {"a": 1}, True),
        ("[1, 2]", [1, 2], True),
        ("every x in ? satisfies x > 0", [1, 2], True),
        ('some x in ? satisfies x = "甲"', ["乙"], False),
        ('@"P30D"', None, False),
        ("5", "5", None),
        ("not(5)", "5", None),
        ("not (? > 5) and true", 3, True),
    ],
)
def test_a_cell_matches_a_value(environment: feel.Environment, cell: str, value: object, expected: bool | None) -> None:
    variables: dict[str, object] = {"limit": 7, "list": [1, 2], "other": 2, "flag": True}
    assert feel.compile_unary(cell).matches(value, variables, environment) is expected


def test_a_dash_is_known_as_anything() -> None:
    assert feel.compile_unary(" - ").anything
    assert not feel.compile_unary("-5").anything


@pytest.mark.parametrize("cell", ["5,", "not(", "> ", "＞5", "“A”", "5 6", "(1..2", ","])
def test_a_broken_cell_is_refused(cell: str) -> None:
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile_unary(cell)
