"""Times that stand in a diagram, in words: ISO 8601 durations and dates. What is neither is a cycle."""

import re
from datetime import date

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS = ("年", "个月", "周", "天", "小时", "分钟", "秒")


def span(text: str) -> str:
    """``P1M`` → 1 个月, ``2026-03-01T09:00:00`` → 2026-03-01 09:00; else that it comes again and again."""
    found = _DURATION.fullmatch(text.strip())
    if found and any(found.groups()):
        return " ".join(f"{int(number)} {unit}" for number, unit in zip(found.groups(), _UNITS, strict=True) if number)
    day, _, clock = text.strip().partition("T")
    try:
        return f"{date.fromisoformat(day)} {clock[:5]}".strip()
    except ValueError:
        return "按流程设定的周期，一再到来"
