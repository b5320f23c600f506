"""Whether a process may be begun, answer by answer: the role, the project and its phase, what runs or ran, the year of the district."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.acts import openings
from app.catalogue import snapshot
from app.domain.districts import District, ProcessInfo
from app.domain.permissions import Actor, Membership
from app.errors import Conflict, Failure, Forbidden, InvalidRequest, NotFound
from app.services import instances, projects, repair
from app.store.tables import ProcessInstanceRow, ProjectRow, VariableRow
from tests.integration.services.conftest import NOW, Cast
from tests.integration.store.life import all_of

ALLOWED = (True, "ALLOWED", "可以发起")


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Says of a process of hill what the district's file could."""
    real = snapshot.district

    def say(process: str, **given: Any) -> None:
        def district(tenant: str) -> District:
            found = real(tenant)
            known = found.processes.get(process, ProcessInfo(process))
            return replace(found, processes={**found.processes, process: replace(known, **given)})

        monkeypatch.setattr(snapshot, "district", district)

    return say


def may(actor: Actor, process: str, project: Any = None, now: datetime = NOW) -> tuple[bool, str, str]:
    verdict = openings.may_begin(actor, process, project, now)
    return verdict.allowed, verdict.code, verdict.reason


def project_of(cast: Cast) -> dict[str, Any]:
    key, _ = projects.start(cast.alice, "permit", "平台", NOW)
    (row,) = (row for row in all_of(ProjectRow) if row["key"] == key)
    return row


def test_a_process_of_a_project_is_begun_with_one_and_any_other_without(cast: Cast) -> None:
    project = project_of(cast)
    assert may(cast.alice, "permit") == (False, "PROJECT_REQUIRED", "这项流程属于一个项目:请从项目页发起,或以 projectKey 指明项目")
    assert may(cast.fred, "permit")[1] == "ROLE_MISSING"
    assert may(cast.dora, "year_notice", project) == (False, "NO_PROJECT", "这项流程不属于某一个项目,不能从项目发起")
    assert may(cast.dora, "year_notice") == ALLOWED
    assert may(cast.alice, "year_notice")[1] == "ROLE_MISSING"
    assert may(cast.dora, "nothing")[1] == may(cast.dora, "nothing", project)[1] == "NOT_STARTABLE"
    assert may(cast.dora, "inspection", project)[1] == "WRONG_PHASE"
    assert may(cast.dora, "inspection", {**project, "phase": "declared"}) == ALLOWED
    assert may(cast.bob, "permit", project)[1] == "NOT_YOUR_PROJECT"


def test_one_at_a_time_and_once_in_a_projects_life_unless_it_is_repeated(cast: Cast, rules: Any) -> None:
    project = project_of(cast)
    running = (False, "ALREADY_RUNNING", "本项目的这项流程正在办理,不能重复发起")
    assert may(cast.alice, "permit", project) == running
    (tree,) = all_of(ProcessInstanceRow)
    repair.cancel(cast.root, tree["key"], "x", NOW)
    assert may(cast.alice, "permit", project) == ALLOWED, "permit is repeated"
    rules("permit", repeat=False)
    assert may(cast.alice, "permit", project) == (False, "ALREADY_DONE", "本项目已办过这项流程,不能再次发起")
    with pytest.raises(Conflict) as refused:
        openings.begin(cast.alice, "permit", project, {}, NOW)
    assert (refused.value.code, refused.value.message) == ("ALREADY_DONE", "本项目已办过这项流程,不能再次发起")
    other = project_of(cast)
    assert may(cast.alice, "permit", other) == running


def test_once_in_a_year_of_the_district(cast: Cast, rules: Any) -> None:
    projects.start_district_process(cast.dora, "year_notice", NOW)
    told = (False, "ALREADY_RUNNING", "本年度的这项流程正在办理,或已经办过")
    midnight = datetime(2026, 12, 31, 16, tzinfo=UTC)  # in hill
    assert may(cast.dora, "year_notice") == may(cast.dora, "year_notice", now=midnight - timedelta(seconds=1)) == told
    assert may(cast.dora, "year_notice", now=midnight) == ALLOWED, "last year's may still be open"
    assert may(cast.dora, "year_notice", now=NOW - timedelta(days=365)) == ALLOWED
    (tree,) = all_of(ProcessInstanceRow)
    repair.cancel(cast.root, tree["key"], "x", NOW)
    assert may(cast.dora, "year_notice") == told
    rules("year_notice", repeat=True)
    assert may(cast.dora, "year_notice") == ALLOWED
    projects.start_district_process(cast.dora, "year_notice", NOW)
    assert may(cast.dora, "year_notice") == told


