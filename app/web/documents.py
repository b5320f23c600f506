"""文件: bring one to a task, read one. Always handed out as an attachment: nothing that somebody has brought is shown as a page of ours."""

from flask import Blueprint, Response, jsonify, request

from app.access import uploads
from app.access.identity import current_actor, present
from app.services import documents

blueprint = Blueprint("documents", __name__)


@blueprint.post("/tasks/<int:key>/documents")
def put(key: int) -> Response:
    sent = uploads.received()
    view = documents.put(current_actor(), key, sent.name, sent.stream, present(), slot=sent.slot, replaces=sent.replaces, shown=sent.shown)
    return jsonify({"document": view.reference, "size": view.size_said})


@blueprint.get("/documents/<int:key>")
def show(key: int) -> Response:
    """``task``: in which the person sees it, where they may not read the whole project."""
    found = documents.opened(current_actor(), key, present(), task=request.args.get("task", type=int))
    return uploads.handed_out(found.stream, name=found.view.name, media=found.view.media, size=found.view.size)
