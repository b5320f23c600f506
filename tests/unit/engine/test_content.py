"""Every child that BPMN has for an element is documentation, carried out, warned of or refused by its own name; the tables agree with the schema itself."""

from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from app.engine import DiagramError, read
from app.engine.errors import DiagramProblem
from app.engine.reading import schema

from .diagrams import catch, chain, end, exclusive, file, flow, loop, message, node, process, start, timer, user
from .runs import Run, library

XSD = "{http://www.w3.org/2001/XMLSchema}"


class Schema:
    """Semantic.xsd as it ships with the engine's dependency: attributes and children of every element, inheritance and substitution groups resolved."""

    def __init__(self) -> None:
        package = find_spec("SpiffWorkflow")
        assert package is not None
        root = etree.parse(Path(package.submodule_search_locations[0]) / "bpmn" / "parser" / "schema" / "Semantic.xsd").getroot()
        self.types = {item.get("name"): item for item in root.iterchildren(XSD + "complexType")}
        self.elements = {item.get("name"): item for item in root.iterchildren(XSD + "element")}
        self.values = {
            item.get("name"): [value.get("value") for value in item.iter(XSD + "enumeration")] for item in root.iter(XSD + "simpleType")
        }
        self.substitutes = defaultdict(set)
        for name, item in self.elements.items():
            if item.get("substitutionGroup"):
                self.substitutes[item.get("substitutionGroup").split(":")[-1]].add(name)

    def type_of(self, name):
        return self.types.get(self.elements[name].get("type").split(":")[-1])

    def _chain(self, kind):
        while kind is not None:
            yield kind
            extension = kind.find(f".//{XSD}extension")
            kind = self.types.get(extension.get("base").split(":")[-1]) if extension is not None else None

    def members(self, name):
        kind = self.type_of(name)
        abstract = self.elements[name].get("abstract") or (kind is not None and kind.get("abstract"))
        return (set() if abstract else {name}).union(*(self.members(other) for other in self.substitutes[name]))

    def children(self, name):
        found = set()
        for kind in self._chain(self.type_of(name)):
            for child in kind.iter(XSD + "element"):
                found |= self.members(child.get("ref").split(":")[-1]) if child.get("ref") else {child.get("name")}
        return found

    def attributes(self):
        """(name, type) of every attribute of every element."""
        for name in self.elements:
            for kind in self._chain(self.type_of(name)):
                yield from ((item.get("name"), item.get("type").removeprefix("xsd:")) for item in kind.iter(XSD + "attribute"))

    def referring(self):
        """Children whose text is a reference."""
        for kind in self.types.values():
            for child in kind.iter(XSD + "element"):
                if child.get("type") in ("xsd:QName", "xsd:IDREF"):
                    yield child.get("name")


BPMN = Schema()


@pytest.mark.parametrize("name", sorted(set(schema.CONTENT) - {"definitions", "extension"}))
def test_the_children_of_an_element_are_those_of_the_schema(name):
    assert schema.CONTENT[name] == BPMN.children(name)


def test_what_stands_at_the_top_of_a_file_is_what_the_schema_lets_stand_there():
    assert schema.CONTENT["definitions"] == BPMN.members("rootElement") | {"import", "extension", "relationship"}


def test_attributes_have_the_types_of_the_schema():
    wrong = []
    for name, kind in set(BPMN.attributes()):
        fits = {
            "boolean": name in schema.BOOLEANS,
            "integer": name in schema.INTEGERS,
            "int": name in schema.INTEGERS,
            "QName": name in schema.REFERENCES | schema.ELSEWHERE,
            "IDREF": name in schema.REFERENCES,
        }.get(kind)
        if fits is None and name in schema.ENUMERATIONS:
            fits = list(schema.ENUMERATIONS[name]) == BPMN.values[kind]
        if not (fits if fits is not None else name in schema.ATTRIBUTES):
            wrong.append((name, kind))
    assert wrong == []


def test_children_that_refer_are_those_of_the_schema():
    assert set(BPMN.referring()) == schema.REFERRING


# ---------------------------------------------------------------------- each child is said to be something

ACCEPTED, WARNED, REFUSED = "documentation or carried out", "warned of", "refused"
FEEL = '<bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[1]"/></bpmn:extensionElements>'


