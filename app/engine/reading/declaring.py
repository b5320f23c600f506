"""``zeebe:property`` values to declarations: names by their words, FEEL compiled. What cannot be read is a problem of the element."""

from collections.abc import Iterator

from app.decision.near import near
from app.domain.declared import PROPERTIES, declared
from app.engine.codes import DiagramCode
from app.engine.declarations import NOTHING, Declarations, Setting
from app.engine.reading.document import Document
from app.engine.reading.xml import Node


def read(document: Document, node: Node, properties: dict[str, str]) -> Declarations:
    """What an element declares."""
    if not properties:
        return NOTHING
    for name in properties:
        if name.strip() not in PROPERTIES:
            meant = near(name.strip(), PROPERTIES)
            cure = f",是不是 {meant}?" if meant else ""
            document.warn(node, DiagramCode.PROPERTY_IGNORED, f"不认识的属性“{name}”,不会起作用{cure}")
    said = declared(properties)
    found = Declarations(phase=said.phase, record=said.record, notify=said.notify, sets=tuple(_sets(document, node, said.sets)))
    if said.wrong_sets:
        written = "、".join(said.wrong_sets)
        document.refuse(node, DiagramCode.DECLARATION, f"属性 set 的“{written}”应写成“台账字段 = FEEL”,几项之间用分号隔开")
    return found


def _sets(document: Document, node: Node, written: tuple[tuple[str, str], ...]) -> Iterator[Setting]:
    seen = set()
    for name, text in written:
        if name in seen:
            document.refuse(node, DiagramCode.DECLARATION, f"属性 set 里“{name}”写了两次,请只保留一处")
        seen.add(name)
        value = document.formula(node, text, f"属性 set 的“{name}”")
        if value is not None:
            yield Setting(name, value)
