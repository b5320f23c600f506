"""What time it is: the system's clock, or a virtual one in the demonstration, the walk and tests."""

import time
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from app import current
from app.acts.transaction import act
from app.codes import RequestCode
from app.errors import InvalidRequest
from app.store import settings
from app.store.tables import db

_OFFSET = "clock.offset"
_REMEMBERED = 1.0  # seconds for which another process's change may go unseen
_MOMENT = timedelta(minutes=1)  # that a busy machine may let pass between two lines
_offsets: WeakKeyDictionary[Engine, tuple[float, timedelta]] = WeakKeyDictionary()


def now() -> datetime:
    """The present instant, aware UTC, by the configured clock. Needs an app context."""
    present = datetime.now(UTC)
    return present + _offset() if is_virtual() else present


def is_virtual() -> bool:
    """Whether the clock is the virtual one, so that pages must show the assumed instant."""
    return current.settings().clock == "virtual"


def move_to(instant: datetime) -> None:
    """Set the virtual clock; it goes on from there. Never back: what has passed within the last minute, while the caller was looking at the clock,
    leaves it as it is. Raises InvalidRequest (CLOCK_REAL, CLOCK_BACK).
    """
    if not is_virtual():
        raise InvalidRequest("本系统使用真实时钟,不能调整时间", code=RequestCode.CLOCK_REAL)
    present = now()
    if instant < present - _MOMENT:
        raise InvalidRequest("时钟只能向后推进,不能倒退", code=RequestCode.CLOCK_BACK)
    if instant > present:
        _store(instant - datetime.now(UTC))


def begin_at(instant: datetime) -> None:
    """Set the virtual clock of a database in which nothing has happened yet, also to the past. Raises InvalidRequest (CLOCK_REAL)."""
    if not is_virtual():
        raise InvalidRequest("本系统使用真实时钟,不能调整时间", code=RequestCode.CLOCK_REAL)
    _store(instant - datetime.now(UTC))


def _offset() -> timedelta:
    known = _offsets.get(db.engine)
    if known is None or time.monotonic() - known[0] > _REMEMBERED:
        known = (time.monotonic(), timedelta(seconds=float(settings.get(_OFFSET) or 0)))
        _offsets[db.engine] = known
    return known[1]


def _store(offset: timedelta) -> None:
    with act():
        settings.put(_OFFSET, repr(offset.total_seconds()))
    _offsets[db.engine] = (time.monotonic(), offset)
