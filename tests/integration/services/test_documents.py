"""Documents: brought to a task, handed in with its form, read by whoever may read the project; a wrong or hostile file is refused with its name.

FX-11, SC-11 (materials are files), SC-4-4 (a classified project has none here), N21 (the hash of a scan), design §10 (who reads what).
"""

import hashlib
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.codes import Action
from app.domain.permissions import SYSTEM, Actor
from app.errors import Conflict, Failure, Forbidden, InvalidForm, InvalidRequest, NotFound, Refused, TaskAlreadyClosed
from app.playing import papers
from app.seen.shapes import DocumentView
from app.services import documents, inbox, tasks, trail
from app.store import files
from app.store.tables import AuditEntryRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d

DOCUMENT = {"type": "object", "x-format": "document"}
FILES = {"type": "array", "items": DOCUMENT}
ROWS = {
    "type": "array",
    "items": {"type": "object", "properties": {"name": {"type": "string", "title": "材料"}, "files": {**FILES, "title": "文件"}}},
}
FORM = t.form("hand_in", {"plan": DOCUMENT, "rows": ROWS, "classified": {"type": "boolean", "x-ledger": True}}, ("plan",))
SEEN = t.form("judge", {"plan": {**DOCUMENT, "readOnly": True}, "verdict": {"type": "string"}})
CLASSIFIED: dict[str, Any] = {"classified": {"type": "boolean", "title": "涉密", "x-owner": ["applicant"]}}


def by_bob(id: str, form: str = "") -> str:
    """A task of a person who reads no project but those of the water board."""
    given = '<zeebe:assignmentDefinition candidateUsers="bob"/>'
    return d.user(id, given + (f'<zeebe:formDefinition formId="{form}"/>' if form else ""))


@pytest.fixture(autouse=True)
def deployed(cast: Cast) -> None:
    body = (t.task("hand_in", "applicant", form="hand_in"), by_bob("judge", "judge"))
    t.deploy(FORM, SEEN, t.diagram(d.start(), *body, d.end("end"), d.chain("start", "hand_in", "judge", "end")), fields=CLASSIFIED)


def put(actor: Actor, name: str = "方案.pdf", content: bytes | None = None, slot: str = "plan", **more: Any) -> DocumentView:
    given = papers.made(name) if content is None else content
    return documents.put(actor, more.pop("task", 0) or t.open_task(actor, "hand_in"), name, BytesIO(given), NOW, slot=slot, **more)


def read(actor: Actor, view: DocumentView, **more: Any) -> bytes:
    with documents.opened(actor, view.key, NOW, **more).stream as stream:
        return stream.read()


def entries(action: Action) -> list[dict[str, Any]]:
    return list(db.session.execute(select(AuditEntryRow.details).where(AuditEntryRow.action == action)).scalars())


def test_a_file_is_brought_handed_in_and_read_as_it_was(cast: Cast) -> None:
    project = t.begin(cast.alice)
    view = put(cast.alice)
    assert (view.name, view.version, view.media, view.size) == ("方案.pdf", 1, "application/pdf", len(papers.made("方案.pdf")))
    assert view.sha256 == hashlib.sha256(papers.made("方案.pdf")).hexdigest()
    assert documents.of_project(cast.alice, project) == []  # a draft is nobody's yet
    t.complete(cast.alice, "hand_in", plan=view.reference)
    assert [(one.name, one.office, one.person) for one in documents.of_project(cast.alice, project)] == [("方案.pdf", "教育局", "艾丽")]
    assert read(cast.alice, view) == papers.made("方案.pdf")
    assert t.shown(cast.bob, "judge")["plan"] == view.reference
    assert trail.verify(SYSTEM).problems == []
    (entry,) = entries(Action.DOCUMENT_PUT)
    assert (entry["name"], entry["sha256"], entry["document"]) == ("方案.pdf", view.sha256, str(view.key))


def test_several_files_in_a_row_and_the_same_content_lies_once(cast: Cast, app: Flask) -> None:
    t.begin(cast.alice)
    one, two = put(cast.alice, "甲.pdf", papers.made("x.pdf"), "rows/files"), put(cast.alice, "乙.pdf", papers.made("x.pdf"), "rows/files")
    t.complete(cast.alice, "hand_in", plan=put(cast.alice).reference, rows=[{"name": "依据", "files": [one.reference, two.reference]}])
    assert one.sha256 == two.sha256
    checked = documents.verified()
    assert (checked.contents, checked.is_sound, checked.strays) == (2, True, ())


