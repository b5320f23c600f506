"""A shared form says no clause; on each district's page its fields cite those whose carriers name them in that district's register."""

import json
from pathlib import Path

import pytest
from flask import Flask

from app.domain.forms import Form
from app.web import form_island

FORM = Path(__file__).parents[3] / "forms" / "declaration.check_declaration.json"


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("district", "clause"), [("fengxian", "FX-15-1"), ("sucheng", "SC-5-1")])
def test_a_field_of_a_shared_form_cites_the_district_s_own_clause(app: Flask, district: str, clause: str) -> None:
    form = Form.parse(FORM.read_bytes())
    with app.test_request_context():
        given = form_island.given_to(form, {}, tenant=district, complete="/", back="/")
    cited = given["form"]["schema"]["properties"]["acceptanceCheck"]["x-clauses"]
    assert clause in cited.split()
    assert given["clauses"][clause]["article"].startswith("第")
    assert {one.partition("-")[0] for one in given["clauses"]} == {clause[:2]}
    assert "x-clauses" not in json.dumps(form.schema)
