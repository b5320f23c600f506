"""Who writes which variable: forms, mappings, results, loops, messages, calling and called processes, and what the platform gives at a start.

Told by names, whatever the order in which a case passes the elements. Where a writer's names cannot be told (a task without a form, an outside worker), anything may
be written.
"""

from dataclasses import dataclass, field
from functools import cached_property

from app.connectors import CONNECTORS
from app.decision.feel.syntax import ContextLiteral
from app.domain.subjects import OF_SUBJECTS
from app.engine import ProcessDefinition
from app.engine.elements.base import BoundaryElement, Trigger
from app.engine.elements.events import ThrowEvent
from app.engine.elements.multi_instance import MultiInstanceBody
from app.engine.elements.subprocesses import CallActivity
from app.engine.elements.tasks import MESSAGE_NAME, MESSAGE_REF, BusinessRuleTask, JobTask, ScriptTask, UserTask
from app.engine.expressions import LiteralTerm, Term
from app.rehearsal.inventory import Part, bare_name, first, job_type, loop_names, parts, texts, tree
from app.rehearsal.surroundings import View

PLATFORM = frozenset({"projectKey", "projectName", "applicantOffice"})  # given to every process that is started from a project's page
LEDGER = PLATFORM | {"phase", "planYear", "totalAmount", "contractAmount"}  # what the ledger's row itself holds


@dataclass(slots=True)
class Names:
    """Variables that come from somewhere. ``anything``: others may come too, nobody can say which."""

    names: set[str] = field(default_factory=set)
    anything: bool = False

    def take(self, other: "Names") -> None:
        self.names |= other.names
        self.anything = self.anything or other.anything


@dataclass(slots=True)
class Written:
    """``process``: what the elements of a process write to it; ``own``: by element, what it and everything inside it sees besides."""

    process: Names
    own: dict[str, Names]
    parents: dict[str, str]


