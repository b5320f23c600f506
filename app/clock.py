"""The clock: APScheduler wakes the pump in memory and decides nothing; everything durable is in the database."""

import logging
import signal
import threading
from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from app.config import Config
from app.services import instants, pump

_log = logging.getLogger(__name__)
_TIDY_HOURS = 6
_AGAIN_MINUTES = 9


def start(app: Flask) -> BackgroundScheduler:
    """Begin to pump in a thread of this process; ``shutdown()`` ends it."""
    config: Config = app.config["QUANCHENG"]
    scheduler = BackgroundScheduler(timezone=UTC)
    # No grace time and coalescing: a late waking pumps once. One at a time: a long pump is not joined by a second.
    always = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler.add_job(_pump, "interval", args=[app], seconds=config.pump_seconds, id="pump", **always)
    scheduler.add_job(_look_again, "interval", args=[app], minutes=_AGAIN_MINUTES, id="look_again", **always)
    scheduler.add_job(_tidy, "interval", args=[app], hours=_TIDY_HOURS, id="tidy", **always)
    scheduler.start()
    return scheduler


def run_forever(app: Flask) -> None:
    """Pump until the process is told to stop (SIGTERM, SIGINT)."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    scheduler = start(app)
    stopped.wait()
    scheduler.shutdown()


def _pump(app: Flask) -> None:
    with app.app_context():
        try:
            counts = pump.pump(instants.now())
            # A full batch means that more is due: do not wait for the next second.
            while counts.timers:
                counts = pump.pump(instants.now())
        except Exception:
            _log.exception("the pump failed; it is tried again in %s", timedelta(seconds=app.config["QUANCHENG"].pump_seconds))


def _look_again(app: Flask) -> None:
    with app.app_context():
        try:
            pump.look_again(instants.now())
        except Exception:
            _log.exception("looking again failed; it is tried again in %s", timedelta(minutes=_AGAIN_MINUTES))


def _tidy(app: Flask) -> None:
    with app.app_context():
        try:
            pump.tidy(instants.now())
        except Exception:
            _log.exception("tidying failed; it is tried again in %s", timedelta(hours=_TIDY_HOURS))
