"""``/v2/user-tasks``: search, get, form, complete, return."""

import simplejson
from flask import Blueprint, Response

from app.access import idempotency
from app.access.identity import current_actor, present
from app.api import schemas
from app.api.requests import answer, body, listing, nothing, seen_version
from app.services import returns, tasks
from app.services.returns import ReturnWish

blueprint = Blueprint("user_tasks", __name__, url_prefix="/user-tasks")


@blueprint.post("/search")
def search() -> Response:
    """Tasks that the caller may see, oldest first unless sorted otherwise."""
    wanted = body(schemas.TaskSearchRequest())
    page = wanted["page"]
    descending = any(sort["order"].upper() == "DESC" for sort in wanted["sort"])
    found = tasks.search(
        current_actor(),
        tasks.TaskFilter(**wanted["filter"], descending=descending),
        present(),
        limit=page["limit"],
        offset=page["from_"],
    )
    return listing(found, schemas.UserTaskAnswer())


@blueprint.get("/<int:key>")
def get(key: int) -> Response:
    return answer(schemas.UserTaskAnswer().dump(tasks.line(current_actor(), key, present())))


@blueprint.get("/<int:key>/form")
def form(key: int) -> Response:
    """The form of the task's binding, its file as a JSON string; 204 when the task has none."""
    found = tasks.form(current_actor(), key)
    if found is None:
        return nothing()
    schema = {"id": found.form.id, "title": found.form.title, "schema": found.form.schema, "ui": found.form.ui}
    return answer(
        {
            "tenantId": found.tenant,
            "formId": found.form.id,
            "schema": simplejson.dumps(schema, ensure_ascii=False, use_decimal=True),
            "version": found.version,
            "formKey": str(found.key),
        }
    )


@blueprint.post("/<int:key>/completion")
def complete(key: int) -> Response:
    """Complete the task with the variables of its form. 422 names the fields, 409 means somebody was first.

    A problem with ``confirm`` true may be answered by sending the same again with ``confirmed``: {its ``check``: the reason}.
    ``If-Match``: the version of the project's ledger that the variables were filled in with; without it the one that the task opened with.
    """
    data = body(schemas.CompletionRequest())
    tasks.complete(
        current_actor(),
        key,
        data["variables"] or {},
        present(),
        confirmed=data["confirmed"] or {},
        idempotency_key=idempotency.key(),
        ledger_version=seen_version(),
    )
    return nothing()


@blueprint.get("/<int:key>/return-targets")
def return_targets(key: int) -> Response:
    """Ours: the earlier tasks that the caller may return this one to now, the last done first."""
    found = returns.targets(current_actor(), key, present())
    return answer({"items": schemas.ReturnTargetAnswer().dump(found, many=True)})


@blueprint.post("/<int:key>/return")
def give_back(key: int) -> Response:
    """Ours: return the task to an earlier one (退回). 400 says what is missing, 409 that there is no such target now, or that somebody was first."""
    data = body(schemas.ReturnRequest())
    wish = ReturnWish(
        to=data["to"], straight=data["straight"], reason=data["reason"], due_on=data["due_on"], instances=tuple(data["instances"])
    )
    returns.give_back(current_actor(), key, wish, present(), idempotency_key=idempotency.key())
    return nothing()
