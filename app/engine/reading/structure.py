"""What the shape of a diagram must be before it can run; every refusal names the element."""

from app.engine.codes import DiagramCode
from app.engine.reading import schema
from app.engine.reading.document import Document, LevelIndex
from app.engine.reading.xml import BPMN, Node, is_bpmn, local, written

UNSUPPORTED = {
    "transaction": "事务子流程",
    "adHocSubProcess": "特设(ad-hoc)子流程",
    "complexGateway": "复杂网关",
    "callChoreography": "编排活动",
    "choreographyTask": "编排活动",
    "subChoreography": "编排活动",
    "implicitThrowEvent": "隐式抛出事件",
}
ACTIVITIES = schema.TASKS | {"subProcess", "callActivity"}
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
MOST_NODES = 10_000
UNSUPPORTED_EVENTS = {
    "compensateEventDefinition": "补偿事件",
    "conditionalEventDefinition": "条件事件",
    "cancelEventDefinition": "取消事件",
}
ALLOWED_EVENTS = {
    "startEvent": {"messageEventDefinition", "timerEventDefinition", "signalEventDefinition"},
    "eventSubProcessStart": {
        "messageEventDefinition", "timerEventDefinition", "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition",
    },
    "endEvent": {"messageEventDefinition", "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition", "terminateEventDefinition"},
    "intermediateCatchEvent": {"messageEventDefinition", "timerEventDefinition", "signalEventDefinition", "linkEventDefinition"},
    "intermediateThrowEvent": {"messageEventDefinition", "signalEventDefinition", "escalationEventDefinition", "linkEventDefinition"},
    "boundaryEvent": {
        "messageEventDefinition", "timerEventDefinition", "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition",
    },
}  # fmt: skip


def check(document: Document) -> None:
    """Add a problem for everything that keeps the file from running."""
    if not document.processes:
        document.refuse(document.root, DiagramCode.NO_PROCESS, "文件中没有流程(process)")
        return
    if not document.executable:
        document.refuse(
            document.processes[0], DiagramCode.NOT_EXECUTABLE, "文件中没有可执行的流程,请在建模工具中勾选“可执行”(isExecutable)"
        )
        return
    nodes = sum(len(level.nodes) for level in document.all_levels())
    if nodes > MOST_NODES:
        document.refuse(
            document.executable[0], DiagramCode.TOO_MANY_ELEMENTS, f"流程图有 {nodes} 个元素,超过上限 {MOST_NODES} 个,请拆分为多个流程"
        )
        return
    for process in document.executable:
        if not process.get("id", "").strip():
            document.refuse(process, DiagramCode.ID_MISSING, "流程没有标识(id)")
    _check_ids(document)
    for level in document.all_levels():
        _check_level(document, level)


def _check_ids(document: Document) -> None:
    seen: dict[str, Node] = {}
    for node in document.root.iter(BPMN + "*"):
        element_id = node.get("id")
        if element_id is None:
            continue
        if element_id in seen:
            document.refuse(node, DiagramCode.ID_DUPLICATE, f"标识 {element_id} 重复:第 {seen[element_id].sourceline} 行已经用过")
        seen.setdefault(element_id, node)


def is_event_subprocess(node: Node) -> bool:
    return local(node) == "subProcess" and node.get("triggeredByEvent") == "true"


def _check_level(document: Document, level: LevelIndex) -> None:
    by_id: dict[str, Node] = {}
    for node in level.nodes:
        tag = local(node)
        if tag in UNSUPPORTED:
            document.refuse(node, DiagramCode.ELEMENT_UNSUPPORTED, f"不支持{UNSUPPORTED[tag]}({tag})")
        if not node.get("id"):
            if tag in schema.NODES:
                document.refuse(node, DiagramCode.ID_MISSING, f"元素 {tag} 没有标识(id)")
        else:
            by_id[node.get("id", "")] = node
        if tag in EVENTS:
            _check_event(document, node)
    _check_flows(document, level, by_id)
    _check_starts(document, level)
    for node in level.nodes:
        if local(node) == "boundaryEvent":
            _check_attachment(document, level, node, by_id)
        elif local(node) == "eventBasedGateway":
            _check_event_gateway(document, level, node, by_id)
        elif is_event_subprocess(node) and (level.incoming.get(node.get("id", "")) or level.outgoing.get(node.get("id", ""))):
            document.refuse(node, DiagramCode.EVENT_SUBPROCESS_FLOW, "事件子流程不能有进出的顺序流")
    _check_links(document, level)


def event_definitions(node: Node) -> list[Node]:
    return [child for child in node.iterchildren() if is_bpmn(child) and local(child) in schema.EVENT_DEFINITIONS]


