"""The sets of scenarios that are deployed, and the model files that a set names: of the bundle where it brings them, else the newest that is deployed."""

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from app.catalogue import changes
from app.catalogue.bundles import KINDS, ModelFile, place
from app.catalogue.snapshot import Kept
from app.domain.districts import SHARED
from app.rehearsal import scenario_files
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.scenario_files import ScenarioSet
from app.rehearsal.scenario_yaml import ScenarioError
from app.store import resources
from app.store.resources import ResourceRef

_parsed = Kept(512)


@dataclass(frozen=True, slots=True)
class DeployedSet:
    """A set as it is deployed. ``shipped``: it came with the product, for one district."""

    tenant: str
    id: str
    resource_key: int
    shipped: bool
    scenarios: ScenarioSet


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A model file that a scenario names: where it lies, whose it is."""

    path: str
    tenant: str
    content: bytes


class NotThere(Exception):
    """A scenario names a model that is neither in the bundle nor deployed."""


class Holdings:
    """Everything deployed, and a bundle over it. Needs an app context; reads only."""

    def __init__(self, bundle: Sequence[ModelFile]) -> None:
        self.newest = changes.newest(resources.tenants())
        self._bundle = {place(file.name, file.tenant): file for file in bundle}
        self._deployed: dict[str, ResourceRef] = {}
        files = resources.files(list({item.resource_key for item in self.newest.values()}))
        for item in sorted(self.newest.values(), key=lambda item: item.number):
            self._deployed[place(files[item.resource_key], item.tenant)] = item

    def named(self, scenarios: ScenarioSet) -> list[NamedFile]:
        """The files that a set names, folders searched through. Raises NotThere."""
        names = scenarios.cases[0].models or ()  # all cases of a file have the same
        return [self._file(path) for name in names for path in self._paths(scenarios, name)]

    def _paths(self, scenarios: ScenarioSet, name: str) -> list[str]:
        path = posixpath.normpath(posixpath.join(scenarios.file.parent.as_posix(), name))
        there = {**self._deployed, **self._bundle}
        if path in there:
            return [path]
        below = sorted(other for other in there if other.startswith(f"{path}/") and _kind(other) != "scenario")
        # Uploaded together by their bare names, a diagram lies in another folder than the set that names it.
        beside = [other for other, file in self._bundle.items() if file.name == PurePath(path).name]
        if not below and not beside:
            raise NotThere(name)
        return below or beside

    def _file(self, path: str) -> NamedFile:
        if path in self._bundle:
            return NamedFile(path, self._bundle[path].tenant, self._bundle[path].content)
        found = self._deployed[path]
        return NamedFile(path, found.tenant, resources.content(found.resource_key)[1])

    def sets(self) -> dict[tuple[str, str], DeployedSet]:
        """(tenant, id) → the newest deployed version of every set."""
        wanted = [item for path, item in self._deployed.items() if _kind(path) == "scenario"]
        origins = resources.deployments(sorted({item.deployment_key for item in wanted}))
        found = {}
        for item in wanted:
            scenarios = _read(item.resource_key)
            if scenarios is not None:
                shipped = origins[item.deployment_key].source == "files" and item.tenant != SHARED
                found[item.tenant, item.id] = DeployedSet(item.tenant, item.id, item.resource_key, shipped, scenarios)
        return found


def missing(files: Sequence[ModelFile], holdings: Holdings) -> list[Finding]:
    """Models that sets of the bundle name and nobody has."""
    found = []
    for file in files:
        if file.scenarios is not None:
            try:
                holdings.named(file.scenarios)
            except NotThere as error:
                text = f"models 所列的 {error} 不在这批文件里,也没有部署过。请一并上传,或改正路径(相对于场景文件)"
                found.append(Finding(file.name, "models", None, FindingCode.SCENARIO_MODELS, text))
    return found


def _read(resource_key: int) -> ScenarioSet | None:
    """None for a set that an earlier release of the product could read and this one cannot."""

    def make() -> ScenarioSet | None:
        try:
            return scenario_files.parse(*resources.content(resource_key))
        except ScenarioError:
            return None

    return _parsed.get(resource_key, make)


def _kind(path: str) -> str | None:
    return KINDS.get(PurePath(path).suffix.lower())
