"""A task: its form, why it came, until when, where the process stands; draft and completion. The server is the judge of every value."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import current
from app.access import forgery, idempotency
from app.access.identity import current_actor, present
from app.catalogue import districts
from app.codes import RequestCode
from app.domain import forms
from app.domain.codes import FormCode
from app.domain.districts import ZONE
from app.domain.states import TaskState
from app.errors import InvalidRequest
from app.seen.shapes import TaskPage
from app.services import tasks
from app.web import drawing

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")


@blueprint.get("/<int:key>")
def show(key: int) -> str:
    view = tasks.view(current_actor(), key, present())
    return render_template(
        "task.html",
        view=view,
        line=view.line,
        given=_for_form(view) if view.form else None,
        drawn=drawing.drawn(view.diagram),
    )


@blueprint.post("/<int:key>/complete")
def complete(key: int) -> Response:
    """Complete with the form's values; says where to go on."""
    drawn_with = request.args.get("ledger", type=int)
    done = tasks.complete(current_actor(), key, _sent(), present(), idempotency_key=idempotency.key(), ledger_version=drawn_with)
    flash("已提交。" if not done.next_tasks else f"已提交。请接着办理“{done.next_tasks[0].name}”。", "success")
    if done.incidents:
        flash("您的办理已生效，但后续环节出现故障，系统管理员会处理：" + "；".join(done.incidents), "warning")
    following = url_for("tasks.show", key=done.next_tasks[0].key) if done.next_tasks else url_for("inbox.todo")
    return jsonify({"redirect": following})


@blueprint.post("/<int:key>/draft")
def keep_draft(key: int) -> Response:
    saved_at = tasks.save_draft(current_actor(), key, _sent(), present())
    return jsonify({"savedAt": saved_at.isoformat()})


@blueprint.post("/<int:key>/confirm")
def confirm(key: int) -> AnyResponse:
    """Complete a task that has no form."""
    done = tasks.complete(current_actor(), key, {}, present())
    flash("已办结。", "success")
    return redirect(url_for("tasks.show", key=done.next_tasks[0].key) if done.next_tasks else url_for("inbox.todo"))


@blueprint.post("/<int:key>/claim")
def claim(key: int) -> AnyResponse:
    tasks.claim(current_actor(), key, present())
    flash("已领取，其他人员不能再办理此事项。", "success")
    return redirect(url_for("tasks.show", key=key))


@blueprint.post("/<int:key>/release")
def release(key: int) -> AnyResponse:
    tasks.release(current_actor(), key, present())
    flash("已放回，有权限的人员都可以办理。", "success")
    return redirect(url_for("tasks.show", key=key))


def _sent() -> dict[str, Any]:
    """The form's values out of the request: ``{"data": {…}}``, read with exact numbers. Raises InvalidRequest, forms.FormError."""
    if (request.content_length or 0) > current.settings().form_bytes:
        raise InvalidRequest("提交的内容过大，请减少后再试", code=RequestCode.FORM_SIZE)
    body = forms.loads(request.get_data(cache=False))
    if not isinstance(body, dict) or set(body) != {"data"} or not isinstance(body["data"], dict):
        raise InvalidRequest("请求内容应是 {“data”: {…}}", code=FormCode.FORM_SHAPE)
    data: dict[str, Any] = body["data"]
    return data


def _for_form(view: TaskPage) -> dict[str, Any]:
    """What the form island needs (frontend/src/form/index.jsx)."""
    if view.form is None:
        return {}
    key = view.line.key
    known = {name: value for name, value in view.data.items() if value is not None}  # nothing yet is no answer
    return {
        "form": {"schema": view.form.schema, "ui": view.form.ui},
        "initial": view.form.opening(known) if may_fill_in(view) else known,
        "clauses": _clauses(view.form.schema, view.line.tenant),
        "readOnly": not may_fill_in(view),
        "urls": {"complete": url_for("tasks.complete", key=key, ledger=view.ledger_version), "draft": url_for("tasks.keep_draft", key=key)},
        "session": {
            "csrf": forgery.token(),
            "tokenUrl": url_for("home.session"),
            "signInUrl": url_for("security.login", next=url_for("tasks.show", key=key)),
        },
        "zone": ZONE.key,
    }


def _clauses(schema: Mapping[str, Any], tenant: str) -> dict[str, dict[str, str]]:
    """The clauses that the form's fields cite, as far as they are the district's own."""
    cited = " ".join(_cited(schema))
    return {clause.id: {"article": clause.article, "paraphrase": clause.paraphrase} for clause in districts.get(tenant).own_clauses(cited)}


def _cited(schema: Mapping[str, Any]) -> Iterator[str]:
    given = schema.get("x-clauses", "")
    yield given if isinstance(given, str) else " ".join(given)
    for part in schema.get("properties", {}).values():
        yield from _cited(part)
    if isinstance(schema.get("items"), Mapping):
        yield from _cited(schema["items"])


def may_fill_in(view: TaskPage) -> bool:
    return view.line.state == TaskState.OPEN and view.may.allowed
