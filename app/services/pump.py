"""What the clock does each time it wakes."""

from datetime import datetime

from app.acts import idempotency
from app.acts.transaction import act
from app.seen.shapes import PumpCounts
from app.services import calendars, messages, timers, trail

_ROUNDS = 10_000


def pump(now: datetime) -> PumpCounts:
    """Fire due timers, deliver leftover messages, seal the audit trail. Any number of nodes may do so at once."""
    return PumpCounts(timers.fire_due(now), messages.correlate(now), trail.seal(now))


def run_due(now: datetime) -> int:
    """Everything that is due by ``now``, the earliest first, and all that follows from it. Returns how many timers fired."""
    fired = 0
    for _ in range(_ROUNDS):
        due = timers.fire_due(now, in_order=True)
        fired += due
        if not due and not messages.correlate(now):
            return fired
    return fired


def look_again(now: datetime) -> None:
    """What is looked at now and then, for it depends on what was under way when something else happened."""
    calendars.look_again(now)


def tidy(now: datetime) -> None:
    """Drop what has no use any more: old idempotency keys."""
    with act():
        idempotency.forget(now)
