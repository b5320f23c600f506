"""Entries of the audit trail: the secret of their macs, and those of acts that have no instance."""

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app import current, logs
from app.acts.rows import Row, audit_entry
from app.codes import InstallationCode
from app.domain.audit import entry_mac
from app.domain.codes import Action
from app.domain.permissions import Actor
from app.errors import InvalidRequest
from app.store import rows, secrets, trail
from app.store.tables import AuditEntryRow

_secrets: dict[str, bytes] = {}
_lock = threading.Lock()


def secret() -> bytes:
    """The key of the macs: the setting ``audit_key``, else one made once and kept beside the data. Raises InvalidRequest (SETTING)."""
    config = current.settings()
    place = config.audit_key or str(config.folder)
    if place not in _secrets:
        with _lock:
            _secrets[place] = (
                _from_setting(config.audit_key) if config.audit_key else bytes.fromhex(secrets.kept(config.folder, "audit-key"))
            )
    return _secrets[place]


def _from_setting(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise InvalidRequest("设置 QUANCHENG_AUDIT_KEY 应为十六进制的密钥", code=InstallationCode.SETTING) from None


def record(
    actor: Actor,
    action: Action,
    subject: str,
    details: Mapping[str, Any],
    now: datetime,
    *,
    chain: int,
    tenant: str,
    project_key: int | None = None,
) -> None:
    """Append an entry to a chain that has no root row: of a user, of a deployment, or of a project. Needs an act."""
    logs.note(action=action, actor=actor.user, project=project_key)
    number, previous = trail.last(chain)
    rows.insert(
        AuditEntryRow,
        [
            chained(
                previous,
                audit_entry(
                    chain=chain,
                    number=number + 1,
                    now=now,
                    action=action,
                    tenant=tenant,
                    user_key=actor.user,
                    user_name=actor.name,
                    project_key=project_key,
                    subject=subject,
                    details=details,
                ),
            )
        ],
    )


def chained(previous: str, entry: Row) -> Row:
    """The entry with its mac, which follows from the one before it in the chain."""
    return entry | {"mac": entry_mac(secret(), previous, entry)}
