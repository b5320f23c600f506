"""演示时间: in the demonstration an administrator moves the clock on, and deadlines fire on the way."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import current
from app.access.identity import current_actor, present
from app.codes import RequestCode
from app.domain.codes import VerdictCode
from app.domain.districts import ZONE
from app.domain.permissions import Actor
from app.errors import Forbidden, InvalidRequest, NotFound
from app.playing import demonstration
from app.services import timers
from app.web import display, frame

blueprint = Blueprint("clock", __name__, url_prefix="/clock")

_MOST_DAYS = 3660


def _mover() -> Actor:
    """The administrator who may move the clock. Raises NotFound outside the demonstration, Forbidden for others."""
    actor = current_actor()
    if not current.settings().demonstration:
        raise NotFound("只有演示环境才能调整时间")
    if not frame.may_move_clock(actor):
        raise Forbidden("只有系统管理员可以推进演示时间", code=VerdictCode.NOT_ADMINISTRATOR)
    return actor


@blueprint.get("")
def show() -> str:
    _mover()
    return render_template("clock.html", now=present(), next_due=timers.next_due())


@blueprint.post("")
def move() -> Response:
    actor = _mover()
    reached = demonstration.advance(actor, _wanted(request.form.get("days", ""), request.form.get("until", "")))
    flash(f"演示时间已推进到 {display.instant(reached)}，途中到期的事项都已触发。", "success")
    return redirect(url_for("clock.show"))


def _wanted(days: str, until: str) -> datetime | timedelta:
    """A number of days, or an instant as the browser's input gives it. Raises InvalidRequest."""
    if until:
        try:
            return datetime.fromisoformat(until).replace(tzinfo=ZONE)
        except ValueError:
            raise InvalidRequest(f"“{until}”不是日期和时间，应如 2026-10-16T09:00", code=RequestCode.CLOCK_INSTANT) from None
    if not (days.isascii() and days.isdigit() and 1 <= int(days[:9]) <= _MOST_DAYS):
        raise InvalidRequest(f"天数应是 1 至 {_MOST_DAYS} 之间的整数", code=RequestCode.CLOCK_DAYS)
    return timedelta(days=int(days))
