"""What another engine's dialect says of a task is warned of, element by element; so is a user task that nobody is named for, and a zeebe extension that is not read."""

import pytest

from app.engine import DiagramError, read
from app.engine.errors import DiagramProblem

from .diagrams import chain, end, exclusive, file, flow, loop, node, process, service, start, subprocess, user

DIALECTS = {
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "activiti": "http://activiti.org/bpmn",
    "flowable": "http://flowable.org/bpmn",
    "operaton": "http://operaton.org/schema/1.0/bpmn",
}
ASSIGNED = '<zeebe:assignmentDefinition candidateGroups="data_bureau"/>'


def lint(*body: str) -> list[DiagramProblem]:
    spaces = "".join(f'xmlns:{prefix}="{space}" ' for prefix, space in DIALECTS.items())
    source = file(process(start(), *body)).replace(b"xmlns:bpmn=", spaces.encode() + b"xmlns:bpmn=", 1)
    return list(read(source, "x.bpmn").lint)


def codes(found: list[DiagramProblem]) -> list[tuple[str, str]]:
    return [(problem.element, problem.code) for problem in found]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("attribute", "instead"),
    [
        ("assignee", "zeebe:assignmentDefinition 的 assignee"),
        ("candidateGroups", "zeebe:assignmentDefinition 的 candidateGroups"),
        ("candidateUsers", "zeebe:assignmentDefinition 的 candidateUsers"),
        ("formKey", "zeebe:formDefinition 的 formId"),
        ("formRef", "zeebe:formDefinition 的 formId"),
        ("formRefBinding", "zeebe:formDefinition 的 formId"),
        ("dueDate", "zeebe:taskSchedule 的 dueDate"),
        ("followUpDate", "zeebe:taskSchedule 的 followUpDate"),
        ("priority", "zeebe:priorityDefinition"),
        ("skipExpression", "排他网关"),
        ("asyncBefore", "删除"),
        ("async", "删除"),
        ("noSuchThing", "没有对应的写法"),
    ],
)
def test_an_attribute_of_a_task_names_itself_and_what_to_write_instead(dialect, attribute, instead):
    task = node("userTask", "a", "", ASSIGNED, **{f"{dialect}:{attribute}": "x"})
    found = lint(task, chain("start", "a"))
    assert codes(found) == [("a", "FOREIGN_EXTENSION")]
    assert f"{dialect}:{attribute} → " in found[0].message
    assert instead in found[0].message
    assert found[0].line > 0


@pytest.mark.parametrize(
    ("child", "instead"),
    [
        ("taskListener", "zeebe:taskListeners"),
        ("executionListener", "zeebe:executionListeners"),
        ("formData", "zeebe:formDefinition"),
        ("formProperty", "zeebe:formDefinition"),
        ("inputOutput", "zeebe:ioMapping"),
        ("field", "zeebe:taskHeaders"),
        ("in", "zeebe:ioMapping"),
        ("failedJobRetryTimeCycle", "zeebe:taskDefinition 的 retries"),
        ("connector", "zeebe:taskDefinition"),
    ],
)
def test_an_element_of_another_dialect_names_itself_and_what_to_write_instead(child, instead):
    found = lint(user("a", f"{ASSIGNED}<flowable:{child}/>"), chain("start", "a"))
    assert codes(found) == [("a", "FOREIGN_EXTENSION")]
    assert f"flowable:{child} → {instead}" in found[0].message


@pytest.mark.parametrize(
    ("body", "element", "name"),
    [
        ([service("s").replace("<bpmn:serviceTask", '<bpmn:serviceTask camunda:delegateExpression="${x}"'), chain("start", "s")], "s", "camunda:delegateExpression"),
        ([exclusive("g").replace("<bpmn:exclusiveGateway", '<bpmn:exclusiveGateway camunda:asyncAfter="true"'), chain("start", "g")], "g", "camunda:asyncAfter"),
        ([user("a", ASSIGNED, loop("=[1]").replace("isSequential", 'camunda:collection="list" isSequential')), chain("start", "a")], "a", "camunda:collection"),
        ([user("a", ASSIGNED), flow("start", "a", "=true", id="f").replace("xsi:type", 'camunda:resource="x.groovy" xsi:type')], "f", "camunda:resource"),
        ([end("e").replace("<bpmn:endEvent", '<bpmn:endEvent flowable:executionListener="x"'), chain("start", "e")], "e", "flowable:executionListener"),
        ([subprocess("sp", start("s2"), end("e2"), chain("s2", "e2"), extensions="<camunda:executionListener/>"), chain("start", "sp")], "sp", "camunda:executionListener"),
        (["<bpmn:extensionElements><activiti:potentialStarter/></bpmn:extensionElements>"], "p", "activiti:potentialStarter"),
        ([node("task", "t", "<camunda:inputOutput/>"), chain("start", "t")], "t", "camunda:inputOutput"),
    ],
    ids=range(8),
)  # fmt: skip
def test_it_is_found_wherever_it_stands(body, element, name):
    found = lint(*body)
    assert codes(found) == [(element, "FOREIGN_EXTENSION")]
    assert name in found[0].message


