"""What an element declares against what there is: phases, registers, ledger fields with their sources, roles. What would stop a case, or never be, is refused."""

from collections.abc import Callable, Collection, Iterator
from functools import partial

from app.connectors.calls import OVERDUE, REGISTERS, forms_of
from app.decision import feel
from app.decision.near import near
from app.domain.districts import SHARED
from app.domain.facts import LEDGER, FactsError, LedgerField, LedgerSchema, Right, RightKind, may_set
from app.domain.forms import Form
from app.engine import ProcessDefinition, sources
from app.engine.declarations import Setting
from app.engine.effecting import X_NUMBER, X_VALUE, series
from app.engine.elements.base import Element, ProcessRoot, StartElement
from app.engine.elements.events import EndEvent
from app.engine.elements.gateways import EventBasedGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import SubProcess
from app.engine.elements.tasks import JobTask
from app.engine.expressions import formula
from app.rehearsal.inventory import Part
from app.rehearsal.surroundings import View

_GATEWAYS = (ExclusiveGateway, InclusiveGateway, ParallelGateway, EventBasedGateway)
APPLICANT = "applicant"


def check(process: ProcessDefinition, part: Part, around: View) -> Iterator[str]:
    """What is wrong with an element's declarations, in words that go on from its place."""
    activity, declared = part.activity, part.activity.declarations
    if declared.phase:
        yield from _phase(part, declared.phase, around)
    if declared.record:
        yield from _register(activity, declared.record, around)
    for setting in declared.sets:
        yield from _set(process, part, setting, around)
    for role in declared.notify:
        yield from _role(role, around)
    if declared.notify and isinstance(activity, (*_GATEWAYS, StartElement, ProcessRoot)):
        yield "的属性 notify 只能声明在任务、子流程和结束、边界、中间事件上"


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


def _formulas(form: Form) -> Iterator[str]:
    for name, schema in form.fields.items():
        if X_VALUE in schema:
            try:
                formula(str(schema[X_VALUE]))
            except feel.FeelError as error:
                yield f"要登记“{form.title}”,它的字段“{name}”的 {X_VALUE} 不是正确的 FEEL:{error.message}"
        if X_NUMBER in schema and not series(schema[X_NUMBER])[0].strip():
            yield f"要登记“{form.title}”,它的字段“{name}”的 {X_NUMBER} 没有写明编号的系列"


def _set(process: ProcessDefinition, part: Part, setting: Setting, around: View) -> Iterator[str]:
    """The same right as in the act, for every district that uses the diagram."""
    if _in_loop(process, part):
        yield f"的属性 set 写“{setting.field}”:多实例里面不能写台账,请在多实例之后的元素上声明"
    said = set()
    for schema in _schemas(around):
        field = schema.fields.get(setting.field)
        if field is None:
            problem = f"台账没有这个字段,{_cure(setting.field, schema.fields)}"
        else:
            problem = _refused(process, part.activity, setting, field)
        if problem and problem not in said:
            said.add(problem)
            yield f"的属性 set 写“{setting.field}”:{problem}"


def _refused(process: ProcessDefinition, element: Element, setting: Setting, field: LedgerField) -> str:
    source = sources.source_of(process, element, setting, field)
    return may_set(field, Right(kind=RightKind.SET, source=source), role=None, task=None, entered=(), main_line=()) or ""


def _in_loop(process: ProcessDefinition, part: Part) -> bool:
    if isinstance(part.element, MultiInstanceBody):
        return True
    at = part.parent
    while at in process.elements:
        if process.elements[at].multi_instance:
            return True
        at = process.elements[at].parent
    return False


def _schemas(around: View) -> list[LedgerSchema]:
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
        yield f"的属性 notify 写了“{role}”,没有这个角色,{_cure(role, (*around.roles, APPLICANT))}"


def _cure(name: str, known: Collection[str]) -> str:
    hint = near(name, known)
    return f"是不是 {hint}?" if hint else f"可用:{'、'.join(list(known)[:20]) or '(无)'}"
