"""Deadlines that pass while nobody is looking."""

from datetime import datetime


def fire_due(now: datetime) -> int:
    """Fire every timer due by ``now`` (one batch); any number of nodes may call this at once. Returns how many fired here."""
    raise NotImplementedError


def next_due() -> datetime | None:
    """When the next timer is due, None if there is none."""
    raise NotImplementedError
