"""Statutory deadlines inside diagrams: the same instant for the task and its boundary timer, with the row and the counting reported."""

import re
from datetime import date, datetime, timedelta

from app.decision import feel
from app.domain.calendars import Calendar
from app.engine import CALENDAR, State, effects, functions, recount

from .diagrams import boundary, chain, end, file, loop, process, service, start, timer, user
from .runs import ZONE, library

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="http://example.org/deadlines">
 <decision id="deadlines" name="法定期限"><variable name="deadlines"/>
  <decisionTable hitPolicy="UNIQUE">
   <input id="i1"><inputExpression typeRef="string"><text>event</text></inputExpression></input>
   <input id="i2"><inputExpression typeRef="boolean"><text>urgent</text></inputExpression></input>
   <output id="o1" name="unit" typeRef="string"/><output id="o2" name="amount" typeRef="number"/><output id="o3" name="roll" typeRef="boolean"/>
   <annotation name="条款"/>
   <rule id="slow"><inputEntry><text>"acceptance.organise"</text></inputEntry><inputEntry><text>not(true)</text></inputEntry>
     <outputEntry><text>"working_day"</text></outputEntry><outputEntry><text>15</text></outputEntry><outputEntry><text>true</text></outputEntry>
     <annotationEntry><text>SC-25-3</text></annotationEntry></rule>
   <rule id="fast"><inputEntry><text>"acceptance.organise"</text></inputEntry><inputEntry><text>true</text></inputEntry>
     <outputEntry><text>"natural_day"</text></outputEntry><outputEntry><text>1</text></outputEntry><outputEntry><text>false</text></outputEntry>
     <annotationEntry><text>SC-25-4</text></annotationEntry></rule>
  </decisionTable></decision></definitions>""".encode()
RULE = '=deadline("acceptance.organise", receivedAt)'


def build(rule: str = RULE, table: bytes | None = TABLE):
    escaped = rule.replace('"', "&quot;")
    body = process(
        start(),
        user("a", f'<zeebe:taskSchedule dueDate="{escaped}"/>'),
        boundary("late", "a", timer("Date", rule), False),
        service("mark", "mark_overdue"),
        end("e2"),
        end(),
        chain("start", "a", "end"),
        chain("late", "mark", "e2"),
    )
    calendar = Calendar({date(2026, 3, 12): False}, frozenset({2026}), "2026-1")
    return library(file(body), decisions={"deadlines": table} if table else {}, calendar=calendar)


def test_the_task_and_its_timer_have_the_same_legal_deadline(begin):
    run = begin(build(), variables={"receivedAt": "2026-03-10T09:30:00+08:00"})
    due = datetime(2026, 4, 2, tzinfo=ZONE)
    assert next(iter(run.tasks.values())).due_at == due
    wait = run.waits[run.wait("late")]
    assert (wait.due_at, wait.calendar_version, wait.expression) == (due, "2026-1", RULE)


def test_why_this_date_is_reported_with_row_clause_and_counting(begin):
    run = begin(build(), variables={"receivedAt": "2026-03-10T09:30:00+08:00", "urgent": True})
    taken = run.of(effects.DecisionEvaluated)
    assert len(taken) == 2
    why = taken[0].deadline
    assert (taken[0].decision_id, taken[0].element_id, [row["id"] for row in taken[0].rules]) == ("deadlines", "a", ["fast"])
    assert (why["key"], why["clause"], why["lastDay"], why["provisional"]) == ("acceptance.organise", "SC-25-4", "2026-03-11", False)
    assert why["dueAt"] == "2026-03-12T00:00:00+08:00"
    assert any("2026-03-11" in line for line in why["explanation"])


def test_an_unknown_deadline_or_a_missing_table_is_an_incident(begin):
    for lib in (build('=deadline("nothing", receivedAt)'), build(table=None)):
        run = begin(lib, variables={"receivedAt": "2026-03-10"})
        assert run.troubles == [("a", "EXTRACT_VALUE_ERROR")]


def test_a_start_that_is_not_known_yet_gives_no_deadline_for_a_task(begin):
    body = process(
        start(),
        user("a", '<zeebe:taskSchedule dueDate="=deadline(&quot;acceptance.organise&quot;, nothingYet)"/>'),
        end(),
        chain("start", "a", "end"),
    )
    run = begin(library(file(body), decisions={"deadlines": TABLE}))
    assert next(iter(run.tasks.values())).due_at is None


def test_an_announced_year_counts_open_deadlines_again(begin):
    lib = build()
    run = begin(lib, variables={"receivedAt": "2026-03-10T09:30:00+08:00"})
    before = run.current.dump()
    lib.calendar = Calendar({date(2026, 3, 12): False, date(2026, 3, 13): False}, frozenset({2026}), "2026-2")
    again = recount(lib, run.current, {CALENDAR}, run.now)
    due = datetime(2026, 4, 3, tzinfo=ZONE)
    assert again.waits == {run.wait("late"): due}
    assert {element: (task.due_at, task.follow_up_at) for element, task in again.tasks.items()} == {run.task("a"): (due, None)}
    assert [effect.deadline["calendarVersion"] for effect in again.effects] == ["2026-2", "2026-2"]
    assert run.current.dump() == before


def test_what_does_not_count_working_days_is_not_counted_again(begin):
    body = process(
        start(),
        user("a"),
        boundary("t", "a", timer("Date", '=now() + duration("P3D")')),
        end(),
        chain("start", "a", "end"),
        chain("t", "end"),
    )
    lib = library(file(body))
    run = begin(lib)
    assert recount(lib, run.current, {CALENDAR}, run.now).waits == {}


FROM_ENTERING = '=deadline("acceptance.organise")'
SCHEDULE = '<zeebe:taskSchedule dueDate="=deadline(&quot;acceptance.organise&quot;)"/>'
AS_OF = datetime(2026, 4, 2, tzinfo=ZONE)  # of something entered on Tuesday, the 10th of March


def test_without_a_start_it_counts_from_entering_the_element(begin):
    run = begin(build(FROM_ENTERING), variables={"receivedAt": "2020-01-01"})
    assert next(iter(run.tasks.values())).due_at == AS_OF
    assert run.waits[run.wait("late")].due_at == AS_OF
    assert run.of(effects.DecisionEvaluated)[0].deadline["startOn"] == "2026-03-10"


def test_entering_stays_when_it_was_through_an_incident_and_its_retry(begin):
    body = process(start(), user("a", '<zeebe:assignmentDefinition candidateGroups="=who"/>' + SCHEDULE), end(), chain("start", "a", "end"))
    calendar = Calendar({date(2026, 3, 12): False}, frozenset({2026}), "2026-1")
    run = begin(library(file(body), decisions={"deadlines": TABLE}, calendar=calendar), variables={"who": 1})
    assert run.troubles == [("a", "EXTRACT_VALUE_ERROR")]
    run.now += timedelta(days=20)
    run.set(who="finance")
    run.resolve("a")
    assert run.tasks[run.task("a")].due_at == AS_OF


def test_counting_again_later_finds_the_same_entering(begin):
    lib = build(FROM_ENTERING)
    run = begin(lib)
    run.now += timedelta(days=9)
    again = recount(lib, run.current, {CALENDAR}, run.now)
    assert {element: (task.due_at, task.follow_up_at) for element, task in again.tasks.items()} == {run.task("a"): (AS_OF, None)}
    assert again.waits == {run.wait("late"): AS_OF}


def test_each_visit_and_each_instance_counts_from_its_own_entering(begin):
    body = process(
        start(),
        user("a", SCHEDULE, loop("=[1, 2]", sequential=True)),
        user("b", SCHEDULE, loop("=[1, 2]")),
        end(),
        chain("start", "a", "b", "end"),
    )
    run = begin(library(file(body), decisions={"deadlines": TABLE}), variables={"urgent": True})
    days = []
    for name in ("a", "a", "b"):
        days.append(run.tasks[run.task(name)].due_at.day)
        run.now += timedelta(days=1)
        run.complete(name)
    assert days == [12, 13, 14]
    assert run.tasks[run.task("b")].due_at.day == 14


def test_a_state_from_before_that_was_kept_knows_no_entering(begin):
    lib = build(FROM_ENTERING)
    run = begin(lib)
    kept = run.current.dump()
    old = re.sub(r',?"entered":"[^"]+"', "", kept)
    assert old != kept
    again = recount(lib, State.load(old.replace('"memo":{,', '"memo":{'), lib), {CALENDAR}, run.now)
    assert {element: (task.due_at, task.follow_up_at) for element, task in again.tasks.items()} == {run.task("a"): (None, None)}


def test_where_nothing_is_entered_it_is_null():
    registry = functions.of(Calendar(), ZONE)
    value = feel.compile(FROM_ENTERING[1:], functions=registry).evaluate({}, feel.Environment(now=AS_OF, zone=ZONE, functions=registry))
    assert value is None
