"""Faults that workflow engines have had: each kind with its variations, told as scenarios whose expectation is the right value."""

from pathlib import Path

import pytest

from app.rehearsal.library import Shelf
from app.rehearsal.scenarios import Suite

FAULTS = Path(__file__).parents[2] / "data" / "faults"
FILES = sorted(FAULTS.rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FAULTS).with_suffix("").as_posix())
def test_a_known_fault_does_not_come_back(path: Path) -> None:
    results = Suite(Shelf(Path(__file__).parents[3])).run(path)
    assert results
    assert [(result.case, result.step, result.difference) for result in results if not result.ok] == []


def test_every_kind_has_variations() -> None:
    kinds = {path.name for path in FAULTS.iterdir() if path.is_dir()} if FAULTS.is_dir() else set()
    assert all(any(path.is_relative_to(FAULTS / kind) for path in FILES) for kind in kinds)
