"""Event definitions to triggers: what an event waits for, or throws."""

from app.engine.codes import DiagramCode
from app.engine.elements.base import NO_TRIGGER, Trigger
from app.engine.expressions import LiteralTerm, Term
from app.engine.reading.document import Document
from app.engine.reading.structure import event_definitions
from app.engine.reading.xml import BPMN, Node, extension, local, written
from app.engine.timers import ANY_ZONE, CYCLE, DATE, DURATION, TimerError, TimerSpec, check

_TIMERS = {"timeDate": DATE, "timeDuration": DURATION, "timeCycle": CYCLE}


def trigger_of(document: Document, node: Node, *, catching: bool, needs_key: bool = False) -> Trigger:
    """The trigger of an event or receive task. ``catching``: it waits (else it throws). ``needs_key``: a message must be correlated. Problems are added to ``document``."""
    if local(node) == "receiveTask":
        return _message(document, node, node.get("messageRef"), needs_key=needs_key)
    found = event_definitions(node)
    if not found:
        return NO_TRIGGER
    definition = found[0]
    kind = local(definition)
    if kind == "messageEventDefinition":
        return _message(document, node, definition.get("messageRef"), needs_key=needs_key) if catching else Trigger("message")
    if kind == "timerEventDefinition":
        return _timer(document, node, definition)
    if kind == "signalEventDefinition":
        signal = document.signals.get(definition.get("signalRef", ""))
        name = signal.get("name") if signal is not None else None
        if not name:
            document.refuse(node, DiagramCode.SIGNAL_MISSING, "信号事件没有指明信号,或信号没有名称")
            return NO_TRIGGER
        return Trigger("signal", name=document.term(node, name, "信号名称"))
    if kind == "errorEventDefinition":
        return Trigger("error", code=_code(document, node, definition, "error", catching))
    if kind == "escalationEventDefinition":
        return Trigger("escalation", code=_code(document, node, definition, "escalation", catching))
    if kind == "linkEventDefinition":
        return Trigger("link", name=LiteralTerm(definition.get("name", "").strip()))
    if kind == "terminateEventDefinition":
        return Trigger("terminate")
    return NO_TRIGGER


def thrown_message(document: Document, node: Node) -> str | None:
    """The name of the message that a throw or end event refers to; None where there is none, or FEEL gives it."""
    message = document.messages.get(event_definitions(node)[0].get("messageRef") or "")
    name = ((message.get("name") if message is not None else None) or "").strip()
    return name if name and not name.startswith("=") else None


def thrown_key(document: Document, node: Node) -> Term | None:
    """By what key the message that a throw or end event refers to finds who waits for it; None where it is drawn without one."""
    message = document.messages.get(event_definitions(node)[0].get("messageRef") or "")
    return _key(document, node, message) if message is not None else None


def _key(document: Document, node: Node, message: Node) -> Term | None:
    subscription = extension(message, "subscription")
    text = subscription.get("correlationKey") if subscription is not None else None
    return document.term(node, text, "消息关联键") if text and text.strip() else None


def _message(document: Document, node: Node, reference: str | None, *, needs_key: bool) -> Trigger:
    message = document.messages.get(reference or "")
    name = message.get("name") if message is not None else None
    if message is None or not name:
        document.refuse(node, DiagramCode.MESSAGE_MISSING, "没有指明等待的消息,或消息没有名称")
        return NO_TRIGGER
    key = _key(document, node, message)
    if key is None and needs_key:
        document.refuse(node, DiagramCode.CORRELATION_KEY_MISSING, f"消息“{name}”没有关联键(correlationKey),无法判断消息属于哪个流程实例")
    return Trigger("message", name=document.term(node, name, "消息名称"), key=key)


def _timer(document: Document, node: Node, definition: Node) -> Trigger:
    values = [(child, kind) for tag, kind in _TIMERS.items() for child in definition.iterchildren(BPMN + tag)]
    if len(values) != 1 or not written(values[0][0]):
        document.refuse(node, DiagramCode.TIMER_INVALID, "定时器应当且只能填写日期、时长、周期三者之一")
        return NO_TRIGGER
    child, kind = values[0]
    text = written(child)
    tag, parent = local(node), node.getparent()
    interrupting = (
        node.get("cancelActivity", "true") != "false" if tag == "boundaryEvent" else node.get("isInterrupting", "true") != "false"
    )
    in_event_subprocess = tag == "startEvent" and parent is not None and parent.get("triggeredByEvent") == "true"
    if kind == CYCLE and (tag == "intermediateCatchEvent" or (interrupting and (tag == "boundaryEvent" or in_event_subprocess))):
        document.refuse(node, DiagramCode.TIMER_INVALID, "会结束等待的定时器不能使用周期,请改用时长或日期,或设为不中断")
    found = len(document.problems)
    spec = TimerSpec(kind, document.term(node, text, "定时器"))
    if len(document.problems) > found:
        return NO_TRIGGER
    try:
        check(spec, ANY_ZONE)
    except TimerError as error:
        document.refuse(node, DiagramCode.TIMER_INVALID, f"定时器不能用:{error}")
    return Trigger("timer", timer=spec)


def _code(document: Document, node: Node, definition: Node, kind: str, catching: bool) -> Term | None:
    reference = definition.get(f"{kind}Ref")
    known = document.errors if kind == "error" else document.escalations
    what = "错误" if kind == "error" else "升级"
    code = None
    if reference:
        declared = known.get(reference)
        if declared is None:
            document.refuse(node, DiagramCode.CODE_MISSING, f"引用的{what} {reference} 不存在")
            return None
        code = (declared.get("errorCode" if kind == "error" else "escalationCode") or "").strip()
    if code:
        term = document.term(node, code, f"{what}代码")
        if catching and not isinstance(term, LiteralTerm):
            document.refuse(node, DiagramCode.CODE_MISSING, f"捕获事件的{what}代码必须是固定文字,不能是表达式")
        return term
    if not catching:
        document.refuse(node, DiagramCode.CODE_MISSING, f"抛出{what}的事件没有{what}代码")
    return None
