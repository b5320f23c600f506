"""The ledger's fields in a form: which become facts, which are only shown, what a person has changed, and what another has meanwhile."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.codes import FormCode
from app.domain.facts import LedgerField, LedgerSchema
from app.domain.form_facts import Changed, changed, conflicts, fits, is_same, marked, opened, said, shown
from app.domain.forms import FieldProblem, Form

FIELDS = {
    name: LedgerField(name=name, title=name, schema=schema, owners=("applicant",))
    for name, schema in {
        "name": {"type": "string"}, "amount": {"type": "number", "x-format": "money"}, "budget": {"type": "number"}, "count": {"type": "integer"},
    }.items()
}  # fmt: skip
SCHEMA = LedgerSchema(FIELDS)
FORM = Form(
    "permit.apply",
    "申请",
    {
        "type": "object",
        "properties": {
            "name": {"title": "名称", "type": "string", "x-ledger": True},
            "amount": {"title": "总投资", "type": "number", "x-ledger": True},
            "budget": {"type": "number", "readOnly": True},
            "count": {"type": "integer", "readOnly": "yes", "x-ledger": "yes"},
            "unknown": {"type": "string", "x-ledger": True},
            "gone": {"type": "string", "readOnly": True},
            "opinion": {"type": "string"},
        },
    },
)


def test_marked_fields_become_facts_and_read_only_ones_are_shown_if_the_ledger_has_them() -> None:
    assert marked(FORM, SCHEMA) == {"name": FIELDS["name"], "amount": FIELDS["amount"]}
    assert shown(FORM, SCHEMA) == {"budget": FIELDS["budget"]}
    assert marked(FORM, None) == shown(FORM, None) == {}


def test_a_form_was_opened_with_what_the_ledger_held_before_others_wrote() -> None:
    since = {"amount": Changed(Decimal(1), "冯财"), "elsewhere": Changed(9, "")}
    assert opened(marked(FORM, SCHEMA), {"name": "甲", "amount": Decimal(2), "budget": 3}, since) == {"name": "甲", "amount": Decimal(1)}
    assert opened(marked(FORM, SCHEMA), {}, {}) == {"name": None, "amount": None}


def test_only_what_a_person_changed_is_wanted_a_blank_as_nothing() -> None:
    fields, before = marked(FORM, SCHEMA), {"name": "甲", "amount": Decimal("1.5")}
    assert changed(fields, {"name": "甲", "amount": Decimal("1.50"), "opinion": "x"}, before) == {}
    assert changed(fields, {"name": "乙", "amount": 2}, before) == {"name": "乙", "amount": 2}
    assert changed(fields, {"name": " \u3000"}, before) == {"name": None, "amount": None}
    assert changed(fields, {"name": ""}, {}) == {}


def test_a_field_that_both_have_changed_differently_is_told_with_both_values_and_by_whom() -> None:
    fields = marked(FORM, SCHEMA)
    since = {"amount": Changed(Decimal(1), "冯财"), "name": Changed("丙", "")}

    def found(wanted: dict[str, Any], now: dict[str, Any]) -> list[FieldProblem]:
        return list(conflicts(FORM, fields, wanted, now, since))

    told = "“总投资”已由冯财改为“2,000”,您填写的是“3,000.5”。请核对后重新提交"
    assert found({"amount": Decimal("3000.5")}, {"amount": 2000}) == [FieldProblem("amount", "总投资", FormCode.CHANGED_MEANWHILE, told)]
    (problem,) = found({"name": None}, {"name": "丁"})
    assert problem.message == "“名称”已由他人改为“丁”,您填写的是“空”。请核对后重新提交"
    assert found({"amount": Decimal("2.0")}, {"amount": 2}) == [], "to the same value"
    assert list(conflicts(FORM, fields, {"amount": 3}, {"amount": 2}, {})) == [], "nobody else did"


def test_what_no_field_can_hold_is_compared_as_it_stands() -> None:
    assert is_same(FIELDS["amount"], 1.5, 1.5) is True
    assert is_same(FIELDS["amount"], 1.5, 2.5) is False
    assert is_same(FIELDS["amount"], Decimal("1.0"), 1) is True


@pytest.mark.parametrize(
    ("part", "field", "fitting"),
    [
        ({"type": "string"}, "name", True),
        ({"type": "number"}, "name", False),
        ({"type": "number", "x-format": "money"}, "amount", True),
        ({"type": "number"}, "amount", False),
        ({"type": "integer", "x-format": "money"}, "amount", True),
        ({"type": "number", "x-format": "money"}, "budget", False),
        ({"type": "integer"}, "budget", True),
        ({"type": "number"}, "count", True),
        ({"type": "boolean"}, "count", False),
        ({}, "name", False),
    ],
)
def test_a_forms_field_fits_by_type_and_kind(part: dict[str, Any], field: str, fitting: bool) -> None:
    assert fits(part, FIELDS[field]) is fitting


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "空"), (" ", "空"), (True, "是"), (False, "否"), ({"key": "1", "name": "教育局"}, "教育局"), ({"a": 1}, "一组内容"), (["甲", None, 1000], "甲、空、1,000"),
        (Decimal("1234.50"), "1,234.50"), (0, "0"), ("甲", "甲"), ([], ""),
    ],
)  # fmt: skip
def test_a_value_in_a_sentence(value: Any, text: str) -> None:
    assert said(value) == text
