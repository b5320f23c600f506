"""Attribute values and references mean what the schema's types say, however they are written; what a type does not allow is refused by name."""

from datetime import timedelta

import pytest

from app.engine import DiagramError, read
from app.engine.errors import DiagramProblem

from .diagrams import (
    boundary,
    call,
    catch,
    chain,
    end,
    error,
    escalation,
    event_subprocess,
    exclusive,
    ext,
    file,
    flow,
    loop,
    message,
    node,
    on_escalation,
    on_message,
    on_signal,
    process,
    receive,
    service,
    signal,
    start,
    subprocess,
    timer,
    user,
)
from .runs import Run, library

TNS = b'xmlns:tns="http://bpmn.io/schema/bpmn" xmlns:other="urn:other" xmlns:bpmn='


def own(*parts: str) -> bytes:
    """A file whose target namespace has the prefix ``tns``, and ``other`` another one."""
    return file(*parts).replace(b"xmlns:bpmn=", TNS, 1)


def problems(source: bytes) -> list[DiagramProblem]:
    with pytest.raises(DiagramError) as refused:
        read(source, "x.bpmn")
    return list(refused.value.problems)


# ---------------------------------------------------------------------- booleans

TRUE = ("true", "1", " true ", "\n1\t")
FALSE = ("false", "0", " false", "0 ")
NEITHER = ("", "yes", "no", "ja", "maybe", "True", "TRUE", "2", "on", "tr ue", "null")


def timed_boundary(value: str) -> str:
    return boundary("b", "a", timer("Duration", "PT1H")).replace('cancelActivity="true"', f'cancelActivity="{value}"')


def interrupting(value: str) -> bool:
    run = Run(library(file(process(start(), user("a"), timed_boundary(value), user("late"), chain("start", "a"), chain("b", "late")))))
    run.advance(timedelta(hours=1))
    return "a" not in run.open


def sequential(value: str) -> bool:
    several = loop("=[1, 2]").replace('isSequential="false"', f'isSequential="{value}"')
    return len(Run(library(file(process(start(), user("a", "", several), chain("start", "a"))))).open) == 1


def by_event(value: str) -> bool:
    inner = node("subProcess", "sp", start("s", timer("Duration", "PT1H")) + user("late") + chain("s", "late"), triggeredByEvent=value)
    run = Run(library(file(process(start(), user("a"), inner, chain("start", "a")))))
    run.advance(timedelta(hours=1))
    return run.open == ["late"]


def interrupting_start(value: str) -> bool:
    inner = event_subprocess("sp", start("s", timer("Duration", "PT1H"), isInterrupting=value), user("late"), chain("s", "late"))
    run = Run(library(file(process(start(), user("a"), inner, chain("start", "a")))))
    run.advance(timedelta(hours=1))
    return run.open == ["late"]


def executable(value: str) -> bool:
    second = process(start("s2"), id="q")
    return len(read(file(process(start(), executable=value), second), "x.bpmn").processes) == 2


def takes_all(value: str) -> bool:
    caller = process(start(), call("c", "q", propagateAllChildVariables=value), user("a"), chain("start", "c", "a"))
    run = Run(library(file(caller, process(start("s2"), user("b"), chain("s2", "b"), id="q"))))
    run.complete("b", {"found": 1})
    return "found" in run.variables


READERS = {
    "cancelActivity": interrupting,
    "isSequential": sequential,
    "isInterrupting": interrupting_start,
    "isExecutable": executable,
    "propagateAllChildVariables": takes_all,
}


@pytest.mark.parametrize("value", TRUE)
@pytest.mark.parametrize("name", READERS)
def test_true_is_true_however_it_is_written(name, value):
    assert READERS[name](value)


@pytest.mark.parametrize("value", FALSE)
@pytest.mark.parametrize("name", READERS)
def test_false_is_false_however_it_is_written(name, value):
    assert not READERS[name](value)