def disposition(source: bytes, element: str, process: str) -> str:
    """What became of a diagram: refused, warned of (always at ``element``), or run to its end or first wait."""
    problems: tuple[DiagramProblem, ...] = ()
    diagram = None
    try:
        diagram = read(source, "x.bpmn")
    except DiagramError as refused:
        problems = refused.problems
    if diagram is None:
        assert {problem.element for problem in problems} == {element}, problems
        return REFUSED
    said = [problem for problem in diagram.lint if problem.code != "NO_PERFORMER"]
    if said:
        assert {problem.element for problem in said} == {element}, said
        return WARNED
    Run(library(source), process)
    return ACCEPTED


def inside(tag: str, child: str) -> bytes:
    """A process that runs, with ``child`` inside an element ``x`` of kind ``tag``."""
    roots, extensions, attributes, inner = "", "", {}, child
    around: list[str] = []
    if tag in ("serviceTask", "sendTask"):
        extensions = '<zeebe:taskDefinition type="t"/>'
    elif tag == "scriptTask":
        extensions = '<zeebe:script expression="=1" resultVariable="r"/>'
    elif tag == "businessRuleTask":
        extensions = '<zeebe:taskDefinition type="t"/>'
    elif tag == "callActivity":
        extensions = '<zeebe:calledElement processId="other"/>'
    elif tag == "receiveTask":
        roots, attributes = message("m", "go", '="k"'), {"messageRef": "m"}
    elif tag == "subProcess":
        inner += start("x_start") + end("x_end") + flow("x_start", "x_end")
    elif tag == "intermediateCatchEvent":
        inner += timer("Duration", "PT1H")
    elif tag == "boundaryEvent":
        around, attributes = [user("host"), flow("start", "host")], {"attachedToRef": "host"}
        inner += timer("Duration", "PT1H")
        return file(process(start(), *around, node(tag, "x", inner, **attributes)))
    elif tag == "startEvent":
        return file(process(node(tag, "x", inner), end(), flow("x", "end")))
    elif tag == "process":
        return file(process(start(), end(), flow("start", "end"), inner, id="x"))
    elif tag == "sequenceFlow":
        return file(process(start(), end(), f'<bpmn:sequenceFlow id="x" sourceRef="start" targetRef="end">{inner}</bpmn:sequenceFlow>'))
    elif tag == "eventBasedGateway":
        around = [catch("c", timer("Duration", "PT1H")), flow("x", "c")]
    elif tag in ("dataObject", "dataObjectReference", "dataStoreReference", "textAnnotation", "group", "laneSet"):
        return file(process(start(), end(), flow("start", "end"), node(tag, "x", inner)))
    return file(roots, process(start(), flow("start", "x"), node(tag, "x", inner, extensions, **attributes), *around))


def written(child: str) -> str:
    """``child`` with what it needs to make sense."""
    role = "<bpmn:resourceAssignmentExpression><bpmn:formalExpression>someone</bpmn:formalExpression></bpmn:resourceAssignmentExpression>"
    content = {
        "documentation": "note",
        "categoryValueRef": "cv",
        "incoming": "f",
        "outgoing": "f",
        "supportedInterfaceRef": "i",
        "supports": "other",
        "dataInputAssociation": '<bpmn:sourceRef>d</bpmn:sourceRef><bpmn:targetRef>d</bpmn:targetRef>',
        "dataOutputAssociation": "<bpmn:targetRef>d</bpmn:targetRef>",
        "ioSpecification": '<bpmn:dataInput id="di" name="in"/><bpmn:inputSet><bpmn:dataInputRefs>di</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet/>',
        "correlationSubscription": '<bpmn:correlationPropertyBinding correlationPropertyRef="c"><bpmn:dataPath>x</bpmn:dataPath></bpmn:correlationPropertyBinding>',
        "multiInstanceLoopCharacteristics": FEEL,
        "conditionExpression": "= true",
        "text": "note",
        "script": "1",
        "laneSet": '<bpmn:lane id="lane"><bpmn:flowNodeRef>start</bpmn:flowNodeRef></bpmn:lane>',
        **dict.fromkeys(("resourceRole", "performer", "humanPerformer", "potentialOwner"), role),
    }  # fmt: skip
    attributes = {"correlationSubscription": ' correlationKeyRef="k"', "ioBinding": ' operationRef="o" inputDataRef="i" outputDataRef="o"'}
    return f"<bpmn:{child}{attributes.get(child, '')}>{content.get(child, '')}</bpmn:{child}>"