def test_matters_of_the_district_go_on_side_by_side(cast: Cast, rules: Any) -> None:
    rules("year_notice", per="matter")
    for _ in range(2):
        projects.start_district_process(cast.dora, "year_notice", NOW)
        assert may(cast.dora, "year_notice") == ALLOWED
    assert len(all_of(ProcessInstanceRow)) == 2
    assert may(cast.alice, "year_notice")[1] == "ROLE_MISSING"
    assert may(cast.dora, "year_notice", project_of(cast))[1] == "NO_PROJECT"


def test_a_new_project_stands_in_its_first_phase_and_belongs_to_its_offices(cast: Cast, rules: Any) -> None:
    def opened(actor: Actor, phase: str = "draft", relation: str = "applicant") -> str:
        return str(openings.may_open(actor, "permit", phase, relation).code)

    assert opened(cast.alice) == "ALLOWED"
    assert opened(cast.alice, phase="trial") == "WRONG_PHASE"
    assert opened(cast.alice, relation="implementer") == "NOT_YOUR_PROJECT"
    assert opened(cast.fred) == "ROLE_MISSING"
    rules("permit", enabled=False)
    assert opened(cast.alice) == "NOT_STARTABLE"


def test_what_the_ledger_knows_goes_along_and_before_what_is_given(cast: Cast) -> None:
    project = {**project_of(cast), "phase": "declared", "facts": {"totalAmount": 7, "projectName": "旧"}}
    tree = openings.begin(cast.dora, "inspection", project, {"totalAmount": 9, "projectKey": "9", "note": "x"}, NOW)
    known = {row["name"]: row["value"] for row in all_of(VariableRow) if row["root_key"] == tree.root_key}
    assert {name: known[name] for name in ("totalAmount", "note", "projectKey", "projectName", "applicantOffice")} == {
        "totalAmount": 7, "note": "x", "projectKey": str(project["key"]), "projectName": "平台", "applicantOffice": "教育局",
    }  # fmt: skip
    assert tree.project is not None
    assert tree.project["key"] == project["key"]
    assert openings.declares("hill", "inspection") is openings.declares("hill", "nothing") is False


def test_what_cannot_begin_is_refused_in_words(cast: Cast, rules: Any) -> None:
    rules("unknown", enabled=True, start_role="data_bureau", per="year")
    for act, kind, code, told in (
        (lambda: openings.begin(cast.dora, "unknown", None, {}, NOW), NotFound, "NOT_FOUND", "没有部署流程“unknown”,请联系业务分析员"),
        (lambda: openings.begin(cast.alice, "year_notice", None, {}, NOW), Forbidden, "ROLE_MISSING", "此事项由“数据局”办理"),
        (
            lambda: openings.begin(cast.dora, "year_notice", None, {}, NOW, confirmed={"x": "y"}),
            InvalidRequest, "CHECK_UNKNOWN", "这项流程没有发起表单,没有可以说明理由的检查",
        ),
    ):  # fmt: skip
        with pytest.raises(Failure) as refused:
            act()
        assert isinstance(refused.value, kind)
        assert (str(refused.value.code), told in refused.value.message) == (code, True), refused.value.message
    assert all_of(ProcessInstanceRow) == []


def test_whoever_begins_is_noted_with_what_they_said(cast: Cast) -> None:
    homeless = Actor(cast.dora.user, "dora", "杜数", "hill", (Membership("data_bureau", 1, "山丘区数据局"),))
    line = instances.create(homeless, "year_notice", {"note": "x"}, NOW)
    page = instances.view(cast.root, line.key, NOW)
    assert {variable.name: variable.value for variable in page.variables if not variable.scope}["note"] == "x"
    assert openings._office(homeless) == "山丘区数据局"
    assert openings._office(replace(homeless, memberships=())) == ""
    assert openings._role(cast.dora, "year_notice") == "data_bureau"
    assert openings._role(cast.alice, "year_notice") is openings._role(cast.dora, "nothing") is None
