"""Repairs: modifying, migrating; in and out of parallel branches, sub-processes and multi-instance bodies."""

import pytest

from app.engine import ModificationRefused, NotOpen, commands, effects, preview_migration
from app.engine.commands import Activation, Migrate, Modify

from .diagrams import (
    boundary,
    call,
    chain,
    end,
    event_subprocess,
    file,
    io,
    loop,
    message,
    on_message,
    parallel,
    process,
    service,
    start,
    subprocess,
    timer,
    user,
)
from .runs import Run, library


def build(*body: str, roots: str = ""):
    return library(file(roots, process(start(), *body)))


FORKED = [
    parallel("f"),
    user("a"),
    user("b"),
    user("a2"),
    parallel("j"),
    user("z"),
    end(),
    chain("start", "f", "a", "a2", "j", "z", "end"),
    chain("f", "b", "j"),
]


def token(run: Run, element_id: str, index: int = 0) -> int:
    return [item.element for item in run.current.tokens() if item.element_id == element_id][index]


def test_returning_a_task_ends_its_token_and_activates_the_earlier_one(begin):
    run = begin(build(user("a"), user("b"), end(), chain("start", "a", "b", "end")))
    run.complete("a", {"x": 1})
    run.do(Modify(terminate=[run.task("b")], activate=[Activation("a")], variables={"returned": True}))
    assert (run.open, run.variables) == (["a"], {"x": 1, "returned": True})
    run.complete("a")
    run.complete("b")
    assert run.done


def test_a_branch_of_a_fork_can_be_sent_back_and_still_joins(begin):
    run = begin(build(*FORKED))
    run.complete("a")
    run.complete("b")
    run.do(Modify(terminate=[run.task("a2")], activate=[Activation("a")]))
    assert run.open == ["a"]
    run.complete("a")
    run.complete("a2")
    assert run.open == ["z"]


def test_a_token_that_waits_at_a_join_can_be_taken_back(begin):
    run = begin(build(*FORKED))
    run.complete("b")
    waiting = [item for item in run.current.tokens() if item.state == "waiting"]
    assert [item.element_id for item in waiting] == ["j"]
    run.do(Modify(terminate=[waiting[0].element], activate=[Activation("b")]))
    assert run.open == ["a", "b"]
    for element in ("a", "a2"):
        run.complete(element)
    assert run.open == ["b"]
    run.complete("b")
    assert run.open == ["z"]


def test_leaving_a_fork_altogether(begin):
    run = begin(build(*FORKED))
    run.do(Modify(terminate=[run.task("a"), run.task("b")], activate=[Activation("z")]))
    assert run.open == ["z"]
    run.complete("z")
    assert run.done


def test_activating_a_join_lets_the_token_through(begin):
    run = begin(build(*FORKED))
    run.do(Modify(terminate=[run.task("a"), run.task("b")], activate=[Activation("j")]))
    assert run.open == ["z"]


INNER = [
    subprocess("sp", start("s2"), user("u"), user("v"), end("e2"), chain("s2", "u", "v", "e2"), extensions=io({"local": "=7"})),
    boundary("t", "sp", timer("Duration", "PT1H")),
    user("late"),
]
NESTED = [user("first"), *INNER, end(), chain("start", "first", "sp", "end"), chain("t", "late", "end")]


def test_activating_inside_a_closed_sub_process_opens_it_with_its_inputs_and_events(begin):
    run = begin(build(*NESTED))
    run.do(Modify(terminate=[run.task("first")], activate=[Activation("v")]))
    assert (run.open, run.waiting, run.path) == (["v"], ["t"], ["start", "first", "sp", "v"])
    assert run.current.visible(run.task("v"))["local"] == 7
    run.complete("v")
    assert run.done


def test_activating_inside_an_open_sub_process_uses_it(begin):
    run = begin(build(*NESTED))
    run.complete("first")
    run.do(Modify(activate=[Activation("v"), Activation("v", ancestor=token(run, "sp"))]))
    assert (run.open, run.path.count("sp")) == (["u", "v", "v"], 1)


def test_two_activations_in_one_new_sub_process_share_it(begin):
    run = begin(build(*NESTED))
    run.do(Modify(terminate=[run.task("first")], activate=[Activation("u"), Activation("v")]))
    assert (run.open, run.path.count("sp")) == (["u", "v"], 1)


