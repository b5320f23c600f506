"""The ledger of projects, every other register, notices, and the calendar."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.facts import RightKind
from app.store.tables.base import db, one_of
from app.store.types import Json, JsonValue

_PLACE = ("instance_key", "scope", "element_id", "item", "round")
_ROUND = text("superseded_at IS NULL AND round IS NOT NULL")
_SUBJECT = text("superseded_at IS NULL AND subject IS NOT NULL")


class ProjectRow(db.Model):  # type: ignore[name-defined,misc]
    """A project. ``facts`` holds every fact by its camelCase name; the typed columns are those that lists are made of.

    ``offices``: relation → [[organisation key, name], …]. ``phases``: [[phase, instant], …] in the order they were entered.
    """

    __tablename__ = "projects"
    __table_args__ = (
        Index(None, "tenant", "phase"),
        Index(None, "tenant", "updated_at"),
        Index(None, "tenant", "applicant_key"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("phase <> ''", name="phase"),
        CheckConstraint("version >= 0", name="version"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    number: Mapped[str]
    name: Mapped[str]
    phase: Mapped[str]
    applicant_key: Mapped[int] = mapped_column(ForeignKey("organisations.key", ondelete="RESTRICT"))
    applicant_office: Mapped[str]
    plan_year: Mapped[int | None]
    total_amount: Mapped[Decimal | None]
    contract_amount: Mapped[Decimal | None]
    facts: Mapped[dict[str, Any]]
    offices: Mapped[dict[str, Any]]
    phases: Mapped[list[Any]]
    approved: Mapped[list[Any]]  # names that some approval is of: only an act that writes one of them has to compare
    alias: Mapped[str]  # what a classified one is called outside its office; empty of any other
    unconfirmed: Mapped[list[Any]]  # names of facts that were imported or migrated and that no owner has confirmed since
    version: Mapped[int]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))  # None: the system
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ProjectOfficeRow(db.Model):  # type: ignore[name-defined,misc]
    """The same offices as rows, to find an office's projects."""

    __tablename__ = "project_offices"
    __table_args__ = (Index(None, "organisation_key"), CheckConstraint("role <> ''", name="role"))

    project_key: Mapped[int] = mapped_column(ForeignKey("projects.key", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(primary_key=True)
    organisation_key: Mapped[int] = mapped_column(
        ForeignKey("organisations.key", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )


class RecordRow(db.Model):  # type: ignore[name-defined,misc]
    """An entry of a register: contracts, payments, archives, lateness … ``data`` was checked by forms/records/<kind>.json.

    One that an element declares belongs to (instance, ``scope``, element, ``item`` of the loop, ``round``); what a later one has taken the place of is kept and
    does not count (``superseded_at``). Those of connectors have no round. In a register with a key a row takes the place of the one before with the same
    ``subject``, wherever that was made.
    """

    __tablename__ = "records"
    __table_args__ = (
        Index(None, "tenant", "kind"),
        Index(None, "project_key", "kind"),
        Index(
            "uq_records_place",
            *_PLACE,
            unique=True,
            sqlite_where=_ROUND,
            postgresql_where=_ROUND,
        ),
        Index("uq_records_subject", "tenant", "kind", "subject", unique=True, sqlite_where=_SUBJECT, postgresql_where=_SUBJECT),
        CheckConstraint("kind <> ''", name="kind"),
        CheckConstraint(
            "(round IS NULL) = (instance_key IS NULL) AND (round IS NULL) = (scope IS NULL) AND (round IS NULL) = (item IS NULL)",
            name="place",
        ),
        CheckConstraint("round >= 1 AND item >= 0 AND scope >= 0", name="round"),
        CheckConstraint("office IS NULL OR office_key IS NOT NULL", name="office"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    project_key: Mapped[int | None] = mapped_column(ForeignKey("projects.key", ondelete="RESTRICT"))
    kind: Mapped[str]
    subject: Mapped[str | None]  # of a register with a key (``x-key``) its value: one current row each
    data: Mapped[dict[str, Any]]
    amount: Mapped[Decimal | None]
    root_key: Mapped[int | None] = mapped_column(ForeignKey("process_instances.key", ondelete="SET NULL"))
    process_id: Mapped[str]
    element_id: Mapped[str]
    instance_key: Mapped[int | None]
    scope: Mapped[int | None]
    item: Mapped[int | None]
    round: Mapped[int | None]
    stage: Mapped[str]  # the outermost sub-process around the element, else the process; empty of a connector's
    office_key: Mapped[int | None] = mapped_column(ForeignKey("organisations.key", ondelete="RESTRICT"))  # in which a person has made it
    office: Mapped[str | None]
    created_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class FactChangeRow(db.Model):  # type: ignore[name-defined,misc]
    """What an act has changed of one fact of a project: before and after (null: blank), by which element, by what right and by whom (None: the system).

    Where an owner has confirmed a value, it is the same before and after.

    ``source``: of a declared ``set``, what the value comes from; ``role``: in which the person acted; ``project_version``: that the project has since then.
    """

    __tablename__ = "fact_changes"
    __table_args__ = (
        Index(None, "project_key", "field"),
        Index(None, "root_key"),
        CheckConstraint("field <> ''", name="field"),
        one_of("right_kind", RightKind),
        CheckConstraint("before <> after OR right_kind = 'confirmed'", name="changed"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    project_key: Mapped[int] = mapped_column(ForeignKey("projects.key", ondelete="RESTRICT"))
    root_key: Mapped[int | None] = mapped_column(ForeignKey("process_instances.key", ondelete="SET NULL"))
    process_id: Mapped[str]
    element_id: Mapped[str]
    field: Mapped[str]
    before: Mapped[Any] = mapped_column(JsonValue())
    after: Mapped[Any] = mapped_column(JsonValue())
    right_kind: Mapped[RightKind]
    source: Mapped[str]
    role: Mapped[str]
    project_version: Mapped[int]
    user_key: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    user_name: Mapped[str]
    at: Mapped[datetime]


class ApprovalRow(db.Model):  # type: ignore[name-defined,misc]
    """What a person has said of values at one completion of a task: approved (``holds``) or not. It lapses for good when one of them becomes another.

    It belongs to a round as a row of a register does; ``required``: how many of the round there must be.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        Index(None, "project_key"),
        Index(None, "root_key"),
        CheckConstraint("required >= 1 AND round >= 1 AND item >= 0 AND scope >= 0", name="counts"),
        CheckConstraint("(lapsed_at IS NULL) = (lapsed_names IS NULL)", name="lapsed"),
        CheckConstraint("holds OR lapsed_at IS NULL", name="holds"),
        CheckConstraint("digest <> ''", name="digest"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    project_key: Mapped[int | None] = mapped_column(ForeignKey("projects.key", ondelete="RESTRICT"))
    root_key: Mapped[int | None] = mapped_column(ForeignKey("process_instances.key", ondelete="SET NULL"))
    instance_key: Mapped[int]
    process_id: Mapped[str]
    element_id: Mapped[str]
    scope: Mapped[int]
    item: Mapped[int]
    round: Mapped[int]
    required: Mapped[int]
    holds: Mapped[bool]
    approved_values: Mapped[dict[str, Any]]
    digest: Mapped[str]
    role: Mapped[str]
    office_key: Mapped[int]
    office: Mapped[str]
    user_key: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    user_name: Mapped[str]
    at: Mapped[datetime]
    lapsed_at: Mapped[datetime | None]
    lapsed_names: Mapped[list[Any] | None] = mapped_column(Json())


class NumberRow(db.Model):  # type: ignore[name-defined,misc]
    """The last running number of a kind, district and year."""

    __tablename__ = "numbers"
    __table_args__ = (CheckConstraint("kind <> ''", name="kind"), CheckConstraint("last >= 0", name="last"))

    tenant: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class NotificationRow(db.Model):  # type: ignore[name-defined,misc]
    """A notice to the holders of ``role``, in the office ``office_key`` (0: in any); without a role to everybody in that office."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index(None, "tenant", "role", "office_key"),
        CheckConstraint("role <> '' OR office_key > 0", name="role"),
        CheckConstraint("office_key >= 0", name="office"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    role: Mapped[str]
    office_key: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    project_key: Mapped[int | None] = mapped_column(ForeignKey("projects.key", ondelete="RESTRICT"))
    root_key: Mapped[int | None] = mapped_column(ForeignKey("process_instances.key", ondelete="SET NULL"))
    element_id: Mapped[str]
    created_at: Mapped[datetime]


class NotificationReadRow(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "notification_reads"

    notification_key: Mapped[int] = mapped_column(
        ForeignKey("notifications.key", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_key: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    read_at: Mapped[datetime]


class CalendarDayRow(db.Model):  # type: ignore[name-defined,misc]
    """A day that an administrator imported; it wins over the built-in calendar, and makes its year an announced one."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str]
    imported_at: Mapped[datetime]
