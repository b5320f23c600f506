"""The gate before a deployment: the installation's scenarios that its files touch, run with them over what is deployed (design §9).

A case that fails refuses the deployment. One exception: where the files change nothing but numbers in decision tables, the scenarios that came with the
product (``scenarios/<district>/``) are only told as out of date — whoever deploys a new amount knows that the old one no longer holds. An installation's own
scenarios (``scenarios/*.yaml``) always count.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.catalogue import snapshot
from app.catalogue.bundles import ModelFile
from app.catalogue.snapshot import Snapshot
from app.decision import dmn
from app.domain.districts import SHARED
from app.domain.forms import Form
from app.engine import DecisionRef, LibraryRef, ProcessDefinition
from app.errors import InvalidRequest
from app.rehearsal.findings import Finding
from app.rehearsal.library import Models, Shelf
from app.rehearsal.scenario_files import Failed, Scenario, ScenarioError, read
from app.rehearsal.scenarios import Suite
from app.store import resources

FOLDER = "scenarios"
ALWAYS_USED = frozenset({("decision", "deadlines"), ("decision", "parameters")})
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")

Names = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """``failed`` refuse the deployment; ``outdated`` are told with it. ``cases``: how many were run."""

    failed: tuple[Finding, ...]
    outdated: tuple[Finding, ...]
    cases: int


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

    def all_processes(self) -> Iterator[ProcessDefinition]:
        return (self._snapshot.definition(reference.key) for reference in self._snapshot.processes())


def check(root: Path, files: Sequence[ModelFile]) -> GateVerdict:
    """Run every case that ``files`` touch, with them over what is deployed. Needs an app context; reads only."""
    paths = sorted((root / FOLDER).rglob("*.y*ml")) if files else []
    if not paths:
        return GateVerdict((), (), 0)
    suite = Suite(Shelf(root))
    names = {(item.kind, item.id) for file in files for item in file.defined}
    only_numbers = all(_only_numbers_differ(file) for file in files)
    failed: list[Finding] = []
    outdated: list[Finding] = []
    sets: dict[str, Models] = {}
    run = 0
    for path in paths:
        shown = path.relative_to(root).as_posix()
        try:
            cases = read(path)
        except ScenarioError as error:
            outdated.append(Finding(shown, None, None, "SCENARIO_FILE", error.message))
            continue
        for case in cases:
            tenant = case.district or SHARED
            if tenant not in sets:
                sets[tenant] = _models(suite.shelf, tenant, files)
            models = _with_own(suite, case, sets[tenant])
            if models is None or not _used(case, models) & names:
                continue
            run += 1
            result = suite.run_case(case, models)
            if not result.ok:
                difference = f"{_place(result.step)}:{result.difference}"
                if only_numbers and path.parent != root / FOLDER:
                    text = f"只改了数,这个随产品发布的场景不再成立,请核对。{difference}"
                    outdated.append(Finding(shown, case.name or None, None, "SCENARIO_OUTDATED", text))
                else:
                    failed.append(Finding(shown, case.name or None, None, "SCENARIO", difference))
    return GateVerdict(tuple(failed), tuple(outdated), run)


def _place(step: str) -> str:
    return {"start": "开始时", "expect": "结束时", "models": "读取模型时"}.get(step, f"第 {step.removeprefix('step ')} 步")


def _models(shelf: Shelf, tenant: str, files: Sequence[ModelFile]) -> Models:
    """What a tenant would see after the deployment."""
    models = Models(shelf.district(None if tenant == SHARED else tenant), Deployed(snapshot.library(tenant)), snapshot.calendar())
    own = {name for file in files if file.tenant == tenant for item in file.own for name in [(item.kind, item.id)]}
    deployed = {(item.kind, item.id) for item in resources.references([tenant], 2**62)} if tenant != SHARED else set()
    for owner in (SHARED, tenant):
        for file in files:
            # A district's own version, there already or in this bundle, hides the shared one.
            hidden = owner == SHARED != tenant and any((item.kind, item.id) in own | deployed for item in file.own)
            if file.tenant == owner and not hidden:
                models.add(file.name, file.content, owner)
    return models


def _with_own(suite: Suite, case: Scenario, models: Models) -> Models | None:
    """The case's own models over the others; None where the case cannot even be read (its own file is missing: that is no matter of this deployment)."""
    if case.models is None:
        return models
    try:
        return suite.own(suite.files(case), case.district, _Bottom(models))
    except (Failed, InvalidRequest):  # ``quancheng test`` tells of it
        return None


class _Bottom:
    """A set of models below a case's own: nothing of it starts by itself."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self.definition = models.definition
        self.process = models.process
        self.decision = models.decision
        self.imported = models.imported
        self.has_form = models.has_form
        self.form = models.form

    def all_processes(self) -> Iterable[ProcessDefinition]:
        return ()


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
            pending += process.called_processes
    return frozenset(used | {("library", namespace) for kind, name in used if kind == "decision" for namespace in _imported(models, name)})


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


def _only_numbers_differ(file: ModelFile) -> bool:
    """Whether a decision file says what the deployed one of its owner says, but for numbers."""
    if any(item.kind != "decision" for item in file.own):
        return False
    versions = [resources.versions("decision", item.id, file.tenant) for item in file.own]
    if not all(versions):
        return False
    try:
        new = snapshot.read_model(file.content, file.name)
        for item, known in zip(file.own, versions, strict=True):
            name, content = resources.content(known[0].resource_key)
            old = snapshot.read_model(content, name)
            if _skeleton(new, item.id) != _skeleton(old, item.id):
                return False
    except (dmn.DmnError, KeyError):
        return False
    return True


def _skeleton(model: dmn.Model, decision_id: str) -> Any:
    """A decision with a placeholder for every number."""
    decision = model.decisions[decision_id]
    columns = [(item.expression, item.type) for item in decision.inputs] + [
        (item.name, item.type, item.default) for item in decision.outputs
    ]
    rows = [(*rule.cells, *rule.outputs) for rule in decision.rules]
    texts = [*(formula.text for formula in decision.formulas), *(text for row in rows for text in row)]
    return decision.kind, decision.hit_policy, columns, [len(row) for row in rows], [_NUMBER.sub("#", text) for text in texts]
