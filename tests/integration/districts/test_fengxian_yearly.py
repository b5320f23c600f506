"""What Fengxian's regulation wants of every project or of the district each year begins by itself, without holding anything up."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.permissions import SYSTEM
from app.errors import Failure
from app.services import projects
from app.store.tables import ObligationRow, db
from tests.integration.districts.evading import begun, elements, start
from tests.integration.districts.play import District, at
from tests.integration.districts.test_data_operations import Operations
from tests.integration.districts.test_obligations import due, rows


def by_hand(place: District, project: int, process: str, role: str, **given: Any) -> None:
    """The office that inspects begins at any time and says why; nobody else does, and not without a reason."""
    inspector = place.person(role, project=project)
    for person, filled in ((place.person("applicant", project=project), given), (inspector, given | {"inspectionReason": " "})):
        with pytest.raises(Failure):
            projects.start_process(person, project, process, place.now, given=filled)
    projects.start_process(inspector, project, process, place.now, given=given)


@pytest.mark.requirement("FX-5-10")
@pytest.mark.requirement("FX-5-12")
@pytest.mark.requirement("FX-27-1", side="allowed")
@pytest.mark.requirement("FX-32-1")
@pytest.mark.requirement("FX-22-4")
def test_security_duties_and_performance_are_looked_after_every_year_and_operation_stops_by_finance(app: Flask) -> None:
    """The project goes on meanwhile; who evaluates the service decides about money alone, who evaluates the project about upgrades."""
    place, project = begun("fengxian")
    place.until_phase(project, "building")
    by_hand(place, project, "inspection", "cyberspace", inspectionReason="上级通报涉及本系统")
    by_hand(place, project, "fund_inspection", "finance", inspectionReason="年度资金检查", inspectionScope=["资金使用"])
    place.do(place.open(project, "inspect_duties")[0])
    place.do(place.open(project, "inspect_funds")[0])
    assert [row["inspectionReason"] for row in rows(project, "inspection")] == ["上级通报涉及本系统"]
    year = place.now.year if place.now < at(f"{place.now.year}-09-01") else place.now.year + 1
    before = projects.phase(SYSTEM, project)
    place.advance(at(f"{year}-09-01") + timedelta(hours=1))
    assert f"{year}-09-01" in due(project, "inspection")
    duty = place.open(project, "inspect_duties")[0]
    place.do(
        duty, duties=[{"duty": "明确责任人", "met": "未落实"}], dutyFinding="须整改", demands="明确责任人", rectifyDueOn=f"{year}-10-01"
    )
    assert "answer_inspection" in elements(place, project)
    assert projects.phase(SYSTEM, project) == before
    place.until_phase(project, "operating")
    assert [(row["systemNo"], row["lifecycle"]) for row in rows(project, "system")] == [(f"P{project}", "已建")]  # FX-27-1
    year = place.now.year if place.now < at(f"{place.now.year}-11-01") else place.now.year + 1
    place.advance(at(f"{year}-11-01") + timedelta(hours=1))
    assert f"{year}-11-01" in due(project, "evaluation")
    place.do(place.open(project, "conclude_evaluation")[0], conclusion="未通过", issues="使用率低", rectifyDueOn=f"{year}-12-20")
    assert (projects.facts(SYSTEM, project).get("evalResult"), projects.facts(SYSTEM, project).get("serviceResult")) == ("未通过", None)

    start(place, project, "om_stop")
    place.do(place.task(project, "report_stop"))
    with pytest.raises(Failure):
        place.do(place.task(project, "confirm_stop"), omStopped=False)
    place.do(place.task(project, "confirm_stop"))
    assert projects.facts(SYSTEM, project)["omStopped"] is True
    assert not [line for line in place.open(project) if line.process_id == "om_evaluation"]  # nobody could complete it
    assert len(rows(project, "om_stop")) == 1


@pytest.mark.requirement("FX-35-1")
def test_the_data_operations_of_a_year_are_assessed_and_not_where_there_were_none(app: Flask) -> None:
    place = Operations()
    place.do(place.until_task("request_payment"))
    place.advance(at("2026-12-01") + timedelta(hours=1))
    assert len(place.open(None, "open_assessment")) == 1
    place.advance(at("2027-12-01") + timedelta(hours=1))
    assert len(place.open(None, "open_assessment")) == 1  # of 2026, whose time is over; in 2027 nothing was verified
    periods = db.session.scalars(select(ObligationRow.period).where(ObligationRow.process_id == "data_assessment")).all()
    assert [period[:10] for period in sorted(periods)][-2:] == ["2026-12-01", "2027-12-01"]
