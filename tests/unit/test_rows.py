"""What ``make soak-rows`` does to a cell: each literal by one unit, both ways, and nothing else."""

from pathlib import Path

import pytest

from tests.rows.equivalent import REASONS
from tests.rows.mutations import moved, of_file

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("cell", "after"),
    [
        ("> 4000000", ["> 4000000.01", "> 3999999.99"]),
        ("[1..6]", ["[2..6]", "[0..6]", "[1..7]", "[1..5]"]),
        ("0.10", ["0.11", "0.09"]),
        ("0", ["1"]),
        ('"10-15"', ['"10-16"', '"10-14"']),
        ('date("2024-12-02")', ['date("2024-12-03")', 'date("2024-12-01")']),
        ('"第2章 500 元", "a"', []),
        ("parameters.x2 + item1", []),
        ("-3", ["-4", "-2"]),
        ("-", []),
    ],
)
def test_each_literal_is_moved_by_one_unit(cell: str, after: list[str]) -> None:
    assert [text for text, _ in moved(cell)] == after


def test_what_is_said_of_a_change_is_said_of_one_that_there_is() -> None:
    files = {ROOT / name.split()[0] for name in REASONS}
    assert set(REASONS) <= {one.name for path in sorted(files) for one in of_file(ROOT, path)}
