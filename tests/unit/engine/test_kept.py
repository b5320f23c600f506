"""What a multi-instance keeps for itself, and how a tree hears its own signals: for administrators, migrations and states of the first release."""

import json
from datetime import timedelta
from typing import Any

import pytest
import simplejson

from app.engine import ModificationRefused, State, commands, effects

from .diagrams import (
    boundary,
    call,
    catch,
    chain,
    end,
    event_subprocess,
    file,
    flow,
    io,
    loop,
    on_signal,
    parallel,
    process,
    script,
    signal,
    start,
    subprocess,
    throw,
    timer,
    user,
)
from .runs import Run, library

ROOTS = signal("sig", "ping")
SIGNAL = on_signal("sig")
LOOP = loop("=[1, 2, 3]", "n", "results", "=r")


def build(*body: str) -> Any:
    return library(file(ROOTS, process(start(), *body, end())))


def voting(**options: Any) -> Any:
    return build(user("t", loop=loop("=[1, 2, 3]", "n", "results", "=r", **options)), chain("start", "t", "end"))


def body_of(run: Run) -> int:
    return next(number for number, name in run.names.items() if name == "t")


# ---------------------------------------------------------------------- the collection


def test_everybody_inside_sees_the_collection_as_it_is_filled(begin):
    run = begin(voting())
    run.complete("t", {"r": 10}, index=1)
    assert run.current.visible(run.task("t"))["results"] == [None, 10, None]
    assert run.current.variables(body_of(run)) == {"results": [None, 10, None]}
    assert "results" not in run.variables
    shown = [effect.value for effect in run.of(effects.VariableSet) if (effect.scope, effect.name) == (body_of(run), "results")]
    assert shown == [[None, None, None], [None, 10, None]]


def test_what_an_instance_writes_under_the_name_is_seen_by_itself_alone(begin):
    inner = subprocess(
        "t",
        start("s1"),
        script("a", '="mine"', "results"),
        user("u"),
        end("e1"),
        chain("s1", "a", "u", "e1"),
        loop=loop("=[1, 2]", "n", "results", "=n"),
    )
    run = begin(build(inner, chain("start", "t", "end")))
    assert [run.current.visible(task)["results"] for task in run.tasks] == ["mine", "mine"]
    run.set(other=1)
    run.complete("u")
    run.complete("u")
    assert run.variables["results"] == [1, 2]


@pytest.mark.parametrize("local", [True, False])
def test_an_administrator_cannot_write_the_collection_or_a_place(begin, local):
    run = begin(voting())
    for scope, name in ((body_of(run), "results"), (run.task("t"), "loopCounter")):
        with pytest.raises(ModificationRefused, match=name):
            run.do(commands.SetVariables({name: [7, 8, 9]}, scope=scope, local=local))
    run.do(commands.SetVariables({"results": 5}, scope=run.task("t"), local=local))
    for number in (1, 2, 3):
        run.complete("t", {"r": number})
    assert run.variables["results"] == [1, 2, 3]


def test_an_instance_that_is_added_has_a_place_of_its_own(begin):
    run = begin(voting())
    run.do(commands.Modify(activate=[commands.Activation("t", ancestor=body_of(run), variables={"n": 4, "loopCounter": 1})]))
    for number in (1, 2, 3, 4):
        run.complete("t", {"r": number, "loopCounter": 1})
    assert run.variables["results"] == [1, 2, 3, 4]


def versions(*loops: str) -> Any:
    """One process, in a version for each loop."""
    sources = [file(process(start(), user("t", loop=text), end(), chain("start", "t", "end"))) for text in loops]
    first = library(*sources[:1])
    for number, source in enumerate(sources[1:], 2):
        newer = library(source).processes["p"].with_key(number, number, number)
        first.processes[f"p version {number}"] = newer  # type: ignore[index]
    return first


