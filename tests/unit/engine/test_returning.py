"""退回: a user task is returned to an earlier one — what ends, what stands, and how the token comes back."""

import pytest

from app.engine import DiagramError, ModificationRefused, NotOpen, TreeSuspended, commands, effects, read, return_targets
from app.engine.commands import CompleteTask, Return
from app.engine.returning import check

from .diagrams import (
    boundary,
    call,
    chain,
    end,
    error,
    escalation,
    event_subprocess,
    exclusive,
    file,
    flow,
    inclusive,
    io,
    loop,
    message,
    node,
    on_error,
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


def back(*targets: str) -> str:
    """The property that says where a task may be returned to."""
    return f'<zeebe:properties><zeebe:property name="returnTo" value="{" ".join(targets)}"/></zeebe:properties>'


def task(id: str, *targets: str, extensions: str = "", loop: str = "") -> str:
    return user(id, (back(*targets) if targets else "") + extensions, loop)


def build(*body: str, roots: str = "", called: str = ""):
    return library(file(roots, process(start(), *body)), *([file(called)] if called else []))


def offered(run: Run, element_id: str, index: int = 0) -> dict[str, tuple]:
    found = return_targets(run.current, run.task(element_id, index))
    return {target.element_id: target.instances for target in found}


def give_back(run: Run, element_id: str, to: str, *, straight: bool = False, index: int = 0, instances: tuple[int, ...] = ()) -> list:
    return run.do(Return(run.task(element_id, index), to, straight, instances, {"reason": "金额不符"}))


LINE = [task("a"), task("b"), task("c", "*"), end(), chain("start", "a", "b", "c", "end")]


def line(run: Run) -> Run:
    run.complete("a", {"x": 1})
    run.complete("b")
    return run


def test_step_by_step_everything_behind_the_target_runs_again(begin):
    run = line(begin(build(*LINE)))
    assert offered(run, "c") == {"a": (), "b": ()}
    number = run.task("c")
    happened = give_back(run, "c", "a")
    assert run.open == ["a"]
    assert run.ended[number] == "terminated"
    assert run.variables == {"x": 1}
    said = next(effect for effect in happened if isinstance(effect, effects.Returned))
    assert (said.element, said.element_id, said.to, said.straight, said.remark) == (number, "c", "a", False, {"reason": "金额不符"})
    assert set(said.reopened) == {"a", "b"}
    opened = next(effect for effect in happened if isinstance(effect, effects.TaskOpened))
    assert opened.returned == said
    run.complete("a")
    assert run.tasks[run.task("b")].returned is None
    run.complete("b")
    run.complete("c")
    assert run.done


def test_straight_back_only_the_returning_task_opens_again(begin):
    run = line(begin(build(*LINE)))
    give_back(run, "c", "a", straight=True)
    assert run.open == ["a"]
    run.complete("a", {"x": 2})
    assert (run.open, run.variables) == (["c"], {"x": 2})
    assert run.path.count("b") == 1
    run.complete("c")
    assert run.done


def test_a_task_whose_approved_values_have_changed_takes_the_ordinary_way(begin):
    run = line(begin(build(*LINE)))
    give_back(run, "c", "a", straight=True)
    run.do(CompleteTask(run.task("a"), {"x": 3}, onward=True))
    assert run.open == ["b"]
    run.complete("b")
    assert run.open == ["c"]
    run.complete("c")
    assert run.done


@pytest.mark.parametrize(
    ("answer", "opened"),
    [({"amount": 4, "note": "一"}, "judge"), ({"amount": 6, "note": "一"}, "check"), ({"amount": 4, "note": "二"}, "judge")],
)
def test_what_a_condition_between_rests_on_is_judged_again_and_nothing_else_is(begin, answer, opened):
    """The answer that the gateway read has changed: who was passed over is asked. Another answer leaves the return straight (modelling.md §7)."""
    body = (
        task("fill"),
        exclusive("big", "small"),
        task("check"),
        task("judge", "fill"),
        end(),
        chain("start", "fill", "big"),
        flow("big", "check", "=amount > 5"),
        flow("big", "judge", id="small"),
        chain("check", "judge", "end"),
    )
    run = begin(build(*body))
    run.complete("fill", {"amount": 4, "note": "一"})
    give_back(run, "judge", "fill", straight=True)
    run.complete("fill", answer)
    assert run.open == [opened]


def test_several_returns_straight_back_into_each_other(begin):
    run = line(begin(build(task("a"), task("b", "a"), task("c", "*"), end(), chain("start", "a", "b", "c", "end"))))
    give_back(run, "c", "b", straight=True)
    give_back(run, "b", "a", straight=True)
    assert run.open == ["a"]
    run.complete("a")
    assert run.open == ["b"]
    run.complete("b")
    assert run.open == ["c"]
    run.complete("c")
    assert run.done


def test_step_by_step_from_a_task_that_was_to_go_straight_back(begin):
    run = line(begin(build(task("a"), task("b", "a"), task("c", "*"), end(), chain("start", "a", "b", "c", "end"))))
    give_back(run, "c", "b", straight=True)
    give_back(run, "b", "a")
    assert (run.open, run.active) == (["a"], ["a"])
    for element in ("a", "b", "c"):
        assert run.open == [element]
        run.complete(element)
    assert run.done


FORKED = [
    task("t"),
    parallel("f"),
    task("a", "t"),
    task("a2", "*"),
    task("b", "*"),
    task("b2", "*"),
    parallel("j"),
    task("z", "*"),
    end(),
    chain("start", "t", "f", "a", "a2", "j", "z", "end"),
    chain("f", "b", "b2", "j"),
]


def forked(begin, *done: str) -> Run:
    run = begin(build(*FORKED))
    for element in ("t", *done):
        run.complete(element)
    return run


def test_within_a_branch_the_other_branch_is_not_touched(begin):
    run = forked(begin, "a", "b", "b2")
    give_back(run, "a2", "a")
    assert run.open == ["a"]
    assert [token.state for token in run.current.tokens() if token.element_id == "j"] == ["waiting"]
    run.complete("a")
    run.complete("a2")
    assert (run.open, run.path.count("z")) == (["z"], 1)
    run.complete("z")
    assert run.done


def test_before_the_fork_all_branches_end_and_there_is_one_fork_again(begin):
    run = forked(begin, "a", "b", "b2")
    give_back(run, "a2", "t")
    assert (run.open, run.active) == (["t"], ["t"])
    for element in ("t", "b", "a", "b2", "a2"):
        run.complete(element)
    assert (run.open, run.path.count("z")) == (["z"], 1)


def test_straight_back_from_a_branch_the_other_goes_on_and_the_join_is_met_once(begin):
    run = forked(begin, "a", "b")
    give_back(run, "a2", "t", straight=True)
    assert run.open == ["b2", "t"]
    run.complete("b2")
    assert run.open == ["t"]
    run.complete("t")
    assert run.open == ["a2"]
    run.complete("a2")
    assert (run.open, run.path.count("z"), run.path.count("f")) == (["z"], 1, 1)
    run.complete("z")
    assert run.done


def test_behind_a_join_one_branch_is_done_again_and_the_other_stands(begin):
    """What the other branch has brought to the join stays there: the task that is returned to is waited for, and for nothing else."""
    run = forked(begin, "a", "b", "b2", "a2")
    give_back(run, "z", "a")
    assert run.open == ["a"]
    run.complete("a")
    run.complete("a2")
    assert (run.open, run.path.count("b"), run.path.count("b2")) == (["z"], 1, 1)
    run.complete("z")
    assert run.done


def test_a_join_in_a_join_is_undone_as_far_as_the_target_needs(begin):
    inner = [
        parallel("f1"), task("t"), parallel("f2"), task("x"), task("y"), parallel("j2"), task("u"), task("v"), parallel("j1"), task("z", "*"), end(),
        chain("start", "f1", "t", "f2", "x", "j2", "u", "j1", "z", "end"), chain("f2", "y", "j2"), chain("f1", "v", "j1"),
    ]  # fmt: skip
    run = begin(build(*inner))
    for element in ("t", "v", "x", "y", "u"):
        run.complete(element)
    give_back(run, "z", "x")
    assert run.open == ["x"]
    run.complete("x")
    run.complete("u")
    assert (run.open, run.path.count("y"), run.path.count("v")) == (["z"], 1, 1)
    run.complete("z")
    assert run.done


def test_a_task_of_another_branch_is_no_target(begin):
    run = forked(begin, "a", "b")
    assert offered(run, "a2") == {"a": (), "t": ()}
    with pytest.raises(ModificationRefused) as refused:
        give_back(run, "a2", "b")
    assert refused.value.code == "RETURN"
    assert run.open == ["a2", "b2"]


def test_what_lies_ahead_is_no_target_though_a_loop_led_there_once(begin):
    """Trap T12: through a loop in the graph b2 could be returned forward to z, and the other branch was cancelled with it."""
    body = [*FORKED[:-3], end(), exclusive("g", "out"), exclusive("m")]
    flows = [chain("start", "m", "t", "f", "a", "a2", "j", "z", "g"), chain("f", "b", "b2", "j"), flow("g", "m", "=again")]
    run = begin(build(*body, *flows, flow("g", "end", id="out")))
    for element in ("t", "a", "b", "b2", "a2"):
        run.complete(element)
    run.complete("z", {"again": True})
    for element in ("t", "b", "a"):
        run.complete(element)
    assert set(offered(run, "b2")) == {"t", "b", "a"}
    assert {target.element_id for target in return_targets(run.current, run.task("b2")) if target.stepwise} == {"t", "b"}
    for to in ("z", "a2"):
        with pytest.raises(ModificationRefused):
            give_back(run, "b2", to)
    with pytest.raises(ModificationRefused):
        give_back(run, "b2", "a")


def test_inclusive_branches_that_were_not_taken_are_not_waited_for(begin):
    body = [
        task("t"), inclusive("f", "d"), task("a"), task("b"), task("c"), inclusive("j"), task("z", "*"), end(),
        chain("start", "t", "f"), flow("f", "a", "=true"), flow("f", "b", "=true"), flow("f", "c", "=false"), chain("c", "j"),
        chain("a", "j"), chain("b", "j", "z", "end"), task("d1"), flow("f", "d1", id="d"), chain("d1", "j"),
    ]  # fmt: skip
    run = begin(build(*body))
    for element in ("t", "a", "b"):
        run.complete(element)
    give_back(run, "z", "b")
    assert run.open == ["b"]
    run.complete("b")
    assert (run.open, run.path.count("a")) == (["z"], 1)


STAGES = [
    subprocess("one", start("s1"), task("fill"), task("check"), end("e1"), chain("s1", "fill", "check", "e1"),
        extensions=io({"inner": "=1", "checkedBy": "=null"}, {"amount": "=amount", "checked": "=checkedBy"})),
    boundary("late", "one", timer("Duration", "P10D"), False),
    subprocess("two", start("s2"), task("judge", "*"), task("note", "judge"), end("e2"), chain("s2", "judge", "note", "e2")),
    boundary("slow", "two", timer("Duration", "P30D")),
    end(),
    end("told"),
    end("gone"),
    chain("start", "one", "two", "end"),
    chain("late", "told"),
    chain("slow", "gone"),
]  # fmt: skip


def staged(begin) -> Run:
    run = begin(build(*STAGES))
    run.complete("fill", {"amount": 10})
    run.complete("check", {"checkedBy": "甲"})
    return run


def test_out_of_a_sub_process_into_a_completed_one_which_is_entered_anew(begin):
    run = staged(begin)
    assert offered(run, "judge") == {"fill": (), "check": ()}
    give_back(run, "judge", "fill")
    assert (run.open, run.waiting, run.path.count("one")) == (["fill"], ["late"], 2)
    assert run.current.visible(run.task("fill"))["inner"] == 1
    run.complete("fill", {"amount": 20})
    run.complete("check", {"checkedBy": "乙"})
    assert (run.open, run.variables["amount"], run.variables["checked"]) == (["judge"], 20, "乙")


def test_into_the_middle_of_a_completed_sub_process(begin):
    run = staged(begin)
    give_back(run, "judge", "check")
    assert (run.open, run.path.count("s1")) == (["check"], 1)
    run.complete("check", {"checkedBy": "丙"})
    assert (run.open, run.variables["checked"]) == (["judge"], "丙")


def test_straight_back_over_the_borders_of_sub_processes(begin):
    """The stage that judges stays open meanwhile, with its limit; the one corrected gives what the correction gives and keeps what else it gave."""
    run = staged(begin)
    give_back(run, "judge", "fill", straight=True)
    assert (run.open, run.waiting) == (["fill"], ["late", "slow"])
    run.complete("fill", {"amount": 30})
    assert (run.open, run.path.count("check"), run.path.count("two")) == (["judge"], 1, 1)
    assert (run.variables["amount"], run.variables["checked"]) == (30, "甲")
    run.complete("judge")
    run.complete("note")
    assert run.done


def test_within_a_sub_process(begin):
    run = staged(begin)
    run.complete("judge")
    give_back(run, "note", "judge")
    assert (run.open, run.path.count("two")) == (["judge"], 1)


def test_a_limit_that_ends_the_returning_stage_ends_the_waiting_for_it(begin):
    run = staged(begin)
    give_back(run, "judge", "fill", straight=True)
    run.fire("slow")
    assert (run.open, run.path.count("gone")) == (["fill"], 1)
    run.complete("fill", {"amount": 1})
    assert (run.done, run.path.count("judge")) == (True, 1)


def test_a_correction_is_not_led_away_by_an_interrupting_event(begin):
    """Its token is one too many on the flow: only what does not interrupt is waited for."""
    body = [
        task("a"), boundary("ask", "a", on_message("m"), True),
        boundary("remind", "a", timer("Duration", "P1D"), False), task("b", "a"), end(), end("e1"), end("e2"),
        chain("start", "a", "b", "end"), chain("ask", "e1"), chain("remind", "e2"),
    ]  # fmt: skip
    run = begin(build(*body, roots=message("m", "ask", '="1"')))
    assert run.waiting == ["ask", "remind"]
    run.complete("a")
    give_back(run, "b", "a", straight=True)
    assert run.waiting == ["remind"]
    run.fire("remind")
    run.complete("a")
    assert run.open == ["b"]


def test_an_error_beside_a_correction_does_not_lead_it_away(begin):
    """The sub-process that is entered anew stands aside of the flow: its error boundary would add a token to it."""
    beside = event_subprocess(
        "es", start("es1", on_message("m"), isInterrupting="false"), end("broken", on_error("e")), chain("es1", "broken")
    )
    body = [
        subprocess("one", start("s1"), task("fill"), beside, end("e1"), chain("s1", "fill", "e1")), boundary("failed", "one", on_error("e")),
        task("judge", "fill"), task("mend"), end(), end("e2"), chain("start", "one", "judge", "end"), chain("failed", "mend", "e2"),
    ]  # fmt: skip
    run = begin(build(*body, roots=message("m", "go", '="1"') + error("e", "E")))
    run.complete("fill")
    give_back(run, "judge", "fill", straight=True)
    run.deliver("es1")
    assert (run.open, run.troubles) == (["fill"], [("broken", "UNHANDLED_ERROR_EVENT")])


def test_no_inclusive_join_waits_for_a_correction_that_leads_nowhere(begin):
    """One reviewer has asked for a correction straight; the other then returns everything, so that nobody waits for the correction any more."""
    body = [
        task("t"), inclusive("o"), task("a"), task("b"), inclusive("j"), parallel("f"), task("r", "a"), task("q", "b"), parallel("j2"), end(),
        chain("start", "t", "o"), flow("o", "a", "=true"), flow("o", "b", "=true"), chain("a", "j", "f", "r", "j2", "end"), chain("b", "j"),
        chain("f", "q", "j2"),
    ]  # fmt: skip
    run = begin(build(*body))
    for element in ("t", "a", "b"):
        run.complete(element)
    give_back(run, "r", "a", straight=True)
    give_back(run, "q", "b")
    assert run.open == ["a", "b"]
    run.complete("b")
    assert run.open == ["a", "q", "r"]
    run.complete("a")
    for element in ("q", "r"):
        run.complete(element)
    assert run.done


def test_called_processes_below_what_ends_end_too(begin):
    called = process(start("cs"), task("inside"), end("ce"), chain("cs", "inside", "ce"), id="c")
    body = [
        task("a"),
        parallel("f"),
        call("ca", "c"),
        task("b", "a"),
        parallel("j"),
        end(),
        chain("start", "a", "f", "ca", "j", "end"),
        chain("f", "b", "j"),
    ]
    run = begin(build(*body, called=called))
    run.complete("a")
    assert run.open == ["b", "inside"]
    give_back(run, "b", "a")
    assert (run.open, sorted(run.instances.values())) == (["a"], ["active", "cancelled"])
    run.complete("a")
    assert run.open == ["b", "inside"]


def test_any_earlier_task_may_be_one_of_the_calling_process(begin):
    called = process(start("cs"), task("inside", "*"), end("ce"), chain("cs", "inside", "ce"), id="c")
    body = [task("a"), call("ca", "c"), end(), chain("start", "a", "ca", "end")]
    run = begin(build(*body, called=called))
    run.complete("a")
    assert offered(run, "inside") == {"a": ()}
    give_back(run, "inside", "a", straight=True)
    run.complete("a")
    assert run.open == ["inside"]
    give_back(run, "inside", "a")
    assert (run.open, sorted(run.instances.values())) == (["a"], ["active", "cancelled"])


ITEMS = loop('=["甲", "乙", "丙"]', "office", "opinions", "=opinion")
MULTI = [task("a"), task("m", "a", loop=ITEMS), task("z", "*"), end(), chain("start", "a", "m", "z", "end")]


def opinions(begin, body=MULTI) -> Run:
    run = begin(build(*body))
    run.complete("a")
    for number in range(3):
        run.complete("m", {"opinion": number})
    return run


def test_of_a_multi_instance_target_the_person_picks_the_instances_and_the_others_stand(begin):
    run = opinions(begin)
    assert offered(run, "z") == {"a": (), "m": (1, 2, 3)}
    give_back(run, "z", "m", instances=(2,))
    assert [run.current.visible(number)["office"] for number in run.tasks] == ["乙"]
    run.complete("m", {"opinion": "改"})
    assert (run.open, run.variables["opinions"]) == (["z"], [0, "改", 2])


def test_without_a_choice_all_instances_are_done_again(begin):
    run = opinions(begin)
    give_back(run, "z", "m")
    assert run.open == ["m", "m", "m"]


def test_one_instance_after_the_other_also_when_some_are_done_again(begin):
    sequential = loop('=["甲", "乙", "丙"]', "office", "opinions", "=opinion", sequential=True)
    run = opinions(begin, [task("a"), task("m", "a", loop=sequential), task("z", "*"), end(), chain("start", "a", "m", "z", "end")])
    give_back(run, "z", "m", straight=True, instances=(3, 1))
    for office in ("甲", "丙"):
        assert [run.current.visible(number)["office"] for number in run.tasks] == [office]
        run.complete("m", {"opinion": office})
    assert (run.open, run.variables["opinions"]) == (["z"], ["甲", 1, "丙"])


def test_instances_that_were_not_done_cannot_be_picked(begin):
    run = opinions(begin)
    for wrong in ((4,), (0, 1)):
        with pytest.raises(ModificationRefused):
            give_back(run, "z", "m", instances=wrong)
    with pytest.raises(ModificationRefused):
        give_back(run, "z", "a", instances=(1,))
    assert run.open == ["z"]


def test_an_instance_that_is_gone_from_the_collection_is_an_incident_that_says_so(begin):
    run = begin(
        build(task("a"), task("m", "a", loop=loop("=offices", "office")), task("z", "*"), end(), chain("start", "a", "m", "z", "end")),
        variables={"offices": [1, 2]},
    )
    run.complete("a")
    run.complete("m")
    run.complete("m")
    run.set(offices=[1])
    give_back(run, "z", "m", instances=(2,))
    assert run.troubles == [("m", "EXTRACT_VALUE_ERROR")]
    run.set(offices=[1, 3])
    run.resolve("m")
    assert (run.open, run.current.visible(run.task("m"))["office"]) == (["m"], 3)


def test_out_of_one_instance_ends_the_body_and_straight_back_only_that_instance(begin):
    run = begin(build(*MULTI))
    run.complete("a")
    run.complete("m", {"opinion": "好"})
    give_back(run, "m", "a", straight=True)
    assert run.open == ["a", "m"]
    run.complete("a")
    offices = sorted(run.current.visible(number)["office"] for number in run.tasks)
    assert offices == ["丙", "乙"]
    give_back(run, "m", "a")
    assert run.open == ["a"]
    run.complete("a")
    assert run.open == ["m", "m", "m"]


INNER = subprocess(
    "sp", start("s2"), task("u"), task("v", "*"), end("e2"), chain("s2", "u", "v", "e2"), loop=loop("=[1, 2]", "i", "out", "=r")
)


def test_within_one_instance_only_that_one_is_touched(begin):
    run = begin(build(task("a"), INNER, task("z", "*"), end(), chain("start", "a", "sp", "z", "end")))
    run.complete("a")
    run.complete("u")
    run.complete("u")
    assert run.open == ["v", "v"]
    give_back(run, "v", "u", index=1)
    assert (run.open, run.current.visible(run.task("u"))["i"]) == (["u", "v"], 2)
    run.complete("v", {"r": 1})
    run.complete("u")
    run.complete("v", {"r": 2})
    assert (run.open, run.variables["out"]) == (["z"], [1, 2])
    assert offered(run, "z") == {"a": (), "u": (1, 2), "v": (1, 2)}
    give_back(run, "z", "v", instances=(2,))
    assert (run.open, run.current.visible(run.task("v"))["i"]) == (["v"], 2)
    run.complete("v", {"r": 3})
    assert (run.open, run.variables["out"]) == (["z"], [1, 3])


def test_nothing_leads_out_of_an_event_sub_process_into_the_flow_beside_it(begin):
    handler = event_subprocess(
        "es", start("es1", on_message("m"), isInterrupting="false"), task("h"), task("h2", "*"), end("es2"), chain("es1", "h", "h2", "es2")
    )
    run = begin(build(task("a"), task("b", "*"), handler, end(), chain("start", "a", "b", "end"), roots=message("m", "go", '="1"')))
    run.complete("a")
    run.deliver("es1")
    run.complete("h")
    assert offered(run, "h2") == {"h": ()}
    give_back(run, "h2", "h")
    assert run.open == ["b", "h"]


def test_what_stands_beside_the_flow_is_undone_with_it_only_if_its_token_can_be_told(begin):
    """After a reminder's path the flow's own token may have passed a join: then one branch alone could be done twice."""
    body = [
        task("t"), parallel("f"), task("a"), boundary("n", "a", timer("Duration", "P1D"), False), task("side", "t a0"),
        task("a0"), task("b"), parallel("j"), task("z"), end(), end("e2"),
        chain("start", "t", "f", "a0", "a", "j", "z", "end"), chain("f", "b", "j"), chain("n", "side", "e2"),
    ]  # fmt: skip
    run = begin(build(*body))
    run.complete("t")
    run.complete("a0")
    run.fire("n")
    give_back(run, "side", "a0")
    assert run.open == ["a0", "b"]
    run.complete("a0")
    run.fire("n")
    for element in ("a", "b"):
        run.complete(element)
    assert run.open == ["side", "z"]
    give_back(run, "side", "a0")
    assert run.open == ["a0"]
    run.complete("a0")
    run.complete("a")
    assert (run.open, run.path.count("b")) == (["z"], 1)


def test_a_refusal_changes_nothing_and_says_why(begin):
    run = line(begin(build(task("a"), task("b", "a"), task("c", "b"), task("d", "*"), end(), chain("start", "a", "b", "c", "d", "end"))))
    before = run.current.dump()
    for to in ("a", "c", "d", "nowhere", "start", ""):
        with pytest.raises(ModificationRefused) as refused:
            run.do(Return(run.task("c"), to, False))
        assert refused.value.code == "RETURN"
    with pytest.raises(NotOpen):
        run.do(Return(999, "a", False))
    with pytest.raises(NotOpen):
        run.do(Return(next(number for number, name in run.names.items() if name == "a"), "a", False))
    assert run.current.dump() == before
    run.do(commands.Suspend())
    with pytest.raises(TreeSuspended):
        give_back(run, "c", "b")


def test_a_task_without_the_property_and_one_that_was_never_done_are_no_targets(begin):
    choice = [
        task("a"), exclusive("g", "other"), task("left"), task("right"), exclusive("m"), task("z", "*"), end(),
        chain("start", "a", "g"), flow("g", "left", "=way = 1"), flow("g", "right", id="other"), chain("left", "m", "z", "end"), chain("right", "m"),
    ]  # fmt: skip
    run = begin(build(*choice))
    run.complete("a", {"way": 1})
    assert offered(run, "left") == {}
    run.complete("left")
    assert offered(run, "z") == {"a": (), "left": ()}
    with pytest.raises(ModificationRefused, match="还没有办结过"):
        give_back(run, "z", "right")


def test_a_task_that_is_being_corrected_is_not_returned_to_again(begin):
    run = forked(begin, "a", "b")
    give_back(run, "a2", "t", straight=True)
    assert offered(run, "b2") == {"b": ()}
    with pytest.raises(ModificationRefused, match="正在办理"):
        give_back(run, "b2", "t")
    run.complete("t")
    assert offered(run, "b2") == {"b": (), "t": ()}


def test_an_element_that_a_return_reopens_keeps_its_round(begin):
    """A drawn loop begins a new round; a return goes on in the old one; what had not been completed begins another."""
    body = [exclusive("m"), task("a"), task("b"), task("c", "*"), exclusive("g", "out"), end()]
    run = begin(build(*body, chain("start", "m", "a", "b", "c", "g"), flow("g", "m", "=again"), flow("g", "end", id="out")))

    def rounds() -> list[tuple[str, int]]:
        return [(item.element_id, item.round) for item in run.of(effects.ElementEntered) if item.element_id in "abc"]

    line(run)
    run.complete("c", {"again": True})
    assert rounds() == [("a", 1), ("b", 1), ("c", 1), ("a", 2)]
    line(run)
    give_back(run, "c", "a")
    line(run)
    assert rounds()[-3:] == [("a", 2), ("b", 2), ("c", 3)]
    give_back(run, "c", "b", straight=True)
    run.complete("b")
    assert rounds()[-2:] == [("b", 2), ("c", 4)]
    run.complete("c", {"again": True})
    assert rounds()[-1] == ("a", 3)


def test_a_thousand_returns_leave_nothing_behind():
    run = line(Run(build(*LINE), reload=True))
    sizes = []
    for number in range(1000):
        give_back(run, "c", "a", straight=number % 2 == 0)
        run.complete("a")
        if number % 2:
            run.complete("b")
        if number > 2:
            sizes.append(len(run.current.dump()))
    assert max(sizes) - min(sizes) < 30
    assert max(sizes) < 500


def test_the_past_goes_along_when_an_instance_is_migrated(begin):
    sources = [
        file(process(start(), *LINE)),
        file(process(start(), task("a1"), task("b"), task("c", "*"), end(), chain("start", "a1", "b", "c", "end"), id="q")),
    ]
    run = line(begin(library(*sources)))
    run.do(commands.Migrate(2, {"a": "a1"}))
    assert offered(run, "c") == {"a1": (), "b": ()}
    give_back(run, "c", "a1")
    assert run.open == ["a1"]


def test_an_administrator_who_ends_a_correction_opens_the_waiting_task_again(begin):
    run = line(begin(build(*LINE)))
    give_back(run, "c", "a", straight=True)
    run.do(commands.Modify(terminate=[run.task("a")]))
    assert run.open == ["c"]


def test_work_in_progress_below_the_target_is_taken_back(begin):
    body = [
        task("a"),
        parallel("f"),
        task("b", "a"),
        service("w"),
        node("manualTask", "n"),
        parallel("j"),
        end(),
        chain("start", "a", "f", "b", "j", "end"),
        chain("f", "w", "n", "j"),
    ]
    run = begin(build(*body, roots=escalation("e", "E")))
    run.complete("a")
    assert [job.element_id for job in run.jobs.values()] == ["w"]
    give_back(run, "b", "a")
    assert (run.jobs, run.open) == ({}, ["a"])


# ---------------------------------------------------------------------- what a diagram may name


def problems_of(*body: str) -> list[tuple[str, str, str]]:
    with pytest.raises(DiagramError) as refused:
        read(file(process(start(), *body)), "x.bpmn")
    return [(problem.element, problem.code, problem.message) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ("chek", "“chek”在本流程中不存在,是不是 check?"),
        ("check nowhere", "“nowhere”在本流程中不存在,请改正标识,可用:"),
        ("g", "“g”不是用户任务"),
        ("", "是空的"),
        (" ; ", "是空的"),
    ],
)
def test_a_target_that_is_no_user_task_of_the_process_is_refused_by_name(targets, said):
    body = [task("check"), exclusive("g"), user("b", back(targets)), end(), chain("start", "check", "g", "b", "end")]
    [(element, code, message)] = problems_of(*body)
    assert (element, code) == ("b", "RETURN_TARGET")
    assert said in message


