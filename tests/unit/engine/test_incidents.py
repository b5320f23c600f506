"""Every failure is an incident at its place; what was done before stands; a retry does exactly what failed."""

from decimal import Decimal

import pytest

from app.engine import LimitExceeded, NotOpen, StepLimits, TreeSuspended, commands, effects
from tests.effort import Ticking

from .diagrams import (
    boundary,
    call,
    catch,
    chain,
    end,
    error,
    event_subprocess,
    exclusive,
    file,
    flow,
    io,
    loop,
    message,
    node,
    on_error,
    on_message,
    parallel,
    process,
    script,
    service,
    start,
    timer,
    user,
)
from .runs import Run, library


def build(*body: str, roots: str = ""):
    return library(file(roots, process(start(), *body)))


def test_a_failure_while_entering_the_next_element_leaves_the_completion_standing(begin):
    run = begin(build(user("a"), catch("b", timer("Duration", "=d")), end(), chain("start", "a", "b", "end")))
    number = run.task("a")
    run.complete("a", {"kept": True})
    assert run.ended[number] == "completed"
    assert run.variables["kept"] is True
    assert run.troubles == [("b", "EXTRACT_VALUE_ERROR")]
    run.set(d="PT1H")
    run.resolve("b")
    assert (run.troubles, run.waiting) == ([], ["b"])
    assert run.path.count("b") == 1


def test_an_incident_says_what_where_and_why_in_chinese(begin):
    task = node("userTask", "a", "", '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="=1"/>', name="审批")
    run = begin(build(task, end(), chain("start", "a", "end")))
    incident = next(iter(run.incidents.values()))
    assert incident.type == "EXTRACT_VALUE_ERROR"
    for word in ("审批", "a", "候选组", "=1", "重试"):
        assert word in incident.message
    assert incident.details["expression"] == "=1"


def test_only_the_failed_stage_is_run_again(begin):
    x = '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="first"/></zeebe:executionListeners>'
    task = user("a", x + io({"n": "=1"}) + '<zeebe:assignmentDefinition assignee="=boss"/>')
    run = begin(
        build(task, boundary("t", "a", timer("Duration", "PT1H"), False), end("e2"), end(), chain("start", "a", "end"), chain("t", "e2")),
        variables={"boss": 1},
    )
    run.finish("a")
    assert run.troubles == [("a", "EXTRACT_VALUE_ERROR")]
    run.set(boss="li")
    run.resolve("a")
    assert (run.open, run.waiting, run.jobs) == (["a"], ["t"], {})


def test_an_output_mapping_that_fails_is_retried_with_the_same_result(begin):
    run = begin(
        build(
            service("a", extensions=io(outputs={"x": "=answer", "bad": "=if ok then 1 else function(y) y"})),
            end(),
            chain("start", "a", "end"),
        )
    )
    run.finish("a", {"answer": 3})
    assert run.troubles == [("a", "IO_MAPPING_ERROR")]
    assert run.variables == {}
    run.set(ok=True)
    run.resolve("a")
    assert (run.done, run.variables) == (True, {"ok": True, "x": 3, "bad": 1})


def test_a_boundary_event_ends_a_task_that_has_an_incident(begin):
    run = begin(
        build(
            service("j"),
            boundary("t", "j", timer("Duration", "PT1H")),
            user("late"),
            end(),
            chain("start", "j", "end"),
            chain("t", "late", "end"),
        )
    )
    run.do(commands.FailJob(run.job("j"), 0, "x"))
    run.fire("t")
    assert (run.open, run.troubles) == (["late"], [])


def test_a_process_whose_event_sub_process_cannot_wait_is_an_incident_of_the_instance(begin):
    esp = event_subprocess("esp", start("es", on_message("m"), isInterrupting="false"), end("ee"), chain("es", "ee"))
    run = begin(build(user("a"), end(), chain("start", "a", "end"), esp, roots=message("m", "go", "=k")))
    incident = next(iter(run.incidents.values()))
    assert (incident.element, incident.element_id, run.path) == (0, "p", [])
    run.set(k="1")
    run.resolve("p")
    assert (run.open, run.waiting) == (["a"], ["es"])


def test_an_incident_can_be_resolved_only_once(begin):
    run = begin(build(end("e", on_error("err")), chain("start", "e"), roots=error("err", "E")))
    run.resolve("e")
    with pytest.raises(NotOpen):
        run.do(commands.Resolve(1))
    assert list(run.incidents) == [2]


def test_suspending_stops_everything_and_resuming_goes_on(begin):
    run = begin(
        build(user("a"), boundary("t", "a", timer("Duration", "PT1H")), end("e2"), end(), chain("start", "a", "end"), chain("t", "e2"))
    )
    task, wait = run.task("a"), run.wait("t")
    run.do(commands.Suspend())
    for command in (commands.CompleteTask(task), commands.FireTimer(wait)):
        with pytest.raises(TreeSuspended):
            run.do(command)
    run.set(x=1)
    with pytest.raises(NotOpen):
        run.do(commands.Suspend())
    run.do(commands.Resume())
    run.complete("a")
    assert run.done


def test_nothing_can_be_done_with_a_tree_that_has_ended(begin):
    run = begin(build(end(), chain("start", "end")))
    assert run.done
    for command in (commands.Cancel(), commands.SetVariables({"x": 1}), commands.CompleteTask(1), commands.Suspend()):
        with pytest.raises(NotOpen):
            run.do(command)


