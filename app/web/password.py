"""修改口令: everybody changes their own; whoever got a one-time password does so before anything else."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.access import identity
from app.access.identity import current_actor, present
from app.codes import RequestCode
from app.domain.accounts import SHORTEST_PASSWORD
from app.errors import InvalidRequest
from app.services import people

blueprint = Blueprint("password", __name__, url_prefix="/password")


@blueprint.get("")
@identity.before_password
def show() -> str:
    return _page(None)


@blueprint.post("")
@identity.before_password
def change() -> Response | tuple[str, int]:
    wanted = request.form.get("wanted", "")
    try:
        if wanted != request.form.get("again", ""):
            raise InvalidRequest("两次输入的新口令不同", code=RequestCode.PASSWORD_AGAIN)
        people.change_own_password(current_actor(), request.form.get("present", ""), wanted, present())
    except InvalidRequest as problem:
        return _page(problem), HTTPStatus.UNPROCESSABLE_ENTITY
    identity.sign_in_again()
    flash("口令已修改。", "success")
    return redirect(url_for("home.first"))


def _page(problem: InvalidRequest | None) -> str:
    return render_template("password.html", problem=problem, given=identity.has_one_time_password(), shortest=SHORTEST_PASSWORD)
