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
def test_whoever_is_concerned_asks_the_owner_says_what_is_right_and_the_bureau_agrees(app: Flask, district: str) -> None:
    """SC-16-2, FX-21-1, N19: the bureau sees that the number is wrong; the building office alone says what is right, and it is a fact by the bureau's word."""
    place, project = building(district)
    before = dict(facts(project))
    projects.start_process(place.person("data_bureau"), project, "correction", place.now, given=WRONG)
    line = place.task(project, "correct_contract")
    with pytest.raises(Forbidden):
        tasks.complete(place.person("data_bureau"), line.key, place.filled(line), place.now)
    assert "没有改动" in refused(place, line, newContractNo=before["contractNo"], correctionVerdict="更正")
    place.do(line, newContractNo="HT-2026-00001", correctionVerdict="更正")
    assert facts(project) == before
    confirming = place.task(project, "confirm_contract")
    with pytest.raises(Forbidden):
        tasks.complete(place.performer(place.task(project, "start_trial")), confirming.key, {"confirmVerdict": "同意更正"}, place.now)
    done = place.do(confirming)
    assert done.state == "completed"
    assert facts(project) == before | {"contractNo": "HT-2026-00001"}
    (change,) = db.session.execute(
        select(FactChangeRow).where(FactChangeRow.project_key == project, FactChangeRow.process_id == "correction")
    ).scalars()
    assert (change.field, change.before, change.after) == ("contractNo", before["contractNo"], "HT-2026-00001")
    rows = db.session.execute(select(RecordRow).where(RecordRow.project_key == project, RecordRow.kind == "correction")).scalars()
    (asked, agreed) = sorted(rows, key=lambda row: row.key)
    assert asked.data["correctionReason"] == agreed.data["correctionReason"] == "登记时抄录有误"
    assert [entry["name"] for entry in asked.data["correctionBasis"]] == ["合同原件"]
    assert (asked.data.get("confirmVerdict"), agreed.data["confirmVerdict"]) == (None, "同意更正")


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_there_is_nothing_to_correct_where_no_contract_is_registered(app: Flask, district: str) -> None:
    """The applicant wrote number, date and term of a contract that there was not, before the tender was reviewed."""
    place, project = begun(district)
    place.until(project, "submit_tender")
    before = dict(facts(project))
    projects.start_process(place.person("applicant", project=project), project, "correction", place.now, given=WRONG)
    line = place.task(project, "correct_contract")
    today = place.now.date().isoformat()
    own = {
        "newContractNo": "自拟合同-1",
        "newContractSignedOn": today,
        "newContractDays": 1,
        "newStartedOn": today,
        "newServiceEndOn": today,
    }
    assert "还没有登记合同" in refused(place, line, correctionVerdict="更正", **own)
    assert facts(project) == before


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_a_shorter_term_opens_no_trial_before_the_bureau_agrees(app: Flask, district: str) -> None:
    """FX-24-1, SC-24-3: the one office that gains by a shorter term and trial is not the one that makes them facts."""
    place, project = building(district)
    before = dict(facts(project))
    waits_for = place.task(project, "start_trial").follow_up_at
    projects.start_process(place.person("applicant", project=project), project, "correction", place.now, given=WRONG)
    place.do(place.task(project, "correct_contract"), correctionVerdict="更正", newContractDays=30, newTrialAmount=1)
    assert (facts(project), place.task(project, "start_trial").follow_up_at) == (before, waits_for)
    place.do(place.task(project, "confirm_contract"), confirmVerdict="不同意更正", confirmNote="与合同原件不符")
    assert (facts(project), place.task(project, "start_trial").follow_up_at) == (before, waits_for)


@pytest.mark.parametrize("district", ["fengxian", "sucheng"])
def test_no_contract_is_signed_nor_building_begun_after_the_trial_has(app: Flask, district: str) -> None:
    place, project = begun(district)
    place.until(project, "hold_acceptance")
    projects.start_process(place.person("applicant", project=project), project, "correction", place.now, given=WRONG)
    line = place.task(project, "correct_contract")
    today = place.now.date().isoformat()
    told = refused(place, line, correctionVerdict="更正", newContractSignedOn=today, newStartedOn=today, newTrialAmount=1)
    assert "签订日期不能晚于已经登记的" in told
    assert "开工（服务开始）日期不能晚于已经登记的" in told
    assert "试运行已经开始" in told


def test_what_was_right_when_it_was_asked_is_looked_at_again_when_the_bureau_agrees(app: Flask) -> None:
    """The trial has begun meanwhile: its length has been used."""
    place, project = building("sucheng")
    projects.start_process(place.person("applicant", project=project), project, "correction", place.now, given=WRONG)
    place.do(place.task(project, "correct_contract"), correctionVerdict="更正", newTrialAmount=60)
    trial = place.task(project, "start_trial")
    assert trial.follow_up_at is not None
    place.advance(trial.follow_up_at)
    place.do(trial)
    assert "试运行已经开始" in refused(place, place.task(project, "confirm_contract"), confirmVerdict="同意更正")


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
