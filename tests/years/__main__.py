"""``python -m tests.years``: two hundred projects of both districts for ten years; then the books are closed.

The database and how far it came stand in ``.tmp/soak/years-<seed>``; the next call goes on there. Another seed begins anew, and so does a call after the books
were closed, with a seed by chance. ``--close`` looks at the books as they are.
"""

import argparse
import json
import logging
import random
import signal
import sys
import time
from types import FrameType

from tests.soak.__main__ import KEPT
from tests.years import books, installation
from tests.years.decade import Decade, phases, today
from tests.years.town import since_then

BOOK = KEPT / "years.json"


class Stopped:
    """Whether somebody wants an end: what is under way is finished and kept first."""

    def __init__(self, minutes: float) -> None:
        self.until = time.monotonic() + minutes * 60
        self.told = False
        signal.signal(signal.SIGTERM, self._told)

    def _told(self, number: int, frame: FrameType | None) -> None:
        self.told = True

    @property
    def seconds(self) -> float:
        return 0.0 if self.told else self.until - time.monotonic()


def tell(decade: Decade) -> None:
    said = decade.figures
    print(
        f"{today(decade)}: {said.acts:,} acts, {sum(said.refused.values()):,} refused and said otherwise, {said.tried:,} unlawful attempts, {said.timers:,} instants, "
        f"{len(said.breaches)} breaches, {len(said.faults)} faults, {len(decade.stuck)} tasks wait long; {phases()}",
        flush=True,
    )


def run(given: argparse.Namespace) -> int:
    kept = json.loads(BOOK.read_text("utf-8")) if BOOK.is_file() else None
    if kept is None or (given.seed is not None and kept["seed"] != given.seed) or (given.seed is None and kept["closed"]):
        seed = random.randrange(10**6) if given.seed is None else given.seed
        kept = {"seed": seed, "projects": given.projects, "years": given.years, "minutes": 0.0, "closed": False}
    folder = KEPT / f"years-{kept['seed']}"
    folder.mkdir(parents=True, exist_ok=True)
    BOOK.write_text(json.dumps(kept), "utf-8")
    stopped, begun, state = Stopped(given.minutes), time.monotonic(), folder / "state"
    with installation.opened(folder, given.database, Decade.instant(state)):
        decade = Decade.kept(state) if state.is_file() else Decade(kept["seed"], kept["projects"], kept["years"])
        decade.go_on_at(since_then(decade.now))
        print(
            f"years: seed {decade.seed}, {decade.wanted} projects, {decade.first.year} to {decade.until.year}, at {today(decade)}",
            flush=True,
        )
        while stopped.seconds > 0 and not decade.over and not given.close:
            decade.live(min(30.0, stopped.seconds))
            decade.keep(state)
            tell(decade)
        kept["minutes"] = round(kept["minutes"] + (time.monotonic() - begun) / 60, 1)
        BOOK.write_text(json.dumps(kept), "utf-8")
        (folder / "figures.json").write_text(json.dumps(decade.figures.as_json(), ensure_ascii=False, indent=1), "utf-8")
        if not (decade.over or given.close):
            print("the same command goes on from here", *decade.figures.breaches, *decade.figures.faults, sep="\n")
            return 1 if decade.figures.breaches or decade.figures.faults else 0
        said = books.close(decade)
        kept["closed"] = decade.over
        BOOK.write_text(json.dumps(kept), "utf-8")
        print(
            *said.lines,
            *said.problems,
            f"{kept['minutes']} minutes. " + ("That is not well." if said.problems else "All is well."),
            sep="\n",
        )
        return 1 if said.problems else 0


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.years", description=__doc__)
    options.add_argument("--seed", type=int)
    options.add_argument("--minutes", type=float, default=38.0)
    options.add_argument("--projects", type=int, default=200)
    options.add_argument("--years", type=int, default=10)
    options.add_argument("--database", default="", help="the address of an empty PostgreSQL database, at every call; else SQLite")
    options.add_argument("--close", action="store_true")
    logging.disable(logging.INFO)
    return run(options.parse_args())


if __name__ == "__main__":
    sys.exit(main())
