"""Faults that workflow engines have had: each kind with its variations, told as scenarios whose expectation is the right value."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from app.rehearsal.library import Shelf
from app.rehearsal.scenarios import Suite

FAULTS = Path(__file__).parents[2] / "data" / "faults"
FILES = sorted(FAULTS.rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FAULTS).with_suffix("").as_posix())
def test_a_known_fault_does_not_come_back(path: Path) -> None:
    results = Suite(Shelf(Path(__file__).parents[3])).run(path)
    assert results
    assert [(result.case, result.step, result.difference) for result in results if not result.ok] == []


def test_every_kind_has_at_least_ten_variations() -> None:
    told: Counter[str] = Counter()
    for path in FILES:
        told[path.relative_to(FAULTS).parts[0]] += len(yaml.safe_load(path.read_text(encoding="utf-8")).get("cases", [None]))
    assert {path.name for path in FAULTS.iterdir() if path.is_dir()} == told.keys()
    assert {kind: number for kind, number in told.items() if number < 10} == {}
