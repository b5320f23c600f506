"""Values in words: titles of schemas, labels of codes, instants in the district's zone, and nothing that a machine alone reads."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.domain.facts import FactsError, LedgerSchema
from app.domain.forms import Form
from app.seen.saying import said

OFFICE = {"key": "384918893442891789", "name": "财政局"}
REVIEWER = {"title": "单位", "properties": {"title": {"title": "单位"}}}
OPINIONS = {"title": "各方意见", "items": {"properties": {"reviewer": REVIEWER}}}
FORMS = {
    "opinion": {"title": "意见"},
    "aspects": {"title": "方面", "properties": {"intensive": {"title": "集约"}, "shared": {"title": "共享"}}},
}


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        (None, {}, ""),
        ("", {}, ""),
        ([], {}, ""),
        (True, {}, "是"),
        (False, {}, "否"),
        (Decimal("9860000"), {"x-format": "money"}, "9,860,000.00"),
        (2026, {}, "2026"),
        ("PASS", {"x-labels": {"PASS": "同意"}}, "同意"),
        ("day", {"oneOf": [{"const": "day", "title": "天"}, {"const": "month", "title": "月"}]}, "天"),
        ("HT-2026-001", {"x-labels": {"PASS": "同意"}}, "HT-2026-001"),
        ("2025-08-30T03:00:00+00:00", {}, "2025-08-30 11:00"),
        ("2025-08-30T03:00:00@Asia/Shanghai", {}, "2025-08-30 03:00"),
        ("2025-08-30", {}, "2025-08-30"),
        (OFFICE, {}, "财政局"),
        ([OFFICE, {**OFFICE, "name": "教育局"}], {}, "财政局；教育局"),
        (["甲", "乙"], {}, "甲、乙"),
        (
            [
                {
                    "reviewer": {"role": "finance", "title": "区财政局", "lead": True},
                    "opinion": "同意",
                    "aspects": {"intensive": "通过", "shared": "通过"},
                }
            ],
            OPINIONS,
            "单位 区财政局，意见 同意，方面 集约 通过，共享 通过",
        ),
        ({"event": "opinion", "task": "384918893442891789"}, {}, ""),
        ({"event": "opinion"}, {"properties": {"event": {"title": "期限键", "x-hidden": True}}}, ""),
    ],
)
def test_a_value_in_words(value: Any, schema: dict[str, Any], expected: str) -> None:
    assert said(value, schema, FORMS) == expected


@pytest.mark.parametrize(("labels", "told"), [({"x": "甲"}, "不在 enum 里"), ({"day": ""}, "页面上的说法"), (["天"], "页面上的说法")])
def test_labels_of_the_ledger_are_checked(labels: Any, told: str) -> None:
    schema = {"type": "string", "title": "单位", "enum": ["day", "month"], "x-labels": labels, "x-owner": ["applicant"]}
    file = {
        "id": "records.project",
        "title": "台账",
        "schema": {"type": "object", "additionalProperties": False, "properties": {"unit": schema}},
        "ui": {},
    }
    form = Form.parse(json.dumps(file).encode())
    with pytest.raises(FactsError, match=told):
        LedgerSchema.of(form)
