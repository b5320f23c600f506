"""Where the inputs of a decision arise that a declared ``set`` writes into the ledger, followed by names: forms, other decisions, loops, calls, messages.

A decision's answer becomes a fact, so whoever gives its inputs decides the fact. They may be the ledger's, parameters, dates, rows of registers and approvals; what
people fill in only where they own the field, or where the field's source names the task (``from``). Source: modelling.md §3 (b).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.connectors import CONNECTORS
from app.decision.dmn.reading import read_by
from app.decision.feel.syntax import ContextLiteral
from app.domain.declared import RESERVED
from app.domain.fact_sources import FactSource
from app.domain.facts import LedgerField
from app.engine import ProcessDefinition
from app.engine.declarations import FactSetting
from app.engine.elements.base import Element, Trigger
from app.engine.elements.events import ThrowEvent
from app.engine.elements.mappings import Mapping
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity, SubProcess
from app.engine.elements.tasks import MESSAGE_NAME, MESSAGE_REF, BusinessRuleTask, JobTask, ScriptTask, UserTask
from app.engine.expressions import LiteralTerm, Term
from app.engine.sources import names as read_names
from app.rehearsal.inventory import Part, first, job_type, texts, tree
from app.rehearsal.surroundings import View
from app.rehearsal.variables import free
from app.rehearsal.writers import Writers


@dataclass(frozen=True, slots=True)
class Origin:
    """A value that comes from outside the system: the field ``name`` of a task's or start's form, or what an outside worker answers (``task`` None).

    ``place``: ``process.element``.
    """

    place: str
    name: str
    title: str
    task: UserTask | None = None
    worker: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """A name as it is read at an element; at the process itself where ``at`` is empty."""

    process: ProcessDefinition
    at: str
    name: str

    @property
    def key(self) -> tuple[int, str, str]:
        return id(self.process), self.at, self.name


def of_setting(process: ProcessDefinition, part: Part, setting: FactSetting, source: FactSource, around: View) -> list[Origin]:
    """What the decision that a ``set`` takes its value of is given from outside, each value once, in the order in which it is found."""
    origins = around.kept(_Origins)
    bases = read_names(setting.value)
    asked = [
        one
        for other in origins.writers.parts(process)
        if isinstance(other.activity, BusinessRuleTask)
        and source.of in texts(other.activity.called.id)
        and bases & _written_by(other.activity)
        for one in origins.of_decision(process, other)
    ]
    return origins.follow(asked)


def unowned(found: Iterable[Origin], field: LedgerField, source: FactSource) -> list[Origin]:
    """Those that neither the field's source names nor an owner of the field fills in."""
    owners = set(field.owners)
    return [origin for origin in found if origin.place not in {*source.inputs, *owners} and not _is_owners(origin.task, owners)]


def _is_owners(task: UserTask | None, owners: set[str]) -> bool:
    """Whether every static candidate role of a task owns, and nobody else may do it."""
    term = task.assignment.candidate_groups if task is not None else None
    if task is None or term is None or task.assignment.assignee is not None or task.assignment.candidate_users is not None:
        return False
    roles = {role.strip() for text in texts(term) for role in text.split(",") if role.strip()}
    return bool(roles) and roles <= owners


def _written_by(task: BusinessRuleTask) -> set[str]:
    return {first(mapping) for mapping in task.output_mappings} if task.output_mappings else {task.called.result_variable}


