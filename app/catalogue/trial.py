"""Scenarios run over what is deployed, before and after a deployment, and which of them its files touch at all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.catalogue import districts, snapshot
from app.catalogue.bundles import ModelFile
from app.catalogue.scenario_sets import Holdings, NotThere
from app.catalogue.snapshot import Snapshot
from app.domain.districts import REGISTERS, SHARED, UnknownDistrict
from app.domain.facts import LEDGER
from app.domain.forms import Form
from app.domain.templates import Template
from app.engine import DecisionRef, LibraryRef, ProcessDefinition
from app.engine.decisions import DEADLINES
from app.engine.ledger import PARAMETERS
from app.rehearsal import cases
from app.rehearsal.cases import Outcome
from app.rehearsal.library import ModelRefused, Models
from app.rehearsal.scenario_files import Scenario, ScenarioSet

ALWAYS_USED = frozenset({("decision", DEADLINES), ("decision", "parameters")})

Names = frozenset[tuple[str, str]]


class Deployed:
    """What is deployed, seen from one tenant."""

    def __init__(self, deployed: Snapshot) -> None:
        self._snapshot = deployed

    def definition(self, key: int) -> ProcessDefinition:
        return self._snapshot.definition(key)

    def process(self, process_id: str, *, tag: str | None = None, deployment: int | None = None) -> ProcessDefinition | None:
        return self._snapshot.process(process_id, tag=tag)

    def decision(self, decision_id: str, *, tag: str | None = None, deployment: int | None = None) -> DecisionRef | None:
        return self._snapshot.decision(decision_id, tag=tag)

    def imported(self, namespace: str) -> LibraryRef | None:
        return self._snapshot.imported(namespace)

    def has_form(self, form_id: str, *, tag: str | None = None, deployment: int | None = None) -> bool:
        return self._snapshot.has_form(form_id, tag=tag)

    def form(self, form_id: str) -> Form | None:
        found = self._snapshot.reference("form", form_id)
        return snapshot.form(found.key) if found else None

    def ledger_form(self, owner: str) -> Form | None:
        return self._snapshot.ledger_form(owner)

    def template(self, template_id: str) -> Template | None:
        return self._snapshot.template(template_id)

    def all_processes(self) -> Iterator[ProcessDefinition]:
        return (self._snapshot.definition(reference.key) for reference in self._snapshot.processes())


class _Bottom:
    """A set of models below a case's own: nothing of it starts by itself."""

    def __init__(self, models: Models) -> None:
        self.definition = models.definition
        self.process = models.process
        self.decision = models.decision
        self.imported = models.imported
        self.has_form = models.has_form
        self.form = models.form
        self.ledger_form = models.ledger_form
        self.template = models.template

    def all_processes(self) -> Iterable[ProcessDefinition]:
        return ()


