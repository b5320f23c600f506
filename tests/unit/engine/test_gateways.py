"""Gateways and joins: one test a promise."""

import pytest

from app.engine import effects

from .diagrams import (
    boundary,
    catch,
    chain,
    end,
    event_gateway,
    exclusive,
    file,
    flow,
    inclusive,
    io,
    message,
    node,
    on_message,
    on_signal,
    parallel,
    process,
    receive,
    signal,
    start,
    timer,
    user,
)
from .runs import library


def test_exclusive_takes_the_first_flow_whose_condition_holds_else_the_default(begin):
    lib = library(
        file(
            process(
                start(), exclusive("g", "d"), user("a"), user("b"), user("c"), end(),
                flow("start", "g"), flow("g", "a", "=x > 10"), flow("g", "b", "=x > 5"), flow("g", "c", id="d"), chain("a", "end"), chain("b", "end"), chain("c", "end"),
            )
        )
    )  # fmt: skip
    for x, want in ((20, "a"), (7, "b"), (1, "c")):
        assert begin(lib, variables={"x": x}).open == [want]


def test_exclusive_without_any_true_condition_is_an_incident_and_retried_there(begin):
    lib = library(
        file(
            process(
                start(),
                exclusive("g"),
                user("a"),
                user("b"),
                end(),
                flow("start", "g"),
                flow("g", "a", "=x > 10"),
                flow("g", "b", "=x > 5"),
                chain("a", "end"),
                chain("b", "end"),
            )
        )
    )
    run = begin(lib, variables={"x": 1})
    assert run.troubles == [("g", "CONDITION_ERROR")]
    run.set(x=7)
    run.resolve("g")
    assert (run.open, run.troubles) == (["b"], [])


@pytest.mark.parametrize(("value", "word"), [(None, "null"), ("yes", "string"), (1, "number")])
@pytest.mark.parametrize("kind", [exclusive, inclusive])
def test_a_condition_that_is_neither_true_nor_false_is_an_incident(begin, value, word, kind):
    lib = library(
        file(
            process(
                start(),
                user("first"),
                kind("g", "d"),
                user("a"),
                end(),
                chain("start", "first", "g"),
                flow("g", "a", "=ok", id="cond"),
                flow("g", "end", id="d"),
                chain("a", "end"),
            )
        )
    )
    run = begin(lib)
    run.complete("first", {"ok": value})
    assert run.troubles == [("g", "CONDITION_ERROR")]
    incident = next(iter(run.incidents.values()))
    assert word in incident.message
    assert incident.details["flow"] == "cond"
    run.set(ok=True)
    run.resolve("g")
    assert run.open == ["a"]


def test_parallel_waits_for_every_incoming_flow_and_loses_no_update(begin):
    lib = library(
        file(
            process(
                start(),
                parallel("f"),
                user("a"),
                user("b"),
                parallel("j"),
                user("z"),
                end(),
                chain("start", "f", "a", "j", "z", "end"),
                chain("f", "b", "j"),
            )
        )
    )
    run = begin(lib, variables={"list": [1, 2], "status": "draft"})
    run.complete("a", {"x": 1, "list": [9], "status": "approved"})
    assert run.open == ["b"]
    run.complete("b", {"y": 2})
    assert run.open == ["z"]
    assert run.variables == {"x": 1, "y": 2, "list": [9], "status": "approved"}
    run.complete("z")
    assert run.done
    assert run.path.count("j") == 1


def test_inclusive_takes_every_true_flow_and_joins_exactly_those(begin):
    lib = library(
        file(
            process(
                start(), inclusive("g", "d"), user("a"), user("b"), user("c"), inclusive("j"), user("z"), end(),
                flow("start", "g"), flow("g", "a", "=x > 1"), flow("g", "b", "=x > 5"), flow("g", "c", id="d"), chain("a", "j"), chain("b", "j"), chain("c", "j", "z", "end"),
            )
        )
    )  # fmt: skip
    run = begin(lib, variables={"x": 9})
    assert run.open == ["a", "b"]
    run.complete("a")
    assert run.open == ["b"]
    run.complete("b")
    assert run.open == ["z"]
    run = begin(lib, variables={"x": 0})
    run.complete("c")
    assert run.open == ["z"]


