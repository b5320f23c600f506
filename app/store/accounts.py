"""Queries over people, offices and roles."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Date, Row, bindparam, null, select, type_coerce, union_all

from app.store.database import run
from app.store.tables import DelegationRow, MembershipRow, OrganisationRow, UserRow, db

_users: Any = UserRow.__table__
_memberships: Any = MembershipRow.__table__
_delegations: Any = DelegationRow.__table__
_organisations: Any = OrganisationRow.__table__

_own = select(
    _memberships.c.user_key, _memberships.c.role, _memberships.c.organisation_key, null().label("first_on"), null().label("last_on")
).where(_memberships.c.user_key == bindparam("user"))
_lent = (
    select(
        _delegations.c.delegate_key, _memberships.c.role, _memberships.c.organisation_key, _delegations.c.first_on, _delegations.c.last_on
    )
    .join(_memberships, _memberships.c.user_key == _delegations.c.delegator_key)
    .where(_delegations.c.delegate_key == bindparam("user"))
)
_held = union_all(_own, _lent).subquery()
_person = (
    select(
        _users.c.id,
        _users.c.username,
        _users.c.name,
        _users.c.tenant,
        _users.c.active,
        _held.c.role,
        _held.c.organisation_key,
        _organisations.c.name.label("office"),
        type_coerce(_held.c.first_on, Date).label("first_on"),
        type_coerce(_held.c.last_on, Date).label("last_on"),
    )
    .outerjoin(_held, _held.c.user_key == _users.c.id)
    .outerjoin(_organisations, _organisations.c.key == _held.c.organisation_key)
    .where(_users.c.id == bindparam("user"))
    .order_by(_held.c.role, _organisations.c.name)
)


def person(user_id: int) -> Sequence[Row[Any]]:
    """A person, one row a membership, own and lent: id, username, name, tenant, active, role, office key, office name, lent from, lent until."""
    return run(_person, {"user": user_id}).all()


def by_username(username: str) -> UserRow | None:
    return db.session.execute(select(UserRow).where(UserRow.username == username)).scalar_one_or_none()


def holders(tenant: str, role: str) -> Sequence[Row[Any]]:
    """(user id, office key, office name) of everybody active who holds a role in a district, oldest account first."""
    query = (
        select(UserRow.id, OrganisationRow.key, OrganisationRow.name)
        .join(MembershipRow, MembershipRow.user_key == UserRow.id)
        .join(OrganisationRow, OrganisationRow.key == MembershipRow.organisation_key)
        .where(UserRow.tenant == tenant, UserRow.active, MembershipRow.role == role)
    )
    return db.session.execute(query.order_by(UserRow.id)).all()


def members(tenant: str | None = None, *, demonstration: bool = False) -> Sequence[Row[Any]]:
    """(user, role, office name) of all accounts, or of a district's, or of the demonstration's; one row a membership."""
    query = (
        select(UserRow, MembershipRow.role, OrganisationRow.name)
        .outerjoin(MembershipRow, MembershipRow.user_key == UserRow.id)
        .outerjoin(OrganisationRow, OrganisationRow.key == MembershipRow.organisation_key)
    )
    if tenant is not None:
        query = query.where(UserRow.tenant == tenant)
    if demonstration:
        query = query.where(UserRow.demonstration, UserRow.active)
    return db.session.execute(query.order_by(UserRow.id, MembershipRow.key)).all()


def organisations(tenant: str) -> dict[str, int]:
    """name → key."""
    found = db.session.execute(select(OrganisationRow.name, OrganisationRow.key).where(OrganisationRow.tenant == tenant))
    return {row.name: row.key for row in found}


def usernames(wanted: Sequence[str]) -> set[str]:
    """Those of ``wanted`` that are taken."""
    return set(db.session.execute(select(UserRow.username).where(UserRow.username.in_(wanted))).scalars())
