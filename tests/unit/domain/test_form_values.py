"""Values of a form — blank, kept, fresh, empty lists — and its checks, as its file writes them."""

from typing import Any

import pytest

from app.domain import form_values
from app.domain.codes import FormCode
from app.domain.form_checks import FormCheck, Overridden, misses, resolved
from app.domain.forms import Form, FormError
from tests.unit.domain.test_form_limits import form

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
            "g": {"type": ["object", "null"], "required": ["l"], "properties": {"l": {"type": "array"}}},
            "h": {"type": "object", "required": ["l"], "properties": {"l": {"type": "array"}}},
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
