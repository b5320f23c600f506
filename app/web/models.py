"""模型: processes, decision tables, forms and scenarios with their versions; upload with the reasons of a refusal; download; preview."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import printing
from app.access import forgery
from app.access.identity import current_actor, present
from app.catalogue.wishes import ANSWERS
from app.codes import RequestCode
from app.domain import permissions
from app.domain.codes import VerdictCode
from app.domain.districts import ZONE
from app.domain.forms import Form, FormError
from app.domain.permissions import Actor
from app.errors import Failure, Forbidden, InvalidRequest, ModelFault, NotFound, Refused
from app.seen import reminders, tables
from app.seen.shapes import DefinitionView
from app.services import models
from app.web import drawing, listing
from app.web.display import KINDS

blueprint = Blueprint("models", __name__, url_prefix="/models")

_TYPES = {
    "process": "application/xml",
    "decision": "application/xml",
    "library": "application/xml",
    "form": "application/json",
    "scenario": "application/yaml",
    "template": "application/octet-stream",
}
_KEPT = 300_000  # bytes of files that stay with the page until their publisher has answered for them


def _analyst() -> Actor:
    """The signed-in analyst. Raises Forbidden."""
    actor = current_actor()
    permissions.may_publish(actor).require()
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
    file, content = models.source(actor, kind, chosen.key)
    return render_template(
        "models/versions.html",
        versions=found,
        chosen=chosen,
        text=content.decode(errors="replace"),
        placeholders=_placeholders(file, content) if kind == "template" else None,
        tables=tables.tables(content) if kind in ("decision", "library") else [],
        imports=models.imports(actor, kind, chosen.key),
        given=_form(content) if kind == "form" else None,
        drawn=drawing.drawn(models.drawn(actor, chosen.key)) if kind == "process" else None,
    )


def _placeholders(file: str, content: bytes) -> list[str]:
    """What a template is filled in with, each once."""
    path = PurePath(file)
    return list(dict.fromkeys(one.text for one in printing.read(path.stem, path.suffix.lower(), content).placeholders))


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


@dataclass(frozen=True, slots=True)
class _Upload:
    """What an analyst has filled in. ``answers``: for what he answers."""

    files: Sequence[tuple[str, bytes]] = ()
    reason: str = ""
    answers: frozenset[str] = field(default_factory=frozenset)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The files for the page to send once more; none if they are too many to go with a form."""
        small = sum(len(content) for _, content in self.files) <= _KEPT
        return [(name, base64.b64encode(content).decode()) for name, content in self.files] if small else []


@blueprint.get("/upload")
def upload_form() -> str:
    return _page(_analyst(), _Upload())


@blueprint.post("/upload")
def upload() -> AnyResponse | tuple[str, int]:
    """Deploy the chosen files whole, or say of each what is wrong; what was filled in stays."""
    actor, given = _analyst(), _given()
    if request.form.get("tenant", actor.tenant) != actor.tenant:
        raise Forbidden("您只能为本区上传模型", code=VerdictCode.OTHER_DISTRICT)
    try:
        done = models.deploy(
            actor,
            given.files,
            present(),
            tenant=actor.tenant,
            reason=given.reason,
            force="force" in given.answers,
            new_ids="new_ids" in given.answers,
            drop_cases="drop_cases" in given.answers,
        )
    except Refused as refusal:
        return _page(actor, given, refusal, refusal.problems), HTTPStatus.UNPROCESSABLE_ENTITY
    except InvalidRequest as failure:
        return _page(actor, given, failure), HTTPStatus.UNPROCESSABLE_ENTITY
    if not done.key:
        flash("这些文件与最新版本完全相同，没有产生新版本。", "info")
        return redirect(url_for("models.listing"))
    new = [line for line in done.definitions if not line.unchanged]
    flash("已发布：" + "、".join(f"{line.name or line.id} 第 {line.version} 版" for line in new), "success")
    return redirect(url_for("models.deployment", key=done.key))


@blueprint.get("/deployments/<int:key>")
def deployment(key: int) -> str:
    """What was published at once, why, and what its publisher was reminded of."""
    done = models.deployment(_analyst(), key)
    return render_template("models/deployment.html", done=done, groups=reminders.groups(done.warnings))


def _given() -> _Upload:
    chosen = [(file.filename or "", file.read()) for file in request.files.getlist("files") if file.filename]
    return _Upload(
        chosen or _kept(),
        request.form.get("reason", "").strip(),
        frozenset(answer for answer in ANSWERS.values() if answer in request.form),
    )


def _kept() -> list[tuple[str, bytes]]:
    """The files that came with the page before. Raises InvalidRequest."""
    try:
        contents = [base64.b64decode(text, validate=True) for text in request.form.getlist("kept_content")]
    except binascii.Error:
        raise InvalidRequest("随页面保留的文件已损坏，请重新选择文件", code=RequestCode.KEPT_FILE) from None
    return list(zip(request.form.getlist("kept_name"), contents, strict=False))


def _page(actor: Actor, given: _Upload, failure: Failure | None = None, problems: Sequence[ModelFault] = ()) -> str:
    """The form; after a refusal with its reasons, and with a box for each thing that can be answered for."""
    asked = {ANSWERS[problem.code] for problem in problems if problem.code in ANSWERS}
    # Files that have to be mended are chosen anew; for those that only want an answer that would be a chore.
    may_stay = failure is not None and all(problem.code in ANSWERS for problem in problems)
    return render_template(
        "models/upload.html",
        district=actor.tenant,
        given=given,
        failure=failure,
        problems=problems,
        asked=asked | given.answers,
        kept=given.kept if may_stay else [],
    )


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
        "initial": parsed.with_empty_lists({}),
        "clauses": {},
        "readOnly": False,
        "preview": True,
        "urls": {},
        "session": {"csrf": forgery.token()},
        "zone": ZONE.key,
    }
