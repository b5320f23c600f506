"""What the flows alone make certain is said before a diagram runs."""

import pytest

from app.engine import read
from app.engine.soundness import check
from tests.effort import effort

from .diagrams import (
    TERMINATE,
    boundary,
    catch,
    chain,
    end,
    exclusive,
    file,
    flow,
    inclusive,
    loop,
    on_link,
    parallel,
    process,
    start,
    subprocess,
    throw,
    timer,
    user,
)


def findings(*body: str) -> list[tuple[str, str]]:
    return [(problem.element, problem.code) for problem in check(read(file(process(start(), *body)), "x").processes[0])]


def test_a_join_behind_an_exclusive_choice_never_fires():
    body = [
        exclusive("g", "d"),
        user("a"),
        user("b"),
        parallel("j"),
        end(),
        chain("start", "g"),
        flow("g", "a", "=x"),
        flow("g", "b", id="d"),
        chain("a", "j", "end"),
        chain("b", "j"),
    ]
    assert findings(*body) == [("j", "JOIN_NEVER_FIRES")]


def test_a_join_that_one_choice_leaves_waiting_is_a_warning():
    body = [
        parallel("f"), user("a"), user("b"), exclusive("g", "d"), parallel("j"), end(), end("other"),
        chain("start", "f", "a", "j", "end"), chain("f", "b", "g"), flow("g", "j", "=x"), flow("g", "other", id="d"),
    ]  # fmt: skip
    assert findings(*body) == [("j", "JOIN_MAY_WAIT")]
    assert findings(*(part.replace("parallelGateway", "inclusiveGateway") if 'id="j"' in part else part for part in body)) == []


def test_what_cannot_end_is_named():
    body = [user("a"), user("lost"), user("round"), exclusive("m"), end(), chain("start", "a", "m", "round", "m"), chain("lost", "end")]
    assert findings(*body) == [
        ("start", "END_UNREACHABLE"),
        ("a", "END_UNREACHABLE"),
        ("round", "END_UNREACHABLE"),
        ("m", "END_UNREACHABLE"),
    ]


def test_a_loop_that_multiplies_its_tokens_is_named():
    body = [exclusive("m"), parallel("f"), user("a"), end(), chain("start", "m", "f", "a", "end"), chain("f", "m")]
    assert [code for _, code in findings(*body)] == ["TOKENS_MULTIPLY"]


@pytest.mark.parametrize("kind", [parallel, inclusive])
def test_sound_diagrams_are_left_alone(kind):
    condition = "=true" if kind is inclusive else None
    body = [
        exclusive("m"), kind("f"), user("a"), boundary("t", "a", timer("Duration", "PT1H")), user("b"), kind("j"), exclusive("g", "out"), end(),
        chain("start", "m", "f"), flow("f", "a", condition), flow("f", "b", condition), chain("a", "x"), chain("t", "x", "j"), chain("b", "j", "g"), exclusive("x"),
        flow("g", "m", "=again"), flow("g", "end", id="out"),
    ]  # fmt: skip
    assert findings(*body) == []


def test_inner_levels_are_looked_at_too():
    inner = subprocess(
        "sp",
        start("s2"),
        exclusive("g", "d"),
        parallel("j"),
        end("e2"),
        chain("s2", "g"),
        flow("g", "j", "=x"),
        flow("g", "j", id="d"),
        chain("j", "e2"),
        loop=loop("=[1]"),
    )
    assert findings(inner, end(), chain("start", "sp", "end")) == [("j", "JOIN_NEVER_FIRES")]


def test_events_links_and_termination_are_paths():
    body = [
        parallel("f"), user("a"), throw("away", on_link("L")), catch("here", on_link("L")), end("stop", TERMINATE), user("b"), parallel("j"), end(),
        chain("start", "f", "a", "away"), chain("here", "stop"), chain("f", "b", "j", "end"), chain("f", "j"),
    ]  # fmt: skip
    assert findings(*body) == []


def test_a_fork_twice_as_wide_costs_little_more_than_twice_as_much():
    def look(width: int) -> None:
        names = [f"n{number}" for number in range(width)]
        body = [
            parallel("f"),
            *(user(name) for name in names),
            parallel("j"),
            end(),
            chain("start", "f"),
            *(chain("f", name, "j") for name in names),
        ]
        assert findings(*body, chain("j", "end")) == []

    look(5)  # what is made once
    assert effort(lambda: look(30)) < 6 * effort(lambda: look(15))
