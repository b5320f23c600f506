"""People, their offices and roles."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher

from app.acts import audit
from app.acts.places import places
from app.acts.transaction import act
from app.catalogue import districts, snapshot
from app.codes import RequestCode
from app.domain import accounts as rules
from app.domain.codes import Action, VerdictCode
from app.domain.keys import next_key
from app.domain.permissions import Actor, Membership, may_manage
from app.errors import InvalidRequest, NotFound
from app.seen.shapes import AccountView, DemonstrationAccount
from app.store import accounts, rows
from app.store.tables import DelegationRow, MembershipRow, OrganisationRow, UserRow


def actor(user_id: int, now: datetime) -> Actor:
    """The person with all memberships, those lent by an absence substitution of today included: one statement. Raises NotFound for unknown or inactive users."""
    return actor_of(accounts.person(user_id), now)


def signed_in(mark: str) -> Sequence[Any]:
    """The account whose sessions and tokens carry a mark, with what ``actor_of`` asks; the account is the first of each row. One statement."""
    return accounts.signed_in(mark)


def actor_of(found: Sequence[Any], now: datetime) -> Actor:
    """The person of these rows. Raises NotFound."""
    if not found or not found[0][0].active:
        raise NotFound("没有此账号,或该账号已停用")
    user = found[0][0]
    today = now.astimezone(snapshot.district(user.tenant).zone).date()
    memberships: dict[Membership, None] = {}
    for _, role, office, office_name, first_on, last_on in found:
        if role is not None and (first_on is None or first_on <= today <= last_on):
            memberships[Membership(role, office, office_name)] = None
    return Actor(user.id, user.username, user.name, user.tenant, tuple(memberships))


def named(asking: Actor, username: str, now: datetime) -> Actor | None:
    """The person with this name; None if there is none or the account is disabled. Raises Forbidden."""
    user = accounts.by_username(username)
    if user is None or not user.active:
        return None
    may_manage(asking, user.tenant).require()
    return actor(user.id, now)


def holders(asking: Actor, tenant: str, role: str, now: datetime, *, offices: Collection[int] | None = None) -> list[Actor]:
    """Everybody who holds a role in a district, or in these of its offices; the oldest account first. Raises Forbidden."""
    may_manage(asking, tenant).require()
    found = [user for user, office, _ in accounts.holders(tenant, role) if offices is None or office in offices]
    return [actor(user, now) for user in dict.fromkeys(found)]


def system(tenant: str) -> Actor:
    """The system itself, acting in a district."""
    return Actor(0, "system", "系统", tenant)


def demonstration_accounts() -> list[DemonstrationAccount]:
    """The accounts that the demonstration created, by district, role and office; empty outside the demonstration."""
    found = []
    seen: set[int] = set()
    for user, role, office in accounts.members(demonstration=True):
        if user.id in seen:
            continue
        seen.add(user.id)
        district = snapshot.district(user.tenant)
        title = district.role_title(role) if role else ""
        found.append(
            DemonstrationAccount(
                username=user.username,
                name=user.name,
                role=role or "",
                role_title=title,
                office=office or "",
                tenant=user.tenant,
                tenant_title=district.title,
            )
        )
    return found


def users(actor: Actor, tenant: str) -> list[AccountView]:
    """Accounts of a district, for administrators. Raises Forbidden, InvalidRequest (DISTRICT)."""
    may_manage(actor, tenant).require()
    districts.get(tenant)
    return _views(accounts.members(tenant))


def user(actor: Actor, username: str) -> AccountView:
    """One account, for administrators. Raises Forbidden, NotFound."""
    may_manage(actor).require()
    found = accounts.by_username(username)
    if found is None:
        raise NotFound(f"没有账号“{username}”")
    may_manage(actor, found.tenant).require()
    return _views(accounts.members(username=username))[0]


def _views(members: Iterable[Any]) -> list[AccountView]:
    people: dict[int, tuple[UserRow, list[tuple[str, str]]]] = {}
    for user, role, office in members:
        held = people.setdefault(user.id, (user, []))[1]
        if role is not None:
            held.append((role, office))
    return [
        AccountView(key=user.id, username=user.username, name=user.name, tenant=user.tenant, active=user.active, memberships=tuple(held))
        for user, held in people.values()
    ]


def create_user(
    actor: Actor,
    username: str,
    name: str,
    password: str,
    tenant: str,
    memberships: Sequence[tuple[str, str]],
    now: datetime,
    *,
    one_time: bool = False,
    reason: str = "",
) -> int:
    """A new account; ``memberships`` are (role key, name of an office that there is). ``one_time``: the password has to be changed at the first sign-in.

    Raises Forbidden, InvalidRequest (DISTRICT, USERNAME, USERNAME_TAKEN, NAME, PASSWORD_WEAK, ROLES_MIXED, ROLE, ROLE_OFFICE, OFFICE).
    """
    may_manage(actor, tenant).require()
    districts.get(tenant)
    rules.check_password(password)
    places(tenant, memberships)
    account = (username, rules.checked_name(name, "姓名"), tenant, tuple(memberships))
    return _create(actor, [account], hashed(password), now, given_at=now if one_time else None, reason=reason)[0]


def hashed(password: str) -> str:
    """The argon2 hash that is stored."""
    return PasswordHasher().hash(password)


def create_users(
    actor: Actor,
    people: Sequence[tuple[str, str, str, Sequence[tuple[str, str]]]],
    password_hash: str,
    now: datetime,
    *,
    demonstration: bool = False,
) -> list[int]:
    """New accounts (username, name, tenant, memberships) with one password, in one act; their offices are created as needed. Raises as ``create_user``."""
    for tenant in {tenant for _, _, tenant, _ in people}:
        may_manage(actor, tenant).require()
    return _create(actor, people, password_hash, now, demonstration=demonstration)


def _create(
    actor: Actor,
    people: Sequence[tuple[str, str, str, Sequence[tuple[str, str]]]],
    password_hash: str,
    now: datetime,
    *,
    demonstration: bool = False,
    given_at: datetime | None = None,
    reason: str = "",
) -> list[int]:
    for username, _, tenant, memberships in people:
        rules.check_username(username)
        rules.check_memberships(snapshot.district(tenant), memberships)
        rules.check_mixture({role for role, _ in memberships}, username)
    taken = accounts.usernames([username for username, *_ in people])
    if taken:
        raise InvalidRequest(f"账号“{min(taken)}”已存在", code=RequestCode.USERNAME_TAKEN)
    keys = [next_key() for _ in people]
    with act():
        offices = {
            tenant: _insert_offices(tenant, sorted({office for _, _, own, held in people if own == tenant for _, office in held}), now)
            for tenant in sorted({tenant for _, _, tenant, _ in people})
        }
        rows.insert(
            UserRow,
            [
                {
                    "id": key, "username": username, "email": None, "name": name, "tenant": tenant, "password": password_hash, "active": True,
                    "fs_uniquifier": uuid4().hex, "demonstration": demonstration, "created_at": now,
                    "password_given_at": given_at,
                }
                for key, (username, name, tenant, _) in zip(keys, people, strict=True)
            ],
        )  # fmt: skip
        held = [
            {"key": next_key(), "user_key": key, "role": role, "organisation_key": offices[tenant][office], "created_at": now}
            for key, (_, _, tenant, memberships) in zip(keys, people, strict=True)
            for role, office in dict.fromkeys(memberships)
        ]
        rows.insert(MembershipRow, held)
        details = {
            "accounts": [{"username": username, "roles": [list(pair) for pair in memberships]} for username, _, _, memberships in people],
            "reason": reason.strip(),
        }
        audit.record(
            actor,
            Action.USER_CREATE,
            " ".join(username for username, *_ in people)[:200],
            details,
            now,
            chain=actor.user,
            tenant=people[0][2],
        )
    return keys


def substitute(actor: Actor, principal: str, substitute: str, first: date, last: date, now: datetime) -> int:
    """离岗代理: from ``first`` to ``last`` the substitute also holds the principal's roles. By the principal, or a security administrator.

    Raises NotFound, Forbidden, InvalidRequest (PERIOD, OTHER_DISTRICT, ROLES_MIXED).
    """
    away, present = accounts.by_username(principal), accounts.by_username(substitute)
    if away is None or present is None:
        raise NotFound(f"没有账号“{principal if away is None else substitute}”")
    if actor.user != away.id:
        may_manage(actor, away.tenant).require()
    if last < first:
        raise InvalidRequest("代理的截止日期不能早于开始日期", code=RequestCode.PERIOD)
    if away.tenant != present.tenant or away.id == present.id:
        raise InvalidRequest("代理人须是同一区的另一人", code=VerdictCode.OTHER_DISTRICT)
    roles = {row.role for user in (away, present) for row in accounts.person(user.id) if row.role}
    rules.check_mixture(roles, substitute)
    key = next_key()
    with act():
        rows.insert(
            DelegationRow,
            [{"key": key, "delegator_key": away.id, "delegate_key": present.id, "first_on": first, "last_on": last, "created_at": now}],
        )
        details = {"principal": principal, "substitute": substitute, "first": first.isoformat(), "last": last.isoformat()}
        audit.record(actor, Action.USER_SUBSTITUTE, principal, details, now, chain=actor.user, tenant=away.tenant)
    return key


def issue_token(actor: Actor, username: str, name: str, now: datetime) -> str:
    """A token for outside callers that acts as the account. Raises NotFound, Forbidden. Needs an app with Flask-Security."""
    user = accounts.by_username(username)
    if user is None or not user.active:
        raise NotFound(f"没有账号“{username}”,或该账号已停用")
    may_manage(actor, user.tenant).require()
    token: str = user.get_auth_token()  # type: ignore[assignment]
    with act():
        audit.record(actor, Action.USER_TOKEN, username, {"name": name}, now, chain=actor.user, tenant=user.tenant)
    return token


def _insert_offices(tenant: str, names: Sequence[str], now: datetime) -> dict[str, int]:
    new = [{"key": next_key(), "tenant": tenant, "name": name, "created_at": now, "filed_at": None, "closed_at": None} for name in names]
    rows.insert_new(OrganisationRow, new, ["tenant", "name"])
    return accounts.organisations(tenant)
