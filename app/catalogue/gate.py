"""The gate before a deployment (design §9): the scenarios that its files touch, before and after; overlapping rows; ids that look like a slip; other people at
tasks that decide facts.

Refused is what *newly* fails: a case that failed before is told, with how to mend it; one that comes changed with the bundle must hold. One exception: where
the files change nothing but numbers in decision tables, another value, date or path in a scenario that came with the product is told as out of date, for whoever
deploys a new amount knows that the old one no longer holds. A new incident, a refused evaluation or rows of a UNIQUE table that overlap refuse whatever was changed.

What became of a case is kept as of the catalogue version, so that "before" is not run again; where nothing is kept, only cases that fail now are run on what is
deployed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import metadata
from typing import Any

from app.catalogue import changes, districts, doers, interpretations, scenario_sets, snapshot
from app.catalogue.bundles import ModelFile
from app.catalogue.changes import Changes
from app.catalogue.scenario_sets import DeployedSet, Holdings
from app.catalogue.trial import Trial
from app.decision import dmn
from app.decision.near import distance, near
from app.domain.districts import SHARED
from app.rehearsal.case_names import plain
from app.rehearsal.cases import Outcome
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.imports import Namespaces
from app.rehearsal.scenario_files import Scenario
from app.rehearsal.weakening import weakenings
from app.store import resources, verdicts
from app.store.verdicts import ScenarioVerdict

# What does not refuse.
_TOLD = frozenset({FindingCode.SCENARIO_KNOWN, FindingCode.SCENARIO_OUTDATED, FindingCode.OVERLAP_KNOWN})
_SLIPS = 2  # at most, in an id that is taken for another: in a long one more are no slip
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """``refused``: what stops the deployment, unless somebody answers for it; ``told``: what does not. ``cases``: how many were run.

    ``outcomes``: (tenant, id) of a set → what became of its cases that were run; ``versions``: tenant → the catalogue version that they were compared with;
    ``basis``: what besides the models they depend on.
    """

    refused: tuple[Finding, ...] = ()
    told: tuple[Finding, ...] = ()
    cases: int = 0
    outcomes: Mapping[tuple[str, str], Sequence[tuple[Scenario, Outcome]]] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    basis: str = ""


def check(files: Sequence[ModelFile], now: datetime) -> GateVerdict:
    """``files``: those of a bundle that are new. Needs an app context; reads only."""
    if unfounded := tuple(interpretations.unfounded(files, now)):
        return GateVerdict(refused=unfounded)  # nobody answers for it, so nothing is tried out
    after = Trial(files)
    missing = scenario_sets.missing(files, after.holdings)
    if missing:
        return GateVerdict(refused=tuple(missing))
    run = _Run(files, after)
    run.all()
    found = [*run.findings, *_overlaps(files), *_dropped(files, run.deployed), *_slips(files, after.holdings)]
    found += doers.changed(files)
    return GateVerdict(
        refused=tuple(finding for finding in found if finding.code not in _TOLD),
        told=tuple(finding for finding in found if finding.code in _TOLD),
        cases=sum(len(outcomes) for outcomes in run.outcomes.values()),
        outcomes=run.outcomes,
        versions=run.versions,
        basis=run.basis,
    )


def at_start(files: Sequence[ModelFile], now: datetime) -> GateVerdict:
    """What can be said of files that come with the product, without running anything. Needs an app context; reads only."""
    holdings = Holdings(files)
    found = [*scenario_sets.missing(files, holdings), *_overlaps(files)]
    return GateVerdict(
        tuple(finding for finding in found if finding.code != FindingCode.OVERLAP_KNOWN),
        (
            *_dropped(files, holdings.sets()),
            *(finding for finding in found if finding.code == FindingCode.OVERLAP_KNOWN),
            *interpretations.unfounded(files, now),
        ),
    )


def keep(tried: GateVerdict, found: Changes, number: int) -> None:
    """What became of the cases that were run, as of the new catalogue version; the others stand as they stood. Needs an act."""
    owners = {file.tenant for file in found.new}
    for tenant, before in tried.versions.items():
        if tenant in owners or SHARED in owners:
            verdicts.move_on(tenant, before, number)
    newest = changes.newest({tenant for tenant, _ in tried.outcomes})
    verdicts.keep(
        [
            ScenarioVerdict(
                resource_key=newest[tenant, "scenario", name].resource_key,
                case_key=case.key,
                tenant=case.district or SHARED,
                ok=outcome.ok,
                stops=outcome.stops,
                difference=outcome.cause,
            )
            for (tenant, name), outcomes in tried.outcomes.items()
            for case, outcome in outcomes
        ],
        number,
        tried.basis,
    )
    replaced = [found.newest.get((file.tenant, item.kind, item.id)) for file in found.new for item in file.defined]
    verdicts.forget([known.resource_key for known in replaced if known is not None and known.kind == "scenario"])


class _Run:
    """The cases that a bundle touches, after and, where that is needed, before."""

    def __init__(self, files: Sequence[ModelFile], after: Trial) -> None:
        self.after = after
        self.before: Trial | None = None
        self.deployed = after.holdings.sets()
        self.brought = {(file.tenant, item.id): file for file in files if file.scenarios is not None for item in file.defined}
        models = [file for file in files if file.scenarios is None]
        self.only_numbers = all(_only_numbers_differ(file) for file in models)
        self.versions = {tenant: resources.catalogue_version(tenant) for tenant in self._tenants()}
        self.basis = _basis()
        self.known = verdicts.known(self.versions, self.basis) if self.versions else {}
        self.outcomes: dict[tuple[str, str], list[tuple[Scenario, Outcome]]] = {}
        self.findings: list[Finding] = []

    def _tenants(self) -> set[str]:
        sets = [
            *(found.scenarios for found in self.deployed.values()),
            *(file.scenarios for file in self.brought.values() if file.scenarios),
        ]
        return {case.district or SHARED for scenarios in sets for case in scenarios.cases}

    def all(self) -> None:
        for place in sorted({*self.deployed, *self.brought}):
            brought = self.brought.get(place)
            scenarios = brought.scenarios if brought is not None and brought.scenarios is not None else self.deployed[place].scenarios
            for case in scenarios.cases:
                if brought is None and not self.after.touches(scenarios, case):
                    continue
                outcome = self.after.run(scenarios, case)
                self.outcomes.setdefault(place, []).append((case, outcome))
                if not outcome.ok:
                    self.findings.append(self._judge(place, case, outcome))

    def _judge(self, place: tuple[str, str], case: Scenario, outcome: Outcome) -> Finding:
        held = self.deployed.get(place)
        stood = self._stood(held, case) if place not in self.brought or _as_before(held, case) else None
        told = f"{outcome.place}:{outcome.told}"
        scenarios = self.brought[place].scenarios if place in self.brought else held.scenarios if held is not None else None
        title = scenarios.title if scenarios is not None else ""
        called = plain(case.name)
        name = case.name if title in (case.name, case.file.stem) else f"{title} / {called}" if called else title
        finding = Finding(case.file.as_posix(), name or None, None, FindingCode.SCENARIO, told)
        if stood is not None and not stood.ok and not (outcome.stops and stood.difference != outcome.cause):
            return replace(finding, code=FindingCode.SCENARIO_KNOWN)
        shipped = held is not None and held.shipped and place not in self.brought
        if self.only_numbers and shipped and not outcome.stops:
            return replace(finding, code=FindingCode.SCENARIO_OUTDATED)
        return finding

    def _stood(self, held: DeployedSet | None, case: Scenario) -> ScenarioVerdict | None:
        """What became of the deployed case of this name on what is deployed; None if there was no such case."""
        older = next((other for other in held.scenarios.cases if other.key == case.key), None) if held is not None else None
        if held is None or older is None:
            return None
        known = self.known.get((held.resource_key, older.key))
        if known is not None:
            return known
        if self.before is None:
            self.before = Trial(())
        outcome = self.before.run(held.scenarios, older)
        return ScenarioVerdict(
            resource_key=held.resource_key,
            case_key=older.key,
            tenant=older.district or SHARED,
            ok=outcome.ok,
            stops=outcome.stops,
            difference=outcome.cause,
        )


def _as_before(held: DeployedSet | None, case: Scenario) -> bool:
    """Whether the deployed set has this case word for word: one that its publisher has just written must hold, however the older one stood."""
    return held is not None and any(replace(older, file=case.file) == case for older in held.scenarios.cases)


def _basis() -> str:
    """Program, districts' files and calendar: another release or another file may make a case another, though no model changed."""
    return f"{metadata.version('quancheng')} {districts.fingerprint()} {snapshot.calendar().version}"