@pytest.mark.parametrize("value", TRUE)
def test_a_sub_process_triggered_by_an_event_is_one_however_it_is_written(value):
    assert by_event(value)


@pytest.mark.parametrize("value", FALSE)
def test_a_sub_process_not_triggered_by_an_event_may_not_begin_with_one(value):
    with pytest.raises(DiagramError) as refused:
        by_event(value)
    assert [(problem.element, problem.code) for problem in refused.value.problems] == [("s", "EVENT_NOT_ALLOWED")]


@pytest.mark.parametrize("value", NEITHER)
@pytest.mark.parametrize(("name", "element"), [
    ("cancelActivity", "b"), ("isSequential", "a"), ("triggeredByEvent", "sp"), ("isInterrupting", "s"), ("isExecutable", "p"),
    ("propagateAllChildVariables", "c"),
])  # fmt: skip
def test_what_is_neither_is_refused_with_element_attribute_value_and_remedy(name, element, value):
    readers = {**READERS, "triggeredByEvent": by_event}
    with pytest.raises(DiagramError) as refused:
        readers[name](value)
    problem = refused.value.problems[0]
    assert (problem.element, problem.code) == (element, "VALUE_INVALID")
    assert name in problem.message
    assert f"“{value}”" in problem.message
    assert "true 或 false" in problem.message


@pytest.mark.parametrize(("name", "value"), [
    ("isForCompensation", "nein"), ("startQuantity", "one"), ("startQuantity", "1.0"), ("completionQuantity", ""), ("startQuantity", "0x1"),
])  # fmt: skip
def test_other_settings_of_an_activity_are_read_by_their_types_too(name, value):
    found = problems(file(process(start(), user("a", **{name: value}), chain("start", "a"))))
    assert [(problem.element, problem.code) for problem in found] == [("a", "VALUE_INVALID")]
    assert name in found[0].message


def test_in_a_process_that_does_not_run_a_wrong_value_is_a_warning():
    black = process(user("box"), node("dataObject", "d", isCollection="many"), id="black", executable="false")
    diagram = read(file(process(start(), end(), chain("start", "end")), black), "x.bpmn")
    assert [(problem.element, problem.code) for problem in diagram.lint] == [("d", "VALUE_INVALID")]


def test_a_misspelled_attribute_is_a_warning():
    body = boundary("b", "a", timer("Duration", "PT1H")).replace("cancelActivity", "cancelActivty")
    diagram = read(file(process(start(), user("a"), body, chain("start", "a"))), "x.bpmn")
    assert ("b", "ATTRIBUTE_UNKNOWN") in [(problem.element, problem.code) for problem in diagram.lint]


@pytest.mark.parametrize("value", ["drei", "", "-1", "3.5", "１", "1e3", "three", "3 3", "99999999999"])
def test_a_number_of_retries_that_is_none_is_refused(value):
    found = problems(file(process(start(), service("s", retries=value), chain("start", "s"))))
    assert [(problem.element, problem.code) for problem in found] == [("s", "RETRIES_INVALID")]
    listener = (
        f'<zeebe:executionListeners><zeebe:executionListener eventType="start" type="t" retries="{value}"/></zeebe:executionListeners>'
    )
    found = problems(file(process(start(), user("a", listener), chain("start", "a"))))
    assert [(problem.element, problem.code) for problem in found] == [("a", "RETRIES_INVALID")]


def test_retries_with_blanks_are_a_number():
    run = Run(library(file(process(start(), service("s", retries=" 5 "), chain("start", "s")))))
    assert [job.retries for job in run.jobs.values()] == [5]