def test_only_a_user_task_may_be_returned(begin):
    [(element, code, _)] = problems_of(task("a"), service("s", "work", back("a")), end(), chain("start", "a", "s", "end"))
    assert (element, code) == ("s", "RETURN_TARGET")


def never(*body: str) -> list[tuple[str, str]]:
    [definition] = read(file(process(start(), *body)), "x.bpmn").processes
    found = check(definition)
    assert all(problem.code == "RETURN_NEVER" for problem in found)
    return [(problem.element, problem.message.split("(")[1].split(")")[0]) for problem in found]


def test_a_target_that_cannot_have_been_done_before_is_named_by_lint():
    forked = [parallel("f"), task("t"), task("a", "t b z a"), task("b"), parallel("j"), task("z", "a b t *"), end()]
    flows = [chain("start", "t", "f", "a", "j", "z", "end"), chain("f", "b", "j")]
    assert never(*forked, *flows) == [("a", "b"), ("a", "z"), ("a", "a")]


def test_a_loop_makes_what_lies_ahead_no_target_unless_a_way_leads_there_first():
    body = [
        exclusive("m"),
        task("a"),
        exclusive("g0", "d"),
        task("b", "c x"),
        task("x"),
        exclusive("m2"),
        task("c"),
        exclusive("g", "out"),
        end(),
    ]
    flows = [
        chain("start", "m", "a", "g0"), flow("g0", "b", "=p"), flow("g0", "x", id="d"), chain("b", "m2", "c", "g"), chain("x", "m2"),
        flow("g", "m", "=again"), flow("g", "end", id="out"),
    ]  # fmt: skip
    assert never(*body, *flows) == []
    assert never(exclusive("m"), task("a"), task("b", "c"), task("c"), exclusive("g", "out"), end(), chain("start", "m", "a", "b", "c", "g"),
                 flow("g", "m", "=again"), flow("g", "end", id="out")) == [("b", "c")]  # fmt: skip


def test_between_stages_and_out_of_an_event_sub_process():
    one = subprocess("one", start("s1"), task("fill", "judge"), end("e1"), chain("s1", "fill", "e1"))
    two = subprocess("two", start("s2"), task("judge", "fill"), end("e2"), chain("s2", "judge", "e2"))
    beside = event_subprocess(
        "es", start("es1", timer("Duration", "P1D"), isInterrupting="false"), task("h", "fill"), end("es2"), chain("es1", "h", "es2")
    )
    assert never(one, two, beside, end(), chain("start", "one", "two", "end")) == [("fill", "judge"), ("h", "fill")]
