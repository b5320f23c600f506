"""Words in a form that nobody would read: a slip is refused where it stands, with the word that was meant."""

import json
from typing import Any

import pytest

from app.domain.forms import Form
from app.rehearsal.findings import Finding
from app.rehearsal.form_keywords import check


def said(field: dict[str, Any] | None = None, ui: dict[str, Any] | None = None, **schema: Any) -> list[Finding]:
    properties = {
        "amount": {"type": "number", "title": "金额", **(field or {})},
        "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}},
    }
    row = {"type": "object", "additionalProperties": False, "properties": {"price": {"type": "number"}}}
    body = {"type": "object", "additionalProperties": False, "properties": properties, "$defs": {"row": row}, **schema}
    return list(check("forms/f.json", Form.parse(json.dumps({"id": "f", "title": "表", "schema": body, "ui": ui or {}}).encode())))


@pytest.mark.parametrize(
    ("field", "word", "meant"),
    [
        ({"x-clauss": "SC-1"}, "x-clauss", "x-clauses"),
        ({"x-vaule": "=1"}, "x-vaule", "x-value"),
        ({"x-legder": True}, "x-legder", "x-ledger"),
        ({"x-frmat": "money"}, "x-frmat", "x-format"),
        ({"x-readonlyfrom": True}, "x-readonlyfrom", "x-readonly-from"),
        ({"x-format": "mony"}, "x-format", "money"),
        ({"minimun": 1}, "minimun", "minimum"),
        ({"maxlength": 1}, "maxlength", "maxLength"),
        ({"readonly": True}, "readonly", "readOnly"),
        ({"type": "string", "format": "dat"}, "format", "date"),
        ({"type": "string", "format": "datetime"}, "format", "date-time"),
        ({"anyOf": [{"tpye": "number"}]}, "anyOf/0/tpye", "type"),
    ],
)
def test_a_slip_in_a_field_is_an_error(field: dict[str, Any], word: str, meant: str) -> None:
    (finding,) = said(field)
    assert (finding.severity, finding.code, finding.element) == ("error", "FORM_KEYWORD", f"schema/properties/amount/{word}")
    assert f"是不是 {meant}?" in finding.message


@pytest.mark.parametrize(
    ("schema", "place", "meant"),
    [
        ({"requird": ["amount"]}, "schema/requird", "required"),
        ({"x-chekcs": []}, "schema/x-chekcs", "x-checks"),
        ({"al1Of": []}, "schema/al1Of", ""),
        ({"if": {"propertes": {}}}, "schema/if/propertes", "properties"),
        ({"allOf": [{"then": {"requierd": []}}]}, "schema/allOf/0/then/requierd", "required"),
    ],
)
def test_a_slip_in_the_schema_is_found_wherever_it_stands(schema: dict[str, Any], place: str, meant: str) -> None:
    (finding,) = said(**schema)
    assert (finding.element, finding.severity) == (place, "error" if meant else "warning")
    assert meant in finding.message


@pytest.mark.parametrize("value", ["true", 1, "yes", None])
@pytest.mark.parametrize("word", ["x-ledger", "x-unordered", "x-readonly-from"])
def test_what_is_true_or_false_is_nothing_else(word: str, value: Any) -> None:
    (finding,) = said({word: value})
    assert finding.severity == "error"
    assert "只能是 true 或 false" in finding.message


@pytest.mark.parametrize(
    ("ui", "place", "meant"),
    [
        ({"amuont": {"ui:readonly": True}}, "ui/amuont", "amount"),
        ({"amount": {"ui:readnly": True}}, "ui/amount/ui:readnly", "ui:readonly"),
        ({"rows": {"items": {"prise": {"ui:widget": "radio"}}}}, "ui/rows/items/prise", "price"),
        ({"somethingElse": {}}, "ui/somethingElse", "amount、rows"),
    ],
)
def test_how_a_field_is_drawn_that_there_is_not_is_an_error(ui: dict[str, Any], place: str, meant: str) -> None:
    (finding,) = said(ui=ui)
    assert (finding.severity, finding.element) == ("error", place)
    assert meant in finding.message


def test_what_is_no_slip_is_only_said_and_what_is_known_is_right() -> None:
    assert [(finding.severity, finding.element) for finding in said({"x-colour": "red"})] == [
        ("warning", "schema/properties/amount/x-colour")
    ]
    assert (
        said(
            {"examples": [{"tpye": 1}], "default": {"requird": 1}},
            {"amount": {"ui:widget": "radio", "ui:options": {"rws": 1}}, "ui:order": ["*"]},
        )
        == []
    )
