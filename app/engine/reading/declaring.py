"""``zeebe:property`` values to declarations: names by their words, FEEL compiled. What cannot be read is a problem of the element."""

import re
from collections.abc import Iterator

from app.decision.feel.syntax import ContextLiteral, ListLiteral, Literal
from app.decision.near import near
from app.domain.declared import OF_PROCESS, PERSON, PROPERTIES, RESERVED, Declared, declared, parts
from app.engine.codes import DiagramCode
from app.engine.declarations import NOTHING, Aggregate, Declarations, FactSetting, Reading, Whose
from app.engine.expressions import FormulaTerm
from app.engine.ledger import PROJECT
from app.engine.reading.document import Document
from app.engine.reading.values import boolean
from app.engine.reading.xml import BPMN, Node, local


def read(document: Document, node: Node, properties: dict[str, str]) -> Declarations:
    """What an element declares."""
    if not properties:
        return NOTHING
    for name in properties:
        if name.strip() not in PROPERTIES:
            meant = near(name.strip(), PROPERTIES)
            cure = f",是不是 {meant}?" if meant else ""
            document.warn(node, DiagramCode.PROPERTY_IGNORED, f"不认识的属性“{name}”,不会起作用{cure}")
        elif name.strip() in OF_PROCESS and local(node) != "process":
            document.refuse(node, DiagramCode.DECLARATION, f"属性 {name.strip()} 只能声明在流程上(选中画布空白处),不能声明在元素上")
    said = declared(properties)
    found = Declarations(
        phase=said.phase,
        record=said.record,
        document=_document(document, node, said.document),
        notify=said.notify,
        notify_offices=tuple(
            formula for text in said.notify_offices if (formula := document.formula(node, text, "属性 notify")) is not None
        ),
        sets=tuple(_sets(document, node, said.sets)),
        reads=tuple(_reads(document, node, properties)),
        approves=said.approves,
        approves_when=document.formula(node, said.approves_when, "属性 approvesWhen") if said.approves_when else None,
        office=_office(document, node, properties),
        person=_person(document, node, properties),
        together=_together(document, node, properties),
        when=document.formula(node, text, "属性 when") if local(node) == "process" and (text := _value(properties, "when")) else None,
        distinct=_distinct(document, node, properties),
        may_be_empty=_may_be_empty(document, node, properties),
        stands=_stands(document, node, said),
    )
    if bool(said.approves) != bool(said.approves_when):
        document.refuse(node, DiagramCode.DECLARATION, "属性 approves 和 approvesWhen 须同时写:批准哪些内容,什么条件下算批准")
    if said.wrong_sets:
        written = "、".join(said.wrong_sets)
        document.refuse(node, DiagramCode.DECLARATION, f"属性 set 的“{written}”应写成“台账字段 = FEEL”,几项之间用分号隔开")
    return found


def _value(properties: dict[str, str], wanted: str) -> str:
    return next((value.strip() for name, value in properties.items() if name.strip() == wanted), "")


def _document(document: Document, node: Node, template: str) -> str:
    """The id of a template, which is also the name of the variable that the printed document gets."""
    if template and not template.isidentifier():
        document.refuse(node, DiagramCode.DECLARATION, f"属性 document 的“{template}”应是一个模板的标识(documents/ 里的文件名,不带扩展名)")
        return ""
    if template in RESERVED:
        document.refuse(node, DiagramCode.DECLARATION, f"属性 document 的“{template}”是保留的名称,请给模板改名")
        return ""
    return template


def _office(document: Document, node: Node, properties: dict[str, str]) -> FormulaTerm | None:
    """FEEL that gives the office whose people do the task; one that is written down belongs in the district's file, not in a diagram."""
    text = _value(properties, "office")
    if not text:
        return None
    if not _of_user_task(document, node, "office"):
        return None
    if not text.startswith("="):
        cure = "请写以 = 开头的表达式,如 =project.applicantOffice,或多实例的输入元素(来自 officesOf(角色)、台账或登记)"
        document.refuse(node, DiagramCode.DECLARATION, f"属性 office 不能写死单位“{text}”:{cure}")
        return None
    found = document.formula(node, text, "属性 office")
    if found is not None and isinstance(found.expression.tree.root, Literal | ListLiteral | ContextLiteral):
        document.refuse(
            node,
            DiagramCode.DECLARATION,
            f"属性 office 的“{text}”是写死的值,不是登记的单位:请取自台账、登记、officesOf(角色)或多实例的输入元素",
        )
        return None
    return found


def _person(document: Document, node: Node, properties: dict[str, str]) -> FormulaTerm | None:
    """FEEL that gives the person who alone does the task, of those who hold its role."""
    text = _value(properties, "person")
    if not text or not _of_user_task(document, node, "person"):
        return None
    if not text.startswith("="):
        cure = "请写以 = 开头的表达式,如 =project.responsibleLeader,或多实例的输入元素里的一项"
        document.refuse(node, DiagramCode.DECLARATION, f"属性 person 不能写死人员“{text}”:{cure}")
        return None
    return document.formula(node, text, "属性 person")


