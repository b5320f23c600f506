"""What a step may look up: one tenant's processes, decisions, forms and calendar as of one catalogue version, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from app.decision.dmn import Model
from app.domain.calendars import Calendar
from app.engine.definitions import ProcessDefinition


@dataclass(frozen=True, slots=True)
class DecisionRef:
    """A deployed decision: ``key`` of its definition, its ``version`` and the parsed model that holds it."""

    key: int
    version: int
    decision_id: str
    model: Model


@runtime_checkable
class Library(Protocol):
    """A snapshot: the tenant's own newest version, else the shared one. ``tag`` resolves binding versionTag, ``deployment`` binding deployment (the key of
    the process definition that asks: resources deployed together with it)."""

    tenant: str
    version: int
    zone: ZoneInfo
    calendar: Calendar

    def definition(self, key: int) -> ProcessDefinition:
        """The process definition with this key, whatever its age (to load a state). Raises KeyError."""

    def process(self, process_id: str, *, tag: str | None = None, deployment: int | None = None) -> ProcessDefinition | None: ...

    def decision(self, decision_id: str, *, tag: str | None = None, deployment: int | None = None) -> DecisionRef | None: ...

    def has_form(self, form_id: str, *, tag: str | None = None, deployment: int | None = None) -> bool: ...


@dataclass(slots=True)
class StaticLibrary:
    """A library made of plain mappings: for scenarios, ``play``, rehearsal and tests."""

    processes: Mapping[str, ProcessDefinition]
    decisions: Mapping[str, DecisionRef]
    forms: frozenset[str]
    calendar: Calendar
    zone: ZoneInfo
    tenant: str = "<default>"
    version: int = 1
    any_form: bool = False

    def definition(self, key: int) -> ProcessDefinition:
        for definition in self.processes.values():
            if definition.key == key:
                return definition
        raise KeyError(key)

    def process(self, process_id: str, *, tag: str | None = None, deployment: int | None = None) -> ProcessDefinition | None:
        return self.processes.get(process_id)

    def decision(self, decision_id: str, *, tag: str | None = None, deployment: int | None = None) -> DecisionRef | None:
        return self.decisions.get(decision_id)

    def has_form(self, form_id: str, *, tag: str | None = None, deployment: int | None = None) -> bool:
        return self.any_form or form_id in self.forms
