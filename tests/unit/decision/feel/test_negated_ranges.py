"""``not(…)`` around ranges that close with a round bracket: the cell's last bracket is not the range's."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.decision import feel

ENVIRONMENT = feel.Environment(now=datetime(2026, 1, 1, tzinfo=UTC), zone=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("cell", "matching"),
    [
        ("not([0..10))", {-1, 10, 11}),
        ("not((0..10))", {-1, 0, 10, 11}),
        ("not([0..x))", {-1, 10, 11}),
        ("not(]0..5[)", {-1, 0, 5, 10, 11}),
        ("not((0..5), (9..11))", {-1, 0, 5, 11}),
        ("not(? > 3) and not(? < 1)", set()),
    ],
)
def test_a_half_open_range_is_negated_as_it_stands(cell: str, matching: set[int]) -> None:
    tests = feel.compile_unary(cell)
    assert {value for value in (-1, 0, 5, 10, 11) if tests.matches(value, {"x": 10}, ENVIRONMENT) is True} == matching


def test_nothing_is_not_outside_a_range() -> None:
    assert feel.compile_unary("not([0..10))").matches(None, {}, ENVIRONMENT) is not True
