"""Queries over people, offices and roles."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Date, Row, bindparam, delete, func, null, select, tuple_, type_coerce, union_all, update

from app.domain.permissions import ADMINISTRATORS
from app.store.database import run
from app.store.tables import DelegationRow, MembershipRow, OrganisationRow, TaskCandidateRow, UserRow, UserTaskRow, db

_users: Any = UserRow.__table__
_memberships: Any = MembershipRow.__table__
_delegations: Any = DelegationRow.__table__
_organisations: Any = OrganisationRow.__table__
_lenders: Any = _users.alias("lenders")

_own_of_all = select(
    _memberships.c.user_key, _memberships.c.role, _memberships.c.organisation_key, null().label("first_on"), null().label("last_on")
)
_lent_of_all = (
    select(
        _delegations.c.delegate_key, _memberships.c.role, _memberships.c.organisation_key, _delegations.c.first_on, _delegations.c.last_on
    )
    .join(_memberships, _memberships.c.user_key == _delegations.c.delegator_key)
    .join(_lenders, _lenders.c.id == _delegations.c.delegator_key)
    .where(_lenders.c.active)  # who has left lends nothing
)


def _posts_of(user: Any) -> Any:
    """What somebody holds, their own and lent to them."""
    own = _own_of_all.where(_memberships.c.user_key == user)
    return union_all(own, _lent_of_all.where(_delegations.c.delegate_key == user)).subquery()


def _with_posts(posts: Any) -> Any:
    """Accounts with these posts. What the session has of an account from before is read anew: it may have been disabled since."""
    query = select(
        UserRow,
        posts.c.role,
        posts.c.organisation_key,
        _organisations.c.name.label("office"),
        type_coerce(posts.c.first_on, Date).label("first_on"),
        type_coerce(posts.c.last_on, Date).label("last_on"),
    ).select_from(_users)
    query = query.outerjoin(posts, posts.c.user_key == _users.c.id).outerjoin(
        _organisations, _organisations.c.key == posts.c.organisation_key
    )
    return query.order_by(posts.c.role, _organisations.c.name).execution_options(populate_existing=True)


_person = _with_posts(_posts_of(bindparam("user"))).where(_users.c.id == bindparam("user"))
_signed_in = _users.c.fs_uniquifier == bindparam("signed_in")
_signed_in_person = _with_posts(_posts_of(select(_users.c.id).where(_signed_in).scalar_subquery())).where(_signed_in)


def person(user_id: int) -> Sequence[Row[Any]]:
    """A person, one row a membership, own and lent: the account, role, office key, office name, lent from, lent until."""
    return db.session.execute(_person, {"user": user_id}).all()


def signed_in(mark: str) -> Sequence[Row[Any]]:
    """The person whose sessions and tokens carry this mark, as ``person`` gives them."""
    return db.session.execute(_signed_in_person, {"signed_in": mark}).all()


def by_username(username: str) -> UserRow | None:
    return db.session.execute(select(UserRow).where(UserRow.username == username)).scalar_one_or_none()


def by_usernames(usernames: Sequence[str]) -> Sequence[UserRow]:
    return db.session.execute(select(UserRow).where(UserRow.username.in_(usernames))).scalars().all()


def _holdings_of(tenant: str, *first: str) -> Any:
    """What the active people of a district hold, of their own or lent: the columns named, then role, office key, office name, lent from, lent until."""
    people = _users.alias()
    every = union_all(_own_of_all, _lent_of_all).subquery()
    return (
        select(
            *(every.c[name] for name in first),
            every.c.role,
            _organisations.c.key,
            _organisations.c.name,
            type_coerce(every.c.first_on, Date),
            type_coerce(every.c.last_on, Date),
        )
        .join(people, people.c.id == every.c.user_key)
        .join(_organisations, _organisations.c.key == every.c.organisation_key)
        .where(people.c.tenant == tenant, people.c.active)
    )


def holdings(tenant: str) -> list[tuple[str, int, str, Any, Any]]:
    """(role, office key, office name, lent from, lent until) of all active people of a district, each once; administrators hold nothing that counts for tasks."""
    return [tuple(row) for row in run(_holdings_of(tenant).distinct())]


def holdings_by_person(tenant: str) -> list[tuple[int, str, int, str, Any, Any]]:
    """The same with who holds it: (user, role, office key, office name, lent from, lent until)."""
    return [tuple(row) for row in run(_holdings_of(tenant, "user_key"))]


def active_people(tenant: str) -> Sequence[Row[Any]]:
    """(id, username) of a district's active people, administrators left out: those who may do tasks."""
    administers = select(_memberships.c.user_key).where(_memberships.c.role.in_(sorted(ADMINISTRATORS)))
    query = select(_users.c.id, _users.c.username, _users.c.name).where(
        _users.c.tenant == tenant, _users.c.active, _users.c.id.not_in(administers)
    )
    return db.session.execute(query.order_by(_users.c.name, _users.c.id)).all()


def offices_of(tenant: str, keys: Sequence[int]) -> Sequence[Row[Any]]:
    """(key, name, closed_at) of those of these keys that are offices of the district; nothing is asked where there are none."""
    if not keys:
        return ()
    query = select(_organisations.c.key, _organisations.c.name, _organisations.c.closed_at)
    return db.session.execute(query.where(_organisations.c.tenant == tenant, _organisations.c.key.in_(keys))).all()


