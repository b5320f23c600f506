"""``python -m tests.walks_at_random.figures FOLDER``: what all walks together have done, and whether that is enough."""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SHARE = 0.6  # of the acts that are accepted, at least
WANTED = 20  # completions of every user task, at least


def keep(folder: Path, name: str, figures: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")


def read(folder: Path) -> list[Mapping[str, Any]]:
    """The figures of every walk that is kept."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]


def completed(folder: Path, district: str) -> Counter[str]:
    """process.task → completions in the walks of a district so far."""
    return sum((Counter(walk["completed"]) for walk in read(folder) if walk["district"] == district), Counter())


def lines(walks: list[Mapping[str, Any]]) -> tuple[list[str], bool]:
    """What there is to say, and whether it is enough."""
    accepted = sum((Counter(walk["accepted"]) for walk in walks), Counter[str]())
    refused = sum((Counter(walk["refused"]) for walk in walks), Counter[str]())
    acts = accepted.total() + refused.total()
    share = accepted.total() / max(acts, 1)
    said = [
        f"walks: {len(walks)}, on {dict(sorted(Counter(walk['database'] for walk in walks).items()))}, projects: {sum(walk['projects'] for walk in walks)}",
        f"seeds: {' '.join(sorted({str(walk['seed']) for walk in walks}, key=int))}",
        f"acts: {acts:,}, accepted {accepted.total():,} ({share:.1%}), refused {refused.total():,}; the clock besides {sum(walk['waits'] for walk in walks):,} times",
    ]
    said += [f"  {kind}: {accepted[kind]:,} accepted, {refused[kind]:,} refused" for kind in sorted({*accepted, *refused})]
    enough = bool(walks) and share >= SHARE
    for district in sorted({walk["district"] for walk in walks}):
        mine = [walk for walk in walks if walk["district"] == district]
        tasks = sorted({task for walk in mine for task in walk["tasks"]})
        times = sum((Counter(walk["completed"]) for walk in mine), Counter[str]())
        few = {task: times[task] for task in tasks if times[task] < WANTED}
        said.append(
            f"{district}: {len(tasks)} user tasks, completed {times.total():,} times, the least {min(times[task] for task in tasks)} times; "
            f"fewer than {WANTED}: {', '.join(f'{task} {count}' for task, count in sorted(few.items())) or 'none'}"
        )
        enough = enough and not few
    return said, enough


def main() -> int:
    said, enough = lines(read(Path(sys.argv[1])))
    print(*said, "That is enough." if enough else "That is not enough.", sep="\n")
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
