"""Models: deploy, list, give back. A deployment is atomic over its bundle and immutable."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.acts import audit, start_events
from app.acts.transaction import act, retried
from app.catalogue import bundles, changes, gate, libraries, naming, snapshot
from app.catalogue.bundles import Bundle
from app.catalogue.changes import Changes
from app.catalogue.gate import GateVerdict
from app.catalogue.wishes import Wish, advice
from app.decision.codes import DmnCode
from app.domain import permissions
from app.domain.codes import Action
from app.domain.districts import FOLDERS, SHARED, named
from app.domain.keys import next_key
from app.domain.permissions import SYSTEM, Actor
from app.domain.states import DefinitionKind, DeploymentSource
from app.errors import NotFound, Outdated, Refused
from app.rehearsal.findings import Finding
from app.seen import clauses as register
from app.seen import validity
from app.seen.elements import element_views
from app.seen.shapes import BootView, ClausesPage, DefinitionView, DeploymentView, DiagramView, ImportView
from app.store import resources, rows
from app.store.resources import ResourceRef
from app.store.tables import DeploymentRow


def deploy(
    actor: Actor,
    files: Sequence[tuple[str, bytes]],
    now: datetime,
    *,
    tenant: str | None = None,
    reason: str = "",
    source: str = DeploymentSource.UPLOAD,
    force: bool = False,
    new_ids: bool = False,
    drop_cases: bool = False,
) -> DeploymentView:
    """Deploy a bundle whole or not at all. ``tenant`` None: from each file's path (bpmn/sucheng/x.bpmn).

    Scenarios that newly fail and overlapping rows need ``force``, weaker sets of scenarios ``drop_cases``, both a reason; ids that look like a slip ``new_ids``.
    A start (source ``files``) runs no scenario. Raises Forbidden, Refused (problems: file, element, line, code, message), InvalidRequest (REASON, DISTRICT).
    """
    wish = Wish(source, reason, force, new_ids, drop_cases)
    wish.check()
    permissions.may_publish(actor).require()
    return _deploy(actor, files, tenant, wish, now)


@dataclass(frozen=True, slots=True)
class _AsOf:
    """A bundle as it was read beside the catalogue of a number."""

    number: int
    bundle: Bundle


@retried
def _deploy(
    actor: Actor, files: Sequence[tuple[str, bytes]], tenant: str | None, wish: Wish, now: datetime, *, read: _AsOf | None = None
) -> DeploymentView:
    """Raises Outdated where another deployment came in between: what was tried is not what would be deployed. ``read``: the same files, read already."""
    seen = resources.last_number()
    bundle = (
        read.bundle if read is not None and read.number == seen else _read(files, tenant, at_start=wish.source == DeploymentSource.FILES)
    )
    permissions.may_publish(actor, {file.tenant for file in bundle.files} | ({tenant} if tenant else set())).require()
    if bundle.problems:
        raise _refusal(actor, bundle.problems, now)
    found = changes.find(bundle.files)
    if not found.new:
        return _view_of(0, bundle, wish, now=now, views=_unchanged(found), told=bundle.warnings)
    tried = _try(actor, found, wish, now)
    told = [*tried.refused, *tried.told, *bundle.warnings]
    with act():
        if resources.lock_catalogue() != seen:
            raise Outdated("刚有另一批模型发布,请重试")
        deployment = _open(actor, bundle, wish, told=told, number=seen + 1, now=now)
        written = changes.write(found, deployment["key"], seen + 1)
        gate.keep(tried, found, seen + 1)
        start_events.refresh(now)
        subject, details = ", ".join(file.name for file in found.new)[:200], wish.details(found, tried)
        audit.record(actor, Action.MODELS_DEPLOY, subject, details, now, chain=deployment["key"], tenant=deployment["tenant"])
    views = [_view(reference, file, DeploymentRow(**deployment)) for reference, file in written]
    return _view_of(deployment["key"], bundle, wish, now=now, views=views + _unchanged(found), told=told)


def _try(actor: Actor, found: Changes, wish: Wish, now: datetime) -> GateVerdict:
    """What the gate says of the new files. Raises Refused."""
    tried = gate.at_start(found.new, now) if wish.source == DeploymentSource.FILES else gate.check(found.new, now)
    against = [finding for finding in tried.refused if not wish.answers_for(finding)]
    if against:
        raise _refusal(actor, against, now, advice(against))
    return tried


def _open(actor: Actor, bundle: Bundle, wish: Wish, told: Sequence[Finding], number: int, now: datetime) -> dict[str, Any]:
    """Write the deployment's own row; gives it."""
    deployment = {
        "key": next_key(), "number": number, "tenant": _owner(bundle), "source": wish.source, "reason": wish.reason, "user_key": actor.user or None,
        "user_name": actor.name, "created_at": now, "findings": [asdict(finding) for finding in told],
    }  # fmt: skip
    rows.insert(DeploymentRow, [deployment])
    return deployment