class _Origins:
    """Kept by the view: the same writers answer for every diagram around."""

    def __init__(self, around: View) -> None:
        self.around = around
        self.writers = around.kept(Writers)

    def follow(self, asked: Iterable[_Asked]) -> list[Origin]:
        pending, seen = list(asked), set()
        found: dict[Origin, None] = {}
        while pending:
            one = pending.pop()
            if one.key in seen or one.name in RESERVED:
                continue
            seen.add(one.key)
            for answer in self._answers(one):
                if isinstance(answer, Origin):
                    found[answer] = None
                else:
                    pending.append(answer)
        return list(found)

    def of_decision(self, process: ProcessDefinition, part: Part) -> Iterator[_Asked]:
        """What the decision that an element calls asks for there."""
        task = part.activity
        if isinstance(task, BusinessRuleTask):
            for decision in texts(task.called.id):
                for model in self.around.decisions(decision):
                    yield from (_Asked(process, part.id, name) for name in sorted(read_by(model, decision)))

    # ------------------------------------------------------------------ who writes a name

    def _answers(self, asked: _Asked) -> Iterator[Origin | _Asked]:
        """The nearest scope that has the name answers; else whatever in the process writes it."""
        written = self.writers.written(asked.process)
        parts = {part.id: part for part in self.writers.parts(asked.process)}
        at = asked.at
        while at:
            part, above = parts.get(at), written.parents.get(at, "")
            local = list(self._local(asked, part, above)) if part is not None else None
            if local is not None and part is not None and asked.name in self._names_here(part):
                yield from local
                return
            at = above
        around = set(self._loops(asked.process, asked.at, parts, written.parents))
        for part in parts.values():
            loops = set(self._loops(asked.process, part.id, parts, written.parents))
            yield from self._of_part(asked.process, part, asked.name, inside=loops <= around)
        yield from self._given(asked)

    def _names_here(self, part: Part) -> set[str]:
        names = {first(mapping) for mapping in part.activity.input_mappings}
        names |= {reading.name for reading in part.activity.declarations.reads}
        if isinstance(part.element, MultiInstanceBody):
            loop = part.element.loop
            names |= {name for name in (loop.input_element, "loopCounter") if name}
        return names

    def _local(self, asked: _Asked, part: Part, above: str) -> Iterator[_Asked]:
        """What an element's own inputs are made of; rows of registers and counters come from nobody."""
        before: set[str] = set()
        for mapping in part.activity.input_mappings:
            if first(mapping) == asked.name:
                yield from (self._seen(asked.process, part.id if name in before else above, name) for name in free(mapping.source))
            before.add(first(mapping))
        if isinstance(part.element, MultiInstanceBody) and part.element.loop.input_element == asked.name:
            yield from (self._seen(asked.process, above, name) for name in free(part.element.loop.input_collection))

    def _seen(self, process: ProcessDefinition, at: str, name: str) -> _Asked:
        return _Asked(process, at, name)

    def _loops(self, process: ProcessDefinition, at: str, parts: "dict[str, Part]", parents: "dict[str, str]") -> Iterator[str]:
        """The loops around an element, itself included: what is inside one is nobody's outside, but for the collection."""
        while at:
            part = parts.get(at)
            if part is not None and part.is_loop:
                yield at
            at = parents.get(at, "")

    def _of_part(self, process: ProcessDefinition, part: Part, name: str, *, inside: bool) -> Iterator[Origin | _Asked]:
        element, activity = part.element, part.activity
        if isinstance(element, MultiInstanceBody) and element.loop.output_collection == name and element.loop.output_element is not None:
            yield from self._results(process, part, free(element.loop.output_element))
        if not inside:
            return
        if activity.output_mappings:
            for mapping in activity.output_mappings:
                if first(mapping) == name:
                    yield from self._results(process, part, free(mapping.source))
        else:
            yield from self._result(process, part, name)

    def _results(self, process: ProcessDefinition, part: Part, names: Iterable[str]) -> Iterator[Origin | _Asked]:
        """Names that an element's outputs are made of: what it brings itself, else what it sees."""
        for name in names:
            brought = list(self._result(process, part, name))
            yield from brought
            if not brought and not self._brings(part, name):
                yield _Asked(process, part.id, name)

    def _brings(self, part: Part, name: str) -> bool:
        """Whether a name is an element's own result though nobody outside gives it: a fact that it shows, a connector's answer."""
        return name in self.writers.results(part).names

    def _result(self, process: ProcessDefinition, part: Part, name: str) -> Iterator[Origin | _Asked]:
        """What an element brings under a name, before its mappings."""
        activity = part.activity
        trigger = getattr(activity, "trigger", None)
        if isinstance(activity, UserTask):
            yield from self._typed(
                f"{process.process_id}.{part.id}", activity.form.id if activity.form is not None else None, name, activity
            )
        elif isinstance(activity, BusinessRuleTask):
            if name == activity.called.result_variable:
                yield from self.of_decision(process, part)
        elif isinstance(activity, ScriptTask):
            if name == activity.result_variable:
                yield from (_Asked(process, part.id, inner) for inner in free(activity.script))
        elif isinstance(activity, CallActivity):
            for called in self._called(activity):
                if activity.output_mappings or (activity.called.all_child_variables and name in self.writers.written(called).process.names):
                    yield _Asked(called, "", name)
        elif isinstance(activity, JobTask):
            kind = job_type(part)
            if kind not in CONNECTORS and activity.output_mappings:
                yield Origin(f"{process.process_id}.{part.id}", name, activity.bpmn_name or part.id, worker=True)
        elif isinstance(activity, SubProcess):
            if activity.output_mappings:
                yield _Asked(process, "", name)
        elif isinstance(trigger, Trigger) and not isinstance(activity, ThrowEvent):
            yield from self._sent(trigger, name)

    def _typed(self, place: str, form: Term | None, name: str, task: UserTask | None) -> Iterator[Origin]:
        """A field that people fill in under a name of the process: not what the form only shows, nor what it makes a fact."""
        if not isinstance(form, LiteralTerm):
            return
        for found in self.around.forms(form.value):
            if name in found.fields and name not in found.shown_fields and name not in found.ledger_fields:
                yield Origin(place, name, str(found.fields[name].get("title", name)), task)

    def _called(self, task: CallActivity) -> Iterator[ProcessDefinition]:
        for process in texts(task.called.id):
            yield from self.around.processes(process)

    def _sent(self, trigger: Trigger, name: str) -> Iterator[_Asked]:
        """What our own diagrams send with a message or signal under a name; from outside none of theirs is taken."""
        if trigger.kind not in ("message", "signal") or not isinstance(trigger.name, LiteralTerm):
            return
        for process in self.around.all_processes():
            for part in self.writers.parts(process):
                for mapping, inner in _payload(part.activity, trigger.kind, trigger.name.value):
                    if inner == name:
                        yield from (_Asked(process, self.writers.written(process).parents.get(part.id, ""), one) for one in free(mapping))

    def _given(self, asked: _Asked) -> Iterator[Origin | _Asked]:
        """What a process begins with: the start form, and what those send who call it."""
        start = asked.process.start_form
        if start is not None and start.form is not None:
            place = f"{asked.process.process_id}.{start.element_id}"
            yield from self._typed(place, LiteralTerm(start.form), asked.name, None)
        for caller in self.around.all_processes():
            for part in self.writers.parts(caller):
                task = part.activity
                if isinstance(task, CallActivity) and asked.process.process_id in texts(task.called.id):
                    mapped = [mapping for mapping in task.input_mappings if first(mapping) == asked.name]
                    above = self.writers.written(caller).parents.get(part.id, "")
                    yield from (_Asked(caller, above, name) for mapping in mapped for name in free(mapping.source))
                    if not mapped and task.called.all_parent_variables:
                        yield _Asked(caller, part.id, asked.name)


def _payload(activity: Element, kind: str, name: str) -> Iterator[tuple[Term, str]]:
    """(expression, name) of everything that an element sends with a message or signal of a name."""
    if kind == "signal":
        thrown = isinstance(activity, ThrowEvent) and activity.trigger.kind == "signal" and activity.trigger.name == LiteralTerm(name)
        yield from ((mapping.source, first(mapping)) for mapping in (activity.input_mappings if thrown else ()))
        return
    if not isinstance(activity, JobTask):
        return
    if activity.headers.get(MESSAGE_REF) == name:
        yield from ((mapping.source, first(mapping)) for mapping in activity.input_mappings)
    elif activity.headers.get(MESSAGE_NAME) == name:
        for mapping in activity.input_mappings:
            yield from _of_variables(mapping)


def _of_variables(mapping: Mapping) -> Iterator[tuple[Term, str]]:
    """A published context, whole or entry by entry; of a whole one every entry counts as made of all that the context reads."""
    if mapping.target == "variables":
        root = tree(mapping.source)
        if isinstance(root, ContextLiteral):
            yield from ((mapping.source, key) for key, _ in root.entries)
    elif mapping.target.startswith("variables."):
        yield mapping.source, mapping.target.split(".")[1]
