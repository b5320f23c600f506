"""Messages and signals between trees: stored with the act that throws them, delivered after it, each delivery an act of its own."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain.permissions import Actor


def publish(
    actor: Actor,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    now: datetime,
    *,
    tenant: str,
    lifetime: timedelta | None = None,
) -> int:
    """A message from outside. Returns its key."""
    raise NotImplementedError


def broadcast(actor: Actor, name: str, variables: Mapping[str, Any], now: datetime, *, tenant: str) -> int:
    """A signal from outside. Returns its key."""
    raise NotImplementedError


def correlate(now: datetime) -> int:
    """Deliver what can be delivered; called after every act that published or subscribed, and by the pump for leftovers. Returns how many deliveries."""
    raise NotImplementedError
