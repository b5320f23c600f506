"""A straight return is judged again by whatever carries a corrected answer to a question between: mappings, scripts, stages, called processes, collections."""

import pytest

from .diagrams import call, chain, end, exclusive, flow, io, loop, process, script, start, subprocess, user
from .test_returning import build, give_back, task


def gate(condition: str) -> tuple[str, ...]:
    return (
        exclusive("big", "small"),
        task("check"),
        task("judge", "fill"),
        end(),
        flow("big", "check", condition),
        flow("big", "judge", id="small"),
        chain("check", "judge", "end"),
    )


ASKS = (
    exclusive("big", "small"),
    task("check"),
    end("e"),
    end("none"),
    chain("s", "big"),
    flow("big", "none", id="small"),
    chain("check", "e"),
)
ROUND = (task("judge", "fill"), end(), chain("start", "fill", "st", "judge", "end"))
CALLED = process(start("s"), *ASKS, flow("big", "check", "=amount > 5"), id="c")
STAGE = subprocess("st", start("s"), *ASKS, flow("big", "check", "=total > 5"), extensions=io({"total": "=amount"}))

WAYS = {
    "output mapping": (task("fill", extensions=io(outputs={"total": "=amount"})), *gate("=total > 5"), chain("start", "fill", "big")),
    "script": (task("fill"), script("sum", "=amount + 0", "total"), *gate("=total > 5"), chain("start", "fill", "sum", "big")),
    "filter": (task("fill"), *gate("=count([6][item = amount]) > 0"), chain("start", "fill", "big")),
    "stage": (task("fill"), STAGE, *ROUND),
    "called process": (task("fill"), call("st", "c"), *ROUND),
    "collection": (
        task("fill"), user("check", "", loop("=[5, 6][item <= amount]", "one")), task("judge", "fill"), end(),
        chain("start", "fill", "check", "judge", "end"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_whoever_was_passed_over_is_asked(begin, way):
    run = begin(build(*WAYS[way], called=CALLED))
    run.complete("fill", {"amount": 4 if way != "collection" else 5})
    if way == "collection":
        run.complete("check")
    give_back(run, "judge", "fill", straight=True)
    run.complete("fill", {"amount": 6})
    assert set(run.open) == {"check"}


def test_an_answer_that_leaves_as_it_was_keeps_the_return_straight(begin):
    """What a task fills in counts as it leaves the task."""
    fill = task("fill", extensions=io(outputs={"total": "=amount", "note": "=note"}))
    run = begin(build(fill, task("between"), *gate("=total > 5"), chain("start", "fill", "between", "big")))
    run.complete("fill", {"amount": 4, "note": "一"})
    run.complete("between")
    give_back(run, "judge", "fill", straight=True)
    run.complete("fill", {"amount": 4, "note": "二"})
    assert run.open == ["judge"]
