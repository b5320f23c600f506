"""What a step may look up: one tenant's processes, decisions, forms and calendar as of one catalogue version, in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from app.decision import feel
from app.decision.dmn import Evaluation, Model
from app.domain.calendars import Calendar
from app.domain.districts import SHARED
from app.domain.forms import Form
from app.domain.templates import Template
from app.engine.definitions import ProcessDefinition


@dataclass(frozen=True, slots=True)
class LibraryRef:
    """A decision file as others import it: ``key`` of its definition, its ``version``, the parsed model and the tenant whose it is."""

    key: int
    version: int
    model: Model
    owner: str = SHARED


Imports = Callable[[str], LibraryRef | None]
"""What a namespace means, for one tenant at one catalogue version."""


def no_imports(namespace: str) -> LibraryRef | None:
    """Nothing can be imported."""
    return None


@dataclass(frozen=True, slots=True)
class DecisionRef:
    """A deployed decision: ``key`` of its definition, its ``version`` and the parsed model that holds it.

    ``imports`` finds what the model imports. It belongs to the library that gave the reference, not to the model: the same file takes another library in
    another district, and in a tree that began before the library changed.
    """

    key: int
    version: int
    decision_id: str
    model: Model
    imports: Imports = no_imports

    def evaluate(self, context: Mapping[str, Any], environment: feel.Environment) -> Evaluation:
        """Raises dmn.DmnError (an import cannot be put in place), DmnEvaluationError, feel.FeelError."""
        return self.model.evaluate(self.decision_id, context, environment, imports=self._model)

    def libraries(self) -> list[LibraryRef]:
        """Every file that an evaluation takes in, those that they import included. Raises dmn.DmnError."""
        found = (self.imports(model.namespace) for model in self.model.link(self._model).libraries()) if self.model.imports else iter(())
        return [library for library in found if library is not None]

    def _model(self, namespace: str) -> Model | None:
        found = self.imports(namespace)
        return None if found is None else found.model


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

    def register(self, kind: str) -> Form | None:
        """The form that checks the rows of a register."""

    def template(self, template_id: str) -> Template | None:
        """The template of a printed document."""


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
    registers: Mapping[str, Form] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)

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

    def register(self, kind: str) -> Form | None:
        return self.registers.get(kind)

    def template(self, template_id: str) -> Template | None:
        return self.templates.get(template_id)
