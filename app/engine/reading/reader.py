"""``read``: a BPMN file to its process definitions."""

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from app.domain.declared import EFFECTS
from app.engine import overdue, sources
from app.engine.codes import DiagramCode
from app.engine.definitions import Diagram, ElementInfo, ProcessDefinition, StartEvent
from app.engine.elements.base import Element, EventElement
from app.engine.elements.events import LinkThrow
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity, SubProcess
from app.engine.elements.tasks import MESSAGE_NAME, MESSAGE_REF, BusinessRuleTask, JobTask, UserTask
from app.engine.errors import DiagramError
from app.engine.expressions import FormulaTerm, LiteralTerm, Term, source_of
from app.engine.functions import COMPLETED_AT
from app.engine.reading import attributes, content, dialect, foreign, handlers, obligations, references, returns, structure, values, xml
from app.engine.reading.document import Document
from app.engine.reading.parsers import ZeebeParser
from app.engine.reading.xml import BPMN, Node, extension, local
from app.engine.spiff import LevelSpec

CLAUSES = "clauses"
_ASKED = re.compile(COMPLETED_AT + r'\s*\(\s*(?:element\s*:\s*)?"([^"]*)"')


def read(source: bytes, name: str, *, executable_only: bool = True) -> Diagram:
    """Parse and check a diagram. Raises DiagramError with every problem found; nothing else, whatever the bytes are.

    ``executable_only`` False: where no process is marked as executable, all that have elements are taken, with a warning (for trying a diagram out).
    """
    return _read(Document(xml.load(source, name), name, executable_only=executable_only), source)


def read_with_tree(source: bytes, name: str) -> tuple[Diagram, Node]:
    """The same with the root of the file, its values settled, for whoever looks at more of it than runs."""
    document = Document(xml.load(source, name), name)
    return _read(document, source), document.root


def _read(document: Document, source: bytes) -> Diagram:
    values.settle(document)
    _refuse(document)
    document.index()
    content.check(document)
    structure.check(document)
    handlers.check(document)
    dialect.check(document)
    foreign.check(document)
    _refuse(document)
    references.check(document)
    parser = ZeebeParser(document)
    specs = [(node, parser.level_spec(node)) for node in document.executable]
    for node, spec in specs:
        returns.check(document, [element for element, _ in walk(spec, node.get("id", ""))])
    _refuse(document)
    definitions = tuple(_definition(document, node, spec, source) for node, spec in specs)
    _refuse(document)
    return Diagram(definitions, tuple(document.lint))


def _refuse(document: Document) -> None:
    """What was found so far, from the top of the file down."""
    if document.problems:
        raise DiagramError(sorted(document.problems, key=lambda problem: problem.line))


def _definition(document: Document, node: Node, spec: LevelSpec, source: bytes) -> ProcessDefinition:
    elements: dict[str, ElementInfo] = {}
    flows: dict[str, tuple[str, str]] = {}
    processes: set[str] = set()
    decisions: set[str] = set()
    forms: set[str] = set()
    templates: set[str] = set()
    jobs: set[str] = set()
    throws: set[str] = set()
    calls: set[tuple[str, str | None, bool]] = set()
    process_id = node.get("id", "")
    spec.start.marks_overdue = overdue.marks(spec.start)
    for element, parent in walk(spec, process_id):
        activity = element.activity if isinstance(element, MultiInstanceBody) else element
        element.marks_overdue = overdue.marks(element) or (activity is not element and overdue.marks(activity))
        form_id: str | None = None
        if activity.declarations.document:
            templates.add(activity.declarations.document)
        if isinstance(activity, UserTask) and activity.form is not None:
            form_id = source_of(activity.form.id)
            forms.update(_static(activity.form.id))
        elif isinstance(activity, CallActivity):
            processes.update(_static(activity.called.id))
            calls.update((name, activity.called.tag, activity.called.binding == "deployment") for name in _static(activity.called.id))
        elif isinstance(activity, BusinessRuleTask):
            decisions.update(_static(activity.called.id))
        elif isinstance(activity, JobTask):
            jobs.update(_static(activity.job.type))
            throws.update(activity.headers[name].strip() for name in (MESSAGE_REF, MESSAGE_NAME) if activity.headers.get(name))
        for listeners in activity.listeners.values():
            for listener in listeners:
                jobs.update(_static(listener.type))
        drawn = [] if isinstance(element, LinkThrow) else element.outgoing
        flows.update((flow.id, (flow.source.bpmn_id, flow.target.bpmn_id)) for flow in drawn)
        host = getattr(element, "host", None)
        elements[element.bpmn_id] = ElementInfo(
            id=element.bpmn_id,
            type=activity.element_type,
            name=element.bpmn_name or "",
            lane=activity.lane,
            lane_id=document.lane_ids.get(element.bpmn_id, ""),
            parent=parent,
            form_id=form_id,
            documentation=activity.documentation or "",
            properties=dict(activity.properties),
            clauses=tuple(activity.properties.get(CLAUSES, "").split()),
            incoming=tuple(flow.id for flow in element.incoming),
            outgoing=tuple(flow.id for flow in drawn),
            attached_to=host.bpmn_id if host is not None else None,
            multi_instance=isinstance(element, MultiInstanceBody),
        )
    declares = any(name.strip() in EFFECTS and value.strip() for info in elements.values() for name, value in info.properties.items())
    tag = extension(node, "versionTag")
    begun = _start_forms(document, node)
    starts = tuple(
        StartEvent(
            element_id=start.bpmn_id,
            kind=start.trigger.kind,
            name=source_of(start.trigger.name) if start.trigger.name is not None else None,
            correlation_key=source_of(start.trigger.key) if start.trigger.key is not None else None,
            timer=start.trigger.timer,
            **begun.get(start.bpmn_id, {}),
        )
        for start in spec.start.starts
    )
    forms.update(start.form for start in starts if start.form is not None)
    obligation = obligations.read(document, node, spec.start.declarations.when, timed=any(start.timer is not None for start in starts))
    return ProcessDefinition(
        process_id=process_id,
        name=node.get("name") or process_id,
        spec=spec,
        source=source,
        file=document.name,
        version_tag=(tag.get("value") or None) if tag is not None else None,
        elements=elements,
        flows=flows,
        lanes=tuple(lane.get("name") or lane.get("id") or "" for lane in node.iter(BPMN + "lane")),
        start_events=starts,
        called_processes=frozenset(processes),
        called_decisions=frozenset(decisions),
        forms=frozenset(forms),
        templates=frozenset(templates),
        job_types=frozenset(jobs),
        throws=frozenset(throws),
        declares=declares or obligation is not None,
        watched=_watched(document, source),
        calls=tuple(sorted(calls, key=str)),
        results=_results(spec, process_id),
        dated_by=_dated_by(spec, process_id),
        obligation=obligation,
        may_ask=declares or any(info.type == "callActivity" for info in elements.values()),
    )


