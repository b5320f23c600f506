"""Sub-processes, multi-instance activities and called processes."""

import pytest

from app.engine import commands, effects

from .diagrams import (
    TERMINATE,
    boundary,
    call,
    catch,
    chain,
    end,
    error,
    escalation,
    file,
    io,
    loop,
    on_error,
    on_escalation,
    parallel,
    process,
    script,
    service,
    start,
    subprocess,
    throw,
    timer,
    user,
)
from .runs import library

CHILD = process(start(), user("u"), end(), chain("start", "u", "end"), id="c")


def build(*body: str, roots: str = ""):
    return library(file(roots, process(start(), *body)))


# ---------------------------------------------------------------------- multi-instance


def test_parallel_output_is_filled_by_index_not_by_order_of_completion(begin):
    task = user("a", io({"nm": "=person.name"}, {"ans": "=answer"}), loop("=people", "person", "answers", "={who: person.name, a: ans}"))
    run = begin(build(task, end(), chain("start", "a", "end")), variables={"people": [{"name": "A"}, {"name": "B"}, {"name": "C"}]})
    assert run.open == ["a", "a", "a"]
    for index in (2, 1, 0):
        number = run.task("a", index)
        run.complete("a", {"answer": run.current.visible(number)["nm"] * 2}, index)
    assert run.done
    assert run.variables["answers"] == [{"who": "A", "a": "AA"}, {"who": "B", "a": "BB"}, {"who": "C", "a": "CC"}]


def test_sequential_takes_one_after_the_other_until_its_condition_holds(begin):
    task = user(
        "a", "", loop("=[1, 2, 3, 4]", "i", "out", "=vote", sequential=True, condition='=numberOfCompletedInstances = 2 or vote = "no"')
    )
    run = begin(build(task, end(), chain("start", "a", "end")))
    seen = []
    while run.open:
        assert run.open == ["a"]
        visible = run.current.visible(run.task("a"))
        seen.append((visible["i"], visible["loopCounter"]))
        run.complete("a", {"vote": "yes"})
    assert (run.done, seen, run.variables) == (True, [(1, 1), (2, 2)], {"out": ["yes", "yes", None, None]})


def test_a_parallel_condition_ends_the_instances_that_are_left(begin):
    task = user("a", "", loop("=[1, 2, 3, 4]", "i", "out", "=vote", condition='=count(out[item = "yes"]) >= 2'))
    run = begin(build(task, boundary("t", "a", timer("Duration", "PT1H")), end(), end("e2"), chain("start", "a", "end"), chain("t", "e2")))
    assert run.waiting == ["t"]
    run.complete("a", {"vote": "yes"}, 3)
    run.complete("a", {"vote": "yes"}, 1)
    assert (run.done, run.open, run.waiting) == (True, [], [])
    assert run.variables["out"] == [None, "yes", None, "yes"]


def test_the_condition_sees_the_counts(begin):
    condition = "=numberOfCompletedInstances / numberOfInstances >= 0.5 and numberOfActiveInstances = 2 and numberOfTerminatedInstances = 0"
    run = begin(build(user("a", "", loop("=[1, 2, 3, 4]", condition=condition)), end(), chain("start", "a", "end")))
    run.complete("a")
    assert len(run.open) == 3
    run.complete("a")
    assert run.done


def test_an_empty_collection_passes_and_one_that_is_no_list_is_an_incident(begin):
    lib = build(user("a", "", loop("=xs", "i", "out", "=vote")), end(), chain("start", "a", "end"))
    run = begin(lib, variables={"xs": []})
    assert (run.done, run.variables["out"]) == (True, [])
    run = begin(lib)
    assert run.troubles == [("a", "EXTRACT_VALUE_ERROR")]
    run.set(xs=[1])
    run.resolve("a")
    assert run.open == ["a"]


def test_a_completion_condition_that_is_no_boolean_is_an_incident_at_that_instance(begin):
    run = begin(build(user("a", "", loop("=[1, 2]", condition="=enough")), end(), chain("start", "a", "end")))
    run.complete("a")
    assert run.troubles == [("a", "CONDITION_ERROR")]
    run.set(enough=True)
    run.resolve("a")
    assert run.done


def test_a_multi_instance_sub_process_can_be_interrupted(begin):
    inner = subprocess("sp", start("s2"), user("u"), end("e2"), chain("s2", "u", "e2"), loop=loop("=[1, 2]", "i"))
    run = begin(
        build(
            inner,
            boundary("t", "sp", timer("Duration", "PT1H")),
            user("late"),
            end(),
            chain("start", "sp", "end"),
            chain("t", "late", "end"),
        )
    )
    assert run.open == ["u", "u"]
    run.fire("t")
    assert (run.open, run.active) == (["late"], ["late"])
    run.complete("late")
    assert run.done


