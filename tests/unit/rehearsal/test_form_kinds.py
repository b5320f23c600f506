"""What a field of a kind has to say: a list of files without a demand is an error in what ships, and every shipped list has one."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.forms import Form, FormError
from app.engine.form_checks import CheckSetting, CheckSite, examine
from app.rehearsal.form_kinds import check
from tests.unit.engine.runs import library
from tests.unit.engine.test_form_checks import NOW, NS

ROOT = Path(__file__).parents[3]
FILE = {"type": "object", "x-format": "document"}
PDF = {"key": "1", "name": "a.pdf", "sha256": "0" * 64, "version": 1}
COLUMNS = {
    "name": {"type": "string", "title": "名称"},
    "files": {"type": "array", "title": "文件", "items": FILE},
    "number": {"type": "string", "title": "编号"},
    "date": {"type": "string", "format": "date", "title": "日期"},
    "place": {"type": "string", "title": "地点"},
}
DUE = f"""<definitions {NS} id="m" name="m" namespace="http://example.org/m"><decision id="required_materials" name="应交材料"><variable name="required_materials"/>
 <decisionTable hitPolicy="COLLECT"><input id="i1"><inputExpression typeRef="string"><text>stage</text></inputExpression></input>
 <output id="o1" name="name" typeRef="string"/><output id="o2" name="mandatory" typeRef="boolean"/><output id="o3" name="group" typeRef="string"/>
 <rule id="a"><inputEntry id="ai"><text>"tender"</text></inputEntry><outputEntry id="ao"><text>"招标文件"</text></outputEntry>
 <outputEntry id="ap"><text>true</text></outputEntry><outputEntry id="aq"><text>""</text></outputEntry></rule>
 <rule id="b"><inputEntry id="bi"><text>"tender"</text></inputEntry><outputEntry id="bo"><text>"甲案"</text></outputEntry>
 <outputEntry id="bp"><text>true</text></outputEntry><outputEntry id="bq"><text>"案"</text></outputEntry></rule>
 <rule id="c"><inputEntry id="ci"><text>"tender"</text></inputEntry><outputEntry id="co"><text>"乙案"</text></outputEntry>
 <outputEntry id="cp"><text>true</text></outputEntry><outputEntry id="cq"><text>"案"</text></outputEntry></rule>
 <rule id="d"><inputEntry id="di"><text>"tender"</text></inputEntry><outputEntry id="do"><text>"附图"</text></outputEntry>
 <outputEntry id="dp"><text>false</text></outputEntry><outputEntry id="dq"><text>""</text></outputEntry></rule></decisionTable></decision></definitions>""".encode()


def rows(**more: Any) -> dict[str, Any]:
    return {"type": "array", "title": "材料", "items": {"type": "object", "properties": COLUMNS}, **more}


def form(listed: dict[str, Any], **schema: Any) -> Form:
    body = {"type": "object", "additionalProperties": False, "properties": {"papers": listed}, **schema}
    return Form.parse(json.dumps({"id": "f", "title": "表", "schema": body}).encode())


def refused(listed: dict[str, Any], given: list[Any], *, classified: bool = False) -> list[tuple[str, str]]:
    setting = CheckSetting(
        library=library(decisions={"required_materials": DUE}), site=CheckSite(1, 1, "t"), now=NOW, project={"classified": classified}
    )
    return [(problem.path, problem.message) for problem in examine(form(listed), {"papers": given}, {}, setting).problems]


@pytest.mark.parametrize(
    ("listed", "asks"),
    [
        (rows(), False),
        (rows(minItems=1), False),  # a row with a name and no file is enough for it
        (rows(**{"x-slots": ["合同"]}), False),
        (rows(**{"x-materials": True}), True),
        (rows(**{"x-no-file": "答复写在说明里"}), True),
        (rows(**{"x-no-file": " "}), False),
        (rows(readOnly=True), True),
        ({"type": "array", "title": "附件", "items": FILE}, False),
        ({"type": "array", "title": "附件", "items": FILE, "minItems": 1}, True),
        ({"type": "array", "title": "清单", "items": {"type": "object", "properties": {"name": {"type": "string"}}}}, True),
    ],
)
def test_a_list_of_files_says_what_of_it_must_be_there(listed: dict[str, Any], asks: bool) -> None:
    found = list(check("forms/f.json", form(listed, required=["papers"]), "error"))
    assert [(one.code, one.element) for one in found] == ([] if asks else [("FORM_FILES", "schema/properties/papers")])
    assert not list(check("forms/records/f.json", form(listed), "error")), "a register is written by steps"


def test_a_check_that_looks_at_the_files_is_enough_and_one_that_looks_at_names_is_not() -> None:
    for text, asks in (("some m in papers satisfies m.files = null", True), ('not(list contains(papers.name, "合同"))', False)):
        made = form(rows(), **{"x-checks": [{"when": text, "message": "缺文件", "field": "papers"}]})
        assert bool(list(check("forms/f.json", made, "error"))) is not asks


def test_what_is_due_at_the_stage_is_there_with_its_file() -> None:
    stage = rows(**{"x-materials": "tender"})
    assert refused(stage, []) == [("papers", "“材料”尚缺:招标文件"), ("papers", "“材料”尚缺:甲案或乙案")]
    bare = refused(stage, [{"name": "招标文件", "number": "1"}, {"name": "乙案", "files": [PDF]}])
    assert bare == [("papers/0/files", "“招标文件”没有上传文件")]
    assert refused(stage, [{"name": "招标文件", "files": [PDF]}, {"name": "甲案", "files": [PDF]}]) == []
    assert refused(rows(**{"x-materials": True}), []) == [], "without a stage the rows that there are have files"
    assert refused({"type": "array", "title": "附件", "items": FILE, "x-materials": True}, []) == [("papers", "请上传“附件”")]


def test_a_classified_project_registers_paper_and_brings_no_file() -> None:
    stage = rows(**{"x-materials": "tender"})
    paper = {"number": "密1", "date": "2026-03-10", "place": "机要室"}
    assert refused(stage, [{"name": "招标文件", **paper}, {"name": "甲案", **paper}], classified=True) == []
    found = [path for path, _ in refused(stage, [{"name": "招标文件", "files": [PDF]}, {"name": "甲案", **paper}], classified=True)]
    assert found == ["papers/0/date", "papers/0/files", "papers/0/number", "papers/0/place"]
    later = [
        path
        for path, _ in refused(stage, [{"name": "招标文件", **paper, "date": "2026-03-11"}, {"name": "甲案", **paper}], classified=True)
    ]
    assert later == ["papers/0/date"]


@pytest.mark.parametrize(
    "listed", [{"type": "string", "title": "材料"}, rows(items={"type": "object", "properties": {"name": {"type": "string"}}})]
)
def test_the_word_stands_only_where_files_are_listed(listed: dict[str, Any]) -> None:
    with pytest.raises(FormError, match="x-materials 只能写在文件的列表"):
        form({**listed, "x-materials": "tender"})


@pytest.mark.parametrize(
    ("there", "given", "same"),
    [
        ("HT-2026-001", "HT-2026-001", True),
        ("HT-2026-001", "ｈｔ—２０２６ －001", True),
        ("联审〔1〕号", "联审(1)号", True),
        ("HT-2026-001", "HT-2026-0001", False),
        (None, "", False),
    ],
)
def test_a_number_is_the_same_however_it_is_typed(there: str | None, given: str, same: bool) -> None:
    number = {"type": "string", "title": "合同编号", "x-unique": {"record": "contract", "field": "contractNo", "of": "others"}}
    made = Form.parse(
        json.dumps(
            {"id": "f", "title": "表", "schema": {"type": "object", "additionalProperties": False, "properties": {"no": number}}}
        ).encode()
    )
    setting = CheckSetting(
        library=library(),
        site=CheckSite(1, 1, "t"),
        now=NOW,
        project={"projectKey": "7"},
        records=lambda kind, own: [(8, {"contractNo": there}), (7, {"contractNo": "HT-2026-0001"})],  # the second is its own
        called=lambda key: f"第{key}号项目",
    )
    found = examine(made, {"no": given}, {}, setting).problems
    assert [(one.path, one.check) for one in found] == ([("no", "unique_no")] if same else [])
    assert not same or "第8号项目" in found[0].message


def test_what_the_shipped_forms_ask_of_registers_is_there() -> None:
    """A register or a column that there is not would have no number twice."""
    for path in (ROOT / "forms").rglob("*.json"):
        for name, part in json.loads(path.read_text("utf-8"))["schema"]["properties"].items():
            if "x-unique" in part:
                asked = part["x-unique"]
                schema = json.loads((ROOT / f"forms/records/{asked['record']}.json").read_text("utf-8"))["schema"]
                assert {asked["field"], *asked.get("where", {})} <= schema["properties"].keys(), (path.name, name)


@pytest.mark.parametrize("district", ["sucheng", "fengxian"])
def test_every_stage_that_a_shipped_form_names_has_its_materials(district: str) -> None:
    """A slip in a stage would ask for nothing."""
    table = (ROOT / f"dmn/{district}/required_materials.dmn").read_text("utf-8")
    for path in (*(ROOT / f"forms/{district}").glob("*.json"), *(ROOT / "forms").glob("*.json")):
        for part in json.loads(path.read_text("utf-8"))["schema"]["properties"].values():
            stage = part.get("x-materials")
            assert not isinstance(stage, str) or f'<text>"{stage}"</text>' in table, path.name


@pytest.mark.parametrize(
    ("field", "checks", "bounded"),
    [
        ({"type": "integer", "title": "整改期限（天）", "minimum": 1}, [], False),
        ({"type": "integer", "title": "整改期限（天）", "minimum": 1, "x-term": "rectify"}, [], True),
        ({"type": "integer", "title": "连续闲置天数"}, [], True),  # it is counted, not set
        ({"type": "string", "format": "date", "title": "日期"}, ["date(due) > today()"], False),
        ({"type": "string", "format": "date", "title": "日期"}, ["date(due) > today()", "date(due) < date(project.startedOn)"], True),
        ({"type": "string", "format": "date", "title": "日期", "x-after": "opened"}, ["date(due) > today()"], True),
        ({"type": "string", "format": "date", "title": "日期", "x-after": "opened"}, [], False),
        ({"type": "string", "format": "date", "title": "日期", "readOnly": True}, [], True),
    ],
)
def test_a_date_and_a_term_are_bounded_at_both_ends(field: dict[str, Any], checks: list[str], bounded: bool) -> None:
    listed = [{"when": text, "message": "不对", "field": "due"} for text in checks]
    body = {"type": "object", "additionalProperties": False, "properties": {"due": field}, "x-checks": listed}
    made = Form.parse(json.dumps({"id": "f", "title": "表", "schema": body}).encode())
    assert [one.code for one in check("forms/f.json", made, "error")] == ([] if bounded else ["FORM_TERM"])


def test_an_office_is_chosen_for_a_role_or_says_why_not() -> None:
    for more, told in (({}, True), ({"x-held": "supervisor"}, False), ({"x-any-office": "只记下来"}, False), ({"readOnly": True}, False)):
        office = {"type": "object", "title": "单位", "x-format": "office", **more}
        rows = {"type": "array", "title": "成员", "items": {"type": "object", "properties": {"office": office}}}
        for part in (office, rows):
            body = {"type": "object", "additionalProperties": False, "properties": {"part": part}}
            made = Form.parse(json.dumps({"id": "f", "title": "表", "schema": body}).encode())
            assert [one.code for one in check("forms/f.json", made, "error")] == (["FORM_OFFICE"] if told else [])
