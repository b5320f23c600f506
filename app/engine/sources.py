"""By what right a declared ``set`` writes a ledger field: what its value comes from, told by the diagram alone.

The same answer is given at deployment and in the act; in the act also whether the value is really what the source has given. Source: modelling.md §3 (b).
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from app.decision.feel.syntax import Call, Literal, Name, Node, Path, names_read, walk
from app.domain import fact_values
from app.domain.fact_sources import FactSource
from app.domain.facts import LedgerField
from app.engine.declarations import FactSetting
from app.engine.elements.base import Element, EventElement
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.tasks import BusinessRuleTask, JobTask
from app.engine.expressions import FormulaTerm, LiteralTerm, Term

if TYPE_CHECKING:
    from app.engine.definitions import ProcessDefinition

_APPROVALS = ("approved", "approvedValue")


def source_of(process: "ProcessDefinition", element: Element, setting: FactSetting, field: LedgerField) -> FactSource | None:
    """Which of the field's sources the value comes from; None if it is none of them."""
    found = set(_sources(process, element, setting.value))
    return next((source for source in field.sources if (source.kind, source.of) in found), None)


def _sources(process: "ProcessDefinition", element: Element, value: FormulaTerm) -> Iterator[tuple[str, str]]:
    read = names(value)
    if not read and not list(_calls(value)):
        yield "path", f"{process.process_id}.{element.bpmn_id}"
    if (base := _base(value.expression.tree.root)) is not None:
        yield from (("decision", decision) for decision in process.results.get(base, ()))
    if read and isinstance(element, EventElement) and element.trigger.kind == "message":
        yield from (("message", name) for name in _plain(element.trigger.name))
    yield from _approvals(value.expression.tree.root)
    kinds = {reading.kind for reading in element.declarations.reads if reading.name in read}
    if read and len(kinds) == 1 and read <= {reading.name for reading in element.declarations.reads}:
        yield from (("record", kind) for kind in kinds)
    if read and isinstance(element, JobTask):
        yield from (("job", name) for name in _plain(element.job.type))


def names(value: FormulaTerm) -> frozenset[str]:
    """The variables that an expression reads, those too that are called as a function is."""
    return names_read(value.expression.tree.root)


def brings(element: Element) -> bool:
    """Whether the element's own result may be a source, so that what came with it has to be known."""
    return isinstance(element, JobTask) or (isinstance(element, EventElement) and element.trigger.kind == "message")


def results(elements: Mapping[str, Element]) -> dict[str, frozenset[str]]:
    """Variable → the decisions whose result, or a part of it, it is given by the business rule tasks of a process."""
    found: dict[str, set[str]] = {}
    for element in elements.values():
        task = element.activity if isinstance(element, MultiInstanceBody) else element
        if isinstance(task, BusinessRuleTask):
            given = [task.called.result_variable] if not task.output_mappings else []
            given += [
                mapping.target
                for mapping in task.output_mappings
                if isinstance(mapping.source, FormulaTerm) and _base(mapping.source.expression.tree.root) == task.called.result_variable
            ]
            for variable in given:
                found.setdefault(variable, set()).update(_plain(task.called.id))
    return {variable: frozenset(decisions) for variable, decisions in found.items()}


def is_part(value: Any, whole: Any, field: LedgerField) -> bool:
    """Whether a value is a result or some part of it. Raises ValueRefused."""
    wanted = fact_values.normal(field.schema, value)
    pending = [whole]
    while pending:
        part = pending.pop()
        if _same(field, part, wanted):
            return True
        if isinstance(part, Mapping):
            pending += part.values()
        elif isinstance(part, list):
            pending += part
    return False


def _same(field: LedgerField, part: Any, wanted: Any) -> bool:
    try:
        return bool(fact_values.normal(field.schema, part) == wanted)
    except fact_values.ValueRefused:
        return False


def _base(node: Node) -> str | None:
    """The variable that an expression takes, whole or a part of: ``route`` of ``route.kind``."""
    while isinstance(node, Path):
        node = node.base
    return node.name if isinstance(node, Name) and not node.local else None


def _approvals(node: Node) -> Iterator[tuple[str, str]]:
    """An approved value, or whether it is approved, is of the task that the text names, if that is all that is said."""
    if not isinstance(node, Call) or not isinstance(node.function, Name) or node.function.name not in _APPROVALS or node.names is not None:
        return
    given = [part.value for part in node.arguments if isinstance(part, Literal) and isinstance(part.value, str)]
    if given and len(given) == len(node.arguments):
        yield "approval", given[0]


def _calls(value: FormulaTerm) -> Iterator[Call]:
    return (node for node in walk(value.expression.tree.root) if isinstance(node, Call))


def _plain(term: Term | None) -> tuple[str, ...]:
    return (term.value,) if isinstance(term, LiteralTerm) and term.value else ()
