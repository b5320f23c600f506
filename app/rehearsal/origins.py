"""Where the inputs of a decision arise that a declared ``set`` writes into the ledger, followed by names: forms, other decisions, loops, calls, messages.

A decision's answer becomes a fact, so whoever gives its inputs decides the fact, and whoever fills in what a message brings. They may be the ledger's, parameters,
dates, rows of registers and approvals; what people fill in only where they own the field, or where the field's source names the task (``from``).
Source: modelling.md §3 (b).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from app.connectors import CONNECTORS
from app.decision.dmn.reading import read_by
from app.domain.declared import RESERVED
from app.domain.fact_sources import FactSource
from app.domain.facts import LedgerField
from app.domain.forms import Form
from app.engine import ProcessDefinition
from app.engine.declarations import FactSetting
from app.engine.elements.base import Trigger
from app.engine.elements.events import ThrowEvent
from app.engine.elements.mappings import Mapping
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity
from app.engine.elements.tasks import BusinessRuleTask, JobTask, ScriptTask, UserTask
from app.engine.expressions import LiteralTerm, Term
from app.engine.sources import names as read_names
from app.rehearsal.inventory import Part, first, job_type, texts
from app.rehearsal.surroundings import View
from app.rehearsal.variables import free
from app.rehearsal.way_of_values import Places, every_name, payload, static_texts, thrown_with
from app.rehearsal.writers import Writers


class Kind(StrEnum):
    """How a value comes in: in a form; from an outside worker; from whomever, because no form stands there or an expression says which."""

    TYPED = "typed"
    WORKER = "worker"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Origin:
    """A value that comes from outside the system: the field ``name`` of a task's or start's form, or what an outside worker answers (``task`` None).

    ``place``: ``process.element``.
    """

    place: str
    name: str
    title: str
    task: UserTask | None = None
    kind: Kind = Kind.TYPED


@dataclass(frozen=True, slots=True)
class _Asked:
    """A name as it is read at an element; at the process itself where ``at`` is empty. ``known``: that nobody writes it does not show that anybody outside gives it."""

    process: ProcessDefinition
    at: str
    name: str
    known: bool = False

    @property
    def key(self) -> tuple[int, str, str, bool]:
        return id(self.process), self.at, self.name, self.known


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
    return origins.follow([*asked, *(_Asked(process, part.id, base) for base in sorted(bases))])


def of_message(part: Part, setting: FactSetting, around: View) -> list[Origin]:
    """What is sent from outside with the message that a ``set`` takes its value of: by every element around that sends it."""
    origins = around.kept(_Origins)
    trigger = getattr(part.activity, "trigger", None)
    if not isinstance(trigger, Trigger):
        return []
    taken = {first(mapping): every_name(mapping.source) for mapping in part.activity.output_mappings}
    names = {name for base in read_names(setting.value) for name in taken.get(base, (base,))}
    return origins.follow([one for name in sorted(names) for one in origins.sent(trigger, name)])


def unowned(found: Iterable[Origin], field: LedgerField, source: FactSource) -> list[Origin]:
    """Those that neither the field's source names nor an owner of the field fills in."""
    owners = set(field.owners)
    return [origin for origin in found if origin.place not in {*source.inputs, *owners} and not _is_owners(origin.task, owners)]


def _is_owners(task: UserTask | None, owners: set[str]) -> bool:
    """Whether every static candidate role of a task owns, and nobody else may do it."""
    roles = roles_of(task) if task is not None else None
    return bool(roles) and set(roles or ()) <= owners


def roles_of(task: UserTask) -> list[str] | None:
    """The candidate roles, if they are written out and there is nobody besides; else None."""
    given = task.assignment
    if given.candidate_groups is None or given.assignee is not None or given.candidate_users is not None:
        return None
    found = static_texts(given.candidate_groups)
    return None if found is None else [role.strip() for text in found for role in text.split(",") if role.strip()]


def _written_by(task: BusinessRuleTask) -> set[str]:
    return {first(mapping) for mapping in task.output_mappings} if task.output_mappings else {task.called.result_variable}


