"""What a case that enters a diagram in the middle has not got: values and approvals that elements behind its positions would have given, and that are asked ahead.

For the preview of a migration. It follows the flows from the positions, no further than to the first element that gives a value, and tells of what a case from
the start could not have come to without that value. Whether a condition is ever true it does not know, so that it tells what to look at, and refuses nothing.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from app.decision import dmn
from app.decision.feel.syntax import Name
from app.domain.forms import Form
from app.engine import ProcessDefinition
from app.engine.elements.base import BoundaryElement, Element
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import EventSubProcess, SubProcess
from app.engine.elements.tasks import BusinessRuleTask, ScriptTask, UserTask
from app.engine.expressions import PROJECT_NAME, LiteralTerm, Term
from app.engine.functions import APPROVED, APPROVED_VALUE
from app.rehearsal.inventory import Part, argument, calls, expressions, fields_read, first, loop_names, parts, texts, texts_of
from app.rehearsal.variables import free

APPROVALS = (APPROVED, APPROVED_VALUE)


@dataclass(frozen=True, slots=True)
class Unprepared:
    """``reader`` asks for ``name`` (of an approval: the task's), which only ``givers`` give, that the case does not pass any more."""

    name: str
    reader: Part
    givers: tuple[Part, ...]
    is_approval: bool = False

    @property
    def sentence(self) -> str:
        what = "的批准" if self.is_approval else ""
        givers = "、".join(giver.place for giver in self.givers)
        return (
            f"目标流程的{self.reader.place}要用“{self.name}”{what},只有{givers}给出它,而本实例不再经过;"
            f"可以让正在办理的事项从 {self.givers[0].id} 重新开始,或留在原版本办完"
        )


def unprepared(
    process: ProcessDefinition,
    positions: Collection[str],
    known: Collection[str],
    approved: Collection[str],
    fields: Callable[[str], Collection[str]],
) -> Iterator[Unprepared]:
    """``positions``: where tokens are; ``known``: variables that the case has; ``approved``: tasks (``process.task``) whose approval it has;
    ``fields``: of a form, by its id."""
    return _Diagram(process, fields).missing(positions, known, approved)


@dataclass(frozen=True, slots=True)
class FactsAhead:
    """Of a case that stands somewhere in a diagram. ``written``: ledger fields that something ahead writes; ``asked``: those that something ahead asks for, with the
    first that does; ``variables``: the names that are variables in the diagram, given or asked for by it."""

    written: frozenset[str]
    asked: Mapping[str, Part]
    variables: frozenset[str]


def facts_ahead(
    process: ProcessDefinition, positions: Collection[str], forms: Callable[[str], Form | None], tables: Callable[[str], dmn.Model | None]
) -> FactsAhead:
    """``forms``, ``tables``: a form, a decision's file by id; None where there is none."""

    def plain(form_id: str) -> Collection[str]:
        form = forms(form_id)
        return () if form is None else [name for name in form.fields if name not in (*form.ledger_fields, *form.shown_fields)]

    diagram = _Diagram(process, plain)
    start = process.start_form
    written, asked = set[str](), dict[str, Part]()
    for part in diagram.ahead(positions):
        written |= set(_facts_of(part, forms))
        for name in _facts_asked(part, tables):
            asked.setdefault(name, part)
    variables = {*diagram.givers, *(name for names in diagram.asked.values() for name in names)}
    if start is not None and start.form is not None:
        variables |= set(plain(start.form))
    return FactsAhead(frozenset(written), asked, frozenset(variables))


def facts_written(process: ProcessDefinition, forms: Callable[[str], Form | None]) -> set[str]:
    """The ledger fields that any element of a process writes."""
    return {name for part in parts(process) for name in _facts_of(part, forms)}


def _facts_of(part: Part, forms: Callable[[str], Form | None]) -> Iterator[str]:
    activity = part.activity
    yield from (setting.field for setting in activity.declarations.sets)
    form_id = activity.form.id if isinstance(activity, UserTask) and activity.form is not None else None
    if isinstance(form_id, LiteralTerm) and (form := forms(form_id.value)) is not None:
        yield from form.ledger_fields


def _facts_asked(part: Part, tables: Callable[[str], dmn.Model | None]) -> Iterator[str]:
    yield from (entry for said in expressions(part) for name, entry in fields_read(said.term) if name == PROJECT_NAME)
    if isinstance(part.activity, BusinessRuleTask):
        for decision in texts(part.activity.called.id):
            model = tables(decision)
            if model is not None:
                formulas = (formula for one in model.decisions.values() for formula in one.formulas)
                yield from (entry for formula in formulas for name, entry in sorted(formula.members) if name == PROJECT_NAME)


class _Diagram:
    def __init__(self, process: ProcessDefinition, fields: Callable[[str], Collection[str]]) -> None:
        self.process, self.fields = process, fields
        self.parts = {part.id: part for part in parts(process) if part.parent}
        self.starts = [start.bpmn_id for start in process.spec.start.starts]
        self.givers: dict[str, list[Part]] = {}
        for part in self.parts.values():
            for name in self._given(part):
                self.givers.setdefault(name, []).append(part)
        self.asked = {name: set(self._asked(part)) for name, part in self.parts.items()}

    def missing(self, positions: Collection[str], known: Collection[str], approved: Collection[str]) -> Iterator[Unprepared]:
        here = {*known, *(f"approved {task}" for task in approved)}
        for name, givers in self.givers.items():
            if name not in here:
                stops = {part.id for part in givers}
                usual = {part.id for part in self._ahead(self.starts, stops)}
                asking = (part for part in self._ahead(positions, stops) if name in self.asked[part.id] and part.id not in usual)
                reader = next(asking, None)
                if reader is not None:
                    said = name.removeprefix("approved ")
                    yield Unprepared(said, reader, tuple(givers), said != name)

    def ahead(self, positions: Collection[str]) -> Iterator[Part]:
        """Everything that can be passed from the positions on."""
        return self._ahead(positions, ())

    def _ahead(self, positions: Collection[str], stops: Collection[str]) -> Iterator[Part]:
        """What can be passed from the positions on without passing one of ``stops``."""
        pending, seen = [name for name in positions if name in self.parts], set[str]()
        while pending:
            name = pending.pop(0)
            if name in seen or name in stops:
                continue
            seen.add(name)
            part = self.parts[name]
            yield part
            pending.extend(self._next(part, stops, entered=name not in positions))

    def _next(self, part: Part, stops: Collection[str], *, entered: bool) -> Iterator[str]:
        activity = part.activity
        if isinstance(activity, SubProcess) and entered:
            yield from (start.bpmn_id for start in activity.inner_root.starts)
        elif not isinstance(activity, SubProcess):
            yield from (flow.target.bpmn_id for flow in part.element.outgoing)
        yield from (event.bpmn_id for event in part.element.boundaries)
        host = self.parts.get(part.parent)
        if host is not None and not part.element.outgoing and not isinstance(host.activity, EventSubProcess):
            if host.id not in stops:
                yield from (flow.target.bpmn_id for flow in host.element.outgoing)
            yield from (event.bpmn_id for event in host.element.boundaries)

    # ------------------------------------------------------------------ what an element gives and asks

    def _given(self, part: Part) -> Iterator[str]:
        activity = part.activity
        if part.is_loop and isinstance(part.element, MultiInstanceBody):
            if part.element.loop.output_collection:
                yield part.element.loop.output_collection
        elif activity.output_mappings:
            yield from {first(mapping) for mapping in activity.output_mappings}
        elif isinstance(activity, BusinessRuleTask):
            yield activity.called.result_variable
        elif isinstance(activity, ScriptTask):
            yield activity.result_variable
        elif isinstance(activity, UserTask) and activity.form is not None and isinstance(activity.form.id, LiteralTerm):
            yield from self.fields(activity.form.id.value)
        if activity.declarations.approves:
            yield f"approved {self.process.process_id}.{part.id}"

    def _asked(self, part: Part) -> Iterator[str]:
        own = self._own(part)
        for said in expressions(part):
            yield from (name for name in free(said.term) if name not in own and name not in (said.sees or ()))
            yield from (f"approved {task}" for task in _approvals(said.term))

    def _own(self, part: Part) -> set[str]:
        """What an element sees besides the variables of the case: its inputs, what it reads, its loop, its own result, and what the sub-processes around it see."""
        found: set[str] = set()
        inner = True
        while True:
            activity = part.activity
            found |= {first(mapping) for mapping in activity.input_mappings} | {reading.name for reading in activity.declarations.reads}
            if isinstance(part.element, MultiInstanceBody):
                found |= loop_names(part.element) - {part.element.loop.output_collection or ""}
            if inner:
                found |= set(self._results(activity))
            above = self.parts.get(part.element.host.bpmn_id if isinstance(part.element, BoundaryElement) else part.parent)
            if above is None:
                return found
            part, inner = above, False

    def _results(self, activity: Element) -> Iterator[str]:
        if isinstance(activity, BusinessRuleTask):
            yield activity.called.result_variable
        elif isinstance(activity, UserTask) and activity.form is not None and isinstance(activity.form.id, LiteralTerm):
            yield from self.fields(activity.form.id.value)


def _approvals(term: Term) -> Iterator[str]:
    for call in calls(term):
        if isinstance(call.function, Name) and call.function.name in APPROVALS and (given := argument(call, "task", 0)) is not None:
            yield from texts_of(given)
