"""References that only document, or repeat what the sequence flows say, and lead nowhere: each is told with the id that was probably meant."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from app.decision.near import near
from app.engine.codes import DiagramCode
from app.engine.reading import schema
from app.engine.reading.document import Document
from app.engine.reading.xml import BPMN, Node, is_bpmn, local

# Element → (attribute, what it must lead to; empty: anything of the file, in words).
ATTRIBUTES: Final[dict[str, tuple[tuple[str, tuple[str, ...], str], ...]]] = {
    "dataObjectReference": (("dataObjectRef", ("dataObject",), "数据对象"),),
    "dataStoreReference": (("dataStoreRef", ("dataStore",), "数据存储"),),
    "participant": (("processRef", ("process",), "流程"),),
    "association": (("sourceRef", (), "元素"), ("targetRef", (), "元素")),
    "messageFlow": (("sourceRef", (), "元素"), ("targetRef", (), "元素")),
}
_ENDS: Final = {"incoming": ("targetRef", "进入"), "outgoing": ("sourceRef", "流出")}


def check(document: Document) -> None:
    """Adds REFERENCE_DANGLING to the warnings."""
    known = {node.get("id", ""): local(node) for node in document.root.iter(BPMN + "*") if node.get("id")}
    for top in document.root.iterchildren(BPMN + "*"):
        if local(top) == "process" and top not in document.executable:
            continue
        for node in top.iter(*(BPMN + tag for tag in (*ATTRIBUTES, "lane"))):
            _check(document, node, known)
    for level in document.all_levels():
        flows = {flow.get("id", ""): flow for flow in level.flows}
        for node in level.nodes:
            _check_ends(document, node, flows)


def _check(document: Document, node: Node, known: Mapping[str, str]) -> None:
    for name, tags, word in ATTRIBUTES.get(local(node), ()):
        text = node.get(name, "")
        if _is_wrong(text, known, tags):
            _say(document, node, name, text, word=word, known=(key for key, tag in known.items() if not tags or tag in tags))
    if local(node) == "lane":
        for reference in node.iterchildren(BPMN + "flowNodeRef"):
            text = (reference.text or "").strip()
            if text and text not in document.flow_nodes:
                _say(document, node, "flowNodeRef", text, word="元素", known=document.flow_nodes, at=reference)


def _is_wrong(text: str, known: Mapping[str, str], tags: tuple[str, ...]) -> bool:
    """One with a prefix means another file, which is told elsewhere."""
    return bool(text) and ":" not in text and (text not in known or bool(tags and known[text] not in tags))


def _check_ends(document: Document, node: Node, flows: Mapping[str, Node]) -> None:
    """``incoming`` and ``outgoing`` of a node against the flows themselves, which alone count."""
    if not is_bpmn(node) or local(node) not in schema.NODES:
        return
    for tag, (end, word) in _ENDS.items():
        for reference in node.iterchildren(BPMN + tag):
            text = (reference.text or "").strip()
            flow = flows.get(text)
            if text and flow is None:
                _say(document, node, tag, text, word="顺序流", known=flows, at=reference)
            elif flow is not None and flow.get(end) != node.get("id"):
                other = flow.get(end)
                message = f"{tag} 写着顺序流 {text},它却{'流向' if tag == 'incoming' else '来自'} {other};{word}的顺序流以顺序流自己的 {end} 为准,请改正"
                document.warn(node, DiagramCode.REFERENCE_DANGLING, message, at=reference)


def _say(document: Document, node: Node, name: str, text: str, *, word: str, known: Iterable[str], at: Node | None = None) -> None:
    hint = near(text, list(_named(known)))
    cure = f"是不是 {hint}?" if hint else "请改正或删除这个引用"
    document.warn(node, DiagramCode.REFERENCE_DANGLING, f"{local(node)} 的 {name} 引用的{word} {text} 不在本文件中,{cure}", at=at)


def _named(known: Iterable[str]) -> Iterator[str]:
    return (key for key in known if key)
