"""A process whose none start event has a form: its fields and nothing else, checked as a task's form is, on the page and over ``/v2``."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.permissions import SYSTEM
from app.errors import Conflict, Forbidden, InvalidForm, InvalidRequest, NotFound
from app.playing import player
from app.services import inbox, instances, messages, models, projects, tasks, trail
from app.store.tables import AuditEntryRow, DecisionEvaluationRow, ProcessInstanceRow, db
from tests.integration.services.conftest import DATA, NOW, Cast
from tests.integration.services.test_form_checks import LIMITS
from tests.integration.services.test_permit import APPLICATION

pytestmark = pytest.mark.one_database

INSPECTION = (DATA / "bpmn" / "inspection.bpmn").read_bytes()
PLAIN = b'<bpmn:startEvent id="by_hand" name="\xe4\xba\xba\xe5\xb7\xa5\xe5\x8f\x91\xe8\xb5\xb7">'
WITH_FORM = PLAIN + b'<bpmn:extensionElements><zeebe:formDefinition formId="inspection.begin"/></bpmn:extensionElements>'
FORM = {
    "id": "inspection.begin",
    "title": "发起检查",
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["plannedOn"],
        "properties": {
            "plannedOn": {"type": "string", "format": "date", "title": "计划日期", "examples": ["=string(today())"]},
            "scope": {"type": "string", "title": "范围"},
            "amount": {"type": "number", "title": "金额"},
            "totalAmount": {"type": "number", "title": "申请金额", "x-keep": True},
        },
        "x-checks": [
            {"id": "past", "when": "date(plannedOn) < today()", "message": "计划日期不能早于今天", "field": "plannedOn"},
            {"id": "phase", "when": 'project.phase != "declared"', "message": "项目不在已申报阶段"},
            {"id": "limit", "decision": "permit_limits", "message": "限额", "field": "amount", "confirm": True},
        ],
    },
}
GIVEN = {"plannedOn": "2026-03-11", "amount": 1}
Begin = Callable[..., int]


@pytest.fixture
def project(cast: Cast) -> int:
    """A declared project, and the process that needs a form to begin."""
    assert PLAIN in INSPECTION
    bundle = [
        ("bpmn/inspection.bpmn", INSPECTION.replace(PLAIN, WITH_FORM)),
        ("forms/inspection.begin.json", json.dumps(FORM).encode()),
        ("dmn/permit_limits.dmn", LIMITS),
    ]
    models.deploy(SYSTEM, bundle, NOW, source="cli")
    key, task = projects.start(cast.alice, "permit", "教育平台", NOW)
    tasks.complete(cast.alice, task, APPLICATION, NOW)
    return key


@pytest.fixture(params=["page", "api"])
def begin(request: pytest.FixtureRequest, cast: Cast, project: int) -> Begin:
    def on_page(given: dict[str, Any], confirmed: dict[str, Any] | None = None) -> int:
        task = projects.start_process(cast.dora, project, "inspection", NOW, given=given, confirmed=confirmed)
        return tasks.line(cast.dora, task, NOW).root_key

    def over_api(given: dict[str, Any], confirmed: dict[str, Any] | None = None) -> int:
        return instances.create(cast.dora, "inspection", given, NOW, project_key=project, confirmed=confirmed).key

    return on_page if request.param == "page" else over_api


def counted() -> list[int]:
    tables = (ProcessInstanceRow, AuditEntryRow, DecisionEvaluationRow)
    return [db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({}, [("plannedOn", "REQUIRED")]),
        (GIVEN | {"projectName": "别的"}, [("projectName", "UNDECLARED")]),
        (GIVEN | {"plannedOn": "2026-03-09"}, [("plannedOn", "CHECK")]),
        (GIVEN | {"plannedOn": "　", "amount": 9000}, [("plannedOn", "REQUIRED"), ("amount", "CHECK")]),
    ],
)
def test_what_the_form_does_not_take_begins_nothing(begin: Begin, given: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    before = counted()
    with pytest.raises(InvalidForm) as refused:
        begin(given)
    assert [(problem.path, problem.code) for problem in refused.value.problems] == problems
    assert counted() == before


def test_it_begins_with_the_forms_values_and_what_the_platform_knows(begin: Begin, cast: Cast, project: int) -> None:
    root = begin(GIVEN | {"scope": " "})
    variables = {item.name: item.value for item in instances.view(cast.root, root, NOW).variables}
    assert (variables["plannedOn"], variables["scope"], variables["projectKey"]) == ("2026-03-11", None, str(project))
    row = db.session.execute(select(DecisionEvaluationRow).where(DecisionEvaluationRow.decision_id == "permit_limits")).scalar_one()
    assert (row.root_key, row.element_id, row.output) == (root, "by_hand", [])


def test_a_check_is_set_aside_with_a_reason_that_the_next_person_and_the_auditor_see(begin: Begin, cast: Cast, project: int) -> None:
    with pytest.raises(InvalidForm):
        begin(GIVEN | {"amount": 9000}, {"limit": " "})
    root = begin(GIVEN | {"amount": 9000}, {"limit": "集中更新"})
    entry = db.session.execute(
        select(AuditEntryRow).where(AuditEntryRow.chain == root, AuditEntryRow.action == "process.start")
    ).scalar_one()
    assert [one["reason"] for one in entry.details["overrides"]] == ["集中更新"]
    assert entry.user_name == "杜数"
    inspect = next(line for line in inbox.todo(cast.dora, NOW).items if line.element_id == "inspect")
    view = tasks.view(cast.dora, inspect.key, NOW)
    begun = next(one for one in view.timeline if one.element == "by_hand")
    assert (begun.person, [(one.message, one.reason) for one in begun.overrides]) == ("杜数", [("金额超过常规限额", "集中更新")])
    assert view.before == begun
    assert trail.verify(SYSTEM).problems == []


def test_whoever_plays_fills_it_in_from_its_examples(cast: Cast, project: int) -> None:
    given = player.beginning(cast.dora, "inspection", project, {"scope": "全部"}, NOW)
    assert (given["plannedOn"], given["scope"]) == ("2026-03-10", "全部")
    assert projects.start_process(cast.dora, project, "inspection", NOW, given=given)
    assert player.beginning(cast.dora, "year_notice", None, {}, NOW) == {}


def test_the_diagram_tells_the_form_of_its_start(cast: Cast, project: int) -> None:
    projects.start_process(cast.dora, project, "inspection", NOW, given=GIVEN)
    inspect = next(line for line in inbox.todo(cast.dora, NOW).items if line.element_id == "inspect")
    elements = tasks.view(cast.dora, inspect.key, NOW).diagram.elements
    said = {fact.title: [line.text for line in fact.lines] for fact in elements["by_hand"].facts}
    assert said["表单"] == ["发起检查（第 1 版）"]


def test_a_message_begins_it_without_a_form(cast: Cast, project: int) -> None:
    messages.publish(SYSTEM, "inspection_requested", str(project), {"reason": "抽查"}, NOW, tenant="hill")
    assert [line.process_id for line in instances.search(cast.root, instances.InstanceFilter(process_id="inspection"), NOW).items]


def test_the_page_offers_the_form_and_opens_it_with_what_it_keeps(cast: Cast, project: int) -> None:
    offered = {one.process_id: one.has_form for one in projects.view(cast.dora, project, NOW).startable}
    assert offered["inspection"]
    page = projects.start_form(cast.dora, "inspection", project, NOW)
    assert (page.name, page.project_name, dict(page.data)) == ("检查", "教育平台", {"totalAmount": 5000})
    with pytest.raises(Forbidden):
        projects.start_form(cast.alice, "inspection", project, NOW)
    with pytest.raises(NotFound):
        projects.start_form(cast.dora, "year_notice", None, NOW)
    projects.start_process(cast.dora, project, "inspection", NOW, given=GIVEN)
    with pytest.raises((Conflict, Forbidden)):
        projects.start_form(cast.dora, "inspection", project, NOW)


def test_a_process_without_a_form_takes_any_variables_and_no_reasons(cast: Cast) -> None:
    with pytest.raises(InvalidRequest, match="没有发起表单"):
        projects.start_district_process(cast.dora, "year_notice", NOW, confirmed={"limit": "急"})
    projects.start_district_process(cast.dora, "year_notice", NOW, given={"anything": 1})
