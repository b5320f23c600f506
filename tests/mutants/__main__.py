"""``python -m tests.mutants``: draws faults with a seed, tries each in a copy of the tree, reports those that no test noticed.

What is known is kept in ``.tmp/mutants`` and used again: which tests pass where, until the product or one of the tests' own files changes; a fault that
died, until the product changes; one that survived, until a test changes. Ended in the midst, it goes on where it was.
"""

import argparse
import hashlib
import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .faults import Fault, find, is_python
from .passes import SETUP

ROOMS = "services acts domain access store"
ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".tmp" / "mutants"
TESTS = ("tests/unit", "tests/integration", "tests/processes")
APART = ("tests/unit/decision",)  # what they try imports nothing of the rooms
WITHOUT = "not postgresql and not browser and not soak and not releases"
PRODUCT = ("app/", "bpmn/", "dmn/", "forms/", "districts/")
MOST = 60  # seconds of the processor for one fault; what has not ended by then hangs. Not of the clock, for what else the machine does decides nothing
ENOUGH = 45  # of these, the seconds after which no further test is begun
ASLEEP = 240  # seconds of the clock: what waits for ever uses no processor
WORTH = 120.0  # seconds of tests, as they took while learning beside others, that are chosen for one fault
FROZEN = "migrations"  # what a released database went through is not changed any more


@dataclass(frozen=True, slots=True)
class Verdict:
    """``outcome``: killed, timeout, survived, untested. ``ran``, ``covering``: how many tests were run, and how many pass there."""

    name: str
    outcome: str
    ran: int
    covering: int
    seconds: float
    tests: str  # digest of the tests that judged


class Passages:
    """Which tests pass through which lines, and what they take."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.tests: dict[str, dict[str, float]] = known["tests"]
        self.lines: dict[str, dict[str, list[str]]] = known["lines"]
        self.reach: Counter[str] = Counter(
            test.removesuffix(SETUP) for lines in self.lines.values() for tests in lines.values() for test in tests
        )
        self.of_folder: dict[Path, list[str]] = defaultdict(list)
        for test in self.tests:
            self.of_folder[Path(file_of(test)).parent].append(test)
        self.setup: dict[str, float] = defaultdict(float)  # what a file shares is made once, for whichever of its tests comes first
        for test, took in self.tests.items():
            self.setup[file_of(test)] = max(self.setup[file_of(test)], took.get("setup", 0.0))

    def covering(self, fault: Fault) -> set[str]:
        """Tests that run the statement, those of a folder together where only what is set up for one does: what they share is set up for the first alone.
        For what runs once, at import and so in no test, all that run anything of the module, else any of its room's."""
        lines = self.lines.get(fault.file, {})
        here = [lines[str(line)] for line in range(fault.first, fault.last + 1) if str(line) in lines]
        there = {test for tests in here for passing in tests for test in self.sharing(passing)}
        if not there and (here or not lines):
            there = {test.removesuffix(SETUP) for tests in lines.values() for test in tests}
            there = there or {test for test in self.tests if room_of(fault.file) in Path(file_of(test)).parts}
        return there & self.tests.keys()

    def sharing(self, passing: str) -> list[str]:
        return self.of_folder[Path(file_of(passing)).parent] if passing.endswith(SETUP) else [passing]

    def nearest(self, fault: Fault, tests: Iterable[str]) -> list[str]:
        """The tests to run, as many as are worth it: those of files named like the module or package first, then of each file the one that passes through least, the
        next of each, and so on, for what one file looks at another does not."""
        module = Path(fault.file)
        stem = module.parent.name if module.stem == "__init__" else module.stem
        turn: Counter[str] = Counter()
        ranked: list[tuple[bool, int, int, str]] = []
        for test in sorted(tests, key=lambda test: (self.reach[test], test)):
            file = file_of(test)
            ranked.append((stem not in file, turn[file], self.reach[test], test))
            turn[file] += 1
        chosen: list[str] = []
        files: set[str] = set()
        spent = 0.0
        for *_, test in sorted(ranked):
            file = file_of(test)
            price = self.tests[test].get("call", 0.0) + (0.0 if file in files else self.setup[file])
            if not chosen or spent + price <= WORTH:
                chosen.append(test)
                files.add(file)
                spent += price
        return chosen


def file_of(test: str) -> str:
    return test.partition("::")[0]


def room_of(file: str) -> str:
    return Path(file).parts[1]


def is_below(file: Path, folders: tuple[str, ...]) -> bool:
    return file.as_posix().startswith(folders)


