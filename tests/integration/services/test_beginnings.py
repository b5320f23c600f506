"""Beginning a process over ``/v2`` obeys the rules of the page: the role, the project and its phase, once in a life, once a year, the version in force."""

from datetime import timedelta

import pytest

from app.domain.permissions import SYSTEM
from app.errors import Conflict, Failure, Forbidden, InvalidRequest, NotFound
from app.services import instances, models, projects, tasks
from tests.integration.services.conftest import DATA, NOW, Cast
from tests.integration.services.test_permit import APPLICATION


def project_of(cast: Cast) -> int:
    return projects.start(cast.alice, "permit", "教育平台", NOW)[0]


def test_a_process_of_a_project_needs_one(cast: Cast) -> None:
    for process, who in (("permit", cast.alice), ("inspection", cast.dora)):
        with pytest.raises(Forbidden) as refused:
            instances.create(who, process, {}, NOW)
        assert refused.value.code == "PROJECT_REQUIRED"


def test_it_begins_in_the_projects_phases_only_and_knows_what_the_ledger_knows(cast: Cast) -> None:
    key, task = projects.start(cast.alice, "permit", "教育平台", NOW)
    with pytest.raises(Forbidden) as early:
        instances.create(cast.dora, "inspection", {}, NOW, project_key=key)
    assert early.value.code == "WRONG_PHASE"
    tasks.complete(cast.alice, task, APPLICATION, NOW)
    line = instances.create(cast.dora, "inspection", {"projectName": "别的项目", "note": "x"}, NOW, project_key=key)
    assert (line.project_key, line.incidents) == (key, 0)
    variables = {item.name: item.value for item in instances.view(cast.root, line.key, NOW).variables}
    assert (variables["projectName"], variables["projectKey"], variables["note"]) == ("教育平台", str(key), "x")


@pytest.mark.parametrize("who", ["bob", "val", "root", "ann"])
def test_nobody_begins_what_the_page_does_not_let_them_begin(cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    key = project_of(cast)
    on_page, over_api = [], []
    for begin, said in (
        (lambda: projects.start_process(actor, key, "permit", NOW), on_page),
        (lambda: instances.create(actor, "permit", {}, NOW, project_key=key), over_api),
    ):
        with pytest.raises(Failure) as refused:
            begin()
        said.append(refused.value.code)
    assert over_api == on_page


def test_what_runs_already_does_not_begin_again(cast: Cast) -> None:
    key = project_of(cast)
    with pytest.raises(Conflict) as page:
        projects.start_process(cast.alice, key, "permit", NOW)
    with pytest.raises(Conflict) as api:
        instances.create(cast.alice, "permit", {}, NOW, project_key=key)
    assert page.value.code == api.value.code == "ALREADY_RUNNING"


def test_what_is_once_a_year_is_once_a_year(cast: Cast) -> None:
    instances.create(cast.dora, "year_notice", {}, NOW)
    for begin in (
        lambda: instances.create(cast.dora, "year_notice", {}, NOW),
        lambda: projects.start_district_process(cast.dora, "year_notice", NOW),
    ):
        with pytest.raises(Conflict) as refused:
            begin()
        assert refused.value.code == "ALREADY_RUNNING"
    assert instances.create(cast.dora, "year_notice", {}, NOW + timedelta(days=365)).state == "active"


def test_a_process_of_the_district_takes_no_project(cast: Cast) -> None:
    with pytest.raises(Forbidden) as refused:
        instances.create(cast.dora, "year_notice", {}, NOW, project_key=project_of(cast))
    assert refused.value.code == "NO_PROJECT"


def test_an_older_version_is_not_begun_by_hand(cast: Cast) -> None:
    old = (DATA / "bpmn" / "year_notice.bpmn").read_bytes()
    first = next(line for line in models.definitions(SYSTEM, "<default>") if line.id == "year_notice")
    models.deploy(
        SYSTEM, [("bpmn/year_notice.bpmn", old.replace(b"</bpmn:definitions>", b"<!-- 2 --></bpmn:definitions>"))], NOW, source="cli"
    )
    for chosen in ({"version": 1}, {"definition_key": first.key}):
        with pytest.raises(InvalidRequest) as refused:
            instances.create(cast.dora, "year_notice", {}, NOW, **chosen)
        assert refused.value.code == "VERSION"
    assert instances.create(cast.dora, "year_notice", {}, NOW).version == 2


def test_a_new_project_begins_only_with_what_begins_in_its_first_phase(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        projects.start(cast.dora, "inspection", "绕过申报", NOW)


def test_an_unknown_project_is_told(cast: Cast) -> None:
    with pytest.raises(NotFound):
        instances.create(cast.alice, "permit", {}, NOW, project_key=5)
