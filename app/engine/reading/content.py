"""Which children and settings an element may have: carried out, taken as documentation, or refused by name. Nothing that changes a run is passed over."""

from collections import Counter

from app.engine.codes import DiagramCode
from app.engine.reading import schema
from app.engine.reading.document import Document
from app.engine.reading.structure import UNSUPPORTED
from app.engine.reading.xml import BPMN, ZEEBE, Node, is_bpmn, local

REFUSED_CHILDREN = {
    "standardLoopCharacteristics": "不支持标准循环(standardLoopCharacteristics),请改用多实例或回流的顺序流",
    "loopCardinality": "不支持多实例的次数(loopCardinality),请改用输入集合(zeebe:loopCharacteristics 的 inputCollection),如 =for i in 1..3 return i",
    "complexBehaviorDefinition": "不支持多实例的复杂行为(complexBehaviorDefinition),请改用完成条件(completionCondition)",
}
# (attribute, the values that change nothing, what to do instead)
REFUSED_VALUES = (
    ("isForCompensation", ("false",), "不支持补偿活动(isForCompensation)"),
    ("startQuantity", ("1",), "不支持凑齐多个令牌才开始(startQuantity),请去掉它,改用并行网关汇合"),
    ("completionQuantity", ("1",), "不支持完成后产生多个令牌(completionQuantity),请去掉它,改用并行网关分开"),
    ("instantiate", ("false",), "不支持由它发起流程(instantiate),请改用消息开始事件"),
    ("eventGatewayType", ("Exclusive",), "不支持并行的事件网关(eventGatewayType),请用并行网关加多个捕获事件"),
    ("behavior", ("All",), "不支持多实例逐个抛出事件(behavior),请在多实例里面放抛出事件"),
)
# (attribute, the elements that have it, the values that change nothing): anywhere else it says how something runs, and nobody reads it.
PLACES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("cancelActivity", ("boundaryEvent",), ("true",)),
    ("isInterrupting", ("startEvent",), ("true",)),
    ("attachedToRef", ("boundaryEvent",), ()),
    ("triggeredByEvent", tuple(schema.SUBPROCESSES), ("false",)),
    ("isSequential", ("multiInstanceLoopCharacteristics",), ("false",)),
    ("messageRef", ("messageEventDefinition", "receiveTask", "sendTask"), ()),
    ("signalRef", ("signalEventDefinition",), ()),
    ("errorRef", ("errorEventDefinition",), ()),
    ("escalationRef", ("escalationEventDefinition",), ()),
    ("calledElement", ("callActivity",), ()),
)
# Children whose text runs as FEEL, whatever language they name.
XPATH = "http://www.w3.org/1999/XPath"
FORMULAS = ("conditionExpression", "completionCondition")


def check(document: Document) -> None:
    """Problems and warnings for the children of everything that runs."""
    _children(document, document.root)
    for top in document.root.iterchildren(BPMN + "*"):
        if local(top) == "extension" and top.get("mustUnderstand") == "true":
            document.refuse(
                top, DiagramCode.EXTENSION_REQUIRED, f"文件要求读取方理解扩展 {top.get('definition', '')}(mustUnderstand),本系统不认识它"
            )
        elif top in document.executable or (local(top) != "process" and local(top) in schema.CONTENT):
            _check(document, top)


def _check(document: Document, top: Node) -> None:
    pending = [top]
    while pending:
        node = pending.pop()
        if local(node) in UNSUPPORTED:
            continue
        _settings(document, node)
        _children(document, node)
        pending.extend(child for child in reversed(node) if is_bpmn(child) and local(child) in schema.CONTENT)


def _children(document: Document, node: Node) -> None:
    tag = local(node)
    allowed = schema.CONTENT[tag]
    for child in node:
        name = local(child)
        if not is_bpmn(child):
            if isinstance(child.tag, str) and child.tag.startswith(ZEEBE):
                document.refuse(
                    node, DiagramCode.EXTENSION_PLACE, f"zeebe:{name} 必须放在 extensionElements 里面,放在 {tag} 下不会读取", at=child
                )
        elif name not in schema.KNOWN:
            document.refuse(child, DiagramCode.ELEMENT_UNKNOWN, f"不认识的元素 {name}")
        elif name in REFUSED_CHILDREN and name in allowed:
            document.refuse(node, DiagramCode.ELEMENT_UNSUPPORTED, REFUSED_CHILDREN[name], at=child)
        elif name not in allowed and name in schema.CARRYING:
            document.refuse(node, DiagramCode.CHILD_NOT_ALLOWED, f"{tag} 里不能有 {name},请移到它该在的元素里或删除", at=child)
        elif name not in allowed and tag != "definitions":
            document.warn(node, DiagramCode.CHILD_IGNORED, f"{tag} 里的 {name} 不合 BPMN 规定,未读取", at=child)
    if len(node) < 2:
        return
    for name, count in Counter(local(child) for child in node if is_bpmn(child) and local(child) in schema.SINGLE).items():
        if count > 1 and name in allowed:
            document.refuse(node, DiagramCode.CHILD_REPEATED, f"{tag} 里有 {count} 个 {name},只能有一个")


def _settings(document: Document, node: Node) -> None:
    for name, harmless, message in REFUSED_VALUES:
        if node.get(name, harmless[0]) not in harmless:
            document.refuse(node, DiagramCode.ELEMENT_UNSUPPORTED, message)
    for name, homes, neutral in PLACES:
        if name in node.attrib and local(node) not in homes:
            say = document.warn if node.get(name) in neutral else document.refuse
            cure = " 的 isInterrupting" if name == "cancelActivity" and local(node) == "startEvent" else ""
            cure = " 的 cancelActivity" if name == "isInterrupting" and local(node) == "boundaryEvent" else cure
            advice = f"请改写为 {local(node)}{cure}" if cure else f"请移到 {'、'.join(homes)} 或删除"
            say(node, DiagramCode.ATTRIBUTE_PLACE, f"{local(node)} 没有属性 {name},写着的“{node.get(name)}”不会读取;{advice}")
    for name in node.attrib:
        if name.startswith(ZEEBE) and not name.startswith(ZEEBE + "modelerTemplate"):
            written = f"zeebe:{name.removeprefix(ZEEBE)}"
            document.warn(
                node,
                DiagramCode.EXTENSION_IGNORED,
                f"{local(node)} 上的属性 {written} 未读取:zeebe 的扩展都写在 extensionElements 里面,请移到那里",
            )
    for child in node.iterchildren(*(BPMN + name for name in FORMULAS)):
        language = child.get("language", "")
        if not language or "feel" in language.lower():
            continue
        # The schema's own default, which many modelers write out without meaning it.
        say = document.warn if language == XPATH else document.refuse
        say(
            node,
            DiagramCode.EXPRESSION_LANGUAGE,
            f"{local(child)} 声明的语言是 {language};本系统的表达式都是 FEEL,请改写后去掉 language",
            at=child,
        )
    if local(node) in ("dataInputAssociation", "dataOutputAssociation"):
        for child in node.iterchildren(BPMN + "assignment", BPMN + "transformation"):
            document.warn(
                node,
                DiagramCode.DATA_IGNORED,
                f"{local(node)} 里的 {local(child)} 不会执行,传值请改用输入输出映射(zeebe:ioMapping)",
                at=child,
            )
    if local(node) == "scriptTask" and node.find(BPMN + "script") is not None:
        document.warn(
            node,
            DiagramCode.SCRIPT_IGNORED,
            "脚本任务里的 script 不会执行,执行的只有 zeebe:script(FEEL)或任务定义",
            at=node.find(BPMN + "script"),
        )
