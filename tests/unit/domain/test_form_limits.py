"""How a form's file and what is sent for it are read, at each limit: just within and just beyond."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.domain import form_checks, form_values, forms
from app.domain.codes import FormCode
from app.domain.form_checks import FormCheck, Overridden, misses, resolved
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
        (source({"a": {"minimum": "x"}}), "FORM_SCHEMA", "schema", "不符合 JSON Schema 2020-12"),
        (source({"a": {"pattern": "("}}), "FORM_SCHEMA", "schema", "不符合 JSON Schema 2020-12"),
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


# ---------------------------------------------------------------------- values


def test_texts_are_what_takes_a_text() -> None:
    read = form(
        {
            "s": {"type": "string"}, "n": {"type": ["number", "null"]}, "m": {"type": ["number", "string"]}, "e": {"enum": [1, "a"]}, "f": {"enum": [1]},
            "c": {"const": "a"}, "k": {"const": True}, "x": {}, "z": {"type": ["string", "null"]},
        }
    )  # fmt: skip
    blank = dict.fromkeys(read.fields, " ")
    assert read.answered(blank) == {"s": None, "n": " ", "m": None, "e": None, "f": " ", "c": None, "k": " ", "x": " ", "z": None}
    assert form_values.without_blanks(read.schema, blank) == {"n": " ", "f": " ", "k": " ", "x": " ", "z": None}
    assert read.answered({"s": None, "n": 0, "y": " "}) == {"s": None, "n": 0, "y": " "}
    assert form_values.answered({"type": "object"}, {"a": " "}) == {"a": " "}


def test_lists_and_groups_are_looked_into_and_keep_what_is_not_text() -> None:
    read = form(
        {"a": {"type": "array", "items": {"$ref": "#/$defs/r"}}, "g": {"$ref": "#/$defs/r"}},
        schema={"$defs": {"r": {"properties": {"t": {"type": "string"}}}}},
    )
    given = {"a": [{"t": " "}, "x", ["y"], {"u": " "}], "g": {"t": ""}}
    assert read.answered(given) == {"a": [{"t": None}, "x", ["y"], {"u": " "}], "g": {"t": None}}
    assert form_values.without_blanks(read.schema, given) == {"a": [{}, "x", ["y"], {"u": " "}], "g": {}}


@pytest.mark.parametrize(
    ("part", "place", "told"),
    [
        ({"x-keep": 1}, "x-keep", "字段 a 的 x-keep 应是 true 或 false"),
        ({"x-fresh": None}, "x-fresh", "字段 a 的 x-fresh 应是 true 或 false"),
        ({"properties": {"b": {"x-keep": True}}}, "x-keep", "x-keep 只能写在表单的字段上,不能写在字段 a 里面"),
        ({"x-keep": True, "items": [{"b": [{"x-keep": True}]}]}, "x-keep", "不能写在字段 a 里面"),
        ({"x-keep": True, "x-fresh": True}, "x-keep", "字段 a 又写了 x-fresh,不能沿用上次的内容,请去掉 x-keep"),
        ({"x-keep": True, "const": True}, "x-keep", "字段 a 是须由本人当次确认的(const: true),不能沿用"),
    ],
)
def test_keep_and_fresh_stand_where_they_mean_something(part: dict[str, Any], place: str, told: str) -> None:
    with pytest.raises(FormError) as caught:
        form({"a": part})
    assert (caught.value.code, caught.value.place) == (FormCode.FORM_CHECK, f"schema/properties/a/{place}")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "part",
    [
        {"x-keep": True}, {"x-keep": True, "x-fresh": False}, {"x-keep": False, "x-fresh": True}, {"x-keep": False, "const": True}, {"x-keep": True, "const": 1},
        {"enum": [{"x-keep": 1}], "default": {"x-fresh": 1}, "examples": [{"x-keep": 1}]},
    ],
)  # fmt: skip
def test_keep_and_fresh_that_mean_something_stand(part: dict[str, Any]) -> None:
    assert form({"a": part}).id == "f"


def test_what_a_form_opens_with_is_known_last_or_nothing() -> None:
    properties = {
        "plain": {}, "kept": {"x-keep": True}, "fresh": {"x-fresh": True}, "tick": {"const": True}, "old": {"const": True, "x-fresh": False}, "ro": {"readOnly": True},
        "fact": {"x-ledger": True}, "kept2": {"x-keep": False}, "group": {"x-keep": True, "properties": {"t": {"const": True}, "u": {}}},
        "rows": {"type": ["array", "null"], "items": {"properties": {"t": {"const": True}}}},
    }  # fmt: skip
    read = form(properties)
    known = {name: f"known {name}" for name in properties} | {"group": {"t": True, "u": 1, "v": 2}, "gone": 1}
    last = {name: f"last {name}" for name in properties} | {"rows": [{"t": True, "n": 1}, 5]}
    seen = {"ro": "known ro", "fact": "known fact"}
    assert read.opening(known) == {**seen, "kept": "known kept", "group": {"u": 1, "v": 2}}
    assert read.opening(known, last) == {
        **seen, "plain": "last plain", "kept": "last kept", "old": "last old", "kept2": "last kept2", "group": "last group", "rows": [{"n": 1}, 5],
    }  # fmt: skip
    assert read.opening(known, last, fresh=["plain", "kept", "ro"]) == {
        **seen, "old": "last old", "kept2": "last kept2", "group": "last group", "rows": [{"n": 1}, 5],
    }  # fmt: skip
    assert read.opening(known, {}) == seen
    assert read.opening({}, None) == {}


def test_empty_lists_stand_where_a_required_one_may_be_empty() -> None:
    read = form(
        {
            "r": {"type": "array"}, "m": {"type": "array", "minItems": 1}, "z": {"type": "array", "minItems": 0}, "o": {"type": "array"}, "s": {"type": "string"},
            "g": {"type": ["object", "null"], "required": ["l"], "properties": {"l": {"type": "array"}}}, "h": {"type": "object", "required": ["l"], "properties": {"l": {"type": "array"}}},
        },
        schema={"required": ["r", "m", "z", "s", "g"]},
    )  # fmt: skip
    assert read.with_empty_lists({}) == {"r": [], "z": [], "g": {"l": []}}
    assert read.with_empty_lists({"r": None, "z": [1], "g": None, "h": {}, "x": 1}) == {"r": [], "z": [1], "g": {"l": []}, "h": {"l": []}}
    assert read.with_empty_lists({"g": "x", "h": "y"}) == {"r": [], "z": [], "g": "x", "h": "y"}


# ---------------------------------------------------------------------- checks


def checked(*checks: Any) -> Form:
    return form({"a": {"type": "number"}, "rows": {"type": "array", "items": {"properties": {"n": {}}}}}, schema={"x-checks": list(checks)})


def test_a_check_is_read_with_all_it_says() -> None:
    (check,) = checked(
        {"id": " X-1 ", "description": "说明", "when": " = a > 5 ", "message": " 过大 ", "field": " a ", "confirm": True}
    ).checks
    assert (check.id, check.place, check.message, check.field, check.confirm, check.decision) == (
        "X-1",
        "schema/x-checks/0",
        "过大",
        "a",
        True,
        None,
    )
    assert check.when is not None
    assert (check.when.text, check.names, check.bare, list(check.numbers)) == ("a > 5", {"a"}, "a > 5", ["5"])
    (check,) = checked({"decision": " limits ", "message": "超"}).checks
    assert check == FormCheck(id="1", place="schema/x-checks/0", message="超", field="", confirm=False, when=None, decision="limits")
    assert (check.names, check.bare, list(check.numbers)) == (frozenset(), "", [])


def test_numbers_are_told_but_nought_and_one_and_those_in_texts_and_names() -> None:
    (check,) = checked({"when": r'a = 0 or a = 1 or a = .5 or a = 2.50 or a = 10 or b2 = "3 \" 4" or a = 1.0', "message": "x"}).checks
    assert list(check.numbers) == [".5", "2.50", "10", "1.0"]
    assert check.bare == 'a = 0 or a = 1 or a = .5 or a = 2.50 or a = 10 or b2 = "" or a = 1.0'


def test_a_hundred_checks_stand_and_one_more_is_refused() -> None:
    check = {"when": "a > 1", "message": "x"}
    assert len(checked(*[check] * 100).checks) == 100
    with pytest.raises(FormError, match="超过 100 条") as caught:
        checked(*[check] * 101)
    assert caught.value.place == "schema/x-checks"


@pytest.mark.parametrize("keyword", ["id", "description", "when", "decision", "message", "field"])
@pytest.mark.parametrize("value", ["", " ", 5, None])
def test_each_word_of_a_check_is_a_text(keyword: str, value: Any) -> None:
    with pytest.raises(FormError) as caught:
        checked({"when": "a > 1", "message": "x", keyword: value})
    assert (caught.value.place, str(caught.value)) == (f"schema/x-checks/0/{keyword}", f"第 1 条检查的 {keyword} 应是文字,不能为空")


def test_a_wrong_expression_is_told_with_its_letter() -> None:
    with pytest.raises(FormError) as caught:
        checked({"when": "a > 1", "message": "x"}, {"when": "= a >", "message": "x"})
    assert caught.value.place == "schema/x-checks/1/when"
    assert str(caught.value).startswith("第 2 条检查的 when 不是正确的 FEEL:")
    assert str(caught.value).endswith("(第 4 个字符)")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("a", None), ("rows/0/n", None), ("rows/15", None),
        ("b", "表单没有“b”这一项,可用:a、rows"), ("row", "表单没有“row”这一项,是不是 rows?"), ("rows/x", "表单没有“rows/x”这一项,列表的行写成数字,如 items/0/amount"),
        ("a/0", "表单没有“a/0”这一项,列表的行写成数字,如 items/0/amount"), ("rows/0/m", "表单没有“rows/0/m”这一项,可用:n"),
    ],
)  # fmt: skip
def test_a_path_that_leads_nowhere_is_told_with_the_nearest(path: str, told: str | None) -> None:
    assert misses(checked().schema, path) == told


def test_what_was_overridden_is_kept_as_json() -> None:
    assert Overridden(check="1", path="a", message="过大", reason="急").document() == {
        "check": "1",
        "path": "a",
        "message": "过大",
        "reason": "急",
    }


def test_references_are_followed_to_a_part_or_to_nothing() -> None:
    schema = {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "string"}, "c": {"$ref": "#/$defs/c"}, "d": 5}}
    assert resolved({"$ref": "#/$defs/a"}, schema) == {"type": "string"}
    assert resolved({"type": "number"}, schema) == {"type": "number"}
    assert resolved({"$ref": 5}, schema) == {"$ref": 5}
    assert (
        resolved({"$ref": "#/$defs/d"}, schema)
        == resolved({"$ref": "#/$defs/d/e"}, schema)
        == resolved(None, schema)
        == resolved([], schema)
        == {}
    )
    assert resolved({"$ref": "#/$defs/c"}, schema) == {"$ref": "#/$defs/c"}
