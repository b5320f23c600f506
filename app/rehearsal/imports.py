"""What decision files import: which file a namespace means, as one district sees the files at hand (DMN 1.5 §6.3.3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.decision import dmn
from app.decision.codes import DmnCode
from app.domain.districts import SHARED
from app.engine.library import Imports, LibraryRef, no_imports


@dataclass(eq=False)
class Namespaces:
    """Decision files by namespace. A district's own go before the shared ones, files at hand before what lies ``beneath`` of the same owner."""

    tenant: str = SHARED
    beneath: Imports = no_imports
    _files: dict[tuple[str, str], list[LibraryRef]] = field(default_factory=dict)

    def add(self, library: LibraryRef) -> None:
        """Take in a file; one of the same name is replaced."""
        here = self._files.setdefault((library.owner, library.model.namespace), [])
        here[:] = [other for other in here if other.model.file != library.model.file] + [library]

    def find(self, namespace: str) -> LibraryRef | None:
        """The file that a namespace means; None when there is none. Raises dmn.DmnError when it might be any of several."""
        if not namespace:
            return None
        own, shared = (self._files.get((owner, namespace), []) for owner in (self.tenant, SHARED))
        if own:
            return _only(namespace, own)
        below = self.beneath(namespace)
        return below if not shared or (below is not None and below.owner == self.tenant) else _only(namespace, shared)

    def doubles(self, owner: str) -> Iterator[dmn.DmnProblem]:
        """Namespaces that a library without decisions shares with another file of its owner: it has no other name to be known by."""
        for (whose, namespace), here in self._files.items():
            if whose == owner and len(here) > 1 and any(not one.model.decisions for one in here):
                yield _ambiguous(namespace, here)

    def check(self, model: dmn.Model) -> list[dmn.DmnProblem]:
        """All findings about a file together with what it imports. Never raises."""
        return dmn.check(model, imports=self._model) if model.imports else dmn.check(model)

    def reached(self, model: dmn.Model) -> set[str]:
        """The namespaces that a file imports, and those that these import, as far as they are known."""
        found: set[str] = set()
        pending = [one.namespace for one in model.imports]
        while pending:
            namespace = pending.pop()
            if namespace in found:
                continue
            found.add(namespace)
            try:
                library = self.find(namespace)
            except dmn.DmnError:
                continue
            pending += [one.namespace for one in library.model.imports] if library is not None else []
        return found

    def _model(self, namespace: str) -> dmn.Model | None:
        found = self.find(namespace)
        return None if found is None else found.model


def _only(namespace: str, files: list[LibraryRef]) -> LibraryRef:
    if len(files) > 1:
        raise dmn.DmnError([_ambiguous(namespace, files)])
    return files[0]


def _ambiguous(namespace: str, files: list[LibraryRef]) -> dmn.DmnProblem:
    names = "、".join(one.model.file for one in files)
    message = f"命名空间“{namespace}”同时属于 {names},导入时无从区分。请给其中一个换一个命名空间"
    return dmn.DmnProblem(DmnCode.NAMESPACE, message, files[-1].model.file)
