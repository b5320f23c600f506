"""Lists of projects: what is found, what is not, in which order, with which numbers."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import true

from app.acts.transaction import act
from app.store import projects
from app.store.tables import ProjectOfficeRow, ProjectRow
from tests.integration.store.life import NOW, Life, all_of, keys_of


def found(*conditions: object, limit: int = 10, offset: int = 0) -> tuple[list[str], int]:
    rows, total = projects.search(conditions, limit=limit, offset=offset)  # type: ignore[arg-type]
    return [row.name for row in rows], total


def test_a_project_is_read_as_it_was_written_with_its_offices_as_rows(life: Life) -> None:
    school, water = life.office("教育局"), life.office("水利局")
    project = life.project("不要", number="0") | {
        "key": life.key(), "name": "智慧校园", "number": "H-2026-1", "applicant_key": school, "applicant_office": "教育局", "plan_year": 2026,
        "total_amount": Decimal("10.50"), "contract_amount": Decimal("9.25"), "facts": {"a": 1}, "phases": [["draft", "x"]], "approved": ["a"], "unconfirmed": ["a"],
        "offices": {"applicant": [[school, "教育局"]], "implementer": [[school, "教育局"], [water, "水利局"]]},
    }  # fmt: skip
    with act():
        projects.insert(project)
    assert projects.one(project["key"]) == project
    assert projects.one(project["key"] + 99) is None
    assert projects.offices(project["key"]) == project["offices"]
    assert [(row["project_key"], row["role"], row["organisation_key"]) for row in all_of(ProjectOfficeRow)] == [
        (project["key"], "applicant", school),
        (project["key"], "implementer", school),
        (project["key"], "implementer", water),
    ]
    assert len(all_of(ProjectRow)) == 2


def test_the_last_changed_stand_first_and_of_two_at_once_the_newer(life: Life) -> None:
    for name, minutes in (("甲", 0), ("乙", 2), ("丙", 1), ("丁", 1)):
        life.project(name, updated_at=NOW + timedelta(minutes=minutes))
    assert found(true()) == (["乙", "丁", "丙", "甲"], 4)
    assert found(true(), limit=2) == (["乙", "丁"], 4)
    assert found(true(), limit=2, offset=1) == (["丁", "丙"], 4)
    assert found(ProjectRow.name != "乙") == (["丁", "丙", "甲"], 3)


def test_only_open_tasks_of_the_project_itself_count_and_the_first_due_of_these_is_told(life: Life) -> None:
    mine, other, idle = life.project("甲"), life.project("乙"), life.project("丙")
    tree, elsewhere = life.tree(project_key=mine["key"]), life.tree(project_key=other["key"])
    early, due = NOW - timedelta(days=9), NOW + timedelta(days=1)
    life.task(tree, 1, due_at=due + timedelta(days=1))
    life.task(tree, 2, due_at=due)
    life.task(tree, 3)
    life.task(tree, 4, due_at=early, state="completed")
    life.task(elsewhere, 5, due_at=early)
    rows, total = projects.search([true()], limit=10, offset=0)
    assert total == 3
    assert {row.name: (row.open_tasks, row.first_due) for row in rows} == {"甲": (3, due), "乙": (1, early), "丙": (0, None)}
    assert {row.key for row in rows} == {mine["key"], other["key"], idle["key"]}


def test_a_filter_keeps_what_it_says_and_one_that_is_not_set_keeps_all(life: Life) -> None:
    life.project("智慧校园", number="H-1", phase="draft", plan_year=2026, applicant_office="教育局")
    life.project("智慧水利", number="校-2", phase="trial", plan_year=2027, applicant_office="区水利局")
    life.project("100%开放", number="H_3", phase="trial", plan_year=0, applicant_office="水_局")
    assert projects.matching("", "", None, "", []) == []

    def named(text: str = "", phase: str = "", year: int | None = None, office: str = "") -> set[str]:
        return set(found(*projects.matching(text, phase, year, office, []))[0])

    assert named(text="校") == {"智慧校园", "智慧水利"}
    assert named(text="校园") == {"智慧校园"}
    assert named(text="%") == {"100%开放"}
    assert named(text="H_") == {"100%开放"}
    assert named(phase="trial") == {"智慧水利", "100%开放"}
    assert named(phase="trial", text="智慧") == {"智慧水利"}
    assert named(year=2026) == {"智慧校园"}
    assert named(year=0) == {"100%开放"}
    assert named(office="水利") == {"智慧水利"}
    assert named(office="_") == {"100%开放"}
    assert named(text="校", office="教育") == {"智慧校园"}


def test_projects_of_a_district_and_of_offices(life: Life) -> None:
    school, water, fire = life.office("教育局"), life.office("水利局"), life.office("消防局")
    one, two, three = life.project("甲"), life.project("乙"), life.project("丙", tenant="valley")
    life.part(one, "applicant", school)
    life.part(one, "implementer", water)
    life.part(two, "applicant", water)
    life.part(three, "applicant", fire)
    assert found(projects.in_tenant("hill")) == (["乙", "甲"], 2)
    assert found(projects.in_tenant("valley")) == (["丙"], 1)
    assert found(projects.of_offices([school])) == (["甲"], 1)
    assert found(projects.of_offices([water])) == (["乙", "甲"], 2)
    assert found(projects.of_offices([school, fire])) == (["丙", "甲"], 2)
    assert found(projects.of_offices([])) == ([], 0)
    assert keys_of(projects.search([projects.of_offices([school])], limit=1, offset=0)[0]) == [one["key"]]


def test_a_classified_project_is_found_by_its_name_in_its_own_office_alone(life: Life) -> None:
    office = life.office("保密单位")
    life.project("指挥平台", applicant_key=office, alias="涉密项目（H-9）")
    life.project("指挥大厅", applicant_key=life.office("教育局"))
    assert found(*projects.matching("指挥", "", None, "", []))[0] == ["指挥大厅"]
    assert set(found(*projects.matching("指挥", "", None, "", [office]))[0]) == {"指挥平台", "指挥大厅"}
    assert found(*projects.matching("涉密", "", None, "", []))[0] == ["指挥平台"], "by its alias"
