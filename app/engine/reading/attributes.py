"""Zeebe extensions of an element to its attributes. Whatever is wrong is added to the document's problems."""

from app.engine.codes import DiagramCode
from app.engine.elements.base import Element, FormReference, Listener
from app.engine.elements.mappings import Mapping
from app.engine.elements.multi_instance import Loop
from app.engine.elements.subprocesses import CalledProcess
from app.engine.elements.tasks import Assignment, CalledDecision, JobSpec
from app.engine.expressions import FormulaTerm, LiteralTerm, Term
from app.engine.reading import declaring
from app.engine.reading.document import Document
from app.engine.reading.values import boolean, collapse, integer
from app.engine.reading.xml import BPMN, ZEEBE, Node, extension, local, written
from app.engine.timers import ANY_ZONE, TimerError, parse_instant

EXECUTION_EVENTS = {"start": "start", "end": "end"}
TASK_EVENTS = {
    "creating": "creating",
    "create": "creating",
    "assigning": "assigning",
    "assignment": "assigning",
    "completing": "completing",
    "complete": "completing",
}
DEFAULT_RETRIES = "3"
_PAIRS = {"header": "任务头(header)", "property": "扩展属性(zeebe:property)"}
BINDINGS = frozenset({"latest", "deployment", "versionTag"})


def common(document: Document, node: Node, element: Element) -> None:
    """Mappings, listeners, properties, lane and documentation: what any element may have."""
    element.lane = document.lanes.get(element.bpmn_id)
    text = node.find(BPMN + "documentation")
    element.documentation = (text.text or "").strip() if text is not None else ""
    element.properties = properties(document, node)
    element.declarations = declaring.read(document, node, element.properties)
    mapping = extension(node, "ioMapping")
    if mapping is not None:
        element.input_mappings = _mappings(document, node, mapping, "input", "输入映射")
        element.output_mappings = _mappings(document, node, mapping, "output", "输出映射")
    listeners: dict[str, list[Listener]] = {}
    for holder_name, child_name, events in (
        ("executionListeners", "executionListener", EXECUTION_EVENTS),
        ("taskListeners", "taskListener", TASK_EVENTS),
    ):
        holder = extension(node, holder_name)
        if holder is None:
            continue
        for child in holder.iterchildren(ZEEBE + child_name):
            event = child.get("eventType", "")
            job_type = (child.get("type") or "").strip()
            if event not in events:
                document.warn(node, DiagramCode.LISTENER_IGNORED, f"监听器的事件 {event or '(空)'} 不会触发,已忽略")
                continue
            if not job_type:
                document.refuse(node, DiagramCode.LISTENER_TYPE, "监听器没有任务类型(type)")
                continue
            listener = Listener(document.term(node, job_type, "监听器的任务类型"), _retries(document, node, child, "监听器的重试次数"))
            listeners.setdefault(events[event], []).append(listener)
    element.listeners = {kind: tuple(found) for kind, found in listeners.items()}


def properties(document: Document, node: Node) -> dict[str, str]:
    """What ``zeebe:properties`` of an element or process say."""
    return _pairs(document, node, "properties", "property", "name")


def _pairs(document: Document, node: Node, holder_name: str, tag: str, key: str) -> dict[str, str]:
    """Key → value of task headers or properties. One key twice is refused, for nobody knows which counts; one without a key is told."""
    holder = extension(node, holder_name)
    found: dict[str, str] = {}
    for child in holder.iterchildren(ZEEBE + tag) if holder is not None else ():
        name, what = child.get(key, ""), _PAIRS[tag]
        if not name.strip():
            document.warn(node, DiagramCode.EXTENSION_IGNORED, f"有一个{what}没有名称({key}),未读取", at=child)
        elif name in found:
            document.refuse(
                node, DiagramCode.EXTENSION_REPEATED, f"{what}“{name}”写了两次,只能有一个,否则不知道以哪个为准;请删除一个", at=child
            )
        else:
            found[name] = child.get("value", "")
    return found


