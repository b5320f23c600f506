"""What was deployed: bundles, files, and the definitions in them. Rows are never changed, except that a definition may be withdrawn."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import db


class CatalogueRow(db.Model):  # type: ignore[name-defined,misc]
    """The number of the last deployment that touched a tenant; the row of <default> is also the lock that deployments take."""

    __tablename__ = "catalogue"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]


class DeploymentRow(db.Model):  # type: ignore[name-defined,misc]
    """``number`` counts deployments over all tenants: a catalogue version is such a number. ``findings``: what whoever published was reminded of."""

    __tablename__ = "deployments"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(unique=True)
    tenant: Mapped[str]
    source: Mapped[str]  # files | upload | cli
    reason: Mapped[str]
    user_key: Mapped[int]
    user_name: Mapped[str]
    created_at: Mapped[datetime]
    findings: Mapped[list[Any] | None]


class ResourceRow(db.Model):  # type: ignore[name-defined,misc]
    """A deployed file."""

    __tablename__ = "resources"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deployment_key: Mapped[int] = mapped_column(index=True)
    tenant: Mapped[str]
    file: Mapped[str]
    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ProcessDefinitionRow(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "process_definitions"
    __table_args__ = (UniqueConstraint("tenant", "process_id", "version"), Index(None, "deployment_key"))

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    process_id: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]
    version_tag: Mapped[str]
    number: Mapped[int]  # of the deployment
    deployment_key: Mapped[int]
    resource_key: Mapped[int]
    digest: Mapped[str]


class DecisionDefinitionRow(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "decision_definitions"
    __table_args__ = (UniqueConstraint("tenant", "decision_id", "version"), Index(None, "deployment_key"))

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    decision_id: Mapped[str]
    name: Mapped[str]
    drg_id: Mapped[str]
    drg_name: Mapped[str]
    version: Mapped[int]
    version_tag: Mapped[str]
    number: Mapped[int]
    deployment_key: Mapped[int]
    resource_key: Mapped[int]
    digest: Mapped[str]


class FormDefinitionRow(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "form_definitions"
    __table_args__ = (UniqueConstraint("tenant", "form_id", "version"), Index(None, "deployment_key"))

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    form_id: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]
    version_tag: Mapped[str]
    number: Mapped[int]
    deployment_key: Mapped[int]
    resource_key: Mapped[int]
    digest: Mapped[str]


class LibraryDefinitionRow(db.Model):  # type: ignore[name-defined,misc]
    """A decision file as others import it: a row for each file with decisions or functions, ``library_id`` its namespace.

    ``imports``: the namespaces that it imports itself.
    """

    __tablename__ = "library_definitions"
    __table_args__ = (UniqueConstraint("tenant", "library_id", "version"), Index(None, "deployment_key"), Index(None, "resource_key"))

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    library_id: Mapped[str]
    name: Mapped[str]
    imports: Mapped[list[Any]]
    version: Mapped[int]
    version_tag: Mapped[str]
    number: Mapped[int]
    deployment_key: Mapped[int]
    resource_key: Mapped[int]
    digest: Mapped[str]


class ScenarioDefinitionRow(db.Model):  # type: ignore[name-defined,misc]
    """A set of scenarios (``scenario_id`` is its file's bare name without ending), or a model that only scenarios use (its bare file name)."""

    __tablename__ = "scenario_definitions"
    __table_args__ = (UniqueConstraint("tenant", "scenario_id", "version"), Index(None, "deployment_key"))

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    scenario_id: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]
    version_tag: Mapped[str]
    number: Mapped[int]
    deployment_key: Mapped[int]
    resource_key: Mapped[int]
    digest: Mapped[str]


class ScenarioVerdictRow(db.Model):  # type: ignore[name-defined,misc]
    """What became of a case of a deployed set when it was last run.

    It holds as of catalogue version ``number`` of ``tenant``, whose models the case sees, and on the same ``basis``: program, districts' files, calendar.
    """

    __tablename__ = "scenario_verdicts"

    resource_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(index=True)
    number: Mapped[int]
    basis: Mapped[str]
    ok: Mapped[bool]
    stops: Mapped[bool]
    difference: Mapped[str]
