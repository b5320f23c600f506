"""Each keyword of a schema in the words of an official: code and sentence, at the limit and beyond it."""

import json
import re
from typing import Any

import pytest

from app.domain.codes import FormCode
from app.domain.forms import Form, FormError, loads


def told(field: dict[str, Any], value: str) -> list[tuple[str, str]]:
    schema = {"type": "object", "additionalProperties": False, "properties": {"x": {"title": "项", **field}}}
    form = Form.parse(json.dumps({"id": "f", "title": "表", "schema": schema}).encode())
    problems = form.validate(loads(f'{{"x": {value}}}'))
    assert all((problem.path, problem.title, problem.check, problem.confirm) == ("x", "项", "", False) for problem in problems)
    return [(problem.code, problem.message) for problem in problems]


@pytest.mark.parametrize(
    ("field", "good", "wrong", "code", "sentence"),
    [
        ({"type": "string"}, '"a"', "1", "TYPE", "“项”应填文字"),
        ({"type": "number"}, "1.5", '"a"', "TYPE", "“项”应填数字"),
        ({"type": "integer"}, "1", "1.5", "TYPE", "“项”应填整数"),
        ({"type": "boolean"}, "true", "1", "TYPE", "“项”应填是或否"),
        ({"type": "array"}, "[]", "1", "TYPE", "“项”应填列表"),
        ({"type": "object"}, "{}", "1", "TYPE", "“项”应填一组内容"),
        ({"type": "null"}, "null", "1", "TYPE", "“项”应填空"),
        ({"type": ["number", "string", "null"]}, "null", "true", "TYPE", "“项”应填数字或文字"),
        ({"enum": [1, 2]}, "2", "3", "ENUM", "“项”应从所列选项中选择"),
        ({"const": True}, "true", "false", "CONST", "“项”必须确认"),
        ({"const": 5}, "5", "6", "CONST", "“项”的值不符合要求"),
        ({"type": "string", "format": "date"}, '"2026-10-15"', '"x"', "FORMAT", "“项”应填日期(如 2026-10-15)"),
        (
            {"type": "string", "format": "date-time"},
            '"2026-10-15T09:00:00+08:00"',
            '"x"',
            "FORMAT",
            "“项”应填日期和时间(如 2026-10-15T09:00:00+08:00)",
        ),
        ({"type": "string", "format": "email"}, '"a@b.cn"', '"x"', "FORMAT", "“项”应填电子邮箱"),
        ({"type": "string", "format": "time"}, '"09:00:00Z"', '"x"', "FORMAT", "“项”应填时间"),
        ({"type": "string", "format": "uri"}, '"http://a.cn"', '"x y"', "FORMAT", "“项”应填规定格式的内容"),
        ({"minimum": 1000}, "1000", "999", "MINIMUM", "“项”不得小于 1,000"),
        ({"maximum": 1000}, "1000", "1001", "MAXIMUM", "“项”不得大于 1,000"),
        ({"exclusiveMinimum": 1000}, "1001", "1000", "MINIMUM", "“项”必须大于 1,000"),
        ({"exclusiveMaximum": 1000}, "999", "1000", "MAXIMUM", "“项”必须小于 1,000"),
        ({"type": "string", "minLength": 3}, '"abc"', '"ab"', "TOO_SHORT", "“项”至少 3 个字"),
        ({"type": "string", "maxLength": 2}, '"ab"', '"abc"', "TOO_LONG", "“项”至多 2 个字"),
        ({"minItems": 1}, "[1]", "[]", "TOO_FEW", "“项”至少 1 项"),
        ({"maxItems": 1}, "[1]", "[1, 2]", "TOO_MANY", "“项”至多 1 项"),
        ({"uniqueItems": True}, "[1, 2]", "[1, 1]", "DUPLICATE", "“项”有重复的项"),
        ({"multipleOf": 5}, "10", "11", "STEP", "“项”应是 5 的整数倍"),
        ({"type": "string", "pattern": "^a$"}, '"a"', '"b"', "PATTERN", "“项”的格式不对"),
        ({"not": {"type": "string"}}, "1", '"a"', "INVALID", "“项”填写的内容不符合要求"),
        ({"x-format": "money", "type": "number"}, "1.01", "1.001", "MONEY", "“项”应为精确到分的金额(元),至多两位小数"),
        (
            {"x-format": "office", "type": "object"},
            '{"key": "1", "name": "甲"}',
            '{"key": "1", "name": ""}',
            "OFFICE",
            "“项”应从登记的单位中选择,不能填写文字",
        ),
        (
            {"x-format": "person", "type": "object"},
            '{"key": "1", "name": "甲"}',
            '{"key": 1, "name": "甲"}',
            "PERSON",
            "“项”应从登记的人员中选择,不能填写文字",
        ),
    ],
)
def test_a_wrong_value_is_told_and_one_at_the_limit_stands(field: dict[str, Any], good: str, wrong: str, code: str, sentence: str) -> None:
    assert told(field, good) == []
    assert told(field, wrong) == [(code, sentence)]


