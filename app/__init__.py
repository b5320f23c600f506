"""Quancheng 全程: a local government's digital projects, from declaration to retirement."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Config


def create_app(config: "Config | None" = None) -> "Flask":
    """Put the parts together: the only place where they meet. ``config`` None: the settings of the environment."""
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from app import access, api, web
    from app import config as settings
    from app.services import startup
    from app.store.tables import Role, UserRow, db

    chosen = config or settings.load()
    app = Flask(__name__, template_folder="web/templates", static_folder="web/static")
    app.config["MAX_CONTENT_LENGTH"] = chosen.upload_bytes
    if chosen.trusted_proxies:
        layers = chosen.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=layers, x_proto=layers, x_host=layers)  # type: ignore[method-assign]
    startup.attach(app, chosen)
    access.attach(app, chosen, db, UserRow, Role)
    web.attach(app)
    app.register_blueprint(api.blueprint)
    return app
