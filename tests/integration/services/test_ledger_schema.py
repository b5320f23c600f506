"""The ledger's fields are deployed like other forms: what names nobody is refused, a district's own stands over the shared ones, and a diagram keeps what facts come from."""

import json
from typing import Any

import pytest
from flask import Flask

from app.catalogue import snapshot
from app.catalogue.bundles import read
from app.catalogue.trial import Trial
from app.domain.permissions import SYSTEM
from app.errors import Refused
from app.rehearsal.findings import Finding
from app.services import models
from tests.integration.services.conftest import DATA, NOW

SHARED_FILE, OWN_FILE = "forms/records/project.json", "forms/hill/records/project.json"
PERMIT = (DATA / "bpmn" / "permit.bpmn").read_bytes()
FIELDS: dict[str, Any] = {
    "projectKey": {"type": "string", "title": "项目号", "readOnly": True},
    "phase": {"type": "string", "title": "阶段", "readOnly": True},
    "applicantOffice": {"type": "object", "x-format": "office", "x-role": "applicant", "title": "申报单位", "readOnly": True},
    "budget": {"type": "number", "x-format": "money", "title": "预算", "x-owner": ["finance"]},
    "permitted": {"type": "boolean", "title": "已许可", "x-source": ["path:permit.end_approved"]},
}


def file(fields: dict[str, Any], **schema: Any) -> bytes:
    body = {"type": "object", "additionalProperties": False, "properties": fields, **schema}
    return json.dumps({"id": "records.project", "title": "项目台账", "schema": body}).encode()


def own(fields: dict[str, Any]) -> bytes:
    return file(fields, **{"x-extends": "records.project"})


def refused(*bundle: tuple[str, bytes]) -> list[Finding]:
    with pytest.raises(Refused) as refusal:
        models.deploy(SYSTEM, list(bundle), NOW)
    return list(refusal.value.problems)


def test_an_owner_that_nobody_is_and_a_source_that_there_is_not_are_refused_by_name(hill: Flask) -> None:
    wrong = FIELDS | {"budget": {**FIELDS["budget"], "x-owner": ["finanse"]}}
    found = refused((SHARED_FILE, file(wrong)))
    assert {(finding.file, finding.element, finding.code) for finding in found} == {(SHARED_FILE, "budget/x-owner", "LEDGER_NAME")}
    assert "是不是 finance?" in found[0].message
    found = refused((SHARED_FILE, file(FIELDS | {"late": {"type": "boolean", "title": "逾期", "x-source": ["path:permit.end_lat"]}})))
    assert "是不是 end_late?" in found[0].message


def test_a_field_that_makes_no_sense_is_refused_at_its_keyword(hill: Flask) -> None:
    (found,) = refused((SHARED_FILE, file(FIELDS | {"late": {"type": "boolean", "title": "逾期"}})))
    assert (found.file, found.element, found.code) == (SHARED_FILE, "late", "LEDGER_SCHEMA")


def test_a_districts_own_stands_over_the_shared_fields_and_hides_none(hill: Flask) -> None:
    models.deploy(
        SYSTEM, [(SHARED_FILE, file(FIELDS)), (OWN_FILE, own({"budget": {"title": "核定预算"}, "rank": {**FIELDS["budget"]}}))], NOW
    )
    schema = snapshot.library("hill").ledger
    assert schema is not None
    assert list(schema.fields) == [*FIELDS, "rank"]
    assert schema.fields["budget"].title == "核定预算"
    other = snapshot.library("valley").ledger
    assert other is not None
    assert list(other.fields) == list(FIELDS)


def test_a_new_shared_field_reaches_a_district_that_has_fields_of_its_own(hill: Flask) -> None:
    models.deploy(SYSTEM, [(SHARED_FILE, file(FIELDS)), (OWN_FILE, own({"budget": {"title": "核定预算"}}))], NOW)
    more = file(FIELDS | {"note": {"type": "string", "title": "说明", "x-owner": ["finance"]}})
    bundle = read([(SHARED_FILE, more)], None)
    tried = Trial(bundle.files)._view("hill").ledger
    assert tried is not None
    assert (tried.fields["note"].title, tried.fields["budget"].title) == ("说明", "核定预算")
    models.deploy(SYSTEM, [(SHARED_FILE, more)], NOW)
    schema = snapshot.library("hill").ledger
    assert schema is not None
    assert "note" in schema.fields


def test_a_district_retypes_nothing(hill: Flask) -> None:
    models.deploy(SYSTEM, [(SHARED_FILE, file(FIELDS))], NOW)
    (found,) = refused((OWN_FILE, own({"budget": {"type": "string"}})))
    assert (found.file, found.element, found.code) == (OWN_FILE, "budget/type", "LEDGER_SCHEMA")


def test_a_diagram_that_takes_away_what_a_fact_comes_from_is_refused(hill: Flask) -> None:
    models.deploy(SYSTEM, [(SHARED_FILE, file(FIELDS))], NOW)
    found = refused(("bpmn/permit.bpmn", PERMIT.replace(b'"end_approved"', b'"end_granted"')))
    assert ("LEDGER_NAME", "permitted/x-source") in {(finding.code, finding.element) for finding in found}


def test_without_a_file_there_is_no_ledger_schema(hill: Flask) -> None:
    assert snapshot.library("hill").ledger is None