def digest(folder: Path, files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(f"{file}\0".encode() + hashlib.sha256((folder / file).read_bytes()).digest())
    return total.hexdigest()[:16]


def copy(folder: Path) -> list[Path]:
    """The tree as it stands, new files included, so that one may go on working beside. Returns its files."""
    said = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout
    files = [Path(name) for name in said.decode().split("\0") if name and (ROOT / name).is_file()]
    for file in files:
        (folder / file.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, folder / file)
    built = Path("app/web/static/built")
    if (ROOT / built).is_dir():
        shutil.copytree(ROOT / built, folder / built)
    return files


def pytest(folder: Path, *arguments: str, **environment: str) -> list[str]:
    """The command in a copy, whose own product is found before the installed one. ``environment``: what our plug-in is told."""
    told = {"PYTHONPATH": str(folder), "TZ": "UTC", **environment}
    base = ["-q", "--no-header", "-m", WITHOUT, "-p", "tests.mutants.passes", f"--basetemp={folder}/.basetemp"]
    return ["env", *(f"{name}={value}" for name, value in told.items()), sys.executable, "-m", "pytest", *base, *arguments]


def learn(folder: Path, files: list[Path], rooms: str) -> Passages:
    """The map of passages, taken anew only for test files that have changed. Fails if nothing could be learned."""
    kept = KEPT / "map.json"
    own = [file for file in files if file.name.startswith("test_") and is_below(file, TESTS) and not is_below(file, APART)]
    apart = ("docs/", "frontend/", "bench/", "tests/mutants/", "tests/soak/")
    base = digest(folder, (file for file in files if file not in own and not is_below(file, apart))) + rooms
    now = {file.as_posix(): digest(folder, [file]) for file in own}
    known: dict[str, Any] = {"base": base, "files": {}, "tests": {}, "failed": [], "lines": {}}
    if kept.is_file() and (found := json.loads(kept.read_text("utf-8")))["base"] == base:
        known = found
    fresh = sorted(file for file, seen in now.items() if known["files"].get(file) != seen)
    if fresh:
        print(f"Learning which test passes where: {len(fresh)} of {len(now)} test files", flush=True)
        gone = set(fresh) | (known["files"].keys() - now.keys())
        known["tests"] = {test: took for test, took in known["tests"].items() if file_of(test) not in gone}
        known["failed"] = [test for test in known["failed"] if file_of(test) not in gone]
        for lines in known["lines"].values():
            for line, tests in lines.items():
                lines[line] = [test for test in tests if file_of(test) not in gone]
        parts = folder / ".map"
        parts.mkdir()
        command = pytest(folder, "-n", "2", "--dist", "loadfile", *fresh, MUTANTS_MAP=str(parts), MUTANTS_ROOMS=rooms)
        subprocess.run(command, cwd=folder, check=False)
        for part in sorted(parts.glob("*.json")):
            learned = json.loads(part.read_text("utf-8"))
            known["tests"] |= learned["tests"]
            known["failed"] += learned["failed"]
            for file, lines in learned["lines"].items():
                there = known["lines"].setdefault(file, {})
                for line, tests in lines.items():
                    there[line] = there.get(line, []) + tests
        if not known["tests"]:
            sys.exit("No test passed: there is nothing to judge by")
        known["files"] = now
        kept.write_text(json.dumps(known), "utf-8")
    for test in known["failed"]:
        print(f"  left out, for it does not pass by itself: {test}")
    return Passages(known)


def draw(folder: Path, files: list[Path], rooms: str, *, seed: int, count: int) -> list[Fault]:
    """``count`` faults by chance; a larger count goes on where a smaller one ended."""
    places = [file for file in sorted(files) if file.suffix == ".py" and file.parts[0] == "app" and FROZEN not in file.parts]
    sources = {file.as_posix(): (folder / file).read_bytes() for file in places if file.parts[1] in rooms.split()}
    faults = [fault for file, source in sources.items() for fault in find(file, source)]
    random.Random(seed).shuffle(faults)
    drawn: list[Fault] = []
    for fault in faults:
        if len(drawn) < count and is_python(fault.put_into(sources[fault.file])):
            drawn.append(fault)
    print(f"{len(drawn)} of {len(faults)} faults in app/{{{','.join(rooms.split())}}}, seed {seed}", flush=True)
    return drawn


def attempt(folder: Path, fault: Fault, passages: Passages, tests: str) -> Verdict:
    """Put a fault into a copy, run the tests, take it out again."""
    covering = passages.covering(fault)
    if not covering:
        return Verdict(fault.name, "untested", 0, 0, 0.0, tests)
    chosen = passages.nearest(fault, covering)
    wanted = folder / ".tests.json"
    wanted.write_text(json.dumps(chosen), "utf-8")
    place = folder / fault.file
    source, stamp = place.read_bytes(), place.stat()
    begun = time.monotonic()
    place.write_bytes(fault.put_into(source))
    files = list(dict.fromkeys(map(file_of, chosen)))
    process = subprocess.Popen(
        pytest(folder, "-x", "-n", "0", "--no-summary", *files, MUTANTS_TESTS=str(wanted), MUTANTS_SECONDS=f"{ENOUGH} {MOST}", PYTHONDONTWRITEBYTECODE="1"),
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        ended = process.wait(ASLEEP)
        # 5: a fault has taken the very tests away that were to run; nobody complained
        outcome = "survived" if ended in (0, 5) else "timeout" if ended == -signal.SIGKILL else "killed"
    except subprocess.TimeoutExpired:
        outcome = "timeout"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        place.write_bytes(source)
        os.utime(place, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # what was compiled of it holds again
    said = wanted.read_text("utf-8")
    ran = int(said) if said.isdecimal() else len(chosen)
    return Verdict(fault.name, outcome, ran, len(covering), round(time.monotonic() - begun, 1), tests)


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    options.add_argument("--seed", type=int, default=random.randrange(10**6), help="the same seed draws the same faults")
    options.add_argument("--count", type=int, default=300)
    options.add_argument("--rooms", default=ROOMS, help="folders of app")
    options.add_argument("--workers", type=int, default=2)
    given = options.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="quancheng-mutants-") as name:
        return judge(Path(name), given)


def judge(folder: Path, given: argparse.Namespace) -> int:
    """Everything below a folder that is thrown away afterwards."""
    original = folder / "original"
    files = copy(original)
    subprocess.run([sys.executable, "-m", "compileall", "-q", "app", "tests"], cwd=original, check=True)
    passages = learn(original, files, given.rooms)
    faults = draw(original, files, given.rooms, seed=given.seed, count=given.count)
    tests = digest(original, (file for file in files if is_below(file, TESTS) or file.parent.name == "tests"))
    book = KEPT / f"{digest(original, (file for file in files if is_below(file, PRODUCT)))}.jsonl"
    verdicts: dict[str, Verdict] = {}
    for line in book.read_text("utf-8").splitlines() if book.is_file() else []:
        verdict = Verdict(**json.loads(line))
        verdicts[verdict.name] = verdict

    def settled(fault: Fault) -> bool:
        known = verdicts.get(fault.name)
        return known is not None and (known.outcome in ("killed", "timeout") or known.tests == tests)

    waiting: queue.SimpleQueue[Fault] = queue.SimpleQueue()
    for fault in faults:
        if not settled(fault):
            waiting.put(fault)
    print(f"{waiting.qsize()} to try, {len(faults) - waiting.qsize()} known from before", flush=True)
    begun, lock = time.monotonic(), threading.Lock()

    def work(own: Path) -> None:
        shutil.copytree(original, own, ignore=shutil.ignore_patterns(".basetemp", ".map"))
        while True:
            try:
                fault = waiting.get_nowait()
            except queue.Empty:
                return
            verdict = attempt(own, fault, passages, tests)
            with lock, book.open("a", encoding="utf-8") as out:
                out.write(json.dumps(asdict(verdict)) + "\n")
                verdicts[fault.name] = verdict
                done, spent = sum(map(settled, faults)), (time.monotonic() - begun) / 60
                said = f"{verdict.outcome} in {verdict.seconds} s  {fault.file}:{fault.line} {fault.kind}"
                print(f"{done}/{len(faults)} {spent:.1f} min  {said}", flush=True)

    with ThreadPoolExecutor(given.workers) as pool:
        for worker in [pool.submit(work, folder / str(number)) for number in range(given.workers)]:
            worker.result()
    report(original, faults, verdicts, given.seed)
    return 0


def report(folder: Path, faults: list[Fault], verdicts: dict[str, Verdict], seed: int) -> None:
    counts = Counter(verdicts[fault.name].outcome for fault in faults)
    died = counts["killed"] + counts["timeout"]
    print(f"\nSeed {seed}: {died} of {len(faults)} died ({died / len(faults):.1%}), {counts['timeout']} of them in no {MOST} s;")
    print(f"{counts['survived']} survived, {counts['untested']} stand where no test passes.")
    for fault in sorted(faults, key=lambda fault: (fault.file, fault.line)):
        verdict = verdicts[fault.name]
        if verdict.outcome in ("survived", "untested"):
            source = (folder / fault.file).read_bytes()
            before = source[fault.start : fault.end].decode()
            print(f"\n{fault.file}:{fault.line}  {fault.kind}; {verdict.ran} of the {verdict.covering} tests that pass there were run")
            print(f"  - {' '.join(before.split())}\n  + {' '.join(fault.new.split()) or '(nothing)'}")


if __name__ == "__main__":
    sys.exit(main())
