"""A return takes the project back into the stage that it goes to; a terminal phase is left by waking only; a tree ends with its project."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.engine import KnownLedger, OfficesAsked, answering, commands, effects, step
from app.engine.commands import EndOfProject, Return
from app.engine.state import State
from tests.unit.engine.diagrams import (
    call,
    catch,
    chain,
    end,
    event_subprocess,
    file,
    message,
    on_message,
    process,
    start,
    subprocess,
    user,
)
from tests.unit.engine.runs import Run, library
from tests.unit.engine.test_effecting import SCHEMA, says
from tests.unit.engine.test_returning import back

FOLLOWING = {
    "draft": ("declared",),
    "declared": ("reviewing", "paused"),
    "reviewing": ("planned",),
    "planned": (),
    "paused": ("declared",),
    "gone": (),
}
MAIN = ("draft", "declared", "reviewing", "planned")


class Project(Run):
    """A tree of a project, whose phases are kept from effects as a caller would."""

    def __init__(
        self,
        lib: Any,
        *,
        entered: tuple[str, ...] = ("draft",),
        woken_by: Mapping[str, tuple[str, ...]] | None = None,
        lasting: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.entered, self.woken_by, self.lasting = list(entered), dict(woken_by or {}), dict(lasting or {})
        super().__init__(lib)

    def do(self, command: commands.Command) -> list[effects.Effect]:
        known = KnownLedger(
            project={"phase": self.entered[-1]},
            schema=SCHEMA,
            following=FOLLOWING,
            main_line=MAIN,
            woken_by=self.woken_by,
            lasting=self.lasting,
            entered=tuple(self.entered),
            answers={OfficesAsked(): {}},
        )
        before = self.state
        self.state, new = answering(lambda told: step(self.library, before, command, self.now, self.limits, told), known, lambda asked: ())
        self.state = State.load(self.state.dump(), self.library)
        self.effects += new
        for effect in new:
            self._note(effect)
            if isinstance(effect, effects.PhaseEntered):
                self.entered.append(effect.phase)
        return new

    @property
    def phase(self) -> str:
        return self.entered[-1]

    def give_back(self, element_id: str, to: str, *, straight: bool = False) -> None:
        self.do(Return(self.task(element_id), to, straight))


def lib(*body: str, parts: tuple[str, ...] = (), called: tuple[bytes, ...] = ()) -> Any:
    return library(file(*parts, process(*body)), *called)


def stage(id: str, phase: str, *tasks: str) -> str:
    names = [piece.split('id="')[1].split('"')[0] for piece in tasks]
    inner = (start(f"{id}_begin"), *tasks, end(f"{id}_done"), chain(f"{id}_begin", *names, f"{id}_done"))
    return subprocess(id, *inner, extensions=says(phase=phase))


STAGES = (
    start(extensions=says(phase="declared")),
    user("fill"),
    stage("review", "reviewing", user("check"), user("judge", back("*"))),
    stage("plan", "planned", user("list", back("*"))),
    end(),
    chain("start", "fill", "review", "plan", "end"),
)


@pytest.mark.parametrize(("to", "phase"), [("fill", "declared"), ("check", "reviewing"), ("judge", "reviewing")])
def test_a_return_sets_the_phase_of_the_stage_that_it_goes_back_to(to: str, phase: str) -> None:
    run = Project(lib(*STAGES))
    for task in ("fill", "check", "judge"):
        run.complete(task)
    assert (run.open, run.phase) == (["list"], "planned")
    run.give_back("list", to)
    assert (run.open, run.phase, run.troubles) == ([to], phase, [])
    for task in ("fill", "check", "judge")[("fill", "check", "judge").index(to) :]:
        run.complete(task)
    assert (run.open, run.phase, run.troubles) == (["list"], "planned", [])
    run.complete("list")
    assert run.done


def test_a_return_within_a_stage_leaves_the_phase_alone() -> None:
    run = Project(lib(*STAGES))
    for task in ("fill", "check"):
        run.complete(task)
    run.give_back("judge", "check")
    assert run.entered == ["draft", "declared", "reviewing"]


@pytest.mark.parametrize("straight", [True, False])
def test_straight_back_the_phase_comes_again_with_the_task_that_has_waited(straight: bool) -> None:
    run = Project(lib(*STAGES))
    for task in ("fill", "check", "judge"):
        run.complete(task)
    run.give_back("list", "fill", straight=straight)
    assert run.phase == "declared"
    run.complete("fill")
    assert (run.open, run.phase) == ((["list"], "planned") if straight else (["check"], "reviewing"))


def test_what_has_moved_the_project_meanwhile_is_not_undone_by_going_straight_back() -> None:
    run = Project(lib(*STAGES))
    for task in ("fill", "check", "judge"):
        run.complete(task)
    run.give_back("list", "fill", straight=True)
    run.entered.append("paused")  # another tree has done so
    run.complete("fill")
    assert (run.open, run.phase) == (["list"], "paused")


def test_a_return_leaves_a_phase_beside_the_main_line_alone() -> None:
    run = Project(lib(*STAGES))
    for task in ("fill", "check", "judge"):
        run.complete(task)
    run.entered.append("paused")
    run.give_back("list", "fill")
    assert (run.open, run.phase) == (["fill"], "paused")


def test_from_a_called_process_the_phase_of_the_caller_s_stage_comes_again() -> None:
    inner = file(
        process(start(), user("deep", back("*")), end(extensions=says(phase="planned")), chain("start", "deep", "end"), id="inner")
    )
    run = Project(
        lib(
            start(extensions=says(phase="declared")),
            user("fill"),
            stage("review", "reviewing", user("check"), call("called", "inner")),
            end(),
            chain("start", "fill", "review", "end"),
            called=(inner,),
        )
    )
    run.complete("fill")
    run.complete("check")
    run.give_back("deep", "fill")
    assert (run.open, run.phase) == (["fill"], "declared")


# ---------------------------------------------------------------------- a terminal phase


WAKING = (start(), user("confirm"), end("end", extensions=says(phase="declared")), chain("start", "confirm", "end"))


def test_a_terminal_phase_is_left_by_the_processes_that_wake_alone() -> None:
    run = Project(lib(*WAKING), entered=("draft", "declared", "gone"))
    run.complete("confirm")
    assert (run.troubles, run.phase) == ([("end", "PHASE_ERROR")], "gone")
    run = Project(lib(*WAKING), entered=("draft", "declared", "gone"), woken_by={"gone": ("p",)})
    run.complete("confirm")
    assert (run.done, run.phase) == (True, "declared")


def test_waking_leads_back_into_a_phase_that_the_project_has_been_in() -> None:
    run = Project(lib(*WAKING), entered=("draft", "gone"), woken_by={"gone": ("p",)})
    run.complete("confirm")
    assert (run.troubles, run.phase) == ([("end", "PHASE_ERROR")], "gone")


@pytest.mark.parametrize("goes_on", [True, False], ids=["goes on there", "does not"])
def test_what_goes_on_in_a_project_that_has_ended_ends_it_no_second_time(goes_on: bool) -> None:
    """The system of a terminated project is still retired; the project stays terminated (FX-33-1, SC-31-1)."""
    body = (start(), user("leave"), end("end", extensions=says(phase="gone")), chain("start", "leave", "end"))
    run = Project(lib(*body), entered=("draft", "paused"), lasting={"paused": ("p",) if goes_on else (), "gone": ()})
    run.complete("leave")
    assert (run.done, run.phase, run.troubles) == (goes_on, "paused", [] if goes_on else [("end", "PHASE_ERROR")])


def ended(name: str = "project_ended", interrupting: bool = True) -> tuple[tuple[str, ...], tuple[str, ...]]:
    begin = f'<bpmn:startEvent id="heard" isInterrupting="{str(interrupting).lower()}">{on_message("m")}</bpmn:startEvent>'
    beside = event_subprocess("beside", begin, user("tidy"), end("tidied"), chain("heard", "tidy", "tidied"))
    return (message("m", name, "=1"),), (start(), user("a"), end(), chain("start", "a", "end"), beside)


def test_a_tree_ends_with_its_project_by_the_event_sub_process_that_is_drawn_for_it() -> None:
    parts, body = ended()
    run = Project(lib(*body, parts=parts))
    run.do(EndOfProject("gone"))
    assert (run.open, run.variables["phase"]) == (["tidy"], "gone")
    run.complete("tidy")
    assert run.done


@pytest.mark.parametrize(("name", "interrupting"), [("something_else", True), ("project_ended", False)])
def test_without_one_it_is_cancelled(name: str, interrupting: bool) -> None:
    parts, body = ended(name, interrupting)
    run = Project(lib(*body, parts=parts))
    run.do(EndOfProject("gone"))
    assert (run.open, run.state.root_state) == ([], "cancelled")


def test_what_waits_inside_a_process_for_the_message_is_no_end_of_it() -> None:
    run = Project(
        lib(start(), catch("wait", on_message("m")), end(), chain("start", "wait", "end"), parts=(message("m", "project_ended", "=1"),))
    )
    run.do(EndOfProject("gone"))
    assert run.state.root_state == "cancelled"
