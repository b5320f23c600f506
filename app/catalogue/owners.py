"""Who may say that a fact is right which was imported or migrated: the roles that own it, told by the ledger's schema and the tenant's processes.

Its ``x-owner`` names roles, or tasks, which stand for their candidate roles. A field that nobody types belongs to whoever its sources name; where there are several
sources, what somebody decides goes before what only follows: the task that approves; else the element at which a message, register, job or the token's coming
writes it; else the tasks that a decision's inputs come from; else the element that writes a plain decision. An element that is no task, or whose roles are not
written out, stands for the role of its lane; without one for whoever's approvals it writes down, else for the tasks that lead to it. Source: modelling.md §1, §3.
"""

import re
from collections.abc import Iterable, Iterator
from weakref import WeakKeyDictionary

from app.catalogue import snapshot
from app.catalogue.snapshot import Snapshot
from app.domain.districts import ANYBODY, District
from app.domain.fact_sources import IMPORT, FactSource, is_element
from app.domain.facts import LedgerField
from app.domain.permissions import ADMINISTRATORS
from app.engine import ProcessDefinition
from app.engine.elements.tasks import UserTask
from app.engine.sources import source_of
from app.rehearsal.inventory import Part, parts, texts

_LANE = re.compile(r"lane_(.+?)(?:__.*)?")
_START, _USER, _STAGE, _END = "startEvent", "userTask", "subProcess", "endEvent"

_known: WeakKeyDictionary[Snapshot, dict[str, tuple[str, ...]]] = WeakKeyDictionary()


def of(library: Snapshot, field: LedgerField) -> tuple[str, ...]:
    """The roles that may confirm a field, as the tenant has its models now; empty where nobody can be named."""
    known = _known.setdefault(library, {})
    if field.name not in known:
        known[field.name] = tuple(dict.fromkeys(_Owners(library).of(field)))
    return known[field.name]


class _Owners:
    def __init__(self, library: Snapshot) -> None:
        self.district: District = snapshot.district(library.tenant)
        self.fields = library.ledger.fields if library.ledger is not None else {}
        self.processes: dict[str, ProcessDefinition] = {}
        for found in library.processes():
            process = snapshot.process_definition(found.key)
            self.processes[process.process_id] = process

    def of(self, field: LedgerField) -> Iterable[str]:
        if field.owners:
            return [role for owner in field.owners for role in (self._named_at(owner) if is_element(owner) else self._roles([owner]))]
        written = [source for source in field.sources if source.kind not in ("approval", "decision", IMPORT)]
        decided = [source for source in field.sources if source.kind == "decision"]
        ways: tuple[Iterable[str], ...] = (
            (role for source in field.sources if source.kind == "approval" for role in self._approved(field, source)),
            (role for source in written for role in self._written(field, source)),
            (role for source in decided for task in source.inputs for role in self._named_at(task)),
            (role for source in decided for role in self._written(field, source)),
        )
        found = next((found for way in ways if (found := list(way))), [])
        # Of several an authority answers, not one of the project's own parties, who may have written the first value.
        return [role for role in found if self.district.roles[role].relation is None] or found

    def _approved(self, field: LedgerField, source: FactSource) -> Iterable[str]:
        """Who approves; where the task's roles are not written out, who answers for writing the approval down."""
        return self._named_at(source.of) or self._written(field, source)

    def _written(self, field: LedgerField, source: FactSource) -> Iterator[str]:
        """The roles of the elements that write a field from a source; a register's row is a source where it is made."""
        if source.kind == "path":
            process_id, _, element_id = source.of.partition(".")
            if (there := self.processes.get(process_id)) is not None and element_id in there.elements:
                yield from self._of(there, element_id)
            return
        for process in self.processes.values():
            for part in parts(process):
                declared = part.activity.declarations
                sets = (setting for setting in declared.sets if setting.field == field.name)
                writes = any(source_of(process, part.activity, setting, field) == source for setting in sets)
                if writes or (source.kind == "record" and declared.record == source.of):
                    yield from self._of(process, part.id)

    def _named_at(self, element: str) -> list[str]:
        process_id, _, element_id = element.partition(".")
        process = self.processes.get(process_id)
        return self._named(process, element_id) if process is not None and element_id in process.elements else []

    def _of(self, process: ProcessDefinition, element_id: str) -> list[str]:
        """The roles that answer for an element: those that it names itself, those whose approvals it writes down, those of the tasks before it."""
        return self._named(process, element_id) or self._approvers(process, element_id) or self._before(process, element_id)

    def _named(self, process: ProcessDefinition, element_id: str) -> list[str]:
        """Who does the task, who begins the process, whose lane the element stands in."""
        info = process.elements[element_id]
        if info.type == _USER and (doers := self._doers(process, element_id)):
            return doers
        if info.type == _START and info.parent == process.process_id and (begins := self._beginner(process.process_id)):
            return begins
        lane = _LANE.fullmatch(info.lane_id)
        return self._roles([lane[1]]) if lane is not None else []

    def _doers(self, process: ProcessDefinition, element_id: str) -> list[str]:
        """The candidate roles of a task, as far as they are written out."""
        task = self._part(process, element_id).activity
        groups = task.assignment.candidate_groups if isinstance(task, UserTask) else None
        return self._roles(role.strip() for text in (texts(groups) if groups is not None else ()) for role in text.split(","))

    def _approvers(self, process: ProcessDefinition, element_id: str) -> list[str]:
        """The roles that have approved what an element writes down."""
        part = self._part(process, element_id)
        sets = (setting for setting in part.activity.declarations.sets if setting.field in self.fields)
        sources = [source_of(process, part.activity, setting, self.fields[setting.field]) for setting in sets]
        return [role for source in sources if source is not None and source.kind == "approval" for role in self._named_at(source.of)]

    @staticmethod
    def _part(process: ProcessDefinition, element_id: str) -> Part:
        return next(part for part in parts(process) if part.id == element_id)

    def _beginner(self, process_id: str) -> list[str]:
        info = self.district.processes.get(process_id)
        return self._roles([info.start_role]) if info is not None and info.start_role else []

    def _before(self, process: ProcessDefinition, element_id: str) -> list[str]:
        """The roles of the last tasks before an element, on every way that leads there; a stage is left by what leads to its ends."""
        found: list[str] = []
        pending, seen = [element_id], {element_id}
        while pending:
            here = process.elements[pending.pop(0)]
            sources = [process.flows[flow][0] for flow in here.incoming if flow in process.flows]
            sources += [here.attached_to] if here.attached_to is not None else []
            if not sources and here.parent in process.elements:
                sources = [here.parent]
            for source in sources:
                if source in seen:
                    continue
                seen.add(source)
                if process.elements[source].type == _USER:
                    found += self._doers(process, source)
                elif process.elements[source].type == _STAGE and source != here.parent:
                    pending += [one.id for one in process.elements.values() if one.parent == source and one.type == _END]
                else:
                    pending.append(source)
        return found

    def _roles(self, named: Iterable[str]) -> list[str]:
        """Those of these that are roles of the district, and of no administrator."""
        return [role for role in named if role in self.district.roles and role not in ADMINISTRATORS and role != ANYBODY]
