"""Documents in forms: what a reference looks like, where a form takes them, which rows a table of materials opens with, what a scenario means by a name."""

from typing import Any

import pytest

from app.domain import documents
from app.domain.forms import Form, FormError, loads
from app.store.types import dumps

ONE = {"key": "7", "name": "方案.pdf", "sha256": "a" * 64, "version": 1}
DOCUMENT = {"type": "object", "x-format": "document", "title": "方案"}
ROW = {"type": "object", "properties": {"name": {"type": "string"}, "files": {"type": "array", "items": DOCUMENT}}}


def form(**fields: Any) -> Form:
    schema = {"type": "object", "additionalProperties": False, "properties": fields}
    return Form.parse(dumps({"id": "f", "title": "表", "schema": schema}).encode())


def rows(slots: Any = None) -> dict[str, Any]:
    return {"type": "array", "items": ROW, **({} if slots is None else {"x-slots": slots})}


@pytest.mark.parametrize(
    "value",
    [
        "方案.pdf", 7, [], {}, {"key": "7", "name": "方案.pdf"}, {**ONE, "more": 1}, {**ONE, "key": 7}, {**ONE, "key": "x"}, {**ONE, "key": "9" * 19},
        {**ONE, "key": "７"}, {**ONE, "name": " "}, {**ONE, "sha256": "A" * 64}, {**ONE, "sha256": "a" * 63}, {**ONE, "version": 0},
        {**ONE, "version": True}, {**ONE, "version": "1"},
    ],
)  # fmt: skip
def test_what_is_no_reference_is_refused_at_its_field(value: Any) -> None:
    found = form(plan=DOCUMENT).validate(loads(dumps({"plan": value})))
    assert [(one.path, one.code) for one in found] == [("plan", "DOCUMENT")]
    assert form(plan=DOCUMENT).validate(loads(dumps({"plan": ONE}))) == []


def test_the_places_of_a_form_are_named_without_rows() -> None:
    assert form(plan=DOCUMENT, rows=rows(), box={"type": "object", "properties": {"x": DOCUMENT}}).slots == ("plan", "rows/files", "box/x")
    data = {"plan": ONE, "rows": [{}, {"files": [ONE, ONE]}], "other": ONE}
    found = [one.path for one in documents.within(form(plan=DOCUMENT, rows=rows()).schema, data)]
    assert found == ["plan", "rows/1/files/0", "rows/1/files/1"]


@pytest.mark.parametrize(
    ("listed", "there", "opens"),
    [
        (["甲", "乙"], [], ["甲", "乙"]),
        (["甲", "乙"], [{"name": "乙", "files": [ONE]}], ["乙", "甲"]),
        ([{"name": "甲", "mandatory": True}, {"name": "乙", "mandatory": False}, {"name": "丙"}], [], ["甲", "丙"]),
        (None, [{"name": "甲"}], ["甲"]),
        ("甲", [], []),
    ],
)
def test_a_table_of_materials_opens_with_a_row_for_each_that_is_due(listed: Any, there: list[Any], opens: list[str]) -> None:
    made = form(due={"type": "array"}, rows=rows("due"))
    opened = made.with_slots({"rows": there}, {"due": listed})
    assert [row["name"] for row in opened["rows"]] == opens
    assert [row for row in opened["rows"] if row in there] == there


def test_the_due_materials_may_stand_in_the_form() -> None:
    assert form(rows=rows(["合同"])).with_slots({}, {}) == {"rows": [{"name": "合同"}]}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"rows": rows("duee")}, "表单没有这个字段"),
        ({"rows": rows([])}, "应是列出应交材料的字段"),
        ({"rows": rows(7)}, "应是列出应交材料的字段"),
        ({"rows": {"type": "array", "items": {"type": "string"}, "x-slots": ["甲"]}}, "每行有 name 的列表"),
    ],
)
def test_slots_that_mean_nothing_are_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(FormError, match=why):
        form(**fields)


def test_a_name_stands_for_a_document_that_nobody_has() -> None:
    made = documents.made_up({"files": [{"document": "方案.pdf"}], "x": {"document": "方案"}, "y": {"document": "方案.pdf", "more": 1}})
    (reference,) = made["files"]
    assert documents.is_reference(reference)
    assert reference["key"] == documents.NOBODYS
    assert (made["x"], made["y"]) == ({"document": "方案"}, {"document": "方案.pdf", "more": 1})
    assert documents.made_up({"document": "方案.pdf"}) == reference
    assert documents.made_up({"document": "终稿.pdf"})["sha256"] != reference["sha256"]
