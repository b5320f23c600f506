"""项目: the ledger. Declare a project, find projects, follow one from declaration to retirement."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.access.identity import current_actor, present
from app.catalogue import districts
from app.errors import InvalidRequest
from app.services import projects
from app.web import listing

blueprint = Blueprint("projects", __name__)


@blueprint.get("/projects", endpoint="listing")
def search() -> str:
    actor = current_actor()
    text, phase = listing.text("q"), listing.text("phase")
    return render_template(
        "projects/list.html",
        page=projects.search(actor, present(), text=text, phase=phase, year=listing.number("year"), offset=listing.offset()),
        phases=districts.phases(),
        filtered=bool(text or phase or listing.number("year")),
        may_declare=projects.may_declare(actor),
        address=listing.address,
    )


@blueprint.get("/projects/new")
def new() -> str:
    return render_template("projects/new.html", may=projects.may_declare(current_actor()), name="", problem=None)


@blueprint.post("/projects/new")
def declare() -> Response | tuple[str, int]:
    """A new project; goes to the first task of its declaration."""
    actor, name = current_actor(), request.form.get("name", "").strip()
    try:
        project, task = projects.start(actor, "declaration", name, present())
    except InvalidRequest as problem:
        return render_template("projects/new.html", may=projects.may_declare(actor), name=name, problem=problem), 422
    flash(f"已建立项目“{name}”。", "success")
    return _go_on(task, project)


@blueprint.get("/projects/<int:key>")
def show(key: int) -> str:
    return render_template("projects/project.html", view=projects.view(current_actor(), key, present()))


@blueprint.post("/projects/<int:key>/start/<process>")
def start(key: int, process: str) -> Response:
    """Start a further process of the project by hand."""
    task = projects.start_process(current_actor(), key, process, present())
    flash("流程已发起。", "success")
    return _go_on(task, key)


@blueprint.post("/start/<process>")
def start_in_district(process: str) -> Response:
    """Start a process that is about no single project, like the annual plan."""
    task = projects.start_district_process(current_actor(), process, present())
    flash("流程已发起。", "success")
    return redirect(url_for("tasks.show", key=task) if task else url_for("inbox.todo"))


def _go_on(task: int, project: int) -> Response:
    return redirect(url_for("tasks.show", key=task) if task else url_for("projects.show", key=project))
