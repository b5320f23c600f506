"""The sixteen defects that were measured in the stock library underneath: each has its test here, named as what holds instead."""

from datetime import datetime, timedelta

import pytest

from app.engine import DiagramError, read

from .diagrams import (
    boundary,
    catch,
    chain,
    end,
    error,
    event_gateway,
    event_subprocess,
    exclusive,
    file,
    flow,
    loop,
    message,
    node,
    on_error,
    on_link,
    on_message,
    parallel,
    process,
    service,
    start,
    subprocess,
    throw,
    timer,
    user,
)
from .runs import ZONE, Run, library


def build(*body: str, roots: str = ""):
    return library(file(roots, process(start(), *body)))


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
def test_01_a_join_in_a_rework_loop_waits_on_the_second_pass_too(begin, kind):
    condition = "=true" if kind == "inclusiveGateway" else None
    body = [
        exclusive("m"),
        node(kind, "f"),
        user("a"),
        user("b"),
        node(kind, "j"),
        user("c"),
        exclusive("g", "out"),
        end(),
        chain("start", "m", "f"),
        flow("f", "a", condition),
        flow("f", "b", condition),
        chain("a", "j"),
        chain("b", "j", "c", "g"),
        flow("g", "m", "=again"),
        flow("g", "end", id="out"),
    ]
    run = begin(build(*body))
    run.complete("a")
    run.complete("b")
    run.complete("c", {"again": True})
    run.complete("b")
    assert run.open == ["a"]


def test_02_no_branch_overwrites_another_with_an_old_copy(begin):
    run = begin(
        build(parallel("f"), user("a"), user("b"), parallel("j"), end(), chain("start", "f", "a", "j", "end"), chain("f", "b", "j")),
        variables={"status": "draft"},
    )
    run.complete("a", {"status": "approved"})
    run.complete("b", {"other": 1})
    assert (run.done, run.variables) == (True, {"status": "approved", "other": 1})


def test_03_a_loop_runs_thousands_of_passes():
    run = Run(
        build(
            exclusive("m"),
            user("a"),
            exclusive("g", "out"),
            end(),
            chain("start", "m", "a", "g"),
            flow("g", "m", "=again"),
            flow("g", "end", id="out"),
        )
    )
    for _ in range(1500):
        run.complete("a", {"again": True})
    assert run.open == ["a"]


def test_04_a_list_replaces_a_list(begin):
    run = begin(build(user("a"), end(), chain("start", "a", "end")), variables={"list": [1, 2, 3], "map": {"x": 1}})
    run.complete("a", {"list": [3, 4], "map": {"y": 2}})
    assert run.variables == {"list": [3, 4], "map": {"y": 2}}


def test_05_a_second_token_through_a_split_leaves_the_first_ones_tasks(begin):
    body = [
        parallel("g"),
        user("a"),
        user("b"),
        exclusive("m"),
        parallel("h"),
        user("c"),
        user("d"),
        end(),
        chain("start", "g", "a", "m", "h"),
        chain("g", "b", "m"),
    ]
    run = begin(build(*body, chain("h", "c", "end"), chain("h", "d", "end")))
    run.complete("a")
    run.complete("b")
    assert run.open == ["c", "c", "d", "d"]


def test_06_reminders_survive_the_main_task_and_a_message_boundary_fires_again(begin):
    body = [
        user("a"),
        boundary("t", "a", timer("Cycle", "R/PT1H"), False),
        boundary("b", "a", on_message("m"), False),
        user("remind"),
        user("note"),
        end(),
        chain("start", "a", "end"),
        chain("t", "remind", "end"),
        chain("b", "note", "end"),
    ]
    run = begin(build(*body, roots=message("m", "go", '="1"')))
    run.advance(timedelta(hours=2))
    run.deliver("b")
    run.deliver("b")
    run.complete("a")
    assert run.open == ["note", "note", "remind", "remind"]


def test_07_a_parallel_multi_instance_sub_process_can_be_interrupted_and_keeps_its_order(begin):
    inner = subprocess("sp", start("s2"), user("u"), end("e2"), chain("s2", "u", "e2"), loop=loop("=[1, 2, 3]", "i", "out", "=r"))
    lib = build(
        inner, boundary("t", "sp", timer("Duration", "PT1H")), user("late"), end(), chain("start", "sp", "end"), chain("t", "late", "end")
    )
    run = begin(lib)
    run.fire("t")
    assert run.active == ["late"]
    run = begin(lib)
    for index, value in ((2, "c"), (0, "a"), (0, "b")):
        run.complete("u", {"r": value}, index)
    assert run.variables["out"] == ["a", "b", "c"]