def test_each_instance_of_a_sub_process_has_its_own_scope(begin):
    inner = subprocess(
        "sp",
        start("s2"),
        script("set", "=i * 10", "mine"),
        user("u"),
        end("e2"),
        chain("s2", "set", "u", "e2"),
        extensions=io({"mine": "=0"}),
        loop=loop("=[1, 2]", "i", "out", "=mine"),
    )
    run = begin(build(inner, end(), chain("start", "sp", "end")))
    assert [run.current.visible(run.task("u", n))["mine"] for n in (0, 1)] == [10, 20]
    run.complete("u", index=1)
    run.complete("u")
    assert (run.done, run.variables) == (True, {"out": [10, 20]})


def test_an_error_inside_an_instance_is_caught_at_the_body(begin):
    run = begin(
        build(
            service("j", loop=loop("=[1, 2, 3]")),
            boundary("b", "j", on_error("err")),
            user("h"),
            end(),
            chain("start", "j", "end"),
            chain("b", "h", "end"),
            roots=error("err", "E"),
        )
    )
    run.do(commands.ThrowError(run.job("j", 1), "E"))
    assert (run.open, run.jobs) == (["h"], {})


# ---------------------------------------------------------------------- called processes


def test_a_called_process_is_an_instance_of_its_own(begin):
    run = begin(
        library(file(process(start(), call("ca", "c"), user("after"), end(), chain("start", "ca", "after", "end"))), file(CHILD)),
        variables={"x": 1},
    )
    started = run.of(effects.InstanceStarted)
    assert [(item.instance, item.process_id, item.parent) for item in started] == [(1, "p", 0), (2, "c", 1)]
    assert run.names[started[1].call_element] == "ca"
    assert [task.instance for task in run.tasks.values()] == [2]
    assert run.current.variables(instance=2) == {"x": 1}
    run.complete("u", {"k": 1})
    assert run.instances == {1: "active", 2: "completed"}
    assert (run.open, run.variables) == (["after"], {"x": 1, "k": 1})
    run.complete("after")
    assert run.done


def test_what_goes_in_and_out_of_a_called_process_can_be_limited(begin):
    x = io({"only": "=x + 1"}, {"kept": "=k"})
    ca = call("ca", "c", x, propagateAllParentVariables="false", propagateAllChildVariables="false")
    run = begin(library(file(process(start(), ca, end(), chain("start", "ca", "end"))), file(CHILD)), variables={"x": 1, "secret": 2})
    assert run.current.variables(instance=2) == {"only": 2}
    run.complete("u", {"k": 5, "junk": 6})
    assert run.variables == {"x": 1, "secret": 2, "kept": 5}
    ca = call("ca", "c", propagateAllChildVariables="false")
    run = begin(library(file(process(start(), ca, end(), chain("start", "ca", "end"))), file(CHILD)))
    run.complete("u", {"k": 5})
    assert (run.done, run.variables) == (True, {})


def test_the_called_process_may_be_an_expression_and_a_missing_one_is_an_incident(begin):
    run = begin(
        library(file(process(start(), call("ca", "=target"), end(), chain("start", "ca", "end"))), file(CHILD)),
        variables={"target": "nope"},
    )
    assert run.troubles == [("ca", "CALLED_ELEMENT_ERROR")]
    run.set(target="c")
    run.resolve("ca")
    assert run.open == ["u"]


def test_a_multi_instance_call_collects_its_results(begin):
    ca = call("ca", "c", io(outputs={"res": "=r"}), loop("=[10, 20]", "i", "out", "=res"))
    run = begin(library(file(process(start(), ca, end(), chain("start", "ca", "end"))), file(CHILD)))
    assert sorted(run.instances) == [1, 2, 3]
    for _ in range(2):
        number = run.task("u", len(run.open) - 1)
        run.do(commands.CompleteTask(number, {"r": run.current.visible(number)["i"] + 1}))
    assert (run.done, run.variables) == (True, {"out": [11, 21]})


def test_an_error_crosses_the_call_activity_and_ends_the_called_process(begin):
    thrower = process(start(), end("e", on_error("err")), chain("start", "e"), id="c")
    parent = process(
        start(),
        call("ca", "c"),
        boundary("b", "ca", on_error("err")),
        user("h"),
        end(),
        chain("start", "ca", "end"),
        chain("b", "h", "end"),
    )
    run = begin(library(file(error("err", "X"), parent), file(error("err", "X"), thrower)))
    assert (run.open, run.instances) == (["h"], {1: "active", 2: "cancelled"})


def test_an_escalation_crosses_the_call_activity_and_lets_it_run(begin):
    thrower = process(start(), throw("up", on_escalation("esc")), user("u"), end(), chain("start", "up", "u", "end"), id="c")
    parent = process(
        start(),
        call("ca", "c"),
        boundary("b", "ca", on_escalation("esc"), False),
        user("h"),
        end(),
        chain("start", "ca", "end"),
        chain("b", "h", "end"),
    )
    run = begin(library(file(escalation("esc", "X"), parent), file(escalation("esc", "X"), thrower)))
    assert run.open == ["h", "u"]