def check(files: Sequence[tuple[str, bytes]], *, tenant: str | None = None) -> list[Finding]:
    """What ``deploy`` would refuse, without deploying."""
    return list(_read(files, tenant).problems)


def definitions(actor: Actor, tenant: str | None = None) -> list[DefinitionView]:
    """The newest version of every resource of a tenant (None: of the actor's district and the shared ones), by kind and id. Raises Forbidden."""
    tenants = [tenant] if tenant is not None else [actor.tenant, SHARED]
    for wanted in tenants:
        permissions.may_list_models(actor, wanted).require()
    newest = _shown(changes.newest(tenants).values())
    return _views(sorted(newest, key=lambda item: (item.kind, item.id, item.tenant)))


def versions(actor: Actor, kind: str, name: str, tenant: str) -> list[DefinitionView]:
    """All versions of one resource, newest first. Raises NotFound, Forbidden."""
    permissions.may_list_models(actor, tenant).require()
    found = resources.versions(_kind(kind), name, tenant)
    if not found:
        raise NotFound(f"没有“{name}”")
    return _views(found)


def definition(actor: Actor, key: int) -> DefinitionView:
    """One version of one resource, of any kind. Raises NotFound, Forbidden."""
    found = resources.reference(None, key)
    if found is None:
        raise NotFound("没有此版本")
    permissions.may_read_model(actor, found.tenant).require()
    return _views([found])[0]


def deployment(actor: Actor, key: int) -> DeploymentView:
    """A deployment with what it made, and what its publisher was reminded of. Raises NotFound, Forbidden."""
    row = resources.deployments([key]).get(key)
    if row is None:
        raise NotFound("没有这次发布")
    found = _shown(resources.of_deployment(key))
    tenants = {item.tenant for item in found}
    for tenant in tenants:
        permissions.may_list_models(actor, tenant).require()
    told = [Finding(**finding) for finding in row.findings or ()]
    return DeploymentView(
        key=key,
        tenant=row.tenant,
        source=row.source,
        reason=row.reason,
        at=row.created_at,
        definitions=_views(found),
        warnings=told,
        by=row.user_name,
    )


def source(actor: Actor, kind: str, key: int) -> tuple[str, bytes]:
    """File name and content of a version. Anyone signed in may read the models of their district, for pages draw diagrams from them. Raises NotFound, Forbidden."""
    found = resources.reference(_kind(kind), key)
    if found is None:
        raise NotFound("没有此版本")
    permissions.may_read_model(actor, found.tenant).require()
    return resources.content(found.resource_key)


