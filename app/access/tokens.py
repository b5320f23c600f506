"""Tokens for outside callers: ``Authorization: Bearer …`` in place of a session. A deactivated account's tokens stop working at once."""

from datetime import timedelta
from typing import Any

from flask import Flask, Request, request, session
from flask_login import UserMixin
from flask_security.utils import parse_auth_token
from itsdangerous import BadData

from app.errors import NotFound

LIFETIME = timedelta(days=90)
_SCHEME = "bearer "


def is_bearer() -> bool:
    """Whether the request brings a token. A browser never adds one by itself, so a forged form cannot."""
    return request.headers.get("Authorization", "").lower().startswith(_SCHEME)


def issue(app: Flask, username: str) -> str:
    """A new token of an active account. Needs an app context. Raises NotFound."""
    user = app.extensions["security"].datastore.find_user(username=username)
    if user is None or not user.active:
        raise NotFound(f"没有账号“{username}”，或该账号已停用")
    token: str = user.get_auth_token()
    return token


def attach(app: Flask) -> None:
    """Let a token sign its account in, for this request only; with a token the session does not count."""
    datastore = app.extensions["security"].datastore
    manager: Any = app.login_manager  # type: ignore[attr-defined]
    load_from_session = manager._user_callback

    def from_session(identity: str) -> UserMixin | None:
        return None if is_bearer() else load_from_session(identity)

    def from_token(incoming: Request) -> UserMixin | None:
        if not is_bearer():
            return None
        try:
            claims = parse_auth_token(incoming.headers["Authorization"][len(_SCHEME) :].strip())
        except (BadData, ValueError, KeyError, TypeError):
            return None
        user = datastore.find_user(fs_uniquifier=claims["uid"])
        if user is None or not user.active or not user.verify_auth_token(claims):
            return None
        session.modified = False  # a token leaves no cookie behind
        found: UserMixin = user
        return found

    manager.user_loader(from_session)
    manager.request_loader(from_token)
