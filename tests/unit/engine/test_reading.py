"""What cannot run is refused with element, line, code and a Chinese sentence — whatever the bytes are."""

import re

import pytest

from app.engine import DiagramError, read
from tests.effort import effort

from .diagrams import (
    boundary,
    call,
    catch,
    chain,
    end,
    error,
    event_gateway,
    event_subprocess,
    exclusive,
    file,
    flow,
    io,
    loop,
    message,
    node,
    on_error,
    on_escalation,
    on_link,
    on_message,
    on_signal,
    process,
    receive,
    rule,
    script,
    service,
    start,
    subprocess,
    throw,
    timer,
    user,
)
from .runs import Run, library

GOOD = process(start(), end(), chain("start", "end"))


def refusals(source: bytes) -> list[tuple[str, str]]:
    with pytest.raises(DiagramError) as refused:
        read(source, "x.bpmn")
    for problem in refused.value.problems:
        assert re.search(r"[一-鿿]", problem.message)
        assert problem.file == "x.bpmn"
    return [(problem.element, problem.code) for problem in refused.value.problems]


def refused(*body: str, roots: str = "", **attributes: str) -> list[tuple[str, str]]:
    return refusals(file(roots, process(start(), *body, **attributes)))


# ---------------------------------------------------------------------- bytes

NESTED = b"<a>" * 20_000 + b"</a>" * 20_000
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><definitions>&b;</definitions>'


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"", "XML_EMPTY"),
        (b"  \n ", "XML_EMPTY"),
        (b"hello", "XML_SYNTAX"),
        (b"<html><body/></html>", "NOT_BPMN"),
        (b"<!DOCTYPE html><html></html>", "NOT_BPMN"),
        (b'<?xml version="1.0"?><!-- x --><!doctype d SYSTEM "file:///etc/passwd"><d/>', "XML_DOCTYPE"),
        (b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>', "XML_DOCTYPE"),
        (b'<!DOCTYPE d [<!ENTITY % p SYSTEM "http://example.org/x.dtd"> %p;]><d/>', "XML_DOCTYPE"),
        (LAUGHS, "XML_DOCTYPE"),
        (b"<!DOCTYPE d><d/>", "XML_DOCTYPE"),
        (b'<?xml version="1.0"?><?xml-stylesheet href="http://example.org/x.xsl"?>' + file(GOOD).partition(b"\n")[2], "XML_STYLESHEET"),
        (file(GOOD).decode().replace("UTF-8", "UTF-16").encode("utf-16"), "XML_ENCODING"),
        (file(GOOD).decode().encode("utf-16-le"), "XML_ENCODING"),
        (b'<?xml version="1.0" encoding="UTF-7"?><d/>', "XML_ENCODING"),
        (file(GOOD).replace(b'name="p"', b'name="p\x00"'), "XML_NUL"),
        (file(GOOD).replace(b'name="p"', b'name="\xff\xfe"'), "XML_SYNTAX"),
        (NESTED, "XML_DEPTH"),
        (file(GOOD) + b" " * 6_000_000, "XML_SIZE"),
        (b"<definitions/>", "NOT_BPMN"),
        (file(process(start(), *(node("task", f"t{number}") for number in range(10_001)))), "TOO_MANY_ELEMENTS"),
        (file(), "NO_PROCESS"),
        (file(process(start(), executable="false")), "NOT_EXECUTABLE"),
        (file(GOOD)[:-20], "XML_SYNTAX"),
        (b"\x89PNG\r\n\x1a\n" + b"\x01" * 100, "XML_SYNTAX"),
        (b"PK\x03\x04" + b"\x02" * 100, "XML_SYNTAX"),
    ],
    ids=range(25),
)
def test_what_is_no_bpmn_file_is_refused_at_once(source, code):
    found: list[tuple[str, str]] = []
    assert effort(lambda: found.extend(refusals(source))) < 500_000
    assert [kind for _, kind in found] == [code]


def test_a_file_with_a_byte_order_mark_or_another_text_encoding_is_read():
    assert read(b"\xef\xbb\xbf" + file(GOOD), "x").processes[0].process_id == "p"
    gbk = file(process(start(), end(), chain("start", "end"), name="验收")).decode().replace("UTF-8", "GBK").encode("gbk")
    assert read(gbk, "x").processes[0].name == "验收"