def _together(document: Document, node: Node, properties: dict[str, str]) -> FormulaTerm | None:
    """FEEL that gives the key of the list that a task may be done in with others; null: by itself."""
    text = _value(properties, "together")
    if not text or not _of_user_task(document, node, "together"):
        return None
    if not text.startswith("="):
        document.refuse(
            node, DiagramCode.DECLARATION, f"属性 together 的“{text}”应是以 = 开头的表达式:结果相同的事项可以一并办理,空值的单独办理"
        )
        return None
    return document.formula(node, text, "属性 together")


def _distinct(document: Document, node: Node, properties: dict[str, str]) -> bool:
    text = _value(properties, "distinct")
    if text and text != PERSON:
        document.refuse(node, DiagramCode.DECLARATION, f"属性 distinct 不能是“{text}”,只能写 {PERSON}:同一人在一轮里只办一次")
    return bool(text) and _of_user_task(document, node, "distinct")


def _may_be_empty(document: Document, node: Node, properties: dict[str, str]) -> bool:
    text = _value(properties, "mayBeEmpty")
    if not text:
        return False
    if node.find(BPMN + "multiInstanceLoopCharacteristics") is None:
        document.refuse(node, DiagramCode.DECLARATION, "属性 mayBeEmpty 只能声明在多实例上:输入集合为空时不是事故,直接通过")
    found = boolean(text)
    if found is None:
        document.refuse(node, DiagramCode.DECLARATION, f"属性 mayBeEmpty 不能是“{text}”,只能写 true 或 false")
    return found is True


def _stands(document: Document, node: Node, said: Declared) -> FormulaTerm | None:
    if not said.stands or not _of_user_task(document, node, "stands"):
        return None
    if not said.approves:
        document.refuse(node, DiagramCode.DECLARATION, "属性 stands 须与 approves、approvesWhen 同时写:所批的内容没有变,原来的意见才能沿用")
    return document.formula(node, said.stands, "属性 stands")


def _of_user_task(document: Document, node: Node, name: str) -> bool:
    if local(node) == "userTask":
        return True
    document.refuse(node, DiagramCode.DECLARATION, f"属性 {name} 只能声明在用户任务上")
    return False


def _sets(document: Document, node: Node, written: tuple[tuple[str, str], ...]) -> Iterator[FactSetting]:
    seen = set()
    for name, text in written:
        if name in seen:
            document.refuse(node, DiagramCode.DECLARATION, f"属性 set 里“{name}”写了两次,请只保留一处")
        seen.add(name)
        value = document.formula(node, text, f"属性 set 的“{name}”")
        if value is not None:
            yield FactSetting(name, value)


_READING = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*=\s*(?:(?P<how>sum|count)\s*\(\s*(?P<inner>.*)\)|(?P<plain>.*))", re.DOTALL)
_ROWS = re.compile(r"(?P<kind>[A-Za-z_]\w*)(?:\.(?P<field>\w+))?(?:\s+of\s+(?P<scope>\w+))?(?:\s+where\s+(?P<where>.+))?", re.DOTALL)
_WHERE = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(.+)", re.DOTALL)


def _reads(document: Document, node: Node, properties: dict[str, str]) -> Iterator[Reading]:
    seen: set[str] = set()
    for part in parts(next((value for name, value in properties.items() if name.strip() == "reads"), "")):
        reading = _reading(document, node, part)
        if reading is None:
            text = f"属性 reads 的“{part}”应写成“名称 = 登记簿 of project|office|district where 字段 = FEEL”,或 sum(登记簿.字段 …)、count(登记簿 …)"
            document.refuse(node, DiagramCode.DECLARATION, text)
        elif reading.name in seen or reading.name in RESERVED:
            document.refuse(node, DiagramCode.DECLARATION, f"属性 reads 的名称“{reading.name}”写了两次,或是保留的名称,请改名")
        else:
            seen.add(reading.name)
            yield reading


def _reading(document: Document, node: Node, part: str) -> Reading | None:
    said = _READING.fullmatch(part.strip())
    rows = _ROWS.fullmatch((said["inner"] if said["how"] else said["plain"]).strip()) if said is not None else None
    if said is None or rows is None or bool(rows["field"]) != (said["how"] == Aggregate.SUM):
        return None
    others = rows["kind"] == PROJECT
    scope = rows["scope"] or (Whose.DISTRICT if others else Whose.PROJECT)
    if scope not in tuple(Whose) or (others and scope == Whose.PROJECT):
        return None
    conditions = []
    for condition in _split(rows["where"] or ""):
        found = _WHERE.fullmatch(condition)
        value = document.formula(node, found[2], f"属性 reads 的条件“{found[1]}”") if found is not None else None
        if found is None:
            return None
        if value is not None:
            conditions.append((found[1], value))
    return Reading(
        name=said["name"],
        kind=rows["kind"],
        aggregate=Aggregate(said["how"]) if said["how"] else None,
        field=rows["field"] or "",
        scope=Whose(scope),
        where=tuple(conditions),
    )


def _split(text: str) -> list[str]:
    """What stands between commas that are in no brackets and no text."""
    found, depth, quoted = [""], 0, False
    for position, letter in enumerate(text):
        quoted ^= letter == '"' and text[position - 1 : position] != "\\"
        depth += 0 if quoted else (letter in "([{") - (letter in ")]}")
        if letter == "," and not quoted and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [piece for piece in found if piece.strip()]