def test_ending_the_last_token_inside_ends_the_sub_process_around_it(begin):
    run = begin(build(*NESTED))
    run.complete("first")
    run.do(Modify(terminate=[run.task("u")], activate=[Activation("first")]))
    assert (run.open, run.waiting, run.active) == (["first"], [], ["first"])


def test_ending_everything_cancels_the_instance(begin):
    run = begin(build(*NESTED))
    run.do(Modify(terminate=[run.task("first")]))
    assert (run.current.root_state, run.instances) == ("cancelled", {1: "cancelled"})


def test_ending_a_called_process_ends_the_call(begin):
    child = process(start(), user("u"), end(), chain("start", "u", "end"), id="c")
    run = begin(
        library(
            file(
                process(start(), parallel("g"), call("ca", "c"), user("x"), end(), chain("start", "g", "ca", "end"), chain("g", "x", "end"))
            ),
            file(child),
        )
    )
    run.do(Modify(terminate=[run.task("u")]))
    assert (run.open, run.instances) == (["x"], {1: "active", 2: "cancelled"})
    run.complete("x")
    assert run.done


def test_activating_inside_a_called_process(begin):
    child = process(start(), user("u"), user("w"), end(), chain("start", "u", "w", "end"), id="c")
    run = begin(library(file(process(start(), call("ca", "c"), end(), chain("start", "ca", "end"))), file(child)))
    run.do(Modify(terminate=[run.task("u")], activate=[Activation("w", instance=2)]))
    assert run.open == ["w"]
    run.complete("w", {"k": 1})
    assert (run.done, run.variables) == (True, {"k": 1})


SIGN = user("sign", "", loop("=people", "person", "out", "=opinion"))


def test_a_signer_can_be_added_and_removed(begin):
    run = begin(build(SIGN, end(), chain("start", "sign", "end")), variables={"people": ["li", "wang"]})
    body = token(run, "sign")
    run.do(Modify(activate=[Activation("sign", ancestor=body, variables={"person": "zhao"})]))
    assert [run.current.visible(task)["person"] for task in run.tasks] == ["li", "wang", "zhao"]
    run.do(Modify(terminate=[run.task("sign", 1)]))
    run.complete("sign", {"opinion": "yes"}, 1)
    assert not run.done
    run.complete("sign", {"opinion": "no"})
    assert (run.done, run.variables["out"]) == (True, ["no", None, "yes"])


def test_removing_the_last_open_signer_completes_what_others_have_done(begin):
    run = begin(build(SIGN, user("after"), end(), chain("start", "sign", "after", "end")), variables={"people": ["li", "wang"]})
    run.complete("sign", {"opinion": "yes"})
    run.do(Modify(terminate=[run.task("sign")]))
    assert (run.open, run.variables["out"]) == (["after"], ["yes", None])


def test_removing_a_signer_in_a_row_goes_on_with_the_next(begin):
    run = begin(build(user("sign", "", loop("=[1, 2, 3]", "i", sequential=True)), end(), chain("start", "sign", "end")))
    run.do(Modify(terminate=[run.task("sign")]))
    assert run.current.visible(run.task("sign"))["i"] == 2
    run.complete("sign")
    run.complete("sign")
    assert run.done


def test_activating_inside_a_multi_instance_sub_process(begin):
    inner = subprocess(
        "sp", start("s2"), user("u"), user("v"), end("e2"), chain("s2", "u", "v", "e2"), loop=loop("=[1, 2]", "i", "out", "=r")
    )
    run = begin(build(user("first"), inner, end(), chain("start", "first", "sp", "end")))
    run.complete("first")
    second = [item.element for item in run.current.tokens() if item.element_id == "sp"][2]
    run.do(Modify(terminate=[run.task("u", 1)], activate=[Activation("v", ancestor=second)]))
    assert run.open == ["u", "v"]
    assert run.current.visible(run.task("v"))["i"] == 2
    run.complete("v", {"r": "two"})
    run.complete("u")
    run.complete("v", {"r": "one"})
    assert (run.done, run.variables["out"]) == (True, ["one", "two"])


