"""The settings of this process."""

from flask import current_app

from app.config import Config


def settings() -> Config:
    """The settings of the current app. Needs an app context."""
    config: Config = current_app.config["QUANCHENG"]
    return config
