"""Protection against forged requests: every browser form and script that changes something carries the session's token."""

from flask import Flask, Request, request, session
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf

from app.access import tokens

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def token() -> str:
    """The token of this session, for a form's hidden field or the header X-CSRFToken."""
    text: str = generate_csrf()  # type: ignore[no-untyped-call]
    return text


def _is_foreign(request: Request) -> bool:
    """A call of the API without a session or a token: it is told to sign in, not that its page has expired."""
    return request.path.startswith("/v2/") and not session


def attach(app: Flask) -> None:
    """Check every unsafe request of ``app``, the API's included, unless a bearer token stands for the session, or there is none to misuse."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session lives: forms stay open over lunch
    protection = CSRFProtect(app)  # type: ignore[no-untyped-call]

    def check() -> None:
        if request.method not in _SAFE and request.endpoint is not None and not tokens.is_bearer(request) and not _is_foreign(request):
            protection.protect()  # type: ignore[no-untyped-call]

    app.before_request(check)
