"""Models: deploy, list, give back. A deployment is atomic over its bundle and immutable."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from app.domain.permissions import Actor
from app.services.views import BootView, DefinitionView, DeploymentView


def deploy(
    actor: Actor, files: Sequence[tuple[str, bytes]], now: datetime, *, tenant: str | None = None, reason: str = "", source: str = "upload"
) -> DeploymentView:
    """Deploy a bundle whole or not at all. ``tenant`` None: from each file's path (bpmn/sucheng/x.bpmn). Raises Forbidden, Refused (problems: file, element, line, code, message)."""
    raise NotImplementedError


def check(files: Sequence[tuple[str, bytes]], *, tenant: str | None = None) -> list[object]:
    """What ``deploy`` would refuse, without deploying."""
    raise NotImplementedError


def definitions(actor: Actor, tenant: str | None = None) -> list[DefinitionView]:
    """The newest version of every resource of a tenant (None: of the actor's district and the shared ones), by kind and id."""
    raise NotImplementedError


def versions(actor: Actor, kind: str, name: str, tenant: str) -> list[DefinitionView]:
    """All versions of one resource, newest first. Raises NotFound."""
    raise NotImplementedError


def definition(actor: Actor, key: int) -> DefinitionView:
    """One version of one resource, of any kind. Raises NotFound."""
    raise NotImplementedError


def source(actor: Actor, kind: str, key: int) -> tuple[str, bytes]:
    """File name and content of a version. Anyone signed in may read processes of their district (diagrams are drawn from them). Raises NotFound, Forbidden."""
    raise NotImplementedError


def boot(root: Path, now: datetime) -> BootView:
    """Deploy the shipped files that differ from the last ones deployed from files, unless a newer version came from elsewhere: that is drift (design §3)."""
    raise NotImplementedError
