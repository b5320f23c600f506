"""``/v2``: bring a document to a user task, read one. Ours: Camunda's documents belong to no task, and nobody asks who may read them."""

from flask import Blueprint, Response, request

from app.access import uploads
from app.access.identity import current_actor, present
from app.api import schemas
from app.api.requests import answer
from app.services import documents

blueprint = Blueprint("documents", __name__)


@blueprint.post("/user-tasks/<int:key>/documents")
def put(key: int) -> Response:
    """multipart/form-data: ``file``, ``slot`` (a field of the task's form, like materials/files) and, for the next version of one, ``replaces``;
    ``shown``: keys of the printed documents of which it may be a signed copy, commas between: one that has been printed anew since is refused.

    Answers 201 with the ``reference`` that stands among the variables with which the task is completed.
    """
    sent = uploads.received()
    view = documents.put(current_actor(), key, sent.name, sent.stream, present(), slot=sent.slot, replaces=sent.replaces, shown=sent.shown)
    return answer(schemas.DocumentAnswer().dump(view), 201)


@blueprint.get("/documents/<int:key>")
def show(key: int) -> Response:
    """The content; ``task``: in which the caller sees it, where they may not read the whole project."""
    found = documents.opened(current_actor(), key, present(), task=request.args.get("task", type=int))
    return uploads.handed_out(found.stream, name=found.view.name, media=found.view.media, size=found.view.size)
