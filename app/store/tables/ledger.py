"""The ledger of projects, every other register, notices, and the calendar."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import db


class ProjectRow(db.Model):  # type: ignore[name-defined,misc]
    """A project. ``facts`` holds every fact by its camelCase name; the typed columns are those that lists are made of.

    ``offices``: relation → [[organisation key, name], …]. ``phases``: [[phase, instant], …] in the order they were entered.
    """

    __tablename__ = "projects"
    __table_args__ = (Index(None, "tenant", "phase"), Index(None, "tenant", "updated_at"), Index(None, "tenant", "applicant_key"))

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    number: Mapped[str]
    name: Mapped[str]
    phase: Mapped[str]
    applicant_key: Mapped[int]
    applicant_office: Mapped[str]
    plan_year: Mapped[int | None]
    total_amount: Mapped[Decimal | None]
    contract_amount: Mapped[Decimal | None]
    facts: Mapped[dict[str, Any]]
    offices: Mapped[dict[str, Any]]
    phases: Mapped[list[Any]]
    version: Mapped[int]
    created_by: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ProjectOfficeRow(db.Model):  # type: ignore[name-defined,misc]
    """The same offices as rows, to find an office's projects."""

    __tablename__ = "project_offices"
    __table_args__ = (Index(None, "organisation_key"),)

    project_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(primary_key=True)
    organisation_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class RecordRow(db.Model):  # type: ignore[name-defined,misc]
    """An entry of a register: contracts, payments, archives, lateness … ``data`` was checked by forms/records/<kind>.json."""

    __tablename__ = "records"
    __table_args__ = (Index(None, "tenant", "kind"), Index(None, "project_key", "kind"))

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    project_key: Mapped[int | None]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    amount: Mapped[Decimal | None]
    root_key: Mapped[int | None]
    element_id: Mapped[str]
    created_at: Mapped[datetime]


class NumberRow(db.Model):  # type: ignore[name-defined,misc]
    """The last running number of a kind, district and year."""

    __tablename__ = "numbers"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class NotificationRow(db.Model):  # type: ignore[name-defined,misc]
    """A notice to the holders of ``role``, in the office ``office_key`` (0: in any)."""

    __tablename__ = "notifications"
    __table_args__ = (Index(None, "tenant", "role", "office_key"),)

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    role: Mapped[str]
    office_key: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    project_key: Mapped[int | None]
    root_key: Mapped[int | None]
    element_id: Mapped[str]
    created_at: Mapped[datetime]


class NotificationReadRow(db.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "notification_reads"

    notification_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    read_at: Mapped[datetime]


class CalendarDayRow(db.Model):  # type: ignore[name-defined,misc]
    """A day that an administrator imported; it wins over the built-in calendar, and makes its year an announced one."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str]
    imported_at: Mapped[datetime]