def test_a_replacement_is_the_next_version_and_the_one_before_is_kept(cast: Cast) -> None:
    project = t.begin(cast.alice)
    first = put(cast.alice)
    t.complete(cast.alice, "hand_in", plan=first.reference)
    t.begin(cast.alice, name="另一个")
    with pytest.raises(InvalidRequest, match="要替换的不是本项目的文件"):
        put(cast.alice, replaces=first.key)
    again = put(cast.alice, "旧.pdf")
    second = put(cast.alice, "修订.pdf", replaces=again.key)
    assert (second.version, entries(Action.DOCUMENT_REPLACE)[0]["replaces"]) == (2, str(again.key))
    assert read(cast.alice, first) == papers.made("方案.pdf")
    assert [one.version for one in documents.of_project(cast.alice, project)] == [1]


def docm() -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name in ("word/document.xml", "word/vbaProject.bin"):
            archive.writestr(name, "x")
    return content.getvalue()


def plain_zip() -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("readme.txt", "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("方案.pdf", b"MZ\x90\0 a program", "FILE_TYPE"),
        ("方案.exe", b"MZ\x90\0 a program", "FILE_TYPE"),
        ("方案.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "FILE_TYPE"),
        ("方案.zip", plain_zip(), "FILE_TYPE"),
        ("方案.html", b"<script>alert(1)</script>", "FILE_TYPE"),
        ("方案.docx", papers.made("x.pdf"), "FILE_RENAMED"),
        ("方案.pdf", papers.made("x.docx"), "FILE_RENAMED"),
        ("方案.docx", papers.made("x.docx")[:40], "FILE_BROKEN"),
        ("方案.docx", docm(), "FILE_MACRO"),
        ("方案.pdf", b"", "FILE_EMPTY"),
        ("方案", papers.made("x.pdf"), "FILE_NAME"),
        ("..", papers.made("x.pdf"), "FILE_NAME"),
        ("con.pdf", papers.made("x.pdf"), "FILE_NAME"),
    ],
    ids=["program", "exe", "doc", "zip", "html", "renamed", "unsaid", "broken", "macro", "empty", "nameless", "dots", "device"],
)
def test_what_is_no_material_is_refused_by_its_name_and_nothing_stays(cast: Cast, name: str, content: bytes, code: str) -> None:
    t.begin(cast.alice)
    with pytest.raises(InvalidRequest) as refused:
        put(cast.alice, name, content)
    assert str(refused.value.code) == code
    assert name.strip(".") in refused.value.message
    assert documents.verified().strays == ()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\用户\\桌面\\方案.PDF", "方案.pdf"),
        ("../../etc/方案.pdf", "方案.pdf"),
        ("方\u202e案\0.pdf", "方案.pdf"),
        ('a<b>:"c|?*.pdf', "a_b___c___.pdf"),
        ("　方案　终稿 .pdf", "方案 终稿.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_a_name_is_cleaned(cast: Cast, given: str, kept: str) -> None:
    t.begin(cast.alice)
    assert put(cast.alice, given, papers.made("x.pdf")).name == kept


def test_too_large_and_too_many_are_refused(cast: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "QUANCHENG", replace(app.config["QUANCHENG"], document_bytes=500, document_count=1))
    t.begin(cast.alice)
    with pytest.raises(InvalidRequest, match=r"“大\.pdf”超过 500 字节"):
        put(cast.alice, "大.pdf", papers.made("x.pdf") + b" " * 500)
    put(cast.alice)
    with pytest.raises(InvalidRequest, match="最多上传 1 份"):
        put(cast.alice)


def test_only_who_may_do_the_task_brings_and_only_to_a_place_of_its_form(cast: Cast) -> None:
    t.begin(cast.alice)
    task = t.open_task(cast.alice, "hand_in")
    for actor in (cast.bob, cast.val, cast.root):
        with pytest.raises((Forbidden, NotFound)):
            put(actor, task=task)
    for slot in ("", "rows", "rows/name", "elsewhere", "../plan"):
        with pytest.raises(InvalidRequest) as refused:
            put(cast.alice, slot=slot)
        assert str(refused.value.code) == "FILE_SLOT"
    t.complete(cast.alice, "hand_in", plan=put(cast.alice).reference)
    with pytest.raises(TaskAlreadyClosed):
        put(cast.alice, task=task)
    with pytest.raises(InvalidRequest):  # it only shows what others have brought
        put(cast.bob, task=t.open_task(cast.bob, "judge"))


def test_who_may_not_read_the_project_reads_it_only_where_a_task_shows_it(cast: Cast) -> None:
    project = t.begin(cast.alice)
    view, other = put(cast.alice), put(cast.alice, "附件.pdf", slot="rows/files")
    task = t.open_task(cast.alice, "hand_in")
    for actor in (cast.bob, cast.val, cast.root, cast.fred):
        for asked in (None, task):
            with pytest.raises(NotFound):
                documents.opened(actor, view.key, NOW, task=asked)
    assert read(cast.alice, view, task=task)  # brought and not handed in
    t.complete(cast.alice, "hand_in", plan=view.reference)
    judging = t.open_task(cast.bob, "judge")
    assert read(cast.bob, view, task=judging) == papers.made("方案.pdf")
    assert [entry["document"] for entry in entries(Action.DOCUMENT_READ)] == [str(view.key)]  # another office's
    with pytest.raises(NotFound):  # was left out of what was handed in
        documents.opened(cast.bob, other.key, NOW, task=judging)
    for task_ in (None, task):  # who sees it in one task does not read the project
        with pytest.raises(NotFound):
            documents.opened(cast.bob, view.key, NOW, task=task_)
    assert read(cast.fred, view)  # finance oversees every project
    with pytest.raises(NotFound):
        documents.opened(cast.val, view.key, NOW, task=judging)
    tasks.complete(cast.bob, judging, {"verdict": "同意"}, NOW)
    with pytest.raises((Forbidden, NotFound)):
        documents.of_project(cast.bob, project)


def refused(actor: Actor, **data: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidForm) as found:
        t.complete(actor, "hand_in", **data)
    return [(problem.path, str(problem.code)) for problem in found.value.problems]


def test_naming_a_document_in_a_task_without_a_form_does_not_open_it(cast: Cast) -> None:
    """Such a task takes any variables: whoever makes up a reference learns nothing by it, of another project or of this one."""
    body = (t.task("hand_in", "applicant", form="hand_in"), by_bob("free"), by_bob("look"))
    t.deploy(t.diagram(d.start(), *body, d.end("end"), d.chain("start", "hand_in", "free", "look", "end")), fields=CLASSIFIED)
    t.begin(cast.alice)
    foreign, hidden = put(cast.alice), put(cast.alice, "附件.pdf", slot="rows/files")
    t.complete(cast.alice, "hand_in", plan=foreign.reference)
    theirs = t.open_task(cast.bob, "free")
    t.begin(cast.alice, name="另一个")
    own = put(cast.alice, "另一个.pdf")
    t.complete(cast.alice, "hand_in", plan=own.reference)
    (task,) = {line.key for line in inbox.todo(cast.bob, NOW).items if line.element_id == "free"} - {theirs}
    made_up = {**hidden.reference, "sha256": "0" * 64}
    tasks.complete(cast.bob, task, {"mine": foreign.reference}, NOW)
    tasks.complete(cast.bob, theirs, {"mine": made_up}, NOW)
    looking = [line.key for line in inbox.todo(cast.bob, NOW).items if line.element_id == "look"]
    for look in looking:
        with pytest.raises(NotFound):
            documents.opened(cast.bob, hidden.key, NOW, task=look)
    assert [len([1 for view in (foreign, own) if may_open(cast.bob, view, look)]) for look in looking] == [1, 1]  # each its own project's


def may_open(actor: Actor, view: DocumentView, task: int) -> bool:
    try:
        return bool(read(actor, view, task=task))
    except NotFound:
        return False


def test_a_form_takes_only_documents_of_its_own_project_and_as_they_were_brought(cast: Cast) -> None:
    t.begin(cast.bob, name="别人的")
    foreign = put(cast.bob)
    t.complete(cast.bob, "hand_in", plan=foreign.reference)
    t.begin(cast.alice)
    own = put(cast.alice)
    wrong = [("plan", "DOCUMENT")]
    assert refused(cast.alice, plan=foreign.reference) == wrong
    assert refused(cast.alice, plan="方案.pdf") == wrong
    assert refused(cast.alice, plan={**own.reference, "sha256": "0" * 64}) == wrong
    assert refused(cast.alice, plan={**own.reference, "name": "别的.pdf"}) == wrong
    assert refused(cast.alice, plan={**own.reference, "version": 2}) == wrong
    assert refused(cast.alice, plan={**own.reference, "key": "77"}) == wrong
    assert refused(cast.alice, plan={**own.reference, "key": "9" * 18}) == wrong
    assert refused(cast.alice) == [("plan", "REQUIRED")]
    assert refused(cast.alice, plan=own.reference, rows=[{"files": [foreign.reference]}]) == [("rows/0/files/0", "DOCUMENT")]
    t.complete(cast.alice, "hand_in", plan=own.reference)


def test_a_refused_form_keeps_its_documents_in_the_draft(cast: Cast) -> None:
    t.begin(cast.alice)
    view = put(cast.alice, slot="rows/files")
    assert refused(cast.alice, rows=[{"name": "依据", "files": [view.reference]}]) == [("plan", "REQUIRED")]
    page = tasks.view(cast.alice, t.open_task(cast.alice, "hand_in"), NOW)
    assert page.data["rows"] == [{"name": "依据", "files": [view.reference]}]
    assert read(cast.alice, view, task=page.line.key)


def test_of_a_classified_project_no_file_is_taken(cast: Cast) -> None:
    t.begin(cast.alice)
    view = put(cast.alice)
    assert refused(cast.alice, plan=view.reference, classified=True) == [("plan", "CLASSIFIED")]
    t.complete(cast.alice, "hand_in", plan=view.reference, classified=False)


def test_a_start_form_takes_none(cast: Cast) -> None:
    begun = d.start(extensions='<zeebe:formDefinition formId="hand_in"/>')
    body = (begun, by_bob("judge", "judge"), d.end("end"), d.chain("start", "judge", "end"))
    with pytest.raises(Refused) as refused_:
        t.deploy(FORM, SEEN, t.diagram(*body, process="begun"), fields=CLASSIFIED)
    assert "发起时还没有事项" in str([problem.message for problem in refused_.value.problems])


def test_what_is_lost_or_spoiled_on_the_disk_is_found(cast: Cast, app: Flask) -> None:
    t.begin(cast.alice)
    lost, spoiled = put(cast.alice, "甲.pdf"), put(cast.alice, "乙.pdf")
    folder = app.config["QUANCHENG"].files_folder
    files.place_of(folder, lost.sha256).unlink()
    files.place_of(folder, spoiled.sha256).write_bytes(papers.made("丙.pdf"))
    (folder / "ab").mkdir(exist_ok=True)
    (folder / "ab" / ("ab" * 32)).write_bytes(b"x")
    found = documents.verified()
    assert (found.contents, len(found.lost), len(found.spoiled), found.strays) == (2, 1, 1, ("ab" * 32,))
    assert "甲.pdf" in found.lost[0]
    with pytest.raises(Conflict) as refused:
        documents.opened(cast.alice, lost.key, NOW, task=t.open_task(cast.alice, "hand_in"))
    assert str(refused.value.code) == "FILE_LOST"
    assert put(cast.alice, "甲.pdf").sha256 == lost.sha256  # bringing it again heals it
    assert documents.verified().lost == ()


def test_what_was_brought_by_mistake_is_erased_and_stays_registered(cast: Cast) -> None:
    project = t.begin(cast.alice)
    secret, same, other = put(cast.alice, "密.pdf"), put(cast.alice, "改名.pdf", papers.made("密.pdf")), put(cast.alice, "甲.pdf")
    t.complete(cast.alice, "hand_in", plan=secret.reference, rows=[{"files": [same.reference, other.reference]}])
    for actor in (cast.alice, cast.fred):
        with pytest.raises(Forbidden):
            documents.erase(actor, secret.key, "误传", NOW)
    with pytest.raises(InvalidRequest):
        documents.erase(cast.root, secret.key, " ", NOW)
    assert documents.erase(cast.root, secret.key, "误传涉密内容", NOW) == 2
    for view in (secret, same):
        with pytest.raises(Conflict) as refused_:
            documents.opened(cast.alice, view.key, NOW)
        assert str(refused_.value.code) == "FILE_ERASED"
    assert read(cast.alice, other) == papers.made("甲.pdf")
    assert documents.verified().is_sound
    assert [one.erased for one in documents.of_project(cast.alice, project)] == [False, True, True]
    (entry,) = entries(Action.DOCUMENT_ERASE)
    assert (entry["reason"], len(entry["documents"])) == ("误传涉密内容", 2)


def test_a_failure_leaves_neither_row_nor_entry(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    t.begin(cast.alice)
    monkeypatch.setattr("app.store.documents.add", lambda row: 1 / 0)
    with pytest.raises((Failure, ZeroDivisionError)):
        put(cast.alice)
    assert entries(Action.DOCUMENT_PUT) == []
    assert len(documents.verified().strays) == 1  # the content waits for nothing: the operator sees it


@pytest.mark.requirement("SC-27-3", side="refused")
def test_what_has_been_handed_in_is_neither_replaced_nor_taken_out_by_whoever_brought_it(cast: Cast, app: Flask) -> None:
    """A correction is added beside it: no way of the page or of ``/v2`` deletes, and the task is done."""
    project = t.begin(cast.alice)
    filed = put(cast.alice)
    line = t.open_task(cast.alice, "hand_in")
    t.complete(cast.alice, "hand_in", plan=filed.reference)
    with pytest.raises(Conflict):
        documents.put(cast.alice, line, "改.pdf", BytesIO(papers.made("改.pdf")), NOW, slot="plan", replaces=filed.key)
    with pytest.raises(Forbidden):
        documents.erase(cast.alice, filed.key, "不要了", NOW)
    ways = [rule for rule in app.url_map.iter_rules() if "document" in rule.rule]
    assert not any({"DELETE", "PUT", "PATCH"} & set(rule.methods or ()) for rule in ways)
    assert [(one.name, one.version) for one in documents.of_project(cast.alice, project)] == [("方案.pdf", 1)]
