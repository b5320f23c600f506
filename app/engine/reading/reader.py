"""``read``: a BPMN file to its process definitions."""

from collections.abc import Iterator

from app.engine.definitions import Diagram, ElementInfo, ProcessDefinition, StartEvent
from app.engine.elements.base import Element
from app.engine.elements.events import LinkThrow
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity, SubProcess
from app.engine.elements.tasks import BusinessRuleTask, JobTask, UserTask
from app.engine.errors import DiagramError
from app.engine.expressions import LiteralTerm, Term, source_of
from app.engine.reading import content, dialect, foreign, handlers, references, structure, values, xml
from app.engine.reading.document import Document
from app.engine.reading.parsers import ZeebeParser
from app.engine.reading.xml import BPMN, Node, extension
from app.engine.spiff import LevelSpec

CLAUSES = "clauses"


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
    _refuse(document)
    definitions = tuple(_definition(document, node, spec, source) for node, spec in specs)
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
    jobs: set[str] = set()
    process_id = node.get("id", "")
    for element, parent in walk(spec, process_id):
        activity = element.activity if isinstance(element, MultiInstanceBody) else element
        form_id: str | None = None
        if isinstance(activity, UserTask) and activity.form is not None:
            form_id = source_of(activity.form.id)
            forms.update(_static(activity.form.id))
        elif isinstance(activity, CallActivity):
            processes.update(_static(activity.called.id))
        elif isinstance(activity, BusinessRuleTask):
            decisions.update(_static(activity.called.id))
        elif isinstance(activity, JobTask):
            jobs.update(_static(activity.job.type))
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
    tag = extension(node, "versionTag")
    starts = tuple(
        StartEvent(
            start.bpmn_id,
            start.trigger.kind,
            source_of(start.trigger.name) if start.trigger.name is not None else None,
            source_of(start.trigger.key) if start.trigger.key is not None else None,
            start.trigger.timer,
        )
        for start in spec.start.starts
    )
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
        job_types=frozenset(jobs),
    )


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
