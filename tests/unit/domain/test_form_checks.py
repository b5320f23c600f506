"""How checks of a form are written, and what is refused of them: by place, with the name that was meant."""

import json
from typing import Any

import pytest

from app.domain.forms import Form, FormError

PROPERTIES: dict[str, Any] = {
    "signedOn": {"title": "签订日期", "type": "string", "format": "date"},
    "amount": {"title": "金额", "type": "number"},
    "items": {
        "title": "明细",
        "type": "array",
        "items": {"type": "object", "properties": {"amount": {"type": "number"}, "part": {"$ref": "#/$defs/part"}}},
    },
}
GOOD = {"when": "amount < 0", "message": "金额不得小于零", "field": "amount"}


def form(*checks: Any, properties: dict[str, Any] = PROPERTIES) -> Form:
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": {"part": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "x-checks": list(checks),
    }
    return Form.parse(json.dumps({"id": "f", "title": "表", "schema": schema}).encode())


def test_a_check_is_known_by_its_id_else_by_its_position_from_one() -> None:
    read = form({**GOOD, "id": "SC-26-1"}, GOOD, {"decision": "limits", "message": "超过限额", "confirm": True}).checks
    assert [(check.id, check.field, check.confirm, check.decision) for check in read] == [
        ("SC-26-1", "amount", False, None),
        ("2", "amount", False, None),
        ("3", "", True, "limits"),
    ]
    assert read[0].names == {"amount"}


@pytest.mark.parametrize("path", ["amount", "items", "items/0", "items/12/amount", "items/0/part/name"])
def test_a_check_may_speak_of_a_field_of_a_row_and_of_a_group(path: str) -> None:
    assert form({**GOOD, "field": path}).checks[0].field == path


@pytest.mark.parametrize(
    ("check", "place", "said"),
    [
        ({**GOOD, "mesage": "x"}, "/0/mesage", "是不是 message?"),
        ({**GOOD, "severity": "x"}, "/0/severity", "可用:id、description、when"),
        ({"when": "true"}, "/0/message", "没有写 message"),
        ({**GOOD, "message": "　"}, "/0/message", "不能为空"),
        *(
            ({**GOOD, keyword: value}, f"/0/{keyword}", "应是文字,不能为空")
            for keyword in ("id", "description", "when", "field")
            for value in ("", 7)
        ),
        ({"message": "x", "decision": " "}, "/0/decision", "应是文字,不能为空"),
        ({"message": "x"}, "/0", "when(FEEL,为真即有误)或 decision"),
        ({**GOOD, "decision": "limits"}, "/0", "不能都写"),
        ({**GOOD, "field": "amuont"}, "/0/field", "是不是 amount?"),
        ({**GOOD, "field": "items/0/amonut"}, "/0/field", "是不是 amount?"),
        ({**GOOD, "field": "amount/0"}, "/0/field", "表单没有“amount/0”"),
        ({**GOOD, "confirm": "yes"}, "/0/confirm", "true 或 false"),
        ({**GOOD, "when": "amount <"}, "/0/when", "不是正确的 FEEL"),
        ({**GOOD, "when": "date(signedOn) > tody()"}, "/0/when", "没有名为“tody”的函数,是不是 today?"),
        ({**GOOD, "when": 1}, "/0/when", "应是文字"),
        ("amount < 0", "/0", "应是一个对象"),
    ],
)
def test_what_is_wrong_with_a_check_is_told_by_its_place(check: Any, place: str, said: str) -> None:
    with pytest.raises(FormError) as caught:
        form(check)
    assert caught.value.code == "FORM_CHECK"
    assert caught.value.place == "schema/x-checks" + place
    assert said in str(caught.value)


def test_two_checks_cannot_have_one_id_written_or_not() -> None:
    with pytest.raises(FormError, match="出现了两次") as caught:
        form(GOOD, {**GOOD, "id": "1"})
    assert caught.value.place == "schema/x-checks/1/id"


def test_checks_are_a_list() -> None:
    source = {"type": "object", "additionalProperties": False, "properties": PROPERTIES, "x-checks": {"when": "true"}}
    with pytest.raises(FormError, match="应是一个列表"):
        Form.parse(json.dumps({"id": "f", "title": "表", "schema": source | {"$defs": {"part": {}}}}).encode())


