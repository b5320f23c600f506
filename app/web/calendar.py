"""放假安排: which years are announced, and importing one after a preview of what moves; for the system administrator, services refuse everybody else."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.access.identity import current_actor, present
from app.domain.announced import LARGEST
from app.domain.codes import CalendarCode
from app.domain.permissions import may_administer
from app.domain.states import DeploymentSource
from app.errors import Conflict, InvalidArguments, InvalidRequest
from app.services import calendars

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")

Answer = Response | str | tuple[str, int]


@blueprint.get("")
def show() -> str:
    may_administer(current_actor()).require()
    return render_template("calendar/years.html", years=calendars.years(present()))


@blueprint.post("/preview")
def preview() -> Answer:
    """What the chosen file would change; its text goes along to the next page, for nothing is kept before it is confirmed."""
    actor = current_actor()
    may_administer(actor).require()
    file = request.files.get("file")
    content = file.read(LARGEST + 1) if file is not None else b""
    if not content:
        raise InvalidRequest("请选择放假安排的 CSV 文件", code=CalendarCode.CALENDAR_FILE)
    return _preview(content, "", None)


@blueprint.post("/import")
def take() -> Answer:
    actor, text, reason = current_actor(), request.form.get("content", ""), request.form.get("reason", "")
    content = text.encode()
    try:
        done = calendars.take(actor, content, reason, present(), source=DeploymentSource.UPLOAD, seen=request.form.get("before"))
    except InvalidArguments:
        return _preview(content, reason, None)
    except (InvalidRequest, Conflict) as problem:
        return _preview(content, reason, problem)
    flash(f"已导入 {'、'.join(map(str, done.years))} 年的放假安排，{done.moved} 个流程的期限正在重算。", "success")
    return redirect(url_for("calendar.show"), HTTPStatus.SEE_OTHER)


def _preview(content: bytes, reason: str, problem: InvalidRequest | Conflict | None) -> Answer:
    found = calendars.preview(current_actor(), content, present())
    page = render_template("calendar/preview.html", found=found, reason=reason, problem=problem)
    return (page, HTTPStatus.UNPROCESSABLE_ENTITY) if found.faults or problem is not None else page