def _mappings(document: Document, node: Node, holder: Node, tag: str, what: str) -> tuple[Mapping, ...]:
    found = []
    for child in holder.iterchildren(ZEEBE + tag):
        target = (child.get("target") or "").strip()
        if not target or not all(part.isidentifier() for part in target.split(".")):
            document.refuse(node, DiagramCode.MAPPING_TARGET, f"{what}的目标“{target}”不是变量名")
            continue
        source = child.get("source") or ""
        if not source.strip():
            document.refuse(
                node,
                DiagramCode.MAPPING_SOURCE,
                f"{what}(目标 {target})没有写来源(source),会把 {target} 改成空文字;请写表达式或文字,要清空的写 =null,不要的请删除",
                at=child,
            )
            continue
        found.append(Mapping(document.term(node, source, f"{what}(目标 {target})"), target))
    return tuple(found)


def job(document: Document, node: Node) -> tuple[JobSpec, dict[str, str]] | None:
    """The task definition and its headers, if there is one."""
    definition = extension(node, "taskDefinition")
    if definition is None:
        return None
    job_type = (definition.get("type") or "").strip()
    if not job_type:
        document.refuse(node, DiagramCode.TASK_DEFINITION_MISSING, "任务定义没有类型(type)")
        return None
    term = _retries(document, node, definition, "重试次数")
    return JobSpec(document.term(node, job_type, "任务类型"), term), _pairs(document, node, "taskHeaders", "header", "key")


def _retries(document: Document, node: Node, holder: Node, what: str) -> Term:
    """How often a job is tried: a number, or FEEL; three times where nothing is said."""
    text = holder.get("retries", DEFAULT_RETRIES)
    term = document.term(node, text, what)
    if isinstance(term, LiteralTerm) and not text.strip().startswith("="):
        number = integer(text)
        if number is None or number < 0:
            document.refuse(node, DiagramCode.RETRIES_INVALID, f"{what}“{text}”不是非负整数", at=holder)
            return LiteralTerm(DEFAULT_RETRIES)
        return LiteralTerm(str(number))
    return term


def _flag(document: Document, node: Node, holder: Node, name: str) -> bool:
    """A setting of an extension that is on unless the file says otherwise."""
    text = holder.get(name, "true")
    found = boolean(text)
    if found is None:
        document.refuse(
            node, DiagramCode.VALUE_INVALID, f"zeebe:{local(holder)} 的 {name}=“{text}”不是真假值,只能写 true 或 false", at=holder
        )
    return found is not False


def assignment(document: Document, node: Node) -> Assignment:
    assigned, schedule, priority = (extension(node, name) for name in ("assignmentDefinition", "taskSchedule", "priorityDefinition"))

    def read(holder: Node | None, name: str, what: str) -> Term | None:
        text = holder.get(name) if holder is not None else None
        return document.term(node, text, what) if text and text.strip() else None

    for name, what in (("dueDate", "到期时间"), ("followUpDate", "跟进时间")):
        _check_instant(document, node, schedule, name, what)
    if priority is not None and (text := priority.get("priority", "").strip()) and not text.startswith("="):
        number = integer(text)
        if number is None or not 0 <= number <= 100:
            document.refuse(node, DiagramCode.VALUE_INVALID, f"优先级“{text}”不是 0 至 100 的整数", at=priority)
    return Assignment(
        assignee=read(assigned, "assignee", "受理人"),
        candidate_groups=read(assigned, "candidateGroups", "候选组"),
        candidate_users=read(assigned, "candidateUsers", "候选人"),
        due_date=read(schedule, "dueDate", "到期时间"),
        follow_up_date=read(schedule, "followUpDate", "跟进时间"),
        priority=read(priority, "priority", "优先级"),
    )


def _check_instant(document: Document, node: Node, holder: Node | None, name: str, what: str) -> None:
    text = (holder.get(name) or "").strip() if holder is not None else ""
    if text and not text.startswith("="):
        try:
            parse_instant(text, ANY_ZONE)
        except TimerError as error:
            document.refuse(node, DiagramCode.TIMER_INVALID, f"{what}不能用:{error}", at=holder)


def _binding(document: Document, node: Node, holder: Node) -> tuple[str, str | None]:
    binding = collapse(holder.get("bindingType", "latest"))
    tag = (holder.get("versionTag") or "").strip() or None
    if binding not in BINDINGS:
        document.refuse(node, DiagramCode.BINDING_INVALID, f"不认识的绑定方式 {binding},应为 latest、deployment 或 versionTag")
        return "latest", None
    if binding == "versionTag" and not tag:
        document.refuse(node, DiagramCode.BINDING_INVALID, "按版本标记绑定时必须填写版本标记(versionTag)")
    return binding, tag if binding == "versionTag" else None