def test_inclusive_join_waits_for_a_token_that_can_still_come_through_a_loop(begin):
    lib = library(
        file(
            process(
                start(), parallel("f"), user("a"), user("b"), exclusive("again", "on"), inclusive("j"), user("z"), end(),
                chain("start", "f", "a", "j", "z", "end"), chain("f", "b", "again"), flow("again", "b", "=more"), flow("again", "j", id="on"),
            )
        )
    )  # fmt: skip
    run = begin(lib)
    run.complete("a")
    assert run.open == ["b"]
    run.complete("b", {"more": True})
    assert run.open == ["b"]
    run.complete("b", {"more": False})
    assert run.open == ["z"]


def test_inclusive_join_goes_on_when_the_token_it_waited_for_has_ended_elsewhere(begin):
    lib = library(
        file(
            process(
                start(), parallel("f"), user("a"), user("b"), exclusive("x", "out"), inclusive("j"), user("z"), end(), end("other"),
                chain("start", "f", "a", "j", "z", "end"), chain("f", "b", "x"), flow("x", "j", "=stay"), flow("x", "other", id="out"),
            )
        )
    )  # fmt: skip
    run = begin(lib)
    run.complete("a")
    assert run.open == ["b"]
    run.complete("b", {"stay": False})
    assert run.open == ["z"]


def test_inclusive_join_waits_for_what_a_boundary_event_could_bring(begin):
    lib = library(
        file(
            process(
                start(), parallel("f"), user("a"), user("b"), boundary("late", "b", timer("Duration", "P1D")), inclusive("j"), user("z"), end(), end("other"),
                chain("start", "f", "a", "j", "z", "end"), chain("f", "b", "other"), chain("late", "j"),
            )
        )
    )  # fmt: skip
    run = begin(lib)
    run.complete("a")
    assert run.open == ["b"]
    run.fire("late")
    assert run.open == ["z"]
    run = begin(lib)
    run.complete("a")
    run.complete("b")
    assert run.open == ["z"]


def test_flows_without_a_gateway_split_and_merge_without_joining(begin):
    lib = library(
        file(
            process(start(), user("a"), user("b"), user("c"), user("z"), end(), chain("start", "a", "b", "z", "end"), chain("a", "c", "z"))
        )
    )
    run = begin(lib)
    run.complete("a")
    run.complete("b")
    run.complete("c")
    assert run.open == ["z", "z"]
    run.complete("z")
    assert not run.done
    run.complete("z")
    assert run.done


def test_conditions_on_flows_that_leave_a_task_are_obeyed(begin):
    lib = library(
        file(
            process(
                start(), node("userTask", "a", default="d"), user("b"), user("c"), user("e"), end(),
                chain("start", "a"), flow("a", "b", "=x"), flow("a", "c", "=y"), flow("a", "e", id="d"), chain("b", "end"), chain("c", "end"), chain("e", "end"),
            )
        )
    )  # fmt: skip
    for x, y, want in ((True, True, ["b", "c"]), (False, True, ["c"]), (False, False, ["e"])):
        run = begin(lib)
        run.complete("a", {"x": x, "y": y})
        assert run.open == want


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
def test_a_join_inside_a_rework_loop_joins_on_every_pass(begin, kind):
    body = [
        start(), exclusive("m"), node(kind, "f"), user("a"), user("b"), node(kind, "j"), user("c"), exclusive("g", "out"), end(),
        chain("start", "m", "f"), chain("a", "j"), chain("b", "j", "c", "g"), flow("g", "m", "=again"), flow("g", "end", id="out"),
    ]  # fmt: skip
    condition = "=true" if kind == "inclusiveGateway" else None
    run = begin(library(file(process(*body, flow("f", "a", condition), flow("f", "b", condition)))))
    for again in (True, True, False):
        assert run.open == ["a", "b"]
        run.complete("b")
        assert run.open == ["a"]
        run.complete("a")
        assert run.open == ["c"]
        run.complete("c", {"again": again})
    assert run.done


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
def test_a_second_token_through_a_split_leaves_the_first_ones_tasks_alone(begin, kind):
    condition = "=true" if kind == "inclusiveGateway" else None
    body = [
        start(), parallel("g"), user("a"), user("b"), exclusive("m"), node(kind, "h"), user("c"), user("d"), node(kind, "j"), user("z"), end(),
        chain("start", "g", "a", "m", "h"), chain("g", "b", "m"), flow("h", "c", condition), flow("h", "d", condition), chain("c", "j"), chain("d", "j", "z", "end"),
    ]  # fmt: skip
    run = begin(library(file(process(*body))))
    run.complete("a")
    assert run.open == ["b", "c", "d"]
    run.complete("b")
    assert run.open == ["c", "c", "d", "d"]
    for element in "cdcd":
        run.complete(element)
    assert run.open == (["z", "z"] if kind == "parallelGateway" else run.open)
    while run.open:
        run.complete("z")
    assert run.done


