"""Events: boundary, intermediate, end, event sub-processes, messages, signals, escalations, links, termination."""

from datetime import timedelta
from typing import Any

import pytest

from app.engine import ModificationRefused, effects

from .diagrams import (
    TERMINATE,
    boundary,
    catch,
    chain,
    end,
    error,
    escalation,
    event_subprocess,
    file,
    io,
    message,
    on_error,
    on_escalation,
    on_link,
    on_message,
    on_signal,
    parallel,
    process,
    service,
    signal,
    start,
    subprocess,
    throw,
    timer,
    user,
)
from .runs import Run, library

GO = message("m", "go", "=k")
ROOTS = GO + signal("sig", "ping") + error("err", "E1") + escalation("esc", "X1")


def build(*body: str):
    return library(file(ROOTS, process(start(), *body)))


def test_an_interrupting_boundary_timer_ends_the_task(begin):
    run = begin(
        build(
            user("a"),
            boundary("t", "a", timer("Duration", '=duration("PT1H")')),
            user("late"),
            end(),
            chain("start", "a", "end"),
            chain("t", "late", "end"),
        )
    )
    number = run.task("a")
    assert run.advance(timedelta(hours=2)) == ["t"]
    assert (run.open, run.ended[number]) == (["late"], "terminated")
    run.complete("late")
    assert run.done


def test_a_non_interrupting_boundary_timer_runs_beside_the_task(begin):
    run = begin(
        build(
            user("a"),
            boundary("t", "a", timer("Duration", "PT1H"), False),
            user("remind"),
            end(),
            chain("start", "a", "end"),
            chain("t", "remind", "end"),
        )
    )
    run.advance(timedelta(hours=2))
    assert (run.open, run.waiting) == (["a", "remind"], [])
    run.complete("a")
    assert (run.open, run.done) == (["remind"], False)
    run.complete("remind")
    assert run.done


def test_a_non_interrupting_message_boundary_keeps_waiting(begin):
    run = begin(
        build(user("a"), boundary("b", "a", on_message("m"), False), user("n"), end(), chain("start", "a", "end"), chain("b", "n", "end")),
        variables={"k": "1"},
    )
    run.deliver("b")
    run.deliver("b", {"note": "second"})
    assert (run.open, run.waiting) == (["a", "n", "n"], ["b"])
    run.complete("a")
    assert (run.open, run.waiting) == (["n", "n"], [])
    assert run.variables["note"] == "second"


def test_a_reminder_that_was_already_made_survives_the_main_task(begin):
    run = begin(
        build(
            user("a"),
            boundary("t", "a", timer("Cycle", "R3/PT1H"), False),
            user("remind"),
            end(),
            chain("start", "a", "end"),
            chain("t", "remind", "end"),
        )
    )
    assert run.advance(timedelta(hours=9)) == ["t", "t", "t"]
    assert run.open == ["a", "remind", "remind", "remind"]
    run.complete("a")
    assert run.open == ["remind"] * 3


def test_a_boundary_event_sees_the_tasks_local_inputs(begin):
    run = begin(
        build(
            user("a", io({"due": "=d"})),
            boundary("t", "a", timer("Duration", "=due")),
            user("late"),
            end(),
            chain("start", "a", "end"),
            chain("t", "late", "end"),
        ),
        variables={"d": "PT1H"},
    )
    assert run.waits[run.wait("t")].due_at == run.now + timedelta(hours=1)
    run.fire("t")
    assert (run.open, run.variables) == (["late"], {"d": "PT1H"})


def test_a_boundary_timer_starts_anew_on_every_visit(begin):
    run = begin(
        build(
            user("a"), boundary("t", "a", timer("Duration", "PT1H")), user("fix"), end(), chain("start", "a", "end"), chain("t", "fix", "a")
        )
    )
    for _ in range(3):
        run.advance(timedelta(hours=1))
        assert run.open == ["fix"]
        run.complete("fix")
        assert (run.open, run.waiting) == (["a"], ["t"])
    run.complete("a")
    assert (run.done, run.waiting) == (True, [])


def test_intermediate_timers_wait_one_after_the_other(begin):
    run = begin(
        build(
            catch("t", timer("Duration", "PT1H")),
            catch("d", timer("Date", '=now() + duration("PT1H")')),
            end(),
            chain("start", "t", "d", "end"),
        )
    )
    assert run.advance(timedelta(hours=1)) == ["t"]
    assert run.waiting == ["d"]
    assert run.advance(timedelta(hours=1)) == ["d"]
    assert run.done


