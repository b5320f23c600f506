"""SC-8-2, SC-8-3: Sucheng takes next year's declarations until 15 October is over, in Shanghai, whatever zone the server runs in."""

from typing import Any

import pytest
from flask import Flask

from app.domain.permissions import SYSTEM
from app.errors import InvalidForm
from app.services import inbox, projects, tasks
from tests.integration.districts.play import District, at

BOTH_DATABASES = pytest.mark.parametrize("config", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)


def drafted() -> tuple[District, int]:
    """Sucheng in September, the notice of 2027 issued, a declaration begun."""
    sucheng = District("sucheng", at("2026-09-01"))
    sucheng.announce()
    sucheng.advance(at("2026-09-10"))
    return sucheng, sucheng.declare("河道巡检平台")


def shown(sucheng: District, project: int) -> dict[str, Any]:
    """What the applicant finds in the form of the open declaration."""
    line = sucheng.task(project, "prepare_declaration")
    return dict(tasks.view(sucheng.performer(line), line.key, sucheng.now).data)


@BOTH_DATABASES
def test_the_last_second_of_15_october_is_in_time(app: Flask) -> None:
    sucheng, project = drafted()
    sucheng.advance(at("2026-10-15T23:59:59"))
    sucheng.do(sucheng.task(project, "prepare_declaration"))
    assert [line.element_id for line in sucheng.open(project)] == ["check_declaration"]
    assert projects.facts(SYSTEM, project)["firstSubmittedAt"] == "2026-10-15T23:59:59+08:00"


def test_at_midnight_it_is_refused_and_the_exempt_way_is_shown(app: Flask) -> None:
    sucheng, project = drafted()
    sucheng.advance(at("2026-10-16T00:00:00"))
    line = sucheng.task(project, "prepare_declaration")
    with pytest.raises(InvalidForm) as refused:
        sucheng.do(line, purpose="汛期前建成")
    (problem,) = refused.value.problems
    assert problem.path == "planYear"
    assert "SC-8-3" in problem.message
    assert "必须当年实施" in problem.message
    assert projects.facts(SYSTEM, project).get("firstSubmittedAt") is None
    assert projects.phase(SYSTEM, project) == "draft"
    assert sucheng.open(project, "check_declaration") == []
    assert [item.key for item in sucheng.open(project)] == [line.key], "a refused submission is no step"
    assert shown(sucheng, project)["purpose"] == "汛期前建成", "what was filled in is still there"


def test_the_exempt_way_leads_to_the_bureau(app: Flask) -> None:
    sucheng, project = drafted()
    sucheng.advance(at("2026-10-16T00:00:00"))
    exempt: dict[str, Any] = {"mandatedLevel": "市", "mustThisYear": True, "mandateBasis": "市政府文件3号"}
    with pytest.raises(InvalidForm) as refused:
        sucheng.do(sucheng.task(project, "prepare_declaration"), **exempt)
    assert [(problem.path, problem.message) for problem in refused.value.problems] == [("materials", "尚缺：上级明确建设要求的依据")]
    handed_in = [
        {"name": name, "files": [{"document": f"{name}.pdf"}]}
        for name in [*shown(sucheng, project)["requiredNames"], "上级明确建设要求的依据"]
    ]
    sucheng.do(sucheng.task(project, "prepare_declaration"), **exempt, materials=handed_in)
    line = sucheng.task(project, "recognise_exemption")
    assert line.key in [item.key for item in inbox.todo(sucheng.person("data_bureau"), sucheng.now).items]
    sucheng.do(line)
    assert [item.element_id for item in sucheng.open(project)] == ["check_declaration"]


def test_a_draft_survives_the_closing(app: Flask) -> None:
    sucheng, project = drafted()
    line = sucheng.task(project, "prepare_declaration")
    applicant = sucheng.performer(line)
    tasks.save_draft(applicant, line.key, {"purpose": "写到一半"}, sucheng.now)
    sucheng.advance(at("2026-11-30"))
    assert sucheng.task(project, "prepare_declaration").key == line.key
    assert shown(sucheng, project)["purpose"] == "写到一半"
    assert any("截止" in notice.title for notice in inbox.notifications(applicant, sucheng.now).items)
    with pytest.raises(InvalidForm):
        tasks.complete(applicant, line.key, {"purpose": "还是一半"}, sucheng.now)
    assert shown(sucheng, project)["purpose"] == "还是一半"


def test_what_was_in_time_may_be_corrected_after_the_closing(app: Flask) -> None:
    sucheng, project = drafted()
    sucheng.advance(at("2026-10-15T23:59:59"))
    sucheng.do(sucheng.task(project, "prepare_declaration"))
    sucheng.advance(at("2026-10-20"))
    sucheng.do(sucheng.task(project, "check_declaration"), acceptanceCheck="退回补正", checkReason="缺页")
    sucheng.advance(at("2026-10-22"))
    sucheng.do(sucheng.task(project, "correct_declaration"))
    again = sucheng.task(project, "check_declaration")
    offered = tasks.view(sucheng.performer(again), again.key, sucheng.now).data
    assert (offered.get("acceptanceCheck"), offered.get("checkReason")) == (None, None), "the former verdict is not offered again"
    sucheng.do(sucheng.task(project, "check_declaration"))
    assert projects.phase(SYSTEM, project) == "reviewing"
    assert projects.facts(SYSTEM, project)["firstSubmittedAt"] == "2026-10-15T23:59:59+08:00"
