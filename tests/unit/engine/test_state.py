"""The stored state: our format, small, young at any age, and whole."""

import json
import threading
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from app.engine import NotOpen, State, StateError, commands, read, step
from tests.effort import effort

from .diagrams import (
    boundary,
    call,
    chain,
    end,
    exclusive,
    file,
    flow,
    inclusive,
    io,
    loop,
    message,
    node,
    parallel,
    process,
    receive,
    script,
    service,
    start,
    subprocess,
    timer,
    user,
)
from .runs import START, Run, library

DATA = Path(__file__).parents[2] / "data" / "engine"


def build(*body: str, roots: str = ""):
    return library(file(roots, process(start(), *body)))


LOOP = [
    exclusive("m"),
    user("a"),
    exclusive("g", "out"),
    end(),
    chain("start", "m", "a", "g"),
    flow("g", "m", "=again"),
    flow("g", "end", id="out"),
]
RICH = [
    parallel("f"),
    user("a", io({"x": "=1"})),
    boundary("t", "a", timer("Cycle", "R/P1M"), False),
    subprocess(
        "sp",
        start("s2"),
        user("u", "", loop("=[1, 2]", "i", "out", "=r")),
        end("e2"),
        chain("s2", "u", "e2"),
        extensions=io({"deep": "=2.50"}),
    ),
    call("ca", "c"),
    receive("r", "msg"),
    inclusive("j"),
    service("w"),
    end(),
    chain("start", "f", "a", "j", "w", "end"),
    chain("f", "sp", "j"),
    chain("f", "ca", "j"),
    chain("f", "r", "j"),
    chain("t", "j"),
]
RICH_FILES = (
    file(message("msg", "go", "=k"), process(start(), *RICH)),
    file(process(start(), user("cu"), end(), chain("start", "cu", "end"), id="c")),
)


def test_the_state_is_ours_and_holds_no_specification():
    run = Run(library(*RICH_FILES), variables={"k": "1", "amount": Decimal("4000000.01")})
    run.complete("cu", {"done": True})
    document = json.loads(run.current.dump())
    assert document["format"] == 1
    assert {"catalogue", "state", "counters", "instances", "tokens", "waits", "incidents"} <= set(document)
    text = run.current.dump()
    for word in ("SpiffWorkflow", "bpmn:", "zeebe", "outgoing", "Gateway", "due"):
        assert word not in text
    assert "4000000.01" in text
    assert len(text) < 2500


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "{",
        '{"format": 2}',
        '{"format": 1}',
        '{"format":1,"instances":[],"tokens":[]}',
        "x" * 10,
        "[" * 100_000,
        '{"format":1,"instances":[{"id":1,"definition":77}]}',
    ],
)
def test_a_damaged_state_is_refused_in_words(text):
    lib = build(user("a"), end(), chain("start", "a", "end"))
    with pytest.raises(StateError):
        State.load(text, lib).tokens()


def test_a_state_whose_definition_has_changed_underneath_is_refused():
    lib = build(user("a"), end(), chain("start", "a", "end"))
    text = Run(lib).current.dump()
    other = build(user("b"), end(), chain("start", "b", "end"))
    with pytest.raises(StateError):
        State.load(text, other).tokens()


def test_loading_is_lazy_and_reading_changes_nothing():
    lib = library(*RICH_FILES)
    text = Run(lib, variables={"k": "1"}).current.dump()
    state = State.load(text, lib)
    assert state._tree is None
    assert state.root_state == "active"
    assert state._tree is None
    state.tokens(), state.open_waits(), state.scopes(), state.instances()
    assert state.dump() == text


def test_the_same_state_may_be_stepped_twice_with_the_same_result():
    lib = library(*RICH_FILES)
    run = Run(lib, variables={"k": "1"})
    before = run.current
    text = before.dump()
    command = commands.CompleteTask(run.task("a"), {"y": 1})
    first, first_effects = step(lib, before, command, START)
    second, second_effects = step(lib, before, command, START)
    assert (first.dump(), first_effects) == (second.dump(), second_effects)
    assert before.dump() == text


def test_variables_that_the_caller_changes_afterwards_do_not_reach_the_state():
    lib = build(user("a"), end(), chain("start", "a", "end"))
    given = {"list": [1, {"deep": 2}]}
    state, _ = step(lib, None, commands.Start(1, given), START)
    given["list"].append(3)
    given["list"][1]["deep"] = 9
    assert state.variables() == {"list": [1, {"deep": 2}]}


def test_a_rework_loop_of_5000_passes_costs_the_same_at_its_end():
    run = Run(build(*LOOP), reload=True)
    again = partial(run.complete, "a", {"again": True})
    again()
    young = effort(again)
    run.effects.clear()
    for _ in range(5000):
        again()
    assert len(run.current.dump()) < 600
    assert effort(again) <= young + 10
    assert len(run.current.tokens()) == 1
    run.complete("a", {"again": False})
    assert run.done


def test_a_cycle_of_reminders_leaves_nothing_behind():
    run = Run(
        build(
            user("a"),
            boundary("t", "a", timer("Cycle", "R/PT1H"), False),
            script("s", "=1", "x"),
            end("e2"),
            end(),
            chain("start", "a", "end"),
            chain("t", "s", "e2"),
        )
    )
    sizes = []
    for _ in range(300):
        run.fire("t")
        sizes.append(len(run.current.dump()))
    assert max(sizes[10:]) - min(sizes[10:]) < 20