def _start_forms(document: Document, process: Node) -> dict[str, dict[str, Any]]:
    """Start event → its form, as parts of a ``StartEvent``. Adds START_FORM to the problems where nobody would fill it in."""
    found: dict[str, dict[str, Any]] = {}
    for node in process.iter(BPMN + "startEvent"):
        given = attributes.form(document, node)
        if given is None:
            continue
        plain = not any(local(child).endswith("EventDefinition") for child in node)
        if not plain or node.getparent() is not process:
            document.refuse(node, DiagramCode.START_FORM, "只有流程自己的、没有触发条件的开始事件可以有发起表单(formDefinition)")
        elif not isinstance(given.id, LiteralTerm):
            document.refuse(node, DiagramCode.START_FORM, "发起表单的标识须直接写明,不能是表达式:发起之前没有变量")
        else:
            found[node.get("id", "")] = {"form": given.id.value, "form_binding": given.binding, "form_tag": given.tag}
    return found


def _results(spec: LevelSpec, process_id: str) -> dict[str, frozenset[str]]:
    """Of the variables that a declared ``set`` takes: the decisions that give them."""
    drawn = {element.bpmn_id: element for element, _ in walk(spec, process_id)}
    sets = [setting for element in drawn.values() for setting in element.declarations.sets]
    sets += [
        setting for element in drawn.values() if isinstance(element, MultiInstanceBody) for setting in element.activity.declarations.sets
    ]
    taken = {name for setting in sets for name in sources.names(setting.value)}
    return {variable: decisions for variable, decisions in sources.results(drawn).items() if variable in taken}


def _dated_by(spec: LevelSpec, process_id: str) -> frozenset[str]:
    """What the dates and people of tasks, and the dates of events, name of the ledger."""
    found: set[str] = set()
    for element, _ in walk(spec, process_id):
        task = element.activity if isinstance(element, MultiInstanceBody) else element
        terms: list[Term | None] = []
        if isinstance(task, UserTask):
            terms += [*(getattr(task.assignment, field.name) for field in fields(task.assignment)), task.declarations.office]
        if isinstance(task, EventElement) and task.trigger.timer is not None:
            terms.append(task.trigger.timer.term)
        for term in terms:
            if isinstance(term, FormulaTerm):
                found |= term.facts
    return frozenset(found)


def _watched(document: Document, source: bytes) -> frozenset[str]:
    """The elements of whose completion some expression of the file asks."""
    if COMPLETED_AT.encode() not in source:
        return frozenset()
    texts = (text for node in document.root.iter() for text in (*node.attrib.values(), node.text or ""))
    return frozenset(name for text in texts for name in _ASKED.findall(text))


def walk(spec: LevelSpec, parent: str) -> Iterator[tuple[Element, str]]:
    """Every element as it is drawn (a multi-instance activity once, by its body) with the id of what encloses it."""
    pending = [(spec, parent)]
    while pending:
        level, owner = pending.pop(0)
        for name, element in level.elements.items():
            if " " in name:
                continue
            yield element, owner
            activity = element.activity if isinstance(element, MultiInstanceBody) else element
            if isinstance(activity, SubProcess):
                pending.append((activity.inner_spec, element.bpmn_id))


def _static(term: Term) -> tuple[str, ...]:
    return (term.value,) if isinstance(term, LiteralTerm) and term.value else ()
