"""流程实例: what runs, where it stands, what is stuck. For system administrators; services refuse everybody else."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.access.identity import current_actor, present
from app.codes import RequestCode
from app.domain.states import InstanceState
from app.errors import InvalidRequest
from app.seen.shapes import InstancePage
from app.services import instances, repair, unattended
from app.web import drawing, listing

blueprint = Blueprint("instances", __name__, url_prefix="/instances")


@blueprint.get("", endpoint="listing")
def search() -> str:
    actor = current_actor()
    state, process, text = listing.text("state"), listing.text("process"), listing.text("q")
    wanted = instances.InstanceFilter(
        state=InstanceState(state) if state in set(InstanceState) else None,
        process_id=process or None,
        has_incident=True if listing.flag("incident") else None,
        text=text,
        descending=True,
    )
    return render_template(
        "instances/list.html",
        page=instances.search(actor, wanted, present(), offset=listing.offset()),
        states=list(InstanceState),
        filtered=bool(state or process or text or listing.flag("incident")),
        address=listing.address,
    )


@blueprint.get("/unattended")
def unattended_tasks() -> str:
    """无人可办的事项: what nobody can do, and what is missing."""
    return render_template(
        "instances/unattended.html", page=unattended.listing(current_actor(), present(), offset=listing.offset()), address=listing.address
    )


@blueprint.get("/<int:key>")
def show(key: int) -> str:
    view = instances.view(current_actor(), key, present())
    return render_template(
        "instances/instance.html",
        view=view,
        line=view.line,
        now=present(),
        drawn=drawing.drawn(view.diagram, incidents=_stuck(view)),
    )


@blueprint.post("/<int:key>/cancel")
def cancel(key: int) -> Response:
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise InvalidRequest("请填写取消的原因", code=RequestCode.REASON)
    repair.cancel(current_actor(), key, reason, present())
    flash("流程实例已取消。", "success")
    return redirect(url_for("instances.show", key=key))


@blueprint.post("/<int:key>/incidents/<int:incident>/resolve")
def resolve(key: int, incident: int) -> Response:
    repair.resolve(current_actor(), incident, present())
    flash("已重试。", "success")
    return redirect(url_for("instances.show", key=key))


def _stuck(view: InstancePage) -> dict[str, Any]:
    return {incident.element_id: incident.message for incident in view.incidents if incident.resolved_at is None}
