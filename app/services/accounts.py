"""People, their offices and roles."""

from collections.abc import Sequence
from datetime import date, datetime

from app.domain.permissions import Actor
from app.services.views import AccountView, DemonstrationAccount


def actor(user_id: int, now: datetime) -> Actor:
    """The person with all memberships, those lent by an absence substitution of today included: one statement. Raises NotFound for unknown or inactive users."""
    raise NotImplementedError


def system(tenant: str) -> Actor:
    """The system itself, acting in a district."""
    raise NotImplementedError


def demonstration_accounts() -> list[DemonstrationAccount]:
    """The accounts that the demonstration created, by district, role and office; empty outside the demonstration."""
    raise NotImplementedError


def create_organisation(actor: Actor, tenant: str, name: str, now: datetime) -> int:
    """The key of the organisation called ``name``; an existing one is given back."""
    raise NotImplementedError


def create_user(
    actor: Actor, username: str, name: str, password: str, tenant: str, memberships: Sequence[tuple[str, str]], now: datetime
) -> int:
    """A new account; ``memberships`` are (role key, office name), offices are created as needed. Raises InvalidRequest (USERNAME_TAKEN, PASSWORD_WEAK, ROLES_MIXED)."""
    raise NotImplementedError


def substitute(actor: Actor, principal: str, substitute: str, first: date, last: date, now: datetime) -> int:
    """离岗代理: from ``first`` to ``last`` the substitute also holds the principal's roles."""
    raise NotImplementedError


def users(actor: Actor, tenant: str) -> list[AccountView]:
    """Accounts of a district, for administrators."""
    raise NotImplementedError
