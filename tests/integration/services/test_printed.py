"""Printed documents: made from what the ledger, forms and registers say at that moment, numbered, read by whoever may read the project; what was signed belongs to the
version that was printed.

SC-14-3, SC-14-4 (the sheet is downloaded, signed and brought back), SC-4-4 (nothing of a classified project).
"""

from io import BytesIO
from typing import Any

import docx
import pytest
from sqlalchemy import select

from app.acts.transaction import act
from app.domain.codes import Action, DocumentCode
from app.domain.permissions import SYSTEM, Actor
from app.domain.states import DefinitionKind
from app.errors import InvalidForm, InvalidRequest, NotFound, Refused
from app.playing import papers
from app.rehearsal.findings import Finding
from app.seen.shapes import DocumentView
from app.services import documents, instances, models, returns, tasks, trail
from app.services.returns import ReturnWish
from app.store import documents as stored
from app.store.tables import ApprovalRow, AuditEntryRow, db
from tests.integration.services import declaring as t
from tests.integration.services.conftest import NOW, Cast
from tests.unit.engine import diagrams as d
from tests.unit.printing.test_templates import sheet, word

DOCUMENT = {"type": "object", "x-format": "document"}
SCAN = {"type": "array", "items": {**DOCUMENT, "x-signs": "sheet"}}
LEDGER: dict[str, Any] = {"classified": {"type": "boolean", "title": "涉密", "x-owner": ["applicant"]}}
WRITE = t.form("write", {"scheme": {"type": "string", "x-ledger": True}, "classified": {"type": "boolean", "x-ledger": True}}, ("scheme",))
SIGN = t.form("sign", {"sheet": {**DOCUMENT, "readOnly": True}, "word": {"type": "string"}})
UPLOAD = t.form(
    "upload", {"sheet": {**DOCUMENT, "readOnly": True}, "scan": SCAN, "other": DOCUMENT, "signed": {"type": "boolean", "readOnly": True}}
)
TEMPLATE = word("{{projectName}}：{{scheme}}，{{applicantOffice}}", "{{opinion.text}}", title="评审表")
OPINION = t.form("records.opinion", {"text": {"type": "string"}})


def template(content: bytes = TEMPLATE, place: str = "documents/hill/sheet.docx") -> tuple[str, bytes]:
    return place, content


def permit(**more: str) -> tuple[str, bytes]:
    """Write, print, sign, bring back."""
    signed = '<zeebe:ioMapping><zeebe:input source=\'=approved("permit.sign")\' target="signed"/></zeebe:ioMapping>'
    body = (
        t.task("write", "applicant", form="write"),
        d.node("intermediateThrowEvent", "agreed", "", t.says(**({"document": "sheet"} | more))),
        t.task("sign", form="sign", approves="sheet scheme", approvesWhen='word = "签字"', returnTo="write"),
        t.task("upload", "applicant", form="upload", extensions=signed, returnTo="write"),
    )
    return t.diagram(d.start(), *body, d.end("end"), d.chain("start", "write", "agreed", "sign", "upload", "end"))


@pytest.fixture(autouse=True)
def deployed(cast: Cast) -> None:
    t.deploy(WRITE, SIGN, UPLOAD, OPINION, template(), permit(), fields=LEDGER)


def printed(actor: Actor, project: int) -> list[DocumentView]:
    """The newest first."""
    return [one for one in documents.of_project(actor, project) if one.is_printed]


def lines(actor: Actor, view: DocumentView) -> list[str]:
    with documents.opened(actor, view.key, NOW).stream as stream:
        return [paragraph.text for paragraph in docx.Document(stream).paragraphs]


def put(actor: Actor, name: str = "扫描件.pdf", slot: str = "scan", **more: Any) -> DocumentView:
    return documents.put(actor, t.open_task(actor, "upload"), name, BytesIO(papers.made(name)), NOW, slot=slot, **more)


def give_back(actor: Actor, element: str) -> None:
    returns.give_back(actor, t.open_task(actor, element), ReturnWish(to="write", straight=False, reason="重写", due_on=NOW.date()), NOW)


def refusal(*files: tuple[str, bytes]) -> list[Finding]:
    with pytest.raises(Refused) as caught:
        t.deploy(*files, fields=LEDGER)
    return list(caught.value.problems)