@pytest.mark.parametrize(
    ("other", "left"),
    [
        (loop("=[1, 2, 3]", "n", "opinions", "=r"), {"opinions": [10, 20, 30]}),
        (loop("=[1, 2, 3]", "n"), {}),
    ],
)
def test_a_migrated_loop_goes_on_filling_under_the_targets_name(begin, other, left):
    run = begin(versions(LOOP, other))
    run.complete("t", {"r": 10})
    run.do(commands.Migrate(2))
    run.complete("t", {"r": 20, "opinions": 1})
    run.complete("t", {"r": 30})
    assert run.done
    assert {name: value for name, value in run.variables.items() if name in ("results", "opinions")} in (left, left | {"opinions": 1})


def test_a_loop_that_collects_only_after_its_migration_begins_with_empty_places(begin):
    run = begin(versions(loop("=[1, 2, 3]", "n"), LOOP))
    run.complete("t", {"r": 10})
    run.do(commands.Migrate(2))
    run.complete("t", {"r": 20})
    run.complete("t", {"r": 30})
    assert run.variables["results"] == [None, 20, 30]


# ---------------------------------------------------------------------- states of the first release


def as_first_release(state: State, damage: Any = ...) -> str:
    """The state as the first release wrote it: the collection a variable of the body, an instance's place its loopCounter."""
    document = json.loads(state.dump())
    for row in document["tokens"]:
        memo = row.get("memo", {})
        if "output" in memo:
            row.setdefault("variables", {})["results"] = memo.pop("output") if damage is ... else damage
            memo.pop("output", None)
        memo.pop("place", None)
    return simplejson.dumps(document)


def reloaded(run: Run, text: str) -> Run:
    run.state = State.load(text, run.library)
    return run


@pytest.mark.parametrize("sequential", [True, False])
def test_a_loop_of_the_first_release_goes_on(sequential):
    run = Run(voting(sequential=sequential))
    run.complete("t", {"r": 10})
    reloaded(run, as_first_release(run.current))
    run.complete("t", {"r": 20, "results": 5, "loopCounter": 9})
    run.complete("t", {"r": 30})
    assert run.done
    assert run.variables["results"] == [10, 20, 30]
    assert not run.incidents


@pytest.mark.parametrize("counter", ["x", None, 0, 99, True, [1]])
def test_a_place_that_a_task_of_the_first_release_has_overwritten_is_found_again(counter):
    run = Run(voting())
    document = json.loads(as_first_release(run.current))
    for row in document["tokens"]:
        if row.get("body") and row["variables"]["loopCounter"] != 3:
            row["variables"]["loopCounter"] = counter
    reloaded(run, simplejson.dumps(document))
    for number in (10, 20, 30):
        run.complete("t", {"r": number})
    assert run.variables["results"] == [10, 20, 30]


@pytest.mark.parametrize("damage", [None, 5, "abc", [], [7, 8, 9, 10], {"a": 1}])
def test_a_collection_that_the_first_release_has_lost_is_an_incident_until_an_administrator_gives_it_back(damage):
    run = Run(voting())
    run.complete("t", {"r": 10})
    reloaded(run, as_first_release(run.current, damage))
    run.complete("t", {"r": 20})
    ((element, kind),) = run.troubles
    (incident,) = run.incidents.values()
    assert (element, kind) == ("t", "EXTRACT_VALUE_ERROR")
    assert "results" in incident.message
    assert str(body_of(run)) in incident.message
    with pytest.raises(ModificationRefused, match="3 项"):
        run.do(commands.SetVariables({"results": [10]}, scope=body_of(run), local=True))
    run.do(commands.SetVariables({"results": [10, None, None]}, scope=body_of(run), local=True))
    run.resolve("t")
    run.complete("t", {"r": 30})
    assert run.done
    assert run.variables["results"] == [10, 20, 30]


# ---------------------------------------------------------------------- signals


def heard(run: Run, *names: str) -> bool:
    return all(name in run.path for name in names)