def people_of(tenant: str, keys: Sequence[int]) -> Sequence[Row[Any]]:
    """(id, name, active) of those of these that are people of the district who may do tasks; nothing is asked where there are none."""
    if not keys:
        return ()
    administers = select(_memberships.c.user_key).where(_memberships.c.role.in_(sorted(ADMINISTRATORS)))
    query = select(_users.c.id, _users.c.name, _users.c.active)
    return db.session.execute(query.where(_users.c.tenant == tenant, _users.c.id.in_(keys), _users.c.id.not_in(administers))).all()


def holders(tenant: str, role: str) -> Sequence[Row[Any]]:
    """(user id, office key, office name) of everybody active who holds a role in a district, oldest account first."""
    query = (
        select(UserRow.id, OrganisationRow.key, OrganisationRow.name)
        .join(MembershipRow, MembershipRow.user_key == UserRow.id)
        .join(OrganisationRow, OrganisationRow.key == MembershipRow.organisation_key)
        .where(UserRow.tenant == tenant, UserRow.active, MembershipRow.role == role)
    )
    return db.session.execute(query.order_by(UserRow.id)).all()


def members(tenant: str | None = None, *, username: str | None = None, demonstration: bool = False) -> Sequence[Row[Any]]:
    """(user, role, office name) of all accounts, or of a district's, of one, or of the demonstration's; one row a membership."""
    query = (
        select(UserRow, MembershipRow.role, OrganisationRow.name)
        .outerjoin(MembershipRow, MembershipRow.user_key == UserRow.id)
        .outerjoin(OrganisationRow, OrganisationRow.key == MembershipRow.organisation_key)
    )
    if tenant is not None:
        query = query.where(UserRow.tenant == tenant)
    if username is not None:
        query = query.where(UserRow.username == username)
    if demonstration:
        query = query.where(UserRow.demonstration, UserRow.active)
    return db.session.execute(query.order_by(UserRow.id, MembershipRow.key)).all()


def memberships(user: int) -> list[tuple[str, int, str]]:
    """A person's own (role, office key, office name), lent ones not included."""
    query = select(MembershipRow.role, OrganisationRow.key, OrganisationRow.name).join(
        OrganisationRow, OrganisationRow.key == MembershipRow.organisation_key
    )
    found = db.session.execute(query.where(MembershipRow.user_key == user).order_by(MembershipRow.key))
    return [(row.role, row.key, row.name) for row in found]


def drop_memberships(user: int, held: Collection[tuple[str, int]]) -> None:
    """Take (role, office key) away from a person."""
    held_here = tuple_(MembershipRow.role, MembershipRow.organisation_key).in_(held)
    db.session.execute(delete(MembershipRow).where(MembershipRow.user_key == user, held_here))


def change(user: int, **values: Any) -> None:
    """Set columns of an account."""
    db.session.execute(update(UserRow).where(UserRow.id == user).values(**values))


def organisations(tenant: str) -> dict[str, int]:
    """name → key, closed ones included."""
    found = db.session.execute(select(OrganisationRow.name, OrganisationRow.key).where(OrganisationRow.tenant == tenant))
    return {row.name: row.key for row in found}


def offices(tenant: str) -> Sequence[OrganisationRow]:
    """A district's offices by name, closed ones included."""
    return (
        db.session.execute(select(OrganisationRow).where(OrganisationRow.tenant == tenant).order_by(OrganisationRow.name)).scalars().all()
    )


def staff(tenant: str) -> dict[int, int]:
    """Office key → how many active people hold a role there."""
    query = (
        select(MembershipRow.organisation_key, func.count(func.distinct(MembershipRow.user_key)))
        .join(UserRow, UserRow.id == MembershipRow.user_key)
        .where(UserRow.tenant == tenant, UserRow.active)
        .group_by(MembershipRow.organisation_key)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def members_of(office: int) -> Sequence[UserRow]:
    """Active people who hold a role in an office, by name."""
    there = select(MembershipRow.user_key).where(MembershipRow.organisation_key == office)
    return db.session.execute(select(UserRow).where(UserRow.active, UserRow.id.in_(there)).order_by(UserRow.name)).scalars().all()


def waiting_at(office: int) -> int:
    """How many open tasks wait for people of an office."""
    query = (
        select(func.count(func.distinct(TaskCandidateRow.task_key)))
        .join(UserTaskRow, UserTaskRow.key == TaskCandidateRow.task_key)
        .where(TaskCandidateRow.office_key == office, UserTaskRow.state == "open")
    )
    return db.session.execute(query).scalar_one()


def change_office(key: int, **values: datetime | None) -> None:
    """Set columns of an office."""
    db.session.execute(update(OrganisationRow).where(OrganisationRow.key == key).values(**values))


def file_offices(keys: Sequence[int], now: datetime) -> None:
    """Note that the district's file names these offices."""
    db.session.execute(update(OrganisationRow).where(OrganisationRow.key.in_(keys)).values(filed_at=now))


def usernames(wanted: Sequence[str]) -> set[str]:
    """Those of ``wanted`` that are taken."""
    return set(db.session.execute(select(UserRow.username).where(UserRow.username.in_(wanted))).scalars())
