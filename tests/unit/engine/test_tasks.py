"""Tasks and what they carry: assignment, schedules, jobs, scripts, decisions, mappings, listeners."""

from datetime import datetime
from decimal import Decimal

import pytest

from app.engine import NotOpen, commands, effects
from app.engine.library import StaticLibrary

from .diagrams import chain, end, file, io, message, node, process, receive, rule, script, service, start, subprocess, user
from .runs import ZONE, Run, library

BAND = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="band_file" name="band_file" namespace="http://example.org/band">
 <decision id="band" name="Band"><variable name="Band" typeRef="string"/>
  <decisionTable hitPolicy="UNIQUE">
   <input id="i"><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
   <output id="o" name="band" typeRef="string"/>
   <annotation name="\xe6\x9d\xa1\xe6\xac\xbe"/>
   <rule id="small"><inputEntry><text>&lt;= 100</text></inputEntry><outputEntry><text>"small"</text></outputEntry>
     <annotationEntry><text>SC-1-1</text></annotationEntry></rule>
   <rule id="large"><inputEntry><text>&gt; 100</text></inputEntry><outputEntry><text>"large"</text></outputEntry>
     <annotationEntry><text>SC-1-2</text></annotationEntry></rule>
  </decisionTable>
 </decision>
</definitions>"""


def straight(*body: str, between: tuple[str, ...], extensions: str = "", roots: str = "", **kw: object) -> StaticLibrary:
    return library(file(roots, process(start(), *body, end(), chain("start", *between, "end"), extensions=extensions)), **kw)  # type: ignore[arg-type]


def test_a_user_task_tells_who_when_and_with_which_form(begin):
    x = (
        '<zeebe:formDefinition formId="approve"/>'
        '<zeebe:assignmentDefinition assignee="=boss" candidateGroups="=[&quot;a&quot;, &quot;b&quot;]" candidateUsers="li, wang"/>'
        '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P3D&quot;)" followUpDate="2026-04-01T08:00:00"/>'
        '<zeebe:priorityDefinition priority="80"/>'
        '<zeebe:properties><zeebe:property name="clauses" value="SC-25-3 SC-24-3"/></zeebe:properties>'
    )
    lane = '<bpmn:laneSet id="set"><bpmn:lane id="lane" name="数据局"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    run = begin(straight(lane, user("a", x), between=("a",)), variables={"boss": "zhang"})
    task = next(iter(run.tasks.values()))
    assert (task.assignee, list(task.candidate_groups), list(task.candidate_users)) == ("zhang", ["a", "b"], ["li", "wang"])
    assert (task.form_id, task.priority, task.lane, task.form_binding) == ("approve", 80, "数据局", "latest")
    assert task.due_at == datetime(2026, 3, 13, 9, tzinfo=ZONE)
    assert task.follow_up_at == datetime(2026, 4, 1, 8, tzinfo=ZONE)
    assert task.properties == {"clauses": "SC-25-3 SC-24-3"}
    run.complete("a", {"ok": True})
    assert run.done
    assert run.variables == {"boss": "zhang", "ok": True}


def test_a_user_task_without_the_zeebe_mark_is_a_user_task(begin):
    run = begin(library(file(process(start(), node("userTask", "a"), end(), chain("start", "a", "end")))))
    assert run.open == ["a"]


def test_a_task_can_be_completed_only_once(begin):
    run = begin(straight(user("a"), user("b"), between=("a", "b")))
    number = run.task("a")
    run.complete("a")
    with pytest.raises(NotOpen):
        run.do(commands.CompleteTask(number))
    assert run.open == ["b"]


def test_a_job_gives_its_inputs_and_takes_a_mapped_result(begin):
    x = '<zeebe:taskHeaders><zeebe:header key="kind" value="v"/></zeebe:taskHeaders>' + io({"amount": "=total"}, {"payment.ref": "=ref"})
    run = begin(straight(service("j", "pay", x), user("u"), between=("j", "u")), variables={"total": Decimal("5.10")})
    job = run.jobs[run.job("j")]
    assert (job.type, job.retries, job.headers, job.variables) == ("pay", 3, {"kind": "v"}, {"amount": Decimal("5.10")})
    run.finish("j", {"ref": "R1", "junk": 2})
    assert run.variables == {"total": Decimal("5.10"), "payment": {"ref": "R1"}}


def test_a_failed_job_keeps_its_place_and_a_job_without_retries_is_an_incident(begin):
    run = begin(straight(service("j"), user("u"), between=("j", "u")))
    number = run.job("j")
    run.do(commands.FailJob(number, 2, "busy"))
    assert run.troubles == []
    run.do(commands.FailJob(number, 0, "boom"))
    assert run.troubles == [("j", "JOB_NO_RETRIES")]
    assert "boom" in next(iter(run.incidents.values())).message
    with pytest.raises(NotOpen):
        run.do(commands.CompleteJob(number))
    run.resolve("j")
    run.finish("j")
    assert run.open == ["u"]


def test_script_manual_and_undefined_tasks_pass(begin):
    run = begin(
        straight(script("s", "=x * 2", "y"), node("task", "t"), node("manualTask", "m"), between=("s", "t", "m")), variables={"x": 4}
    )
    assert run.done
    assert run.variables["y"] == 8


def test_a_decision_is_taken_and_its_rows_are_reported(begin):
    run = begin(straight(rule("r", "band", "size"), between=("r",), decisions={"band": BAND}), variables={"amount": Decimal("100.01")})
    assert run.done
    assert run.variables["size"] == "large"
    taken = run.of(effects.DecisionEvaluated)[0]
    assert [row["id"] for row in taken.rules] == ["large"]
    assert taken.rules[0]["annotations"]["条款"] == "SC-1-2"
    assert taken.rules[0]["number"] == 2
    assert (taken.decision_id, taken.element_id, taken.output) == ("band", "r", "large")


def test_an_unknown_decision_is_an_incident_that_can_be_retried(begin):
    lib = straight(rule("r", "band", "size"), between=("r",))
    run = begin(lib, variables={"amount": 1})
    assert run.troubles == [("r", "CALLED_DECISION_ERROR")]
    run.library = straight(rule("r", "band", "size"), between=("r",), decisions={"band": BAND})
    run.resolve("r")
    assert run.done


def test_inputs_are_local_and_later_ones_see_earlier_ones(begin):
    run = begin(straight(user("a", io({"x": "=1", "y": "=x + 1", "deep.er": "=y"})), between=("a",)))
    assert run.current.visible(run.task("a")) == {"x": 1, "y": 2, "deep": {"er": 2}}
    assert run.variables == {}


def test_a_result_without_mappings_goes_to_the_nearest_scope_that_has_the_name(begin):
    inner = subprocess("sp", start("s2"), user("u"), end("e2"), chain("s2", "u", "e2"), extensions=io({"x": "=1"}))
    run = begin(straight(inner, user("after"), between=("sp", "after")), variables={"x": "outer"})
    run.complete("u", {"x": 2, "y": 3})
    assert run.variables == {"x": "outer", "y": 3}


def test_with_output_mappings_only_the_targets_leave(begin):
    run = begin(straight(user("a", io(outputs={"good": "=answer"})), between=("a",)))
    run.complete("a", {"answer": 1, "other": 2})
    assert run.variables == {"good": 1}


def test_execution_listeners_are_jobs_around_the_element(begin):
    x = (
        '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="before" retries="2"/>'
        '<zeebe:executionListener eventType="end" type="after"/></zeebe:executionListeners>'
    )
    run = begin(straight(user("a", x + io({"x": "=1"})), between=("a",)))
    assert run.open == []
    job = run.jobs[run.job("a")]
    assert (job.type, job.listener, job.retries, job.variables["x"]) == ("before", "start", 2, 1)
    run.finish("a", {"note": "n"})
    assert run.current.visible(run.task("a")) == {"x": 1, "note": "n"}
    run.complete("a", {"done": True})
    assert run.jobs[run.job("a")].listener == "end"
    assert not run.done
    run.finish("a")
    assert run.done
    assert run.variables == {"done": True}


def test_task_listeners_are_jobs_before_opening_and_after_completing(begin):
    x = '<zeebe:assignmentDefinition assignee="li"/><zeebe:taskListeners>' + "".join(
        f'<zeebe:taskListener eventType="{event}" type="{event}_it"/>' for event in ("creating", "assigning", "completing")
    )
    run = begin(straight(user("a", x + "</zeebe:taskListeners>"), between=("a",)))
    for kind in ("creating", "assigning"):
        assert run.open == []
        assert run.jobs[run.job("a")].listener == kind
        run.finish("a")
    assert run.open == ["a"]
    run.complete("a", {"x": 1})
    assert run.open == []
    assert run.jobs[run.job("a")].listener == "completing"
    run.finish("a")
    assert run.done
    assert run.variables == {"x": 1}


def test_a_process_may_have_listeners(begin):
    x = '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="hello"/><zeebe:executionListener eventType="end" type="bye"/></zeebe:executionListeners>'
    run = begin(straight(user("a"), between=("a",), extensions=x))
    assert (run.path, next(iter(run.jobs))) == ([], -1)
    run.do(commands.CompleteJob(-1))
    run.complete("a")
    assert not run.done
    assert [job.type for job in run.jobs.values()] == ["bye"]
    run.do(commands.CompleteJob(-1))
    assert run.done


def test_a_missing_form_is_an_incident(begin):
    lib = straight(user("a", '<zeebe:formDefinition formId="nowhere"/>'), between=("a",))
    lib.any_form = False
    run = begin(lib)
    assert run.troubles == [("a", "FORM_NOT_FOUND")]
    lib.any_form = True
    run.resolve("a")
    assert run.open == ["a"]


def test_numbers_keep_their_decimals_through_state_and_variables(begin):
    run = begin(straight(user("a"), between=("a",)), variables={"amount": Decimal("4000000.01"), "n": 3})
    assert run.variables == {"amount": Decimal("4000000.01"), "n": 3}
    run.complete("a", {"paid": Decimal("0.10")})
    assert str(run.variables["paid"]) == "0.10"


def test_a_receive_task_waits_for_its_message(begin):
    lib = library(file(message("m", "paid", "=orderId"), process(start(), receive("r", "m"), end(), chain("start", "r", "end"))))
    run = begin(lib, variables={"orderId": 7})
    wait = run.waits[run.wait("r")]
    assert (wait.kind, wait.name, wait.correlation_key) == ("message", "paid", "7")
    run.deliver("r", {"amount": 3})
    assert run.done
    assert run.variables == {"orderId": 7, "amount": 3}


def test_warnings_of_feel_do_not_fail_a_step(begin):
    run = begin(straight(script("s", '="a" + 1', "y"), script("t", "=nothing.here", "z"), between=("s", "t")))
    assert run.done
    assert run.variables == {"y": None, "z": None}


def test_set_variables_of_an_administrator(begin):
    run: Run = begin(straight(user("a", io({"x": "=1"})), between=("a",)), variables={"x": 0})
    run.do(commands.SetVariables({"x": 5}, scope=run.task("a")))
    assert run.current.visible(run.task("a"))["x"] == 5
    run.do(commands.SetVariables({"y": 6}, scope=run.task("a"), local=True))
    run.set(z=7)
    assert run.variables == {"x": 0, "z": 7}
    assert run.current.variables(run.task("a")) == {"x": 5, "y": 6}
