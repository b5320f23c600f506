"""The catalogue: one tenant's processes, decisions, forms and calendar as of one catalogue version, kept in memory.

Lookups are by the instance's tenant: the district's own newest version, else the shared one. What was deployed never changes, so that parsed definitions are
kept by key for the life of the process; a snapshot is only an index of keys.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import PurePath
from typing import Any, TypeVar
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from app import engine, printing
from app.catalogue import districts
from app.connectors.calls import forms_of
from app.decision import dmn
from app.domain import announced
from app.domain.calendars import Calendar, statutory
from app.domain.districts import SHARED, ZONE, District
from app.domain.facts import LEDGER, LedgerSchema
from app.domain.forms import Form
from app.domain.states import DefinitionKind
from app.domain.templates import Template
from app.engine import Diagram, ProcessDefinition
from app.engine.expressions import vocabulary
from app.engine.library import DecisionRef, LibraryRef
from app.store import calendars, resources
from app.store.resources import ResourceRef
from app.store.tables import db

SNAPSHOTS_KEPT = 256
PARSED_KEPT = 4096

T = TypeVar("T")


class Kept:
    """A bounded map that several threads fill; two may make the same value at once, which costs time but harms nothing."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Any, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                found: T = self._values[key]
                return found
        made = make()
        with self._lock:
            self._values[key] = made
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return made


_lock = threading.Lock()
_snapshots: WeakKeyDictionary[Engine, Kept] = WeakKeyDictionary()
_calendars: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()  # the version that an act has read last
_definitions = Kept(PARSED_KEPT)
_diagrams = Kept(512)
_models = Kept(1024)


def read_diagram(content: bytes, file: str) -> Diagram:
    """Parse a diagram, once a content. Raises engine.DiagramError."""
    return _diagrams.get((file, content), lambda: engine.read(content, file))


def read_model(content: bytes, file: str) -> dmn.Model:
    """Parse a decision file, once a content. Raises dmn.DmnError."""
    return _models.get((file, content), lambda: dmn.parse(content, name=file, functions=vocabulary()))


def library(tenant: str, version: int | None = None, *, calendar: str | None = None) -> "Snapshot":
    """The snapshot of a tenant at a catalogue version, the newest by default, with the calendar in force.

    ``calendar``: its version where whoever asks has just read it; else the one that was read last is near enough, for nothing is written with it.
    """
    if version is None:
        version, calendar = resources.in_force(tenant)
    with _lock:
        kept = _snapshots.setdefault(db.engine, Kept(SNAPSHOTS_KEPT))
        if calendar is None:
            calendar = _calendars.get(db.engine, "")
        else:
            _calendars[db.engine] = calendar
    return kept.get((tenant, version, calendar), lambda: _load(tenant, version))


def fresh(tenant: str) -> "Snapshot":
    """The newest snapshot as the current act sees it: not kept, for the act may still be undone."""
    return _load(tenant, resources.catalogue_version(tenant))


def process_definition(key: int) -> ProcessDefinition:
    """A deployed process, whatever its age. Raises KeyError."""
    return _definitions.get(key, lambda: _load_process(key))


def form(key: int) -> Form:
    """A deployed form. Raises KeyError."""
    return _definitions.get(("form", key), lambda: Form.parse(resources.content(reference("form", key).resource_key)[1]))


def template(key: int) -> Template:
    """A deployed template of a printed document. Raises KeyError."""
    return _definitions.get(("template", key), lambda: _load_template(reference("template", key)))


def decision(key: int) -> DecisionRef:
    """A deployed decision, without its imports. Raises KeyError, dmn.DmnError."""
    return _definitions.get(("decision", key), lambda: _load_decision(reference("decision", key)))


def district(tenant: str) -> District:
    """The district of a tenant; for the shared tenant one without roles and processes."""
    return districts.every().get(tenant) or _nowhere(tenant)


@lru_cache(maxsize=8)
def _nowhere(tenant: str) -> District:
    return District(tenant, "", ZONE, {}, {})


@lru_cache(maxsize=8)
def _merged(days: tuple[tuple[date, bool], ...]) -> Calendar:
    built_in = statutory()
    return announced.merged(built_in, days, f"{built_in.version} + {announced.digest_of(days)[:12]}") if days else built_in


def calendar() -> Calendar:
    """The calendar: built in, with the years that an administrator imported in their place."""
    return with_days(calendars.days())


def with_days(days: Iterable[tuple[date, bool]]) -> Calendar:
    """The calendar as it is when these are the imported days."""
    return _merged(tuple(sorted((day, working) for day, working in days)))


def reference(kind: str, key: int) -> ResourceRef:
    """What is known of a deployed definition besides its content. Raises KeyError."""
    found = resources.reference(kind, key)
    if found is None:
        raise KeyError(key)
    return found


def _load_process(key: int) -> ProcessDefinition:
    found = reference("process", key)
    file, content = resources.content(found.resource_key)
    for definition in read_diagram(content, file).processes:
        if definition.process_id == found.id:
            return definition.with_key(key, found.version, found.deployment_key)
    raise KeyError(key)


def _load_decision(found: ResourceRef) -> DecisionRef:
    file, content = resources.content(found.resource_key)
    return DecisionRef(found.key, found.version, found.id, read_model(content, file))


def _load_template(found: ResourceRef) -> Template:
    file, content = resources.content(found.resource_key)
    return printing.read(found.id, PurePath(file).suffix.lower(), content)


def _load_library(found: ResourceRef) -> LibraryRef:
    file, content = resources.content(found.resource_key)
    return LibraryRef(found.key, found.version, read_model(content, file), found.tenant)


