"""Models of a run without a database: files by what they define, as one district sees them; an engine library in memory."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path, PurePath
from typing import Protocol
from zoneinfo import ZoneInfo

from app import printing
from app.codes import InstallationCode, RequestCode
from app.connectors.calls import forms_of
from app.decision import dmn
from app.domain import calendars, districts, forms, templates
from app.domain.calendars import Calendar
from app.domain.districts import REGISTERS, SHARED, ZONE, District, Phase
from app.domain.facts import LEDGER, LedgerSchema
from app.domain.forms import Form
from app.domain.templates import Template, TemplateRefused
from app.engine import DecisionRef, LibraryRef, ProcessDefinition, read
from app.engine.errors import DiagramError
from app.engine.expressions import vocabulary
from app.engine.library import no_imports
from app.errors import InvalidRequest
from app.rehearsal.imports import Namespaces

FOLDERS = ("bpmn", "dmn", "documents", "forms")  # forms last: registers lie in a folder of theirs
SUFFIXES = (".bpmn", ".dmn", ".json", *templates.ENDINGS)
LARGEST = 10_000_000  # bytes of one model file; what each kind of reader takes is less

_keys = count(1)


class ModelRefused(InvalidRequest):
    """A model cannot be read; ``file`` and ``element`` say where."""

    code = InstallationCode.MODEL

    def __init__(self, file: str, element: str, message: str) -> None:
        super().__init__(message)
        self.file = file
        self.element = element


class Beneath(Protocol):
    """What a set of models stands on: an engine library that can also list its processes and give its forms."""

    def definition(self, key: int) -> ProcessDefinition: ...

    def process(self, process_id: str, *, tag: str | None = None, deployment: int | None = None) -> ProcessDefinition | None: ...

    def decision(self, decision_id: str, *, tag: str | None = None, deployment: int | None = None) -> DecisionRef | None: ...

    def imported(self, namespace: str) -> LibraryRef | None: ...

    def has_form(self, form_id: str, *, tag: str | None = None, deployment: int | None = None) -> bool: ...

    def form(self, form_id: str) -> Form | None: ...

    def ledger_form(self, owner: str) -> Form | None: ...

    def template(self, template_id: str) -> Template | None: ...

    def all_processes(self) -> Iterable[ProcessDefinition]: ...


@dataclass(eq=False)
class Models:
    """An engine library. Files added later win over earlier ones of the same id; what is not here is looked for ``beneath``."""

    district: District | None = None
    beneath: Beneath | None = None
    calendar: Calendar = field(default_factory=calendars.statutory)
    processes: dict[str, ProcessDefinition] = field(default_factory=dict)
    decisions: dict[str, DecisionRef] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    version: int = 1
    phases: tuple[Phase, ...] | None = None  # of the ledger, in order; None where nobody can say
    any_register: bool = False
    tenant: str = field(default=SHARED, init=False)
    zone: ZoneInfo = field(default=ZONE, init=False)
    _by_key: dict[int, ProcessDefinition] = field(default_factory=dict)
    _ledgers: dict[str, Form] = field(default_factory=dict)
    _ledger: tuple[Form, Form | None, LedgerSchema] | None = None
    namespaces: Namespaces = field(init=False)

    def __post_init__(self) -> None:
        if self.district is not None:
            self.tenant, self.zone = self.district.key, self.district.zone
        self.namespaces = Namespaces(self.tenant, no_imports if self.beneath is None else self.beneath.imported)

    # --- filling

    def add(self, path: str, source: bytes, owner: str = SHARED) -> list[ProcessDefinition]:
        """Read one file of a district or of everybody. Returns the processes it brought. Raises ModelRefused."""
        if len(source) > LARGEST:
            raise ModelRefused(path, "", f"{path}:文件超过 {LARGEST // 1_000_000} MB,请拆分或精简")
        suffix = PurePath(path).suffix.lower()
        if suffix == ".dmn":
            self._add_decisions(path, source, owner)
        elif suffix == ".json":
            self._add_form(path, source, owner)
        elif suffix in templates.ENDINGS:
            self._add_template(path, source)
        else:
            return self.add_diagram(path, source)
        return []

    def add_diagram(self, path: str, source: bytes, *, executable_only: bool = True) -> list[ProcessDefinition]:
        """Read a BPMN file, whatever its name. Raises ModelRefused."""
        try:
            diagram = read(source, path, executable_only=executable_only)
        except DiagramError as error:
            raise ModelRefused(path, error.problems[0].element, str(error)) from error
        brought = [process.with_key(next(_keys), 1, 1) for process in diagram.processes]
        for process in brought:
            self.place(process)
        return brought

    def place(self, process: ProcessDefinition) -> None:
        """Take in a process that has been read already."""
        self.processes[process.process_id] = process
        self._by_key[process.key] = process

    def _add_decisions(self, path: str, source: bytes, owner: str) -> None:
        try:
            model = dmn.parse(source, name=path, functions=vocabulary())
        except dmn.DmnError as error:
            first = error.problems[0]
            raise ModelRefused(path, first.decision or "", str(error)) from error
        self.namespaces.add(LibraryRef(next(_keys), 1, model, owner))
        for decision in model.decisions:
            self.decisions[decision] = DecisionRef(next(_keys), 1, decision, model)

    def _add_form(self, path: str, source: bytes, owner: str) -> None:
        try:
            form = Form.parse(source)
        except forms.FormError as error:
            raise ModelRefused(path, error.place, f"{path}:{error}") from error
        self.forms[form.id] = form
        if form.id == LEDGER:
            self._ledgers[owner] = form

    def _add_template(self, path: str, source: bytes) -> None:
        try:
            found = printing.read(PurePath(path).stem, PurePath(path).suffix.lower(), source)
        except TemplateRefused as error:
            raise ModelRefused(path, "", f"{path}:{error}") from error
        self.templates[found.id] = found

    # --- what an engine asks

    def definition(self, key: int) -> ProcessDefinition:
        found = self._by_key.get(key)
        if found is not None:
            return found
        if self.beneath is None:
            raise KeyError(key)
        return self.beneath.definition(key)

    def process(self, process_id: str, *, tag: str | None = None, deployment: int | None = None) -> ProcessDefinition | None:
        found = self.processes.get(process_id)
        if found is not None and (tag is None or found.version_tag == tag):
            return found
        return self.beneath.process(process_id, tag=tag) if self.beneath else None

    def decision(self, decision_id: str, *, tag: str | None = None, deployment: int | None = None) -> DecisionRef | None:
        found = self.decisions.get(decision_id)
        if found is None and self.beneath is not None:
            found = self.beneath.decision(decision_id, tag=tag)
        return replace(found, imports=self.imported) if found is not None and found.model.imports else found

    def imported(self, namespace: str) -> LibraryRef | None:
        """What a decision file imports, among its own and those beneath. Raises dmn.DmnError when several files claim the namespace."""
        return self.namespaces.find(namespace)

    def has_form(self, form_id: str, *, tag: str | None = None, deployment: int | None = None) -> bool:
        return form_id in self.forms or (self.beneath is not None and self.beneath.has_form(form_id, tag=tag))

    def form(self, form_id: str) -> Form | None:
        found = self.forms.get(form_id)
        return found if found is not None or self.beneath is None else self.beneath.form(form_id)

    def register(self, kind: str) -> Form | None:
        """The form that checks the rows of a register; ``any_register``: where nobody can say which there are, any may be meant."""
        found = next((found for name in forms_of(kind) if name != LEDGER and (found := self.form(name)) is not None), None)
        return Form(kind, kind, {"type": "object", "properties": {}}) if found is None and self.any_register else found

    def template(self, template_id: str) -> Template | None:
        found = self.templates.get(template_id)
        return found if found is not None or self.beneath is None else self.beneath.template(template_id)

    def ledger_form(self, owner: str) -> Form | None:
        """The file of the ledger's fields of a district, or of all: unlike other forms the district's own does not stand in place of the shared one."""
        found = self._ledgers.get(owner)
        return found if found is not None or self.beneath is None else self.beneath.ledger_form(owner)

    @property
    def ledger(self) -> LedgerSchema | None:
        """The fields of the ledger as the district has them; None where no file declares any. Raises FactsError."""
        base, own = self.ledger_form(SHARED), None if self.tenant == SHARED else self.ledger_form(self.tenant)
        if base is None:
            return None
        if self._ledger is None or self._ledger[0] is not base or self._ledger[1] is not own:
            self._ledger = base, own, LedgerSchema.of(base, own)
        return self._ledger[2]

    def all_processes(self) -> Iterator[ProcessDefinition]:
        """Its own, then those beneath that it does not replace."""
        yield from self.processes.values()
        if self.beneath is not None:
            yield from (process for process in self.beneath.all_processes() if process.process_id not in self.processes)


@dataclass
class Shelf:
    """An installation's models on disk, each district's read once. ``root`` holds bpmn/, dmn/, forms/ and districts/."""

    root: Path
    _kept: dict[str | None, Models] = field(default_factory=dict)
    _districts: Mapping[str, District] | None = None

    def districts(self) -> Mapping[str, District]:
        """The districts by key, read once; none where there is no such folder. Raises InvalidRequest (DISTRICT)."""
        if self._districts is None:
            try:
                self._districts = districts.load_all(self.root / "districts")
            except districts.DistrictError as error:
                raise InvalidRequest(str(error), code=RequestCode.DISTRICT) from error
        return self._districts

    def phases(self) -> tuple[str, ...] | None:
        """The ledger's phases in order; None where the installation has no such file. Raises InvalidRequest (DISTRICT)."""
        found = self.every_phase()
        return None if found is None else tuple(phase.key for phase in found)

    def main_line(self) -> tuple[str, ...] | None:
        """The main phases in order; None where the installation has no such file. Raises InvalidRequest (DISTRICT)."""
        found = self.every_phase()
        return None if found is None else districts.main_line(found)

    def every_phase(self) -> tuple[Phase, ...] | None:
        """The ledger's phases with all that is said of them; None where the installation has no such file. Raises InvalidRequest (DISTRICT)."""
        file = self.root / "districts" / "phases.toml"
        try:
            return districts.load_phases(file) if file.is_file() else None
        except districts.DistrictError as error:
            raise InvalidRequest(str(error), code=RequestCode.DISTRICT) from error

    def district(self, key: str | None) -> District | None:
        """The district ``key``. Raises InvalidRequest (DISTRICT) naming those that there are."""
        if key is None:
            return None
        known = self.districts()
        if key not in known:
            raise InvalidRequest(str(districts.UnknownDistrict(key, known)), code=RequestCode.DISTRICT)
        return known[key]

    def models(self, district: str | None) -> Models:
        """The models as one district sees them: the shared ones, over them its own. Raises ModelRefused."""
        if district not in self._kept:
            models = Models(self.district(district), phases=self.every_phase())
            for owner in (SHARED, district) if district is not None else (SHARED,):
                for path in self._files(owner):
                    models.add(path.relative_to(self.root).as_posix(), path.read_bytes(), owner)
            self._kept[district] = models
        return self._kept[district]

    def _files(self, owner: str) -> Sequence[Path]:
        places = [self.root / folder if owner == SHARED else self.root / folder / owner for folder in FOLDERS]
        places.append(places[-1] / REGISTERS)
        return [path for place in places for path in sorted(place.glob("*")) if path.suffix in SUFFIXES]

    def libraries(self, district: str, without: Collection[Path]) -> Namespaces:
        """The decision files as one district may import them, but those at ``without``; ones that cannot be read import as nothing."""
        found = Namespaces(district)
        for owner in dict.fromkeys((SHARED, district)):
            for path in self._files(owner):
                if path.suffix == ".dmn" and path.resolve() not in without:
                    with suppress(dmn.DmnError):
                        name = path.relative_to(self.root).as_posix()
                        found.add(LibraryRef(next(_keys), 1, dmn.parse(path.read_bytes(), name=name, functions=vocabulary()), owner))
        return found

    def owner(self, path: Path) -> str:
        """Whose a file is, by its folder. Raises ModelRefused for a folder of no district."""
        try:
            return districts.owner(str(path), self.districts())
        except districts.UnknownDistrict as error:
            raise ModelRefused(str(path), "", f"{path}:{error}") from error