def test_a_signal_is_said_once_to_the_others_whoever_hears_it_inside(begin):
    esp = event_subprocess("esp", start("es", SIGNAL, isInterrupting="false"), user("h"), end("ee"), chain("es", "h", "ee"))
    run = begin(build(throw("t", SIGNAL), user("u"), esp, chain("start", "t", "u", "end")), variables={"q": 1})
    assert [(thrown.name, thrown.variables) for thrown in run.of(effects.SignalThrown)] == [("ping", {"q": 1})]
    assert run.open == ["h", "u"]
    assert run.waiting == ["es"]


def test_a_called_process_that_is_just_ending_does_not_begin_anew(begin):
    """Its last token has gone in this very step; a throw in its caller comes a moment later."""
    esp = event_subprocess("esp", start("es", SIGNAL, isInterrupting="false"), user("h"), end("ee"), chain("es", "h", "ee"))
    child = process(start("cs"), user("w"), end("ce"), esp, chain("cs", "w", "ce"), id="child")
    caller = process(
        start(), parallel("f"), call("c", "child"), catch("k", timer("Duration", "PT1H")), throw("t", SIGNAL), end(), end("e2"), flow("start", "f"),
        chain("f", "c", "end"), chain("f", "k", "t", "e2"),
    )  # fmt: skip
    run = begin(library(file(ROOTS, caller, child)))
    run.complete("w")
    run.advance(timedelta(hours=2))
    assert run.done
    assert not heard(run, "h")


LISTENER = '<zeebe:executionListeners><zeebe:executionListener eventType="end" type="last" retries="1"/></zeebe:executionListeners>'


def test_an_event_sub_process_does_not_begin_while_the_end_listener_of_its_process_runs(begin):
    esp = event_subprocess("esp", start("es", SIGNAL, isInterrupting="false"), user("h"), end("ee"), chain("es", "h", "ee"))
    run = begin(library(file(ROOTS, process(start(), end(), esp, chain("start", "end"), extensions=LISTENER))))
    assert [job.type for job in run.jobs.values()] == ["last"]
    assert run.waiting == []
    run.do(commands.CompleteJob(next(iter(run.jobs))))
    assert run.done


def test_a_signal_without_mappings_leaves_the_items_of_others_alone(begin):
    inner = subprocess(
        "sp", start("s1"), user("u"), throw("t", SIGNAL), end("e1"),
        event_subprocess("esp", start("es", SIGNAL, isInterrupting="false"), user("h"), end("ee"), chain("es", "h", "ee")), chain("s1", "u", "t", "e1"),
        loop=loop("=[1, 2]", "n", "out", "=n"),
    )  # fmt: skip
    run = begin(build(inner, chain("start", "sp", "end")))
    run.complete("u", index=1)
    assert sorted(run.current.visible(task)["n"] for task, opened in run.tasks.items() if opened.element_id == "h") == [1, 2]


def test_a_called_process_brings_what_it_has_set_itself_and_not_what_it_only_kept(begin):
    child = process(
        start("cs"),
        user("w"),
        script("s", '="new"', "mine"),
        throw("t", SIGNAL),
        user("w2"),
        end("ce"),
        chain("cs", "w", "s", "t", "w2", "ce"),
        id="child",
    )
    caller = process(
        start(),
        call("c", "child"),
        end(),
        boundary("b", "c", SIGNAL, interrupting=False),
        user("h"),
        end("e2"),
        chain("start", "c", "end"),
        chain("b", "h", "e2"),
    )
    run = begin(library(file(ROOTS, caller, child)), variables={"shared": 1})
    run.set(shared=2)
    run.complete("w")
    assert run.open == ["h", "w2"]
    assert (run.variables["shared"], run.variables["mine"]) == (2, "new")


def test_a_signal_with_mappings_brings_what_they_name(begin):
    run = begin(
        build(
            parallel("f"),
            catch("c", SIGNAL),
            user("u"),
            throw("t", SIGNAL, io({"reason": '="late"'})),
            end("e2"),
            flow("start", "f"),
            chain("f", "c", "u", "end"),
            chain("f", "t", "e2"),
        )
    )
    assert run.open == ["u"]
    assert run.variables["reason"] == "late"
    assert run.of(effects.SignalThrown)[0].variables == {"reason": "late"}
