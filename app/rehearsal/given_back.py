"""The step ``return`` of a scenario: what the server asks of a return is asked here too, a reason and a deadline that has not passed."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.reasons import checked_reason
from app.engine import commands, timers
from app.errors import InvalidRequest
from app.rehearsal.scenario_files import Failed
from app.rehearsal.scenario_shapes import is_count

KEYS = {"from", "where", "to", "straight", "reason", "within", "instances"}


def command(given: Mapping[str, Any], element: int, now: datetime, zone: ZoneInfo) -> commands.Return:
    """The return that a step asks for, of the open task ``element``. Raises Failed."""
    straight, instances = given.get("straight", False), given.get("instances") or []
    if not isinstance(given.get("to"), str):
        raise Failed("return 应写明退回到哪个事项(to)")
    if not isinstance(straight, bool):
        raise Failed(f"return 的 straight 应为 true 或 false,实为 {straight!r}")
    if not isinstance(instances, list) or not all(is_count(place) for place in instances):
        raise Failed("return 的 instances 应是序号的列表,如 [1, 3]")
    try:
        checked_reason(str(given.get("reason") or ""))
    except InvalidRequest as error:
        raise Failed(f"return 的 reason:{error.message}") from error
    last = _last_moment(given.get("within"), now, zone)
    if last < now:
        raise Failed(f"return 的 within 不能早于当天:现在是 {now.astimezone(zone).date().isoformat()}")
    due_at = datetime.combine(last.astimezone(zone).date() + timedelta(days=1), time.min, zone)
    return commands.Return(element, given["to"], straight, instances, {"due_at": due_at.isoformat()})


def _last_moment(within: Any, now: datetime, zone: ZoneInfo) -> datetime:
    """The end of the last day, of a duration or a date."""
    try:
        if isinstance(within, str) and within.startswith("P"):
            return timers.parse_duration(within).after(now, zone)
        if isinstance(within, str):
            return datetime.combine(date.fromisoformat(within), time.max, zone)
    except (timers.TimerError, ValueError) as error:
        raise Failed(f"return 的 within 应是时长(如 P5D)或日期:{error}") from error
    raise Failed("return 应写明期限(within):时长(如 P5D)或日期")