class _Origins:
    """Kept by the view: the same writers answer for every diagram around."""

    def __init__(self, around: View) -> None:
        self.around = around
        self.writers = around.kept(Writers)
        self._known: dict[int, Places] = {}

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
                    sure = read_by(model, decision)
                    yield from (_Asked(process, part.id, name, name not in sure) for name in sorted(read_by(model, decision, hidden=True)))

    # ------------------------------------------------------------------ who writes a name

    def _answers(self, asked: _Asked) -> Iterator[Origin | _Asked]:
        """Whoever writes the name where it is at home: what an element has for itself under it is nobody's outside."""
        process, places = asked.process, self._places(asked.process)
        home = places.seen_at(asked.at, asked.name)
        found: list[Origin | _Asked] = list(self._given_inside(process, places.parts[home], asked.name)) if home else []
        for part in places.parts.values():
            found += self._of_part(process, part, asked.name, home)
        known = asked.known or asked.name in self.writers.written(process).process.names
        for answer in found:
            if isinstance(answer, _Asked) and answer.name == asked.name and answer.process is not process:
                yield replace(answer, known=known)
            else:
                yield answer
        if not home:
            yield from self._given(replace(asked, known=known or bool(found)))

    def _places(self, process: ProcessDefinition) -> Places:
        if id(process) not in self._known:
            self._known[id(process)] = Places(self.writers.parts(process))
        return self._known[id(process)]

    def _given_inside(self, process: ProcessDefinition, part: Part, name: str) -> Iterator[_Asked]:
        """What an element's own names are made of. Rows of registers and counters come from nobody, but for what a row is chosen by."""
        for reading in part.activity.declarations.reads:
            if reading.name == name:
                yield from (one for _, term in reading.where for one in self._read(process, part.id, term) if one.name != name)
        for mapping in part.activity.input_mappings:
            if first(mapping) == name:
                yield from self._of_input(process, part, mapping)
        if isinstance(part.element, MultiInstanceBody) and part.element.loop.input_element == name:
            yield from self._of_items(process, part)

    def _of_items(self, process: ProcessDefinition, part: Part) -> Iterator[_Asked]:
        if isinstance(part.element, MultiInstanceBody):
            above = self._places(process).above(part)
            yield from self._read(process, above, part.element.loop.input_collection)

    def _of_input(self, process: ProcessDefinition, part: Part, mapping: Mapping) -> Iterator[_Asked]:
        """What an input mapping is made of: the element's own mappings before it, the loop's item, else what is seen from outside."""
        given = part.activity.input_mappings
        before = {first(other) for other in given[: given.index(mapping)]}
        loop = part.element.loop if isinstance(part.element, MultiInstanceBody) else None
        for one in self._read(process, self._places(process).above(part), mapping.source):
            if one.name in before:
                yield replace(one, at=part.id)
            elif loop is not None and one.name == loop.input_element:
                yield from self._of_items(process, part)
            else:
                yield one

    def _read(self, process: ProcessDefinition, at: str, term: Term) -> Iterator[_Asked]:
        """What an expression reads there; of what may as well be an item's entry or a function nobody is suspected who only may give it."""
        sure = free(term)
        yield from (_Asked(process, at, name, name not in sure) for name in every_name(term))

    def _of_part(self, process: ProcessDefinition, part: Part, name: str, home: str) -> Iterator[Origin | _Asked]:
        """What an element writes under a name that is at home there: its collection, its outputs, else its result as it is."""
        element, activity, places = part.element, part.activity, self._places(process)
        above = places.above(part)
        loop = element.loop if isinstance(element, MultiInstanceBody) else None
        if (
            loop is not None
            and loop.output_element is not None
            and loop.output_collection == name
            and places.written_at(above, name) == home
        ):
            yield from self._results(process, part, loop.output_element)
        if not activity.output_mappings:
            if places.written_at(part.id, name) == home:
                yield from self._result(process, part, name)
        elif places.written_at(part.id if part.is_loop else above, name) == home:
            for mapping in activity.output_mappings:
                if first(mapping) == name:
                    yield from self._results(process, part, mapping.source)

    def _results(self, process: ProcessDefinition, part: Part, output: Term) -> Iterator[Origin | _Asked]:
        """What an element's output is made of: what it brings itself, else what it sees."""
        for one in self._read(process, part.id, output):
            if one.name not in RESERVED:
                brought = list(self._result(process, part, one.name))
                yield from brought
                if not self._brings(part, one.name) and (not brought or isinstance(part.activity, CallActivity)):
                    yield one

    def _brings(self, part: Part, name: str) -> bool:
        """Whether a name is an element's own result though nobody outside gives it: a fact that it makes, a connector's answer."""
        if isinstance(part.activity, UserTask):
            return any(name in form.ledger_fields for form in self._forms(part.activity))
        if isinstance(part.activity, CallActivity):
            return any(name in self.writers.written(called).process.names for called in self._called(part.activity))
        return name in self.writers.results(part).names

    def _result(self, process: ProcessDefinition, part: Part, name: str) -> Iterator[Origin | _Asked]:
        """What an element brings under a name, before its mappings."""
        activity, place = part.activity, f"{process.process_id}.{part.id}"
        title = activity.bpmn_name or part.id
        trigger = getattr(activity, "trigger", None)
        if isinstance(activity, UserTask):
            if activity.form is not None and static_texts(activity.form.id) is None:
                yield Origin(place, name, title, activity, Kind.UNCLEAR)
            else:
                yield from self._typed(place, self._forms(activity), name, activity)
        elif isinstance(activity, BusinessRuleTask):
            if name == activity.called.result_variable:
                yield from self.of_decision(process, part)
                if static_texts(activity.called.id) is None:
                    yield Origin(place, name, title, None, Kind.UNCLEAR)
        elif isinstance(activity, ScriptTask):
            if name == activity.result_variable:
                yield from self._read(process, part.id, activity.script)
        elif isinstance(activity, CallActivity):
            for called in self._called(activity):
                if activity.output_mappings or (activity.called.all_child_variables and name in self.writers.written(called).process.names):
                    yield _Asked(called, "", name)
            if static_texts(activity.called.id) is None and (activity.output_mappings or activity.called.all_child_variables):
                yield Origin(place, name, title, None, Kind.UNCLEAR)
        elif isinstance(activity, JobTask):
            if job_type(part) not in CONNECTORS and activity.output_mappings:
                yield Origin(place, name, title, None, Kind.WORKER)
        elif isinstance(trigger, Trigger) and not isinstance(activity, ThrowEvent):
            yield from self.sent(trigger, name)

    def _forms(self, task: UserTask) -> list[Form]:
        return [form for one in texts(task.form.id) for form in self.around.forms(one)] if task.form is not None else []

    def _typed(self, place: str, forms: Iterable[Form], name: str, task: UserTask | None) -> Iterator[Origin]:
        """A field that people fill in under a name of the process: not what the form only shows, nor what it makes a fact."""
        for found in forms:
            if name in found.fields and name not in found.shown_fields and name not in found.ledger_fields:
                yield Origin(place, name, str(found.fields[name].get("title", name)), task)

    def _called(self, task: CallActivity) -> Iterator[ProcessDefinition]:
        for process in texts(task.called.id):
            yield from self.around.processes(process)

    def sent(self, trigger: Trigger, name: str) -> Iterator[_Asked]:
        """What our own diagrams send with a message, signal or error under a name; from outside none of theirs is taken."""
        for process in self.around.all_processes():
            for part in self.writers.parts(process):
                if thrown_with(part.activity, trigger):
                    for mapping in payload(part.activity, name):
                        yield from self._of_input(process, part, mapping)
                    if trigger.kind == "signal" and not part.activity.input_mappings:
                        yield _Asked(process, part.id, name)

    def _given(self, asked: _Asked) -> Iterator[Origin | _Asked]:
        """What a process begins with: the start form, and what those send who call it; where nothing else can be it, whatever anybody outside likes."""
        start, called = asked.process.start_form, False
        if start is not None and start.form is not None:
            place = f"{asked.process.process_id}.{start.element_id}"
            yield from self._typed(place, self.around.forms(start.form), asked.name, None)
        for caller in self.around.all_processes():
            for part in self.writers.parts(caller):
                task = part.activity
                if isinstance(task, CallActivity) and asked.process.process_id in texts(task.called.id):
                    called = True
                    mapped = [mapping for mapping in task.input_mappings if first(mapping) == asked.name]
                    for mapping in mapped:
                        yield from self._of_input(caller, part, mapping)
                    if not mapped and task.called.all_parent_variables:
                        yield _Asked(caller, part.id, asked.name, asked.known)
        if not asked.known:
            yield from self._anything(asked.process, asked.name, called=called)

    def _anything(self, process: ProcessDefinition, name: str, *, called: bool) -> Iterator[Origin]:
        """Who may give a name that nothing in the process is known to write. ``called``: whoever calls it may have given it already."""
        for event in process.start_events if not called and process.start_form is None else ():
            if event.kind == "none":
                yield Origin(f"{process.process_id}.{event.element_id}", name, name, None, Kind.UNCLEAR)
        for part in self.writers.parts(process):
            activity = part.activity
            if not called and isinstance(activity, UserTask) and activity.form is None and not activity.output_mappings:
                yield Origin(f"{process.process_id}.{part.id}", name, activity.bpmn_name or part.id, activity, Kind.UNCLEAR)
            heard = [listener.type for listeners in activity.listeners.values() for listener in listeners]
            listens = any(not isinstance(kind, LiteralTerm) or kind.value not in CONNECTORS for kind in heard)
            if listens or (isinstance(activity, JobTask) and job_type(part) not in CONNECTORS and not activity.output_mappings):
                yield Origin(f"{process.process_id}.{part.id}", name, activity.bpmn_name or part.id, None, Kind.WORKER)
