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


class _Sessions(SecureCookieSessionInterface):
    """A request with a token has no session: it neither reads nor leaves a cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return SecureCookieSession() if is_bearer(request) else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not is_bearer(current_request):
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