def _check_event(document: Document, node: Node) -> None:
    tag = local(node)
    found = event_definitions(node)
    if len(found) > 1:
        document.refuse(node, DiagramCode.EVENT_MULTIPLE, "一个事件只能有一个事件定义,不支持多重事件")
        return
    parent = node.getparent()
    place = "eventSubProcessStart" if tag == "startEvent" and parent is not None and is_event_subprocess(parent) else tag
    if not found:
        if tag in ("boundaryEvent", "intermediateCatchEvent"):
            document.refuse(node, DiagramCode.EVENT_DEFINITION_MISSING, "捕获事件没有说明等待什么(消息、定时器、信号等)")
        elif place == "eventSubProcessStart":
            document.refuse(node, DiagramCode.EVENT_DEFINITION_MISSING, "事件子流程的开始事件没有说明由什么触发")
        return
    kind = local(found[0])
    if kind in UNSUPPORTED_EVENTS:
        document.refuse(node, DiagramCode.ELEMENT_UNSUPPORTED, f"不支持{UNSUPPORTED_EVENTS[kind]}({kind})")
    elif kind not in ALLOWED_EVENTS[place]:
        document.refuse(node, DiagramCode.EVENT_NOT_ALLOWED, f"{tag} 不能使用 {kind}")


def _check_flows(document: Document, level: LevelIndex, by_id: dict[str, Node]) -> None:
    for flow in level.flows:
        if not flow.get("id"):
            document.refuse(flow, DiagramCode.ID_MISSING, "顺序流没有标识(id)")
        for end, word in (("sourceRef", "起点"), ("targetRef", "终点")):
            reference = flow.get(end)
            if not reference:
                document.refuse(flow, DiagramCode.FLOW_DANGLING, f"顺序流没有{word}({end})")
            elif reference not in by_id and reference in document.flow_nodes:
                document.refuse(flow, DiagramCode.FLOW_CROSSES, f"顺序流的{word} {reference} 在另一个流程或子流程里,顺序流不能跨越边界")
            elif reference not in by_id:
                document.refuse(flow, DiagramCode.FLOW_DANGLING, f"顺序流的{word} {reference} 不存在")
    for node in level.nodes:
        element_id, tag = node.get("id", ""), local(node)
        outgoing, incoming = level.outgoing.get(element_id, []), level.incoming.get(element_id, [])
        if tag in ("endEvent",) and outgoing:
            document.refuse(node, DiagramCode.FLOW_NOT_ALLOWED, "结束事件之后不能再有顺序流")
        if tag in ("startEvent", "boundaryEvent") and incoming:
            document.refuse(node, DiagramCode.FLOW_NOT_ALLOWED, "开始事件和边界事件不能有进入的顺序流")
        default = node.get("default")
        if default and not any(flow.get("id") == default for flow in outgoing):
            document.refuse(node, DiagramCode.DEFAULT_FLOW, f"默认流向 {default} 不是该元素的流出顺序流")
        if tag in ("exclusiveGateway", "inclusiveGateway") and len(outgoing) > 1:
            for flow in outgoing:
                if flow.get("id") != default and not condition_text(flow):
                    document.refuse(
                        flow,
                        DiagramCode.CONDITION_MISSING,
                        f"网关{_said(node)}有多条流出的顺序流,到 {flow.get('targetRef')} 的一条({flow.get('id')})既没有条件,也不是默认流向;"
                        "请写上条件,或在网关上把它设为默认流向(default)",
                    )
        _check_conditions(document, node, outgoing)


def _said(node: Node) -> str:
    name = (node.get("name") or "").strip()
    return f"“{name}”({node.get('id')})" if name else f" {node.get('id')} "


def _check_conditions(document: Document, node: Node, outgoing: list[Node]) -> None:
    """Conditions that nobody evaluates. BPMN 2.0.2: those of an event gateway must not be (10.6.6); a parallel gateway takes every flow without asking (10.6.4);
    that of a default flow shall be ignored (10.6.2), so files that have it are valid and only told."""
    tag, default = local(node), node.get("default")
    asks = tag not in ("parallelGateway", "eventBasedGateway")
    if default and not asks:
        what = "并行网关走每一条流出的顺序流" if tag == "parallelGateway" else "事件网关走先到的那个事件"
        document.warn(node, DiagramCode.CONDITION_IGNORED, f"默认流向 {default} 不起作用:{what};请删除 default,要选择的请改用排他网关")
    for flow in outgoing:
        if not condition_text(flow):
            continue
        flow_id = flow.get("id")
        if tag == "eventBasedGateway":
            document.refuse(
                flow,
                DiagramCode.CONDITION_NOT_ALLOWED,
                f"事件网关 {node.get('id')} 流出的顺序流 {flow_id} 不能有条件:走哪一条只看哪个事件先到;请删除条件,要判断的请在事件之后加排他网关",
            )
        elif tag == "parallelGateway":
            document.warn(
                flow,
                DiagramCode.CONDITION_IGNORED,
                f"顺序流 {flow_id} 的条件不会判断:并行网关 {node.get('id')} 走每一条流出的顺序流;请删除条件,或改用包容网关、排他网关",
            )
        elif flow_id == default:
            document.warn(
                flow,
                DiagramCode.CONDITION_IGNORED,
                f"顺序流 {flow_id} 的条件不会判断:它是 {node.get('id')} 的默认流向,别的都不成立时就走它;请删除条件,或不把它设为默认流向",
            )


