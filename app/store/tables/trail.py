"""The audit trail, idempotency keys and stored settings. Triggers refuse any change of the trail but setting an empty seal."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import db


class AuditEntryRow(db.Model):  # type: ignore[name-defined,misc]
    """One act. ``chain`` is the root of the instance, else the user or the deployment; ``number`` counts from 1 in it."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("chain", "number"),
        Index(None, "project_key"),
        Index("ix_audit_entries_unsealed", "key", sqlite_where=text("seal IS NULL"), postgresql_where=text("seal IS NULL")),
        Index(None, "seal"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chain: Mapped[int]
    number: Mapped[int]
    at: Mapped[datetime]
    action: Mapped[str]
    tenant: Mapped[str]
    user_key: Mapped[int]
    user_name: Mapped[str]
    project_key: Mapped[int | None]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]
    mac: Mapped[str]
    seal: Mapped[int | None]


class AuditSealRow(db.Model):  # type: ignore[name-defined,misc]
    """A seal over ``count`` entries; ``root`` is the mac over their macs in key order, chained by ``previous``."""

    __tablename__ = "audit_seals"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    previous: Mapped[str]
    root: Mapped[str]
    count: Mapped[int]
    at: Mapped[datetime]


class IdempotencyKeyRow(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"),)

    user_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    response: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class StoredSettingRow(db.Model):  # type: ignore[name-defined,misc]
    """What must survive a restart and is no configuration: the offset of the virtual clock, the version of the calendar."""

    __tablename__ = "stored_settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
