"""The ways around the two regulations that people thought of, and who tries each: tests/data/evasions.csv.

A row names a requirement, what the cheapest dishonest official tries, and the cases and tests that try it. None may be missing or show only what is allowed.
"""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from app.rehearsal.case_names import REFUSED, requirements
from app.rehearsal.scenario_files import Scenario, read
from tests.integration.districts.registers import entries

ROOT = Path(__file__).parents[3]
REGISTER = ROOT / "tests" / "data" / "evasions.csv"
HOW_MANY, GRAVEST = 107, 20  # requirements; ways that undid what a whole article is for
PER_DISTRICT = GRAVEST // 2


class Evasion(NamedTuple):
    """``held``: what tries it, separated by bars: a scenario's file and case, or a test."""

    requirement: str
    gravest: str
    tried: str
    held: str


def register() -> list[Evasion]:
    return entries(REGISTER, Evasion)


@cache
def cases(file: str) -> dict[str, Scenario]:
    return {case.key: case for case in read(ROOT / "scenarios" / f"{file}.yaml").cases}


@cache
def written(file: str) -> dict[str, str]:
    """The tests of a file by name, with what they say of themselves: docstring, marks, parameters."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return {node.name: " ".join([ast.get_docstring(node) or "", *map(ast.unparse, node.decorator_list)]) for node in found}


def test_no_requirement_that_could_be_evaded_is_missing() -> None:
    rows = register()
    assert len({row.requirement for row in rows}) == HOW_MANY
    heavy = [row.requirement[:2] for row in rows if row.gravest]
    assert (heavy.count("FX"), heavy.count("SC")) == (PER_DISTRICT, PER_DISTRICT)
    assert len({row.tried for row in rows}) == len(rows)
    known = {line.partition(",")[0] for path in (ROOT / "districts").glob("*.clauses.csv") for line in path.read_text("utf-8").splitlines()}
    assert {row.requirement for row in rows} <= known


@pytest.mark.parametrize("row", register(), ids=lambda row: f"{row.requirement} {row.tried}")
def test_somebody_tries_it_and_is_refused(row: Evasion) -> None:
    for place in row.held.split(" | "):
        if place.startswith("tests/"):
            file, _, name = place.partition("::")
            assert re.search(rf"{row.requirement}(?!\d)", written(file)[name]), f"{place} does not say that it is about {row.requirement}"
        else:
            file, _, name = place.partition(": ")
            case = cases(file)[name]
            assert REFUSED in requirements(case.name).get(row.requirement, ()), f"{place} shows only what {row.requirement} allows"
            assert "decide" not in (case.process, *(Path(model).stem for model in case.models or ())), f"{place} asks a table alone"
