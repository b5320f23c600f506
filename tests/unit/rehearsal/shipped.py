"""The shipped scenarios, run once a worker for all tests that look at what came of them."""

from functools import cache
from pathlib import Path

from app.rehearsal.library import Shelf
from app.rehearsal.scenarios import CaseResult, Suite

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "scenarios").rglob("*.yaml"))
GROUP = "shipped_scenarios"  # of xdist: whoever asks for the results runs on one worker


@cache
def suite() -> Suite:
    return Suite(Shelf(ROOT))


@cache
def results(path: Path) -> tuple[CaseResult, ...]:
    return tuple(suite().run(path))


def every() -> list[CaseResult]:
    return [result for path in FILES for result in results(path)]
