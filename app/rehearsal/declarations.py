"""What an element declares against what there is: phases, registers, ledger fields with their sources, roles. What would stop a case, or never be, is refused."""

import json
from collections.abc import Callable, Collection, Iterator
from functools import partial

from app.connectors.calls import OVERDUE, REGISTERS, forms_of
from app.decision import feel, separators
from app.decision.near import near
from app.domain import form_facts
from app.domain.declared import RESERVED
from app.domain.districts import ANYBODY, SHARED
from app.domain.facts import LEDGER, FactsError, LedgerField, LedgerSchema, Right, RightKind, may_set
from app.domain.forms import Form
from app.engine import ProcessDefinition, sources
from app.engine.declarations import FactSetting, Reading
from app.engine.effecting import X_NUMBER, X_VALUE, series
from app.engine.elements.base import Element, ProcessRoot, StartElement
from app.engine.elements.events import EndEvent
from app.engine.elements.gateways import EventBasedGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import SubProcess
from app.engine.elements.tasks import BusinessRuleTask, JobTask, UserTask
from app.engine.expressions import FormulaTerm, LiteralTerm, formula
from app.engine.reads import OF_ROW, VISIBILITY
from app.rehearsal import origins, printed
from app.rehearsal.inventory import Part
from app.rehearsal.surroundings import View
from app.rehearsal.way_of_values import sent_by

_GATEWAYS = (ExclusiveGateway, InclusiveGateway, ParallelGateway, EventBasedGateway)
APPLICANT = "applicant"
_TOLD = 3  # of the inputs that are not owned


def check(process: ProcessDefinition, part: Part, around: View) -> Iterator[str]:
    """What is wrong with an element's declarations, in words that go on from its place."""
    activity, declared = part.activity, part.activity.declarations
    if declared.phase:
        yield from _phase(part, declared.phase, around)
    if declared.record:
        yield from _register(activity, declared.record, around)
    if declared.document:
        yield from printed.check(part, around)
    if isinstance(activity, UserTask):
        yield from printed.signed(activity, around)
    for setting in declared.sets:
        yield from _set(process, part, setting, around)
    for reading in declared.reads:
        yield from _reading(reading, around)
    if declared.reads and not declared.document and not isinstance(activity, (*_GATEWAYS, UserTask, BusinessRuleTask)):
        yield "的属性 reads 只能声明在决策(业务规则任务)、用户任务、网关和打印文件的元素上"
    if declared.approves and not isinstance(activity, UserTask):
        yield "的属性 approves 只能声明在用户任务上"
    if declared.stands is not None and isinstance(activity, UserTask):
        yield from _stands(activity, declared.stands, around)
    for role in declared.notify:
        yield from _role(role, around)
    yield from _sends(process, part, around)
    if isinstance(activity, UserTask | StartElement):
        yield from _form_facts(process, part, activity, around)
    if (declared.notify or declared.notify_offices) and isinstance(activity, (*_GATEWAYS, StartElement, ProcessRoot)):
        yield "的属性 notify 只能声明在任务、子流程和结束、边界、中间事件上"


def _stands(task: UserTask, term: FormulaTerm, around: View) -> Iterator[str]:
    """It sees what was filled in at the task before, and nothing else."""
    forms = around.forms(task.form.id.value) if task.form is not None and isinstance(task.form.id, LiteralTerm) else ()
    fields = {name for form in forms for name in form.fields}
    for name in sorted(sources.names(term) - {*RESERVED, *fields}) if forms else ():
        yield f"的属性 stands 用到“{name}”,它只看得见这个任务上次填写的内容,表单没有这一项,{_cure(name, sorted(fields))}"


def _phase(part: Part, phase: str, around: View) -> Iterator[str]:
    activity = part.activity
    if part.activity is not part.element or not isinstance(activity, SubProcess | StartElement | EndEvent | JobTask) or _no_end(activity):
        yield "的属性 phase 只能声明在子流程(不是多实例)、开始事件和结束事件上"
    if around.phases is not None and phase not in around.phases:
        yield f"的属性 phase 写了“{phase}”,不在 districts/phases.toml 中,{_cure(phase, around.phases)}"


def _no_end(activity: Element) -> bool:
    return isinstance(activity, JobTask) and activity.element_type != "endEvent"


def _register(activity: Element, kind: str, around: View) -> Iterator[str]:
    if isinstance(activity, (*_GATEWAYS, ProcessRoot)):
        yield "的属性 record 只能声明在任务、子流程和事件上"
    forms = next((found for name in forms_of(kind) if name != LEDGER and (found := around.forms(name))), ())
    if not forms and (around.stock.complete or kind == OVERDUE):
        known = [form.removeprefix(REGISTERS) for form in around.ids("form") if form.startswith(REGISTERS) and form != LEDGER]
        yield f"的属性 record 写了“{kind}”,没有登记簿 forms/records/{kind}.json,{_cure(kind, known)}"
    for form in forms:
        yield from _formulas(form)