@pytest.mark.parametrize("extension", [
    '<zeebe:priorityDefinition priority="hoch"/>', '<zeebe:priorityDefinition priority="101"/>', '<zeebe:priorityDefinition priority="5.5"/>',
    '<zeebe:taskSchedule dueDate="tomorrow"/>', '<zeebe:taskSchedule dueDate="2026-01-01T00:00:00Z junk"/>', '<zeebe:taskSchedule followUpDate="2026-13-01"/>',
    '<zeebe:formDefinition formId="f" bindingType="newest"/>',
])  # fmt: skip
def test_wrong_literals_of_a_user_task_are_refused(extension):
    found = problems(file(process(start(), user("a", extension), chain("start", "a"))))
    assert [problem.element for problem in found] == ["a"]


# ---------------------------------------------------------------------- identifiers


def test_blanks_around_an_id_and_its_references_do_not_count():
    body = [
        start(" start "),
        node("userTask", "\ta\n"),
        flow("start ", " a", id=" f "),
        '<bpmn:laneSet><bpmn:lane id=" l " name="局"><bpmn:flowNodeRef>\n  a\n</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>',
    ]
    definition = read(file(process(*body, id=" p ")), "x.bpmn").processes[0]
    assert (definition.process_id, set(definition.elements), definition.flows) == ("p", {"start", "a"}, {"f": ("start", "a")})
    assert definition.elements["a"].lane == "局"


@pytest.mark.parametrize("value", ["a b", "1a", "a:b", "", " ", "a,b", "a/b", "-a", "=a", "a\nb"])
def test_an_id_that_is_no_name_is_refused(value):
    found = problems(file(process(start(), node("userTask", "XX"), flow("start", "start", id="f")).replace("XX", value)))
    assert "VALUE_INVALID" in [problem.code for problem in found]
    assert any("标识" in problem.message for problem in found)


# ---------------------------------------------------------------------- references


def referring(prefix: str) -> bytes:
    """Every kind of reference that the engine follows, each with ``prefix``."""
    q = prefix
    roots = message("M", "go", '="k"') + signal("S", "ring") + escalation("E", "late") + error("R", "bad")
    return own(
        roots,
        process(
            start(),
            '<bpmn:laneSet><bpmn:lane id="l" name="局"><bpmn:flowNodeRef>' + q + "asked</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>",
            receive("got", q + "M"),
            exclusive("g", q + "f_default"),
            user("asked"),
            catch("rung", on_signal(q + "S")),
            subprocess("sp", start("s2"), end("e2", on_escalation(q + "E")), flow(q + "s2", q + "e2")),
            node("boundaryEvent", "b", on_escalation(q + "E"), attachedToRef=q + "sp", cancelActivity="true"),
            end("missed"),
            flow(q + "start", q + "got"),
            flow(q + "got", q + "g"),
            flow(q + "g", q + "missed", "=false"),
            flow(q + "g", q + "asked", id="f_default"),
            flow(q + "asked", q + "rung"),
            flow(q + "rung", q + "sp"),
            flow(q + "b", q + "ended"),
            node("endEvent", "ended", f"<bpmn:incoming>{q}f</bpmn:incoming>"),
            '<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="dr" dataObjectRef="' + q + 'd"/>',
        ),
    )


@pytest.mark.parametrize("prefix", ["", "tns:"])
def test_references_are_followed_with_and_without_their_prefix(prefix):
    source = referring(prefix)
    run = Run(library(source))
    run.deliver("got")
    assert read(source, "x.bpmn").processes[0].elements["asked"].lane == "局"
    run.complete("asked")
    run.deliver("rung")
    assert run.path[-2:] == ["b", "ended"]


def test_the_prefix_of_the_language_itself_can_only_mean_the_file():
    source = referring("bpmn:")
    assert {problem.code for problem in read(source, "x.bpmn").lint} >= {"REFERENCE_PREFIX"}
    assert Run(library(source)).waiting == ["got"]


