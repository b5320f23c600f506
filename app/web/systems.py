"""信息系统: the register of systems; whoever keeps it enters existing ones from a table, after a look at what is wrong with it."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.access.identity import current_actor, present
from app.domain.permissions import Actor
from app.errors import InvalidRequest
from app.services import systems
from app.services.systems import ImportReport
from app.web import listing

blueprint = Blueprint("systems", __name__, url_prefix="/systems")


@blueprint.get("", endpoint="listing")
def show() -> str:
    return _page(current_actor())


@blueprint.post("/import", endpoint="enter")
def enter() -> Response | tuple[str, int]:
    """Only a look without ``enter``; else all rows are entered or none."""
    actor = current_actor()
    chosen = request.files.get("file")
    try:
        report = systems.enter(
            actor, actor.tenant, chosen.read() if chosen is not None else b"", present(), dry_run="enter" not in request.form
        )
    except InvalidRequest as failure:
        return _page(actor, failure=failure), HTTPStatus.UNPROCESSABLE_ENTITY
    if report.entered:
        flash(f"已登记 {report.rows} 个系统：已建 {report.built} 个，在建 {report.building} 个。", "success")
        if report.warning:
            flash(report.warning + "。", "warning")
        return redirect(url_for("systems.listing"))
    return _page(actor, report=report), HTTPStatus.UNPROCESSABLE_ENTITY if report.faults else HTTPStatus.OK


def _page(actor: Actor, report: ImportReport | None = None, failure: InvalidRequest | None = None) -> str:
    lifecycle, text = listing.text("lifecycle"), listing.text("q")
    found = systems.listing(actor)
    shown = [
        line
        for line in found
        if lifecycle in ("", line.lifecycle) and text.casefold() in f"{line.number} {line.name} {line.owner}".casefold()
    ]
    return render_template(
        "systems/list.html",
        systems=shown,
        total=len(found),
        lifecycles=systems.LIFECYCLES,
        filtered=bool(lifecycle or text),
        may_enter=systems.may_enter(actor, actor.tenant),
        report=report,
        failure=failure,
    )