def form(document: Document, node: Node) -> FormReference | None:
    holder = extension(node, "formDefinition")
    form_id = (holder.get("formId") or "").strip() if holder is not None else ""
    if holder is None or not form_id:
        return None
    binding, tag = _binding(document, node, holder)
    return FormReference(document.term(node, form_id, "表单标识"), binding, tag)


def called_decision(document: Document, node: Node) -> CalledDecision | None:
    holder = extension(node, "calledDecision")
    if holder is None:
        return None
    decision_id, result = (holder.get("decisionId") or "").strip(), (holder.get("resultVariable") or "").strip()
    if not decision_id:
        document.refuse(node, DiagramCode.DECISION_MISSING, "业务规则任务没有决策标识(decisionId)")
    if not result.isidentifier():
        document.refuse(node, DiagramCode.RESULT_VARIABLE, f"业务规则任务的结果变量“{result}”不是变量名")
    binding, tag = _binding(document, node, holder)
    return CalledDecision(document.term(node, decision_id, "决策标识"), result, binding, tag)


def called_process(document: Document, node: Node) -> CalledProcess:
    holder = extension(node, "calledElement")
    process_id = (holder.get("processId") or "").strip() if holder is not None else ""
    if holder is None or not process_id:
        document.refuse(node, DiagramCode.CALLED_PROCESS_MISSING, "调用活动没有指明被调用的流程(calledElement 的 processId)")
        return CalledProcess(LiteralTerm(""))
    binding, tag = _binding(document, node, holder)
    return CalledProcess(
        document.term(node, process_id, "被调用流程的标识"),
        binding,
        tag,
        _flag(document, node, holder, "propagateAllParentVariables"),
        _flag(document, node, holder, "propagateAllChildVariables"),
    )


def script(document: Document, node: Node) -> tuple[FormulaTerm, str] | None:
    holder = extension(node, "script")
    if holder is None:
        return None
    expression = document.formula(node, holder.get("expression") or "", "脚本", required_sign=True)
    result = (holder.get("resultVariable") or "").strip()
    if not result.isidentifier():
        document.refuse(node, DiagramCode.RESULT_VARIABLE, f"脚本任务的结果变量“{result}”不是变量名")
    return (expression, result) if expression is not None else None


def loop(document: Document, node: Node) -> Loop | None:
    """The loop of a multi-instance activity."""
    characteristics = node.find(BPMN + "multiInstanceLoopCharacteristics")
    if characteristics is None:
        return None
    holder = extension(characteristics, "loopCharacteristics")
    collection = (holder.get("inputCollection") or "").strip() if holder is not None else ""
    if holder is None or not collection:
        document.refuse(node, DiagramCode.LOOP_MISSING, "多实例活动没有输入集合(loopCharacteristics 的 inputCollection)")
        return None
    items = document.formula(node, collection, "多实例的输入集合", required_sign=True)
    output, output_element = (holder.get("outputCollection") or "").strip() or None, (holder.get("outputElement") or "").strip() or None
    if (output is None) != (output_element is None):
        document.refuse(node, DiagramCode.LOOP_OUTPUT, "多实例的输出集合和输出元素必须同时填写")
        output = output_element = None
    for name in (holder.get("inputElement") or "", output or ""):
        if name and not name.strip().isidentifier():
            document.refuse(node, DiagramCode.LOOP_VARIABLE, f"多实例的变量“{name}”不是变量名")
    element = document.formula(node, output_element, "多实例的输出元素", required_sign=True) if output_element else None
    condition_node = characteristics.find(BPMN + "completionCondition")
    condition_text = written(condition_node) if condition_node is not None else ""
    condition = document.formula(node, condition_text, "多实例的完成条件") if condition_text else None
    if items is None:
        return None
    return Loop(
        items,
        input_element=(holder.get("inputElement") or "").strip() or None,
        output_collection=output,
        output_element=element,
        sequential=characteristics.get("isSequential") == "true",
        completion_condition=condition,
    )