@dataclass(frozen=True, slots=True)
class _Index:
    """References of one kind: the newest by id, by (id, version tag), by (id, deployment), all by key, by (id, version)."""

    newest: dict[str, ResourceRef]
    tagged: dict[tuple[str, str], ResourceRef]
    bundled: dict[tuple[str, int], ResourceRef]
    keyed: dict[int, ResourceRef]
    numbered: dict[tuple[str, int], ResourceRef]

    def find(self, name: str, tag: str | None, deployment: int | None) -> ResourceRef | None:
        if tag is not None:
            return self.tagged.get((name, tag))
        if deployment is not None:
            return self.bundled.get((name, deployment)) or self.newest.get(name)
        return self.newest.get(name)


@dataclass(eq=False)
class Snapshot:
    """See ``app.engine.library.Library``."""

    tenant: str
    version: int
    zone: ZoneInfo
    calendar: Calendar
    indices: dict[str, _Index]

    def definition(self, key: int) -> ProcessDefinition:
        return process_definition(key)

    def process(self, process_id: str, *, tag: str | None = None, deployment: int | None = None) -> ProcessDefinition | None:
        found = self.reference("process", process_id, tag, deployment)
        return process_definition(found.key) if found else None

    def decision(self, decision_id: str, *, tag: str | None = None, deployment: int | None = None) -> DecisionRef | None:
        found = self.reference("decision", decision_id, tag, deployment)
        if found is None:
            return None
        ref = _definitions.get(("decision", found.key), lambda: _load_decision(found))
        return replace(ref, imports=self.imported) if ref.model.imports else ref

    def imported(self, namespace: str) -> LibraryRef | None:
        """What a decision file imports under a namespace: the newest file of it, the tenant's own before the shared ones."""
        found = self.reference("library", namespace) if namespace else None
        return _definitions.get(("library", found.key), lambda: _load_library(found)) if found else None

    def has_form(self, form_id: str, *, tag: str | None = None, deployment: int | None = None) -> bool:
        return self.reference("form", form_id, tag, deployment) is not None

    def register(self, kind: str) -> Form | None:
        """The form that checks the rows of a register."""
        found = next((found for name in forms_of(kind) if name != LEDGER and (found := self.reference("form", name))), None)
        return form(found.key) if found else None

    def template(self, template_id: str) -> Template | None:
        """The template of a printed document."""
        found = self.reference("template", template_id)
        return template(found.key) if found else None

    def ledger_form(self, owner: str) -> Form | None:
        """The file of the ledger's fields of the tenant, or of all: the tenant's own does not stand in place of the shared one."""
        known = [found for found in self.indices["form"].keyed.values() if found.id == LEDGER and found.tenant == owner]
        return form(max(known, key=lambda found: found.version).key) if known else None

    @cached_property
    def ledger(self) -> LedgerSchema | None:
        """The fields of the ledger as the tenant has them; None where no file declares any. Raises FactsError."""
        base = self.ledger_form(SHARED)
        return None if base is None else LedgerSchema.of(base, None if self.tenant == SHARED else self.ledger_form(self.tenant))

    @cached_property
    def reserves(self) -> bool:
        """Whether some process of the tenant keeps the names of the ledger's row and the parameters for its expressions."""
        return any(process_definition(found.key).declares for found in self.processes())

    @cached_property
    def obliging(self) -> frozenset[int]:
        """The keys of the tenant's processes that begin by themselves for many (``each``)."""
        return frozenset(found.key for found in self.processes() if process_definition(found.key).obligation is not None)

    @cached_property
    def thrown(self) -> frozenset[str]:
        """The names of the messages that those processes of the tenant send which declare what the platform does."""
        every = (process_definition(found.key) for found in self.processes())
        return frozenset().union(*(process.throws for process in every if process.declares))

    def reference(self, kind: str, name: str, tag: str | None = None, deployment: int | None = None) -> ResourceRef | None:
        """The key that a lookup leads to. ``deployment``: the key of the process definition that asks."""
        bundle = process_definition(deployment).deployment if deployment else None
        return self.indices[kind].find(name, tag, bundle)

    def by_key(self, kind: str, key: int) -> ResourceRef | None:
        """A definition of any age that this tenant may use."""
        return self.indices[kind].keyed.get(key)

    def by_version(self, kind: str, name: str, version: int) -> ResourceRef | None:
        """A version of the tenant's own resource, else of the shared one."""
        return self.indices[kind].numbered.get((name, version))

    def processes(self) -> Iterable[ResourceRef]:
        """The newest version of every process."""
        return self.indices["process"].newest.values()

    def decisions(self) -> Iterable[ResourceRef]:
        """The newest version of every decision."""
        return self.indices["decision"].newest.values()


def _load(tenant: str, version: int) -> Snapshot:
    found = resources.references([tenant, SHARED], version)
    indices = {kind.value: _index([reference for reference in found if reference.kind == kind], tenant) for kind in DefinitionKind}
    return Snapshot(tenant, version, district(tenant).zone, calendar(), indices)


def _index(references: list[ResourceRef], tenant: str) -> _Index:
    # The shared ones first, then the tenant's own over them; within each, newer over older.
    ordered = sorted(references, key=lambda reference: (reference.tenant == tenant, reference.version))
    return _Index(
        {reference.id: reference for reference in ordered},
        {(reference.id, reference.version_tag): reference for reference in ordered if reference.version_tag},
        {(reference.id, reference.deployment_key): reference for reference in ordered},
        {reference.key: reference for reference in ordered},
        {(reference.id, reference.version): reference for reference in ordered},
    )