def test_a_modification_that_makes_no_sense_changes_nothing(begin):
    run = begin(build(*NESTED))
    before = run.current.dump()
    for command, words in (
        (Modify(terminate=[99], activate=[Activation("nowhere"), Activation("start"), Activation("t"), Activation("u", instance=7)]), 5),
        (Modify(activate=[Activation("u", ancestor=run.task("first"))]), 1),
    ):
        with pytest.raises(ModificationRefused) as refused:
            run.do(command)
        assert len(refused.value.reasons) == words
    assert run.current.dump() == before
    run.complete("first")


def test_starting_in_the_middle(begin):
    run = begin(build(*NESTED), start_before=["v"], variables={"x": 1})
    assert (run.open, run.path, run.variables) == (["v"], ["sp", "v"], {"x": 1})
    run.complete("v")
    assert run.done
    with pytest.raises(ModificationRefused):
        begin(build(*NESTED), start_before=["nowhere"])


# ---------------------------------------------------------------------- migration


def two(old: list[str], new: list[str], roots: str = ""):
    """A library with version 1 (key 1) of the process and version 2 (key 2)."""
    first, second = build(*old, roots=roots), build(*new, roots=roots)
    lib = library(file(process(start(), id="nothing")))
    lib.processes = {"p": first.processes["p"].with_key(1, 1, 1), "v2": second.processes["p"].with_key(2, 2, 2)}
    return lib


def test_migrating_keeps_tasks_variables_and_timers_with_their_due(begin):
    old = [
        user("a"),
        boundary("t", "a", timer("Duration", "PT1H")),
        user("late"),
        end(),
        chain("start", "a", "end"),
        chain("t", "late", "end"),
    ]
    new = [
        user("a"),
        user("check"),
        boundary("t", "a", timer("Duration", "PT9H")),
        user("late"),
        end(),
        chain("start", "a", "check", "end"),
        chain("t", "late", "end"),
    ]
    run = begin(two(old, new), variables={"x": 1})
    task, wait = run.task("a"), run.wait("t")
    new_effects = run.do(Migrate(2))
    assert new_effects == [effects.InstanceMigrated(1, 2, "p", {task: "a"})]
    assert (run.wait("t"), run.waits[wait].due_at.hour) == (wait, 10)
    run.complete("a")
    assert (run.open, run.variables) == (["check"], {"x": 1})


def test_an_open_task_is_given_what_only_the_other_version_lets_it_see(begin):
    flows = (end(), chain("start", "a", "end"))
    run = begin(two([user("a", io({"kept": "=1"})), *flows], [user("a", io({"kept": "=2", "stage": '="监理"'})), *flows]))
    run.do(Migrate(2))
    assert run.current.visible(run.task("a")) == {"kept": 1, "stage": "监理"}


def test_a_migration_forgets_variables_in_every_scope(begin):
    def model(**given: str) -> list[str]:
        inner = [start("s"), user("a", io(given)), end("e"), chain("s", "a", "e")]
        return [subprocess("stage", *inner, extensions=io({"x": "=2"})), end(), chain("start", "stage", "end")]

    run = begin(two(model(x="=3", y="=4"), model(y="=4")), variables={"x": 1, "z": 5})
    task, stage = run.task("a"), next(token.element for token in run.current.tokens() if token.element_id == "stage")
    (moved,) = run.do(Migrate(2, forget=frozenset({"x", "unknown"})))
    assert set(moved.forgotten) == {(0, "x"), (stage, "x"), (task, "x")}
    assert {name for _, _, shown in run.current.scopes() for name in shown} == {"y", "z"}
    run.complete("a")
    assert "x" not in run.variables


def test_a_plan_renames_elements_and_a_preview_tells_what_moves(begin):
    lib = two([user("a"), end(), chain("start", "a", "end")], [user("b"), user("c"), end(), chain("start", "b", "c", "end")])
    run = begin(lib)
    refused = preview_migration(lib, run.current, Migrate(2))
    assert len(refused.reasons) == 1
    assert "a" in refused.reasons[0]
    with pytest.raises(ModificationRefused):
        run.do(Migrate(2))
    seen = preview_migration(lib, run.current, Migrate(2, {"a": "b"}))
    assert ([(move.old_id, move.new_id) for move in seen.moves], seen.reasons) == ([("a", "b")], [])
    run.do(Migrate(2, {"a": "b"}))
    run.do(commands.CompleteTask(next(iter(run.tasks))))
    assert run.open == ["c"]


