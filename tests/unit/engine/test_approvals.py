"""An approval is of values: it stands while they are what they were, in the newest round, by everybody who is asked."""

from collections.abc import Callable
from typing import Any

import pytest

from app.engine import DiagramError, KnownApproval, commands, effects, read
from tests.unit.engine.diagrams import chain, end, exclusive, file, flow, io, parallel, process, start, user
from tests.unit.engine.test_effecting import Project, lib, says

APPROVES = says(approves="total note", approvesWhen="verdict = &quot;同意&quot;")
OF_FACTS = says(approves="total", approvesWhen="verdict = &quot;同意&quot;")
LOOP = (
    '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[1, 2]"/>'
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)
GATE = io({"ok": '=approved("p.check")', "what": '=approvedValue("p.check", "note")'})


class Approved(Project):
    """The caller keeps approvals of earlier acts; ``kept`` are those of another tree."""

    kept: tuple[KnownApproval, ...] = ()

    def _look_up(self, question: object) -> Any:
        if type(question).__name__ == "ApprovalsAsked":
            return (*self.kept, *(known(given) for given in self.of(effects.ApprovalGiven)))
        return super()._look_up(question)

    def gate(self) -> tuple[Any, Any]:
        seen = self.current.visible(self.task("gate"))
        return seen["ok"], seen["what"]


def known(given: effects.ApprovalGiven, *, instance: int | None = 1, lapsed: bool = False) -> KnownApproval:
    return KnownApproval(
        process_id=given.process_id, element_id=given.element_id, instance=instance, visit=(given.instance, given.scope, given.round, instance is None),
        item=given.item, required=given.required, holds=given.holds, lapsed=lapsed, values=given.values,
    )  # fmt: skip


def tree(check: str = "", loop: str = "", between: str = "", **more: Any) -> Approved:
    body = (
        start(),
        user("check", check or APPROVES, loop),
        exclusive("again", "on"),
        user("between", between),
        user("gate", GATE),
        chain("start", "check", "again"),
        flow("again", "check", "=again"),
        flow("again", "between", id="on"),
        chain("between", "gate"),
    )
    return Approved(lib(*body), variables={"again": False, "note": "甲"}, **more)


def test_what_is_approved_stands_with_its_values() -> None:
    run = tree(project={"total": 5})
    run.complete("check", {"verdict": "同意"})
    (given,) = run.of(effects.ApprovalGiven)
    assert (given.process_id, given.element_id, given.holds, given.values, given.required) == (
        "p",
        "check",
        True,
        {"total": 5, "note": "甲"},
        1,
    )
    run.complete("between")
    assert run.gate() == (True, "甲")


@pytest.mark.parametrize("verdict", ["不同意", "同意 "])
def test_what_is_not_approved_does_not_stand(verdict: str) -> None:
    run = tree()
    run.complete("check", {"verdict": verdict})
    run.complete("between")
    assert run.gate() == (False, None)


def _fact(run: Approved) -> None:
    run.facts["total"] = 6


def _variable(run: Approved) -> None:
    run.set(note="乙")


def _blank(run: Approved) -> None:
    run.set(note=None)


@pytest.mark.parametrize("change", [_fact, _variable, _blank])
def test_a_value_that_is_another_takes_it_away(change: Callable[[Approved], None]) -> None:
    run = tree(project={"total": 5})
    run.complete("check", {"verdict": "同意"})
    change(run)
    run.complete("between")
    assert run.gate() == (False, None)


def test_writing_it_another_way_does_not() -> None:
    run = tree(project={"total": 5})
    run.complete("check", {"verdict": "同意"})
    from decimal import Decimal

    run.facts["total"] = Decimal("5.00")
    run.complete("between")
    assert run.gate() == (True, "甲")


def test_only_the_newest_round_counts() -> None:
    run = tree()
    run.complete("check", {"verdict": "同意", "again": True})
    run.complete("check", {"verdict": "不同意", "again": False})
    run.complete("between")
    assert run.gate() == (False, None)


def test_what_a_return_has_reopened_counts_only_when_it_is_given_anew() -> None:
    """modelling.md, Words: until then no gate passes on it, wherever in the tree it asks."""
    body = (
        start(), parallel("fork"), user("check", APPROVES), user("after", says(returnTo="check")), user("ask"), user("gate", GATE), end(),
        chain("start", "fork", "check", "after", "end"), chain("fork", "ask", "gate", "end"),
    )  # fmt: skip
    for given_anew, stands in ((None, False), ("不同意", False), ("同意", True)):
        run = Approved(lib(*body), variables={"note": "甲"}, project={"total": 5})
        run.complete("check", {"verdict": "同意"})
        run.do(commands.Return(run.task("after"), "check", False))
        if given_anew is not None:
            run.complete("check", {"verdict": given_anew})
        run.complete("ask")
        assert run.gate()[0] is stands


def test_in_a_loop_everybody_has_to_approve() -> None:
    for verdicts, stands in ((("同意", "同意"), True), (("同意", "不同意"), False), (("不同意", "同意"), False)):
        run = tree(loop=LOOP)
        for verdict in verdicts:
            run.complete("check", {"verdict": verdict})
        run.complete("between")
        assert run.gate()[0] is stands
        assert {given.required for given in run.of(effects.ApprovalGiven)} == {2}


def test_an_approval_of_facts_is_the_projects_and_any_other_its_instances(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another payment needs another approval; that of a ledger field alone holds for whoever asks."""
    for check, stands in ((OF_FACTS, True), (APPROVES, False)):
        first = tree(check)
        first.complete("check", {"verdict": "同意"})
        (given,) = first.of(effects.ApprovalGiven)
        monkeypatch.setattr(Approved, "kept", (known(given, instance=None),))
        other = tree(check)
        other.do(commands.Modify(terminate=[other.task("check")], activate=[commands.Activation("gate")]))
        assert other.gate()[0] is stands
        monkeypatch.setattr(Approved, "kept", (known(given, instance=None, lapsed=True),))
        again = tree(check)
        again.do(commands.Modify(terminate=[again.task("check")], activate=[commands.Activation("gate")]))
        assert again.gate()[0] is False
        monkeypatch.setattr(Approved, "kept", ())


def test_a_variable_called_approved_is_no_approval() -> None:
    run = tree()
    run.set(approved=True)
    run.complete("check", {"verdict": "不同意", "approved": True})
    run.complete("between")
    assert run.gate() == (False, None)


def test_a_condition_that_is_neither_true_nor_false_is_an_incident_and_approves_nothing() -> None:
    run = tree(says(approves="total", approvesWhen="nothing"))
    run.complete("check")
    assert (run.troubles, run.of(effects.ApprovalGiven)) == ([("check", "APPROVAL_ERROR")], [])


@pytest.mark.parametrize("declared", [{"approves": "total"}, {"approvesWhen": "true"}, {"approves": "total", "approvesWhen": "= tru("}])
def test_what_is_approved_and_when_belong_together(declared: dict[str, str]) -> None:
    with pytest.raises(DiagramError):
        read(file(process(start(), user("a", says(**declared)), end(), chain("start", "a", "end"))), "x.bpmn")
