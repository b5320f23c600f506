"""``python -m tests.rows``: each change of each table, tried by the cases of processes that ask it; those that nobody notices are listed.

A case counts that goes through a process, not one that asks the table alone. Tables of who reads what are left out: the server alone asks them, and
``tests/integration`` (``test_reading.py``) is what holds them. The result stands in ``.tmp/soak/rows.json``. A part of the whole (``--part 2/4``)
takes every fourth change, so that no call is long; ``--only change_route`` those of one table. A change after which the file cannot be read is no test of the
cases: it is told apart and counts for neither. Why some are noticed by nobody says ``equivalent.py``.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.domain import districts
from app.domain.districts import SHARED
from app.errors import InvalidRequest
from app.rehearsal.library import Models, Shelf
from app.rehearsal.scenario_files import Scenario, read
from app.rehearsal.scenarios import Suite
from app.rehearsal.tracing.constants import Constants
from tests.rows.equivalent import REASONS
from tests.rows.mutations import Mutation, of_file

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".tmp" / "soak"
MOST_SURVIVING = 0.02  # of all changes
READING = frozenset({"readable", "content_kind"})  # of no process
UNSEEN = frozenset({"overdue", "visibility"})  # tables that the product asks everywhere, of which no trail says anything
ALONE = "decide"  # the process that asks one table and does nothing else


class Fate(StrEnum):
    """What came of a change."""

    NOTICED = "noticed"
    LEFT = "left"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Known:
    """A case of a process that holds, with what it goes through."""

    case: Scenario
    trail: frozenset[str]


class Bench(Suite):
    """The installation's models with one file in another's place."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__(shelf)
        self.changed: dict[str | None, Models] = {}

    def change(self, mutation: Mutation, districts_: Sequence[str]) -> None:
        owner = self.shelf.owner(Path(mutation.file))
        self.changed = {}
        for district in districts_:
            models = Models(self.shelf.district(district), beneath=self.shelf.models(district), phases=self.shelf.every_phase())
            models.add(mutation.file, mutation.content, owner)
            self.changed[district] = models

    def models(self, case: Scenario) -> Models:
        if not self.changed:
            return super().models(case)
        changed = self.changed[case.district]
        return changed if case.models is None else self.own(self.files(case), case.district, changed)


def cases(bench: Bench, key: str) -> list[Known]:
    """The cases of processes of a district that hold as it is."""
    constants = Constants(bench.shelf.models(key))
    found = []
    for path in sorted((ROOT / "scenarios").rglob("*.y*ml")):
        for case in read(path).cases:
            if case.district == key and case.process != ALONE:
                result = bench.run_case(case)
                if not result.ok:
                    raise SystemExit(f"{path.name} {case.name}: {result.difference}")
                found.append(Known(case, constants.with_rows(result.trail | UNSEEN)))
    return found


def mutations() -> list[Mutation]:
    return [one for path in sorted((ROOT / "dmn").rglob("*.dmn")) if path.stem not in READING for one in of_file(ROOT, path)]


def fate(bench: Bench, mutation: Mutation, known: Sequence[Known], district: str) -> Fate:
    """Whether a case of a district that asks the table fails. A change that leaves a file nobody can read is no test of the cases."""
    asking = [one for one in known if mutation.decision in UNSEEN or mutation.decision in one.trail or mutation.place in one.trail]
    asking.sort(key=lambda one: (mutation.place not in one.trail, len(one.trail)))
    try:
        bench.change(mutation, [district])
    except InvalidRequest:
        return Fate.UNREADABLE
    try:
        return Fate.LEFT if all(bench.run_case(one.case).ok for one in asking) else Fate.NOTICED
    finally:
        bench.changed = {}


def of_district(key: str, number: int, of: int, only: str) -> Iterator[tuple[str, Fate]]:
    bench = Bench(Shelf(ROOT))
    known = cases(bench, key)
    for mutation in [one for one in mutations() if only in one.name][number - 1 :: of]:
        if bench.shelf.owner(Path(mutation.file)) in (SHARED, key):
            yield mutation.name, fate(bench, mutation, known, key)


def _run(job: tuple[str, int, int, str]) -> list[tuple[str, Fate]]:
    return list(of_district(*job))


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.rows", description=__doc__)
    options.add_argument("--part", default="1/1")
    options.add_argument("--district")
    options.add_argument("--only", default="", help="only changes whose name (file, table.row, what) contains this")
    options.add_argument("--workers", type=int, default=2, help="processes at a time; a district is one's work")
    given = options.parse_args()
    number, of = map(int, given.part.split("/"))
    keys = [given.district] if given.district else sorted(districts.load_all(ROOT / "districts"))
    begun = time.monotonic()
    fates: dict[str, list[Fate]] = {}
    with multiprocessing.get_context("fork").Pool(given.workers) as pool:
        for found in pool.imap_unordered(_run, [(key, number, of, given.only) for key in keys]):
            for name, came in found:
                fates.setdefault(name, []).append(came)
    unreadable = sorted(name for name, came in fates.items() if Fate.UNREADABLE in came)
    for name in unreadable:
        del fates[name]
    left = sorted(name for name, came in fates.items() if Fate.NOTICED not in came)  # a shared table is noticed where one district notices
    for name in left:
        print(name, *(["—", REASONS[name]] if name in REASONS else []))
    share = len(left) / max(1, len(fates))
    print(f"{len(fates)} changes, {len(left)} noticed by nobody ({share:.1%}), {(time.monotonic() - begun) / 60:.1f} min")
    print(f"{len(unreadable)} more leave a file that cannot be read", *unreadable, sep="\n")
    print(*(f"{file}: {count}" for file, count in Counter(name.split()[0] for name in left).most_common(12)), sep="\n")
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / "rows.json").write_text(
        json.dumps({"part": given.part, "changes": len(fates), "left": left, "unreadable": unreadable}, ensure_ascii=False, indent=1),
        "utf-8",
    )
    return 0 if share <= MOST_SURVIVING else 1


if __name__ == "__main__":
    sys.exit(main())
