"""What of a bundle is new beside what is deployed, and the rows of its new versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.catalogue.bundles import Defined, ModelFile
from app.domain.keys import next_key
from app.domain.states import DefinitionKind
from app.store import resources, rows
from app.store.resources import ResourceRef
from app.store.tables import DefinitionRow, ResourceRow

_EVERYTHING = 2**62

Place = tuple[str, str, str]  # tenant, kind, id


@dataclass(frozen=True, slots=True)
class Changes:
    """``new``: files with another content than the newest version of something that they define. ``same``: the others. ``newest``: what is deployed."""

    new: tuple[ModelFile, ...]
    same: tuple[ModelFile, ...]
    newest: Mapping[Place, ResourceRef]


def newest(tenants: Iterable[str]) -> dict[Place, ResourceRef]:
    """The newest version of everything of some tenants."""
    references = resources.references(sorted(tenants), _EVERYTHING)
    return {(item.tenant, item.kind, item.id): item for item in sorted(references, key=lambda item: item.version)}


def find(files: Sequence[ModelFile]) -> Changes:
    """Compare a bundle with what is deployed now."""
    there = newest({file.tenant for file in files})
    new = tuple(file for file in files if any(_differs(file, there.get((file.tenant, item.kind, item.id))) for item in file.own))
    return Changes(new, tuple(file for file in files if file not in new), there)


def _differs(file: ModelFile, known: ResourceRef | None) -> bool:
    return known is None or known.digest != file.digest


def write(found: Changes, deployment: int, number: int) -> list[tuple[ResourceRef, str]]:
    """Insert the new files with a next version of all that they define. Needs an act. Returns each version that a file is known by, with the file."""
    written = []
    newest = dict(found.newest)
    for file in found.new:
        resource = next_key()
        content = {
            "key": resource, "deployment_key": deployment, "tenant": file.tenant, "file": file.name, "digest": file.digest, "content": file.content,
        }  # fmt: skip
        rows.insert(ResourceRow, [content])
        for item in file.defined:
            known = newest.get((file.tenant, item.kind, item.id))
            reference = ResourceRef(
                kind=item.kind,
                key=next_key(),
                id=item.id,
                name=item.name,
                tenant=file.tenant,
                version=known.version + 1 if known else 1,
                version_tag=item.version_tag,
                number=number,
                deployment_key=deployment,
                resource_key=resource,
                digest=file.digest,
            )
            rows.insert(DefinitionRow, [_row(reference, item)])
            newest[file.tenant, item.kind, item.id] = reference  # several decision files of a bundle may share a namespace
            if item in file.own:
                written.append((reference, file.name))
    resources.set_catalogue_version(sorted({file.tenant for file in found.new}), number)
    return written


def _row(reference: ResourceRef, item: Defined) -> dict[str, Any]:
    names = ("key", "kind", "id", "tenant", "name", "version", "version_tag", "deployment_key", "resource_key")
    decided = item.kind == DefinitionKind.DECISION
    return {name: getattr(reference, name) for name in names} | {
        "drg_id": item.drg_id if decided else None,
        "drg_name": item.drg_name if decided else None,
        "imports": list(item.imports) if item.kind == DefinitionKind.LIBRARY else None,
    }