def _reading(reading: Reading, around: View) -> Iterator[str]:
    """A register that there is, and fields that its rows have."""
    used = (*(field for field, _ in reading.where), *([reading.field] if reading.field else []))
    if f"{REGISTERS}{reading.kind}" == LEDGER:
        if around.stock.complete and not around.decisions(VISIBILITY):
            yield f"的属性 reads 读别的项目的台账,但没有决策表 {VISIBILITY} 写明可以看到哪些字段"
        for schema in schemas(around):
            for field in used:
                if field not in schema.fields and field not in OF_ROW:
                    yield f"的属性 reads 用到台账的“{field}”,台账没有这个字段,{_cure(field, schema.fields)}"
        return
    forms = next((found for name in forms_of(reading.kind) if (found := around.forms(name))), ())
    if not forms and reading.kind != OVERDUE and around.stock.complete:
        known = [form.removeprefix(REGISTERS) for form in around.ids("form") if form.startswith(REGISTERS) and form != LEDGER]
        yield f"的属性 reads 要读“{reading.kind}”,没有登记簿 forms/records/{reading.kind}.json,{_cure(reading.kind, known)}"
    fields = {name for form in forms for name in form.fields} | set(OF_ROW)
    for field in used:
        if forms and field not in fields:
            yield f"的属性 reads 用到登记簿“{reading.kind}”的“{field}”,它没有这一项,{_cure(field, sorted(fields))}"


def _formulas(form: Form) -> Iterator[str]:
    for name, schema in form.fields.items():
        if X_VALUE in schema:
            try:
                formula(str(schema[X_VALUE]))
            except feel.FeelError as error:
                yield f"要登记“{form.title}”,它的字段“{name}”的 {X_VALUE} 不是正确的 FEEL:{error.message}"
        if X_NUMBER in schema and not series(schema[X_NUMBER])[0].strip():
            yield f"要登记“{form.title}”,它的字段“{name}”的 {X_NUMBER} 没有写明编号的系列"


def _set(process: ProcessDefinition, part: Part, setting: FactSetting, around: View) -> Iterator[str]:
    """The same right as in the act, for every district that uses the diagram."""
    if _in_loop(process, part):
        yield f"的属性 set 写“{setting.field}”:多实例里面不能写台账,请在多实例之后的元素上声明"
    said = set()
    for schema in schemas(around):
        field = schema.fields.get(setting.field)
        if field is None:
            problem = f"台账没有这个字段,{_cure(setting.field, schema.fields)}"
        else:
            problem = _refused(process, part.activity, setting, field) or _typed(process, part, setting, field, around)
        if problem and problem not in said:
            said.add(problem)
            yield f"的属性 set 写“{setting.field}”:{problem}"


def _refused(process: ProcessDefinition, element: Element, setting: FactSetting, field: LedgerField) -> str:
    source = sources.source_of(process, element, setting, field)
    return may_set(field, Right(kind=RightKind.SET, source=source), role=None, task=None, entered=(), main_line=()) or ""


def _typed(process: ProcessDefinition, part: Part, setting: FactSetting, field: LedgerField, around: View) -> str:
    """What people fill in, or outside workers answer, that decides a fact without owning it."""
    source = sources.source_of(process, part.activity, setting, field)
    if source is None or source.kind not in ("decision", "message"):
        return ""
    by_message = source.kind == "message"
    given = origins.of_message(part, setting, around) if by_message else origins.of_setting(process, part, setting, source, around)
    found = origins.unowned(given, field, source)
    if not found:
        return ""
    whence = f"它来自消息“{source.of}”,而消息带来的" if by_message else f"它来自决策“{source.of}”,而决策要用的"
    places = sorted({origin.place for origin in found})
    told = "、".join(f"{origin.place} 的“{origin.title}”({origin.name})" for origin in found[:_TOLD]) + ("等" if len(found) > _TOLD else "")
    if any(origin.kind is origins.Kind.WORKER for origin in found):
        return f"{whence} {told},由外部程序给出,不能由它决定台账;请先由所有者的任务确认"
    wanted = json.dumps({source.kind: source.of, "from": [*source.inputs, *places]}, ensure_ascii=False)
    if any(origin.kind is origins.Kind.UNCLEAR for origin in found):
        why = "由谁给出说不准:没有表单,或者表单、决策、被调用的流程由表达式决定"
        return f"{whence} {told},{why}。请写定;确应由它们决定的,请在台账的 x-source 里写明:{wanted}"
    return f"{whence} {told},由人填写,办理人不是这个字段的所有者;确应由这些任务决定的,请在台账的 x-source 里写明:{wanted}"


