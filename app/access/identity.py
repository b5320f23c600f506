"""Who makes this request, and when: read once, passed on to services as values."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask_login import current_user as _login_user
from flask_security import login_user
from werkzeug.wrappers import Response

from app import logs
from app.access import problems, tokens
from app.codes import RequestCode
from app.domain.permissions import Actor
from app.errors import Failure, Forbidden
from app.services import accounts, instants

View = TypeVar("View", bound=Callable[..., Any])


class SignedOut(Failure):
    """Nobody is signed in, or the session has run out."""

    code = RequestCode.SIGNED_OUT

    def __init__(self) -> None:
        super().__init__("您还没有登录，或登录已过期，请重新登录")


def _user() -> Any:
    return _login_user


def present() -> datetime:
    """The instant of this request: one and the same for all that it does."""
    if "present" not in g:
        g.present = instants.now()
    present: datetime = g.present
    return present


def is_signed_in() -> bool:
    return bool(_user().is_authenticated)


def current_actor() -> Actor:
    """The signed-in person. Raises SignedOut."""
    if "actor" not in g:
        if not is_signed_in():
            raise SignedOut
        held = g.pop("signed_in", ())  # read with the account; not so right after signing in
        known = bool(held) and held[0][0].id == _user().id
        g.actor = accounts.actor_of(held, present()) if known else accounts.actor(_user().id, present())
        if (asking := logs.current_request()) is not None:
            asking.actor = g.actor.user
    person: Actor = g.actor
    return person


def sign_in_again() -> None:
    """Go on in this session after the person's own password has changed: every other session of theirs has ended."""
    login_user(_user()._get_current_object())


def public(view: View) -> View:
    """Mark a view that everybody may see; all others need a signed-in person."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def before_password(view: View) -> View:
    """Mark a view that somebody with a one-time password may see before they have chosen their own."""
    view.is_before_password = True  # type: ignore[attr-defined]
    return view


def has_one_time_password() -> bool:
    """Whether the person signed in with a password that was given to them. A token was not made from it."""
    return not tokens.is_bearer(request) and _user().password_given_at is not None


def _is_public(endpoint: str) -> bool:
    view = current_app.view_functions.get(endpoint)
    return endpoint == "static" or endpoint.startswith("security.") or getattr(view, "is_public", False)


def _let_in() -> Response | None:
    if request.endpoint is None or _is_public(request.endpoint):
        return None
    if is_signed_in():
        if not has_one_time_password() or getattr(current_app.view_functions[request.endpoint], "is_before_password", False):
            return None
        if problems.wants_json():
            raise Forbidden("您的口令是一次性的，请先在页面上修改口令", code=RequestCode.PASSWORD_ONE_TIME)
        return redirect(url_for("password.show"))
    if problems.wants_json():
        raise SignedOut
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=back))


def attach(app: Flask) -> None:
    """Refuse every request of a stranger but to public views: what is new is closed until somebody opens it. A one-time password opens its own change alone."""
    app.before_request(_let_in)
