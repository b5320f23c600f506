"""Fengxian: a conclusion is considered again, a declaration withdrawn, and what is public leaves out what is classified (N30, N02, N31)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.domain.permissions import SYSTEM
from app.errors import Failure
from app.services import projects, registers
from app.store.tables import ProjectRow, db
from tests.integration.districts.evading import begun, elements, facts, refused, start
from tests.integration.districts.play import District


def withdraw(place: District, project: int) -> None:
    applicant = place.person("applicant", project=project)
    projects.start_process(applicant, project, "withdrawal", place.now, given={"withdrawalReason": "工作安排有变化"})


@pytest.mark.requirement("FX-15-3", side="allowed")
def test_a_refusal_to_review_that_is_set_aside_is_reviewed_from_the_beginning(app: Flask) -> None:
    """N30: the project comes back out of its end, and only for the conclusion that there is; what has been concluded is withdrawn no more (N02)."""
    place, project = begun("fengxian")
    for line in place.open(project):
        place.do(line)
    place.until(project, "give_pre_review_opinion")
    while lines := place.open(project, "give_pre_review_opinion"):
        unreasonable = {**place.filled(lines[0])["findings"], "estimateReasonable": False}
        place.do(lines[0], findings=unreasonable, opinionText="经费测算不合理")
    place.do(place.task(project, "summarise_pre_review"))
    assert projects.phase(SYSTEM, project) == "rejected"
    with pytest.raises(Failure):
        withdraw(place, project)
    start(place, project, "reconsideration")
    line = place.task(project, "apply_reconsideration")
    assert "没有这项结论" in refused(place, line, reconsidered="评审不通过")
    place.do(line, reconsidered="不予评审")
    place.do(place.task(project, "decide_reconsideration"), reconsiderationResult="撤销")
    assert projects.phase(SYSTEM, project) == "reviewing"
    assert set(elements(place, project)) == {"give_pre_review_opinion"}


@pytest.mark.requirement("FX-15-1", side="allowed")
def test_a_draft_is_withdrawn_by_whoever_wrote_it_and_the_public_list_has_no_classified_project(app: Flask) -> None:
    """N02: every task of the project ends with it. N31: what is listed in a plan is public, but for what is classified."""
    place, withdrawn = begun("fengxian")
    withdraw(place, withdrawn)
    place.advance(place.now + timedelta(minutes=1))
    assert (projects.phase(SYSTEM, withdrawn), elements(place, withdrawn)) == ("withdrawn", [])
    listed = {place.declare(name): classified for name, classified in (("公开的平台", False), ("涉密的平台", True))}
    for key, classified in listed.items():
        known = {**facts(key), "listed": True, "classified": classified, "purpose": "服务群众"}
        db.session.execute(update(ProjectRow).where(ProjectRow.key == key).values(facts=known))
    db.session.commit()
    page = registers.page(place.person("data_bureau"), "report.public_list", registers.Filters(), place.now)
    assert [row.project_key for row in page.lines.items] == [key for key, classified in listed.items() if not classified]