def test_interrupting_a_call_activity_cancels_everything_below(begin):
    middle = process(start(), call("deeper", "c"), end(), chain("start", "deeper", "end"), id="m")
    parent = process(
        start(),
        call("ca", "m"),
        boundary("t", "ca", timer("Duration", "PT1H")),
        end(),
        end("e2"),
        chain("start", "ca", "end"),
        chain("t", "e2"),
    )
    run = begin(library(file(parent), file(middle), file(CHILD)))
    assert run.open == ["u"]
    run.fire("t")
    assert (run.done, run.open, run.instances) == (True, [], {1: "completed", 2: "cancelled", 3: "cancelled"})


def test_cancelling_the_tree_ends_everything(begin):
    inner = subprocess("sp", start("s2"), user("x", loop=loop("=[1, 2]")), end("e2"), chain("s2", "x", "e2"))
    run = begin(
        library(
            file(
                process(
                    start(),
                    parallel("g"),
                    inner,
                    call("ca", "c"),
                    catch("t", timer("Duration", "P1D")),
                    end(),
                    chain("start", "g", "sp", "end"),
                    chain("g", "ca", "end"),
                    chain("g", "t", "end"),
                )
            ),
            file(CHILD),
        )
    )
    run.do(commands.Cancel())
    assert (run.current.root_state, run.open, run.waiting, run.active) == ("cancelled", [], [], [])
    assert run.instances == {1: "cancelled", 2: "cancelled"}
    assert set(run.names) == set(run.ended)


def test_terminate_in_a_called_process_ends_only_that_process(begin):
    child = process(
        start(),
        parallel("g"),
        user("u"),
        user("v"),
        end("te", TERMINATE),
        end(),
        chain("start", "g", "u", "te"),
        chain("g", "v", "end"),
        id="c",
    )
    run = begin(library(file(process(start(), call("ca", "c"), user("after"), end(), chain("start", "ca", "after", "end"))), file(child)))
    run.complete("u")
    assert (run.open, run.instances[2]) == (["after"], "completed")


# ---------------------------------------------------------------------- bindings


class Versions:
    """A library that answers by tag and by deployment."""

    def __init__(self, base, newest, tagged, bound):
        self.base, self.newest, self.tagged, self.bound = base, newest, tagged, bound
        self.zone, self.calendar, self.tenant, self.version, self.asked = base.zone, base.calendar, "t", 7, []

    def definition(self, key):
        for item in (*self.base.processes.values(), self.newest, self.tagged, self.bound):
            if item.key == key:
                return item
        raise KeyError(key)

    def process(self, process_id, *, tag=None, deployment=None):
        self.asked.append((process_id, tag, deployment))
        return self.tagged if tag else self.bound if deployment else self.newest

    def decision(self, decision_id, *, tag=None, deployment=None):
        return None

    def has_form(self, form_id, *, tag=None, deployment=None):
        return True

    @property
    def processes(self):
        return self.base.processes


@pytest.mark.parametrize(("attributes", "want", "asked"), [
    ({}, "newest", ("c", None, None)),
    ({"bindingType": "deployment"}, "bound", ("c", None, 1)),
    ({"bindingType": "versionTag", "versionTag": "v1"}, "tagged", ("c", "v1", None)),
])  # fmt: skip
def test_what_is_called_follows_its_binding(begin, attributes, want, asked):
    base = library(file(process(start(), call("ca", "c", **attributes), end(), chain("start", "ca", "end"))))
    versions = [
        library(file(process(start(), user(name), end(), chain("start", name, "end"), id="c")))
        .processes["c"]
        .with_key(10 + number, number, number)
        for number, name in enumerate(("newest", "tagged", "bound"))
    ]
    lib = Versions(base, *versions)
    run = begin(lib)
    assert (run.open, lib.asked[-1]) == ([want], asked)
    assert run.current.catalogue == 7


# ---------------------------------------------------------------------- what a form may keep


def test_of_several_instances_each_sees_its_own_item_and_inputs_alone(begin):
    """What another instance has answered lies outside of the loop: nobody else's form may open with it."""
    task = user("a", io({"nm": "=person"}), loop("=people", "person", "", ""))
    run = begin(build(task, end(), chain("start", "a", "end")), variables={"people": ["A", "B"], "elsewhere": 1})
    run.complete("a", {"opinion": "same"}, 0)
    number = run.task("a", 0)
    assert run.current.visible(number)["opinion"] == "same", "it went outwards"
    assert run.current.inside_loop(number) == {"person": "B", "nm": "B", "loopCounter": 2}


def test_a_task_within_a_sub_process_that_is_repeated_sees_its_round_of_it(begin):
    inner = subprocess("s", start("si"), user("a"), end("se"), chain("si", "a", "se"), loop=loop("=[1, 2]", "i", "", ""))
    run = begin(build(inner, end(), chain("start", "s", "end")), variables={"elsewhere": 1})
    assert [run.current.inside_loop(run.task("a", index))["i"] for index in (0, 1)] == [1, 2]
    assert "elsewhere" not in run.current.inside_loop(run.task("a"))


def test_outside_of_every_loop_there_is_no_such_thing(begin):
    run = begin(build(user("a"), end(), chain("start", "a", "end")))
    assert run.current.inside_loop(run.task("a")) is None