def test_a_message_without_a_correlation_key_value_is_an_incident(begin):
    run = begin(build(catch("c", on_message("m")), end(), chain("start", "c", "end")))
    assert run.troubles == [("c", "EXTRACT_VALUE_ERROR")]
    run.set(k="K")
    run.resolve("c")
    assert run.waits[run.wait("c")].correlation_key == "K"
    run.deliver("c", {"z": 1})
    assert run.variables == {"k": "K", "z": 1}


def test_message_throw_and_end_events_are_jobs(begin):
    run = begin(
        build(
            throw("mt", on_message("m"), '<zeebe:taskDefinition type="send"/>' + io({"x": "=1"})),
            end("e", on_message("m"), '<zeebe:taskDefinition type="send2"/>'),
            chain("start", "mt", "e"),
        )
    )
    assert run.jobs[run.job("mt")].type == "send"
    run.finish("mt")
    assert run.jobs[run.job("e")].type == "send2"
    run.finish("e")
    assert run.done


def test_signals_are_thrown_and_caught(begin):
    run = begin(
        build(throw("st", on_signal("sig")), catch("sc", on_signal("sig")), end("e", on_signal("sig")), chain("start", "st", "sc", "e")),
        variables={"q": 1},
    )
    assert [(thrown.name, thrown.variables) for thrown in run.of(effects.SignalThrown)] == [("ping", {"q": 1})]
    wait = run.waits[run.wait("sc")]
    assert (wait.kind, wait.name, wait.correlation_key) == ("signal", "ping", None)
    run.deliver("sc", {"from": "there"})
    assert run.done
    assert len(run.of(effects.SignalThrown)) == 2
    assert run.variables["from"] == "there"


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_is_caught_at_the_sub_process(begin, interrupting):
    inner = subprocess(
        "sp", start("s2"), user("u"), throw("up", on_escalation("esc")), user("u2"), end("e2"), chain("s2", "u", "up", "u2", "e2")
    )
    run = begin(
        build(
            inner,
            boundary("b", "sp", on_escalation("esc"), interrupting),
            user("h"),
            end(),
            chain("start", "sp", "end"),
            chain("b", "h", "end"),
        )
    )
    run.complete("u")
    assert run.open == (["h"] if interrupting else ["h", "u2"])
    for element in run.open:
        run.complete(element)
    assert run.done
    assert run.of(effects.EscalationUncaught) == []


def test_an_uncaught_escalation_goes_on(begin):
    run = begin(build(throw("up", on_escalation("esc")), user("a"), end("e", on_escalation("esc")), chain("start", "up", "a", "e")))
    assert run.open == ["a"]
    run.complete("a")
    assert run.done
    assert [effect.code for effect in run.of(effects.EscalationUncaught)] == ["X1", "X1"]


def test_links_go_on_at_their_target(begin):
    run = begin(
        build(throw("away", on_link("A")), catch("here", on_link("A")), user("u"), end(), chain("start", "away"), chain("here", "u", "end"))
    )
    assert (run.open, run.path) == (["u"], ["start", "away", "here", "u"])
    run.complete("u")
    assert run.done


def test_terminate_ends_everything_in_its_scope(begin):
    run = begin(
        build(parallel("g"), user("a"), user("b"), end("te", TERMINATE), end(), chain("start", "g", "a", "te"), chain("g", "b", "end"))
    )
    run.complete("a")
    assert (run.done, run.active, run.open) == (True, [], [])


def test_terminate_inside_a_sub_process_ends_only_the_sub_process(begin):
    inner = subprocess(
        "sp",
        start("s2"),
        parallel("g"),
        user("a"),
        user("b"),
        end("te", TERMINATE),
        end("e2"),
        chain("s2", "g", "a", "te"),
        chain("g", "b", "e2"),
    )
    run = begin(build(inner, user("after"), end(), chain("start", "sp", "after", "end")))
    run.complete("a")
    assert run.open == ["after"]


def test_a_process_without_an_end_event_completes(begin):
    run = begin(build(user("a"), chain("start", "a")))
    run.complete("a")
    assert run.done


@pytest.mark.parametrize("reserved", ["Start", "End", "Root", "p.EndJoin"])
def test_ids_of_the_library_underneath_may_be_used(begin, reserved):
    run = begin(build(user(reserved), end(), chain("start", reserved, "end")))
    run.complete(reserved)
    assert run.done


# ---------------------------------------------------------------------- event sub-processes


def esp(trigger: str, interrupting: bool = True, extensions: str = "") -> str:
    return event_subprocess(
        "esp",
        start("es", trigger, extensions, isInterrupting="true" if interrupting else "false"),
        user("eu"),
        end("ee"),
        chain("es", "eu", "ee"),
    )


