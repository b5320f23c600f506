"""People, offices, roles held in offices, absence substitutes.

Accounts and offices stay for good: others' rows name who did something (RESTRICT). What only says what a person may do now goes with the person (CASCADE).
"""

from datetime import date, datetime

from flask_security import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import db


class OrganisationRow(db.Model):  # type: ignore[name-defined,misc]
    """An office. ``filed_at``: since when its district's file names it, None for one made by hand. ``closed_at``: nobody joins it any more."""

    __tablename__ = "organisations"
    __table_args__ = (UniqueConstraint("tenant", "name"), CheckConstraint("name <> ''", name="named"))

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Role(RoleMixin):
    """Flask-Security wants a class of roles; ours are memberships and belong to an office, so that it never stores one."""


class UserRow(db.Model, UserMixin):  # type: ignore[name-defined,misc]
    """An account. ``demonstration``: offered on the sign-in page of the demonstration. ``password_given_at``: since when the password is a one-time value."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("username <> ''", name="named"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    username: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None] = mapped_column(unique=True)  # type: ignore[assignment]
    name: Mapped[str]
    tenant: Mapped[str] = mapped_column(index=True)
    password: Mapped[str | None]
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    demonstration: Mapped[bool]
    created_at: Mapped[datetime]
    password_given_at: Mapped[datetime | None]

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        """None of Flask-Security's: what a person may do is judged by ``app.domain.permissions``."""
        return []


class MembershipRow(db.Model):  # type: ignore[name-defined,misc]
    """A person holds a role in an office. It goes with the person; an office cannot go while somebody holds a role in it."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("user_key", "role", "organisation_key"),
        Index(None, "role", "organisation_key"),
        Index(None, "organisation_key"),
        CheckConstraint("role <> ''", name="role"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_key: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[str]
    organisation_key: Mapped[int] = mapped_column(ForeignKey("organisations.key", ondelete="RESTRICT"))
    created_at: Mapped[datetime]


class DelegationRow(db.Model):  # type: ignore[name-defined,misc]
    """From ``first_on`` to ``last_on`` the delegate also holds the delegator's roles. It goes with either person."""

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="period"),
        CheckConstraint("delegator_key <> delegate_key", name="another"),
    )

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    delegator_key: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    delegate_key: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    created_at: Mapped[datetime]