def one(attribute: str, value: str) -> bytes:
    """A diagram that refers to something by ``attribute``."""
    roots = message("M", "go", '="k"') + signal("S", "ring") + escalation("E", "late") + error("R", "bad")
    host = subprocess("sp", start("s2"), end("e2"), chain("s2", "e2"))
    bodies = {
        "messageRef": catch("x", on_message(value)),
        "signalRef": catch("x", on_signal(value)),
        "errorRef": host + node("boundaryEvent", "x", f'<bpmn:errorEventDefinition errorRef="{value}"/>', attachedToRef="sp"),
        "escalationRef": host
        + node("boundaryEvent", "x", f'<bpmn:escalationEventDefinition escalationRef="{value}"/>', attachedToRef="sp"),
        "attachedToRef": host + node("boundaryEvent", "x", on_escalation("E"), attachedToRef=value),
        "default": node("exclusiveGateway", "x", default=value) + user("a") + flow("x", "a", id="f"),
        "sourceRef": user("a") + flow(value, "a", id="x"),
        "targetRef": user("a") + flow("a", value, id="x"),
        "calledElement": node("callActivity", "x", "", '<zeebe:calledElement processId="q"/>', calledElement=value),
        "dataObjectRef": node("dataObjectReference", "x", dataObjectRef=value),
        "operationRef": node("serviceTask", "x", "", '<zeebe:taskDefinition type="t"/>', operationRef=value),
        "flowNodeRef": f'<bpmn:laneSet id="ls"><bpmn:lane id="x"><bpmn:flowNodeRef>{value}</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>',
        "incoming": node("task", "x", f"<bpmn:incoming>{value}</bpmn:incoming>"),
        "outgoing": node("task", "x", f"<bpmn:outgoing>{value}</bpmn:outgoing>"),
        "eventDefinitionRef": catch("x", f"<bpmn:eventDefinitionRef>{value}</bpmn:eventDefinitionRef>"),
        "itemSubjectRef": node("dataObject", "x", itemSubjectRef=value),
    }
    return own(
        '<bpmn:import namespace="urn:imported" location="o.bpmn" importType="b"/>',
        roots,
        process(start(), end(), chain("start", "end"), bodies[attribute]),
    )


REFERENCES = (
    "messageRef", "signalRef", "errorRef", "escalationRef", "attachedToRef", "default", "sourceRef", "targetRef", "calledElement", "dataObjectRef", "operationRef",
    "flowNodeRef", "incoming", "outgoing", "eventDefinitionRef", "itemSubjectRef",
)  # fmt: skip


@pytest.mark.parametrize("attribute", REFERENCES)
@pytest.mark.parametrize(("prefix", "says"), [("nobody", "没有声明"), ("other", "urn:other"), ("imp", "导入的另一个文件")])
def test_a_prefix_that_is_unbound_or_bound_elsewhere_is_refused_by_name(attribute, prefix, says):
    source = one(attribute, f"{prefix}:M").replace(b"xmlns:other", b'xmlns:imp="urn:imported" xmlns:other', 1)
    found = problems(source)
    assert [(problem.element, problem.code) for problem in found] == [("x", "REFERENCE_PREFIX")]
    assert attribute in found[0].message
    assert says in found[0].message


@pytest.mark.parametrize(
    "attribute", sorted(set(REFERENCES) - {"sourceRef", "targetRef", "attachedToRef", "messageRef", "signalRef", "calledElement"})
)
@pytest.mark.parametrize("value", ["M N", "1", "a:b:c", "tns:"])
def test_what_is_no_reference_is_refused(attribute, value):
    found = problems(one(attribute, value))
    assert {problem.code for problem in found} <= {"VALUE_INVALID", "REFERENCE_PREFIX"}
    assert found[0].element == "x"


@pytest.mark.parametrize("attribute", ["errorRef", "escalationRef", "default", "flowNodeRef", "eventDefinitionRef"])
def test_an_empty_reference_is_no_way_to_say_none(attribute):
    assert [(problem.element, problem.code) for problem in problems(one(attribute, ""))] == [("x", "VALUE_INVALID")]