def _sends(process: ProcessDefinition, part: Part, around: View) -> Iterator[str]:
    """A message that becomes a fact is sent by the elements alone that the field's source names."""
    place = f"{process.process_id}.{part.id}"
    for name in sorted(sent_by(part.activity)):
        fields: dict[str, LedgerField] = {}
        for schema in schemas(around):
            sources = [(field, source) for field in schema.fields.values() for source in field.sources]
            fields |= {
                one.name: one for one, source in sources if (source.kind, source.of) == ("message", name) and place not in source.inputs
            }
        if fields:
            told = "、".join(f"“{field.title}”({field.name})" for field in list(fields.values())[:_TOLD]) + (
                "等" if len(fields) > _TOLD else ""
            )
            yield (
                f"发出消息“{name}”,它写入台账的{told},而这些字段的 x-source 没有写明可以由 {place} 发出;请换一个消息名,"
                f'确应由它发出的,请在 x-source 里写上:{{"message": "{name}", "from": ["{place}"]}}'
            )


def _form_facts(process: ProcessDefinition, part: Part, task: UserTask | StartElement, around: View) -> Iterator[str]:
    """The fields that the task, or the start, makes facts: each is owned by whoever may do it."""
    if task.form is None or not isinstance(task.form.id, LiteralTerm):
        return
    for form in around.forms(task.form.id.value):
        if form.ledger_fields and _in_loop(process, part):
            yield f"的表单“{form.id}”写台账(x-ledger):多实例的任务不能写,请在多实例之后另设任务"
        for name in form.ledger_fields:
            for problem in dict.fromkeys(_of_field(process, task, form, name, around=around)):
                yield f"的表单“{form.id}”写台账的“{name}”(x-ledger):{problem}"


def _of_field(process: ProcessDefinition, task: UserTask | StartElement, form: Form, name: str, *, around: View) -> Iterator[str]:
    owner = f"{process.process_id}.{task.bpmn_id}"
    for schema in schemas(around):
        field = schema.fields.get(name)
        if field is None:
            yield f"台账没有这个字段,{_cure(name, schema.fields)}"
            continue
        if not form_facts.fits(form.fields[name], field):
            yield f"表单里的类型与台账的不同,台账是 {field.schema.get('type')}{_kind(field)},请改成一样"
        roles = [None] if owner in field.owners else origins.roles_of(task) if isinstance(task, UserTask) else _beginners(process, around)
        if roles is None:
            yield f"候选组不是写定的角色,不能确定都是所有者 {'、'.join(field.owners)};请写定角色,或在 x-owner 里写任务 {owner}"
        for role in roles or ():
            why = may_set(field, Right(kind=RightKind.FORM), role=role, task=owner, entered=(), main_line=())
            if why is not None:
                yield why


def _beginners(process: ProcessDefinition, around: View) -> list[str | None]:
    """The roles that begin a process by hand, in the districts around; None for anybody who is concerned, who owns nothing by that."""
    found = (
        around.stock.districts[tenant].processes.get(process.process_id) for tenant in around.tenants if tenant in around.stock.districts
    )
    roles = [info.start_role for info in found if info is not None and info.start_role is not None]
    return [None if role == ANYBODY else role for role in roles]


def _kind(field: LedgerField) -> str:
    return f"({field.schema['x-format']})" if "x-format" in field.schema else ""


def _in_loop(process: ProcessDefinition, part: Part) -> bool:
    if isinstance(part.element, MultiInstanceBody):
        return True
    at = part.parent
    while at in process.elements:
        if process.elements[at].multi_instance:
            return True
        at = process.elements[at].parent
    return False


def schemas(around: View) -> list[LedgerSchema]:
    """The ledger's fields as each district around has them; what is wrong with the files themselves is told there. Without a file nothing is judged."""
    return around.kept(_read)


def _read(around: View) -> list[LedgerSchema]:
    found = []
    tenants = [tenant for tenant in around.tenants if tenant != SHARED] or [SHARED]
    for tenant in tenants:
        base, own = (_form(around, owner) for owner in (SHARED, tenant))
        if base is None:
            if around.stock.complete:
                found.append(LedgerSchema())
            continue
        try:
            found.append(LedgerSchema.of(base, own if tenant != SHARED else None))
        except FactsError:
            continue
    return found


def _form(around: View, owner: str) -> Form | None:
    load: Callable[[], object] = around.stock.models.get((owner, "form", LEDGER), partial(_nothing))
    found = load()
    return found if isinstance(found, Form) else None


def _nothing() -> None:
    return None


def _role(role: str, around: View) -> Iterator[str]:
    if around.roles is not None and role not in around.roles:
        yield f"的属性 notify 写了“{role}”,没有这个角色,{separators.full_width(role) or _cure(role, (*around.roles, APPLICANT))}"


def _cure(name: str, known: Collection[str]) -> str:
    hint = near(name, known)
    return f"是不是 {hint}?" if hint else f"可用:{'、'.join(list(known)[:20]) or '(无)'}"