def test_event_gateway_takes_the_first_event_and_gives_up_the_others(begin):
    roots = message("m", "paid", "=orderId") + signal("s", "stop")
    body = process(
        start(), event_gateway("g"), catch("on_pay", on_message("m")),
        catch("late", timer("Duration", "PT1H")), catch("later", timer("Duration", "PT2H")), catch("on_stop", on_signal("s")),
        user("a"), user("b"), user("b2"), user("c"), end(),
        chain("start", "g", "on_pay", "a", "end"), chain("g", "late", "b", "end"), chain("g", "later", "b2", "end"), chain("g", "on_stop", "c", "end"),
    )  # fmt: skip
    lib = library(file(roots, body))
    run = begin(lib, variables={"orderId": "7"})
    assert run.waiting == ["late", "later", "on_pay", "on_stop"]
    assert run.waits[run.wait("later")].due_at - run.waits[run.wait("late")].due_at == run.waits[run.wait("late")].due_at - run.now
    run.deliver("on_pay", {"amount": 3})
    assert (run.open, run.waiting, run.variables["amount"]) == (["a"], [], 3)
    assert run.path == ["start", "g", "on_pay", "a"]
    for event, want in (("late", "b"), ("later", "b2")):
        run = begin(lib, variables={"orderId": "7"})
        run.fire(event)
        assert run.open == [want]
    run = begin(lib, variables={"orderId": "7"})
    run.deliver("on_stop")
    assert run.open == ["c"]


def test_a_reminder_loop_around_an_event_gateway(begin):
    roots = message("m", "go", "=k")
    body = process(
        start(), event_gateway("g"), catch("on_go", on_message("m")), catch("late", timer("Duration", "PT1H")), user("remind"), end(),
        chain("start", "g", "on_go", "end"), chain("g", "late", "remind", "g"),
    )  # fmt: skip
    run = begin(library(file(roots, body)), variables={"k": 1})
    for _ in range(3):
        run.fire("late")
        assert run.waiting == []
        run.complete("remind")
        assert run.waiting == ["late", "on_go"]
    run.deliver("on_go")
    assert run.done


def test_a_loop_without_any_gateway_runs_as_often_as_wanted(begin):
    body = process(
        start(), user("a"), user("b"), boundary("stop", "b", on_message("m")), end(), chain("start", "a", "b", "a"), chain("stop", "end")
    )
    run = begin(library(file(message("m", "go", "=k"), body)), variables={"k": "1"})
    for element in "abababa":
        run.complete(element)
    run.deliver("stop")
    assert run.done


def test_the_exclusive_gateways_order_is_the_diagrams_not_the_drawings(begin):
    di = 'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    shapes = "".join(
        f'<bpmndi:BPMNShape {di} bpmnElement="{name}"><dc:Bounds x="0" y="{y}" width="1" height="1"/></bpmndi:BPMNShape>'
        for name, y in (("a", 900), ("b", 10))
    )
    body = process(
        start(),
        exclusive("g"),
        user("a"),
        user("b"),
        end(),
        chain("start", "g"),
        flow("g", "a", "=true"),
        flow("g", "b", "=true"),
        chain("a", "end"),
        chain("b", "end"),
    )
    assert begin(library(file(body, shapes))).open == ["a"]


def test_an_event_gateway_may_wait_for_a_receive_task(begin):
    body = process(
        start(),
        event_gateway("g"),
        receive("r", "m", io(outputs={"kept": "=given"})),
        catch("late", timer("Duration", "PT1H")),
        end(),
        chain("start", "g", "r", "end"),
        chain("g", "late", "end"),
    )
    run = begin(library(file(message("m", "go", '="1"'), body)))
    run.deliver("r", {"given": 5, "junk": 6})
    assert (run.done, run.path, run.variables) == (True, ["start", "g", "r", "end"], {"kept": 5})
    assert len(run.of(effects.WaitOpened)) == 2