class Trial:
    """What scenarios see with the files of a bundle over what is deployed; without files: what they see today. Needs an app context; reads only."""

    def __init__(self, files: Sequence[ModelFile]) -> None:
        self.files = files
        self.holdings = Holdings(files)
        self._views: dict[str, Models] = {}
        self._touched: dict[str, Names] = {}
        self._own: dict[tuple[str, str], Models] = {}

    def run(self, scenarios: ScenarioSet, case: Scenario) -> Outcome:
        """One case of a set."""
        try:
            models = self.models(scenarios, case)
        except (NotThere, ModelRefused, UnknownDistrict) as error:
            text = f"models 所列的 {error} 没有部署" if isinstance(error, NotThere) else str(error)
            stops = not isinstance(error, NotThere)  # a model that cannot be read is refused, whatever was changed in it
            return Outcome(ok=False, step="models", place="读取模型时", stops=stops, difference=text, told=text, cause=text)
        return cases.attempt(case, models, districts.phase_keys())

    def touches(self, scenarios: ScenarioSet, case: Scenario) -> bool:
        """Whether a case comes by anything that the files change."""
        tenant = case.district or SHARED
        try:
            models = self.models(scenarios, case)
            touched = self._touched[tenant]
            if case.models and any(_fixture(file.path) in touched for file in self.holdings.named(scenarios)):
                return True
        except (NotThere, ModelRefused, UnknownDistrict):
            return False  # it was so before
        registers = any(
            kind == "form" and name.startswith(f"{REGISTERS}.") for kind, name in touched
        )  # what a process writes is checked by them
        used = _used(case, models)
        return bool(used & touched) or (registers and any(kind == "process" for kind, _ in used))

    def models(self, scenarios: ScenarioSet, case: Scenario) -> Models:
        """What a case runs on. Raises NotThere, ModelRefused, UnknownDistrict."""
        tenant = case.district or SHARED
        view = self._view(tenant)
        if case.models is None:
            return view
        place = (scenarios.file.as_posix(), tenant)
        if place not in self._own:
            models = Models(view.district, _Bottom(view), phases=view.phases)
            named = self.holdings.named(scenarios)
            for owner in dict.fromkeys((SHARED, tenant)):
                for file in named:
                    if file.tenant == owner:
                        models.add(file.path, file.content, owner)
            self._own[place] = models
        return self._own[place]

    def _view(self, tenant: str) -> Models:
        if tenant not in self._views:
            districts.owner("", tenant)
            district = None if tenant == SHARED else districts.every()[tenant]
            models = Models(district, Deployed(snapshot.library(tenant)), snapshot.calendar(), phases=districts.phases())
            touched: set[tuple[str, str]] = set()
            for file in self._visible(tenant):
                touched |= {(item.kind, item.id) for item in file.defined}
                if all(item.kind != "scenario" for item in file.defined):
                    models.add(file.name, file.content, file.tenant)
            self._views[tenant], self._touched[tenant] = models, frozenset(touched)
        return self._views[tenant]

    def _visible(self, tenant: str) -> Iterator[ModelFile]:
        """The files of the bundle that a tenant would see: shared ones first, but for those that a version of its own hides, there already or in the bundle.

        What a district says of the ledger's fields hides nothing: the shared fields stand beneath it.
        """
        own: set[tuple[str, str]] = {(item.kind, item.id) for file in self.files if file.tenant == tenant for item in file.own}
        own |= {(kind, name) for owner, kind, name in self.holdings.newest if owner == tenant}
        own.discard(("form", LEDGER))
        for file in self.files:
            if file.tenant == SHARED and (tenant == SHARED or not any((item.kind, item.id) in own for item in file.own)):
                yield file
        if tenant != SHARED:
            yield from (file for file in self.files if file.tenant == tenant)


def _fixture(path: str) -> tuple[str, str]:
    return "scenario", path.rsplit("/", 1)[-1]


def _used(case: Scenario, models: Models) -> Names:
    """What a case may come by: from its process all that is called by a fixed id, and what the case itself names."""
    used: set[tuple[str, str]] = set(ALWAYS_USED)
    texts = {value for value in case.variables.values() if isinstance(value, str)}
    used |= {("decision", name) for name in texts | set(_decisions(case))}
    pending = [case.process] if case.process else []
    if case.models is not None:
        pending += list(models.processes)
    messages = {_name(step.get(kind)) for step in case.steps for kind in ("message", "signal")} - {None}
    if messages:
        pending += [
            process.process_id
            for process in models.all_processes()
            if any(event.name is not None and event.name.strip('="') in messages for event in process.start_events)
        ]
    while pending:
        name = pending.pop()
        if name is None or ("process", name) in used:
            continue
        used.add(("process", name))
        process = models.process(name)
        if process is not None:
            used |= {("decision", called) for called in process.called_decisions} | {("form", called) for called in process.forms}
            used |= {("template", name) for name in process.templates}
            used |= {("decision", called) for name in process.forms for called in _of_checks(models.form(name))}
            pending += process.called_processes
    return frozenset(used | {("library", namespace) for kind, name in used if kind == "decision" for namespace in _imported(models, name)})


def _of_checks(form: Form | None) -> Iterator[str]:
    """The decisions that a form's checks take."""
    for check in form.checks if form is not None else ():
        if check.decision is not None or PARAMETERS in check.names:
            yield check.decision or PARAMETERS


def _imported(models: Models, decision_id: str) -> set[str]:
    """The namespaces that a decision's file takes in."""
    ref = models.decision(decision_id)
    return models.namespaces.reached(ref.model) if ref is not None and ref.model.imports else set()


def _name(value: Any) -> str | None:
    name = value.get("name") if isinstance(value, Mapping) else value
    return name if isinstance(name, str) else None


def _decisions(case: Scenario) -> Iterator[str]:
    for expected in [case.expect, *(step["expect"] for step in case.steps if step.get("expect"))]:
        yield from expected.get("decision") or {}
