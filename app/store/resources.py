"""Queries over deployed resources."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import func, or_, select

from app.domain.districts import SHARED
from app.domain.states import DefinitionKind, DeploymentSource
from app.store import rows
from app.store.settings import CALENDAR
from app.store.tables import CatalogueRow, DefinitionRow, DeploymentRow, ResourceRow, StoredSettingRow, db


class ResourceRef(NamedTuple):
    """One version of one resource, without its content. ``number``: of its deployment; ``digest``: of its file."""

    kind: DefinitionKind
    key: int
    id: str
    name: str
    tenant: str
    version: int
    version_tag: str
    number: int
    deployment_key: int
    resource_key: int
    digest: str


_references = (
    select(
        DefinitionRow.kind,
        DefinitionRow.key,
        DefinitionRow.id,
        DefinitionRow.name,
        DefinitionRow.tenant,
        DefinitionRow.version,
        DefinitionRow.version_tag,
        DeploymentRow.number,
        DefinitionRow.deployment_key,
        DefinitionRow.resource_key,
        ResourceRow.digest,
    )
    .join(DeploymentRow, DeploymentRow.key == DefinitionRow.deployment_key)
    .join(ResourceRow, ResourceRow.key == DefinitionRow.resource_key)
)


def references(tenants: Sequence[str], number: int) -> list[ResourceRef]:
    """All versions of all resources of some tenants, up to a catalogue version: one statement."""
    found = db.session.execute(_references.where(DefinitionRow.tenant.in_(tenants), DeploymentRow.number <= number))
    return [ResourceRef(*row) for row in found]


def reference(kind: str | None, key: int) -> ResourceRef | None:
    """One version by its key; ``kind`` None: whatever it is."""
    wanted = [DefinitionRow.key == key] if kind is None else [DefinitionRow.key == key, DefinitionRow.kind == kind]
    row = db.session.execute(_references.where(*wanted)).one_or_none()
    return ResourceRef(*row) if row else None


def versions(kind: str, name: str, tenant: str) -> list[ResourceRef]:
    """All versions of one resource, newest first."""
    wanted = (DefinitionRow.tenant == tenant, DefinitionRow.kind == kind, DefinitionRow.id == name)
    return [ResourceRef(*row) for row in db.session.execute(_references.where(*wanted).order_by(DefinitionRow.version.desc()))]


def content(resource_key: int) -> tuple[str, bytes]:
    """File name and bytes of a resource."""
    file, data = db.session.execute(select(ResourceRow.file, ResourceRow.content).where(ResourceRow.key == resource_key)).one()
    return file, bytes(data)


def imports(resource_keys: Iterable[int]) -> dict[int, tuple[str, list[str]]]:
    """Namespace of a decision file and the namespaces that it imports, by resource key."""
    query = select(DefinitionRow.resource_key, DefinitionRow.id, DefinitionRow.imports).where(
        DefinitionRow.kind == DefinitionKind.LIBRARY, DefinitionRow.resource_key.in_(sorted(resource_keys))
    )
    return {key: (namespace, wanted or []) for key, namespace, wanted in db.session.execute(query)}


def files(keys: Sequence[int]) -> dict[int, str]:
    """File names by resource key."""
    return {row.key: row.file for row in db.session.execute(select(ResourceRow.key, ResourceRow.file).where(ResourceRow.key.in_(keys)))}


def deployments(keys: Sequence[int]) -> dict[int, DeploymentRow]:
    return {row.key: row for row in db.session.execute(select(DeploymentRow).where(DeploymentRow.key.in_(keys))).scalars()}


def of_deployment(key: int) -> list[ResourceRef]:
    """All that a deployment made, by kind and id."""
    return sorted(ResourceRef(*row) for row in db.session.execute(_references.where(DefinitionRow.deployment_key == key)))


def catalogue_version(tenant: str) -> int:
    """The newest catalogue version that a tenant sees: its own or the shared one. 0 before anything was deployed."""
    query = select(func.max(CatalogueRow.version)).where(or_(CatalogueRow.tenant == tenant, CatalogueRow.tenant == SHARED))
    return db.session.execute(query).scalar_one_or_none() or 0


def in_force(tenant: str) -> tuple[int, str]:
    """The newest catalogue version that a tenant sees, and the version of the calendar ("" before one was noted): one statement."""
    version = select(func.max(CatalogueRow.version)).where(or_(CatalogueRow.tenant == tenant, CatalogueRow.tenant == SHARED))
    calendar = select(StoredSettingRow.value).where(StoredSettingRow.name == CALENDAR)
    found = db.session.execute(select(version.scalar_subquery(), calendar.scalar_subquery())).one()
    return found[0] or 0, found[1] or ""


def lock_catalogue() -> int:
    """Let one deployment at a time through; returns the number of the last one. Needs an act."""
    rows.insert_new(CatalogueRow, [{"tenant": SHARED, "version": 0}], ["tenant"])
    db.session.execute(select(CatalogueRow.version).where(CatalogueRow.tenant == SHARED).with_for_update())
    return last_number()


def last_number() -> int:
    """The number of the last deployment, for whomever it was."""
    return db.session.execute(select(func.max(DeploymentRow.number))).scalar_one_or_none() or 0


def set_catalogue_version(tenants: Sequence[str], number: int) -> None:
    rows.upsert(CatalogueRow, [{"tenant": tenant, "version": number} for tenant in tenants], ["tenant"], ["version"])


def tenants() -> list[str]:
    """Every tenant that something was deployed for."""
    return list(db.session.execute(select(CatalogueRow.tenant)).scalars())


def last_from_files(tenant_files: Sequence[str]) -> dict[tuple[str, str], tuple[int, str]]:
    """(tenant, file) → (deployment number, digest) of the newest resource that came from files, for these file names."""
    query = (
        select(ResourceRow.tenant, ResourceRow.file, DeploymentRow.number, ResourceRow.digest)
        .join(DeploymentRow, DeploymentRow.key == ResourceRow.deployment_key)
        .where(DeploymentRow.source == DeploymentSource.FILES, ResourceRow.file.in_(tenant_files))
        .order_by(DeploymentRow.number)
    )
    return {(tenant, file): (number, digest) for tenant, file, number, digest in db.session.execute(query)}