def test_what_is_printed_says_what_holds_at_that_moment(cast: Cast) -> None:
    project = t.begin(cast.alice)
    assert printed(cast.alice, project) == []  # not before it has been agreed
    t.complete(cast.alice, "write", scheme="上云")
    (view,) = printed(cast.alice, project)
    assert (view.name, view.number, view.version, view.submitted_at) == ("评审表 2026-0001 第1版.docx", "2026-0001", 1, NOW)
    assert lines(cast.alice, view) == ["教育平台：上云，教育局", ""]
    assert t.shown(cast.fred, "sign")["sheet"] == view.reference
    (entry,) = db.session.execute(select(AuditEntryRow.details).where(AuditEntryRow.action == Action.DOCUMENT_PRINT)).scalars()
    assert (entry["template"], entry["number"], entry["sha256"]) == ("sheet", "2026-0001", view.sha256)
    assert trail.verify(SYSTEM).problems == []
    assert documents.verified().is_sound


def test_each_project_has_the_next_number_of_the_series(cast: Cast) -> None:
    for number, name in enumerate(("甲", "乙"), start=1):
        project = t.begin(cast.alice, name=name)
        t.complete(cast.alice, "write", scheme="上云")
        assert printed(cast.alice, project)[0].number == f"2026-000{number}"
        t.complete(cast.fred, "sign", word="签字")
        t.complete(cast.alice, "upload", scan=[put(cast.alice).reference])


def test_whoever_may_not_read_the_project_reads_none_of_it(cast: Cast) -> None:
    project = t.begin(cast.alice)
    t.complete(cast.alice, "write", scheme="上云")
    (view,) = printed(cast.alice, project)
    for stranger in (cast.bob, cast.val):
        with pytest.raises(NotFound):
            documents.opened(stranger, view.key, NOW)
    assert [one.key for one in documents.printed(cast.fred, t.open_task(cast.fred, "sign"), NOW)] == [view.key]


def test_what_was_signed_comes_back_as_a_document_of_the_printed_version(cast: Cast) -> None:
    project = t.begin(cast.alice)
    t.complete(cast.alice, "write", scheme="上云")
    (view,) = printed(cast.alice, project)
    t.complete(cast.fred, "sign", word="签字")
    assert t.shown(cast.alice, "upload")["signed"] is True
    scan = put(cast.alice, shown=(view.key,))
    t.complete(cast.alice, "upload", scan=[scan.reference])
    assert {one.name: one.signs for one in documents.of_project(cast.alice, project)} == {"扫描件.pdf": view.key, view.name: None}


def test_printed_anew_it_is_the_next_version_and_what_was_signed_of_the_old_one_counts_no_more(cast: Cast) -> None:
    project = t.begin(cast.alice)
    t.complete(cast.alice, "write", scheme="上云")
    t.complete(cast.fred, "sign", word="签字")
    (first,) = printed(cast.alice, project)
    old = put(cast.alice)
    give_back(cast.alice, "upload")
    t.complete(cast.alice, "write", scheme="本地部署")
    second, before = printed(cast.alice, project)
    assert (before.key, second.number, second.version, second.name) == (first.key, first.number, 2, "评审表 2026-0001 第2版.docx")
    assert lines(cast.alice, second)[0] == "教育平台：本地部署，教育局"
    assert lines(cast.alice, first)[0] == "教育平台：上云，教育局"
    (lapsed,) = db.session.execute(select(ApprovalRow.lapsed_names)).scalars()
    assert "sheet" in lapsed
    t.complete(cast.fred, "sign", word="签字")
    with pytest.raises(InvalidForm) as caught:
        t.complete(cast.alice, "upload", scan=[old.reference])
    assert "“扫描件.pdf”不是在本事项上传的文件" in str(caught.value.problems)
    with pytest.raises(InvalidRequest) as stale:  # the page had been opened before the return
        put(cast.alice, "旧版扫描件.pdf", shown=(first.key,))
    assert stale.value.code == DocumentCode.FILE_REPRINTED
    assert "旧版扫描件.pdf" in str(stale.value)
    assert "第 2 版" in str(stale.value)
    t.complete(cast.alice, "upload", scan=[put(cast.alice, shown=(second.key,)).reference])


