"""Bounds of the dates and terms that people set: a row of the decision ``term_limits``, and what a date may not be before.

A term that its own party may set as it likes is none (``x-term``, ``x-after``; docs/analyst/forms.md).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

_LONGEST = 999_999  # days that a date can be moved by


def day(value: Any) -> date | None:
    """A day that somebody has filled in; None of what is none."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def beyond_term(value: Any, limits: Mapping[str, Any], today: date) -> str:
    """How a number of days, or a date counted from today, is beyond its limits; empty where it is not."""
    least, most = (None if limits.get(name) is None else int(Decimal(str(limits[name]))) for name in ("least", "most"))
    if (given := day(value)) is not None:
        first, last = (None if days is None or abs(days) > _LONGEST else today + timedelta(days=days) for days in (least, most))
        if (first is None or given >= first) and (last is None or given <= last):
            return ""
        return f"应在 {first} 至 {last} 之间" if first and last else f"不能早于 {first}" if first else f"不能晚于 {last}"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if (least is None or value >= least) and (most is None or value <= most):
            return ""
        return (
            f"应在 {least} 至 {most} 之间"
            if least is not None and most is not None
            else f"不能少于 {least}"
            if least is not None
            else f"不能多于 {most}"
        )
    return ""


def opened(at: datetime | None, zone: ZoneInfo) -> date | None:
    """The day on which a task opened."""
    return None if at is None else at.astimezone(zone).date()
