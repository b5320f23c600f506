"""Bringing the parts below the pages up: database, tables, shipped models."""

from datetime import datetime

from flask import Flask

from app.config import Config
from app.services.views import BootView


def attach(app: Flask, config: Config) -> None:
    """Give ``app`` its settings (``app.config["QUANCHENG"]``) and its database connection. Call once, before Flask-Security is set up."""
    raise NotImplementedError


def prepare(now: datetime) -> BootView:
    """Bring the tables up to date and deploy the shipped models that differ (design §3). Needs an app context. Safe to repeat and to run on several nodes."""
    raise NotImplementedError


def settings() -> Config:
    """The settings of the current app."""
    raise NotImplementedError