def condition_text(flow: Node) -> str:
    condition = flow.find(BPMN + "conditionExpression")
    return written(condition) if condition is not None else ""


def _check_starts(document: Document, level: LevelIndex) -> None:
    node = level.node
    starts = [child for child in level.nodes if local(child) == "startEvent"]
    if local(node) in UNSUPPORTED:
        return
    if not starts:
        document.refuse(node, DiagramCode.START_MISSING, "流程没有开始事件" if local(node) == "process" else "子流程没有开始事件")
        return
    none = [start for start in starts if not event_definitions(start)]
    if local(node) == "process":
        if len(none) > 1:
            document.refuse(none[1], DiagramCode.START_SEVERAL, "流程只能有一个无触发条件的开始事件")
    elif is_event_subprocess(node):
        if len(starts) > 1:
            document.refuse(starts[1], DiagramCode.START_SEVERAL, "事件子流程只能有一个开始事件")
    elif len(starts) > 1:
        document.refuse(starts[1], DiagramCode.START_SEVERAL, "子流程只能有一个开始事件")
    elif not none:
        document.refuse(starts[0], DiagramCode.EVENT_NOT_ALLOWED, "子流程的开始事件不能有触发条件,需要触发时请使用事件子流程")


def _check_attachment(document: Document, level: LevelIndex, node: Node, by_id: dict[str, Node]) -> None:
    host_id = node.get("attachedToRef")
    host = by_id.get(host_id or "")
    if not host_id or host is None:
        document.refuse(
            node, DiagramCode.BOUNDARY_ATTACHMENT, "边界事件没有附着在活动上" if not host_id else f"边界事件附着的活动 {host_id} 不存在"
        )
    elif local(host) not in ACTIVITIES or is_event_subprocess(host):
        document.refuse(node, DiagramCode.BOUNDARY_ATTACHMENT, f"边界事件不能附着在 {local(host)} 上")
    if node.get("cancelActivity") == "false" and node.find(BPMN + "errorEventDefinition") is not None:
        document.refuse(node, DiagramCode.BOUNDARY_INTERRUPTING, "错误边界事件必须中断活动")


def _check_event_gateway(document: Document, level: LevelIndex, node: Node, by_id: dict[str, Node]) -> None:
    flows = level.outgoing.get(node.get("id", ""), [])
    if not flows:
        document.refuse(node, DiagramCode.GATEWAY_TARGET, "事件网关之后没有事件")
    for flow in flows:
        target_id = flow.get("targetRef", "")
        target = by_id.get(target_id)
        if target is None:
            continue
        catches = local(target) == "intermediateCatchEvent" and target.find(BPMN + "linkEventDefinition") is None
        if not catches and not (local(target) == "receiveTask" and not level.boundaries.get(target_id)):
            document.refuse(node, DiagramCode.GATEWAY_TARGET, f"事件网关之后只能是消息、定时器、信号捕获事件或接收任务,不能是 {target_id}")
        elif len(level.incoming.get(target_id, [])) > 1:
            document.refuse(target, DiagramCode.GATEWAY_TARGET, f"事件网关之后的事件 {target_id} 不能再有别的流入顺序流")


def _check_links(document: Document, level: LevelIndex) -> None:
    targets: dict[str, Node] = {}
    throws: list[tuple[str, Node]] = []
    for node in level.nodes:
        link = node.find(BPMN + "linkEventDefinition")
        if link is None:
            continue
        name = link.get("name", "").strip()
        if not name:
            document.refuse(node, DiagramCode.LINK_NAME, "链接事件没有名称")
        elif local(node) == "intermediateThrowEvent":
            throws.append((name, node))
            if level.outgoing.get(node.get("id", "")):
                document.refuse(node, DiagramCode.FLOW_NOT_ALLOWED, "链接抛出事件之后不能再有顺序流")
        elif local(node) != "intermediateCatchEvent":
            continue  # told already: no other event may have a link
        elif name in targets:
            document.refuse(node, DiagramCode.LINK_NAME, f"链接“{name}”有两个目标,只能有一个")
        else:
            targets[name] = node
            if level.incoming.get(node.get("id", "")):
                document.refuse(node, DiagramCode.FLOW_NOT_ALLOWED, "链接捕获事件不能有进入的顺序流")
    for name, node in throws:
        if name not in targets:
            document.refuse(node, DiagramCode.LINK_NAME, f"链接“{name}”在同一流程层中没有目标")