def test_the_initiator_of_a_start_event_is_warned_of():
    source = file(process(node("startEvent", "s", **{"flowable:initiator": "who"}), end(), chain("s", "end")))
    found = read(source.replace(b"xmlns:bpmn=", b'xmlns:flowable="http://flowable.org/bpmn" xmlns:bpmn=', 1), "x.bpmn").lint
    assert codes(list(found)) == [("s", "FOREIGN_EXTENSION")]


def test_each_element_has_one_warning_that_lists_everything():
    tasks = [node("userTask", name, "", ASSIGNED, **{"flowable:assignee": "li", "flowable:formKey": "f"}) for name in ("a", "b")]
    found = lint(*tasks, chain("start", "a", "b"))
    assert codes(found) == [("a", "FOREIGN_EXTENSION"), ("b", "FOREIGN_EXTENSION")]
    assert all("flowable:assignee" in problem.message and "flowable:formKey" in problem.message for problem in found)


def test_the_prefix_is_named_as_the_file_has_it():
    source = file(process(start(), node("userTask", "a", "", ASSIGNED, **{"act:assignee": "li"}), chain("start", "a")))
    found = read(source.replace(b"xmlns:bpmn=", b'xmlns:act="http://activiti.org/bpmn" xmlns:bpmn=', 1), "x.bpmn").lint
    assert "act:assignee" in found[0].message


@pytest.mark.parametrize("role", ["potentialOwner", "humanPerformer", "performer", "resourceRole"])
def test_performers_in_bpmns_own_words_are_warned_of(role):
    inner = f"<bpmn:{role}><bpmn:resourceAssignmentExpression><bpmn:formalExpression>li</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:{role}>"
    found = lint(node("userTask", "a", inner, ASSIGNED), chain("start", "a"))
    assert codes(found) == [("a", "FOREIGN_EXTENSION")]
    assert role in found[0].message


def test_notes_of_other_modelers_are_no_matter():
    silent = {"camunda:modelerTemplate": "t", "camunda:historyTimeToLive": "P1D"}
    assert lint(node("userTask", "a", "", ASSIGNED + '<x:y xmlns:x="urn:x"/><camunda:properties/>', **silent), chain("start", "a")) == []


# ---------------------------------------------------------------------- nobody


@pytest.mark.parametrize(
    "extensions",
    [
        "",
        "<zeebe:assignmentDefinition/>",
        '<zeebe:assignmentDefinition assignee=""/>',
        '<zeebe:assignmentDefinition assignee=" " candidateGroups=" , "/>',
        '<zeebe:formDefinition formId="f"/>',
        '<zeebe:taskSchedule dueDate="2026-01-01"/>',
    ],
)
def test_a_user_task_for_nobody_is_warned_of(extensions):
    found = lint(user("a", extensions), chain("start", "a"))
    assert codes(found) == [("a", "NO_PERFORMER")]
    assert "candidateGroups" in found[0].message


@pytest.mark.parametrize("attribute", ['assignee="li"', 'candidateGroups="=groups"', 'candidateUsers="li, wang"'])
def test_a_user_task_for_somebody_is_not(attribute):
    assert lint(user("a", f"<zeebe:assignmentDefinition {attribute}/>"), chain("start", "a")) == []


# ---------------------------------------------------------------------- our own dialect, misspelled


@pytest.mark.parametrize(
    ("extensions", "says"),
    [
        ('<zeebe:assignmentDefinition candidateGroup="x" assignee="li"/>', "candidateGroup"),
        ('<zeebe:assignmentDefinitions candidateGroups="x"/>' + ASSIGNED, "zeebe:assignmentDefinition?"),
        (ASSIGNED + '<zeebe:formDefinition formKey="f"/>', "formKey"),
        (ASSIGNED + '<zeebe:taskDefinition type="t"/>', "taskDefinition"),
        (ASSIGNED + '<zeebe:ioMapping><zeebe:inputs source="=1" target="x"/></zeebe:ioMapping>', "inputs"),
        (ASSIGNED + '<zeebe:ioMapping><zeebe:input source="=1" target="x" when="always"/></zeebe:ioMapping>', "when"),
        (ASSIGNED + '<zeebe:linkedResources/>', "linkedResources"),
    ],
    ids=range(7),
)  # fmt: skip
def test_an_extension_that_is_not_read_is_warned_of(extensions, says):
    found = lint(user("a", extensions), chain("start", "a"))
    assert codes(found) == [("a", "EXTENSION_IGNORED")]
    assert says in found[0].message


@pytest.mark.parametrize("name", ["assignee", "formId", "dueDate", "retries"])
def test_an_extension_written_as_an_attribute_of_the_element_is_warned_of(name):
    found = lint(user("a", ASSIGNED, **{f"zeebe:{name}": "x"}), chain("start", "a"))
    assert codes(found) == [("a", "EXTENSION_IGNORED")]
    assert f"zeebe:{name}" in found[0].message


def test_the_template_of_a_modeler_is_no_matter():
    assert lint(user("a", ASSIGNED, **{"zeebe:modelerTemplate": "t", "zeebe:modelerTemplateVersion": "1"}), chain("start", "a")) == []


def test_a_refused_diagram_stays_refused_whatever_it_is_warned_of():
    with pytest.raises(DiagramError):
        lint(
            node("userTask", "a", **{"camunda:assignee": "li"}),
            node("serviceTask", "s", **{"camunda:class": "x.Y"}),
            chain("start", "a", "s"),
        )
