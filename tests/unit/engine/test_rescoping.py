"""Migrations to a diagram that draws other sub-processes, asks once instead of several times, or is to begin again elsewhere."""

import pytest

from app.engine import ModificationRefused, effects, preview_migration
from app.engine.commands import Migrate

from .diagrams import boundary, chain, end, io, loop, parallel, script, start, subprocess, timer, user
from .test_modification import token, two

FLAT = [user("a"), user("b"), end(), chain("start", "a", "b", "end")]


def staged(*inner: str, extensions: str = "", after: tuple[str, ...] = ("b",)) -> list[str]:
    """The stage ``sp`` with ``inner`` in a row, then the tasks ``after``."""
    names = [name.partition('id="')[2].partition('"')[0] for name in inner]
    body = subprocess("sp", start("s2"), *inner, end("e2"), chain("s2", *names, "e2"), extensions=extensions)
    return [body, *(user(name) for name in after), end(), chain("start", "sp", *after, "end")]


def test_a_sub_process_that_is_drawn_newly_is_entered_around_what_runs(begin):
    lib = two(
        FLAT,
        [*staged(user("a"), extensions=io({"inside": "=1 + 1"})), boundary("late", "sp", timer("Duration", "P1D")), chain("late", "end")],
    )
    run = begin(lib, variables={"x": 1})
    task = run.task("a")
    seen = preview_migration(lib, run.current, Migrate(2))
    assert (seen.entered, seen.reasons) == (["sp"], [])
    told = run.do(Migrate(2))
    scope = token(run, "sp")
    assert effects.InstanceMigrated(1, 2, "p", {task: "a"}, {task: scope}) in told
    assert [effect.element_id for effect in told if isinstance(effect, effects.ElementEntered)] == ["sp"]
    assert (run.task("a"), run.waiting) == (task, ["late"])
    assert run.current.visible(task) == {"x": 1, "inside": 2}
    run.complete("a")
    assert (run.open, run.waiting, run.variables) == (["b"], [], {"x": 1})
    run.complete("b")
    assert run.done


def test_two_branches_go_on_in_one_new_sub_process(begin):
    body = (parallel("f"), user("a"), user("b"), parallel("j"))
    flows = chain("f", "a", "j") + chain("f", "b", "j")
    old = [*body, end(), chain("start", "f"), flows, chain("j", "end")]
    new = [subprocess("sp", start("s2"), *body, end("e2"), chain("s2", "f"), flows, chain("j", "e2")), end(), chain("start", "sp", "end")]
    run = begin(two(old, new))
    run.complete("a")
    run.do(Migrate(2))
    assert len([view for view in run.current.tokens() if view.element_id == "sp"]) == 1
    run.complete("b")
    assert run.done


def test_nested_sub_processes_are_entered_from_the_outside(begin):
    inner = subprocess("inner", start("s3"), user("a"), end("e3"), chain("s3", "a", "e3"))
    run = begin(
        two(FLAT, [subprocess("sp", start("s2"), inner, end("e2"), chain("s2", "inner", "e2")), end(), chain("start", "sp", "end")])
    )
    entered = [effect.element_id for effect in run.do(Migrate(2)) if isinstance(effect, effects.ElementEntered)]
    assert entered == ["sp", "inner"]
    run.complete("a")
    assert run.done


def test_a_sub_process_that_is_not_drawn_any_more_is_left_with_its_variables(begin):
    lib = two(
        [*staged(user("a"), extensions=io({"kept": "=7"})), boundary("late", "sp", timer("Duration", "P1D")), chain("late", "end")], FLAT
    )
    run = begin(lib)
    seen = preview_migration(lib, run.current, Migrate(2))
    assert (seen.left, seen.reasons) == (["sp"], [])
    run.do(Migrate(2))
    assert (run.waiting, run.variables) == ([], {"kept": 7})
    run.complete("a")
    assert run.open == ["b"]


def test_what_runs_in_a_sub_process_goes_on_in_that_one_only(begin):
    old = staged(user("a"))
    new = [*staged(user("c")), subprocess("other", start("s4"), user("a"), end("e4"), chain("s4", "a", "e4"))]
    run = begin(two(old, new))
    with pytest.raises(ModificationRefused, match="原在子流程 sp 中"):
        run.do(Migrate(2))


def test_the_last_of_several_goes_on_as_the_one_that_is_asked(begin):
    several = [user("a", "", loop("=[1, 2]", "i")), user("b"), end(), chain("start", "a", "b", "end")]
    run = begin(two(several, FLAT))
    with pytest.raises(ModificationRefused, match="多实例"):
        run.do(Migrate(2))
    run.complete("a")
    run.do(Migrate(2))
    assert run.open == ["a"]
    run.complete("a")
    assert run.open == ["b"]


def test_a_branch_that_waits_at_a_join_goes_on_waiting_at_a_join_of_another_kind(begin):
    def forked(join: str) -> list[str]:
        return [parallel("f"), user("a"), user("b"), join, end(), chain("start", "f", "a", "j", "end"), chain("f", "b", "j")]

    run = begin(two(forked(parallel("j")), forked(parallel("j").replace("parallelGateway", "inclusiveGateway"))))
    run.complete("a")
    run.do(Migrate(2))
    assert not run.done
    run.complete("b")
    assert run.done


PREPARED = staged(script("prepare", "=1 + 2", "prepared"), user("a"))


def test_what_begins_anew_passes_what_the_other_diagram_has_prepared(begin):
    lib = two(FLAT, PREPARED)
    run = begin(lib)
    before = run.task("a")
    command = Migrate(2, anew={"a": "prepare"})
    seen = preview_migration(lib, run.current, command)
    assert ([(move.old_id, move.new_id) for move in seen.begun], seen.moves, seen.reasons) == ([("a", "prepare")], [], [])
    told = run.do(command)
    assert any(isinstance(effect, effects.TaskClosed) and effect.element == before for effect in told)
    assert run.task("a") != before
    assert (run.open, run.variables) == (["a"], {"prepared": 3})
    run.complete("a")
    run.complete("b")
    assert run.done


def test_branches_that_begin_anew_at_one_element_begin_there_once(begin):
    body = [parallel("f"), user("a"), user("b", "", loop("=[1, 2]")), parallel("j"), end()]
    run = begin(two([*body, chain("start", "f", "a", "j", "end"), chain("f", "b", "j")], PREPARED))
    run.complete("a")
    run.do(Migrate(2, anew={"b": "sp", "j": "sp"}))
    assert (run.open, run.variables) == (["a"], {"prepared": 3})


@pytest.mark.parametrize("target", ["s2", "nowhere"])
def test_nothing_begins_anew_at_an_event_that_only_others_cause(begin, target):
    run = begin(two(FLAT, PREPARED))
    before = run.current.dump()
    with pytest.raises(ModificationRefused, match=target):
        run.do(Migrate(2, anew={"a": target}))
    assert run.current.dump() == before
