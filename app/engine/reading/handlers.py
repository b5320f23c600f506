"""Handlers of one event that stand side by side. Of two for the same error or escalation the second never has its turn; of two interrupting ones for the same
message or signal only one has."""

from collections.abc import Iterable, Iterator
from typing import Final

from app.engine.codes import DiagramCode
from app.engine.reading.document import Document, LevelIndex
from app.engine.reading.structure import event_definitions, is_event_subprocess
from app.engine.reading.xml import Node, extension, local

# Event definition → (what refers, what it is called).
_CODED: Final = {
    "errorEventDefinition": ("errorRef", "错误"),
    "escalationEventDefinition": ("escalationRef", "升级"),
}
_NAMED: Final = {
    "messageEventDefinition": ("messageRef", "消息"),
    "signalEventDefinition": ("signalRef", "信号"),
}


def check(document: Document) -> None:
    """Adds HANDLER_REPEATED to the problems, HANDLER_SHADOWED to the warnings: boundary events of one activity, event sub-processes of one level, events behind one gateway."""
    for level in document.all_levels():
        for host, events in level.boundaries.items():
            _check(document, events, f"活动 {host} 上", "边界事件")
        starts = [start for node in level.nodes if is_event_subprocess(node) for start in _starts(document, node)]
        _check(
            document, starts, f"{'流程' if local(level.node) == 'process' else '子流程'} {level.node.get('id')} 里", "事件子流程的开始事件"
        )
        for node in level.nodes:
            if local(node) == "eventBasedGateway":
                _check(document, _behind(level, node), f"事件网关 {node.get('id')} 之后", "事件")


def _starts(document: Document, subprocess: Node) -> list[Node]:
    return [node for node in document.level(subprocess).nodes if local(node) == "startEvent"]


def _behind(level: LevelIndex, gateway: Node) -> list[Node]:
    targets = {flow.get("targetRef") for flow in level.outgoing.get(gateway.get("id", ""), [])}
    return [node for node in level.nodes if node.get("id") in targets]


def _check(document: Document, events: Iterable[Node], where: str, what: str) -> None:
    seen: dict[tuple[str, str], Node] = {}
    for event in events:
        for caught, said in _caught(document, event):
            first = seen.setdefault(caught, event)
            if first is event:
                continue
            both = f"{where}有两个{what}都捕获{said}:{first.get('id')} 和 {event.get('id')}"
            if caught[0] in _CODED:
                document.refuse(event, DiagramCode.HANDLER_REPEATED, f"{both},后一个永远轮不到;请删除一个,或改成捕获别的")
            else:
                document.warn(event, DiagramCode.HANDLER_SHADOWED, f"{both},只有一个轮得到;请删除一个,或改成捕获别的")


def _caught(document: Document, event: Node) -> Iterator[tuple[tuple[str, str], str]]:
    """(kind, what tells it from others of its kind) and the words for it; nothing where several may have their turn."""
    if local(event) == "receiveTask":
        yield from _named(document, "messageEventDefinition", event)
        return
    for definition in event_definitions(event):
        kind = local(definition)
        if kind in _CODED:
            reference, word = _CODED[kind]
            known = document.errors if kind == "errorEventDefinition" else document.escalations
            declared = known.get(definition.get(reference, ""))
            code = (declared.get("errorCode") or declared.get("escalationCode") or "").strip() if declared is not None else ""
            if declared is not None or not definition.get(reference):
                yield (kind, code), f"{word}“{code}”" if code else f"{word}(不限代码)"
        elif kind in _NAMED and not _goes_on(event):
            yield from _named(document, kind, definition)


def _named(document: Document, kind: str, holder: Node) -> Iterator[tuple[tuple[str, str], str]]:
    """A message is the same by name and key, a signal by name."""
    reference, word = _NAMED[kind]
    known = document.messages if kind == "messageEventDefinition" else document.signals
    declared = known.get(holder.get(reference, ""))
    if declared is not None and declared.get("name"):
        subscription = extension(declared, "subscription")
        key = (subscription.get("correlationKey") or "").strip() if subscription is not None else ""
        yield (kind, f"{declared.get('name')}\n{key}"), f"{word}“{declared.get('name')}”"


def _goes_on(event: Node) -> bool:
    """Whether the event leaves what it stands on as it is, so that another of the same name has its turn."""
    return "false" in (event.get("cancelActivity"), event.get("isInterrupting"))
