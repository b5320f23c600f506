"""Queries over the ledger: the project's own rows, those that count, in their order."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.acts.transaction import act
from app.store import ledger
from app.store.tables import ApprovalRow, FactChangeRow, NumberRow, ProjectOfficeRow, ProjectRow, RecordRow, TaskCandidateRow
from tests.integration.store.life import NOW, Life, Values, all_of, keys_of, row_of

LATER = NOW + timedelta(days=1)


def test_a_project_is_written_only_over_the_version_that_was_read(life: Life) -> None:
    project, other, school = life.project("甲", version=3), life.project("乙", version=3), life.office("教育局")
    values: dict[str, Any] = {
        "number": "H-1", "name": "甲二", "phase": "trial", "applicant_key": school, "applicant_office": "教育局", "plan_year": 2026,
        "total_amount": Decimal("10.50"), "contract_amount": Decimal("9.25"), "facts": {"a": 1}, "offices": {"applicant": [[school, "教育局"]]},
        "phases": [["trial", "x"]], "approved": ["a"], "unconfirmed": ["a"], "alias": "", "updated_at": LATER,
    }  # fmt: skip
    with act():
        assert ledger.save_project(project["key"], 2, values) is False
        assert ledger.save_project(project["key"], 3, values) is True
    assert row_of(ProjectRow, project["key"]) == {**project, **values, "version": 4}
    assert row_of(ProjectRow, other["key"]) == other
    assert ledger.count_projects() == 2


def test_offices_in_a_relation_are_set_and_others_stay(life: Life) -> None:
    one, two, school, water = life.project("甲"), life.project("乙"), life.office("教育局"), life.office("水利局")
    for project, role in ((one, "applicant"), (one, "builder"), (two, "builder")):
        life.part(project, role, school)
    with act():
        ledger.set_offices(one["key"], "builder", [water])
    assert [(row["project_key"], row["role"], row["organisation_key"]) for row in all_of(ProjectOfficeRow)] == [
        (one["key"], "applicant", school), (one["key"], "builder", water), (two["key"], "builder", school),
    ]  # fmt: skip


def record(life: Life, tree: Values, element_id: str = "deal", **given: Any) -> Values:
    place = {"instance_key": tree["key"], "scope": 0, "item": 0, "round": 1, **given}
    return life.record(root_key=tree["root_key"], element_id=element_id, **place)


def test_only_the_row_of_the_place_is_superseded_and_only_once(life: Life) -> None:
    tree, other = life.tree(), life.tree()
    mine = record(life, tree)
    rest = [
        record(life, tree, superseded_at=NOW, round=2), record(life, tree, item=1), record(life, tree, "fee"), record(life, other),
        record(life, tree, scope=3),
    ]  # fmt: skip
    with act():
        ledger.supersede(tree["key"], "deal", LATER, place={"instance_key": tree["key"], "scope": 0, "item": 0})
    assert all_of(RecordRow) == [{**mine, "superseded_at": LATER}, *rest]
    with act():
        ledger.supersede(tree["key"], "deal", LATER, place={})
    assert [row["superseded_at"] for row in all_of(RecordRow)] == [LATER, NOW, LATER, None, None, LATER]


def test_open_tasks_of_a_project_say_who_may_do_them(life: Life) -> None:
    project, other = life.project("甲"), life.project("乙")
    tree = life.tree(project_key=project["key"])
    task = life.task(tree, 1, candidate_groups=["a"], candidate_users=["b"], assignee="dora")
    life.task(tree, 2, state="completed")
    life.task(life.tree(project_key=other["key"]), 3)
    assert ledger.open_tasks_of(project["key"]) == [
        {"key": task["key"], "tenant": "hill", "candidate_groups": ["a"], "candidate_users": ["b"], "assignee": "dora", "office_key": None}
    ]


def test_candidates_of_tasks_are_replaced_and_those_of_others_stay(life: Life) -> None:
    tree = life.tree()
    one, two, three = (life.task(tree, number) for number in range(3))
    for task in (one, two, three):
        life.candidate(task, "finance", 3)
    with act():
        ledger.replace_candidates([one["key"], two["key"]], [{"task_key": one["key"], "role": "auditor", "office_key": 4, "username": ""}])
    assert [(row["task_key"], row["role"], row["office_key"]) for row in all_of(TaskCandidateRow)] == [
        (one["key"], "auditor", 4), (three["key"], "finance", 3),
    ]  # fmt: skip


def test_numbers_run_by_district_kind_and_year_from_one(life: Life) -> None:
    with act():
        asked = [("hill", "deal", 2026), ("hill", "deal", 2026), ("hill", "deal", 2027), ("hill", "fee", 2026), ("valley", "deal", 2026)]
        assert [ledger.next_number(*one) for one in asked] == [1, 2, 1, 1, 1]
        assert ledger.next_number("hill", "deal", 2026) == 3
    assert {(row["tenant"], row["kind"], row["year"], row["last"]) for row in all_of(NumberRow)} == {
        ("hill", "deal", 2026, 3), ("hill", "deal", 2027, 1), ("hill", "fee", 2026, 1), ("valley", "deal", 2026, 1),
    }  # fmt: skip


def test_organisations_are_the_districts(life: Life) -> None:
    school, water, foreign = life.office("教育局"), life.office("水利局"), life.office("教育局", "valley")
    assert ledger.organisation("hill", "教育局") == school
    assert ledger.organisation("valley", "教育局") == foreign
    assert ledger.organisation("valley", "水利局") is None
    assert ledger.organisations("hill", [school, foreign]) == [(school, "教育局")]
    assert sorted(ledger.organisations("hill", [school, water])) == [(school, "教育局"), (water, "水利局")]


def approval(life: Life, tree: Values, **given: Any) -> Values:
    given = {
        "tenant": "hill",
        "root_key": tree["root_key"],
        "instance_key": tree["key"],
        "round": 1,
        "required": 1,
        "digest": "d",
        "holds": True,
        **given,
    }
    return life.put(ApprovalRow, approved_values={}, **given)


def test_approvals_are_the_projects_or_the_trees_oldest_first_and_lapse_for_good(life: Life) -> None:
    project = life.project("甲")
    tree, plain = life.tree(project_key=project["key"]), life.tree()
    second = approval(life, tree, key=902, project_key=project["key"])
    first, other = approval(life, plain, key=901, project_key=project["key"]), approval(life, plain, key=903)
    assert [row._mapping for row in ledger.approvals(project["key"], plain["key"])] == [first, second]
    assert keys_of(ledger.approvals(None, plain["key"])) == [901, 903]
    with act():
        ledger.lapse(902, ["a", "b"], LATER)
    assert row_of(ApprovalRow, 902) == {**second, "lapsed_at": LATER, "lapsed_names": ["a", "b"]}
    with act():
        ledger.lapse(902, ["c"], NOW)
    assert row_of(ApprovalRow, 902) == {**second, "lapsed_at": LATER, "lapsed_names": ["a", "b"]}
    assert [row_of(ApprovalRow, key) for key in (901, 903)] == [first, other]


def test_changes_since_a_version_are_those_after_it_of_the_fields_asked_for(life: Life) -> None:
    project, other = life.project("甲"), life.project("乙")

    def change(key: int, field: str, version: int, whose: Values = project) -> None:
        life.put(
            FactChangeRow, key=key, tenant="hill", project_key=whose["key"], field=field, before=None, after=key, project_version=version, right_kind="form",
            user_name=f"u{key}",
        )  # fmt: skip

    for key, field, version in ((5, "a", 4), (4, "b", 5), (3, "c", 5), (2, "a", 3), (1, "a", 6)):
        change(key, field, version)
    change(6, "a", 9, other)
    assert [tuple(row) for row in ledger.changes_since(project["key"], 3, ["a", "b"])] == [
        ("a", None, "u1"),
        ("b", None, "u4"),
        ("a", None, "u5"),
    ]
    assert ledger.changes_since(project["key"], 3, []) == []


def test_a_projects_changes_stand_newest_first_and_of_each_field_the_last_by_a_right_is_found(life: Life) -> None:
    project, other = life.project("甲"), life.project("乙")
    for key, field, right, whose in (
        (1, "a", "migrated", project), (2, "a", "import", project), (3, "a", "form", project), (4, "b", "migrated", project), (5, "phase", "connector", project),
        (6, "a", "migrated", other), (7, "c", "set", project),
    ):  # fmt: skip
        life.put(
            FactChangeRow, key=key, tenant="hill", project_key=whose["key"], field=field, before=None, after=key, project_version=key, right_kind=right, user_name=f"u{key}"
        )  # fmt: skip
    assert [row.key for row in ledger.changes_of(project["key"], without=["phase"], limit=9)] == [7, 4, 3, 2, 1]
    assert [row.key for row in ledger.changes_of(project["key"], without=[], limit=2)] == [7, 5]
    found = ledger.written_last(project["key"], ["a", "b", "c"], ["migrated", "import"])
    assert {field: (row.right_kind, row.user_name) for field, row in found.items()} == {"a": ("import", "u2"), "b": ("migrated", "u4")}
    assert ledger.written_last(project["key"], [], ["migrated"]) == {}


def test_records_of_a_project_or_of_the_district_are_current_and_of_the_kind(life: Life) -> None:
    project = life.project("甲")
    second, first = life.record(key=902, project_key=project["key"]), life.record(key=901, project_key=project["key"])
    life.record("fee", project_key=project["key"])
    life.record(project_key=project["key"], superseded_at=NOW)
    loose, foreign = life.record(key=903), life.record(key=904, tenant="valley")
    assert [row._mapping for row in ledger.records("hill", "deal", project["key"])] == [first, second]
    assert keys_of(ledger.records("hill", "deal", None)) == [901, 902, loose["key"]]
    assert keys_of(ledger.records("valley", "deal", None)) == [foreign["key"]]


def test_projects_of_a_district_by_phase_and_year_oldest_first(life: Life) -> None:
    second = life.project("乙", key=902, phase="trial", plan_year=2026, applicant_office="教育局", facts={"a": 1})
    first = life.project("甲", key=901, phase="draft", plan_year=2027)
    third, zero = life.project("丙", key=903, phase="trial", plan_year=2027), life.project("丁", key=904, phase="ended", plan_year=0)
    life.project("戊", key=900, tenant="valley", phase="trial", plan_year=2026)
    keys = [row["key"] for row in (first, second, third, zero)]
    assert keys_of(ledger.projects("hill", [], None)) == keys
    assert keys_of(ledger.projects("hill", ["trial"], None)) == [902, 903]
    assert keys_of(ledger.projects("hill", ["trial", "draft"], 2027)) == [901, 903]
    assert keys_of(ledger.projects("hill", [], 2026)) == [902]
    assert keys_of(ledger.projects("hill", [], 0)) == [904]
    found = next(iter(ledger.projects("hill", [], 2026)))
    assert tuple(found) == (902, "乙", "trial", second["applicant_key"], "教育局", {"a": 1}, second["offices"])


def test_records_of_an_office_are_those_of_its_projects_that_count(life: Life) -> None:
    school, water = life.office("教育局"), life.office("水利局")
    mine, own, theirs = (life.project(name, applicant_key=office) for name, office in (("甲", school), ("乙", school), ("丙", water)))
    first, second = life.record(project_key=mine["key"]), life.record(project_key=own["key"])
    life.record(project_key=mine["key"], superseded_at=NOW)
    life.record(project_key=mine["key"], kind="fee")
    life.record(project_key=mine["key"], tenant="valley")
    life.record(project_key=theirs["key"])
    assert keys_of(ledger.records_of_office("hill", "deal", school)) == [first["key"], second["key"]]
