"""Acceptance that comes too late: in Fengxian the bureau's thirty days (FX-24-3), in Sucheng six months from the start of the trial (SC-25-3)."""

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from app.domain.permissions import SYSTEM
from app.services import inbox, instances, projects
from tests.integration.districts.play import PLATFORM, District, at

BOTH_DATABASES = pytest.mark.parametrize("config", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)


def begun(district: str) -> tuple[District, int]:
    # Sucheng's regulation holds from the 2nd of December 2024; what is built in ninety days is on trial in the spring.
    sucheng = district == "sucheng"
    place = District(district, at("2025-09-01" if sucheng else "2024-09-01"), {**PLATFORM, "contractDays": 90} if sucheng else PLATFORM)
    place.announce()
    return place, place.declare("综合管理服务平台")


def overdue(place: District, project: int) -> list[Mapping[str, Any]]:
    """What is late of the acceptance: what begins by itself besides may be late, too."""
    rows = [record.data for record in projects.view(place.system, project, place.now).records if record.kind == "overdue"]
    return [row for row in rows if row["event"].startswith("acceptance.")]


def notices(place: District, role: str) -> list[str]:
    return [notice.title for notice in inbox.notifications(place.person(role), place.now).items]


def late(place: District, role: str) -> int:
    return inbox.counts(place.person(role), place.now).overdue


def applied_in_fengxian(received: str) -> tuple[District, int]:
    """A project whose complete application for acceptance the bureau has received at this instant."""
    fengxian, project = begun("fengxian")
    fengxian.until(project, "apply_acceptance")
    fengxian.advance(at(received))
    fengxian.do(fengxian.task(project, "apply_acceptance"))
    fengxian.do(fengxian.task(project, "confirm_by_leader"))
    fengxian.do(fengxian.task(project, "confirm_application"))
    return fengxian, project


@BOTH_DATABASES
def test_fengxians_bureau_is_overdue_when_day_thirty_is_over_without_a_meeting(app: Flask) -> None:
    """B33–B35."""
    fengxian, project = applied_in_fengxian("2026-03-02")
    line = fengxian.task(project, "hold_acceptance")
    assert line.due_at == at("2026-04-02T00:00:00")
    fengxian.advance(at("2026-04-01T23:59:59"))
    assert not fengxian.task(project, "hold_acceptance").overdue
    assert overdue(fengxian, project) == []
    assert late(fengxian, "data_bureau") == 0
    before = len(notices(fengxian, "data_bureau_leader"))
    fengxian.advance(at("2026-04-02T00:00:00"))
    assert fengxian.task(project, "hold_acceptance").overdue
    (record,) = overdue(fengxian, project)
    assert record["event"] == "acceptance.organise"
    assert late(fengxian, "data_bureau") == 1
    assert len(notices(fengxian, "data_bureau_leader")) == before + 1
    assert notices(fengxian, "data_bureau_leader")[0] == "已逾期:组织验收"


def test_a_late_meeting_is_still_held(app: Flask) -> None:
    fengxian, project = applied_in_fengxian("2026-03-02")
    fengxian.advance(at("2026-05-20"))
    assert len(overdue(fengxian, project)) == 1, "once, however long it lasts"
    fengxian.until(project, "apply_payment")
    assert projects.phase(SYSTEM, project) == "accepted"


def test_a_meeting_in_the_last_second_of_day_thirty_is_in_time(app: Flask) -> None:
    fengxian, project = applied_in_fengxian("2026-03-02")
    fengxian.advance(at("2026-04-01T23:59:59"))
    fengxian.do(fengxian.task(project, "hold_acceptance"))
    fengxian.advance(at("2026-04-03"))
    assert overdue(fengxian, project) == []


@pytest.mark.parametrize(
    ("received", "reminded", "due"),
    [
        ("2026-09-04", "2026-10-05", "2026-10-09"),  # B36, B37: day 30 is in the National Day week
        ("2026-01-20", "2026-02-20", "2026-02-25"),  # B38: in the week of Spring Festival
        ("2026-05-14", "2026-06-14", "2026-06-16"),  # B67: a Saturday
        ("2026-09-10", "2026-10-11", "2026-10-11"),  # B68: a Saturday on which offices work
    ],
)
def test_a_day_thirty_without_office_hours_moves_to_the_next_with(app: Flask, received: str, reminded: str, due: str) -> None:
    fengxian, project = applied_in_fengxian(received)
    line = fengxian.task(project, "hold_acceptance")
    assert (line.remind_at, line.due_at) == (at(f"{reminded}T00:00:00"), at(f"{due}T00:00:00"))


def test_a_new_application_after_rectification_is_counted_anew(app: Flask) -> None:
    """B39: FX-26-3."""
    fengxian, project = applied_in_fengxian("2026-03-02")
    fengxian.until(project, "conclude_acceptance")
    fengxian.do(fengxian.task(project, "conclude_acceptance"), acceptanceResult="不合格", issues=[{"issue": "两项功能未实现"}])
    fengxian.until(project, "apply_acceptance")
    fengxian.advance(at("2026-05-06"))
    fengxian.do(fengxian.task(project, "apply_acceptance"))
    fengxian.do(fengxian.task(project, "confirm_by_leader"))
    assert fengxian.task(project, "confirm_application").due_at == at("2026-06-06T00:00:00")


@BOTH_DATABASES
def test_six_months_after_the_trial_began_an_unfinished_sucheng_acceptance_is_escalated_and_stays_open(app: Flask) -> None:
    """B50–B52."""
    sucheng, project = begun("sucheng")
    sucheng.until(project, "start_trial")
    sucheng.advance(at("2026-03-10"))
    sucheng.do(sucheng.task(project, "start_trial"))
    sucheng.until(project, "hold_acceptance")
    assert sucheng.task(project, "hold_acceptance").due_at == at("2026-09-11T00:00:00")
    sucheng.advance(at("2026-09-10T23:59:59"))
    assert not sucheng.task(project, "hold_acceptance").overdue
    assert overdue(sucheng, project) == []
    sucheng.advance(at("2026-09-11T00:00:00"))
    (record,) = overdue(sucheng, project)
    assert record["event"] == "acceptance.latest"
    assert record["name"] == "组织竣工验收"
    assert "已逾期:组织竣工验收" in notices(sucheng, "data_bureau_leader")
    assert "试运行逾期未完成竣工验收" in notices(sucheng, "finance")
    assert projects.facts(SYSTEM, project)["trialOverdue"] is True
    assert sucheng.task(project, "hold_acceptance").overdue
    (running,) = instances.search(
        sucheng.system, instances.InstanceFilter(state="active", process_id="acceptance", project_key=project), sucheng.now
    ).items
    assert running.incidents == 0
    sucheng.until(project, "submit_report")
    assert projects.phase(SYSTEM, project) == "accepted"
    assert len(overdue(sucheng, project)) == 1
