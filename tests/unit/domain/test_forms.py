"""Forms refuse what they did not declare and say in Chinese what is wrong and where."""

import json

import pytest

from app.domain.forms import Form, FormError, loads

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["totalAmount", "budgetItems"],
    "properties": {
        "totalAmount": {"title": "总投资", "type": "number", "minimum": 0, "x-format": "money"},
        "budgetItems": {
            "title": "预算明细",
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {
                    "name": {"title": "名称", "type": "string", "minLength": 1},
                    "amount": {"title": "金额", "type": "number", "x-format": "money"},
                },
            },
        },
        "signedOn": {"title": "签订日期", "type": "string", "format": "date"},
        "truthful": {"title": "真实性声明", "const": True},
    },
}


def source(**changes: object) -> bytes:
    return json.dumps({"id": "change.apply", "title": "变更申请", "schema": SCHEMA, **changes}).encode()


FORM = Form.parse(source())


def problems(text: str) -> dict[str, str]:
    return {problem.path: problem.code for problem in FORM.validate(loads(text))}


def test_complete_data_has_no_problems() -> None:
    assert (
        problems(
            '{"totalAmount": 4000000.01, "budgetItems": [{"name": "开发费", "amount": 0.29}], "signedOn": "2026-10-15", "truthful": true}'
        )
        == {}
    )


def test_every_missing_field_is_named_with_its_title() -> None:
    found = FORM.validate(loads('{"budgetItems": [{}]}'))
    assert [(problem.path, problem.message) for problem in found] == [
        ("totalAmount", "“总投资”必填"),
        ("budgetItems/0/name", "“预算明细·第1行·名称”必填"),
    ]


def test_a_draft_may_lack_fields_but_not_carry_wrong_ones() -> None:
    assert [problem.code for problem in FORM.validate(loads('{"totalAmount": -1}'), partial=True)] == ["MINIMUM"]


OPENING = Form.parse(
    source(
        schema={
            "type": "object",
            "additionalProperties": False,
            "required": ["funds", "offices", "goal", "years"],
            "properties": {
                "funds": {"type": "array"},
                "offices": {"type": "array", "minItems": 1},
                "notes": {"type": "array"},
                "years": {"type": ["array", "null"]},
                "goal": {"type": "object", "required": ["indicators"], "properties": {"indicators": {"type": "array"}, "any": True}},
                "plan": {"type": "object", "required": ["steps"], "properties": {"steps": {"type": "array"}}},
            },
        }
    )
)


def test_an_untouched_table_that_may_be_empty_is_an_answer_and_nothing_else_is() -> None:
    """Not ``offices``: it needs a row. Not ``notes``: nobody asks for it. Not in ``plan``: it need not be there at all."""
    opened = OPENING.with_empty_lists({})
    assert opened == {"funds": [], "years": [], "goal": {"indicators": []}}
    assert [problem.path for problem in OPENING.validate(opened)] == ["offices"]


def test_lists_are_filled_in_what_is_known_of_the_forms_fields_alone() -> None:
    known = {"funds": [{"source": "区级财政"}], "plan": {}, "goal": {"indicators": None}, "gone": 1}
    assert OPENING.with_empty_lists(known) == {
        "funds": [{"source": "区级财政"}],
        "years": [],
        "plan": {"steps": []},
        "goal": {"indicators": []},
    }
    assert known["goal"] == {"indicators": None}, "what was given stays as it was"


@pytest.mark.parametrize("name", ["approved", "__builtins__", "typename", "len", "__class__", "projectKey"])
def test_undeclared_fields_are_refused(name: str) -> None:
    assert problems(json.dumps({"totalAmount": 1, "budgetItems": [{"name": "x"}], name: 1})) == {name: "UNDECLARED"}


