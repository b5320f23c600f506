"""工作台: what a person has to do, has done, and was told."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.access.identity import current_actor, present
from app.services import inbox, projects
from app.web import listing

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")


@blueprint.get("")
def todo() -> str:
    actor, now = current_actor(), present()
    text, process, overdue = listing.text("q"), listing.text("process"), listing.flag("overdue")
    return render_template(
        "inbox/todo.html",
        tab="todo",
        counts=inbox.counts(actor, now),
        page=inbox.todo(actor, now, text=text, process=process, overdue=overdue, offset=listing.offset()),
        processes=inbox.processes(actor),
        filtered=bool(text or process or overdue),
        startable=projects.startable(actor, now),
        may_declare=projects.may_declare(actor),
        address=listing.address,
        now=now,
    )


@blueprint.get("/done")
def done() -> str:
    actor, now = current_actor(), present()
    return render_template(
        "inbox/done.html",
        tab="done",
        counts=inbox.counts(actor, now),
        page=inbox.done(actor, now, text=listing.text("q"), offset=listing.offset()),
        filtered=bool(listing.text("q")),
        address=listing.address,
    )


@blueprint.get("/notices")
def notices() -> str:
    actor, now = current_actor(), present()
    return render_template(
        "inbox/notices.html",
        tab="notices",
        counts=inbox.counts(actor, now),
        page=inbox.notifications(actor, now, offset=listing.offset()),
        address=listing.address,
    )


@blueprint.post("/notices/<int:key>/read")
def read(key: int) -> Response:
    inbox.read_notification(current_actor(), key, present())
    return redirect(url_for("inbox.notices"))