def test_numbers_but_nought_and_one_are_told_those_in_texts_and_names_are_not() -> None:
    read = form({**GOOD, "when": 'amount > 0.95 * 1 or kind = "第2类" or item3 = 20 or signedOn = 0'}).checks
    assert list(read[0].numbers) == ["0.95", "20"]


# ---------------------------------------------------------------------- x-keep, x-fresh


@pytest.mark.parametrize(
    ("field", "place", "said"),
    [
        ({"type": "string", "x-keep": "yes"}, "x-keep", "true 或 false"),
        ({"type": "string", "x-fresh": 1}, "x-fresh", "true 或 false"),
        ({"const": True, "x-keep": True}, "x-keep", "由本人当次确认"),
        ({"type": "string", "x-fresh": True, "x-keep": True}, "x-keep", "不能沿用"),
        ({"type": "object", "properties": {"a": {"type": "string", "x-keep": True}}}, "x-keep", "不能写在字段 note 里面"),
        ({"type": "array", "items": {"type": "object", "properties": {"a": {"x-fresh": True}}}}, "x-fresh", "不能写在字段 note 里面"),
    ],
)
def test_keep_and_fresh_stand_on_fields_and_do_not_contradict(field: dict[str, Any], place: str, said: str) -> None:
    with pytest.raises(FormError, match=said) as caught:
        form(properties={"note": field})
    assert (caught.value.code, caught.value.place) == ("FORM_CHECK", f"schema/properties/note/{place}")


VISITED = Form.parse(
    json.dumps(
        {
            "id": "f",
            "title": "表",
            "ui": {"shown": {"ui:readonly": True}},
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "required": ["rows"],
                "properties": {
                    "content": {"type": "string", "x-keep": True},
                    "opinion": {"type": "string"},
                    "truthful": {"const": True},
                    "signedOn": {"type": "string", "x-fresh": True},
                    "agreed": {"type": "boolean"},
                    "shown": {"type": "string"},
                    "reason": {"type": "string", "x-readonly-from": True},
                    "budget": {"type": "number", "x-ledger": True},
                    "goal": {"type": "object", "x-keep": True, "properties": {"text": {"type": "string"}, "sure": {"const": True}}},
                    "rows": {
                        "type": "array",
                        "x-keep": True,
                        "items": {"type": "object", "properties": {"name": {"type": "string"}, "sure": {"const": True}}},
                    },
                },
            },
        }
    ).encode()
)
VALUES: dict[str, Any] = {
    "content": "甲", "opinion": "同意", "truthful": True, "signedOn": "2026-03-10", "agreed": True, "shown": "乙", "reason": "丙", "budget": 5,
    "goal": {"text": "丁", "sure": True}, "rows": [{"name": "戊", "sure": True}], "elsewhere": 1,
}  # fmt: skip
SHOWN = {"shown": "乙", "reason": "丙", "budget": 5}


def test_a_visit_opens_with_what_is_shown_and_kept_and_no_opinion_tick_or_date() -> None:
    assert VISITED.opening(VALUES) == {**SHOWN, "content": "甲", "goal": {"text": "丁"}, "rows": [{"name": "戊"}]}
    assert VISITED.opening({}) == {"rows": []}


def test_a_returned_task_opens_with_what_was_submitted_but_for_ticks_and_fresh_fields() -> None:
    last = {"content": "改前", "opinion": "不同意", "truthful": True, "signedOn": "2026-03-01", "agreed": False, "budget": 1, "shown": "旧"}
    last |= {"goal": {"text": "改", "sure": True}, "rows": [{"name": "己", "sure": True}]}
    assert VISITED.opening(VALUES, last) == {
        **SHOWN, "content": "改前", "opinion": "不同意", "agreed": False, "goal": {"text": "改"}, "rows": [{"name": "己"}],
    }  # fmt: skip


def test_fields_that_an_approval_hangs_on_are_fresh_too() -> None:
    opened = VISITED.opening({}, VALUES, fresh={"agreed"})
    assert "agreed" not in opened
    assert opened["opinion"] == "同意"