class Writers:
    """Who writes what, in all processes around. Kept by the view, for every diagram asks for the same."""

    def __init__(self, around: View) -> None:
        self.around = around
        self._parts: dict[int, list[Part]] = {}
        self._written: dict[int, Written] = {}
        self._given: dict[int, Names] = {}
        self._ledger: Names | None = None

    def parts(self, process: ProcessDefinition) -> list[Part]:
        if id(process) not in self._parts:
            self._parts[id(process)] = parts(process)
        return self._parts[id(process)]

    def written(self, process: ProcessDefinition) -> Written:
        if id(process) not in self._written:
            found = self._written[id(process)] = Written(Names(), {}, {})
            for part in self.parts(process):
                self._of_part(part, found)
        return self._written[id(process)]

    def _of_part(self, part: Part, found: Written) -> None:
        element, activity = part.element, part.activity
        results = self.results(part)
        own = Names({first(mapping) for mapping in activity.input_mappings}, bool(activity.listeners))
        own.names |= {reading.name for reading in activity.declarations.reads}
        if part.parent and activity.output_mappings:
            own.take(results)
            for mapping in activity.output_mappings:
                passed_on = bare_name(mapping.source) == mapping.target
                if not passed_on or mapping.target in own.names or own.anything:
                    found.process.names.add(first(mapping))
        else:
            found.process.take(results)
        if activity.declarations.document:
            found.process.names.add(activity.declarations.document)
        if not part.parent:
            found.process.anything = found.process.anything or bool(activity.listeners)
        if isinstance(element, MultiInstanceBody):
            own.names |= loop_names(element)
            if element.loop.output_collection:
                found.process.names.add(element.loop.output_collection)
        found.own[part.id] = own
        found.parents[part.id] = element.host.bpmn_id if isinstance(element, BoundaryElement) else part.parent

    def results(self, part: Part) -> Names:
        """What an element brings before its output mappings."""
        activity = part.activity
        trigger = getattr(activity, "trigger", None)
        if isinstance(activity, UserTask):
            return self._of_form(activity)
        if isinstance(activity, ScriptTask):
            return Names({activity.result_variable})
        if isinstance(activity, BusinessRuleTask):
            return Names({activity.called.result_variable})
        if isinstance(activity, CallActivity):
            return self._of_call(activity)
        if isinstance(activity, JobTask):
            return self._of_job(part)
        if isinstance(trigger, Trigger) and not isinstance(activity, ThrowEvent):
            return self._of_event(trigger)
        return Names()

    def _of_form(self, task: UserTask) -> Names:
        if task.form is None or not isinstance(task.form.id, LiteralTerm):
            return Names(anything=True)
        forms = self.around.forms(task.form.id.value)
        return Names({name for form in forms for name in form.fields}, not forms)

    def _of_job(self, part: Part) -> Names:
        connector = CONNECTORS.get(job_type(part) or "")
        if connector is None:
            return Names(anything=True)
        found = Names(set(connector.RETURNS))
        if connector.TYPE == "read_project":
            found.take(self.ledger())
        return found

    def _of_call(self, task: CallActivity) -> Names:
        if not isinstance(task.called.id, LiteralTerm):
            return Names(anything=True)
        called = self.around.processes(task.called.id.value)
        found = Names(anything=not called)
        if task.called.all_child_variables or task.output_mappings:
            for process in called:
                found.take(self.written(process).process)
                if task.output_mappings:
                    found.take(self.given(process))
        return found

    def _of_event(self, trigger: Trigger) -> Names:
        if trigger.kind == "message":
            return self._of_message(trigger.name)
        if trigger.kind == "signal":
            return self._of_signal(trigger.name)
        if trigger.kind == "error":
            return self._of_errors()
        return Names()

    def _of_message(self, name: Term | None) -> Names:
        """What the publishers around send with a message; from outside anything may come."""
        found = Names(anything=True)
        if not isinstance(name, LiteralTerm):
            return found
        for kind, part in self._jobs:
            task = part.activity
            if isinstance(task, JobTask) and kind == "publish_message" and task.headers.get(MESSAGE_REF) == name.value:
                found.anything = False
                found.names |= {first(mapping) for mapping in task.input_mappings}
            if isinstance(task, JobTask) and kind == "publish_message" and task.headers.get(MESSAGE_NAME) == name.value:
                found.anything = False
                sent = next((mapping.source for mapping in task.input_mappings if mapping.target == "variables"), None)
                root = tree(sent) if sent is not None else None
                if isinstance(root, ContextLiteral):
                    found.names |= {key for key, _ in root.entries}
                else:
                    found.anything = found.anything or sent is not None
                    found.names |= {
                        m.target.partition(".")[2].split(".")[0] for m in task.input_mappings if m.target.startswith("variables.")
                    }
        return found

    def _of_signal(self, name: Term | None) -> Names:
        found = Names()
        for trigger, part in self._throws:
            if trigger.kind == "signal" and trigger.name == name:
                mapped = part.activity.input_mappings
                found.names |= {first(mapping) for mapping in mapped}
                found.anything = found.anything or not mapped
        return found

    def _of_errors(self) -> Names:
        """What comes with an error: of end events their inputs, of outside workers anything."""
        thrown = {first(mapping) for trigger, part in self._throws if trigger.kind == "error" for mapping in part.activity.input_mappings}
        return Names(thrown, any(kind not in CONNECTORS for kind, _ in self._jobs))

    @cached_property
    def _jobs(self) -> list[tuple[str, Part]]:
        """(type, part) of every job around."""
        return [(kind, part) for _, part in self._everywhere if (kind := job_type(part))]

    @cached_property
    def _throws(self) -> list[tuple[Trigger, Part]]:
        return [(part.activity.trigger, part) for _, part in self._everywhere if isinstance(part.activity, ThrowEvent)]

    @cached_property
    def _calls(self) -> list[tuple[ProcessDefinition, Part, CallActivity]]:
        return [(process, part, part.activity) for process, part in self._everywhere if isinstance(part.activity, CallActivity)]

    @cached_property
    def _everywhere(self) -> list[tuple[ProcessDefinition, Part]]:
        return [(process, part) for process in self.around.all_processes() for part in self.parts(process)]

    def ledger(self) -> Names:
        """The project's facts: whatever any process writes to it."""
        if self._ledger is None:
            found = self._ledger = Names(set(LEDGER))
            for kind, part in self._jobs:
                if kind == "update_project":
                    mapped = part.activity.input_mappings
                    found.names |= {first(mapping) for mapping in mapped}
                    found.anything = found.anything or not mapped
        return self._ledger

    def given(self, process: ProcessDefinition) -> Names:
        """What a process has when it begins: of the platform, the project's facts if somebody starts it by hand, of the processes that call it."""
        if id(process) not in self._given:
            found = self._given[id(process)] = Names(set(PLATFORM))
            if any(event.kind == "none" for event in process.start_events):
                found.take(self.ledger())
            if process.start_form is not None:
                found.names |= {name for form in self.around.forms(process.start_form.form or "") for name in form.fields}
            if process.obligation is not None:
                found.names |= OF_SUBJECTS
            for caller, part, task in self._calls:
                if process.process_id in texts(task.called.id):
                    found.names |= {first(mapping) for mapping in task.input_mappings}
                    if task.called.all_parent_variables and caller is not process:
                        found.take(self.seen(caller, part.id))
        return self._given[id(process)]

    def seen(self, process: ProcessDefinition, element: str) -> Names:
        """What an element can read."""
        written = self.written(process)
        found = Names(set(written.process.names), written.process.anything)
        at: str | None = element
        while at:
            found.take(written.own.get(at, Names()))
            at = written.parents.get(at)
        found.take(self.given(process))
        return found
