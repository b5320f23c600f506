"""Tokens for outside callers: ``Authorization: Bearer …`` in place of a session. A deactivated account's tokens stop working at once."""

from datetime import timedelta

from flask import Flask, Request, Response
from flask import request as current_request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import UserMixin
from flask_security.utils import parse_auth_token
from itsdangerous import BadData

LIFETIME = timedelta(days=90)
_SCHEME = "bearer "


def is_bearer(request: Request) -> bool:
    """Whether the request brings a token. A browser never adds one by itself, so a forged form cannot."""
    return request.headers.get("Authorization", "").lower().startswith(_SCHEME)


def _has_session(request: Request) -> bool:
    """A request with a token has none; nor has a static file, which shared caches may keep."""
    return not is_bearer(request) and request.endpoint != "static"


class _Sessions(SecureCookieSessionInterface):
    """Where there is no session no cookie is read and none is left behind."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if _has_session(request) else SecureCookieSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if _has_session(current_request):
            super().save_session(app, session, response)


def attach(app: Flask) -> None:
    """Let a token sign its account in, for this request only."""
    datastore = app.extensions["security"].datastore

    def from_token(request: Request) -> UserMixin | None:
        if not is_bearer(request):
            return None
        try:
            claims = parse_auth_token(request.headers["Authorization"][len(_SCHEME) :].strip())
        except (BadData, ValueError, KeyError, TypeError):
            return None
        user = datastore.find_user(fs_uniquifier=claims["uid"])
        if user is None or not user.active or not user.verify_auth_token(claims):
            return None
        found: UserMixin = user
        return found

    app.session_interface = _Sessions()
    app.login_manager.request_loader(from_token)  # type: ignore[attr-defined]
