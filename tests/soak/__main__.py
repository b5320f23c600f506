"""``python -m tests.soak PART``: a part of the long trials, round by round; each round is a run of pytest with a seed of its own.

How far a part came stands in ``.tmp/soak/<part>.json``; the next call goes on there with the same seed. A round that fails is tried again by the next
call. Another seed begins anew, and so does a call after the last round, with a seed by chance.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".tmp" / "soak"
PROPERTIES = [
    f"tests/unit/{file}" for file in ("decision/feel/test_properties.py", "decision/feel/test_regex.py", "decision/dmn", "domain")
]
RACES = [f"tests/integration/services/test_{file}.py" for file in ("races", "deadlines", "transaction", "messages")]


@dataclass(frozen=True, slots=True)
class Part:
    """``size``: things tried in a round. ``environment``: how many the tests are to make; ``{first}`` becomes the number of the round's first thing, ``{seed}``
    the part's seed. ``closing``: what says after the last round whether all of them together are enough."""

    what: str
    rounds: int
    size: int
    arguments: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    closing: list[str] = field(default_factory=list)


PARTS = {
    "models": Part(
        "random models against the reference interpreter", 50, 1_000, ["tests/unit/engine/test_random_models.py"],
        {"FUZZ_MODELS": "1000", "FUZZ_SEED": "{first}"},
    ),
    "graphs": Part(
        "random graphs against a token game", 25, 2_000, ["tests/unit/engine/test_random_graphs.py"],
        {"FUZZ_MODELS": "1000", "FUZZ_SEED": "{first}"},
    ),
    "expressions": Part(
        "random expressions, cells and texts: a value or an error that FEEL knows", 25, 2_000, ["tests/unit/decision/feel/test_fuzz.py"],
        {"FUZZ_EXAMPLES": "2000"},
    ),
    "laws": Part(
        "what holds for every number, date, pattern and table", 25, 2_000, ["-m", "hypothesis", *PROPERTIES], {"FUZZ_EXAMPLES": "20000"},
    ),
    "races": Part(
        "people at the same moment, messages in pairs, processes killed", 10, 1, ["--dist", "loadgroup", *RACES, "tests/acceptance/test_crash.py"],
    ),
    "seats": Part(
        "random acts by random seats of both districts, on both databases", 14, 1, ["tests/walks_at_random/test_walks.py"],
        {"WALK_ACTS": "1500", "WALK_SEED": "{first}", "WALK_FIGURES": f"{KEPT}/seats-{{seed}}"},
        ["-m", "tests.walks_at_random.figures", f"{KEPT}/seats-{{seed}}"],
    ),
}  # fmt: skip


def attempt(part: Part, seed: int, number: int, seconds: float, workers: int) -> bool | None:
    """One round: whether it passed; None if its time was over before."""
    first = str(seed + number * part.size)
    environment = {name: value.format(first=first, seed=seed) for name, value in part.environment.items()}
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(workers), f"--hypothesis-seed={seed + number}", *part.arguments]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, start_new_session=True)
    try:
        passed = process.wait(max(seconds, 1.0)) == 0
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if not passed:
        print("Again by itself:", *(f"{name}={value}" for name, value in environment.items()), "pytest", *command[3:], flush=True)
    return passed


def run(name: str, seed: int | None, minutes: float, workers: int = 2) -> int:
    part = PARTS[name]
    book = KEPT / f"{name}.json"
    kept = json.loads(book.read_text("utf-8")) if book.is_file() else None
    if kept is None or (seed is not None and kept["seed"] != seed) or (seed is None and kept["done"] >= part.rounds):
        kept = {"seed": random.randrange(10**6) if seed is None else seed, "done": 0, "minutes": 0.0}
    print(f"{name}: {part.what}. Seed {kept['seed']}, round {kept['done'] + 1} of {part.rounds}, at most {minutes:g} minutes", flush=True)
    begun = time.monotonic()
    longest = 0.0
    while kept["done"] < part.rounds:
        left = minutes * 60 - (time.monotonic() - begun)
        if left < longest:
            break
        started = time.monotonic()
        passed = attempt(part, kept["seed"], kept["done"], left, workers)
        if passed is None:
            print(f"{name}: a round was cut off, for its time was over", flush=True)
            break
        longest = max(longest, time.monotonic() - started)
        kept["minutes"] = round(kept["minutes"] + (time.monotonic() - started) / 60, 2)
        if passed:
            kept["done"] += 1
        KEPT.mkdir(parents=True, exist_ok=True)
        book.write_text(json.dumps(kept), "utf-8")
        if not passed:
            print(f"{name}: round {kept['done'] + 1} failed with seed {kept['seed']}; the same command tries it again", flush=True)
            return 1
        print(
            f"{name}: {kept['done']} of {part.rounds} rounds, {kept['done'] * part.size:,} of {part.rounds * part.size:,}, {kept['minutes']} min",
            flush=True,
        )
    if kept["done"] < part.rounds:
        print(f"{name}: {kept['done']} of {part.rounds} rounds are done; the same command goes on from here", flush=True)
        return 0
    return subprocess.call([sys.executable, *(word.format(seed=kept["seed"]) for word in part.closing)], cwd=ROOT) if part.closing else 0


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    options.add_argument("part", choices=PARTS)
    options.add_argument("--seed", type=int)
    options.add_argument("--minutes", type=float, default=40.0)
    options.add_argument("--workers", type=int, default=2)
    given = options.parse_args()
    return run(given.part, given.seed, given.minutes, given.workers)


if __name__ == "__main__":
    sys.exit(main())
