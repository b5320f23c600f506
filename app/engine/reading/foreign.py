"""Other engines' dialects: what a diagram says for Camunda 7, Flowable, Activiti and their like, or in BPMN's own words for performers, does nothing here.

Each element that has some of it gets one warning, which names what is not read and what to write instead. A user task that nobody is named for gets another:
it would lie in no one's inbox.
"""

from collections.abc import Iterator

from app.engine.codes import DiagramCode
from app.engine.reading.document import SEEN, Document
from app.engine.reading.xml import BPMN, Node, extension, is_bpmn, local

# Camunda 7 and what grew out of the same root share their names.
FAMILY = frozenset(
    {
        "http://camunda.org/schema/1.0/bpmn",
        "http://www.camunda.com/fox",
        "http://activiti.com/modeler",
        "http://activiti.org/bpmn",
        "http://flowable.org/bpmn",
        "http://flowable.org/design",
        "http://operaton.org/schema/1.0/bpmn",
        "http://cibseven.org/schema/1.0/bpmn",
        "http://eximeebpms.org/schema/1.0/bpmn",
    }
)
# Dialects with names of their own: jBPM, Bonita, SpiffWorkflow.
OTHERS = frozenset(
    {
        "http://www.jboss.org/drools",
        "http://www.bonitasoft.org/ns/bpmn/extensions",
        "http://spiffworkflow.org/bpmn/schema/1.0/core",
    }
)
ASSIGNMENT, FORM, MAPPING, JOB, CALL = (
    f"zeebe:{name}" for name in ("assignmentDefinition", "formDefinition 的 formId", "ioMapping", "taskDefinition", "calledElement")
)
_NO_NEED = "删除即可(每一步都在一次事务中保存)"
_START = "地区文件里的角色(谁能发起由权限决定)"
# What is read instead, by the name of an attribute or element; the longest matching beginning counts.
INSTEAD = {
    "assignee": f"{ASSIGNMENT} 的 assignee",
    "candidateGroups": f"{ASSIGNMENT} 的 candidateGroups",
    "candidateUsers": f"{ASSIGNMENT} 的 candidateUsers",
    "candidateStarter": _START,
    "potentialStarter": _START,
    "dueDate": "zeebe:taskSchedule 的 dueDate",
    "businessCalendarName": "zeebe:taskSchedule 的 dueDate(工作日用 workingDaysAfter 计算)",
    "followUpDate": "zeebe:taskSchedule 的 followUpDate",
    "priority": "zeebe:priorityDefinition 的 priority",
    "form": FORM,
    "skipExpression": "排他网关(条件不满足时绕过该任务)",
    "taskListener": "zeebe:taskListeners",
    "executionListener": "zeebe:executionListeners",
    "eventListener": "zeebe:executionListeners",
    "inputOutput": MAPPING,
    "in": MAPPING,
    "out": MAPPING,
    "mapException": "错误边界事件",
    "field": "zeebe:taskHeaders",
    "class": JOB,
    "delegateExpression": JOB,
    "expression": f"{JOB} 或 zeebe:script",
    "type": JOB,
    "topic": f"{JOB} 的 type",
    "connector": JOB,
    "triggerable": JOB,
    "resource": "zeebe:script",
    "resultVariable": f"{MAPPING} 的输出",
    "async": _NO_NEED,
    "exclusive": _NO_NEED,
    "jobPriority": _NO_NEED,
    "failedJobRetryTimeCycle": f"{JOB} 的 retries",
    "decisionRef": "zeebe:calledDecision 的 decisionId",
    "decisionTableReferenceKey": "zeebe:calledDecision 的 decisionId",
    "mapDecisionResult": "zeebe:calledDecision 的 resultVariable",
    "calledElement": CALL,
    "caseRef": CALL,
    "businessKey": f"{CALL} 和 {MAPPING}",
    "inheritVariables": f"{CALL} 的 propagateAllParentVariables",
    "variableMapping": MAPPING,
    "collection": "zeebe:loopCharacteristics 的 inputCollection",
    "elementVariable": "zeebe:loopCharacteristics 的 inputElement",
    "variableAggregation": "zeebe:loopCharacteristics 的 outputCollection",
    "initiator": f"{MAPPING}(发起人不会自动写入变量)",
    "errorCodeVariable": f"{MAPPING} 的输出",
    "errorMessageVariable": f"{MAPPING} 的输出",
    "escalationCodeVariable": f"{MAPPING} 的输出",
    "versionTag": "zeebe:versionTag",
}
# Notes for people or for another engine's housekeeping.
SILENT = frozenset(
    {
        "category", "diagramRelationId", "historyLevel", "historyTimeToLive", "isStartableInTasklist", "modelerTemplate", "modelerTemplateIcon",
        "modelerTemplateVersion", "properties",
    }
)  # fmt: skip
PERFORMERS = ("resourceRole", "performer", "humanPerformer", "potentialOwner")


