"""The zeebe extensions: which are read, where, and with which attributes. What stands in a file and is not read is said, so that a slip of the hand is not lost."""

from collections import Counter
from difflib import get_close_matches
from typing import Final

from app.engine.codes import DiagramCode
from app.engine.reading import schema
from app.engine.reading.document import Document
from app.engine.reading.xml import BPMN, ZEEBE, Node, local

_ANYWHERE: Final = schema.NODES | {"process"}
_WORK: Final = frozenset({"serviceTask", "sendTask", "scriptTask", "businessRuleTask", "endEvent", "intermediateThrowEvent"})
_BINDING: Final = ("bindingType", "versionTag")
# Extension → the elements that it is read on, and its attributes.
READ: Final[dict[str, tuple[frozenset[str], tuple[str, ...]]]] = {
    "assignmentDefinition": (frozenset({"userTask"}), ("assignee", "candidateGroups", "candidateUsers")),
    "calledDecision": (frozenset({"businessRuleTask"}), ("decisionId", "resultVariable", *_BINDING)),
    "calledElement": (
        frozenset({"callActivity"}),
        ("processId", "propagateAllParentVariables", "propagateAllChildVariables", *_BINDING),
    ),
    "executionListeners": (_ANYWHERE, ()),
    "formDefinition": (frozenset({"userTask", "startEvent"}), ("formId", *_BINDING)),
    "ioMapping": (_ANYWHERE - schema.GATEWAYS, ()),
    "loopCharacteristics": (
        frozenset({"multiInstanceLoopCharacteristics"}),
        ("inputCollection", "inputElement", "outputCollection", "outputElement"),
    ),
    "priorityDefinition": (frozenset({"userTask"}), ("priority",)),
    "properties": (_ANYWHERE, ()),
    "script": (frozenset({"scriptTask"}), ("expression", "resultVariable")),
    "subscription": (frozenset({"message"}), ("correlationKey",)),
    "taskDefinition": (_WORK, ("type", "retries")),
    "taskHeaders": (_WORK, ()),
    "taskListeners": (frozenset({"userTask"}), ()),
    "taskSchedule": (frozenset({"userTask"}), ("dueDate", "followUpDate")),
    "userTask": (frozenset({"userTask"}), ()),
    "versionTag": (frozenset({"process"}), ("value",)),
}
_LISTENER: Final = ("eventType", "type", "retries")
INSIDE: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "executionListeners": {"executionListener": _LISTENER},
    "ioMapping": {"input": ("source", "target"), "output": ("source", "target")},
    "properties": {"property": ("name", "value")},
    "taskHeaders": {"header": ("key", "value")},
    "taskListeners": {"taskListener": _LISTENER},
}


def check(document: Document) -> None:
    """Adds EXTENSION_REPEATED (only the first would count) to the problems, EXTENSION_IGNORED to the warnings."""
    for top in document.root.iterchildren(BPMN + "*"):
        if top in document.executable or local(top) in ("message", "signal", "error", "escalation"):
            for holder in top.iter(BPMN + "extensionElements"):
                _check(document, holder.getparent(), holder)


def _check(document: Document, node: Node, holder: Node) -> None:
    tag = local(node)
    found = [child for child in holder if isinstance(child.tag, str) and child.tag.startswith(ZEEBE)]
    for name, count in Counter(local(child) for child in found).items():
        if count > 1 and name in READ:
            document.refuse(node, DiagramCode.EXTENSION_REPEATED, f"有 {count} 个 zeebe:{name},只能有一个,否则不知道以哪个为准")
    for child in found:
        name = local(child)
        where, attributes = READ.get(name, (frozenset[str](), ()))
        if name not in READ:
            near = get_close_matches(name, READ, 1)
            hint = f",是不是 zeebe:{near[0]}?" if near else ""
            document.warn(node, DiagramCode.EXTENSION_IGNORED, f"扩展 zeebe:{name} 未读取{hint}", at=child)
        elif tag not in where:
            document.warn(node, DiagramCode.EXTENSION_IGNORED, f"扩展 zeebe:{name} 放在 {tag} 上不起作用,未读取", at=child)
        else:
            _attributes(document, node, child, attributes)
            for inner in child:
                inside = INSIDE.get(name, {})
                if isinstance(inner.tag, str) and inner.tag.startswith(ZEEBE) and local(inner) in inside:
                    _attributes(document, node, inner, inside[local(inner)])
                else:
                    document.warn(node, DiagramCode.EXTENSION_IGNORED, f"zeebe:{name} 里的 {local(inner)} 未读取", at=inner)


def _attributes(document: Document, node: Node, extension: Node, read: tuple[str, ...]) -> None:
    for name in extension.attrib:
        # ``id`` and what a modeler notes for itself say nothing about the run.
        if name not in read and name != "id" and not name.startswith(("{", "modeler")):
            may = f";可以写的有 {'、'.join(read)}" if read else ""
            document.warn(node, DiagramCode.EXTENSION_IGNORED, f"zeebe:{local(extension)} 的属性 {name} 未读取{may}", at=extension)
