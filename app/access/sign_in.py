"""Signing in with Flask-Security: account and password, argon2, a session that ends when nobody uses it."""

import logging
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, session
from flask_login import user_logged_in
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.forms import LoginForm
from wtforms import StringField
from wtforms.validators import InputRequired

from app import logs
from app.access import tokens
from app.codes import RequestCode
from app.config import Config
from app.services import accounts
from app.store.secrets import kept

_log = logging.getLogger(__name__)
_WRONG = "账号或密码不正确，请检查后重试"
_MESSAGES = {
    "LOGIN": "",
    "USER_DOES_NOT_EXIST": _WRONG,  # the same words: nobody learns which accounts exist
    "INVALID_PASSWORD": _WRONG,
    "PASSWORD_NOT_PROVIDED": "请输入密码",
    "DISABLED_ACCOUNT": "该账号已停用，请联系本区的安全管理员",
    "UNAUTHENTICATED": "您还没有登录，或登录已过期，请重新登录",
    "UNAUTHORIZED": "您没有权限进行此操作",
}


class SignInForm(LoginForm):
    """Account and password; Flask-Security's own form asks for an e-mail address."""

    email = None  # type: ignore[assignment]  # WTForms' way to take a field out
    remember = None  # type: ignore[assignment]  # a remembered sign-in would outlive the idle limit
    username = StringField("账号", validators=[InputRequired("请输入账号")])  # type: ignore[no-untyped-call]

    def validate(self, **options: Any) -> bool:  # type: ignore[override]
        self.ifield = self.username
        if self.username.data:
            self.user = current_app.extensions["security"].datastore.find_user(username=self.username.data.strip())
        valid: bool = super().validate(**options)
        if not valid:
            logs.event(_log, logging.INFO, "sign_in", code=self._refusal())
        return valid

    def _refusal(self) -> RequestCode:
        """Why nobody is let in; the page does not tell the second from the third."""
        if not (self.username.data and self.password.data):
            return RequestCode.NOT_FILLED_IN
        if self.user is None:
            return RequestCode.ACCOUNT_UNKNOWN
        return RequestCode.ACCOUNT_DISABLED if self.user_authenticated else RequestCode.PASSWORD_WRONG


class _Accounts(SQLAlchemyUserDatastore):
    """Whose session or token it is, read together with what they hold: every request asks for both."""

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> Any:
        if set(wanted) != {"fs_uniquifier"}:
            return super().find_user(case_insensitive, **wanted)
        g.signed_in = accounts.signed_in(wanted["fs_uniquifier"])
        return g.signed_in[0][0] if g.signed_in else None


def attach(app: Flask, config: Config, database: Any, user: type[Any], role: type[Any]) -> None:
    """Set Flask-Security up on ``app`` with the store's account models. Call after the database is attached."""
    app.config.update(
        SECRET_KEY=config.secret_key or kept(config.folder, "secret_key"),
        SESSION_COOKIE_NAME="quancheng",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=config.session_minutes),
        SECURITY_PASSWORD_SALT=config.password_salt or kept(config.folder, "password_salt"),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the scheme, not a password
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],  # the store keeps plain argon2 hashes; argon2 salts each by itself
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"username": {"mapper": str, "case_insensitive": False}}],
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_LOGIN_USER_TEMPLATE="sign_in.html",
        SECURITY_FRESHNESS=timedelta(minutes=-1),
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_TOKEN_MAX_AGE=tokens.LIFETIME,
        SECURITY_FLASH_MESSAGES=False,
        **{f"SECURITY_MSG_{name}": (text, "error") for name, text in _MESSAGES.items()},
    )
    Security(app, _Accounts(database, user, role), login_form=SignInForm)
    _make_idle_sessions_end(app)


def _make_idle_sessions_end(app: Flask) -> None:
    def begin(sender: Flask, **values: Any) -> None:
        session.permanent = True  # lives PERMANENT_SESSION_LIFETIME from the last request

    user_logged_in.connect(begin, app, weak=False)
