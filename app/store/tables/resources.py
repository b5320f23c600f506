"""What was deployed: bundles, files, and the definitions in them. Rows are never changed, except that a definition may be withdrawn."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.states import DefinitionKind, DeploymentSource
from app.store.tables.base import db, one_of


class CatalogueRow(db.Model):  # type: ignore[name-defined,misc]
    """The number of the last deployment that touched a tenant; the row of <default> is also the lock that deployments take."""

    __tablename__ = "catalogue"
    __table_args__ = (CheckConstraint("version >= 0", name="version"),)

    tenant: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]


class DeploymentRow(db.Model):  # type: ignore[name-defined,misc]
    """``number`` counts deployments over all tenants: a catalogue version is such a number. ``user_key`` null: the system, at its start.

    ``findings``: what whoever published was reminded of. Who deployed stays (RESTRICT).
    """

    __tablename__ = "deployments"
    __table_args__ = (one_of("source", DeploymentSource), CheckConstraint("number >= 1", name="number"))

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(unique=True)
    tenant: Mapped[str]
    source: Mapped[DeploymentSource]
    reason: Mapped[str]
    user_key: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    user_name: Mapped[str]
    created_at: Mapped[datetime]
    findings: Mapped[list[Any] | None]


class ResourceRow(db.Model):  # type: ignore[name-defined,misc]
    """A deployed file. Its deployment stays (RESTRICT)."""

    __tablename__ = "resources"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployments.key", ondelete="RESTRICT"), index=True)
    tenant: Mapped[str]
    file: Mapped[str]
    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DefinitionRow(db.Model):  # type: ignore[name-defined,misc]
    """One version of a process, decision, form or set of scenarios in a deployed file. ``drg_id``, ``drg_name``: of a decision, the file's own id and name.
    A scenario is a set (its file's bare name without ending), or a model that only scenarios use (its bare file name).
    A library is a decision file as others import it, by its namespace; ``imports``: the namespaces that it imports itself.

    Deployment and file stay as long as a definition came from them (RESTRICT), and a definition as long as anything runs or ran by it: all three for good.
    """

    __tablename__ = "definitions"
    __table_args__ = (
        UniqueConstraint("tenant", "kind", "id", "version"),
        Index(None, "deployment_key"),
        Index(None, "resource_key"),
        one_of("kind", DefinitionKind),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(kind = 'decision') = (drg_id IS NOT NULL AND drg_name IS NOT NULL)", name="decision"),
        CheckConstraint("(kind = 'library') = (imports IS NOT NULL)", name="library"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[DefinitionKind]
    tenant: Mapped[str]
    id: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]
    version_tag: Mapped[str]
    drg_id: Mapped[str | None]
    drg_name: Mapped[str | None]
    imports: Mapped[list[Any] | None]
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployments.key", ondelete="RESTRICT"))
    resource_key: Mapped[int] = mapped_column(ForeignKey("resources.key", ondelete="RESTRICT"))


class ScenarioVerdictRow(db.Model):  # type: ignore[name-defined,misc]
    """What became of a case of a deployed set when it was last run.

    It holds as of catalogue version ``number`` of ``tenant``, whose models the case sees, and on the same ``basis``: program, districts' files, calendar.
    It goes with its set.
    """

    __tablename__ = "scenario_verdicts"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    resource_key: Mapped[int] = mapped_column(ForeignKey("resources.key", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    case_key: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(index=True)
    number: Mapped[int]
    basis: Mapped[str]
    ok: Mapped[bool]
    stops: Mapped[bool]
    difference: Mapped[str]
