"""A task: its form, why it came, until when, where the process stands; draft and completion. The server is the judge of every value."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.access import idempotency, statuses
from app.access.identity import current_actor, present
from app.codes import RequestCode
from app.domain.districts import ZONE
from app.domain.documents import signed
from app.domain.states import TaskState
from app.errors import Conflict, InvalidRequest, TaskAlreadyClosed
from app.seen.shapes import DocumentView, TaskPage
from app.services import documents, joint, returns, tasks
from app.services.returns import ReturnWish
from app.web import drawing, form_island

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")


@blueprint.get("/<int:key>")
def show(key: int) -> str:
    return _page(key)


def _page(key: int, given_back: MultiDict[str, str] | None = None, problem: str = "") -> str:
    """``given_back``: what was sent to return the task and not accepted, with the ``problem``."""
    view = tasks.view(current_actor(), key, present(), acting=_acting())
    printed = documents.printed(current_actor(), key, present())
    return render_template(
        "task.html",
        view=view,
        line=view.line,
        given=_for_form(view, printed) if view.form else None,
        printed=printed,
        drawn=drawing.drawn(view.diagram, at=_place(view)),
        acting=chosen_role(view),
        today=present().astimezone(ZONE).date(),
        given_back=MultiDict() if given_back is None else given_back,
        problem=problem,
        joint=len(joint.members(current_actor(), key, present())) if may_fill_in(view) else 0,
    )


def _place(view: TaskPage) -> str:
    """Where the diagram opens: at the task while it is open, whoever else is at work elsewhere; of one that is closed where its process stands now."""
    return view.line.element_id if view.line.state == TaskState.OPEN or not view.diagram.current else ""


def _acting() -> str | None:
    """The role that was chosen on the page, of several."""
    return request.args.get("acting") or None


@blueprint.post("/<int:key>/complete")
def complete(key: int) -> Response:
    """Complete with the form's values; says where to go on."""
    sent = form_island.sent()
    done = tasks.complete(
        current_actor(),
        key,
        sent["data"],
        present(),
        confirmed=sent.get("confirmed", {}),
        idempotency_key=idempotency.key(),
        ledger_version=request.args.get("ledger", type=int),
        acting=_acting(),
    )
    flash("已提交。" if not done.next_tasks else f"已提交。请接着办理“{done.next_tasks[0].name}”。", "success")
    if done.incidents:
        flash("您的办理已生效，但后续环节出现故障，系统管理员会处理：" + "；".join(done.incidents), "warning")
    following = url_for("tasks.show", key=done.next_tasks[0].key) if done.next_tasks else url_for("inbox.todo")
    return jsonify({"redirect": following})


@blueprint.get("/<int:key>/together")
def together(key: int) -> str:
    """Several tasks of one kind as one list: first they are chosen, then one answer is given for all."""
    chosen = request.args.getlist("task", type=int)
    view = joint.page(current_actor(), key, chosen, present())
    given = None
    if view.form is not None and len(view.chosen) > 1:
        keys = [line.key for line in view.chosen]
        given = form_island.given_to(
            view.form,
            {},
            tenant=view.line.tenant,
            complete=url_for("tasks.complete_together", key=key, task=keys),
            back=url_for("tasks.together", key=key, task=keys),
        )
    return render_template("together.html", view=view, line=view.line, given=given)


@blueprint.post("/<int:key>/together")
def complete_together(key: int) -> Response:
    """Complete all that were chosen, or none."""
    sent = form_island.sent()
    done = joint.submit(
        current_actor(),
        request.args.getlist("task", type=int),
        sent["data"],
        present(),
        confirmed=sent.get("confirmed", {}),
        idempotency_key=idempotency.key(),
    )
    flash(f"{done} 件已一并办结。", "success")
    return jsonify({"redirect": url_for("inbox.todo")})


@blueprint.post("/<int:key>/draft")
def keep_draft(key: int) -> Response:
    saved_at = tasks.save_draft(current_actor(), key, form_island.sent()["data"], present())
    return jsonify({"savedAt": saved_at.isoformat()})


@blueprint.post("/<int:key>/confirm")
def confirm(key: int) -> AnyResponse:
    """Complete a task that has no form."""
    done = tasks.complete(current_actor(), key, {}, present(), acting=_acting())
    flash("已办结。", "success")
    return redirect(url_for("tasks.show", key=done.next_tasks[0].key) if done.next_tasks else url_for("inbox.todo"))


@blueprint.post("/<int:key>/return")
def give_back(key: int) -> AnyResponse | tuple[str, HTTPStatus]:
    """退回. What is not accepted stands in the page again, with what was filled in."""
    given = request.form
    try:
        wish = ReturnWish(
            to=given.get("to", ""),
            straight=given.get("way") == "straight",
            reason=given.get("reason", ""),
            due_on=_day(given.get("due", "")),
            instances=_places(given),
            acting=_acting(),
        )
        done = returns.give_back(current_actor(), key, wish, present())
    except TaskAlreadyClosed:
        raise
    except (InvalidRequest, Conflict) as problem:
        return _page(key, given, problem.message), statuses.of(problem)
    flash("已退回，对方会收到通知。", "success")
    return redirect(url_for("tasks.show", key=done.next_tasks[0].key) if done.next_tasks else url_for("inbox.todo"))


def _day(text: str) -> date:
    """Raises InvalidRequest."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidRequest("请填写请对方办结的期限，如 2026-03-31", code=RequestCode.RETURN_DUE) from None


def _places(given: MultiDict[str, str]) -> tuple[int, ...]:
    """The ticked instances of the chosen target; those of others say nothing."""
    ticked = [value.rpartition(":") for value in given.getlist("item")]
    return tuple(int(place) for target, _, place in ticked if target == given.get("to") and place.isascii() and place.isdigit())


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


def _for_form(view: TaskPage, printed: Sequence[DocumentView] = ()) -> dict[str, Any]:
    """What the form island needs (frontend/src/form/index.jsx)."""
    if view.form is None:
        return {}
    key = view.line.key
    return form_island.given_to(
        view.form,
        view.data,
        tenant=view.line.tenant,
        complete=url_for("tasks.complete", key=key, ledger=view.ledger_version, acting=chosen_role(view)),
        draft=url_for("tasks.keep_draft", key=key),
        back=url_for("tasks.show", key=key, acting=chosen_role(view)),
        read_only=not may_fill_in(view),
        unconfirmed=view.unconfirmed,
        files=_files(view, printed),
    )


def _files(view: TaskPage, printed: Sequence[DocumentView]) -> dict[str, Any]:
    """Where a form that takes documents brings and reads them, and what the page tells of their size and kind."""
    if view.form is None or not view.form.slots:
        return {}
    key = view.line.key
    read = url_for("documents.show", key=0, task=key)
    # What was signed is of a printed document as it stood on this page: one that has been printed anew meanwhile is not taken for it.
    shown = ",".join(str(one.key) for one in printed) if any(signed(view.form.schema)) else None
    return {
        "put": url_for("documents.put", key=key, shown=shown),
        "read": read,
        **documents.limits(view.project.key if view.project else None),
    }


def chosen_role(view: TaskPage) -> str | None:
    """In which of several roles the person is going to do it; None where there is nothing to choose."""
    return next((one.role for one in view.capacities if one.chosen), None)


def may_fill_in(view: TaskPage) -> bool:
    return view.line.state == TaskState.OPEN and view.may.allowed
