"""What the cheapest dishonest official tries where others supervise: to report late or for others, to answer for the inspector, to pick what is checked."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.permissions import Actor
from app.errors import Failure, Forbidden
from app.services import projects, tasks
from app.store.tables import NotificationRow, RecordRow, db
from tests.integration.districts.evading import elements, refused
from tests.integration.districts.play import District, at
from tests.integration.districts.sheets import running
from tests.integration.districts.test_obligations import due, rows

INSPECTION = {"inspectionScope": "资金使用", "inspectionNote": "提供支付凭证", "responseDueOn": "2025-02-20"}
ORDER = {"orderNo": "督办〔2025〕1号", "orderContent": "限期说明情况", "responseDueOn": "2025-02-20"}
AUDIT = {"auditScope": "专项资金使用", "auditNoticeNo": "审通〔2025〕1号"}
POLICE, FINANCE, WATER, EDUCATION = "宿迁市公安局宿城分局", "宿城区财政局", "宿城区水利局", "宿城区教育局"


def begin(by: Actor, project: int, process: str, given: dict[str, Any], place: District) -> None:
    projects.start_process(by, project, process, place.now, given=given)


def notices(element: str) -> list[str]:
    found = list(db.session.scalars(select(NotificationRow.role).where(NotificationRow.element_id == element)))
    db.session.rollback()
    return found


@pytest.mark.requirement("SC-20-3", "SC-21-2")
def test_tests_begin_by_themselves_and_only_the_system_s_office_hands_them_in(app: Flask) -> None:
    place, project = running()
    assert due(project, "security_test") == due(project, "cryptography_evaluation") == ["2025-01-01"]
    lines = place.open(project, "submit_report")
    assert {(line.process_id, line.office) for line in lines} == {("security_test", WATER), ("cryptography_evaluation", WATER)}
    assert "ROLE_MISSING" in refused(place, lines[0], place.person("applicant", office=EDUCATION))
    for line in lines:
        place.do(line)
    reviews = {line.process_id: line for line in place.open(project, "review_report")}
    # The police review no security test, the owner reviews nothing, and a report that names problems is not passed by the reviewer either.
    assert "ROLE_MISSING" in refused(place, reviews["security_test"], place.person("applicant", office=WATER), reviewVerdict="符合要求")
    assert "ROLE_MISSING" in refused(place, reviews["security_test"], place.person("cryptography"), reviewVerdict="符合要求")
    place.do(reviews["security_test"], reviewVerdict="符合要求")
    place.do(reviews["cryptography_evaluation"], reviewVerdict="存在问题", issues="密钥没有更换", rectifyDueOn="2025-03-10")
    assert "rectify" in elements(place, project)
    assert [row["reviewVerdict"] for row in rows(project, "security_test")] == ["符合要求"]


@pytest.mark.requirement("SC-20-3", "SC-21-2", side="refused")
def test_whoever_lets_the_period_pass_is_told_of_to_those_who_supervise(app: Flask) -> None:
    place, project = running()
    place.advance(at("2026-01-05"))
    late = sorted(str(row["event"]) for row in rows(project, "overdue"))
    assert {"cryptography.evaluate", "security.test"} <= set(late)
    told_of = notices("submit_report")
    assert {"cyberspace", "cryptography"} <= set(told_of)
    assert "submit_report" in elements(place, project)  # late is not over


@pytest.mark.requirement("SC-31-1", "SC-31-2")
def test_only_the_inspecting_office_concludes_and_the_inspected_answers_nothing_for_it(app: Flask) -> None:
    place, project = running()
    for role in ("applicant", "big_data_centre", "auditor"):
        with pytest.raises(Forbidden):
            begin(place.person(role, office=WATER), project, "inspection", INSPECTION, place)
    begin(place.person("consultation", office=POLICE), project, "inspection", INSPECTION, place)
    begin(place.person("consultation", office=FINANCE), project, "inspection", INSPECTION, place)  # one does not wait for the other
    first, second = place.open(project, "respond_inspection")
    assert "truthful" in refused(place, first, truthful=False)
    place.do(first)
    (line,) = place.open(project, "conclude_inspection")
    assert line.office == POLICE
    assert "OFFICE_MISMATCH" in refused(place, line, place.person("consultation", office=FINANCE), concealmentFinding="无")
    assert "ROLE_MISSING" in refused(place, line, place.person("applicant", office=WATER), concealmentFinding="无")
    place.do(line, concealmentFinding="无", findingText=None)
    # Who says nothing until the day has passed cannot be cleared by the friend who inspects.
    place.advance(at("2025-02-21"))
    (line,) = place.open(project, "conclude_inspection")
    assert line.office == FINANCE
    assert "data_bureau" in notices("escalated")
    assert "no_answer" in refused(place, line, concealmentFinding="无") or "没有回应" in refused(place, line, concealmentFinding="无")
    place.do(line, concealmentFinding="拒绝", findingText="两次发函没有回应", issues="立即提供资料", rectifyDueOn="2025-03-10")
    assert [row["concealmentFinding"] for row in rows(project, "concealment")] == ["拒绝"]
    assert "rectify" in elements(place, project)
    assert second.key not in {one.key for one in place.open(project)}


@pytest.mark.requirement("SC-5-1")
def test_an_order_is_closed_by_the_bureau_alone(app: Flask) -> None:
    place, project = running()
    for role in ("applicant", "finance", "auditor"):
        with pytest.raises(Forbidden):
            begin(place.person(role, office=WATER), project, "supervision_order", ORDER, place)
    begin(place.person("data_bureau"), project, "supervision_order", ORDER, place)
    place.do(place.task(project, "reply_order"))
    line = place.task(project, "confirm_order")
    assert "ROLE_MISSING" in refused(place, line, place.person("applicant", office=WATER))
    place.advance(at("2025-02-19"))
    place.do(line)
    assert [row["orderNo"] for row in rows(project, "supervision_order_reply")] == [ORDER["orderNo"]]


@pytest.mark.requirement("SC-34-1")
def test_the_auditor_alone_audits_and_what_is_found_is_rectified(app: Flask) -> None:
    place, project = running()
    for role in ("applicant", "data_bureau", "finance", "finance_leader"):
        with pytest.raises(Forbidden):
            begin(place.person(role, office=WATER), project, "project_audit", AUDIT, place)
    auditor = place.person("auditor")
    begin(auditor, project, "project_audit", AUDIT, place)
    line = place.task(project, "record_findings")
    assert "ROLE_MISSING" in refused(place, line, place.person("data_bureau"))
    place.do(line, auditConclusion="须整改", issues="收回超付款项", rectifyDueOn="2025-03-10")
    assert [row["auditConclusion"] for row in rows(project, "audit_opinion")] == ["须整改"]
    # What is found the auditor finds, and nothing else: the rectification is not theirs to do or to confirm.
    rectify = place.task(project, "rectify")
    assert "ROLE_MISSING" in refused(place, rectify, auditor)


@pytest.mark.requirement("SC-32-3")
def test_a_system_is_closed_by_two_offices_and_not_by_its_friend_alone(app: Flask) -> None:
    place, project = running()
    place.advance(at("2025-06-01T08:00:00"))
    line = place.task(None, "propose_cleanup")
    assert "没有列出" in refused(place, line, cleanupItems=[]) or "逐个列出" in refused(place, line, cleanupItems=[])
    place.do(line, cleanupItems=[{"systemNo": "XT-001", "action": "关停", "reason": "已由新平台替代"}])
    confirming = place.task(None, "confirm_cleanup")
    assert "ROLE_MISSING" in refused(place, confirming, place.person("data_bureau"))
    assert "reclaim_forced" not in elements(place, project)
    place.do(confirming)
    place.advance(place.now + timedelta(minutes=5))
    assert {"reclaim_forced", "take_over_data"} <= set(elements(place, project))


@pytest.mark.requirement("SC-33-8")
def test_nobody_sees_the_other_s_number_and_a_draw_is_not_repeated(app: Flask) -> None:
    place, _ = running()
    place.advance(at("2025-04-01T08:00:00"))
    first = place.task(None, "give_first_number")
    assert "ROLE_MISSING" in refused(place, first, place.person("finance"))
    place.do(first, firstNumber=314)
    second = place.task(None, "give_second_number")
    bureau, finance = place.person("data_bureau"), place.person("finance")
    assert "ROLE_MISSING" in refused(place, second, bureau)
    with pytest.raises(Failure):
        tasks.view(finance, first.key, place.now)
    place.do(second, secondNumber=2718)
    (row,) = list(db.session.scalars(select(RecordRow.data).where(RecordRow.kind == "report_draw")))
    db.session.rollback()
    assert (row["firstNumber"], row["secondNumber"]) == (314, 2718)
    place.advance(at("2025-05-01"))
    assert not place.open(None, "give_first_number")
    with pytest.raises(Forbidden):
        projects.start_district_process(bureau, "report_draw", place.now)
