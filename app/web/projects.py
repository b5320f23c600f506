"""项目: the ledger. Declare a project, find projects, follow one from declaration to retirement."""

from datetime import date
from io import BytesIO
from typing import Any

import simplejson
from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask import Response as JsonResponse
from werkzeug.wrappers import Response

from app.access.identity import current_actor, present
from app.catalogue import districts
from app.codes import RequestCode
from app.errors import InvalidRequest
from app.seen.shapes import StartPage
from app.services import confirming, documents, packages, projects
from app.web import display, form_island, listing

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
    actor = current_actor()
    return render_template(
        "projects/project.html",
        view=projects.view(actor, key, present()),
        files=documents.of_project(actor, key),
        may_export=packages.may_export(actor),
    )


@blueprint.get("/projects/<int:key>/package")
def package(key: int) -> Response:
    """What an auditor takes along of the project, as a file."""
    actor = current_actor()
    content = simplejson.dumps(packages.of_project(actor, key, present()), ensure_ascii=False, indent=1, use_decimal=True, default=_plain)
    return send_file(BytesIO(content.encode()), mimetype="application/json", as_attachment=True, download_name=f"审计包-{key}.json")


def _plain(value: Any) -> Any:
    """An instant as one writes it; else what a word of ours stands for."""
    return value.isoformat() if isinstance(value, date) else str(value)


@blueprint.post("/projects/<int:key>/confirm/<field>")
def confirm(key: int, field: str) -> Response:
    """An owner says that a fact which was imported or migrated is right."""
    version = request.form.get("version", type=int)
    if version is None:
        raise InvalidRequest("请求里没有页面所示台账的版本，请从项目页核实", code=RequestCode.INVALID_REQUEST)
    fact = confirming.confirm(current_actor(), key, field, version, present())
    flash(f"已核实“{fact.title}”：{display.value(fact.value)}。", "success")
    return redirect(url_for("projects.show", key=key))


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
    return redirect(_address(task, None))


@blueprint.get("/begin/<process>", defaults={"key": None}, endpoint="begin_in_district")
@blueprint.get("/projects/<int:key>/begin/<process>")
def begin(process: str, key: int | None) -> str:
    """The start form of a process that has one, of a project or of none."""
    page = projects.start_form(current_actor(), process, key, present())
    return render_template("projects/begin.html", page=page, given=_for_form(page))


@blueprint.post("/begin/<process>", defaults={"key": None}, endpoint="begun_in_district")
@blueprint.post("/projects/<int:key>/begin/<process>")
def begun(process: str, key: int | None) -> JsonResponse:
    """Start it with the form's values; says where to go on."""
    actor, sent = current_actor(), form_island.sent()
    values = {"given": sent["data"], "confirmed": sent.get("confirmed", {})}
    if key is None:
        task = projects.start_district_process(actor, process, present(), **values)
    else:
        task = projects.start_process(actor, key, process, present(), **values)
    flash("流程已发起。", "success")
    return jsonify({"redirect": _address(task, key)})


def _for_form(page: StartPage) -> dict[str, Any]:
    """What the form island needs (frontend/src/form/index.jsx); nothing is kept of a start form that is left."""
    process, key = page.process_id, page.project_key
    if key is None:
        here, back = url_for("projects.begun_in_district", process=process), url_for("projects.begin_in_district", process=process)
    else:
        here, back = url_for("projects.begun", process=process, key=key), url_for("projects.begin", process=process, key=key)
    return form_island.given_to(page.form, page.data, tenant=page.tenant, complete=here, back=back)


def _go_on(task: int, project: int) -> Response:
    return redirect(_address(task, project))


def _address(task: int, project: int | None) -> str:
    """Where to go on: the first task, else the project, else the inbox."""
    if task:
        return url_for("tasks.show", key=task)
    return url_for("projects.show", key=project) if project is not None else url_for("inbox.todo")
