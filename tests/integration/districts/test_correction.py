"""A wrong fact of the ledger: whoever is concerned asks, the office that answers for it mends it, and nobody else."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.permissions import VerdictCode
from app.errors import Conflict, Failure, Forbidden
from app.services import projects, tasks
from app.store.tables import FactChangeRow, RecordRow, db
from tests.integration.districts.play import District
from tests.integration.districts.test_evasions import begun, facts, refused

WRONG: dict[str, Any] = {
    "correctionSubject": "合同事项",
    "wrongFact": "合同编号少登一位",
    "rightFact": "以合同原件的编号为准",
    "correctionReason": "登记时抄录有误",
    "correctionBasis": [{"name": "合同原件"}],
}


def building(district: str) -> tuple[District, int]:
    """A project with a contract that is being built."""
    place, project = begun(district)
    place.until(project, "start_trial")
    return place, project


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_whoever_is_concerned_asks_and_the_owner_corrects(app: Flask, district: str) -> None:
    """SC-16-2, FX-21-1: the bureau sees that the number is wrong; the building office alone mends it, with reason and document kept."""
    place, project = building(district)
    before = dict(facts(project))
    projects.start_process(place.person("data_bureau"), project, "correction", place.now, given=WRONG)
    line = place.task(project, "correct_contract")
    with pytest.raises(Forbidden):
        tasks.complete(place.person("data_bureau"), line.key, place.filled(line), place.now)
    known = {
        name: before.get(name) for name in ("contractAmount", "contractSignedOn", "contractDays", "trialAmount", "trialUnit", "startedOn")
    }
    assert "没有改动" in refused(place, line, **known, contractNo=before["contractNo"], correctionVerdict="更正")
    done = tasks.complete(
        place.performer(line),
        line.key,
        place.filled(line, {**known, "contractNo": "HT-2026-00001", "correctionVerdict": "更正"}),
        place.now,
    )
    assert (done.state, done.incidents) == ("completed", ())
    assert facts(project) == before | {"contractNo": "HT-2026-00001"}
    (change,) = db.session.execute(
        select(FactChangeRow).where(FactChangeRow.project_key == project, FactChangeRow.process_id == "correction")
    ).scalars()
    assert (change.field, change.before, change.after) == ("contractNo", before["contractNo"], "HT-2026-00001")
    (row,) = db.session.execute(select(RecordRow).where(RecordRow.project_key == project, RecordRow.kind == "correction")).scalars()
    assert row.data["correctionReason"] == "登记时抄录有误"
    assert [entry["name"] for entry in row.data["correctionBasis"]] == ["合同原件"]


def test_nobody_asks_who_may_not_see_the_project_nor_twice_at_a_time(app: Flask) -> None:
    place, project = building("sucheng")
    stranger = place.person("applicant", office="宿城区水利局")
    with pytest.raises(Forbidden) as failure:
        projects.start_process(stranger, project, "correction", place.now, given=WRONG)
    assert failure.value.code == VerdictCode.NOT_YOUR_PROJECT
    with pytest.raises(Failure):
        projects.start_process(place.person("finance"), project, "correction", place.now, given={**WRONG, "correctionBasis": []})
    projects.start_process(place.person("finance"), project, "correction", place.now, given=WRONG)
    with pytest.raises(Conflict) as again:
        projects.start_process(place.person("data_bureau"), project, "correction", place.now, given=WRONG)
    assert again.value.code == VerdictCode.ALREADY_RUNNING


def test_the_budget_is_corrected_by_finance_alone_and_what_was_approved_of_it_lapses(app: Flask) -> None:
    """SC-10-20: an approval is of values; the building office cannot reach the amount by asking for it."""
    place, project = building("sucheng")
    asked = {**WRONG, "correctionSubject": "批复预算", "wrongFact": "多登一元", "rightFact": "以审核意见为准"}
    projects.start_process(place.person("applicant", project=project), project, "correction", place.now, given=asked)
    line = place.task(project, "correct_budget")
    with pytest.raises(Forbidden):
        tasks.complete(
            place.person("applicant", project=project), line.key, {"correctionVerdict": "更正", "approvedBudget": 99_000_000}, place.now
        )
    amount = facts(project)["approvedBudget"]
    place.do(line, correctionVerdict="更正", approvedBudget=amount - 1)
    assert facts(project)["approvedBudget"] == amount - 1
    told = {view.task: view for view in projects.view(place.system, project, place.now).approvals}
    assert any(view.lapsed and any("预算" in name for name in view.lapsed) for view in told.values()), told
