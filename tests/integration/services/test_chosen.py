"""Offices and people in a form are chosen from the register: what is typed, unknown, closed, another's or called otherwise is refused at its field."""

from typing import Any

import pytest

from app.domain.permissions import SYSTEM
from app.errors import Forbidden, InvalidForm
from app.services import offices, people, projects, register, tasks
from app.web import form_island
from tests.integration.services import declaring as t
from tests.integration.services import test_offices_of_tasks as o
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_reading import statements
from tests.unit.engine import diagrams as d

OFFICE = {"type": "object", "x-format": "office"}
PERSON = {"type": "object", "x-format": "person"}
ROW = {"type": "object", "properties": {"who": {**OFFICE, "title": "单位"}}}
FORM = t.form("choose", {"lead": OFFICE, "signers": {"type": "array", "items": OFFICE}, "rows": {"type": "array", "items": ROW}, "reviewer": PERSON})  # fmt: skip


def deploy(*start: str) -> None:
    task = t.task("choose", "data_bureau", form="choose")
    t.deploy(FORM, t.diagram(d.start(), task, t.task("seen", "data_bureau"), d.end("end"), d.chain("start", "choose", "seen", "end")))


def refused(cast: Cast, **data: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidForm) as found:
        t.complete(cast.dora, "choose", **data)
    return [(problem.path, str(problem.code), problem.message) for problem in found.value.problems]


def test_what_is_chosen_is_taken(cast: Cast) -> None:
    deploy()
    t.begin(cast.alice)
    water, lea = o.office("水利局"), {"key": str(cast.lea.user), "name": "李局"}
    t.complete(cast.dora, "choose", lead=water, signers=[water, o.office("教育局")], rows=[{"who": water}], reviewer=lea)
    seen = t.shown(cast.dora, "seen")
    assert (seen["lead"], seen["reviewer"], len(seen["signers"])) == (water, lea, 2)


@pytest.mark.parametrize(
    ("name", "value", "path"), [("lead", "水利局", "lead"), ("signers", ["水利局"], "signers/0"), ("reviewer", "李局", "reviewer")]
)
def test_what_is_typed_is_refused(cast: Cast, name: str, value: Any, path: str) -> None:
    deploy()
    t.begin(cast.alice)
    assert {found[0] for found in refused(cast, **{name: value})} == {path}


def test_one_that_there_is_not_is_refused_at_its_field(cast: Cast) -> None:
    deploy()
    t.begin(cast.alice)
    ghost, water = {"key": "77", "name": "幽灵局"}, o.office("水利局")
    assert refused(cast, lead=ghost) == [("lead", "OFFICE", "“lead”应从登记的单位中选择:“幽灵局”不是登记的单位")]
    assert refused(cast, signers=[water, ghost]) == [("signers/1", "OFFICE", "“signers·第2行”应从登记的单位中选择:“幽灵局”不是登记的单位")]
    assert refused(cast, rows=[{"who": ghost}])[0][:2] == ("rows/0/who", "OFFICE")
    assert refused(cast, lead={**water, "name": "水务局"})[0][2].endswith("这一编号登记的是水利局,不是“水务局”")
    assert refused(cast, lead={"key": "x" * 40, "name": "某局"})[0][1] == "OFFICE"
    assert refused(cast, lead=o.office("水利局") | {"key": "9" * 30})[0][1] == "OFFICE"


def test_another_district_s_is_refused(cast: Cast) -> None:
    deploy()
    t.begin(cast.alice)
    valley = cast.val.memberships[0]
    assert refused(cast, lead={"key": str(valley.office), "name": valley.office_name})[0][1] == "OFFICE"
    assert (
        refused(cast, reviewer={"key": str(cast.val.user), "name": "瓦尔"})[0][2] == "“reviewer”应从登记的人员中选择:“瓦尔”不是本区的人员"
    )
    with pytest.raises(Forbidden):
        register.choices(cast.val, "hill", offices=True, people=False)


def test_a_closed_office_and_a_disabled_person_are_refused_and_not_offered(cast: Cast) -> None:
    deploy()
    offices.create(SYSTEM, "hill", "档案局", NOW)
    archive = o.office("档案局")
    t.begin(cast.alice)
    assert "档案局" in [one.name for one in register.choices(cast.dora, "hill", offices=True, people=False).offices]
    offices.close(SYSTEM, "hill", "档案局", "并入教育局", NOW)
    people.disable(SYSTEM, "bob", "调离", NOW)
    assert refused(cast, lead=archive)[0][2] == "“lead”应从登记的单位中选择:档案局已撤销"
    assert refused(cast, reviewer={"key": str(cast.bob.user), "name": "鲍勃"})[0][2] == "“reviewer”应从登记的人员中选择:鲍勃的账号已停用"
    assert refused(cast, reviewer={"key": str(cast.root.user), "name": "系管"})[0][1] == "PERSON"  # does no tasks
    found = register.choices(cast.dora, "hill", offices=True, people=True)
    assert "档案局" not in [one.name for one in found.offices]
    assert {one.name for one in found.people} == {"艾丽", "冯财", "杜数", "李局", "安析"}


def test_offices_by_role_are_looked_up_once_for_each_role(cast: Cast) -> None:
    few = statements(lambda: register.choices(cast.dora, "hill", offices=False, people=False, seated=["finance"]))
    for number in range(5):
        offices.create(SYSTEM, "hill", f"新设第{number}局", NOW)
    more = statements(lambda: register.choices(cast.dora, "hill", offices=False, people=False, seated=["finance"]))
    assert more == few == 2


def test_a_start_form_chooses_too(cast: Cast) -> None:
    start = d.start("start", "", '<zeebe:formDefinition formId="choose"/>')
    t.deploy(FORM, t.diagram(start, t.task("seen", "data_bureau"), d.end("end"), d.chain("start", "seen", "end")))
    with pytest.raises(InvalidForm) as found:
        projects.start(cast.alice, "permit", "平台", NOW, variables={"lead": {"key": "77", "name": "幽灵局"}})
    assert [problem.path for problem in found.value.problems] == ["lead"]


def test_the_page_gives_what_may_be_chosen_and_only_where_something_is(cast: Cast) -> None:
    deploy()
    t.begin(cast.alice)
    form = tasks.view(cast.dora, t.open_task(cast.dora, "choose"), NOW).form
    assert form is not None
    assert sorted(set(form_island._formats(form.schema))) == ["office", "person"]
    assert list(form_island._formats({"properties": {"a": {"type": "string"}}})) == []