def test_a_scan_of_an_old_version_that_was_handed_in_is_refused_by_name(cast: Cast) -> None:
    project = t.begin(cast.alice)
    t.complete(cast.alice, "write", scheme="上云")
    t.complete(cast.fred, "sign", word="签字")
    key = t.open_task(cast.alice, "upload")
    old = documents.put(cast.alice, key, "签字.pdf", BytesIO(papers.made("签字.pdf")), NOW, slot="scan")
    with act():  # as if it had been handed in with an earlier round
        stored.hand_in([old.key], NOW)
    give_back(cast.alice, "upload")
    t.complete(cast.alice, "write", scheme="本地部署")
    t.complete(cast.fred, "sign", word="签字")
    with pytest.raises(InvalidForm) as caught:
        t.complete(cast.alice, "upload", scan=[old.reference])
    told = str(caught.value.problems)
    assert "“签字.pdf”是第 1 版(编号 2026-0001)的签署件" in told
    assert "重新打印为第 2 版" in told
    assert len(printed(cast.alice, project)) == 2


def test_another_paper_is_no_signed_copy(cast: Cast) -> None:
    t.begin(cast.alice)
    t.complete(cast.alice, "write", scheme="上云")
    t.complete(cast.fred, "sign", word="签字")
    other = put(cast.alice, "别的.pdf", slot="other")
    with pytest.raises(InvalidForm) as caught:
        t.complete(cast.alice, "upload", scan=[other.reference])
    assert "“别的.pdf”不是“评审表 2026-0001 第1版.docx”的签署件" in str(caught.value.problems)


def test_a_case_that_went_past_the_place_before_it_printed_brings_its_paper_as_before(cast: Cast) -> None:
    t.deploy(permit(document=""), fields=LEDGER)
    t.begin(cast.alice)
    t.complete(cast.alice, "write", scheme="上云")
    t.complete(cast.fred, "sign", word="签字")
    scan = put(cast.alice, shown=())
    t.deploy(permit(), fields=LEDGER)
    t.complete(cast.alice, "upload", scan=[scan.reference])
    assert scan.signs is None


def test_what_says_the_same_is_not_printed_anew_and_stays_signed(cast: Cast) -> None:
    project = t.begin(cast.alice)
    t.complete(cast.alice, "write", scheme="上云")
    t.complete(cast.fred, "sign", word="签字")
    give_back(cast.alice, "upload")
    t.complete(cast.alice, "write", scheme="上云")
    assert [one.version for one in printed(cast.alice, project)] == [1]
    assert list(db.session.execute(select(ApprovalRow.lapsed_names)).scalars()) == [None]


def test_nothing_is_printed_of_a_classified_project(cast: Cast) -> None:
    """SC-4-4"""
    project = t.begin(cast.alice)
    t.complete(cast.alice, "write", scheme="上云", classified=True)
    assert printed(cast.alice, project) == []
    assert t.shown(cast.fred, "sign")["sheet"] is None
    t.complete(cast.fred, "sign", word="签字")
    assert documents.verified().contents == 0


def test_a_task_prints_when_it_is_entered(cast: Cast) -> None:
    body = (t.task("write", "applicant", form="write"), t.task("sign", form="sign", document="sheet"))
    t.deploy(t.diagram(d.start(), *body, d.end("end"), d.chain("start", "write", "sign", "end")), fields=LEDGER)
    project = t.begin(cast.alice)
    assert printed(cast.alice, project) == []
    t.complete(cast.alice, "write", scheme="上云")
    assert len(printed(cast.alice, project)) == 1
    assert t.shown(cast.fred, "sign")["sheet"]["version"] == 1


def test_what_an_end_registers_it_prints(cast: Cast) -> None:
    source = word("{{record.text}}", "{{opinion.text}}", title="意见")
    body = (t.task("write", "applicant", form="say"), d.end("end", extensions=t.says(record="opinion", document="sheet")))
    say = t.form("say", {"text": {"type": "string"}})
    t.deploy(say, template(source), t.diagram(d.start(), *body, d.chain("start", "write", "end")), fields=LEDGER)
    project = t.begin(cast.alice)
    t.complete(cast.alice, "write", text="同意")
    assert lines(cast.alice, printed(cast.alice, project)[0]) == ["同意", "同意"]


# ---------------------------------------------------------------------- templates as resources


