"""Imports between decision files at deployment: put in place as of the catalogue, and judged again where the bundle changes what others import.

A file is looked at from every tenant that will use it: a shared one takes a district's own library there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.catalogue import snapshot
from app.catalogue.bundles import ModelFile, of_dmn
from app.decision import dmn
from app.decision.codes import DmnCode
from app.domain.districts import SHARED
from app.domain.states import DefinitionKind
from app.engine.library import LibraryRef
from app.rehearsal.codes import FindingCode
from app.rehearsal.findings import Finding
from app.rehearsal.imports import Namespaces
from app.store import resources
from app.store.resources import ResourceRef

_EVERYTHING = 2**62


def check(files: Sequence[ModelFile]) -> list[Finding]:
    """What is wrong with the imports of a bundle, and of deployed files that import something in it. ``severity`` tells errors from warnings."""
    changed = [file for file in files if file.model is not None]
    if not changed:
        return []
    tenants = {file.tenant for file in changed}
    if SHARED in tenants:
        tenants |= set(resources.tenants())
    deployed = resources.references(sorted(tenants | {SHARED}), _EVERYTHING)
    found: list[Finding] = []
    for tenant in sorted(tenants, key=lambda one: (one != SHARED, one)):
        found += _View(tenant, changed, deployed).findings()
    return list(dict.fromkeys(found))


class _View:
    """The bundle's decision files over what is deployed, as one tenant sees them."""

    def __init__(self, tenant: str, changed: Sequence[ModelFile], deployed: Iterable[ResourceRef]) -> None:
        self.tenant = tenant
        self.files = [file for file in changed if file.tenant in (tenant, SHARED)]
        self.deployed = sorted(
            (one for one in deployed if one.tenant in (tenant, SHARED) and one.kind in (DefinitionKind.DECISION, DefinitionKind.LIBRARY)),
            key=lambda one: (one.tenant == tenant, one.version),
        )
        before = snapshot.library(tenant)
        self.before = Namespaces(tenant, before.imported)
        self.after = Namespaces(tenant, before.imported)
        for file in self.files:
            if file.model is not None:
                self.after.add(LibraryRef(0, 0, file.model, file.tenant))

    def findings(self) -> Iterator[Finding]:
        yield from (of_dmn(problem.file, problem) for problem in self.after.doubles(self.tenant))
        for file in self.files:
            if file.model is not None and file.model.imports and not self._hidden(file) and self._concerned(file.tenant, file.model):
                yield from self._of_file(file, file.model)
        for importer, (_, wanted) in self._current().items():
            if wanted:
                yield from self._of_importer(importer)

    def _of_file(self, file: ModelFile, model: dmn.Model) -> Iterator[Finding]:
        for problem in (*self.after.check(model), *self._claimed_twice(model)):
            finding = of_dmn(file.name, problem)
            if finding.file not in {one.name for one in self.files}:  # it lies in a deployed file that this one leads to
                finding = replace(finding, file=file.name, element=finding.file, line=None)
            if file.tenant == self.tenant:
                yield finding
            elif problem.severity == "error":
                yield replace(finding, message=f"{self.tenant} 有自己的决策库,在那里:{finding.message}")

    def _of_importer(self, importer: ResourceRef) -> Iterator[Finding]:
        """What the bundle breaks of a deployed file. One that did not hold before either is no matter of this deployment."""
        name, content = resources.content(importer.resource_key)
        model = snapshot.read_model(content, name)
        reached = self.after.reached(model)
        library = next((file for file in self.files if file.model is not None and file.model.namespace in reached), None)
        if library is None or not self._concerned(importer.tenant, model):
            return
        wrong = [problem for problem in self.after.check(model) if problem.severity == "error"]
        if wrong and not any(problem.severity == "error" for problem in self.before.check(model)):
            where = "" if self.tenant == SHARED else f"(在 {self.tenant})"
            message = f"照这样改,正在导入它的 {name}{where}不再成立:{wrong[0]}。请保留被用到的名称和类型,或把改好的 {name} 一并上传"
            yield Finding(library.name, name, None, FindingCode.IMPORTER, message)

    def _concerned(self, owner: str, model: dmn.Model) -> bool:
        """Whether a file is to be judged here: the tenant's own always, a shared one where it takes a library of the tenant's own."""
        if owner == self.tenant:
            return True
        found = (_found(self.after, namespace) for namespace in self.after.reached(model))
        return any(library is not None and library.owner == self.tenant for library in found)

    def _current(self) -> dict[ResourceRef, tuple[str, list[str]]]:
        """Namespace and imports of the deployed files that the tenant goes on using: those the bundle does not replace."""
        replaced = {(item.kind, item.id) for file in self.files if not self._hidden(file) for item in file.defined}
        decided = {one.resource_key for one in self.deployed if one.kind == DefinitionKind.DECISION}
        newest = {(one.kind, one.id): one for one in self.deployed}
        used = {
            one.resource_key: one
            for place, one in newest.items()
            if place not in replaced and (one.kind == DefinitionKind.DECISION or one.resource_key not in decided)
        }
        return {used[key]: found for key, found in resources.imports(used).items()}

    def _hidden(self, file: ModelFile) -> bool:
        """Whether the tenant has its own of everything that a shared file is known by."""
        if file.tenant == self.tenant:
            return False
        own = {(one.kind, one.id) for one in self.deployed if one.tenant == self.tenant}
        own |= {(item.kind, item.id) for other in self.files if other.tenant == self.tenant for item in other.own}
        return all((item.kind, item.id) in own for item in file.own)

    def _claimed_twice(self, model: dmn.Model) -> Iterator[dmn.DmnProblem]:
        """Imports of a namespace that several deployed files in use have: nothing tells which of them is meant."""
        for wanted in model.imports:
            found = _found(self.after, wanted.namespace)
            if found is None or not found.key:
                continue
            current = self._current().items()
            keys = [one.resource_key for one, (space, _) in current if space == wanted.namespace and one.tenant == found.owner]
            names = sorted(set(resources.files(keys).values()))
            if len(names) > 1:
                message = f"导入的命名空间“{wanted.namespace}”同时属于已部署的 {'、'.join(names)},无从区分。请给其中一个换一个命名空间"
                yield dmn.DmnProblem(DmnCode.NAMESPACE, message, model.file, line=wanted.line)


def _found(namespaces: Namespaces, namespace: str) -> LibraryRef | None:
    try:
        return namespaces.find(namespace)
    except dmn.DmnError:  # told already
        return None
