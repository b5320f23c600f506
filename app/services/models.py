"""Models: deploy, list, give back. A deployment is atomic over its bundle and immutable."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app import current
from app.acts import audit
from app.acts.transaction import act
from app.catalogue import bundles, gate, libraries, snapshot
from app.catalogue.bundles import Bundle, Defined, ModelFile
from app.domain import permissions
from app.domain.districts import SHARED
from app.domain.keys import next_key
from app.domain.permissions import SYSTEM, Actor
from app.errors import Forbidden, InvalidRequest, NotFound, Refused
from app.rehearsal.findings import Finding
from app.seen.shapes import BootView, DefinitionView, DeploymentView, ImportView
from app.services import starts
from app.store import resources, rows
from app.store.resources import ResourceRef
from app.store.tables import DeploymentRow, ResourceRow

SOURCES = ("files", "upload", "cli")
_READERS = frozenset({"analyst", "system_admin", "security_admin", "audit_admin", "auditor"})
_EVERYTHING = 2**62


def deploy(
    actor: Actor,
    files: Sequence[tuple[str, bytes]],
    now: datetime,
    *,
    tenant: str | None = None,
    reason: str = "",
    source: str = "upload",
    force: bool = False,
) -> DeploymentView:
    """Deploy a bundle whole or not at all. ``tenant`` None: from each file's path (bpmn/sucheng/x.bpmn).

    The installation's scenarios that it touches have to pass, unless ``force`` with a reason; a start (source ``files``) runs none.
    Raises Forbidden, Refused (problems: file, element, line, code, message), InvalidRequest (REASON).
    """
    if source not in SOURCES:
        raise InvalidRequest(f"部署来源应为 {'、'.join(SOURCES)} 之一", code="SOURCE")
    bundle = _read(files, tenant)
    _check_publisher(actor, {file.tenant for file in bundle.files} | ({tenant} if tenant else set()))
    if bundle.problems:
        _note_refusal(actor, bundle.problems, now)
        raise Refused(bundle.problems)
    tried = _try(actor, bundle, now, source, reason, force)
    with act():
        number = resources.lock_catalogue() + 1
        broken = [item for item in libraries.check(bundle.files) if item.severity == "error"]
        if broken:  # another deployment came in between
            raise Refused(broken)
        touched = sorted({file.tenant for file in bundle.files})
        newest = _newest(resources.references(touched, _EVERYTHING))
        changed = [file for file in bundle.files if _is_new(file, newest)]
        if not changed:
            return _nothing_new(bundle, newest, actor, now, source, reason)
        key = next_key()
        owner = touched[0] if len(touched) == 1 else ""
        deployment = {
            "key": key, "number": number, "tenant": owner, "source": source, "reason": reason, "user_key": actor.user, "user_name": actor.name,
            "created_at": now,
        }  # fmt: skip
        rows.insert(DeploymentRow, [deployment])
        written = [pair for file in changed for pair in _write(file, key, number, newest)]
        resources.set_catalogue_version(sorted({file.tenant for file in changed}), number)
        starts.refresh(now)
        details: dict[str, Any] = {
            "source": source,
            "reason": reason,
            "files": [{"file": file.name, "tenant": file.tenant, "digest": file.digest} for file in changed],
        }
        if tried.cases:
            details["scenarios"] = {
                "cases": tried.cases,
                "forced": bool(tried.failed),
                "failed": [f"{item.file} {item.element or ''}".strip() for item in (*tried.failed, *tried.outdated)][:100],
            }
        audit.record(actor, "models.deploy", ", ".join(file.name for file in changed)[:200], details, now, chain=key, tenant=owner)
        warnings = [*bundle.warnings, *tried.failed, *tried.outdated, *bundles.missing(bundle.files, _known(number))]
    views = [_view(reference, file, DeploymentRow(**deployment)) for reference, file in written]
    views += [
        _view(newest[file.tenant, item.kind, item.id], file.name, None, unchanged=True)
        for file in bundle.files
        if file not in changed
        for item in file.own
    ]
    return DeploymentView(key, owner, source, reason, now, views, warnings)


def check(files: Sequence[tuple[str, bytes]], *, tenant: str | None = None) -> list[Finding]:
    """What ``deploy`` would refuse, without deploying."""
    return list(_read(files, tenant).problems)


def definitions(actor: Actor, tenant: str | None = None) -> list[DefinitionView]:
    """The newest version of every resource of a tenant (None: of the actor's district and the shared ones), by kind and id. Raises Forbidden."""
    tenants = [tenant] if tenant is not None else [actor.tenant, SHARED]
    for wanted in tenants:
        _check_reader(actor, wanted)
    found = _newest(resources.references(tenants, _EVERYTHING)).values()
    decided = {item.resource_key for item in found if item.kind == "decision"}
    newest = [item for item in found if item.kind != "library" or item.resource_key not in decided]  # those are shown by their decisions
    return _views(sorted(newest, key=lambda item: (item.kind, item.id, item.tenant)))


def versions(actor: Actor, kind: str, name: str, tenant: str) -> list[DefinitionView]:
    """All versions of one resource, newest first. Raises NotFound, Forbidden."""
    _check_reader(actor, tenant)
    found = resources.versions(_kind(kind), name, tenant)
    if not found:
        raise NotFound(f"没有“{name}”")
    return _views(found)


def definition(actor: Actor, key: int) -> DefinitionView:
    """One version of one resource, of any kind. Raises NotFound, Forbidden."""
    for kind in resources.KINDS:
        found = resources.reference(kind, key)
        if found is not None:
            _check_tenant(actor, found.tenant)
            return _views([found])[0]
    raise NotFound("没有此版本")


def source(actor: Actor, kind: str, key: int) -> tuple[str, bytes]:
    """File name and content of a version. Anyone signed in may read the models of their district, for pages draw diagrams from them. Raises NotFound, Forbidden."""
    found = resources.reference(_kind(kind), key)
    if found is None:
        raise NotFound("没有此版本")
    _check_tenant(actor, found.tenant)
    return resources.content(found.resource_key)


def imports(actor: Actor, kind: str, key: int) -> list[ImportView]:
    """What a version of a decision file imports, as its tenant's newest models have it. Raises NotFound, Forbidden."""
    name, content = source(actor, kind, key)
    found = resources.reference(kind, key)
    if kind not in ("decision", "library") or found is None:
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
    differing = [
        (name, content) for name, content in shipped if before.get((bundles.tenant_of(name), name), (0, ""))[1] != bundles.digest(content)
    ]
    if not differing:
        return BootView((), ())
    bundle = _read(differing, None)
    if bundle.problems:
        raise Refused(bundle.problems)
    newest = _newest(resources.references(sorted({file.tenant for file in bundle.files}), _EVERYTHING))
    origins = resources.deployments([reference.deployment_key for reference in newest.values()])
    drift, wanted = [], []
    for file in bundle.files:
        known = [newest[place] for item in file.own if (place := (file.tenant, item.kind, item.id)) in newest]
        elsewhere = [item for item in known if origins[item.deployment_key].source != "files"]
        if not elsewhere:
            wanted.append((file.name, file.content))
        elif any(item.digest != file.digest for item in elsewhere):
            drift.append(
                f"{file.name}:文件与运行中的版本不同,且后者不是由文件部署的({origins[elsewhere[0].deployment_key].source}),未自动部署"
            )
    deployed = deploy(SYSTEM, wanted, now, source="files", reason="启动时部署").definitions if wanted else ()
    return BootView([view for view in deployed if not view.unchanged], drift)


# ---------------------------------------------------------------------- parts


def _shipped(root: Path) -> list[tuple[str, bytes]]:
    found = []
    for folder, suffix in (("bpmn", ".bpmn"), ("dmn", ".dmn"), ("forms", ".json")):
        for path in sorted((root / folder).rglob(f"*{suffix}")):
            found.append((path.relative_to(root).as_posix(), path.read_bytes()))
    return found


def _read(files: Sequence[tuple[str, bytes]], tenant: str | None) -> Bundle:
    """The bundle with every reason why it cannot run, what it would break included."""
    bundle = bundles.read(files, tenant)
    imports = libraries.check(bundle.files)
    return replace(
        bundle,
        problems=(*bundle.problems, *(item for item in imports if item.severity == "error")),
        warnings=(*bundle.warnings, *(item for item in imports if item.severity != "error")),
    )


def _newest(references: Iterable[ResourceRef]) -> dict[tuple[str, str, str], ResourceRef]:
    return {(item.tenant, item.kind, item.id): item for item in sorted(references, key=lambda item: item.version)}


def _is_new(file: ModelFile, newest: dict[tuple[str, str, str], ResourceRef]) -> bool:
    return any((known := newest.get((file.tenant, item.kind, item.id))) is None or known.digest != file.digest for item in file.own)


def _write(file: ModelFile, deployment: int, number: int, newest: dict[tuple[str, str, str], ResourceRef]) -> list[tuple[ResourceRef, str]]:
    resource = next_key()
    content = {
        "key": resource,
        "deployment_key": deployment,
        "tenant": file.tenant,
        "file": file.name,
        "digest": file.digest,
        "content": file.content,
    }
    rows.insert(ResourceRow, [content])
    written = []
    for item in file.defined:
        known = newest.get((file.tenant, item.kind, item.id))
        version = known.version + 1 if known else 1
        reference = ResourceRef(
            item.kind, next_key(), item.id, item.name, file.tenant, version, item.version_tag, number, deployment, resource, file.digest
        )
        rows.insert(resources.KINDS[item.kind], [_row(reference, item)])
        newest[file.tenant, item.kind, item.id] = reference  # several decision files of a bundle may share a namespace
        if item in file.own:
            written.append((reference, file.name))
    return written


def _row(reference: ResourceRef, item: Defined) -> dict[str, Any]:
    row = {
        name: getattr(reference, name)
        for name in ("key", "tenant", "name", "version", "version_tag", "number", "deployment_key", "resource_key", "digest")
    }
    row[f"{reference.kind}_id"] = reference.id
    if reference.kind == "decision":
        row |= {"drg_id": item.drg_id, "drg_name": item.drg_name}
    if reference.kind == "library":
        row["imports"] = list(item.imports)
    return row


def _known(number: int) -> dict[tuple[str, str], set[str]]:
    known: dict[tuple[str, str], set[str]] = {}
    for item in resources.references(resources.tenants(), number):
        known.setdefault((item.tenant, item.kind), set()).add(item.id)
    return known


def _nothing_new(
    bundle: Bundle, newest: dict[tuple[str, str, str], ResourceRef], actor: Actor, now: datetime, source: str, reason: str
) -> DeploymentView:
    views = [_view(newest[file.tenant, item.kind, item.id], file.name, None, unchanged=True) for file in bundle.files for item in file.own]
    tenants = {file.tenant for file in bundle.files}
    return DeploymentView(0, tenants.pop() if len(tenants) == 1 else "", source, reason, now, views, bundle.warnings)


def _try(actor: Actor, bundle: Bundle, now: datetime, source: str, reason: str, force: bool) -> gate.GateVerdict:
    """Run the scenarios that the bundle's changed files touch. Raises Refused, InvalidRequest."""
    if force and not reason.strip():
        raise InvalidRequest("强制发布须写明理由(reason),理由记入审计", code="REASON")
    if source == "files":
        return gate.GateVerdict((), (), 0)
    newest = _newest(resources.references(sorted({file.tenant for file in bundle.files}), _EVERYTHING))
    tried = gate.check(current.settings().root, [file for file in bundle.files if _is_new(file, newest)])
    if tried.failed and not force:
        _note_refusal(actor, tried.failed, now)
        first = tried.failed[0]
        raise Refused(
            tried.failed,
            f"部署未通过:{len(tried.failed)} 个场景不再成立,全部文件均未生效。{first.file}“{first.element or ''}”{first.message}。"
            "请改正模型或场景;确需发布的,写明理由强制发布",
        )
    return tried


def _note_refusal(actor: Actor, problems: Sequence[Finding], now: datetime) -> None:
    details = {
        "problems": [{"file": item.file, "element": item.element, "code": item.code, "message": item.message} for item in problems[:50]]
    }
    with act():
        audit.record(
            actor,
            "models.refuse",
            ", ".join(sorted({item.file for item in problems}))[:200],
            details,
            now,
            chain=actor.user,
            tenant=actor.tenant,
        )


def _views(references: Sequence[ResourceRef]) -> list[DefinitionView]:
    files = resources.files([item.resource_key for item in references])
    origins = resources.deployments(sorted({item.deployment_key for item in references}))
    return [_view(item, files[item.resource_key], origins[item.deployment_key]) for item in references]


def _view(reference: ResourceRef, file: str, deployment: DeploymentRow | None, *, unchanged: bool = False) -> DefinitionView:
    if deployment is None:
        deployment = resources.deployments([reference.deployment_key])[reference.deployment_key]
    return DefinitionView(
        reference.key,
        reference.kind,
        reference.id,
        reference.name,
        reference.version,
        reference.version_tag,
        reference.tenant,
        file,
        reference.deployment_key,
        deployment.source,
        deployment.created_at,
        deployment.user_name,
        unchanged,
    )


def _kind(kind: str) -> str:
    if kind not in resources.KINDS:
        raise NotFound(f"没有“{kind}”这类模型")
    return kind


def _check_publisher(actor: Actor, tenants: set[str]) -> None:
    verdict = permissions.may_publish(actor)
    if not verdict:
        raise Forbidden(verdict.reason, code=verdict.code)
    if not actor.is_system and tenants - {actor.tenant}:
        raise Forbidden("您只能发布到本区;各区共用的模型由运维人员用命令行发布", code="OTHER_DISTRICT")


def _check_reader(actor: Actor, tenant: str) -> None:
    if not actor.is_system and not actor.roles & _READERS:
        raise Forbidden("只有业务分析员、管理员和审计人员可以查看模型清单", code="NOT_ANALYST")
    _check_tenant(actor, tenant)


def _check_tenant(actor: Actor, tenant: str) -> None:
    if not actor.is_system and tenant not in (actor.tenant, SHARED):
        raise Forbidden("此模型属于其他区", code="OTHER_DISTRICT")
