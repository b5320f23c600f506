"""Every example in the analysts' guide is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.decision import feel

GUIDE = (Path(__file__).parents[4] / "docs" / "analyst" / "decisions.md").read_text(encoding="utf-8")


def lines(fence: str) -> list[str]:
    return [line for block in re.findall(rf"```{fence}\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("line", lines("feel"))
def test_expressions_of_the_guide(line, environment):
    expression, expected = line.split("→")
    assert feel.compile(expression).evaluate({}, environment) == feel.compile(expected).evaluate({}, environment)


@pytest.mark.parametrize("line", lines("cell"))
def test_cells_of_the_guide(line, environment):
    cell, value, verdict, _ = (part.strip() for part in line.split("|"))
    given = feel.compile(value).evaluate({}, environment)
    assert (feel.compile_unary(cell).matches(given, {}, environment) is True) is (verdict == "命中")


def test_the_guide_has_examples():
    assert len(lines("feel")) > 15
    assert len(lines("cell")) > 10
