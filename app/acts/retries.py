"""What cannot be fired or delivered now: put off, ever longer, and shown as an incident."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from app import current, engine
from app.acts.rows import TreePlace, incident
from app.acts.transaction import act
from app.codes import RequestCode
from app.engine.codes import IncidentType
from app.errors import Busy, Failure, Outdated, Suspended
from app.store import rows, waits
from app.store.tables import IncidentRow

_log = logging.getLogger(__name__)
_LONGEST = timedelta(days=1)
_MOST_DOUBLINGS = 20


class Gone(Exception):
    """Somebody else has taken what this act wanted to take; it is undone, and nothing is wrong."""

    code = RequestCode.GONE


class Pending(Protocol):
    """A timer or subscription that is to be fired."""

    @property
    def key(self) -> int: ...

    @property
    def root_key(self) -> int | None: ...

    @property
    def instance_key(self) -> int | None: ...

    @property
    def tenant(self) -> str: ...

    @property
    def process_id(self) -> str: ...

    @property
    def element_id(self) -> str: ...

    @property
    def attempts(self) -> int: ...


def attempt(wait: Pending, now: datetime, fire: Callable[[], bool]) -> bool:
    """Run one act on ``wait``. Whatever goes wrong is undone and must not stop the others. Returns whether it fired."""
    try:
        return fire()
    except (Gone, Outdated):
        return False  # another node was first, or is at work there: the next pump looks again
    except (Busy, Suspended):
        _put_off(wait, now, None)
    except engine.NotOpen as error:
        if waits.is_there(wait.key):
            _put_off(wait, now, error)
    except Exception as error:
        _log.exception("wait %s of %s cannot be fired", wait.key, wait.process_id)
        _put_off(wait, now, error)
    return False


def _put_off(wait: Pending, now: datetime, error: Exception | None) -> None:
    """Try again later: soon if somebody was just in the way, ever more rarely after an error, which stands as an incident."""
    first = timedelta(seconds=current.settings().retry_seconds)
    pause = first if error is None else min(first * 2 ** min(wait.attempts, _MOST_DOUBLINGS), _LONGEST)
    with act():
        if not waits.put_off(wait.key, now + pause, failed=error is not None) or error is None or waits.has_incident(wait.key):
            return
        stopped = incident(
            TreePlace(wait.tenant, wait.root_key, wait.instance_key),
            wait_key=wait.key,
            process_id=wait.process_id,
            element_id=wait.element_id,
            of_type=IncidentType.EVENT_FAILED,
            message=f"事件“{wait.element_id}”到期或收到消息后未能继续:{_reason(error)}。系统会继续重试,请检查流程",
            now=now,
        )
        rows.insert(IncidentRow, [stopped])


def _reason(error: Exception) -> str:
    if isinstance(error, Failure):
        return error.message
    return str(error) if isinstance(error, engine.EngineError) else type(error).__name__
