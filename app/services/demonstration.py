"""The demonstration: an organisation, accounts and projects in every phase, made through the real services."""

from collections.abc import Callable
from datetime import datetime, timedelta

from app.domain.permissions import Actor

PASSWORD = "Quancheng-2026"


def organise(now: datetime, *, password: str = PASSWORD) -> int:
    """Offices of every role of every district and an account each, like ``sucheng.finance``. Returns how many accounts; existing ones are kept."""
    raise NotImplementedError


def build(now: datetime, *, password: str = PASSWORD, progress: Callable[[str], None] = lambda line: None) -> int:
    """The organisation and at least twelve projects over the phases of both districts, some overdue. Returns how many projects; 0 if they were there."""
    raise NotImplementedError


def advance(actor: Actor, until: datetime | timedelta) -> datetime:
    """Move the virtual clock on, firing what is due on the way in order. Returns the new instant. Raises Forbidden, InvalidRequest (CLOCK_BACK, CLOCK_REAL)."""
    raise NotImplementedError
