"""People, their offices and roles."""

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import uuid4

from argon2 import PasswordHasher

from app.acts import audit
from app.acts.transaction import act
from app.catalogue import snapshot
from app.domain.keys import next_key
from app.domain.permissions import ADMINISTRATORS, Actor, Membership
from app.errors import Forbidden, InvalidRequest, NotFound
from app.seen.shapes import AccountView, DemonstrationAccount
from app.store import accounts, rows
from app.store.tables import DelegationRow, MembershipRow, OrganisationRow, UserRow

SHORTEST_PASSWORD = 10
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


def actor(user_id: int, now: datetime) -> Actor:
    """The person with all memberships, those lent by an absence substitution of today included: one statement. Raises NotFound for unknown or inactive users."""
    found = accounts.person(user_id)
    if not found or not found[0].active:
        raise NotFound("没有此账号,或该账号已停用")
    first = found[0]
    today = now.astimezone(snapshot.district(first.tenant).zone).date()
    memberships: dict[Membership, None] = {}
    for _, _, _, _, _, role, office, office_name, first_on, last_on in found:
        if role is not None and (first_on is None or first_on <= today <= last_on):
            memberships[Membership(role, office, office_name)] = None
    return Actor(first.id, first.username, first.name, first.tenant, tuple(memberships))


def named(asking: Actor, username: str, now: datetime) -> Actor | None:
    """The person with this name; None if there is none or the account is disabled. Raises Forbidden."""
    user = accounts.by_username(username)
    if user is None or not user.active:
        return None
    _check_manager(asking, user.tenant)
    return actor(user.id, now)


def holders(asking: Actor, tenant: str, role: str, now: datetime, *, offices: Collection[int] | None = None) -> list[Actor]:
    """Everybody who holds a role in a district, or in these of its offices; the oldest account first. Raises Forbidden."""
    _check_manager(asking, tenant)
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
        found.append(DemonstrationAccount(user.username, user.name, role or "", title, office or "", user.tenant, district.title))
    return found


def users(actor: Actor, tenant: str) -> list[AccountView]:
    """Accounts of a district, for administrators. Raises Forbidden."""
    _check_manager(actor, tenant)
    people: dict[int, tuple[UserRow, list[tuple[str, str]]]] = {}
    for user, role, office in accounts.members(tenant):
        held = people.setdefault(user.id, (user, []))[1]
        if role is not None:
            held.append((role, office))
    return [AccountView(user.id, user.username, user.name, user.tenant, user.active, tuple(held)) for user, held in people.values()]


def create_organisation(actor: Actor, tenant: str, name: str, now: datetime) -> int:
    """The key of the organisation called ``name``; an existing one is given back. Raises Forbidden, InvalidRequest (NAME)."""
    _check_manager(actor, tenant)
    if not name.strip() or len(name) > 200:
        raise InvalidRequest("单位名称应为 1 至 200 个字", code="NAME")
    known = accounts.organisations(tenant).get(name.strip())
    if known is not None:
        return known
    with act():
        key = _insert_offices(tenant, [name.strip()], now)[name.strip()]
        audit.record(actor, "organisation.create", name.strip(), {"key": str(key)}, now, chain=actor.user, tenant=tenant)
    return key


def create_user(
    actor: Actor,
    username: str,
    name: str,
    password: str,
    tenant: str,
    memberships: Sequence[tuple[str, str]],
    now: datetime,
    *,
    demonstration: bool = False,
) -> int:
    """A new account; ``memberships`` are (role key, office name), offices are created as needed.

    Raises Forbidden, InvalidRequest (USERNAME, USERNAME_TAKEN, PASSWORD_WEAK, ROLES_MIXED, ROLE).
    """
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidRequest(f"口令至少 {SHORTEST_PASSWORD} 位", code="PASSWORD_WEAK")
    account = (username, name, tenant, tuple(memberships))
    return create_users(actor, [account], hashed(password), now, demonstration=demonstration)[0]


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
    """New accounts (username, name, tenant, memberships) with one password, in one act. Raises as ``create_user``."""
    for username, _, tenant, memberships in people:
        _check_manager(actor, tenant)
        _check_account(username, tenant, memberships)
    taken = accounts.usernames([username for username, *_ in people])
    if taken:
        raise InvalidRequest(f"账号“{min(taken)}”已存在", code="USERNAME_TAKEN")
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
            "accounts": [{"username": username, "roles": [list(pair) for pair in memberships]} for username, _, _, memberships in people]
        }
        audit.record(
            actor, "user.create", " ".join(username for username, *_ in people)[:200], details, now, chain=actor.user, tenant=people[0][2]
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
        _check_manager(actor, away.tenant)
    if last < first:
        raise InvalidRequest("代理的截止日期不能早于开始日期", code="PERIOD")
    if away.tenant != present.tenant or away.id == present.id:
        raise InvalidRequest("代理人须是同一区的另一人", code="OTHER_DISTRICT")
    roles = {row.role for user in (away, present) for row in accounts.person(user.id) if row.role}
    _check_mixture(roles, substitute)
    key = next_key()
    with act():
        rows.insert(
            DelegationRow,
            [{"key": key, "delegator_key": away.id, "delegate_key": present.id, "first_on": first, "last_on": last, "created_at": now}],
        )
        details = {"principal": principal, "substitute": substitute, "first": first.isoformat(), "last": last.isoformat()}
        audit.record(actor, "user.substitute", principal, details, now, chain=actor.user, tenant=away.tenant)
    return key


def issue_token(actor: Actor, username: str, name: str, now: datetime) -> str:
    """A token for outside callers that acts as the account. Raises NotFound, Forbidden. Needs an app with Flask-Security."""
    user = accounts.by_username(username)
    if user is None or not user.active:
        raise NotFound(f"没有账号“{username}”,或该账号已停用")
    _check_manager(actor, user.tenant)
    token: str = user.get_auth_token()  # type: ignore[assignment]
    with act():
        audit.record(actor, "user.token", username, {"name": name}, now, chain=actor.user, tenant=user.tenant)
    return token


def _insert_offices(tenant: str, names: Sequence[str], now: datetime) -> dict[str, int]:
    new = [{"key": next_key(), "tenant": tenant, "name": name, "created_at": now} for name in names]
    rows.insert_new(OrganisationRow, new, ["tenant", "name"])
    return accounts.organisations(tenant)


def _check_manager(actor: Actor, tenant: str) -> None:
    if actor.is_system:
        return
    if "security_admin" not in actor.roles or actor.tenant != tenant:
        raise Forbidden("只有本区的安全管理员可以管理账号", code="NOT_ADMINISTRATOR")


def _check_account(username: str, tenant: str, memberships: Sequence[tuple[str, str]]) -> None:
    if not _USERNAME.fullmatch(username):
        raise InvalidRequest(f"账号“{username}”只能用小写字母、数字、点和横线,2 至 64 位", code="USERNAME")
    known = snapshot.district(tenant).roles
    for role, office in memberships:
        if known and role not in known:
            raise InvalidRequest(f"本区没有角色“{role}”", code="ROLE")
        if not office.strip():
            raise InvalidRequest(f"角色“{role}”须属于一个单位", code="ROLE")
    _check_mixture({role for role, _ in memberships}, username)


def _check_mixture(roles: set[str], username: str) -> None:
    """The three administrators exclude each other, and none does business tasks."""
    administrative = roles & ADMINISTRATORS
    if len(administrative) > 1 or (administrative and roles - ADMINISTRATORS):
        raise InvalidRequest(f"账号“{username}”的角色互斥:系统、安全、审计三员不得兼任,也不得兼任业务角色", code="ROLES_MIXED")
