"""Bringing the parts below the pages up: database, tables, shipped models."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from flask import Flask

from app import current
from app.codes import InstallationCode
from app.config import Config
from app.errors import Conflict
from app.seen.shapes import BootView
from app.services import calendars, instants, models, offices
from app.store import database, nodes, schema

_log = logging.getLogger(__name__)


def attach(app: Flask, config: Config) -> None:
    """Give ``app`` its settings (``app.config["QUANCHENG"]``) and its database connection. Call once, before Flask-Security is set up."""
    app.config["QUANCHENG"] = config
    database.attach(app, config)
    with app.app_context():
        nodes.attach(config)


def prepare(now: datetime | None = None) -> BootView:
    """Bring the tables up to date, deploy the shipped models that differ (design §3), make the offices that the districts' files name.

    Needs an app context. Safe to repeat and to run on several nodes. Raises Conflict (DATABASE, UNSOUND_DATA, NODE_TAKEN, NODES_EXHAUSTED), Refused.
    """
    database.reach()
    schema.upgrade()
    nodes.take()
    # A virtual clock is a row of the database: it can be read only now.
    now = now or instants.now()
    booted = models.boot(current.settings().root, now)
    told = offices.found(now)
    if calendars.boot(now):
        _log.warning("放假安排与上次运行时不同，未结事项的期限正在重新计算")
    for line in (*booted.drift, *told):
        _log.warning("%s", line)
    return replace(booted, told=told)


@contextmanager
def reading(config: Config) -> Iterator[None]:
    """An app context on a database that cannot be written: for commands that only look. Raises Conflict (NO_DATABASE, SCHEMA)."""
    if not database.is_there(config):
        raise Conflict(
            f"{config.data} 中没有数据库；请核对 --data，或先用 quancheng serve 或 quancheng migrate 建立",
            code=InstallationCode.NO_DATABASE,
        )
    with _unwritten(config):
        if not schema.is_up_to_date():
            raise Conflict(
                "数据库与本程序的版本不同，没有做任何改动；请用 quancheng serve 或 quancheng migrate 升级，或换用与数据库相应的版本",
                code=InstallationCode.SCHEMA,
            )
        yield


@contextmanager
def _unwritten(config: Config) -> Iterator[None]:
    app = Flask("app")
    app.config["QUANCHENG"] = config
    database.attach(app, config, reading=True)
    with app.app_context():
        try:
            database.reach()
            yield
        finally:
            database.dispose()


def is_begun(config: Config) -> bool:
    """Whether there is a database with tables, of whatever version."""
    if not database.is_there(config):
        return False
    with _unwritten(config):
        return schema.is_begun()


def check(config: Config) -> None:
    """Make sure that there is a database and that it is up to date. Raises Conflict (NO_DATABASE, SCHEMA)."""
    with reading(config):
        pass


def take_node() -> None:
    """Take this process's node number, before it serves anybody. Needs an app context. Raises Conflict (DATABASE, NODE_TAKEN, NODES_EXHAUSTED).

    A clock may start before the server that makes the tables; it takes its number with its first key then.
    """
    database.reach()
    if schema.is_up_to_date():
        nodes.take()


def dispose() -> None:
    """Close every connection of the current app, and give its node number back."""
    database.dispose()
    nodes.release()
