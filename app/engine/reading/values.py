"""Attribute values and references read by their types in the schema, and written back in one form: ``true``/``false``, plain numbers, ids without prefix or blanks.

After ``settle`` everything else compares plain text. What a type does not allow is a problem that names attribute, value and what may stand there; it is never
taken for a default. In what does not run (collaborations, processes that are not executable) the same is only a warning.
"""

import re
from collections.abc import Iterable
from copy import deepcopy

from app.engine.codes import DiagramCode
from app.engine.reading import schema
from app.engine.reading.document import Document
from app.engine.reading.xml import BPMN, DI, Node, is_bpmn, local

# XML Schema part 2, 3.2.2 (boolean), 3.3.13 (integer), 3.3.7 (NCName, as Python's letters and digits).
_TRUTHS = {"true": "true", "1": "true", "false": "false", "0": "false"}
_INTEGER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_SPACES = re.compile(r"[ \t\r\n]+")
_NAME = re.compile(r"[^\W\d][\w.\-·]*")
_QNAME = re.compile(rf"(?:{_NAME.pattern}:)?{_NAME.pattern}")
# What a drawing refers to (BPMNDI.xsd).
DRAWN = frozenset({"bpmnElement", "sourceElement", "targetElement"})
# Where nothing is referred to, the structure says so in its own words.
TOLD_WHEN_MISSING = frozenset({"attachedToRef", "messageRef", "signalRef", "sourceRef", "targetRef"})


def boolean(text: str) -> bool | None:
    """xsd:boolean; None when it is none."""
    found = _TRUTHS.get(collapse(text))
    return None if found is None else found == "true"


def integer(text: str) -> int | None:
    """xsd:integer of at most nine digits; None when it is none."""
    plain = collapse(text)
    return int(plain) if _INTEGER.fullmatch(plain) else None


def collapse(text: str) -> str:
    """White space as the schema's types other than text take it."""
    return " ".join(_SPACES.split(text)).strip(" ") if _SPACES.search(text) else text


def settle(document: Document) -> None:
    """Read and rewrite the whole file. Problems and warnings are added to ``document``."""
    for node in (document.root, *document.root):
        if is_bpmn(node):
            _attributes(document, node, runs=True)
    document.choose()
    for node in document.root.iter(DI + "*"):
        for name in DRAWN.intersection(node.attrib):
            text = _reference(document, node, name, node.get(name, ""), runs=False) if node.get(name, "").strip() else None
            if text is not None:
                node.set(name, text)
    for top in document.root.iterchildren(BPMN + "*"):
        runs = top in document.executable if local(top) == "process" else local(top) in schema.CONTENT
        for node in _within(top):
            _attributes(document, node, runs=runs)
    if not document.problems:
        for process in document.executable:
            _place_definitions(document, process)


def _within(top: Node) -> Iterable[Node]:
    """Everything of BPMN below ``top``, without what vendors keep in their extensions."""
    pending = list(reversed(top))
    while pending:
        node = pending.pop()
        if is_bpmn(node):
            yield node
            if local(node) != "extensionElements":
                pending.extend(reversed(node))


