"""Templates against what there is: what a template that an element prints names of the ledger, the registers and what the element reads.

That a name is known at all is asked where variables are (``variables``); here it is where documents can be printed and what lists and contexts consist of.
"""

from collections.abc import Collection, Iterator
from pathlib import PurePath

from app import printing
from app.connectors.calls import REGISTERS, forms_of
from app.decision.near import near
from app.domain import documents
from app.domain.facts import LEDGER
from app.domain.templates import OWN, RECORD, RUNNING, Template, TemplateRefused
from app.engine.elements.base import Element
from app.engine.elements.events import CatchEvent, ThrowEvent
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.tasks import BusinessRuleTask, JobTask, UserTask
from app.engine.expressions import LiteralTerm
from app.engine.ledger import PROJECT
from app.engine.reads import OF_ROW
from app.rehearsal import ledger_names
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.inventory import Part
from app.rehearsal.surroundings import View

_TOLD = 20
_WAYS = ("none", "signal")  # of throwing that end nothing


def of_file(name: str, source: bytes, severity: str) -> tuple[Template | None, list[Finding]]:
    """The template that a file is, and what is wrong with it. ``severity``: of what only the house asks for."""
    path = PurePath(name)
    try:
        found = printing.read(path.stem, path.suffix.lower(), source)
    except TemplateRefused as error:
        return None, [Finding(name, "", 0, FindingCode.TEMPLATE, problem) for problem in error.problems]
    if found.title != found.id:
        return found, []
    text = "文件的属性里没有标题(title),打印出来就叫文件名;请在 Word 或 WPS 的“文件—信息—属性”里写上"
    return found, [Finding(name, "", 0, FindingCode.NAME, text, severity=severity)]


def heads(template: str, around: View) -> list[str]:
    """The first names of a template's placeholders, in order, the reserved ones left out."""
    return [
        head
        for head in dict.fromkeys(head for found in around.templates(template) for head in found.used)
        if head not in (PROJECT, OWN, RECORD)
    ]


def registers(around: View) -> set[str]:
    return {name.removeprefix(REGISTERS) for name in around.ids("form") if name.startswith(REGISTERS) and name != LEDGER}


def check(part: Part, around: View) -> Iterator[str]:
    """What is wrong, in words that go on from the element's place."""
    name = part.activity.declarations.document
    if not _prints(part.activity) or (isinstance(part.element, MultiInstanceBody) and not isinstance(part.activity, UserTask)):
        yield "的属性 document 只能声明在用户任务、决策(业务规则任务)、中间事件和结束事件(不是错误、终止、升级、链接)上"
    found = around.templates(name)
    if not found:
        if around.stock.complete:
            hint = near(name, around.ids("template"))
            known = "、".join(sorted(around.ids("template"))[:_TOLD]) or "(无)"
            yield f"的属性 document 写了“{name}”,没有这个模板 documents/{name}.docx 或 .xlsx,{f'是不是 {hint}?' if hint else f'可用:{known}'}"
        return
    for template in found:
        yield from _parts(part, template, around)


def signed(task: UserTask, around: View) -> Iterator[str]:
    """Places of a task's form for what was signed of a template that there is not."""
    if task.form is None or not isinstance(task.form.id, LiteralTerm) or not around.stock.complete:
        return
    for form in around.forms(task.form.id.value):
        for slot, template in documents.signed(form.schema):
            if template not in around.ids("template"):
                hint = near(template, around.ids("template"))
                yield f"的表单“{form.id}”的“{slot}”写了 {documents.SIGNS}“{template}”,没有这个模板{f',是不是 {hint}?' if hint else ''}"


def _prints(activity: Element) -> bool:
    if isinstance(activity, ThrowEvent):
        return activity.trigger.kind in _WAYS
    return isinstance(activity, UserTask | CatchEvent | BusinessRuleTask) or (
        isinstance(activity, JobTask) and activity.element_type.endswith("Event")
    )


def _parts(part: Part, template: Template, around: View) -> Iterator[str]:
    read = {reading.name: reading.kind for reading in part.activity.declarations.reads if reading.aggregate is None}
    ledger = ledger_names.fields(around)
    told = set()
    for one in template.placeholders:
        if one.head == OWN or len(one.path) < 2 or one.path[1] == RUNNING:
            continue
        known: Collection[str] | None = None
        if one.head == PROJECT or read.get(one.head) == PROJECT:
            known, what = ledger, "台账"
        elif one.head == RECORD:
            kind = part.activity.declarations.record
            known, what = (_register(kind, around) if kind else None) or {""}, f"这里登记的“{kind or '(没有登记)'}”"
        elif one.head not in ledger and (forms := _register(read.get(one.head, one.head), around)) is not None:
            known, what = {*forms, *OF_ROW}, f"登记簿“{read.get(one.head, one.head)}”"
        if known and one.path[1] not in known and one.text not in told:
            told.add(one.text)
            hint = near(one.path[1], known)
            cure = f"是不是 {hint}?" if hint else f"可用:{'、'.join(sorted(known)[:_TOLD])}"
            yield f"的属性 document 的模板“{template.id}”写了 {one.text},{what}没有“{one.path[1]}”,{cure}"
    for row in template.rows:
        lists = sorted({one.head for one in row if len(one.path) > 1 and (one.head in read or one.head in registers(around))} - set(ledger))
        if len(lists) > 1:
            yield f"的属性 document 的模板“{template.id}”在表格的同一行里用了 {'、'.join(lists)} 几个列表,一行只能逐行打印一个"


def _register(kind: str, around: View) -> set[str] | None:
    forms = next((found for name in forms_of(kind) if name != LEDGER and (found := around.forms(name))), ())
    return {name for form in forms for name in form.fields} if forms else None
