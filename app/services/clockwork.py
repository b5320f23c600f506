"""What the clock does each time it wakes."""

from datetime import datetime

from app.services.views import PumpCounts


def pump(now: datetime) -> PumpCounts:
    """Fire due timers, deliver leftover messages, seal the audit trail. Any number of nodes may do so at once."""
    raise NotImplementedError
