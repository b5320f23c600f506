"""The shipped acceptance for stock SpiffWorkflow: the same diagram, its work done by empty scripts, its ways fixed; what the naive baseline runs."""

from pathlib import Path
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
MODELS = Path(__file__).resolve().parent.parent / "bpmn"
TAKEN = frozenset({"flow_review_needed_to_review_materials"})  # of those that have a condition
TASK = "prepare_materials"


def converted(path: Path) -> Any:
    """A diagram in what stock SpiffWorkflow understands: conditions constant, due dates far, no forms, jobs and decisions as empty scripts."""
    root = etree.fromstring(path.read_bytes())
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        for condition in flow.findall(f"{{{BPMN}}}conditionExpression"):
            condition.text = str(flow.get("id") in TAKEN)
    work = [f"{{{BPMN}}}{tag}" for tag in ("scriptTask", "serviceTask", "businessRuleTask", "sendTask")]
    for task in list(root.iter(*work)):
        task.tag = work[0]
        etree.SubElement(task, f"{{{BPMN}}}script").text = "done = True"
    for kind in ("timeDate", "timeCycle", "timeDuration"):
        for timer in root.iter(f"{{{BPMN}}}{kind}"):
            timer.tag, timer.text = f"{{{BPMN}}}timeDuration", "'P3650D'"
    for call in root.iter(f"{{{BPMN}}}callActivity"):
        called = call.find(f".//{{{ZEEBE}}}calledElement")
        call.set("calledElement", called.get("processId"))
    for element in [*root.iter(f"{{{BPMN}}}extensionElements"), *root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics")]:
        element.getparent().remove(element)
    # Stock starts at every start event at once; ours here is the one without a message.
    for start in list(root.iter(f"{{{BPMN}}}startEvent")):
        if start.find(f"{{{BPMN}}}messageEventDefinition") is not None:
            process = start.getparent()
            for flow in process.findall(f"{{{BPMN}}}sequenceFlow"):
                if flow.get("sourceRef") == start.get("id"):
                    target = process.find(f"*[@id='{flow.get('targetRef')}']")
                    for incoming in target.findall(f"{{{BPMN}}}incoming"):
                        if incoming.text == flow.get("id"):
                            target.remove(incoming)
                    process.remove(flow)
            process.remove(start)
    return root


class Stock:
    """Acceptances run by the library as it comes."""

    def __init__(self) -> None:
        parser = BpmnParser()
        for name in ("acceptance.bpmn", "sucheng/acceptance_organisation.bpmn"):
            parser.add_bpmn_xml(converted(MODELS / name), filename=name)
        self.spec, self.inner = parser.get_spec("acceptance"), parser.get_subprocess_specs("acceptance")
        self.serializer = BpmnWorkflowSerializer()

    def begin(self, facts: dict[str, Any]) -> str:
        """An acceptance at its materials, as JSON."""
        workflow = BpmnWorkflow(self.spec, self.inner)
        workflow.task_tree.data.update(facts)
        workflow.do_engine_steps()
        while (task := workflow.get_next_task(state=TaskState.READY, manual=True)).task_spec.name != TASK:
            task.run()
            workflow.do_engine_steps()
        return str(self.serializer.serialize_json(workflow))

    def submit(self, text: str, data: dict[str, Any]) -> str:
        """The materials submitted: read, run, write. Raises ValueError if the task is not there."""
        workflow = self.serializer.deserialize_json(text)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        if task.task_spec.name != TASK:
            raise ValueError(task.task_spec.name)
        task.data.update(data)
        task.run()
        workflow.do_engine_steps()
        return str(self.serializer.serialize_json(workflow))