def test_a_text_of_one_character_at_least_may_not_be_empty() -> None:
    assert told({"minLength": 1, "not": {"const": "x"}}, '""') == [("TOO_SHORT", "“项”不能为空")]


def test_what_may_not_be_there_at_all_is_told() -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"x": {"title": "项"}}, "not": {"required": ["x"]}}
    form = Form.parse(json.dumps({"id": "f", "title": "表", "schema": schema}).encode())
    (problem,) = form.validate({"x": 1})
    assert (problem.path, problem.title, problem.message) == ("", "表单", "“表单”填写的内容不符合要求")
    closed = {"type": "object", "additionalProperties": False, "properties": {"x": {"title": "项"}, "y": {"title": "另"}}}
    closed |= {"if": {"required": ["x"]}, "then": {"properties": {"y": False}}}
    form = Form.parse(json.dumps({"id": "f", "title": "表", "schema": closed}).encode())
    (problem,) = form.validate({"x": 1, "y": 1})
    assert (problem.path, problem.code, problem.message) == ("y", "NOT_ALLOWED", "“另”在当前选择下不应填写")


@pytest.mark.parametrize(
    ("value", "stands"),
    [
        ("1", True), ("1.10", True), ("-1.01", True), ("-1.001", False), ("999999999999999999.99", True), ("999999999999999999.999", False),
        ("1000000000000000000", True), ("1000000000000000000.00", False), ("-1000000000000000000.00", False),
    ],
)  # fmt: skip
def test_amounts_count_to_the_fen_up_to_a_limit(value: str, stands: bool) -> None:
    assert (told({"x-format": "money", "type": "number"}, value) == []) is stands


@pytest.mark.parametrize(
    ("field", "place", "says"),
    [
        ({"readOnly": "true"}, "readOnly", "应填是或否"),
        ({"type": "strng"}, "type", "只能是 string、number"),
        ({"minimum": "5"}, "minimum", "应填数字"),
        ({"maxLength": -1}, "maxLength", "不得小于 0"),
        ({"required": "a"}, "required", "应填列表"),
        ({"required": ["a", "a"]}, "required", "有重复的项"),
        ({"pattern": "("}, "pattern", "不是正则表达式"),
        ({"allOf": []}, "allOf", "至少 1 项"),
        ({"multipleOf": 0}, "multipleOf", "必须大于 0"),
        ({"$anchor": "1"}, "$anchor", "格式不对"),
    ],
)
def test_a_schema_that_is_none_is_told_in_chinese_with_its_place(field: dict[str, Any], place: str, says: str) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"a": field}}
    with pytest.raises(FormError) as refused:
        Form.parse(json.dumps({"id": "f", "title": "表", "schema": schema}).encode())
    assert (refused.value.code, refused.value.place) == (FormCode.FORM_SCHEMA, f"schema/properties/a/{place}")
    assert str(refused.value).split("2020-12:")[1].startswith(says)
    assert not re.search("[a-z]+ (is|not|of|has) ", str(refused.value))
