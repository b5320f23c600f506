"""模型: processes, decision tables and forms with their versions; upload with the reasons of a refusal; download; preview."""

from http import HTTPStatus
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.access import forgery
from app.access.identity import current_actor, present
from app.domain import permissions
from app.domain.districts import SHARED
from app.domain.forms import Form, FormError
from app.domain.permissions import Actor
from app.errors import Forbidden, NotFound, Refused
from app.seen import tables
from app.seen.shapes import DefinitionView, DeploymentView
from app.services import models
from app.web import display, listing
from app.web.display import KINDS

blueprint = Blueprint("models", __name__, url_prefix="/models")

_TYPES = {"process": "application/xml", "decision": "application/xml", "library": "application/xml", "form": "application/json"}


def _analyst() -> Actor:
    """The signed-in analyst. Raises Forbidden."""
    actor = current_actor()
    verdict = permissions.may_publish(actor)
    if not verdict:
        raise Forbidden(verdict.reason, code=verdict.code)
    return actor


@blueprint.get("", endpoint="listing")
def newest() -> str:
    actor = _analyst()
    text, kind = listing.text("q"), listing.text("kind")
    found = [line for line in models.definitions(actor) if _fits(line, text, kind)]
    groups = {name: [line for line in found if line.kind == name] for name in KINDS}
    return render_template("models/list.html", groups=groups, total=len(found), filtered=bool(text or kind), address=listing.address)


@blueprint.get("/<kind>/<tenant>/<path:name>", merge_slashes=False)  # a library's name is its namespace
def versions(kind: str, tenant: str, name: str) -> str:
    """All versions of a resource, and a look at one of them (``?version=``, else the newest)."""
    actor = _analyst()
    if kind not in KINDS:
        raise NotFound("没有这一类模型")
    found = models.versions(actor, kind, name, tenant)
    wanted = listing.number("version") or found[0].version
    chosen = next((line for line in found if line.version == wanted), None)
    if chosen is None:
        raise NotFound(f"“{found[0].name}”没有第 {wanted} 版")
    _, content = models.source(actor, kind, chosen.key)
    return render_template(
        "models/versions.html",
        versions=found,
        chosen=chosen,
        text=content.decode(errors="replace"),
        tables=tables.tables(content) if kind in ("decision", "library") else [],
        imports=models.imports(actor, kind, chosen.key),
        given=_form(content) if kind == "form" else None,
    )


@blueprint.get("/<kind>/<int:key>/download")
def download(kind: str, key: int) -> Response:
    if kind not in KINDS:
        raise NotFound("没有这一类模型")
    name, content = models.source(_analyst(), kind, key)
    return send_file(BytesIO(content), mimetype=_TYPES[kind], as_attachment=True, download_name=name.rsplit("/", 1)[-1])


@blueprint.get("/diagrams/<int:key>")
def diagram(key: int) -> Response:
    """A process's XML, for the diagram on a page: everybody may read those of their district."""
    _, content = models.source(current_actor(), "process", key)
    answer = Response(content, content_type="application/xml; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=86400, immutable"  # a version never changes
    return answer


@blueprint.get("/upload")
def upload_form() -> str:
    return render_template("models/upload.html", tenants=_tenants(_analyst()), chosen="", reason="", refusal=None, may_force=False)


@blueprint.post("/upload")
def upload() -> AnyResponse | tuple[str, int]:
    """Deploy the chosen files whole, or say of each what is wrong."""
    actor = _analyst()
    tenant, reason = request.form.get("tenant", ""), request.form.get("reason", "").strip()
    files = [(file.filename or "", file.read()) for file in request.files.getlist("files") if file.filename]
    if tenant not in dict(_tenants(actor)):
        raise Forbidden("您只能为本区或共用部分上传模型", code="OTHER_DISTRICT")
    try:
        done = models.deploy(actor, files, present(), tenant=tenant, reason=reason, force="force" in request.form)
    except Refused as refusal:
        only_scenarios = bool(refusal.problems) and all(place.code == "SCENARIO" for place in refusal.problems)
        page = render_template(
            "models/upload.html", tenants=_tenants(actor), chosen=tenant, reason=reason, refusal=refusal, may_force=only_scenarios
        )
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    _tell(done)
    return redirect(url_for("models.listing"))


def _tell(done: DeploymentView) -> None:
    new = [line for line in done.definitions if not line.unchanged]
    if new:
        flash("已发布：" + "、".join(f"{line.name or line.id} 第 {line.version} 版" for line in new), "success")
    else:
        flash("这些文件与最新版本完全相同，没有产生新版本。", "info")
    for warning in done.warnings:
        flash(f"提醒 {warning.file}：{warning.message}", "warning")


def _tenants(actor: Actor) -> list[tuple[str, str]]:
    return [(actor.tenant, "本区"), (SHARED, "共用（各区都使用）")]


def _fits(line: DefinitionView, text: str, kind: str) -> bool:
    return (not kind or line.kind == kind) and text.casefold() in f"{line.id} {line.name} {line.file}".casefold()


def _form(source: bytes) -> dict[str, Any] | None:
    """What the form island needs to show an empty form that cannot be sent; None if the file cannot be read."""
    try:
        parsed = Form.parse(source)
    except FormError:
        return None
    return {
        "form": {"schema": parsed.schema, "ui": parsed.ui},
        "initial": parsed.opening({}),
        "clauses": {},
        "readOnly": False,
        "preview": True,
        "urls": {},
        "session": {"csrf": forgery.token()},
        "zone": display.ZONE.key,
    }
