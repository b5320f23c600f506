"""Bringing the parts below the pages up: database, tables, shipped models."""

from datetime import datetime

from flask import Flask

from app import current
from app.config import Config
from app.seen.shapes import BootView
from app.services import instants, models
from app.store import database, schema


def attach(app: Flask, config: Config) -> None:
    """Give ``app`` its settings (``app.config["QUANCHENG"]``) and its database connection. Call once, before Flask-Security is set up."""
    app.config["QUANCHENG"] = config
    database.attach(app, config)


def prepare(now: datetime | None = None) -> BootView:
    """Bring the tables up to date and deploy the shipped models that differ (design §3). Needs an app context. Safe to repeat and to run on several nodes."""
    schema.upgrade()
    # A virtual clock is a row of the database: it can be read only now.
    return models.boot(current.settings().root, now or instants.now())


def dispose() -> None:
    """Close every connection of the current app."""
    database.dispose()