# ---------------------------------------------------------------------- tables


def _overlaps(files: Sequence[ModelFile]) -> Iterator[Finding]:
    """Rows that hit at once: refused where they come with these files, told where the version before had them too."""
    for file in files:
        if file.overlaps:
            seen = Namespaces(file.tenant, snapshot.library(file.tenant).imported)
            before = {problem.message for model in _deployed(file) for problem in seen.check(model)}
            for overlap in file.overlaps:
                known = overlap.message in before
                advice = ";原有的版本也是如此,请改正" if known else "。请把两行的条件分开"
                yield replace(overlap, code=FindingCode.OVERLAP_KNOWN if known else FindingCode.OVERLAP, message=overlap.message + advice)


def _deployed(file: ModelFile) -> Iterator[dmn.Model]:
    for item in file.own:
        for newest in resources.versions("decision", item.id, file.tenant)[:1]:
            name, content = resources.content(newest.resource_key)
            yield snapshot.read_model(content, name)


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


# ---------------------------------------------------------------------- what has to be confirmed


def _dropped(files: Sequence[ModelFile], deployed: Mapping[tuple[str, str], DeployedSet]) -> Iterator[Finding]:
    """What new versions of sets of scenarios ask no longer."""
    for file in files:
        for item in file.defined:
            before = deployed.get((file.tenant, item.id))
            if file.scenarios is not None and before is not None:
                for lost in weakenings(before.scenarios, file.scenarios):
                    yield Finding(file.name, lost.case or None, None, FindingCode.SCENARIO_DROPPED, lost.text)


def _slips(files: Sequence[ModelFile], holdings: Holdings) -> Iterator[Finding]:
    """Ids that nobody has yet and that look like a slip of one that somebody has."""
    known: dict[str, set[str]] = {}
    for _, kind, name in holdings.newest:
        known.setdefault(kind, set()).add(name)
    words = {"process": "流程", "decision": "决策", "library": "决策库", "form": "表单", "template": "模板", "scenario": "场景"}
    for file in files:
        defined = {item.id for item in file.own}
        stem = file.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        for item in file.own:
            there = known.get(item.kind, set())
            if item.id in there:
                continue
            meant = near(item.id, there)
            if meant is not None and distance(item.id.lower(), meant.lower()) > _SLIPS:
                meant = None
            meant = meant or (stem if stem in there and stem not in defined else None)
            if meant is not None:
                text = f"{words[item.kind]}“{item.id}”是新的,不会替换已有的“{meant}”。若是笔误请改正;确实要新建的,请确认"
                yield Finding(file.name, item.id, None, FindingCode.NEW_ID, text)