def test_a_comment_inside_an_expression_does_not_cut_it():
    source = file(process(start(), exclusive("g"), user("a"), end(), chain("start", "g"), flow("g", "a", "=x > 1"), chain("a", "end")))
    source = source.replace(b"=x &gt; 1", b"=x<!-- note --> &gt; 1")
    run = Run(library(source), variables={"x": 2})
    assert run.open == ["a"]


# ---------------------------------------------------------------------- shape


@pytest.mark.parametrize(
    ("body", "want"),
    [
        ([node("transaction", "t", start("s2"))], ("t", "ELEMENT_UNSUPPORTED")),
        ([node("adHocSubProcess", "t")], ("t", "ELEMENT_UNSUPPORTED")),
        ([node("complexGateway", "t")], ("t", "ELEMENT_UNSUPPORTED")),
        ([node("futureTask", "t")], ("t", "ELEMENT_UNKNOWN")),
        ([end("e", "<bpmn:compensateEventDefinition/>")], ("e", "ELEMENT_UNSUPPORTED")),
        ([end("e", "<bpmn:cancelEventDefinition/>")], ("e", "ELEMENT_UNSUPPORTED")),
        ([catch("c", "<bpmn:conditionalEventDefinition/>")], ("c", "ELEMENT_UNSUPPORTED")),
        ([node("task", "t", isForCompensation="true")], ("t", "ELEMENT_UNSUPPORTED")),
        ([node("task", "t", "<bpmn:standardLoopCharacteristics/>")], ("t", "ELEMENT_UNSUPPORTED")),
        ([user("a"), user("a")], ("a", "ID_DUPLICATE")),
        ([user("a"), flow("start", "nowhere", id="f")], ("f", "FLOW_DANGLING")),
        ([user("a"), '<bpmn:sequenceFlow id="f" sourceRef="start"/>'], ("f", "FLOW_DANGLING")),
        ([subprocess("sp", start("s2"), user("x"), chain("s2", "x")), flow("start", "x", id="f")], ("f", "FLOW_CROSSES")),
        (["<bpmn:userTask/>"], ("p", "ID_MISSING")),
        ([start("second")], ("second", "START_SEVERAL")),
        ([subprocess("sp", user("x"))], ("sp", "START_MISSING")),
        ([subprocess("sp", start("s2", timer("Duration", "PT1H")))], ("s2", "EVENT_NOT_ALLOWED")),
        ([event_subprocess("sp", start("s2"))], ("s2", "EVENT_DEFINITION_MISSING")),
        ([end("e"), user("a"), flow("e", "a")], ("e", "FLOW_NOT_ALLOWED")),
        ([user("a"), flow("a", "start")], ("start", "FLOW_NOT_ALLOWED")),
        ([exclusive("g", "nothing"), user("a"), flow("g", "a", "=true")], ("g", "DEFAULT_FLOW")),
        ([exclusive("g"), user("a"), flow("g", "a", id="f1"), flow("g", "a", "=true")], ("f1", "CONDITION_MISSING")),
        ([node("boundaryEvent", "b", on_error())], ("b", "BOUNDARY_ATTACHMENT")),
        ([boundary("b", "nowhere", on_error())], ("b", "BOUNDARY_ATTACHMENT")),
        ([exclusive("g"), boundary("b", "g", on_error())], ("b", "BOUNDARY_ATTACHMENT")),
        ([user("a"), boundary("b", "a", on_error(), False)], ("b", "BOUNDARY_INTERRUPTING")),
        ([user("a"), node("boundaryEvent", "b", attachedToRef="a")], ("b", "EVENT_DEFINITION_MISSING")),
        ([catch("c", on_error())], ("c", "EVENT_NOT_ALLOWED")),
        ([catch("c", on_error() + on_link("x"))], ("c", "EVENT_MULTIPLE")),
        ([event_gateway("g"), user("a"), flow("g", "a")], ("g", "GATEWAY_TARGET")),
        ([event_gateway("g")], ("g", "GATEWAY_TARGET")),
        ([throw("l", on_link("A"))], ("l", "LINK_NAME")),
        ([service("s", "")], ("s", "TASK_DEFINITION_MISSING")),
        ([node("serviceTask", "s")], ("s", "TASK_DEFINITION_MISSING")),
        ([node("sendTask", "s")], ("s", "TASK_DEFINITION_MISSING")),
        ([node("scriptTask", "s")], ("s", "TASK_DEFINITION_MISSING")),
        ([node("businessRuleTask", "s")], ("s", "TASK_DEFINITION_MISSING")),
        ([throw("t", on_message("m"))], ("t", "TASK_DEFINITION_MISSING")),
        ([node("callActivity", "c")], ("c", "CALLED_PROCESS_MISSING")),
        ([receive("r", "nothing")], ("r", "MESSAGE_MISSING")),
        ([receive("r", "m")], ("r", "CORRELATION_KEY_MISSING")),
        ([catch("c", on_signal("none"))], ("c", "SIGNAL_MISSING")),
        ([end("e", on_error("none"))], ("e", "CODE_MISSING")),
        ([end("e", on_error())], ("e", "CODE_MISSING")),
        ([throw("e", on_escalation())], ("e", "CODE_MISSING")),
        ([user("a", "", "<bpmn:multiInstanceLoopCharacteristics/>")], ("a", "LOOP_MISSING")),
        ([user("a", "", loop("people"))], ("a", "EXPRESSION_EXPECTED")),
        ([user("a", "", loop("=people", output="out"))], ("a", "LOOP_OUTPUT")),
        ([catch("c", "<bpmn:timerEventDefinition/>")], ("c", "TIMER_INVALID")),
        ([catch("c", timer("Cycle", "R/PT1H"))], ("c", "TIMER_INVALID")),
        ([user("a"), boundary("b", "a", timer("Cycle", "R/PT1H"))], ("b", "TIMER_INVALID")),
        ([user("a", io({"not a name": "=1"}))], ("a", "MAPPING_TARGET")),
        ([call("c", "x", bindingType="newest")], ("c", "BINDING_INVALID")),
        ([call("c", "x", bindingType="versionTag")], ("c", "BINDING_INVALID")),
        ([service("s", retries="often")], ("s", "RETRIES_INVALID")),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else None,
)
def test_a_diagram_that_cannot_run_is_refused_at_its_element(body, want):
    assert refused(*body, roots=message("m", "go")) == [want]


def test_a_process_without_a_start_event_is_refused():
    assert refusals(file(process(user("a")))) == [("p", "START_MISSING")]


@pytest.mark.parametrize(
    "body",
    [
        [user("a", io({"x": "=1 +"}))],
        [user("a", io(outputs={"x": "=)"}))],
        [user("a", '<zeebe:assignmentDefinition candidateGroups="=["/>')],
        [user("a", '<zeebe:taskSchedule dueDate="=&quot;"/>')],
        [user("a", '<zeebe:priorityDefinition priority="=if"/>')],
        [user("a", '<zeebe:formDefinition formId="=1,"/>')],
        [service("a", "=type(")],
        [service("a", retries="=+")],
        [script("a", "=for i in", "x")],
        [rule("a", "=(", "x")],
        [call("a", "=(")],
        [user("a", "", loop("=[1,"))],
        [user("a", "", loop("=x", output="o", output_element="=1 1"))],
        [user("a", "", loop("=x", condition="=="))],
        [catch("a", timer("Duration", "=duration("))],
        [receive("a", "bad")],
        [user("a", '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="=1 1"/></zeebe:executionListeners>')],
    ],
    ids=range(17),
)
def test_wrong_feel_is_refused_wherever_it_stands(body):
    assert refused(*body, roots=message("bad", "go", "=1 1")) == [("a", "FEEL_SYNTAX")]


def test_a_wrong_condition_names_its_flow_line_and_position():
    with pytest.raises(DiagramError) as found:
        read(file(process(start(), exclusive("g"), user("a"), chain("start", "g"), flow("g", "a", "=amount > ", id="to_a"))), "规则.bpmn")
    problem = found.value.problems[0]
    assert (problem.element, problem.code) == ("to_a", "FEEL_SYNTAX")
    assert problem.line > 0
    assert "第" in problem.message
    assert "字符" in problem.message
    assert str(found.value).startswith("规则.bpmn 第 ")


def test_all_problems_are_reported_together():
    assert refused(node("transaction", "t"), node("complexGateway", "c"), flow("start", "x", id="f")) == [
        ("t", "ELEMENT_UNSUPPORTED"),
        ("c", "ELEMENT_UNSUPPORTED"),
        ("f", "FLOW_DANGLING"),
    ]


@pytest.mark.parametrize(
    "code",
    [
        '=__import__("os").getcwd()',
        "=().__class__.__bases__",
        '=open("/etc/passwd").read()',
        "='{0.__class__}'.format(1)",
        "=exec('1')",
        "=lambda x: x",
        "=9**9**9**9**9**9",
    ],
)
def test_python_in_an_expression_never_runs(code):
    source = file(process(start(), script("s", code, "x"), user("a"), end(), chain("start", "s", "a", "end")))
    try:
        run = Run(library(source))
    except DiagramError:
        assert refusals(source) == [("s", "FEEL_SYNTAX")]
    else:
        assert run.troubles == [("s", "LIMIT_EXPRESSION")] or run.variables["x"] is None


# ---------------------------------------------------------------------- what is read


def test_a_definition_says_what_services_need_to_know():
    body = [
        '<bpmn:laneSet id="set"><bpmn:lane id="l1" name="数据局"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>',
        node(
            "userTask",
            "a",
            "",
            '<zeebe:userTask/><zeebe:formDefinition formId="p.a"/><zeebe:properties><zeebe:property name="clauses" value="SC-25-3 SC-24-3"/></zeebe:properties>',
            name="审批",
        ),
        service("s", "move_phase"),
        service("t", "=dynamic"),
        rule("r", "acceptance_gate", "gate"),
        call("c", "review"),
        subprocess("sp", start("s2"), user("inner", "", loop("=[1]")), end("e2"), chain("s2", "inner", "e2")),
        end(),
        chain("start", "a", "s", "t", "r", "c", "sp", "end"),
    ]
    diagram = read(file(process(start(), *body, name="验收", extensions='<zeebe:versionTag value="v1"/>')), "x.bpmn")
    definition = diagram.processes[0]
    assert (definition.process_id, definition.name, definition.version_tag, definition.lanes, definition.key) == (
        "p",
        "验收",
        "v1",
        ("数据局",),
        0,
    )
    assert (definition.called_processes, definition.called_decisions, definition.forms, definition.job_types) == (
        {"review"},
        {"acceptance_gate"},
        {"p.a"},
        {"move_phase"},
    )
    task = definition.elements["a"]
    assert (task.type, task.name, task.lane, task.parent, task.form_id, task.clauses) == (
        "userTask",
        "审批",
        "数据局",
        "p",
        "p.a",
        ("SC-25-3", "SC-24-3"),
    )
    assert (definition.elements["inner"].parent, definition.elements["inner"].multi_instance) == ("sp", True)
    assert [item.kind for item in definition.start_events] == ["none"]
    deployed = definition.with_key(9, 2, 3)
    assert (deployed.key, deployed.version, deployed.deployment, definition.key) == (9, 2, 3, 0)


def test_a_file_with_several_processes_and_a_collaboration_is_read():
    participants = '<bpmn:participant id="p1" processRef="p"/><bpmn:participant id="p2" processRef="q"/>'
    collaboration = (
        f'<bpmn:collaboration id="col">{participants}<bpmn:messageFlow id="mf" sourceRef="a" targetRef="b"/></bpmn:collaboration>'
    )
    diagram = read(
        file(
            collaboration,
            process(start(), user("a"), chain("start", "a")),
            process(start("s2"), user("b"), chain("s2", "b"), id="q"),
            process(node("task", "box"), id="black", executable="false"),
        ),
        "x.bpmn",
    )
    assert [definition.process_id for definition in diagram.processes] == ["p", "q"]


def test_data_objects_annotations_and_foreign_extensions_are_documentation():
    source = file(
        process(
            start(),
            '<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="dr" dataObjectRef="d"/><bpmn:dataStoreReference id="ds"/>',
            '<bpmn:textAnnotation id="ta"><bpmn:text>note</bpmn:text></bpmn:textAnnotation><bpmn:association id="as" sourceRef="a" targetRef="ta"/><bpmn:group id="gr"/>',
            node(
                "userTask",
                "a",
                '<bpmn:dataInputAssociation id="di"><bpmn:sourceRef>dr</bpmn:sourceRef></bpmn:dataInputAssociation>',
                '<x:y xmlns:x="http://example.org/x"/>',
            ),
            end(),
            chain("start", "a", "end"),
        )
    )
    assert Run(library(source)).open == ["a"]


def test_a_listener_that_never_fires_is_a_warning():
    diagram = read(
        file(
            process(
                start(),
                user(
                    "a",
                    '<zeebe:assignmentDefinition assignee="li"/>'
                    '<zeebe:taskListeners><zeebe:taskListener eventType="canceling" type="x"/></zeebe:taskListeners>',
                ),
                end(),
                chain("start", "a", "end"),
            )
        ),
        "x",
    )
    assert [(problem.element, problem.code) for problem in diagram.lint] == [("a", "LISTENER_IGNORED")]


@pytest.mark.parametrize("seed", range(300))
def test_a_damaged_file_is_read_or_refused_but_never_breaks(seed):
    import random

    source = bytearray(
        file(
            message("m", "go", "=k") + error("err", "E"),
            process(
                start(),
                exclusive("g", "d"),
                user("a", io({"x": "=1"}), loop("=[1]", "i", "o", "=i")),
                boundary("b", "a", timer("Duration", "PT1H")),
                subprocess("sp", start("s2"), script("s", "=1", "x"), end("e2", on_error("err")), chain("s2", "s", "e2")),
                receive("r", "m"),
                end(),
                flow("start", "g"),
                flow("g", "a", "=x > 1"),
                flow("g", "sp", id="d"),
                chain("a", "r", "end"),
                chain("sp", "end"),
                chain("b", "end"),
            ),
        )
    )
    random_ = random.Random(seed)
    text = bytes(source)
    tags = re.findall(rb"<[^>]+>", text)
    for _ in range(random_.randint(1, 3)):
        way = random_.random()
        if way < 0.3:
            attribute = random_.choice(re.findall(rb' \w+="[^"]*"', text))
            text = text.replace(attribute, b"", 1)
        elif way < 0.6:
            old, new = random_.choice(re.findall(rb'"([^"]*)"', text)), random_.choice(re.findall(rb'"([^"]*)"', text))
            text = text.replace(b'"' + old + b'"', b'"' + new + b'"', 1)
        elif way < 0.8:
            text = text.replace(random_.choice(tags), b"", 1)
        else:
            at = random_.randrange(len(text))
            text = text[:at] + bytes([random_.randrange(256)]) + text[at + 1 :]
    try:
        outcome = list(read(text, "x.bpmn").processes)
    except DiagramError as found:
        outcome = list(found.problems)
    assert outcome


FORM = '<zeebe:formDefinition formId="p.begin"/>'


def test_a_none_start_event_may_have_a_form():
    definition = read(file(process(start(extensions=FORM), end(), chain("start", "end"))), "x.bpmn").processes[0]
    event = definition.start_form
    assert (event.element_id, event.form, event.form_binding) == ("start", "p.begin", "latest")
    assert definition.forms == {"p.begin"}


@pytest.mark.parametrize(
    "begun",
    [
        start(inner="<bpmn:timerEventDefinition><bpmn:timeCycle>R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>", extensions=FORM),
        start(extensions='<zeebe:formDefinition formId="=name"/>'),
    ],
)
def test_a_form_that_nobody_would_fill_in_is_refused_at_its_start_event(begun):
    with pytest.raises(DiagramError) as refused:
        read(file(process(begun, end(), chain("start", "end"))), "x.bpmn")
    assert [(problem.code, problem.element) for problem in refused.value.problems] == [("START_FORM", "start")]
