"""Nodes to elements: the table of tags, and how a level is put together."""

from typing import Any, ClassVar

from app.engine.codes import DiagramCode
from app.engine.elements.base import Element, EventElement, Flow, ProcessRoot, StartElement
from app.engine.elements.events import BoundaryEvent, CatchEvent, EndEvent, LinkThrow, StartEventElement, ThrowEvent
from app.engine.elements.gateways import EventBasedGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity, EventSubProcess, SubProcess
from app.engine.elements.tasks import (
    MESSAGE_NAME,
    MESSAGE_REF,
    BusinessRuleTask,
    JobTask,
    PassTask,
    ReceiveTask,
    ScriptTask,
    UserTask,
)
from app.engine.reading import attributes
from app.engine.reading.document import Document
from app.engine.reading.structure import condition_text, is_event_subprocess
from app.engine.reading.triggers import thrown_key, thrown_message, trigger_of
from app.engine.reading.xml import BPMN, Node, extension, local
from app.engine.spiff import DiagramParser, LevelParser, LevelSpec, NodeParser


class ElementParser(NodeParser):
    """Any node: builds its element, then lets ``fill`` read what is particular to it; a loop puts a body in front."""

    def parse_node(self) -> Element:
        document: Document = self.process_parser.parser.document
        node = self.node
        loop = attributes.loop(document, node)
        spec_class = self.choose(document)
        name = node.get("name") or None
        level = self.level_spec
        element_id = node.get("id")
        body: MultiInstanceBody | None = None
        if loop is not None:
            body = MultiInstanceBody(level, element_id, name)
            body.loop = loop
            body.documentation = ""
            body.lane = document.lanes.get(element_id)
            element: Element = spec_class(level, element_id, name, f"{element_id} inner")
            element.multi_body = body
            body.activity = element
        else:
            element = spec_class(level, element_id, name)
        element.element_type = local(node)
        attributes.common(document, node, element)
        if body is not None:
            body.may_be_empty = element.declarations.may_be_empty
        self.fill(document, element)
        return body or element

    def choose(self, document: Document) -> Any:
        return self.spec_class

    def fill(self, document: Document, element: Element) -> None:
        """What only this kind of node has."""


class UserTaskParser(ElementParser):
    def fill(self, document: Document, element: Element) -> None:
        if isinstance(element, UserTask):
            element.assignment = attributes.assignment(document, self.node)
            element.form = attributes.form(document, self.node)
            given = element.assignment
            if element.declarations.office is not None and (given.candidate_groups is None or given.assignee or given.candidate_users):
                document.refuse(
                    self.node,
                    DiagramCode.DECLARATION,
                    "属性 office 是这家单位里担任候选组角色的人来办:须写候选组(candidateGroups),不能再写受理人或候选人",
                )


class WorkParser(ElementParser):
    """Service, send, script and business rule tasks: a job, a FEEL script or a decision."""

    def choose(self, document: Document) -> Any:
        tag = local(self.node)
        if tag == "scriptTask" and extension(self.node, "script") is not None:
            return ScriptTask
        if tag == "businessRuleTask" and extension(self.node, "calledDecision") is not None:
            return BusinessRuleTask
        return JobTask

    def fill(self, document: Document, element: Element) -> None:
        if isinstance(element, ScriptTask):
            script = attributes.script(document, self.node)
            if script is not None:
                element.script, element.result_variable = script
        elif isinstance(element, BusinessRuleTask):
            called = attributes.called_decision(document, self.node)
            if called is not None:
                element.called = called
        elif isinstance(element, JobTask):
            fill_job(document, self.node, element)


def fill_job(document: Document, node: Node, element: JobTask) -> None:
    found = attributes.job(document, node)
    if found is not None:
        element.job, element.headers = found
    elif not any(
        problem.element == element.bpmn_id and problem.code == DiagramCode.TASK_DEFINITION_MISSING for problem in document.problems
    ):
        what = {"scriptTask": "脚本(zeebe:script)或任务定义", "businessRuleTask": "调用的决策(zeebe:calledDecision)或任务定义"}.get(
            local(node), "任务定义"
        )
        document.refuse(node, DiagramCode.TASK_DEFINITION_MISSING, f"没有{what}(zeebe:taskDefinition),不知道由谁来做")


class ReceiveParser(ElementParser):
    def fill(self, document: Document, element: Element) -> None:
        if isinstance(element, ReceiveTask):
            element.trigger = trigger_of(document, self.node, catching=True, needs_key=True)


class SubProcessParser(ElementParser):
    def choose(self, document: Document) -> Any:
        return EventSubProcess if is_event_subprocess(self.node) else SubProcess

    def fill(self, document: Document, element: Element) -> None:
        if isinstance(element, SubProcess):
            element.inner_spec = self.process_parser.parser.level_spec(self.node)
            for start in element.inner_spec.start.starts:
                if isinstance(element, EventSubProcess) and isinstance(start, StartEventElement):
                    start.subprocess = element


class CallParser(ElementParser):
    def fill(self, document: Document, element: Element) -> None:
        if isinstance(element, CallActivity):
            element.called = attributes.called_process(document, self.node)


