"""How a form's file and what is sent for it are read, at each limit: just within and just beyond."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.domain import form_checks, forms
from app.domain.codes import FormCode
from app.domain.form_checks import resolved
from app.domain.forms import FieldProblem, Form, FormError, loads


def source(properties: Any, **more: Any) -> bytes:
    given = {
        "id": "f",
        "title": "表",
        "schema": {"type": "object", "additionalProperties": False, "properties": properties, **more.pop("schema", {})},
    }
    return json.dumps({**given, **more}).encode()


def form(properties: Any, **more: Any) -> Form:
    return Form.parse(source(properties, **more))


def refused(text: str | bytes) -> FormError:
    with pytest.raises(FormError) as caught:
        loads(text)
    return caught.value


# ---------------------------------------------------------------------- JSON


def test_limits_are_what_they_are() -> None:
    assert (forms.MAX_BYTES, forms.MAX_DEPTH, forms.MAX_DIGITS, forms.MOST_PARTS) == (2_000_000, 32, 30, 5_000)
    assert (form_checks.MOST, form_checks.LONGEST_REASON, form_checks.RESERVED) == (100, 2_000, ("project", "parameters"))


def test_size_depth_and_digits_at_the_limit() -> None:
    assert loads('"' + "x" * (forms.MAX_BYTES - 2) + '"') == "x" * (forms.MAX_BYTES - 2)
    assert refused('"' + "x" * (forms.MAX_BYTES - 1) + '"').code is FormCode.JSON_SIZE
    assert loads("[" * 32 + "]" * 32)
    assert refused("[" * 33 + "]" * 33).code is FormCode.JSON_DEPTH
    assert loads('{"a":' * 32 + "1" + "}" * 32)
    assert refused('{"a":' * 33 + "1" + "}" * 33).code is FormCode.JSON_DEPTH
    assert loads("9" * 30) == int("9" * 30)
    assert refused("9" * 31).code is FormCode.JSON_NUMBER
    assert loads("-" + "9" * 29) == -int("9" * 29)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("0." + "1" * 30, True), ("0." + "1" * 58, True), ("0." + "1" * 59, False), ("1e30", True), ("1e31", False), ("1e-30", True), ("1e-31", False),
        ("-1.5e-30", True), ("0.0", True), ("1.0e30", True), ("9.9e30", True), ("99.9e30", False),
    ],
)  # fmt: skip
def test_numbers_with_a_point_at_the_limit(text: str, stands: bool) -> None:
    if stands:
        assert loads(text) == Decimal(text)
        assert isinstance(loads(text), Decimal)
    else:
        assert refused(text).code is FormCode.JSON_NUMBER


def test_brackets_within_texts_are_not_deep_and_closed_ones_not_either() -> None:
    assert loads('["' + "[{" * 50 + '"]') == ["[{" * 50]
    assert loads(r'["\"' + "[" * 50 + r'\\", "' + "{" * 50 + '"]') == ['"' + "[" * 50 + "\\", "{" * 50]
    assert loads("[" + ",".join(["[]", "{}"] * 50) + "]") == [[], {}] * 50
    assert loads("[" + "[[]]," * 40 + "[" * 31 + "]" * 31 + "]")
    assert refused("[" + "[[]]," * 40 + "[" * 32 + "]" * 32 + "]").code is FormCode.JSON_DEPTH


def test_bytes_may_begin_with_a_mark() -> None:
    assert loads(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert loads(b'{"a": "\xe7\x94\xb2"}') == {"a": "甲"}
    error = refused(b'{"a": "\xff"}')
    assert (error.code, str(error)) == (FormCode.JSON_ENCODING, "内容不是 UTF-8 编码(第 7 字节)")


def test_what_is_wrong_is_told_with_its_place() -> None:
    error = refused('{"a": 1,\n  "b": }')
    assert (error.code, error.place, str(error)) == (FormCode.FORM_JSON, "", "内容不是正确的 JSON:第 2 行第 8 列")
    error = refused('{"x": {"a": 1, "b": 2, "b": 3, "a": 4}}')
    assert (error.code, error.place, str(error)) == (FormCode.JSON_DUPLICATE, "b", "内容里“b”出现了两次,请只保留一处")
    assert str(refused("-Infinity")) == "内容里有不是数字的“-Infinity”"
    assert str(refused("1" + "0" * 60 + ".5")) == f"内容里的数字“1{'0' * 39}”超出可用范围"


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ('{"a": [1, {"b": "\\ud800"}]}', "a/1/b", "a/1/b 有文字"), ('["x", "\\udfff"]', "1", "1 有文字"), ('"\\uDBFF"', "", "顶层 有文字"),
        ('{"a": {"\\ud800": 1}}', "a", "a 有文字"), ('"\ud800"', "", "顶层 有文字"), ('{"\\ud800": 1}', "", "顶层 有文字"),
    ],
)  # fmt: skip
def test_half_a_character_is_told_with_its_place(text: str, place: str, told: str) -> None:
    error = refused(text)
    assert (error.code, error.place) == (FormCode.JSON_TEXT, place)
    assert str(error).startswith(told)


@pytest.mark.parametrize("text", ['"\\ud83d\\ude00"', '"\\\\ud800"', '"\\ud7ff\\ue000"', '{"\\ud83d\\ude00": ["\\ud83d\\ude00", 1, null]}'])
def test_whole_characters_stand(text: str) -> None:
    assert loads(text) == json.loads(text)


# ---------------------------------------------------------------------- the file


def test_a_form_is_what_its_file_says() -> None:
    read = form({"a": {"type": "string", "x-ledger": True}, "b": {"x-ledger": 1}}, ui={"a": {"ui:widget": "textarea"}}, description="x")
    assert (read.id, read.title, read.ui, read.checks) == ("f", "表", {"a": {"ui:widget": "textarea"}}, ())
    assert (list(read.fields), read.ledger_fields) == (["a", "b"], ("a",))
    assert form({}).ui == {}


@pytest.mark.parametrize(
    ("text", "code", "place", "told"),
    [
        (b"[]", "FORM_SHAPE", "", "表单文件应是一个 JSON 对象"),
        (source({}, id=""), "FORM_SHAPE", "id", "缺少“id”"),
        (source({}, id=5), "FORM_SHAPE", "id", "缺少“id”"),
        (source({}, title=[]), "FORM_SHAPE", "title", "缺少“title”"),
        (b'{"id": "f", "title": "x"}', "FORM_SHAPE", "schema", "缺少“schema”"),
        (b'{"id": "f", "title": "x", "schema": []}', "FORM_SHAPE", "schema", "缺少“schema”"),
        (source({}, ui=[]), "FORM_SHAPE", "ui", "“ui”应是一个对象"),
        (source({}, zz=1, aa=2), "FORM_SHAPE", "aa", "不认识的键:aa、zz"),
        (source({}, schema={"type": "array"}), "FORM_SCHEMA", "schema", "type 为 object 且含 properties"),
        (source([]), "FORM_SCHEMA", "schema", "type 为 object 且含 properties"),
        (source({}, schema={"additionalProperties": None}), "FORM_SCHEMA", "schema", "additionalProperties 为 false"),
        (source({"1a": {}}), "FORM_SCHEMA", "schema/properties/1a", "字段名 '1a'"),
        (source({"甲": {}}), "FORM_SCHEMA", "schema/properties/甲", "字段名 '甲'"),
        (source({"_a": {}}), "FORM_SCHEMA", "schema/properties/_a", "字段名 '_a'"),
        (source({"a-b": {}}), "FORM_SCHEMA", "schema/properties/a-b", "字段名 'a-b'"),
        (source({"a": True}), "FORM_SCHEMA", "schema/properties/a", "字段 a 的说明应是一个对象"),
        (
            source({"a": {"items": [{"$ref": "x.json"}]}}),
            "FORM_SCHEMA",
            "schema/properties/a/items/0",
            "schema/properties/a/items/0 引用了文件之外的 'x.json'",
        ),
        (source({"a": {"$dynamicRef": "x.json"}}), "FORM_SCHEMA", "schema/properties/a", "引用了文件之外"),
        (source({"a": {"$ref": "#/$defs/none"}}), "FORM_SCHEMA", "schema", "引用 '#/$defs/none' 在表单里找不到"),
        (source({"a": {"$ref": "#anchor"}}), "FORM_SCHEMA", "schema", "引用 '#anchor' 在表单里找不到"),
        (source({"a": {"$ref": "#/properties/b"}, "b": {"$ref": "#/properties/a"}}), "FORM_SCHEMA", "schema", "绕回自身"),
        (source({"a": {"$ref": "#"}}), "FORM_SCHEMA", "schema", "引用 '#' 绕回自身"),
        (source({"a": {"$recursiveRef": "#/properties/a"}}), "FORM_SCHEMA", "schema", "绕回自身"),
        (source({"a": {"minimum": "x"}}), "FORM_SCHEMA", "schema/properties/a/minimum", "不合 JSON Schema 2020-12:应填数字"),
        (source({"a": {"pattern": "("}}), "FORM_SCHEMA", "schema/properties/a/pattern", "不合 JSON Schema 2020-12:不是正则表达式"),
    ],
)
def test_a_file_that_cannot_work_is_refused_at_its_place(text: bytes, code: str, place: str, told: str) -> None:
    with pytest.raises(FormError) as caught:
        Form.parse(text)
    assert (caught.value.code, caught.value.place) == (code, place)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_references_with_special_letters_are_followed() -> None:
    found = form(
        {"a": {"$ref": "#/$defs/x~1y~0z"}},
        schema={"$defs": {"x/y~z": {"type": "string", "title": "甲"}}, "$schema": "https://json-schema.org/draft/2020-12/schema"},
    )
    assert [problem.code for problem in found.validate({"a": 1})] == ["TYPE"]
    assert resolved({"$ref": "#/$defs/x~1y~0z"}, found.schema) == {"type": "string", "title": "甲"}


def chain(length: int) -> bytes:
    links = {f"d{number}": {"$ref": f"#/$defs/d{number + 1}"} for number in range(length)} | {f"d{length}": {"type": "string"}}
    return source({"a": {"$ref": "#/$defs/d0"}}, schema={"$defs": links})


def test_references_are_followed_thirty_two_deep() -> None:
    assert Form.parse(chain(31)).validate({"a": "x"}) == []
    with pytest.raises(FormError, match="32 层以上"):
        Form.parse(chain(32))


@pytest.mark.parametrize(("width", "stands"), [(4_900, True), (5_100, False)])
def test_a_schema_has_a_greatest_weight_with_references_written_out(width: int, stands: bool) -> None:
    half = {"$defs": {"part": {"enum": ["x"] * (width // 2)}}}
    text = source({"a": {"$ref": "#/$defs/part"}}, schema=half)
    if stands:
        assert Form.parse(text).id == "f"
    else:
        with pytest.raises(FormError, match="超过 5000 个部分") as caught:
            Form.parse(text)
        assert (caught.value.code, caught.value.place) == (FormCode.FORM_SCHEMA, "schema")


# ---------------------------------------------------------------------- what is wrong, in order

NESTED = form(
    {
        "b": {"title": "乙", "type": "number", "minimum": 3, "multipleOf": 2},
        "a": {"title": "甲", "type": "array", "items": {"type": "object", "additionalProperties": False, "properties": {"n": {"title": "数", "x-format": "money"}}}},
        "o": {"title": "单位", "type": "object", "x-format": "office"},
        "g": {"type": "object", "title": "组", "properties": {"p": {"title": "人", "x-format": "person"}}},
    },
    schema={"required": ["a"]},
)  # fmt: skip


def test_problems_stand_in_the_order_of_the_form_those_of_the_whole_first() -> None:
    problems = NESTED.validate({"x": 1, "g": {"p": "张三"}, "o": "某局", "a": [{"n": Decimal("0.001")}, {"n": 1, "m": 2}], "b": 1})
    assert [(problem.path, problem.title, problem.code) for problem in problems] == [
        ("x", "x", "UNDECLARED"), ("b", "乙", "MINIMUM"), ("b", "乙", "STEP"), ("a/0/n", "甲·第1行·数", "MONEY"), ("a/1/m", "m", "UNDECLARED"),
        ("o", "单位", "OFFICE"), ("g/p", "组·人", "PERSON"),
    ]  # fmt: skip
    assert NESTED.validate({}) == [FieldProblem("a", "甲", FormCode.REQUIRED, "“甲”必填")]
    assert NESTED.validate({}, partial=True) == []
    assert [problem.code for problem in NESTED.validate({"a": [], "o": None})] == ["TYPE"], "it is no choice from the register, and nothing"
    both = [
        FieldProblem("b", "", FormCode.TYPE, ""),
        FieldProblem("", "", FormCode.CHECK, ""),
        FieldProblem("a/1", "", FormCode.TYPE, ""),
        FieldProblem("a/0", "", FormCode.TYPE, ""),
    ]
    assert [problem.path for problem in NESTED.in_order(both)] == ["", "b", "a/0", "a/1"]


def test_titles_count_rows_from_one_and_fall_back_to_names() -> None:
    assert NESTED.title_of(["a", 0, "n"]) == "甲·第1行·数"
    assert NESTED.title_of(["g", "q"]) == "组·q"
    assert NESTED.title_of(["nothing", 2, "x"]) == "nothing·第3行·x"
    assert NESTED.title_of([]) == ""


def test_a_field_is_shown_only_if_it_or_its_drawing_or_the_ledger_says_so() -> None:
    shown = form(
        {
            "a": {}, "b": {"readOnly": True}, "c": {"x-readonly-from": True}, "d": {"x-ledger": True}, "e": {}, "f": {"x-readonly-from": "true"},
            "g": {"$ref": "#/$defs/shown"}, "h": {},
        },
        ui={"e": {"ui:readonly": True}, "h": {"ui:readonly": 1}, "a": True}, schema={"$defs": {"shown": {"readOnly": True}}},
    )  # fmt: skip
    assert {name: shown.shows(name) for name in shown.fields} == {
        "a": False, "b": True, "c": True, "d": True, "e": True, "f": False, "g": True, "h": False,
    }  # fmt: skip


def test_a_format_that_nobody_knows_asks_for_nothing() -> None:
    assert form({"a": {"type": "string", "format": "telephone"}}).validate({"a": "x"}) == []
