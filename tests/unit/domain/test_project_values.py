"""``project`` in expressions: every declared field, offices by key and name, null for what is not known."""

from decimal import Decimal
from typing import Any

from app.domain.facts import LedgerSchema
from app.domain.forms import Form
from app.domain.project_values import project_context

OFFICE = {"type": "object", "x-format": "office"}
SCHEMA = LedgerSchema.of(
    Form(
        "records.project",
        "项目台账",
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "projectKey": {"type": "string", "title": "项目号", "readOnly": True},
                "phase": {"type": "string", "title": "阶段", "readOnly": True},
                "applicantOffice": {**OFFICE, "title": "申报单位", "x-role": "applicant", "readOnly": True},
                "approvedBudget": {"type": "number", "title": "批复预算", "x-format": "money", "x-owner": ["finance"]},
                "purpose": {"type": "string", "title": "建设内容", "x-owner": ["applicant"]},
                "implementerOffice": {**OFFICE, "title": "实施单位", "x-role": "implementer", "x-owner": ["applicant"]},
                "auditOffice": {**OFFICE, "title": "审计单位", "x-owner": ["applicant"]},
            },
        },
    )
)


def row(implementer: bool = True, **facts: Any) -> dict[str, Any]:
    offices = {"applicant": [[7, "教育局"]], "implementer": [[9, "某公司"]] if implementer else []}
    return {"key": 12, "phase": "trial", "facts": facts, "offices": offices}


def test_without_a_project_there_is_none() -> None:
    assert project_context(None, SCHEMA) is None


def test_every_declared_field_is_there_and_what_is_not_known_is_null() -> None:
    assert project_context(row(implementer=False, approvedBudget=Decimal("10.50"), purpose=" \u3000", leftover=1), SCHEMA) == {
        "projectKey": "12",
        "phase": "trial",
        "applicantOffice": {"key": "7", "name": "教育局"},
        "approvedBudget": Decimal("10.50"),
        "purpose": None,
        "implementerOffice": None,
        "auditOffice": None,
    }


def test_an_office_is_a_value_by_key_and_name_and_a_text_is_never_taken_for_one() -> None:
    seen = project_context(row(implementerOffice="某公司", auditOffice="某事务所"), SCHEMA)
    assert seen is not None
    assert (seen["implementerOffice"], seen["auditOffice"]) == ({"key": "9", "name": "某公司"}, None)
    appointed = project_context(row(), SCHEMA)  # by the first release, whose relation stood under another name than the field has
    assert appointed is not None
    assert appointed["implementerOffice"] == {"key": "9", "name": "某公司"}
    named = {"key": "3", "name": "审计局"}
    assert (project_context(row(auditOffice=named), SCHEMA) or {})["auditOffice"] == named


def test_of_several_offices_in_one_relation_none_is_picked() -> None:
    several = row(implementerOffice="某公司") | {"offices": {"implementer": [[9, "某公司"], [10, "另一公司"]]}}
    seen = project_context(several, SCHEMA)
    assert seen is not None
    assert (seen["applicantOffice"], seen["implementerOffice"]) == (None, None)


def test_where_nothing_is_declared_the_row_is_shown_as_it_is() -> None:
    assert project_context(row(anything=1), None) == {
        "anything": 1, "projectKey": "12", "phase": "trial", "applicantOffice": {"key": "7", "name": "教育局"},
    }  # fmt: skip