@pytest.mark.parametrize("task", [lambda name: node("task", name), lambda name: script(name, "=1", "x")], ids=["pass", "script"])
def test_a_chain_of_a_thousand_nodes_is_read_and_runs(task):
    def go(length: int) -> None:
        names = [f"n{number}" for number in range(length)]
        run = Run(library(file(process(start(), *(task(name) for name in names), end(), chain("start", *names, "end")))))
        assert run.done
        assert len(run.path) == length + 2

    go(10)  # what is made once
    assert effort(lambda: go(1000)) < 2.5 * effort(lambda: go(500))


def test_a_loop_of_ten_thousand_passes_in_one_act_does_not_recurse():
    body = [exclusive("m"), script("s", "=if n = null then 1 else n + 1", "n"), exclusive("g", "out"), end(), chain("start", "m", "s", "g")]
    run = Run(build(*body, flow("g", "m", "=n < 5000"), flow("g", "end", id="out")))
    assert (run.done, run.variables["n"]) == (True, 5000)


def test_sub_processes_nested_forty_deep_run():
    inner = user("u")
    for depth in range(40):
        inner = subprocess(
            f"sp{depth}",
            start(f"s{depth}"),
            inner,
            end(f"e{depth}"),
            chain(f"s{depth}", "u" if depth == 0 else f"sp{depth - 1}", f"e{depth}"),
        )
    run = Run(build(inner, end(), chain("start", "sp39", "end")), reload=True)
    run.complete("u", {"x": 1})
    assert (run.done, run.variables) == (True, {"x": 1})


def test_threads_share_a_definition_without_cross_talk():
    lib = library(*RICH_FILES)
    failures: list[str] = []

    def work(first: int) -> None:
        for number in range(first, first + 40):
            run = Run(lib, variables={"k": str(number), "mine": number}, reload=True)
            run.complete("cu", {"child": number})
            run.complete("a")
            for value in (1, 2):
                run.complete("u", {"r": value * number})
            run.deliver("r", {"got": number})
            if (
                run.jobs[run.job("w")].variables != {**run.variables}
                or run.variables["mine"] != number
                or run.variables["out"] != [number, 2 * number]
            ):
                failures.append(f"{number}: {run.variables}")
            run.finish("w")
            if not run.done:
                failures.append(f"{number} is not done")

    threads = [threading.Thread(target=work, args=(first * 1000,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_the_state_of_this_release_can_be_read():
    """Later releases must read what this one has written."""
    lib = library((DATA / "rich.bpmn").read_bytes(), (DATA / "called.bpmn").read_bytes())
    state = State.load((DATA / "state_format_1.json").read_text(encoding="utf-8"), lib)
    assert state.dump() == (DATA / "state_format_1.json").read_text(encoding="utf-8").strip()
    assert sorted({token.element_id for token in state.tokens()}) == ["a", "ca", "cu", "j", "sp", "u"]
    assert {wait.element_id for wait in state.open_waits()} == {"t"}
    assert state.variables()["amount"] == Decimal("4000000.01")
    task = next(task for task in state.open_tasks() if task.element_id == "cu")
    after, _ = step(lib, state, commands.CompleteTask(task.element, {"x": 1}), START)
    assert "ca" not in {token.element_id for token in after.tokens()}


def test_names_that_once_broke_instances_are_plain_variables(begin):
    run = begin(
        build(
            user("a"),
            exclusive("g", "d"),
            user("b"),
            end(),
            chain("start", "a", "g"),
            flow("g", "b", "=typename = 1"),
            flow("g", "end", id="d"),
            chain("b", "end"),
        )
    )
    hostile = {
        "typename": 1,
        "__builtins__": {"x": 1},
        "len": 2,
        "data": [1],
        "format": 1,
        "stage": "x",
        "job": {},
        "result": None,
        "begin": [],
        "taken": 1,
    }
    run.complete("a", hostile)
    assert (run.open, run.variables) == (["b"], hostile)


def test_the_same_file_is_read_the_same_way_twice():
    first, second = read(RICH_FILES[0], "x").processes[0], read(RICH_FILES[0], "x").processes[0]
    assert first.elements == second.elements
    assert first.start_events == second.start_events


@pytest.mark.parametrize("end_with", [commands.CompleteTask, commands.Cancel])
def test_what_remains_of_an_ended_tree_refuses_like_the_whole_and_holds_no_values(end_with):
    run = Run(build(user("a"), end(), chain("start", "a", "end")), variables={"amount": Decimal("4000000.01")})
    run.do(commands.CompleteTask(run.task("a"), {"note": "最后"}) if end_with is commands.CompleteTask else commands.Cancel())
    text = run.current.remains()
    assert not {"amount", "note", "最后"} & set(json.loads(text)["instances"][0])
    assert "4000000.01" not in text
    left = State.load(text, run.library)
    assert (left.root_state, left.catalogue, left.tokens()) == (run.current.root_state, run.current.catalogue, [])
    for command in (commands.CompleteTask(1, {}), commands.Cancel(), commands.SetVariables({"amount": 1}), commands.Suspend()):
        with pytest.raises(NotOpen):
            step(run.library, left, command, run.now)