TRIGGERS = {
    "message": on_message("m"),
    "timer": timer("Duration", "PT1H"),
    "signal": on_signal("sig"),
    "error": on_error(),
    "escalation": on_escalation(),
}


@pytest.mark.parametrize("trigger", TRIGGERS.values(), ids=TRIGGERS.keys())
def test_an_event_sub_process_that_never_started_does_not_keep_the_process(begin, trigger):
    run = begin(build(user("u"), end(), chain("start", "u", "end"), esp(trigger)), variables={"k": "1"})
    run.complete("u")
    assert (run.done, run.waiting) == (True, [])


@pytest.mark.parametrize("kind", ["message", "timer", "signal"])
def test_an_interrupting_event_sub_process_ends_its_surroundings(begin, kind):
    run = begin(build(user("u"), end(), chain("start", "u", "end"), esp(TRIGGERS[kind])), variables={"k": "1"})
    if kind == "timer":
        run.fire("es")
    else:
        run.deliver("es", {"why": "c"})
        assert run.variables["why"] == "c"
    assert (run.open, run.waiting, run.path) == (["eu"], [], ["start", "u", "esp", "es", "eu"])
    run.complete("eu")
    assert run.done


@pytest.mark.parametrize("kind", ["message", "signal", "timer"])
def test_a_non_interrupting_event_sub_process_runs_beside_and_keeps_waiting(begin, kind):
    trigger = timer("Cycle", "R/PT1H") if kind == "timer" else TRIGGERS[kind]
    run = begin(build(user("u"), end(), chain("start", "u", "end"), esp(trigger, False)), variables={"k": "1"})
    for _ in range(2):
        if kind == "timer":
            run.fire("es")
        else:
            run.deliver("es")
    assert (run.open, run.waiting) == (["eu", "eu", "u"], ["es"])
    run.complete("u")
    assert not run.done
    run.complete("eu")
    run.complete("eu")
    assert (run.done, run.waiting) == (True, [])


def test_an_error_starts_the_event_sub_process_of_its_scope(begin):
    run = begin(
        build(
            service("j"),
            user("other"),
            parallel("g"),
            end(),
            chain("start", "g", "j", "end"),
            chain("g", "other", "end"),
            esp(on_error("err")),
        )
    )
    run.error("j", "E1", {"why": "z"})
    assert (run.open, run.variables) == (["eu"], {"why": "z"})
    run.complete("eu")
    assert run.done


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_starts_the_event_sub_process_of_its_scope(begin, interrupting):
    run = begin(
        build(
            throw("up", on_escalation("esc")), user("u"), end(), chain("start", "up", "u", "end"), esp(on_escalation("esc"), interrupting)
        )
    )
    assert run.open == (["eu"] if interrupting else ["eu", "u"])


def test_an_event_sub_process_inside_a_sub_process(begin):
    inner = subprocess("sp", start("s2"), user("u"), end("e2"), chain("s2", "u", "e2"), esp(on_message("m")))
    run = begin(build(inner, user("after"), end(), chain("start", "sp", "after", "end")), variables={"k": "1"})
    run.deliver("es")
    assert run.open == ["eu"]
    run.complete("eu")
    assert run.open == ["after"]


def test_what_a_start_event_maps_stays_inside_the_event_sub_process(begin):
    run = begin(
        build(user("u"), end(), chain("start", "u", "end"), esp(on_message("m"), True, io(outputs={"inside": "=payload"}))),
        variables={"k": "1"},
    )
    run.deliver("es", {"payload": 5, "junk": 6})
    assert run.variables == {"k": "1"}
    assert run.current.visible(run.task("eu"))["inside"] == 5


def test_two_event_sub_processes_are_independent_until_one_interrupts(begin):
    second = event_subprocess(
        "esp2", start("es2", on_signal("sig"), isInterrupting="false"), user("eu2"), end("ee2"), chain("es2", "eu2", "ee2")
    )
    run = begin(build(user("u"), end(), chain("start", "u", "end"), esp(on_message("m")), second), variables={"k": "1"})
    run.deliver("es2")
    assert (run.open, run.waiting) == (["eu2", "u"], ["es", "es2"])
    run.deliver("es")
    assert (run.open, run.waiting) == (["eu"], [])


# ---------------------------------------------------------------------- errors


