"""No two elements that can be active at the same time write the same field of the ledger (modelling.md §3); what is written beside an approval is asked again."""

import pytest

from tests.unit.engine import diagrams as d
from tests.unit.rehearsal.test_approvals import AGREE, of, task
from tests.unit.rehearsal.test_declared_effects import says

ONE, OTHER = task("lend"), task("other", form="lend")


def twice(*body: str) -> list[tuple[str | None, str, str]]:
    return of(*body, code="FACT_AT_ONCE")


def side(event: str, *flows: str) -> tuple[str, ...]:
    return (d.start(), ONE, event, d.end(), d.end("late"), d.chain("start", "lend", "end"), *flows)


def test_two_branches_that_run_at_once_are_refused_with_both_named() -> None:
    body = (d.start(), d.parallel("split"), ONE, OTHER, d.parallel("join"), d.end())
    ((element, severity, message),) = twice(*body, d.chain("start", "split", "lend", "join", "end"), d.chain("split", "other", "join"))
    assert (element, severity) == ("lend", "error")
    assert "other" in message
    assert "lent" in message
    assert "先后" in message


def test_inside_stages_and_in_what_an_end_sets_too() -> None:
    stage = d.subprocess("stage", d.start("s"), ONE, d.end("e"), d.chain("s", "lend", "e"))
    body = (d.start(), d.parallel("split"), stage, d.end("first"), d.end("second", extensions=says(set="lent = 1")))
    ((element, _, message),) = twice(*body, d.chain("start", "split", "stage", "first"), d.chain("split", "second"))
    assert element == "second"
    assert "(lend)" in message or "“lend”" in message


def test_one_after_the_other_or_one_of_two_is_right() -> None:
    after = (d.start(), ONE, OTHER, d.end(), d.chain("start", "lend", "other", "end"))
    assert twice(*after) == []
    either = (d.start(), d.exclusive("q", "no"), ONE, OTHER, d.end())
    flows = (
        d.chain("start", "q"),
        d.flow("q", "lend", "=1 = 1"),
        d.flow("q", "other", id="no"),
        d.chain("lend", "end"),
        d.chain("other", "end"),
    )
    assert twice(*either, *flows) == []


def test_a_free_choice_is_a_warning_for_its_conditions_may_exclude_one_another() -> None:
    body = (d.start(), d.inclusive("split"), ONE, OTHER, d.inclusive("join"), d.end())
    flows = (d.flow("split", "lend", "=1 = 1"), d.flow("split", "other", "=1 = 2"), d.chain("start", "split"), d.chain("join", "end"))
    found = twice(*body, *flows, d.chain("lend", "join"), d.chain("other", "join"))
    assert [(element, severity) for element, severity, _ in found] == [("lend", "warning")]


@pytest.mark.parametrize(
    ("late", "found"),
    [
        ((d.chain("late_timer", "late_task"), d.chain("late_task", "late"), task("late_task", form="lend")), ["lend", "after"]),
        (
            (d.chain("late_timer", "late_set"), d.chain("late_set", "late"), d.throw("late_set", extensions=says(set="lent = 2"))),
            ["lend"],
        ),
    ],
)
def test_what_an_event_begins_aside_runs_beside_all_that_follows_if_it_waits_else_beside_its_host(
    late: tuple[str, ...], found: list[str]
) -> None:
    event = d.boundary("late_timer", "lend", d.timer("Duration", "P1D"), interrupting=False)
    after = task("after", form="lend")
    body = (d.start(), ONE, event, after, d.end(), d.end("late"), d.chain("start", "lend", "after", "end"))
    assert sorted(element or "" for element, *_ in twice(*body, *late)) == sorted(found)


def test_an_event_that_ends_its_host_runs_beside_nothing() -> None:
    event = d.boundary("late_timer", "lend", d.timer("Duration", "P1D"))
    assert twice(*side(event, task("other", form="lend"), d.chain("late_timer", "other", "late"))) == []


def test_an_approval_beside_which_its_values_may_change_is_asked_again() -> None:
    body = (d.start(), d.parallel("split"), AGREE, ONE, d.parallel("join"), d.end())
    flows = (d.chain("start", "split", "agree", "join"), d.chain("split", "lend", "join"))
    ((element, _, message),) = of(*body, *flows, d.chain("join", "end"))
    assert element == "agree"
    assert "lend" in message
    asked = (
        d.exclusive("ask", "no"),
        d.flow("ask", "end", '=approved("p.agree")'),
        d.flow("ask", "agree", id="no"),
        d.chain("join", "ask"),
    )
    assert of(*body, *flows, *asked) == []