def check(document: Document) -> None:
    """Adds FOREIGN_EXTENSION and NO_PERFORMER to the warnings; ``quancheng lint --house`` takes the latter as an error."""
    for process in document.executable:
        for node in process.iter(BPMN + "*"):
            if node is process or local(node) in SEEN:
                _check(document, node)


def _check(document: Document, node: Node) -> None:
    said: dict[str, str] = {}
    for part in _own(node):
        for name in part.attrib:
            if name.startswith("{"):
                said.update(_advice(part, name))
        for holder in part.iterchildren(BPMN + "extensionElements"):
            for child in holder:
                said.update(_advice(part, child.tag))
        for child in part:
            if not is_bpmn(child):
                said.update(_advice(part, child.tag))
    tag = local(node)
    if tag in ("userTask", "manualTask", "process"):
        said.update({name: f"{ASSIGNMENT} 的 candidateGroups 或 assignee" for name in PERFORMERS if node.find(BPMN + name) is not None})
    if said:
        listed = ";".join(f"{name} → {instead}" for name, instead in said.items())
        document.warn(node, DiagramCode.FOREIGN_EXTENSION, f"以下写法属于别的引擎,在这里不起作用,请改用箭头后面的写法:{listed}")
    if tag == "userTask" and not _has_performer(node):
        document.warn(
            node,
            DiagramCode.NO_PERFORMER,
            f"用户任务没有指定办理人,不会出现在任何人的待办里;请填写 {ASSIGNMENT} 的 candidateGroups(角色)、candidateUsers 或 assignee",
        )


def _own(node: Node) -> Iterator[Node]:
    """The element, and what is inside it but is no element of its own."""
    pending = [node]
    while pending:
        part = pending.pop()
        yield part
        pending.extend(child for child in part if is_bpmn(child) and local(child) not in SEEN and local(child) != "extensionElements")


def _advice(node: Node, name: object) -> dict[str, str]:
    """The qualified name as it stands in the file → what to write instead; nothing when it is of no dialect known here."""
    space, _, own = name[1:].partition("}") if isinstance(name, str) and name.startswith("{") else ("", "", "")
    if own in SILENT or space not in FAMILY | OTHERS:
        return {}
    prefix = next((prefix for prefix, bound in node.nsmap.items() if bound == space and prefix), "")
    written = f"{prefix}:{own}" if prefix else own
    known = [key for key in INSTEAD if own == key or (len(key) > 3 and own.startswith(key))] if space in FAMILY else []
    return {written: INSTEAD[max(known, key=len)] if known else "(没有对应的写法,请删除)"}


def _has_performer(node: Node) -> bool:
    assigned = extension(node, "assignmentDefinition")
    return assigned is not None and any(
        (assigned.get(name) or "").strip(" ,") for name in ("assignee", "candidateGroups", "candidateUsers")
    )