class StartParser(ElementParser):
    def fill(self, document: Document, element: Element) -> None:
        if isinstance(element, StartEventElement):
            inside = is_event_subprocess(self.node.getparent())
            element.trigger = trigger_of(document, self.node, catching=True, needs_key=inside)
            element.interrupting = self.node.get("isInterrupting", "true") != "false"
            element.level_spec.start.starts.append(element)
            element.form = attributes.form(document, self.node)


class CatchParser(ElementParser):
    def fill(self, document: Document, element: Element) -> None:
        if isinstance(element, EventElement):
            element.trigger = trigger_of(document, self.node, catching=True, needs_key=True)
            element.interrupting = self.node.get("cancelActivity", "true") != "false"


class ThrowParser(ElementParser):
    """Throw and end events: a message is a job."""

    def choose(self, document: Document) -> Any:
        if self.node.find(BPMN + "messageEventDefinition") is not None:
            return JobTask
        if self.node.find(BPMN + "linkEventDefinition") is not None:
            return LinkThrow
        return self.spec_class

    def fill(self, document: Document, element: Element) -> None:
        if isinstance(element, JobTask):
            fill_job(document, self.node, element)
            name = thrown_message(document, self.node)
            if name is not None and MESSAGE_NAME not in getattr(element, "headers", {}):
                element.headers = {**getattr(element, "headers", {}), MESSAGE_REF: name}
                element.message_key = thrown_key(document, self.node)
        elif isinstance(element, ThrowEvent):
            element.trigger = trigger_of(document, self.node, catching=False)


class ZeebeParser(DiagramParser):
    """The parser of one file."""

    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        BPMN + tag: classes
        for tag, classes in {
            "task": (ElementParser, PassTask),
            "manualTask": (ElementParser, PassTask),
            "userTask": (UserTaskParser, UserTask),
            "serviceTask": (WorkParser, JobTask),
            "sendTask": (WorkParser, JobTask),
            "scriptTask": (WorkParser, ScriptTask),
            "businessRuleTask": (WorkParser, BusinessRuleTask),
            "receiveTask": (ReceiveParser, ReceiveTask),
            "subProcess": (SubProcessParser, SubProcess),
            "callActivity": (CallParser, CallActivity),
            "exclusiveGateway": (ElementParser, ExclusiveGateway),
            "inclusiveGateway": (ElementParser, InclusiveGateway),
            "parallelGateway": (ElementParser, ParallelGateway),
            "eventBasedGateway": (ElementParser, EventBasedGateway),
            "startEvent": (StartParser, StartEventElement),
            "endEvent": (ThrowParser, EndEvent),
            "intermediateThrowEvent": (ThrowParser, ThrowEvent),
            "intermediateCatchEvent": (CatchParser, CatchEvent),
            "boundaryEvent": (CatchParser, BoundaryEvent),
        }.items()
    }

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document

    def create_root(self, spec: LevelSpec, node: Node) -> ProcessRoot:
        root = ProcessRoot(spec, node.get("id", ""), node.get("name") or None)
        attributes.common(self.document, node, root)
        if local(node) != "process":
            root.input_mappings, root.output_mappings, root.listeners = (), (), {}
        return root

    def fill_level(self, level: LevelParser) -> None:
        """Every node, then the flows between them, then what hangs on them."""
        document, index = self.document, self.document.level(level.node)
        elements: dict[str, Element] = {}
        for node in index.nodes:
            elements[node.get("id", "")] = level.element(node)
        for flow_node in index.flows:
            source, target = elements[flow_node.get("sourceRef", "")], elements[flow_node.get("targetRef", "")]
            text = condition_text(flow_node)
            condition = document.formula(flow_node, text, "顺序流的条件") if text else None
            connect(Flow(flow_node.get("id", ""), source, target, condition))
        for node in index.nodes:
            element = elements[node.get("id", "")]
            default = node.get("default")
            element.default = next((flow for flow in element.outgoing if flow.id == default), None) if default else None
        self._attach(index.nodes, elements)
        self._link(elements)
        root: ProcessRoot = level.spec.start
        for element in elements.values():
            if isinstance(element, EventSubProcess):
                root.event_starts.extend(start for start in element.inner_spec.start.starts if isinstance(start, StartElement))
            elif isinstance(element, MultiInstanceBody) and isinstance(element.activity, EventSubProcess):
                document.refuse(self._node(index.nodes, element), DiagramCode.LOOP_NOT_ALLOWED, "事件子流程不能是多实例")

    def _attach(self, nodes: list[Node], elements: dict[str, Element]) -> None:
        for node in nodes:
            if local(node) == "boundaryEvent":
                event, host = elements[node.get("id", "")], elements[node.get("attachedToRef", "")]
                if isinstance(event, BoundaryEvent):
                    event.host = host
                    host.boundaries.append(event)

    def _link(self, elements: dict[str, Element]) -> None:
        targets = {
            element.trigger.name: element
            for element in elements.values()
            if isinstance(element, CatchEvent) and element.trigger.kind == "link"
        }
        for element in elements.values():
            if isinstance(element, LinkThrow):
                target = targets.get(element.trigger.name)
                if target is not None:
                    connect(Flow(f"{element.bpmn_id}.link", element, target))

    def _node(self, nodes: list[Node], element: Element) -> Node:
        return next(node for node in nodes if node.get("id") == element.bpmn_id)


def connect(flow: Flow) -> None:
    flow.source.outgoing.append(flow)
    flow.target.incoming.append(flow)
    flow.source.connect(flow.target)