# ---------------------------------------------------------------------- limits


def test_a_loop_that_never_waits_is_stopped_and_can_go_on(begin):
    body = [exclusive("m"), script("s", "=if n = null then 1 else n + 1", "n"), exclusive("g", "on"), user("a"), end()]
    lib = build(*body, chain("start", "m", "s", "g"), flow("g", "m", "=n < 100", id="back"), flow("g", "a", id="on"), chain("a", "end"))
    run = begin(lib, limits=StepLimits(steps=200))
    assert [kind for _, kind in run.troubles] == ["LIMIT_STEPS"]
    run.do(commands.Resolve(next(iter(run.incidents))))
    assert run.open == ["a"]
    assert run.variables["n"] == 100


def test_a_gateway_that_loops_onto_itself_is_stopped(begin):
    run = begin(
        build(exclusive("g", "round"), end(), chain("start", "g"), flow("g", "g", id="round"), flow("g", "end", "=false")),
        limits=StepLimits(steps=500),
    )
    assert run.troubles == [("g", "LIMIT_STEPS")]


def test_an_act_that_works_too_long_is_stopped_and_can_go_on():
    """By the limits' clock: here one that moves by a tenth of a second whenever it is looked at, once an element."""
    names = [f"n{number}" for number in range(30)]
    lib = build(*(script(name, "=1", "x") for name in names), end(), chain("start", *names, "end"))
    run = Run(lib, limits=StepLimits(seconds=0.95, clock=Ticking(0.1)))
    assert run.troubles == [("n7", "LIMIT_STEPS")]
    assert "运算时间超过上限(0.95 秒)" in next(iter(run.incidents.values())).message
    while run.incidents:
        run.do(commands.Resolve(next(iter(run.incidents))))
    assert run.done


def test_what_else_was_moving_goes_on_with_the_same_incident(begin):
    fork = [parallel("f"), *(user(f"u{number}") for number in range(20)), end()]
    lib = build(*fork, chain("start", "f"), *(chain("f", f"u{number}", "end") for number in range(20)))
    run = begin(lib, limits=StepLimits(steps=10))
    rounds = 0
    while run.incidents:
        rounds += 1
        assert len(run.incidents) == 1
        run.do(commands.Resolve(next(iter(run.incidents))))
    assert (len(run.open), rounds) == (20, 2)


def test_a_process_that_calls_itself_is_stopped(begin):
    run = begin(build(call("ca", "p"), end(), chain("start", "ca", "end")), limits=StepLimits(call_depth=20))
    assert run.troubles == [("ca", "LIMIT_CALL_DEPTH")]
    assert len(run.instances) == 21
    run.do(commands.Cancel())
    assert set(run.instances.values()) == {"cancelled"}


def test_a_multi_instance_that_is_too_large_is_an_incident(begin):
    run = begin(
        build(user("a", "", loop("=xs")), end(), chain("start", "a", "end")),
        variables={"xs": [1] * 1001},
        limits=StepLimits(multi_instance=1000),
    )
    assert run.troubles == [("a", "LIMIT_MULTI_INSTANCE")]
    run.set(xs=[1, 2])
    run.resolve("a")
    assert run.open == ["a", "a"]


def test_a_variable_that_is_too_large_is_refused_or_an_incident(begin):
    lib = build(user("a"), script("s", '=for i in 1..50 return "xxxxxxxxxx"', "big"), end(), chain("start", "a", "s", "end"))
    run = begin(lib, limits=StepLimits(variable_size=300))
    with pytest.raises(LimitExceeded):
        run.complete("a", {"text": "x" * 400})
    assert run.open == ["a"]
    run.complete("a", {"text": "x" * 100})
    assert run.troubles == [("s", "LIMIT_VARIABLE_SIZE")]


def test_an_expression_that_takes_too_long_is_an_incident(begin):
    from app.decision import feel

    lib = build(script("s", "=count(for i in 1..100000, j in 1..100000 return i)", "n"), end(), chain("start", "s", "end"))
    run = begin(lib, limits=StepLimits(expression=feel.Limits(iterations=1000)))
    assert run.troubles == [("s", "LIMIT_EXPRESSION")]


def test_effects_name_every_element_once(begin):
    run = begin(
        build(parallel("f"), user("a"), user("b"), parallel("j"), end(), chain("start", "f", "a", "j", "end"), chain("f", "b", "j"))
    )
    run.complete("a")
    run.complete("b")
    entered = [effect.element for effect in run.of(effects.ElementEntered)]
    assert sorted(entered) == sorted(run.ended)


DEEP: list = []
for _ in range(5000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        Decimal("NaN"),
        Decimal("-Infinity"),
        float("inf"),
        10**1_000_000,
        {"a": [10**500]},
        DEEP,
        {1: 2},
        object(),
        b"x",
        {"a": {1}},
        "half \ud800",
        "x" * 5_000_000,
    ],
    ids=range(13),
)
def test_a_value_that_cannot_be_stored_is_refused_and_the_task_stays_open(value):
    run = Run(build(user("a"), end(), chain("start", "a", "end")))
    with pytest.raises(LimitExceeded) as refused:
        run.complete("a", {"good": 1, "v": value})
    assert "v" in str(refused.value)
    assert (run.open, run.variables) == (["a"], {})
    run.complete("a", {"v": "fine"})
    assert run.done