def drawn(actor: Actor, key: int) -> DiagramView:
    """A version of a process with what its elements declare, by the newest models of the reader's district. Raises NotFound, Forbidden."""
    found = resources.reference(DefinitionKind.PROCESS, key)
    if found is None:
        raise NotFound("没有此版本")
    permissions.may_read_model(actor, found.tenant).require()
    tenant = actor.tenant or found.tenant
    elements = element_views(snapshot.process_definition(key), snapshot.library(tenant), snapshot.district(tenant))
    return DiagramView(definition_key=key, elements=elements)


def clauses(actor: Actor) -> ClausesPage:
    """The clauses of the actor's district, each with what carries it. Raises NotFound where there is no district."""
    if not actor.tenant or actor.tenant == SHARED:
        raise NotFound("条款按区列出，您不属于任何一个区")
    district = snapshot.district(actor.tenant)
    title = str(district.regulation.get("title") or district.regulation.get("short_title") or district.title)
    return register.page(snapshot.library(actor.tenant), district, title)


def standing(actor: Actor, now: datetime) -> str:
    """What the pages of the actor's district say above everything of the regulation they go by; empty where there is nothing to say."""
    return validity.message(actor.tenant, now) if actor.tenant and actor.tenant != SHARED else ""


def imports(actor: Actor, kind: str, key: int) -> list[ImportView]:
    """What a version of a decision file imports, as its tenant's newest models have it. Raises NotFound, Forbidden."""
    name, content = source(actor, kind, key)
    found = resources.reference(kind, key)
    if kind not in (DefinitionKind.DECISION, DefinitionKind.LIBRARY) or found is None:
        return []
    seen = snapshot.library(found.tenant)
    views = []
    for wanted in snapshot.read_model(content, name).imports:
        library = seen.imported(wanted.namespace)
        file, version = (library.model.file, library.version) if library is not None else ("", 0)
        views.append(ImportView(wanted.name, wanted.namespace, file, version))
    return views


def boot(root: Path, now: datetime) -> BootView:
    """Deploy the shipped files that differ from the last ones deployed from files, unless a newer version came from elsewhere: that is drift (design §3)."""
    shipped = _shipped(root)
    before = resources.last_from_files([name for name, _ in shipped])
    differing = [(name, content) for name, content in shipped if before.get((named(name), name), (0, ""))[1] != bundles.digest(content)]
    if not differing:
        return BootView((), ())
    seen = resources.last_number()
    bundle = _read(differing, None, at_start=True)
    if bundle.problems:
        raise Refused(bundle.problems)
    newest = changes.newest({file.tenant for file in bundle.files})
    origins = resources.deployments([reference.deployment_key for reference in newest.values()])
    drift, wanted = [], []
    for file in bundle.files:
        known = [newest[place] for item in file.own if (place := (file.tenant, item.kind, item.id)) in newest]
        elsewhere = [item for item in known if origins[item.deployment_key].source != DeploymentSource.FILES]
        if not elsewhere:
            wanted.append((file.name, file.content))
        elif any(item.digest != file.digest for item in elsewhere):
            drift.append(
                f"{file.name}:文件与运行中的版本不同,且后者不是由文件部署的({origins[elsewhere[0].deployment_key].source}),未自动部署"
            )
    if not wanted:
        return BootView((), drift)
    wish = Wish(DeploymentSource.FILES, "启动时部署")
    read = _AsOf(seen, bundle) if len(wanted) == len(differing) else None
    deployed = _deploy(SYSTEM, wanted, None, wish, now, read=read).definitions
    return BootView([view for view in deployed if not view.unchanged], drift)


# ---------------------------------------------------------------------- parts


def _shipped(root: Path) -> list[tuple[str, bytes]]:
    found = []
    for folder in FOLDERS:
        wanted = [suffix for suffix, kind in bundles.KINDS.items() if folder == bundles.SCENARIOS or bundles.HOMES[kind] == folder]
        for path in sorted(path for path in (root / folder).rglob("*") if path.suffix in wanted and path.is_file()):
            found.append((path.relative_to(root).as_posix(), path.read_bytes()))
    return found