class Later:
    """What an installation has, read only when something is looked up that is not among a run's own models."""

    def __init__(self, shelf: Shelf, district: str | None) -> None:
        self._shelf = shelf
        self._district = district

    def _models(self) -> Models:
        return self._shelf.models(self._district)

    def definition(self, key: int) -> ProcessDefinition:
        return self._models().definition(key)

    def process(self, process_id: str, *, tag: str | None = None, deployment: int | None = None) -> ProcessDefinition | None:
        return self._models().process(process_id, tag=tag)

    def decision(self, decision_id: str, *, tag: str | None = None, deployment: int | None = None) -> DecisionRef | None:
        return self._models().decision(decision_id, tag=tag)

    def imported(self, namespace: str) -> LibraryRef | None:
        return self._models().imported(namespace)

    def has_form(self, form_id: str, *, tag: str | None = None, deployment: int | None = None) -> bool:
        return self._models().has_form(form_id, tag=tag)

    def form(self, form_id: str) -> Form | None:
        return self._models().form(form_id)

    def ledger_form(self, owner: str) -> Form | None:
        return self._models().ledger_form(owner)

    def template(self, template_id: str) -> Template | None:
        return self._models().template(template_id)

    def all_processes(self) -> Iterable[ProcessDefinition]:
        """None: messages, signals and timers start only what the run itself names."""
        return ()