def test_a_district_s_own_template_stands_in_place_of_the_shared_one_and_versions_are_kept(cast: Cast) -> None:
    t.deploy(template(word("各区通用：{{scheme}}", title="评审表"), "documents/sheet.docx"), fields=LEDGER)
    project = t.begin(cast.alice)
    t.complete(cast.alice, "write", scheme="上云")
    assert lines(cast.alice, printed(cast.alice, project)[0])[0].startswith("教育平台")
    t.deploy(template(word("新版：{{scheme}}", title="评审表")), fields=LEDGER)
    assert [one.version for one in models.versions(SYSTEM, DefinitionKind.TEMPLATE, "sheet", "hill")] == [2, 1]
    t.complete(cast.fred, "sign", word="签字")
    give_back(cast.alice, "upload")
    t.complete(cast.alice, "write", scheme="上云")
    assert [one.version for one in printed(cast.alice, project)] == [1]  # a tree goes on by the rules that it began with
    other = t.begin(cast.alice, name="另一个")
    t.complete(cast.alice, "write", scheme="上云")
    assert lines(cast.alice, printed(cast.alice, other)[0])[0] == "新版：上云"


@pytest.mark.parametrize("with_diagram", [False, True])
def test_a_placeholder_that_names_no_field_is_refused_by_name(cast: Cast, with_diagram: bool) -> None:
    """Whether the template comes alone or the diagram with it."""
    source = word("{{shceme}}", "{{project.shceme}}", "{{opinion.txet}}", "{{record.text}}", "{{nobody.knows}}")
    problems = [one.message for one in refusal(template(source), *([permit()] if with_diagram else []))]
    wanted = (
        ("“shceme”", "scheme"),
        ("{{project.shceme}}", "scheme"),
        ("{{opinion.txet}}", "text"),
        ("{{record.text}}", "没有登记"),
        ("“nobody”", ""),
    )
    assert len(problems) == len(wanted)
    for told, meant in wanted:
        assert [one for one in problems if told in one and meant in one], (told, problems)


def test_a_template_that_there_is_not_is_refused_with_what_was_meant(cast: Cast) -> None:
    (problem,) = [one for one in refusal(permit(document="shet")) if "没有这个模板" in one.message]
    assert "是不是 sheet?" in problem.message
    assert problem.element == "agreed"


def test_a_place_for_what_was_signed_of_no_template_is_refused(cast: Cast) -> None:
    scan = {"type": "array", "items": {**DOCUMENT, "x-signs": "sheeet"}}
    (problem,) = refusal(t.form("upload", {"scan": scan}))
    assert "x-signs“sheeet”" in problem.message
    assert "是不是 sheet?" in problem.message


def test_a_hostile_template_is_refused_with_its_name_and_nothing_of_the_bundle_is_deployed(cast: Cast) -> None:
    bad = sheet(("=1+1",))
    (problem,) = refusal(WRITE, ("documents/hill/list.xlsx", bad))
    assert (problem.file, problem.code) == ("documents/hill/list.xlsx", "TEMPLATE")
    assert "公式" in problem.message
    assert "标识" in refusal(("documents/hill/联合 评审表.docx", TEMPLATE))[0].message


def test_only_what_waits_or_ends_quietly_prints(cast: Cast) -> None:
    gate = d.node("exclusiveGateway", "fork", "", t.says(document="sheet"))
    (problem, *_) = refusal(t.diagram(d.start(), gate, d.end("end"), d.chain("start", "fork", "end")))
    assert "只能声明在用户任务" in problem.message


def test_a_case_that_cannot_be_printed_stands_still_and_goes_on_when_it_can(cast: Cast) -> None:
    """More rows than a paper holds: an incident at the element, and nothing is registered of it."""
    source = word(rows=(("{{rows.text}}",),), title="名单")
    say = t.form("say", {"rows": {"type": "array", "items": {"type": "object"}}})
    body = (t.task("write", "applicant", form="say"), d.end("end", extensions=t.says(document="sheet")))
    t.deploy(say, template(source), t.diagram(d.start(), *body, d.chain("start", "write", "end")), fields=LEDGER)
    project = t.begin(cast.alice)
    done = tasks.complete(cast.alice, t.open_task(cast.alice, "write"), {"rows": [{"text": "x"}] * 5001}, NOW)
    assert "5000" in done.incidents[0]
    assert printed(cast.alice, project) == []
    assert instances.search(SYSTEM, instances.InstanceFilter(), NOW).items[0].state == "active"