@pytest.mark.parametrize(
    ("new", "word"),
    [
        ([service("a"), end(), chain("start", "a", "end")], "类型"),
        ([user("a", "", loop("=[1]")), end(), chain("start", "a", "end")], "多实例"),
        (
            [
                subprocess("sp", start("s2"), user("a"), end("e2"), chain("s2", "a", "e2"), loop=loop("=[1]")),
                end(),
                chain("start", "sp", "end"),
            ],
            "多实例子流程 sp",
        ),
        (
            [
                event_subprocess("sp", start("s2", timer("Duration", "P1D")), user("a"), end("e2"), chain("s2", "a", "e2")),
                end(),
                chain("start", "end"),
            ],
            "事件子流程",
        ),
    ],
)
def test_a_migration_that_cannot_be_made_is_refused_with_reasons(begin, new, word):
    run = begin(two([user("a"), end(), chain("start", "a", "end")], new))
    before = run.current.dump()
    with pytest.raises(ModificationRefused) as refused:
        run.do(Migrate(2))
    assert word in refused.value.reasons[0]
    assert run.current.dump() == before


def test_a_plan_with_unknown_ids_and_an_unknown_definition_are_refused(begin):
    run = begin(two([user("a"), end(), chain("start", "a", "end")], [user("a"), end(), chain("start", "a", "end")]))
    with pytest.raises(ModificationRefused):
        run.do(Migrate(2, {"x": "a", "a": "y"}))
    with pytest.raises(NotOpen):
        run.do(Migrate(77))
    with pytest.raises(NotOpen):
        run.do(Migrate(2, instance=5))


def test_new_boundary_events_begin_to_wait_and_vanished_ones_end(begin):
    roots = message("m", "go", "=k")
    old = [user("a"), boundary("gone", "a", timer("Duration", "PT1H")), end(), chain("start", "a", "end"), chain("gone", "end")]
    new = [user("a"), boundary("fresh", "a", on_message("m"), False), end(), chain("start", "a", "end"), chain("fresh", "end")]
    run = begin(two(old, new, roots), variables={"k": "7"})
    run.do(Migrate(2))
    assert (run.waiting, run.waits[run.wait("fresh")].correlation_key) == (["fresh"], "7")


def test_tokens_at_a_join_and_inside_sub_processes_and_loops_migrate(begin):
    def body(name: str, extra: str) -> list[str]:
        inner = subprocess("sp", start("s2"), user("u", "", loop("=[1, 2]", "i", "out", "=r")), end("e2"), chain("s2", "u", "e2"))
        return [
            parallel("f"),
            user("a"),
            inner,
            parallel("j"),
            user(name),
            end(),
            chain("start", "f", "a", "j", name, "end"),
            chain("f", "sp", "j"),
            extra,
        ]

    run = begin(two(body("z", ""), body("z2", "")))
    run.complete("a")
    run.complete("u", {"r": 1})
    run.do(Migrate(2))
    assert {view.state for view in run.current.tokens() if view.element_id == "j"} == {"waiting"}
    run.complete("u", {"r": 2})
    assert (run.open, run.variables["out"]) == (["z2"], [1, 2])


def test_a_called_process_can_be_migrated_on_its_own(begin):
    def child(*names: str) -> bytes:
        return file(process(start(), *(user(name) for name in names), end(), chain("start", *names, "end"), id="c"))

    parent = file(process(start(), call("ca", "c"), end(), chain("start", "ca", "end")))
    lib = library(parent, child("u"))
    newer = library(child("u", "w")).processes["c"].with_key(9, 2, 2)
    lib.processes = {**lib.processes, "newer": newer}
    run = begin(lib)
    run.do(Migrate(9, instance=2))
    run.complete("u")
    assert run.open == ["w"]
    assert [item.definition for item in run.current.instances()] == [1, 9]


def test_an_incident_stays_with_its_element(begin):
    lib = two(
        [user("a", '<zeebe:assignmentDefinition assignee="=1"/>'), end(), chain("start", "a", "end")],
        [user("a"), end(), chain("start", "a", "end")],
    )
    run = begin(lib)
    run.do(Migrate(2))
    assert run.troubles == [("a", "EXTRACT_VALUE_ERROR")]
    run.resolve("a")
    assert run.open == ["a"]