def test_08_an_error_fires_only_the_boundary_of_its_own_sub_process(begin):
    body = [parallel("g"), end(), chain("start", "g")]
    for name in ("s1", "s2"):
        body += [subprocess(name, start(f"{name}s"), service(f"{name}j"), end(f"{name}e"), chain(f"{name}s", f"{name}j", f"{name}e"))]
        body += [
            boundary(f"{name}b", name, on_error("err")),
            user(f"{name}h"),
            chain("g", name, "end"),
            chain(f"{name}b", f"{name}h", "end"),
        ]
    run = begin(build(*body, roots=error("err", "E")))
    run.error("s1j", "E")
    assert (run.open, [job.element_id for job in run.jobs.values()]) == (["s1h"], ["s2j"])


def test_09_event_sub_processes_interrupt_do_not_block_and_fire_inside_sub_processes(begin):
    def esp(trigger: str) -> str:
        return event_subprocess("esp", start("es", trigger, isInterrupting="true"), user("eu"), end("ee"), chain("es", "eu", "ee"))

    pending = begin(build(user("u"), end(), chain("start", "u", "end"), esp(timer("Duration", "P9D"))))
    pending.complete("u")
    assert pending.done
    inside = subprocess("sp", start("s2"), user("u"), end("e2"), chain("s2", "u", "e2"), esp(on_message("m")))
    run = begin(build(inside, end(), chain("start", "sp", "end"), roots=message("m", "go", '="1"')))
    run.deliver("es")
    assert run.open == ["eu"]
    again = begin(run.library)
    assert again.open == ["u"]


def test_10_a_loop_left_only_through_a_boundary_event_can_be_created(begin):
    run = begin(
        build(user("a"), user("b"), boundary("t", "b", timer("Duration", "PT1H")), end(), chain("start", "a", "b", "a"), chain("t", "end"))
    )
    for element in "abab":
        run.complete(element)
    run.complete("a")
    run.fire("t")
    assert run.done


def test_11_two_timers_after_an_event_gateway_and_conditions_in_the_diagrams_order(begin):
    body = [
        event_gateway("g"),
        catch("a", timer("Duration", "PT1H")),
        catch("b", timer("Duration", "PT2H")),
        end(),
        chain("start", "g", "a", "end"),
        chain("g", "b", "end"),
    ]
    run = begin(build(*body))
    assert run.waits[run.wait("b")].due_at - run.waits[run.wait("a")].due_at == timedelta(hours=1)


def test_12_nothing_is_silently_ignored(begin):
    linked = begin(build(throw("l", on_link("A")), catch("c", on_link("A")), end(), chain("start", "l"), chain("c", "end")))
    assert linked.done
    with pytest.raises(DiagramError):
        read(file(process(start(), throw("t", "<bpmn:compensateEventDefinition/>"), chain("start", "t"))), "x")
    task = node("userTask", "a", default="d")
    conditional = begin(
        build(task, user("b"), end(), chain("start", "a"), flow("a", "b", "=x"), flow("a", "end", id="d"), chain("b", "end"))
    )
    conditional.complete("a", {"x": False})
    assert conditional.done
    endless = begin(build(user("Start"), chain("start", "Start")))
    endless.complete("Start")
    assert endless.done


def test_13_timers_keep_the_calendar_and_read_the_clock_that_is_given(begin):
    lib = build(catch("t", timer("Duration", "P1M")), end(), chain("start", "t", "end"))
    run = begin(lib, now=datetime(2026, 1, 31, 9, tzinfo=ZONE))
    assert run.waits[run.wait("t")].due_at == datetime(2026, 2, 28, 9, tzinfo=ZONE)
    back = begin(build(catch("t", timer("Duration", '=duration("-PT1H")')), end(), chain("start", "t", "end")))
    assert back.waits[back.wait("t")].due_at == back.now - timedelta(hours=1)
    with pytest.raises(DiagramError):
        build(catch("t", timer("Duration", "P")), end(), chain("start", "t", "end"))


@pytest.mark.parametrize("name", ["typename", "__builtins__", "len", "data_objects", "workflow", "_"])
def test_14_no_variable_name_can_break_an_instance(begin, name):
    run = begin(
        build(user("a"), exclusive("g", "d"), end(), end("e2"), chain("start", "a", "g"), flow("g", "end", "=ok"), flow("g", "e2", id="d"))
    )
    run.complete("a", {name: {"typename": "x"}, "ok": True})
    assert (run.done, run.path[-1], run.variables[name]) == (True, "end", {"typename": "x"})


def test_15_a_refusal_is_a_sentence_with_its_place():
    with pytest.raises(DiagramError) as refused:
        read(file(process(start(), catch("c", on_message("nothing")), chain("start", "c"))), "x.bpmn")
    assert [problem.element for problem in refused.value.problems] == ["c"]


def test_16_a_straight_chain_of_two_thousand_nodes_is_read():
    names = [f"n{number}" for number in range(2000)]
    assert (
        len(read(file(process(start(), *(user(name) for name in names), end(), chain("start", *names, "end"))), "x").processes[0].elements)
        == 2002
    )
