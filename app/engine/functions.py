"""FEEL's functions as the engine has them: those of the standard, and the statutory deadlines of a calendar."""

import threading
from zoneinfo import ZoneInfo

from app.decision import feel
from app.domain import deadlines
from app.domain.calendars import Calendar
from app.engine import decisions

_REGISTRIES_KEPT = 16
_registries: dict[tuple[int, str], tuple[Calendar, feel.Registry]] = {}
_lock = threading.Lock()


def of(calendar: Calendar, zone: ZoneInfo) -> feel.Registry:
    """FEEL's functions for a calendar and zone; the same object for the same pair."""
    key = (id(calendar), str(zone))
    kept = _registries.get(key)
    if kept is None or kept[0] is not calendar:  # a calendar that is gone may have left its id to another
        kept = (calendar, deadlines.registry(decisions.find_rule, calendar, zone))
        with _lock:
            if len(_registries) >= _REGISTRIES_KEPT:
                _registries.clear()
            _registries[key] = kept
    return kept[1]
