"""What follows a user task's deadline is asked of the table ``overdue`` when the task opens; where the diagram draws it, nobody asks."""

from app.domain.overdue import DEFAULT
from app.engine import effects

from .diagrams import boundary, call, chain, end, event_subprocess, exclusive, file, flow, process, service, start, subprocess, timer, user
from .runs import library

SCHEDULE = '<zeebe:taskSchedule dueDate="=date and time(&quot;2026-03-20T00:00:00+08:00&quot;)"/>'
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="http://example.org/overdue">
 <decision id="overdue" name="逾期办理"><variable name="overdue"/>
  <literalExpression><text>{offset: 0, unit: null,
    tell: "role_" + string(role) + ",key_" + replace(key, "\\\\.", "_") + ",process_" + process}</text></literalExpression></decision></definitions>""".encode()
LATE = timer("Date", "2026-03-20T00:00:00+08:00")


def follow(run, name: str = "a"):
    found = run.tasks[run.task(name)].follow_ups
    return None if found is None else [one.tell for one in found]


def test_the_table_is_asked_for_role_key_and_process(begin):
    named = '<zeebe:taskSchedule dueDate="=if 1 = 1 then date and time(&quot;2026-03-20T00:00:00+08:00&quot;) else deadline(&quot;review.revise&quot;, null)"/>'
    roles = '<zeebe:assignmentDefinition candidateGroups="finance, data_bureau"/>'
    body = process(start(), user("a", roles + SCHEDULE), user("b", roles + named), user("c"), end(), chain("start", "a", "b", "c", "end"))
    run = begin(library(file(body), decisions={"overdue": TABLE}))
    assert follow(run) == [("role_finance", "key_a", "process_p")]
    run.complete("a")
    assert follow(run, "b") == [("role_finance", "key_review_revise", "process_p")]
    run.complete("b")
    assert follow(run, "c") is None, "it can have no deadline"


def test_without_the_table_it_is_the_default_and_closing_says_that_somebody_may_wait(begin):
    run = begin(library(file(process(start(), user("a", SCHEDULE), user("b"), end(), chain("start", "a", "b", "end")))))
    assert run.tasks[run.task("a")].follow_ups == DEFAULT
    run.complete("a")
    run.complete("b")
    assert [closed.followed for closed in run.of(effects.TaskClosed)] == [True, False]


def test_a_timer_at_its_edge_that_leads_to_the_mark_serves_it_instead(begin):
    way = (exclusive("asked", default="no"), service("mark", "mark_overdue"), end("e2"), end("e3"))
    flows = (chain("late", "asked"), flow("asked", "mark", "=true"), flow("asked", "e3", id="no"), chain("mark", "e2"))
    body = process(start(), user("a", SCHEDULE), boundary("late", "a", LATE, False), *way, end(), chain("start", "a", "end"), *flows)
    assert follow(begin(library(file(body)))) is None


def test_a_timer_that_makes_something_else_happen_does_not(begin):
    body = process(
        start(), user("a", SCHEDULE), boundary("late", "a", LATE, False), service("send", "inform"), end("e2"), end(),
        chain("start", "a", "end"), chain("late", "send", "e2"),
    )  # fmt: skip
    assert follow(begin(library(file(body)))) is not None


def test_a_mark_around_the_task_serves_it_too(begin):
    marked = (service("mark", "mark_overdue"), end("e2"))
    inner = (start("s"), user("a", SCHEDULE), end("e"), chain("s", "a", "e"))
    around = process(
        start(), subprocess("part", *inner), boundary("late", "part", LATE, False), *marked, end(),
        chain("start", "part", "end"), chain("late", "mark", "e2"),
    )  # fmt: skip
    assert follow(begin(library(file(around)))) is None
    called = process(start("s"), user("a", SCHEDULE), end("e"), chain("s", "a", "e"), id="called")
    caller = process(
        start(), call("part", "called"), boundary("late", "part", LATE, False), *marked, end(),
        chain("start", "part", "end"), chain("late", "mark", "e2"),
    )  # fmt: skip
    assert follow(begin(library(file(caller), file(called)))) is None
    watching = event_subprocess("watch", start("w", LATE, isInterrupting="false"), *marked, chain("w", "mark", "e2"))
    assert follow(begin(library(file(process(start(), user("a", SCHEDULE), end(), watching, chain("start", "a", "end")))))) is None


def test_a_table_that_gives_nothing_of_use_is_an_incident_at_the_task(begin):
    broken = TABLE.replace(b"offset: 0", b'offset: "soon"')
    run = begin(library(file(process(start(), user("a", SCHEDULE), end(), chain("start", "a", "end"))), decisions={"overdue": broken}))
    assert run.troubles == [("a", "CALLED_DECISION_ERROR")]
