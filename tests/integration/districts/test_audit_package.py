"""SC-34-1: the auditor takes along everything that is kept of a project, and can write none of it."""

import json

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.permissions import SYSTEM
from app.errors import Forbidden
from app.services import instants, packages, trail
from tests.integration.districts.play import District
from tests.integration.districts.sheets import running
from tests.integration.districts.test_evasions_of_supervision import ORDER, begin
from tests.integration.districts.test_statements import sign_in


def done() -> tuple[District, int]:
    """A project with an order that was answered, tasks that wait, and a decision that was taken."""
    place, project = running()
    begin(place.person("data_bureau"), project, "supervision_order", ORDER, place)
    place.do(place.task(project, "reply_order"))
    place.do(place.open(project, "submit_report")[0])
    return place, project


@pytest.mark.requirement("SC-34-1")
def test_the_package_holds_tasks_versions_decisions_and_instants(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    made = create_app(config)
    with made.app_context():
        place, project = done()
        auditor, other = place.person("auditor").username, place.person("data_bureau").username
        monkeypatch.setattr(instants, "now", lambda: place.now)
    client, _ = sign_in(made, auditor)
    assert "导出审计包" in client.get(f"/projects/{project}").text
    answer = client.get(f"/projects/{project}/package")
    assert answer.status_code == 200
    package = json.loads(answer.data)
    (reply,) = [task for task in package["tasks"] if task["element_id"] == "reply_order"]
    assert reply["form_id"] == "supervision_order.reply_order"
    assert reply["form_version"] >= 1
    assert reply["answer"]["reply"]
    assert reply["completed_name"]
    assert reply["closed_at"] >= reply["opened_at"]
    (last,) = [taken for taken in package["decisions"] if taken["decision_id"] == "last_examination"][:1]
    assert last["version"] >= 1
    assert last["inputs"] is not None
    assert {row["kind"] for row in package["records"]} >= {"supervision_order", "system"}
    assert [change["right_kind"] for change in package["changes"]] == ["import", "import"]
    entries = [entry for entry in package["audit"] if entry["action"] == "task.complete"]
    assert len(entries) == 2
    assert all(entry["mac"] for entry in entries)
    assert sign_in(made, other)[0].get(f"/projects/{project}/package").status_code == 403


@pytest.mark.requirement("SC-34-1", side="refused")
def test_only_an_auditor_of_the_district_takes_it_and_that_is_in_the_trail(app: Flask) -> None:
    place, project = done()
    for role in ("applicant", "data_bureau", "finance"):
        with pytest.raises(Forbidden):
            packages.of_project(place.person(role), project, place.now)
    before = packages.of_project(place.person("auditor"), project, place.now)
    after = packages.of_project(place.person("auditor"), project, place.now)
    assert [entry["action"] for entry in after["audit"] if entry not in before["audit"]] == ["project.package"]
    assert trail.verify(SYSTEM).problems in ((), [])