def _attributes(document: Document, node: Node, *, runs: bool) -> None:
    tag = local(node)
    say = document.refuse if runs else document.warn
    if tag in schema.REFERRING and not len(node) and not _NAME.fullmatch(node.text or ""):
        text = _reference(document, node, tag, node.text or "", runs=runs)
        if text is not None:
            node.text = text
    for name, value in node.attrib.items():
        if name.startswith("{"):
            continue
        if (name == "id" or name in schema.REFERENCES) and _NAME.fullmatch(value):
            continue  # as it should be already: almost every one
        if name == "id":
            if not _NAME.fullmatch(collapse(value)):
                say(
                    node,
                    DiagramCode.VALUE_INVALID,
                    f"{tag} 的标识 id=“{value}”不合规定:应以字母、汉字或下划线开头,只含字母、汉字、数字和 _ - .,中间没有空格",
                )
            else:
                node.set(name, collapse(value))
        elif name in schema.BOOLEANS:
            truth = _TRUTHS.get(collapse(value))
            if truth is None:
                say(node, DiagramCode.VALUE_INVALID, f"{tag} 的 {name}=“{value}”不是真假值,只能写 true 或 false(也可写 1 或 0)")
            else:
                node.set(name, truth)
        elif name in schema.INTEGERS:
            number = integer(value)
            if number is None:
                say(node, DiagramCode.VALUE_INVALID, f"{tag} 的 {name}=“{value}”不是整数")
            else:
                node.set(name, str(number))
        elif name in schema.ENUMERATIONS:
            if collapse(value) not in schema.ENUMERATIONS[name]:
                say(node, DiagramCode.VALUE_INVALID, f"{tag} 的 {name}=“{value}”不在允许的值之中:{'、'.join(schema.ENUMERATIONS[name])}")
            else:
                node.set(name, collapse(value))
        elif name in schema.REFERENCES:
            text = _reference(document, node, name, value, runs=runs)
            if text is not None:
                node.set(name, text)
        elif runs and name not in schema.ATTRIBUTES:
            document.warn(node, DiagramCode.ATTRIBUTE_UNKNOWN, f"{tag} 的属性 {name} 不是 BPMN 的属性,未读取;请检查是否写错")


def _reference(document: Document, node: Node, name: str, value: str, *, runs: bool) -> str | None:
    """The id that a QName (or IDREF) means; None with a problem when it cannot mean one of this file.

    The schema has no default for names without a prefix that modelers keep to: they all mean the file itself. So does the prefix of BPMN's own namespace, which
    some write (there is nothing else it could name).
    """
    say = document.refuse if runs and (name in schema.FOLLOWED or value.strip()) else document.warn
    plain = collapse(value)
    if not plain and name in TOLD_WHEN_MISSING:
        return ""
    if name == "calledElement" and not _QNAME.fullmatch(plain):
        return plain  # another dialect's expression; here zeebe:calledElement says what is called
    prefix, colon, own = plain.rpartition(":")
    where = f"{local(node)} 的 {name}" if name != local(node) else name
    if colon:
        space = node.nsmap.get(prefix)
        target = document.root.get("targetNamespace")
        if space is None:
            say(
                node, DiagramCode.REFERENCE_PREFIX, f"{where}“{plain}”的前缀 {prefix} 没有声明(xmlns:{prefix});引用本文件的元素时请去掉前缀"
            )
            return None
        if space == BPMN[1:-1]:
            document.warn(
                node, DiagramCode.REFERENCE_PREFIX, f"{where}“{plain}”的前缀 {prefix} 是 BPMN 的命名空间,按本文件的元素 {own} 读取"
            )
        elif space != target:
            imported = any(item.get("namespace") == space for item in document.root.iterchildren(BPMN + "import"))
            what = "导入的另一个文件" if imported else f"命名空间 {space},不是本文件的目标命名空间 {target or '(空)'}"
            say(node, DiagramCode.REFERENCE_PREFIX, f"{where}“{plain}”指向{what};只能引用本文件里的元素,请改为本文件的标识")
            return None
    if not _NAME.fullmatch(own):
        say(node, DiagramCode.VALUE_INVALID, f"{where}“{value}”不是元素的标识;应填一个标识,没有引用时请去掉它")
        return None
    return own


def _place_definitions(document: Document, process: Node) -> None:
    """Events that refer to a definition kept at the top of the file get it inside, as if it had been written there."""
    known = {node.get("id"): node for node in document.root if is_bpmn(node) and local(node) in schema.EVENT_DEFINITIONS}
    for reference in list(process.iter(BPMN + "eventDefinitionRef")):
        event = reference.getparent()
        if any(child.get("id") == reference.text for child in event if child is not reference and is_bpmn(child)):
            event.remove(reference)
        elif reference.text in known:
            copy = deepcopy(known[reference.text])
            for node in copy.iter():
                node.attrib.pop("id", None)
            copy.tail = reference.tail
            event.replace(reference, copy)
        else:
            document.refuse(
                event,
                DiagramCode.EVENT_DEFINITION_REF,
                f"eventDefinitionRef 引用的事件定义 {reference.text} 不在本文件中;请把事件定义(如 messageEventDefinition、timerEventDefinition)直接写在事件里",
                at=reference,
            )
