"""An office is chosen for what it has to do next: the page offers and the server takes only those in which somebody holds the role.

Source: SC-16-1, SC-19-2, SC-33-6, SC-33-9, FX-21-1, FX-31-1.
"""

import pytest
from flask import Flask

from app.acts import named
from app.catalogue import snapshot
from app.domain.form_values import HELD
from app.domain.forms import Form
from app.domain.permissions import SYSTEM
from app.services import offices, people, register
from app.web import form_island
from tests.integration.districts.play import District, at

CHOSEN = {
    "sucheng": (("procurement.conduct_procurement", "awardedOffice"), ("procurement.register_supervisor", "supervisorOffice")),
    "fengxian": (("procurement.conduct_central_procurement", "awardedOffice"), ("om_evaluation.file_plan", "userOffice")),
}


def _form(district: str, form_id: str) -> Form:
    found = snapshot.library(district).reference("form", form_id)
    assert found is not None
    return snapshot.form(found.key)


@pytest.mark.parametrize("district", CHOSEN)
def test_an_office_in_which_nobody_holds_the_role_is_neither_offered_nor_taken(app: Flask, district: str) -> None:
    place = District(district, at("2026-09-01"))
    every = {one.name: {"key": str(one.key), "name": one.name} for one in offices.listing(place.person("security_admin"), district)}
    finance = next(value for name, value in every.items() if name.endswith("财政局"))
    for form_id, field in CHOSEN[district]:
        form = _form(district, form_id)
        role = form.fields[field][HELD]
        asked = set(form_island._formats(form.schema))  # what the page brings to choose from
        assert f"office:{role}" in asked
        seats = register.choices(SYSTEM, district, offices=False, people=False, seated=[role]).seats[role]
        fitting = [one.name for one in seats]
        assert fitting
        assert finance["name"] not in fitting
        assert named.problems(district, named.of_form(form, {field: every[fitting[0]]})) == []
        (problem,) = named.problems(district, named.of_form(form, {field: finance}))
        assert (problem.path, problem.code) == (field, "OFFICE")
        assert "没有担任" in problem.message


def test_the_last_who_held_the_role_is_gone(app: Flask) -> None:
    """SC-19-2: the supervisor's only clerk leaves: the office can be chosen no more, and again when somebody follows."""
    place = District("sucheng", at("2026-09-01"))
    clerk = place.person("supervisor")
    office = clerk.office_in("supervisor")
    assert office is not None
    form, value = _form("sucheng", "procurement.register_supervisor"), {"key": str(office.office), "name": office.office_name}
    assert named.problems("sucheng", named.of_form(form, {"supervisorOffice": value})) == []
    people.disable(SYSTEM, clerk.username, "离职", place.now)
    (problem,) = named.problems("sucheng", named.of_form(form, {"supervisorOffice": value}))
    assert "选了以后没有人能办" in problem.message
    people.enable(SYSTEM, clerk.username, "返岗", place.now)
    assert named.problems("sucheng", named.of_form(form, {"supervisorOffice": value})) == []
