"""What was said stands at a new visit where it still holds and nothing that it approved has changed; each seat for itself, once, and nobody's word is made up."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.engine import DiagramError, commands, effects, read
from app.engine.ledger import ApprovalsAsked
from tests.unit.engine.diagrams import chain, end, exclusive, file, flow, io, loop, process, start, subprocess, user
from tests.unit.engine.test_approvals import Approved
from tests.unit.engine.test_effecting import lib, says

OK = "verdict = &quot;同意&quot;"
A, B, C = ({"key": str(number), "name": name} for number, name in enumerate(("甲局", "乙局", "丙局"), 1))


def sign(**more: str) -> str:
    return says(**{"approves": "total", "approvesWhen": OK, "stands": OK, **more})


class Lapsing(Approved):
    """The caller says of each approval whether it has lapsed."""

    lapsed = False

    def _look_up(self, question: object) -> Any:
        found = super()._look_up(question)
        return tuple(replace(one, lapsed=self.lapsed) for one in found) if isinstance(question, ApprovalsAsked) else found


GROUP = '<zeebe:assignmentDefinition candidateGroups="finance"/>'
LOOP = loop("=offices", "asked", "verdicts", "=verdict")


def tree(check: str = "", looped: str = "", *, offices: Any = (A, B), **more: Any) -> Lapsing:
    """ask → check → last, which returns to ask, or to check."""
    body = (
        start(), user("ask"), user("check", GROUP + (check or sign()), looped), user("last", says(returnTo="ask check") + io({"ok": '=approved("p.check")'})),
        end(), chain("start", "ask", "check", "last", "end"),
    )  # fmt: skip
    return Lapsing(lib(*body), variables={"offices": list(offices), "note": "甲"}, project={"total": 5}, **more)


def back(run: Approved, to: str = "ask", **more: Any) -> None:
    run.do(commands.Return(run.task("last"), to, False, **more))


def approvals(run: Approved) -> list[tuple[int, int, bool, tuple[int, int, int] | None]]:
    return [(one.item, one.round, one.holds, one.stands_for) for one in run.of(effects.ApprovalGiven)]


def test_what_still_holds_is_passed_over_with_the_same_answer() -> None:
    run = tree()
    run.complete("ask")
    run.complete("check", {"verdict": "同意"})
    back(run)
    before = len(run.effects)
    run.complete("ask")
    assert [task.element_id for task in run.tasks.values()] == ["last"]
    (stood,) = [effect for effect in run.effects[before:] if isinstance(effect, effects.TaskOpened) and effect.element_id == "check"]
    first = next(effect for effect in run.effects if isinstance(effect, effects.TaskOpened) and effect.element_id == "check")
    assert stood.stands_for == first.element
    assert approvals(run) == [(0, 1, True, None), (0, 1, True, (0, 1, 0))]
    assert run.current.visible(run.task("last"))["ok"] is True
    assert run.variables["verdict"] == "同意"


def _another_total(run: Approved) -> None:
    run.facts["total"] = 6


def _nothing(run: Approved) -> None:
    pass


@pytest.mark.parametrize(
    ("verdict", "change", "stands"),
    [("同意", _nothing, True), ("同意", _another_total, False), ("不同意", _nothing, False)],
)
def test_only_what_holds_and_has_not_changed(verdict: str, change: Callable[[Approved], None], stands: bool) -> None:
    run = tree()
    run.complete("ask")
    run.complete("check", {"verdict": verdict})
    back(run)
    change(run)
    run.complete("ask")
    assert [task.element_id for task in run.tasks.values()] == (["last"] if stands else ["check"])


def test_what_has_lapsed_does_not_stand_though_the_value_is_back() -> None:
    run = tree()
    run.complete("ask")
    run.complete("check", {"verdict": "同意"})
    run.lapsed = True
    back(run)
    run.complete("ask")
    assert [task.element_id for task in run.tasks.values()] == ["check"]


def test_one_that_does_not_declare_it_is_done_again() -> None:
    run = tree(says(approves="total", approvesWhen=OK))
    run.complete("ask")
    run.complete("check", {"verdict": "同意"})
    back(run)
    run.complete("ask")
    assert [task.element_id for task in run.tasks.values()] == ["check"]


def test_who_is_returned_to_is_asked_again() -> None:
    run = tree()
    run.complete("ask")
    run.complete("check", {"verdict": "同意"})
    back(run, "check")
    assert [task.element_id for task in run.tasks.values()] == ["check"]


def test_who_returns_has_taken_back_what_they_had_said() -> None:
    """A second look that ends in a return is no approval of the first."""
    body = (
        start(), user("ask"), user("check", GROUP + sign(returnTo="ask")), user("last", says(returnTo="ask")), end(), chain("start", "ask", "check", "last", "end"),
    )  # fmt: skip
    run = Approved(lib(*body), project={"total": 5})
    run.complete("ask")
    run.complete("check", {"verdict": "同意"})
    back(run)
    run.facts["total"] = 6
    run.complete("ask")
    run.do(commands.Return(run.task("check"), "ask", False))
    run.facts["total"] = 5
    run.complete("ask")
    assert [task.element_id for task in run.tasks.values()] == ["check"]


def test_each_office_for_itself() -> None:
    run = tree(sign(office="=asked"), LOOP)
    run.complete("ask")
    for verdict in ("同意", "不同意"):
        run.complete("check", {"verdict": verdict})
    back(run)
    run.complete("ask")
    assert [task.office.name for task in run.tasks.values() if task.office] == ["乙局"]
    run.complete("check", {"verdict": "同意"})
    assert run.current.visible(run.task("last"))["ok"] is True
    assert run.variables["verdicts"] == ["同意", "同意"]


@pytest.mark.parametrize(("offices", "asked"), [((B, A), []), ((C, B, A), ["丙局"]), ((B,), []), ((A, A), ["甲局"])])
def test_a_word_goes_with_its_office_wherever_that_stands(offices: tuple[Any, ...], asked: list[str]) -> None:
    run = tree(sign(office="=asked"), LOOP)
    run.complete("ask")
    for _ in range(2):
        run.complete("check", {"verdict": "同意"})
    back(run)
    run.set(offices=list(offices))
    run.complete("ask")
    assert [task.office.name for task in run.tasks.values() if task.office] == asked
    for _ in asked:
        run.complete("check", {"verdict": "同意"})
    assert run.current.visible(run.task("last"))["ok"] is True
    assert [one.required for one in run.of(effects.ApprovalGiven)][-1] == len(offices)


def test_without_an_office_a_word_goes_with_the_item() -> None:
    run = tree(looped=loop("=offices", "asked"), offices=("a", "b"))
    run.complete("ask")
    for verdict in ("同意", "不同意"):
        run.complete("check", {"verdict": verdict})
    back(run)
    run.set(offices=["b", "a"])
    run.complete("ask")
    assert [run.current.visible(number)["asked"] for number, task in run.tasks.items() if task.element_id == "check"] == ["b"]


def test_the_row_of_the_same_round_is_let_alone_and_a_new_round_has_its_own() -> None:
    deal = sign(record="deal")
    run = tree(deal)
    run.complete("ask")
    run.complete("check", {"verdict": "同意", "amount": 1})
    back(run)
    run.complete("ask")
    assert [(row.round, row.supersedes, row.data["dealNo"]) for row in run.rows] == [(1, False, "成2026-0001")]
    body = (
        start(), user("check", GROUP + deal), exclusive("again", "on"), user("last"), end(), chain("start", "check", "again"),
        flow("again", "check", "=again"), flow("again", "last", id="on"), chain("last", "end"),
    )  # fmt: skip
    run = Approved(lib(*body), variables={"again": True}, project={"total": 5})
    run.complete("check", {"verdict": "同意", "amount": 1, "again": False})
    assert [task.element_id for task in run.tasks.values()] == ["last"]
    assert len(run.rows) == 1


def test_a_drawn_loop_is_a_new_round_with_an_approval_and_a_row_of_its_own() -> None:
    body = (
        start(), user("check", GROUP + sign(record="deal")), user("more", io({"ok": '=approved("p.check")'})), exclusive("again", "on"), user("last"), end(),
        chain("start", "check", "more", "again"), flow("again", "check", "=again"), flow("again", "last", id="on"), chain("last", "end"),
    )  # fmt: skip
    run = Approved(lib(*body), variables={"again": False}, project={"total": 5})
    run.complete("check", {"verdict": "同意", "amount": 1})
    run.complete("more", {"again": True})
    assert [task.element_id for task in run.tasks.values()] == ["more"]
    assert run.current.visible(run.task("more"))["ok"] is True
    assert approvals(run) == [(0, 1, True, None), (0, 2, True, (0, 1, 0))]
    assert [(row.round, row.supersedes, row.data["dealNo"]) for row in run.rows] == [(1, False, "成2026-0001"), (2, False, "成2026-0001")]


def test_it_stands_when_the_stage_around_it_is_entered_anew() -> None:
    inner = (start("s2"), user("check", GROUP + sign(office="=asked"), LOOP), end("e2"), chain("s2", "check", "e2"))
    body = (
        start(), user("ask"), subprocess("stage", *inner), user("last", says(returnTo="ask") + io({"ok": '=approved("p.check")'})), end(),
        chain("start", "ask", "stage", "last", "end"),
    )  # fmt: skip
    run = Approved(lib(*body), variables={"offices": [A, B]}, project={"total": 5})
    run.complete("ask")
    for _ in range(2):
        run.complete("check", {"verdict": "同意"})
    for _ in range(2):
        back(run)
        run.complete("ask")
        assert [task.element_id for task in run.tasks.values()] == ["last"]
        assert run.current.visible(run.task("last"))["ok"] is True


def test_an_administrator_who_activates_it_means_it() -> None:
    run = tree()
    run.complete("ask")
    run.complete("check", {"verdict": "同意"})
    run.do(commands.Modify(terminate=[run.task("last")], activate=[commands.Activation("check")]))
    assert [task.element_id for task in run.tasks.values()] == ["check"]


def test_what_is_neither_true_nor_false_is_an_incident() -> None:
    run = tree(sign(stands="verdct"))
    run.complete("ask")
    run.complete("check", {"verdict": "同意"})
    back(run)
    run.complete("ask")
    assert "属性 stands 没有得到真或假" in run.why


def test_no_approval_is_made_up_where_its_condition_has_become_true_since() -> None:
    run = tree(says(approves="total", approvesWhen=OK + " and note = &quot;乙&quot;", stands=OK))
    run.complete("ask")
    run.complete("check", {"verdict": "同意"})
    back(run)
    run.set(note="乙")
    run.complete("ask")
    assert [one.holds for one in run.of(effects.ApprovalGiven)] == [False, False]


def test_state_grows_with_the_seats_and_not_with_time() -> None:
    run = tree(sign(office="=asked"), LOOP)
    run.complete("ask")
    for _ in range(2):
        run.complete("check", {"verdict": "同意"})
    sizes = []
    for _ in range(12):
        back(run)
        run.complete("ask")
        sizes.append(len(run.current.dump()))
    assert max(sizes[4:]) - min(sizes[4:]) < 40  # numbers with more digits


def test_without_approves_it_is_refused() -> None:
    with pytest.raises(DiagramError) as refused:
        read(file(process(start(), user("a", says(stands="true")), end(), chain("start", "a", "end"))), "test.bpmn")
    assert "须与 approves、approvesWhen 同时写" in refused.value.problems[0].message