def _read(files: Sequence[tuple[str, bytes]], tenant: str | None, *, at_start: bool = False) -> Bundle:
    """The bundle with every reason why it cannot run, what it would break included; overlaps that only show with what is imported stand with their file.

    ``at_start``: names that nobody answers to are told and do not keep the server from starting, for a district's own models may lack what the shipped ones
    now ask of them.
    """
    bundle = bundles.read(files, tenant)
    found = libraries.check(bundle.files)
    overlaps = [item for item in found if item.severity != "error" and item.code == DmnCode.OVERLAP]
    wrong = [item for item in found if item.severity == "error"]
    told = [item for item in found if item.severity != "error" and item not in overlaps]
    if not bundle.problems and not wrong:
        named = naming.check(bundle.files)
        wrong = [item for item in named if item.severity == "error" and not at_start]
        told += [item for item in named if item not in wrong]
    return replace(
        bundle,
        files=tuple(
            replace(file, overlaps=(*file.overlaps, *(item for item in overlaps if item.file == file.name))) for file in bundle.files
        ),
        problems=(*bundle.problems, *wrong),
        warnings=(*bundle.warnings, *told),
    )


def _shown(found: Iterable[ResourceRef]) -> list[ResourceRef]:
    """Without the libraries that are shown by their decisions."""
    every = list(found)
    decided = {item.resource_key for item in every if item.kind == DefinitionKind.DECISION}
    return [item for item in every if item.kind != DefinitionKind.LIBRARY or item.resource_key not in decided]


def _view_of(
    key: int, bundle: Bundle, wish: Wish, now: datetime, views: Sequence[DefinitionView], told: Sequence[Finding]
) -> DeploymentView:
    return DeploymentView(key=key, tenant=_owner(bundle), source=wish.source, reason=wish.reason, at=now, definitions=views, warnings=told)


def _owner(bundle: Bundle) -> str:
    """The tenant of a bundle; empty if it is for several."""
    tenants = {file.tenant for file in bundle.files}
    return tenants.pop() if len(tenants) == 1 else ""


def _unchanged(found: Changes) -> list[DefinitionView]:
    return [
        _view(found.newest[file.tenant, item.kind, item.id], file.name, None, unchanged=True) for file in found.same for item in file.own
    ]


def _refusal(actor: Actor, problems: Sequence[Finding], now: datetime, message: str = "") -> Refused:
    """Note in the audit that a bundle was refused; what to raise."""
    noted = [{"file": item.file, "element": item.element, "code": item.code, "message": item.message} for item in problems[:50]]
    with act():
        audit.record(
            actor,
            Action.MODELS_REFUSE,
            ", ".join(sorted({item.file for item in problems}))[:200],
            {"problems": noted},
            now,
            chain=actor.user,
            tenant=actor.tenant,
        )
    return Refused(problems, message)


def _views(references: Sequence[ResourceRef]) -> list[DefinitionView]:
    files = resources.files([item.resource_key for item in references])
    origins = resources.deployments(sorted({item.deployment_key for item in references}))
    return [_view(item, files[item.resource_key], origins[item.deployment_key]) for item in references]


def _view(reference: ResourceRef, file: str, deployment: DeploymentRow | None, *, unchanged: bool = False) -> DefinitionView:
    if deployment is None:
        deployment = resources.deployments([reference.deployment_key])[reference.deployment_key]
    return DefinitionView(
        key=reference.key,
        kind=reference.kind,
        id=reference.id,
        name=reference.name,
        version=reference.version,
        version_tag=reference.version_tag,
        tenant=reference.tenant,
        file=file,
        deployment=reference.deployment_key,
        source=deployment.source,
        deployed_at=deployment.created_at,
        deployed_by=deployment.user_name,
        unchanged=unchanged,
    )


def _kind(kind: str) -> str:
    if kind not in set(DefinitionKind):
        raise NotFound(f"没有“{kind}”这类模型")
    return kind
