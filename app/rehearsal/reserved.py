"""The names that expressions keep for the ledger's row and the district's parameters, and what only a tree can say (modelling.md §2).

In a process that declares an effect nothing else may be called so. The decision ``parameters`` is a constant, and no decision asks a tree.
"""

from collections.abc import Iterator

from app.codes import Code
from app.decision import dmn
from app.decision.dmn.model import Decision
from app.decision.dmn.reading import read_by
from app.decision.feel.syntax import Call, Literal, Name
from app.domain.declared import RESERVED
from app.domain.forms import Form
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.tasks import BusinessRuleTask, ScriptTask
from app.engine.expressions import Term
from app.engine.functions import APPROVED, APPROVED_VALUE, COMPLETED_AT, OF_TREE, OFFICES_OF
from app.engine.ledger import PARAMETERS
from app.rehearsal.codes import FindingCode
from app.rehearsal.inventory import Part, argument, calls, first

_FIRST = {OFFICES_OF: "role", COMPLETED_AT: "element", APPROVED: "task", APPROVED_VALUE: "task"}
NO_CONSTANT = frozenset({"now", "today", "deadline", "remindAt", OFFICES_OF})  # what another moment answers in another way


def taken(part: Part, forms: list[Form]) -> Iterator[str]:
    """What an element calls by a reserved name, in words. ``forms``: those that it may show."""
    activity = part.activity
    for mapping in activity.input_mappings:
        yield from _said("输入映射的目标", first(mapping))
    for mapping in activity.output_mappings:
        yield from _said("输出映射的目标", first(mapping))
    if isinstance(activity, BusinessRuleTask):
        yield from _said("结果变量", activity.called.result_variable)
    if isinstance(activity, ScriptTask):
        yield from _said("结果变量", activity.result_variable)
    if isinstance(part.element, MultiInstanceBody):
        loop = part.element.loop
        for name in (loop.input_element, loop.output_collection):
            yield from _said("多实例的变量", name or "")
    for form in forms:
        for name in form.fields:
            yield from _said(f"表单“{form.id}”的字段", name)


def _said(what: str, name: str) -> Iterator[str]:
    if name in RESERVED:
        yield f"的{what}叫“{name}”,它在表达式里是{'台账' if name == RESERVED[0] else '参数'}的名称,请改名"


def asked(term: Term, function: str) -> Iterator[str | None]:
    """The literal text that each call of a one-argument function is given; None where it is none."""
    for call in calls(term):
        if isinstance(call, Call) and isinstance(call.function, Name) and call.function.name == function and not call.function.local:
            given = argument(call, _FIRST[function], 0)
            yield given.value if isinstance(given, Literal) and isinstance(given.value, str) else None


def decisions(model: dmn.Model) -> Iterator[tuple[str, Code, str]]:
    """(decision, code, what is wrong) of a decision file."""
    for decision in model.decisions.values():
        for name in sorted(OF_TREE & {call for formula in decision.formulas for call in formula.calls}):
            text = f"决策里不能用 {name}():只有流程知道它。请在流程图里求出,作为输入传给决策"
            yield decision.id, FindingCode.TREE_FUNCTION, text
    if PARAMETERS in model.decisions:
        yield from ((PARAMETERS, FindingCode.PARAMETERS, text) for text in _no_constant(model))


def _no_constant(model: dmn.Model) -> Iterator[str]:
    named = read_by(model, PARAMETERS)
    for name in sorted(named - set(RESERVED)):
        yield f"决策“{PARAMETERS}”是本区的常数,不能有输入,这里用到“{name}”。请改为写定的值,或放到另一个决策里"
    for name in sorted(named & set(RESERVED)):
        yield f"决策“{PARAMETERS}”是本区的常数,不能用“{name}”。请放到另一个决策里"
    for name in sorted(NO_CONSTANT & {call for decision in _reached(model) for formula in decision.formulas for call in formula.calls}):
        yield f"决策“{PARAMETERS}”是本区的常数,不能用 {name}():它的值随时间或单位改变。请在用到的地方再计算"


def _reached(model: dmn.Model) -> Iterator[Decision]:
    """The decision of the parameters and those of its file that it requires."""
    pending, seen = [PARAMETERS], set[str]()
    while pending:
        found = model.find(pending.pop())
        if isinstance(found, Decision) and found.id not in seen:
            seen.add(found.id)
            yield found
            pending += [reference.id for reference in found.information if reference.namespace is None]