def test_a_prefix_may_be_bound_at_the_element_that_uses_it():
    source = one("messageRef", "here:M").replace(
        b"<bpmn:messageEventDefinition ", b'<bpmn:messageEventDefinition xmlns:here="http://bpmn.io/schema/bpmn" '
    )
    assert read(source, "x.bpmn").processes


def test_names_that_belong_to_other_languages_keep_their_prefixes():
    item = '<bpmn:itemDefinition id="i" structureRef="java:java.lang.String"/>'
    assert read(file(item, process(start(), end(), chain("start", "end"))), "x.bpmn").lint == ()


def test_references_in_a_collaboration_only_warn():
    collaboration = '<bpmn:collaboration id="c"><bpmn:participant id="pool" processRef="nobody:p"/></bpmn:collaboration>'
    diagram = read(file(collaboration, process(start(), end(), chain("start", "end"))), "x.bpmn")
    assert [problem.code for problem in diagram.lint] == ["REFERENCE_PREFIX"]


def test_a_file_without_a_target_namespace_is_read():
    source = file(process(start(), end(), chain("start", "end"))).replace(b'targetNamespace="http://bpmn.io/schema/bpmn"', b"")
    assert read(source, "x.bpmn").processes


def test_the_modelers_extensions_are_not_looked_into():
    odd = ext('<bpmn:Grid xmlns:x="urn:x" id="1 2" isExecutable="x"/>')
    assert read(file(process(start(), odd, end(), chain("start", "end"))), "x.bpmn").processes


def test_an_expression_of_another_dialect_is_no_reference():
    task = node("callActivity", "c", "", '<zeebe:calledElement processId="q"/>', calledElement="${config:name}")
    assert read(file(process(start(), task, chain("start", "c"))), "x.bpmn").processes


# ---------------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("element", "name", "body", "says"),
    [
        ("b", "isInterrupting", boundary("b", "a", timer("Duration", "PT1H")).replace("cancelActivity=\"true\"", 'isInterrupting="false"'), "boundaryEvent 的 cancelActivity"),
        ("s", "cancelActivity", event_subprocess("e", start("s", timer("Duration", "PT1H"), cancelActivity="false"), user("x"), chain("s", "x")), "startEvent 的 isInterrupting"),
        ("c", "attachedToRef", catch("c", timer("Duration", "PT1H")).replace('id="c"', 'id="c" attachedToRef="a"') + chain("a", "c"), "boundaryEvent"),
        ("u", "isSequential", user("u", "", loop("=[1, 2]"), isSequential="true") + chain("a", "u"), "multiInstanceLoopCharacteristics"),
        ("u", "messageRef", user("u", messageRef="m") + chain("a", "u"), "receiveTask"),
        ("u", "triggeredByEvent", user("u", triggeredByEvent="1") + chain("a", "u"), "subProcess"),
        ("u", "calledElement", user("u", calledElement="q") + chain("a", "u"), "callActivity"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)  # fmt: skip
def test_a_setting_on_an_element_that_has_none_is_refused_and_never_read_as_its_opposite(element, name, body, says):
    found = problems(file(process(start(), user("a"), body, chain("start", "a"))))
    assert [(problem.element, problem.code) for problem in found] == [(element, "ATTRIBUTE_PLACE")]
    assert name in found[0].message
    assert says in found[0].message


@pytest.mark.parametrize(
    ("name", "value"), [("isInterrupting", " 1 "), ("cancelActivity", "true"), ("triggeredByEvent", "false"), ("isSequential", "0")]
)
def test_one_that_says_what_happens_anyway_is_a_warning(name, value):
    diagram = read(file(process(start(), user("a", **{name: value}), chain("start", "a"))), "x.bpmn")
    assert ("a", "ATTRIBUTE_PLACE") in [(problem.element, problem.code) for problem in diagram.lint]
