"""Register rows made in a stage that has ended: what a return lets be done again takes their place, a drawn loop makes others (modelling.md §4, §7)."""

import pytest

from app.engine import commands

from .diagrams import chain, end, exclusive, flow, start, subprocess, throw, user
from .test_effecting import Project, lib, says


def stage(name: str, inner: str) -> str:
    """A task, and a milestone that makes a row of what it says."""
    made = throw(f"made_{inner}", extensions=says(record="deal"))
    return subprocess(
        name, start(f"s_{name}"), user(inner), made, end(f"e_{name}"), chain(f"s_{name}", inner, f"made_{inner}", f"e_{name}")
    )


BODY = (user("a"), stage("st", "b"), user("c", says(returnTo="a b")), end("end"), chain("start", "a", "st", "c", "end"))


def told(run: Project) -> list[tuple[int, str, int, bool]]:
    return [(row.scope, row.data["dealNo"], row.data["amount"], row.supersedes) for row in run.rows]


def played(*, deep: bool = False) -> Project:
    body = BODY
    if deep:
        outer = subprocess("outer", start("s_outer"), stage("st", "b"), end("e_outer"), chain("s_outer", "st", "e_outer"))
        body = (user("a"), outer, user("c", says(returnTo="a b")), end("end"), chain("start", "a", "outer", "c", "end"))
    run = Project(lib(start(), *body))
    run.complete("a")
    run.complete("b", {"amount": 1})
    return run


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("straight", [False, True])
@pytest.mark.parametrize("to", ["a", "b"])
def test_what_is_done_again_after_a_return_takes_the_place_of_the_row(*, deep: bool, straight: bool, to: str) -> None:
    """Step by step; and straight back, where what is said otherwise goes the ordinary way."""
    run = played(deep=deep)
    run.do(commands.Return(run.task("c"), to, straight))
    if to == "a":
        run.do(commands.CompleteTask(run.task("a"), {}, onward=straight))
        run.complete("b", {"amount": 2})
    else:
        run.complete("b", {"amount": 2})
    ((scope, number, *_), *_) = told(run)
    assert told(run) == [(scope, number, 1, False), (scope, number, 2, True)]
    assert run.open == ["c"]


def test_again_and_again_and_only_once_a_return() -> None:
    run = played()
    for amount in (2, 3):
        run.do(commands.Return(run.task("c"), "b", False))
        run.complete("b", {"amount": amount})
    assert [row[1:] for row in told(run)] == [("成2026-0001", 1, False), ("成2026-0001", 2, True), ("成2026-0001", 3, True)]
    assert len({row[0] for row in told(run)}) == 1


def test_a_straight_return_that_changes_nothing_leaves_the_row() -> None:
    run = played()
    run.do(commands.Return(run.task("c"), "b", True))
    run.complete("b", {"amount": 1})
    assert [row[2:] for row in told(run)] == [(1, False)]


def test_a_drawn_loop_into_the_stage_makes_a_row_of_its_own() -> None:
    again = (exclusive("again", "on"), flow("again", "st", "=again"), flow("again", "end", id="on"))
    run = Project(lib(start(), stage("st", "b"), *again, end("end"), chain("start", "st", "again")))
    run.complete("b", {"amount": 1, "again": True})
    run.complete("b", {"amount": 2, "again": False})
    assert [row[1:] for row in told(run)] == [("成2026-0001", 1, False), ("成2026-0002", 2, False)]