def test_an_error_end_event_is_caught_at_the_sub_process(begin):
    inner = subprocess("sp", start("s2"), user("u"), end("e2", on_error("err")), chain("s2", "u", "e2"))
    run = begin(
        build(
            inner,
            boundary("b", "sp", on_error("err")),
            user("h"),
            user("ok"),
            end(),
            chain("start", "sp", "ok", "end"),
            chain("b", "h", "end"),
        )
    )
    run.complete("u")
    assert run.open == ["h"]
    run.complete("h")
    assert run.done


def test_an_error_fires_only_the_boundary_of_its_own_activity(begin):
    body = [parallel("g"), end(), chain("start", "g")]
    for name in "ab":
        body += [
            subprocess(name, start(f"s_{name}"), service(f"j_{name}"), end(f"e_{name}"), chain(f"s_{name}", f"j_{name}", f"e_{name}")),
            boundary(f"b_{name}", name, on_error("err")),
            user(f"h_{name}"),
        ]
        body += [chain("g", name, "end"), chain(f"b_{name}", f"h_{name}", "end")]
    run = begin(build(*body))
    run.error("j_a", "E1")
    assert (run.open, [job.element_id for job in run.jobs.values()]) == (["h_a"], ["j_b"])


def test_the_very_code_is_preferred_to_a_catch_of_everything(begin):
    body = [service("j"), boundary("all", "j", on_error()), boundary("one", "j", on_error("err")), user("general"), user("exact"), end()]
    lib = build(*body, chain("start", "j", "end"), chain("all", "general", "end"), chain("one", "exact", "end"))
    for code, want in (("E1", "exact"), ("OTHER", "general")):
        run = begin(lib)
        run.error("j", code)
        assert run.open == [want]


def test_an_uncaught_error_is_an_incident(begin):
    run = begin(build(end("e", on_error("err")), chain("start", "e")))
    assert (run.troubles, run.done) == ([("e", "UNHANDLED_ERROR_EVENT")], False)
    run = begin(build(service("j"), end(), chain("start", "j", "end")))
    run.error("j", "NOBODY")
    assert run.troubles == [("j", "UNHANDLED_ERROR_EVENT")]
    run.resolve("j")
    run.finish("j")
    assert run.done


def test_a_message_start_event_maps_its_variables(begin):
    body = process(start("ms", on_message("m"), io(outputs={"kept": "=given"})), user("a"), end(), chain("ms", "a", "end"))
    lib = library(file(GO, body))
    with pytest.raises(ModificationRefused):
        begin(lib)
    run = begin(lib, variables={"given": 1, "junk": 2}, start_event="ms")
    assert (run.open, run.variables) == (["a"], {"kept": 1})
    event = lib.processes["p"].start_events[0]
    assert (event.kind, event.name, event.correlation_key) == ("message", "go", "=k")


def test_a_process_may_have_several_starts(begin):
    body = process(
        start(), start("ms", on_message("m")), start("ts", timer("Cycle", "0 0 9 * * MON-FRI")), start("ss", on_signal("sig")), user("a"), user("b"), user("c"), end(),
        chain("start", "a", "end"), chain("ms", "b", "end"), chain("ts", "c", "end"), chain("ss", "c"),
    )  # fmt: skip
    lib = library(file(ROOTS, body))
    assert begin(lib).open == ["a"]
    assert begin(lib, start_event="ms").open == ["b"]
    assert begin(lib, start_event="ts").open == ["c"]
    assert [start_event.kind for start_event in lib.processes["p"].start_events] == ["none", "message", "timer", "signal"]


def test_a_thrown_message_s_job_knows_the_message_that_the_event_refers_to() -> None:
    def headers(extensions: str) -> dict[str, str]:
        body = (start(), throw("said", on_message("m"), f'<zeebe:taskDefinition type="send"/>{extensions}'), chain("start", "said"))
        (job,) = Run(library(file(message("m", "listed"), process(*body)))).of(effects.JobOpened)
        return dict(job.headers)

    assert headers("") == {"messageRef": "listed"}
    assert headers('<zeebe:taskHeaders><zeebe:header key="messageName" value="other"/></zeebe:taskHeaders>') == {"messageName": "other"}


def test_a_thrown_message_goes_by_the_key_that_it_is_drawn_with() -> None:
    def key(expression: str, **variables: Any) -> str | None:
        body = (start(), throw("said", on_message("m"), '<zeebe:taskDefinition type="send"/>'), chain("start", "said"))
        run = Run(library(file(message("m", "listed", expression), process(*body))), variables=variables)
        (job,) = run.of(effects.JobOpened)
        return job.headers.get("messageKey")

    assert key("=string(year)", year=2027) == "2027"
    assert key("=year", year=None) is None, "then it is the project's"