@pytest.mark.parametrize(
    ("text", "path", "code"),
    [
        ('{"totalAmount": 1.005, "budgetItems": [{"name": "x"}]}', "totalAmount", "MONEY"),
        ('{"totalAmount": "1", "budgetItems": [{"name": "x"}]}', "totalAmount", "TYPE"),
        ('{"totalAmount": 1, "budgetItems": []}', "budgetItems", "TOO_FEW"),
        ('{"totalAmount": 1, "budgetItems": [{"name": "", "amount": 1}]}', "budgetItems/0/name", "REQUIRED"),
        ('{"totalAmount": 1, "budgetItems": [{"name": "x", "amount": 0.001}]}', "budgetItems/0/amount", "MONEY"),
        ('{"totalAmount": 1, "budgetItems": [{"name": "x"}], "signedOn": "2026-02-30"}', "signedOn", "FORMAT"),
        ('{"totalAmount": 1, "budgetItems": [{"name": "x"}], "truthful": false}', "truthful", "CONST"),
    ],
)
def test_a_wrong_field_is_named_with_its_cause(text: str, path: str, code: str) -> None:
    assert problems(text) == {path: code}


def test_one_tenth_and_two_tenths_stay_exact() -> None:
    data = loads('{"a": 0.1, "b": 0.2, "c": 0.3}')
    assert data["a"] + data["b"] == data["c"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "FORM_JSON"),
        ('{"a": 1, "a": 2}', "JSON_DUPLICATE"),
        ('{"a": NaN}', "JSON_NUMBER"),
        ('{"a": Infinity}', "JSON_NUMBER"),
        ('{"a": 1e999999}', "JSON_NUMBER"),
        ('{"a": ' + "9" * 1_000_000 + "}", "JSON_NUMBER"),
        ("[" * 5000 + "]" * 5000, "JSON_DEPTH"),
        (b'{"a": "\xff"}', "JSON_ENCODING"),
        (b'"' + b"x" * 3_000_000 + b'"', "JSON_SIZE"),
    ],
)
def test_hostile_json_is_refused_in_chinese(text: str | bytes, code: str) -> None:
    with pytest.raises(FormError) as caught:
        loads(text)
    assert caught.value.code == code
    assert any("一" <= character <= "鿿" for character in str(caught.value))


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ('"title": "\\ud800"', "title"),
        ('"title": "x", "description": "a\\udfffb"', "description"),
        ('"title": "x", "ui": {"a": ["b", "\\ud800"]}', "ui/a/1"),
        ('"title": "x", "ui": {"\\ud800": 1}', "ui"),
    ],
)
def test_half_a_character_in_a_form_file_is_told_in_chinese_with_its_place(where: str, place: str) -> None:
    source = f'{{"id": "f", {where}, "schema": {{"type": "object", "additionalProperties": false, "properties": {{}}}}}}'
    with pytest.raises(FormError) as refused:
        Form.parse(source.encode())
    assert (refused.value.code, refused.value.place) == ("JSON_TEXT", place)
    assert "不完整的字符" in str(refused.value)
    assert "codec" not in str(refused.value)
    pair = source.replace("\\ud800", "\\ud83d\\ude00").replace("\\udfff", "")
    assert Form.parse(pair.encode()).id == "f", "a whole pair is one character"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": ""}, "FORM_SHAPE"),
        ({"schema": {"type": "array"}}, "FORM_SCHEMA"),
        ({"schema": {**SCHEMA, "additionalProperties": True}}, "FORM_SCHEMA"),
        ({"schema": {**SCHEMA, "properties": {"__proto__": {}}}}, "FORM_SCHEMA"),
        ({"schema": {**SCHEMA, "properties": {"a": {"$ref": "https://example.org/x.json"}}}}, "FORM_SCHEMA"),
        ({"schema": {**SCHEMA, "properties": {"a": {"$ref": "file:///etc/passwd"}}}}, "FORM_SCHEMA"),
        ({"schema": {**SCHEMA, "properties": {"a": {"type": "nonsense"}}}}, "FORM_SCHEMA"),
        ({"script": "x"}, "FORM_SHAPE"),
    ],
)
def test_a_form_that_cannot_work_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(FormError) as caught:
        Form.parse(source(**changes))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ({"type": "string", "format": "email"}, '"不是邮箱"', "“项”应填电子邮箱"),
        ({"type": "string", "format": "date"}, '"2026-02-30"', "“项”应填日期(如 2026-10-15)"),
        ({"type": "string", "format": "date-time"}, '"明天"', "“项”应填日期和时间(如 2026-10-15T09:00:00+08:00)"),
        ({"type": "string", "format": "time"}, '"25:00"', "“项”应填时间"),
        ({"type": "string", "format": "uri"}, '"不 是"', "“项”应填规定格式的内容"),
        ({"type": "number", "minimum": 1234.5}, "1", "“项”不得小于 1,234.5"),
        ({"type": "number", "maximum": 1234.5}, "9999", "“项”不得大于 1,234.5"),
        ({"type": "number", "exclusiveMinimum": 0}, "0", "“项”必须大于 0"),
        ({"type": "integer"}, '"一"', "“项”应填整数"),
        ({"type": ["boolean", "null"]}, "1", "“项”应填是或否"),
    ],
)
def test_what_is_wrong_is_said_with_the_limit_or_the_form_that_is_wanted(field: dict[str, object], value: str, told: str) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"x": {"title": "项", **field}}}
    (problem,) = Form.parse(source(schema=schema)).validate(loads(f'{{"x": {value}}}'))
    assert problem.message == told


