"""The audit trail: verify it, seal it."""

from datetime import datetime

from app.domain.permissions import Actor
from app.services.views import AuditReport


def verify(actor: Actor) -> AuditReport:
    """Check every mac, count and seal, and the head kept outside."""
    raise NotImplementedError


def seal(now: datetime) -> int:
    """Seal committed entries and write the head to the outside file; one node at a time does it. Returns how many entries were sealed."""
    raise NotImplementedError