ROLES = ("resourceRole", "performer", "humanPerformer", "potentialOwner")
SAID = {
    **{(tag, "standardLoopCharacteristics"): REFUSED for tag in schema.CONTENT},
    **{(tag, role): WARNED for tag in ("userTask", "manualTask", "process") for role in ROLES},
    ("scriptTask", "script"): WARNED,
    **{(tag, end): WARNED for tag in schema.NODES for end in ("incoming", "outgoing")},  # there is no flow f
}
TAGS = sorted(
    schema.TASKS
    | {"subProcess", "callActivity", "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
    | {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"}
    | {"process", "sequenceFlow", "dataObject", "dataObjectReference", "dataStoreReference", "textAnnotation", "group", "laneSet"}
)
# Nodes, flows and event definitions have tests of their own.
ELSEWHERE = schema.NODES | schema.EVENT_DEFINITIONS | {"sequenceFlow", "association", "eventDefinitionRef", "extensionElements", "lane"}


@pytest.mark.parametrize("tag", TAGS)
def test_each_child_is_documentation_carried_out_or_refused_by_name(tag):
    wanted, found = {}, {}
    for child in sorted(schema.CONTENT[tag] - ELSEWHERE):
        wanted[child] = SAID.get((tag, child), ACCEPTED)
        found[child] = disposition(inside(tag, written(child)), "x", "x" if tag == "process" else "p")
    assert found == wanted


@pytest.mark.parametrize(
    ("tag", "child", "code"),
    [
        ("userTask", "timerEventDefinition", "CHILD_NOT_ALLOWED"),
        ("userTask", "conditionExpression", "CHILD_NOT_ALLOWED"),
        ("userTask", "script", "CHILD_NOT_ALLOWED"),
        ("userTask", "startEvent", "CHILD_NOT_ALLOWED"),
        ("userTask", "completionCondition", "CHILD_NOT_ALLOWED"),
        ("userTask", "novelty", "ELEMENT_UNKNOWN"),
        ("exclusiveGateway", "multiInstanceLoopCharacteristics", "CHILD_NOT_ALLOWED"),
        ("exclusiveGateway", "standardLoopCharacteristics", "CHILD_NOT_ALLOWED"),
        ("startEvent", "multiInstanceLoopCharacteristics", "CHILD_NOT_ALLOWED"),
        ("sequenceFlow", "timeDuration", "CHILD_NOT_ALLOWED"),
        ("process", "timerEventDefinition", "CHILD_NOT_ALLOWED"),
        ("process", "multiInstanceLoopCharacteristics", "CHILD_NOT_ALLOWED"),
        ("subProcess", "novelty", "ELEMENT_UNKNOWN"),
    ],
)
def test_a_child_in_the_wrong_place_that_would_do_something_is_refused(tag, child, code):
    with pytest.raises(DiagramError) as refused:
        read(inside(tag, written(child)), "x.bpmn")
    assert [(problem.element, problem.code) for problem in refused.value.problems] == [("x", code)]
    assert child in refused.value.problems[0].message


def test_a_misplaced_child_that_only_documents_is_a_warning():
    found = read(inside("textAnnotation", written("ioSpecification")), "x.bpmn").lint
    assert [(problem.element, problem.code) for problem in found] == [("x", "CHILD_IGNORED")]


@pytest.mark.parametrize(
    ("body", "want"),
    [
        ([user("x", "", loop("=[1]").replace("</bpmn:multi", "<bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multi"))], "ELEMENT_UNSUPPORTED"),
        ([user("x", "", loop("=[1]").replace("</bpmn:multi", "<bpmn:complexBehaviorDefinition/></bpmn:multi"))], "ELEMENT_UNSUPPORTED"),
        ([user("x", "", loop("=[1]").replace("isSequential", 'behavior="One" isSequential'))], "ELEMENT_UNSUPPORTED"),
        ([user("x", "", loop("=[1]") * 2)], "CHILD_REPEATED"),
        ([user("x", startQuantity="2")], "ELEMENT_UNSUPPORTED"),
        ([user("x", completionQuantity="3")], "ELEMENT_UNSUPPORTED"),
        ([user("x", isForCompensation="1")], "ELEMENT_UNSUPPORTED"),
        ([node("receiveTask", "x", messageRef="m", instantiate="true")], "ELEMENT_UNSUPPORTED"),
        ([node("eventBasedGateway", "x", eventGatewayType="Parallel"), catch("c", timer("Duration", "PT1H")), flow("x", "c")], "ELEMENT_UNSUPPORTED"),
        ([node("userTask", "x", '<zeebe:assignmentDefinition assignee="li"/>')], "EXTENSION_PLACE"),
        ([user("x", '<zeebe:assignmentDefinition assignee="li"/><zeebe:assignmentDefinition assignee="wang"/>')], "EXTENSION_REPEATED"),
        ([user("x"), user("y"), flow("x", "y", "=true", id="f").replace("</bpmn:seq", "<bpmn:conditionExpression>=false</bpmn:conditionExpression></bpmn:seq")], "CHILD_REPEATED"),
        ([user("x"), exclusive("g"), chain("x", "g"), user("y"), flow("g", "y", "x > 1", id="f").replace("xsi:type", 'language="groovy" xsi:type')], "EXPRESSION_LANGUAGE"),
    ],
    ids=range(13),
)  # fmt: skip
def test_what_would_change_the_run_is_refused(body, want):
    with pytest.raises(DiagramError) as refused:
        read(file(message("m", "go", '="k"'), process(start(), flow("start", "x"), *body)), "x.bpmn")
    assert [problem.code for problem in refused.value.problems] == [want]
    assert refused.value.problems[0].element in ("x", "f")


@pytest.mark.parametrize(
    "body",
    [
        [user("x", startQuantity=" 1 ", completionQuantity="+1", isForCompensation="0")],
        [node("eventBasedGateway", "x", eventGatewayType="Exclusive", instantiate="false"), catch("c", timer("Duration", "PT1H")), flow("x", "c")],
        [user("x", "", loop("=[1]").replace("isSequential", 'behavior="All" isSequential'))],
        [exclusive("x"), user("y"), flow("x", "y", "= 1 > 0").replace("xsi:type", 'language="https://www.omg.org/spec/DMN/20191111/FEEL/" xsi:type')],
    ],
    ids=range(4),
)  # fmt: skip
def test_what_the_schema_takes_for_granted_may_be_written_out(body):
    run = Run(library(file(process(start(), flow("start", "x"), *body))))
    assert run.open or run.waiting


def test_a_file_that_demands_an_extension_is_refused():
    source = file('<bpmn:extension definition="bpmn:x" mustUnderstand="true"/>', process(start(), end(), chain("start", "end")))
    with pytest.raises(DiagramError) as refused:
        read(source, "x.bpmn")
    assert [problem.code for problem in refused.value.problems] == ["EXTENSION_REQUIRED"]
    assert read(source.replace(b'"true"/>', b'"0"/>'), "x.bpmn").lint == ()


def test_text_behind_a_child_of_an_expression_is_not_cut_off():
    timed = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H<bpmn:documentation>why</bpmn:documentation> junk</bpmn:timeDuration></bpmn:timerEventDefinition>"
    with pytest.raises(DiagramError) as refused:
        read(file(process(start(), catch("c", timed), chain("start", "c"))), "x.bpmn")
    assert [problem.code for problem in refused.value.problems] == ["TIMER_INVALID"]


def test_an_event_takes_the_definition_that_it_refers_to():
    body = (
        start(),
        catch("c", "<bpmn:eventDefinitionRef>hour</bpmn:eventDefinitionRef>"),
        catch("d", "<bpmn:eventDefinitionRef> hour </bpmn:eventDefinitionRef>"),
        end(),
        chain("start", "c", "d", "end"),
    )
    once = '<bpmn:timerEventDefinition id="hour"><bpmn:timeDuration id="t">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
    run = Run(library(file(once, process(*body))))
    assert run.waits[run.wait("c")].due_at - run.now
    with pytest.raises(DiagramError) as refused:
        read(file(process(*body)), "x.bpmn")
    assert [(problem.element, problem.code) for problem in refused.value.problems] == [
        ("c", "EVENT_DEFINITION_REF"),
        ("d", "EVENT_DEFINITION_REF"),
    ]
    assert "直接写在事件里" in refused.value.problems[0].message


def test_a_reference_to_the_events_own_definition_does_not_double_it():
    inner = '<bpmn:timerEventDefinition id="own"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition><bpmn:eventDefinitionRef>own</bpmn:eventDefinitionRef>'
    run = Run(library(file(process(start(), catch("c", inner), end(), chain("start", "c", "end")))))
    assert run.waiting == ["c"]


def test_the_schemas_default_language_is_only_warned_of():
    body = [user("x"), user("y"), flow("x", "y", "1 > 0", id="f").replace("xsi:type", 'language="http://www.w3.org/1999/XPath" xsi:type')]
    found = read(file(process(start(), flow("start", "x"), *body)), "x.bpmn").lint
    assert ("f", "EXPRESSION_LANGUAGE") in [(problem.element, problem.code) for problem in found]