# ---------------------------------------------------------------------- blank is empty

BLANKS = ["", " ", "\t\n", "　　", "\u00a0", "\u2003\u2009", "\u3000 \u00a0"]  # ideographic, no-break, em and thin spaces among them
TEXTS = Form.parse(
    source(
        schema={
            "type": "object",
            "additionalProperties": False,
            "required": ["opinion", "kind"],
            "$defs": {"remark": {"type": "string", "maxLength": 5}},
            "properties": {
                "opinion": {"title": "意见", "type": "string", "minLength": 1},
                "kind": {"title": "种类", "enum": ["甲", "乙"]},
                "note": {"title": "说明", "type": "string", "minLength": 2},
                "signedOn": {"title": "日期", "type": "string", "format": "date"},
                "remark": {"$ref": "#/$defs/remark"},
                "reason": {"title": "理由", "type": ["string", "null"]},
                "amount": {"title": "金额", "type": "number"},
                "words": {"title": "词", "type": "array", "items": {"type": "string"}},
                "goal": {"type": "object", "additionalProperties": False, "properties": {"text": {"type": "string"}}},
                "rows": {
                    "title": "明细",
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {"name": {"title": "名称", "type": "string"}, "number": {"type": "string", "minLength": 3}},
                    },
                },
            },
        }
    )
)
ANSWER = {"opinion": "同意", "kind": "甲"}


def codes_of(form: Form, data: dict[str, object]) -> dict[str, str]:
    return {problem.path: problem.code for problem in form.validate(data)}


@pytest.mark.parametrize("blank", BLANKS)
def test_a_blank_text_is_no_answer_whatever_its_spaces(blank: str) -> None:
    assert codes_of(TEXTS, {"opinion": blank, "kind": blank}) == {"opinion": "REQUIRED", "kind": "REQUIRED"}
    assert codes_of(TEXTS, {**ANSWER, "rows": [{"name": blank}, {"name": "服务器", "number": blank}]}) == {"rows/0/name": "REQUIRED"}


@pytest.mark.parametrize("blank", BLANKS)
def test_an_optional_blank_text_is_null_and_nothing_else_is_touched(blank: str) -> None:
    given = {**ANSWER, "note": blank, "signedOn": blank, "remark": blank * 9, "reason": blank, "goal": {"text": blank}}
    given |= {"rows": [{"name": " 甲 ", "number": blank}], "words": [blank], "amount": 0}
    assert codes_of(TEXTS, given) == {}
    assert TEXTS.answered(given) == {
        **ANSWER,
        **dict.fromkeys(("note", "signedOn", "remark", "reason")),
        "goal": {"text": None},
        "rows": [{"name": " 甲 ", "number": None}],
        "words": [blank],
        "amount": 0,
    }


def test_blank_hides_neither_an_undeclared_field_nor_a_wrong_type() -> None:
    assert codes_of(TEXTS, {**ANSWER, "unknown": " ", "goal": {"other": ""}, "amount": " ", "note": "短"}) == {
        "unknown": "UNDECLARED",
        "goal/other": "UNDECLARED",
        "amount": "TYPE",
        "note": "TOO_SHORT",
    }
