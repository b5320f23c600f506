"""Ways in: the first page, the sign of life, the session's token for scripts."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from app.access import forgery, identity
from app.web import frame

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def first() -> Response:
    return redirect(frame.first_page(identity.current_actor()))


@blueprint.get("/healthz")
@identity.public
def healthz() -> tuple[str, dict[str, str]]:
    """Alive: for load balancers."""
    return "ok", {"Content-Type": "text/plain"}


@blueprint.get("/session")
def session() -> dict[str, str]:
    """A fresh token, after the session was renewed in another window."""
    return {"csrf": forgery.token()}
