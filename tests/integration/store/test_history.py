"""What happened, for timelines and the pages of instances: only what belongs there, in its order, with what stands beside it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import true

from app.store import history
from app.store.tables import ProcessInstanceRow
from tests.integration.store.life import NOW, Life, Values, keys_of


@pytest.fixture
def trees(life: Life) -> tuple[Values, Values, Values]:
    """A tree of a project, what it has called, and a tree of none."""
    project = life.project("甲")
    tree = life.tree(project_key=project["key"], overrides=[{"check": "1"}], version_tag="v1")
    called = life.called(tree, project_key=project["key"])
    return tree, called, life.tree(process_id="plain", process_name="无项目", tenant="valley")


def test_visits_of_a_project_of_a_tree_and_of_some_types(life: Life, trees: tuple[Values, Values, Values]) -> None:
    tree, called, plain = trees
    dora = life.person("dora")
    second, first = life.element(tree, 2, key=7002, loop_counter=3), life.element(tree, 1, "start", key=7001, type="startEvent")
    inner, elsewhere = life.element(called, 3, "pay", key=7003), life.element(plain, 1, key=7000)
    task = life.task(
        tree, 2, state="completed", completed_by=dora, completed_name="杜数", completed_role="data_bureau", completed_office="数据局", outcome="同意",
        overrides=[{"check": "2"}], candidate_groups=["data_bureau"],
    )  # fmt: skip
    life.task(plain, 2, state="completed", completed_by=life.person("fred"))
    life.task(plain, 1, element_id="other")
    project = tree["project_key"]
    assert keys_of(history.elements(project_key=project)) == [7001, 7002, 7003]
    assert keys_of(history.elements(root_key=tree["key"])) == [7001, 7002, 7003]
    assert keys_of(history.elements(root_key=plain["key"])) == [elsewhere["key"]]
    assert keys_of(history.elements(project_key=project, types=["startEvent"])) == [first["key"]]
    assert keys_of(history.elements(root_key=tree["key"], types=["startEvent", "userTask"])) == [7001, 7002, 7003]
    assert keys_of(history.elements(root_key=tree["key"], types=[])) == []
    seen = history.elements(root_key=tree["key"])[1]._mapping
    assert {name: seen[name] for name in second} == second
    assert (seen["process_id"], seen["process_name"], seen["definition_key"]) == ("permit", "许可", tree["definition_key"])
    assert (seen["begun_with"], seen["task_key"], seen["username"]) == ([{"check": "1"}], task["key"], "dora")
    said = ("completed_name", "completed_role", "completed_office", "outcome", "overrides", "returned_to", "candidate_groups")
    assert {name: seen[name] for name in said} == {name: task[name] for name in said}
    bare = history.elements(root_key=called["root_key"])[2]._mapping
    assert (bare["key"], bare["process_id"], bare["task_key"], bare["username"], bare["begun_with"]) == (
        inner["key"],
        "fees",
        None,
        None,
        None,
    )
    assert [row.element for row in history.instance_elements(tree["key"])] == [1, 2]
    assert [dict(row._mapping) for row in history.instance_elements(called["key"])] == [inner]


def test_visits_are_counted_by_element_and_state_inner_ones_apart(life: Life, trees: tuple[Values, Values, Values]) -> None:
    tree, called, _ = trees
    life.element(tree, 1, "give")
    life.element(tree, 2, "give", loop_counter=1, state="completed")
    life.element(tree, 5, "give", loop_counter=2, state="completed")
    life.element(tree, 4, "give", state="completed")
    life.element(tree, 3, "start", state="completed")
    life.element(called, 6, "give", state="completed")
    seen = {(row.element_id, row.state): (row.number, row.inner, row.first, row.last) for row in history.visits(tree["key"])}
    assert seen == {("give", "active"): (1, 0, 1, 1), ("give", "completed"): (3, 2, 2, 5), ("start", "completed"): (1, 0, 3, 3)}


def test_decisions_are_those_of_what_is_asked_for_in_their_order(life: Life, trees: tuple[Values, Values, Values]) -> None:
    tree, called, plain = trees
    of_tree, of_called, of_plain = life.decision(tree, 1, key=803), life.decision(called, 2, key=802), life.decision(plain, 1, key=801)
    assert keys_of(history.decisions()) == [801, 802, 803]
    assert keys_of(history.decisions(project_key=tree["project_key"])) == [802, 803]
    assert keys_of(history.decisions(instance_key=called["key"])) == [802]
    assert keys_of(history.decisions(root_key=tree["key"])) == [802, 803]
    assert keys_of(history.decisions(element=1)) == [801, 803]
    assert keys_of(history.decisions(root_key=tree["key"], element=1)) == [of_tree["key"]]
    assert [dict(row._mapping) for row in history.decisions(root_key=plain["key"])] == [of_plain]
    assert keys_of(history.decisions(element=0)) == []
    assert of_called["instance_key"] == called["key"]


def test_incidents_are_those_of_what_is_asked_for_and_open_if_so_wanted(life: Life, trees: tuple[Values, Values, Values]) -> None:
    tree, called, plain = trees
    closed, opened = life.incident(tree, 1, key=904, closed_at=NOW), life.incident(tree, 2, key=902)
    life.incident(called, 3, key=903)
    life.incident(plain, 1, key=901)
    assert keys_of(history.incidents()) == [901, 902, 903, 904]
    assert keys_of(history.incidents(instance_key=tree["key"])) == [902, 904]
    assert keys_of(history.incidents(project_key=tree["project_key"])) == [902, 903, 904]
    assert keys_of(history.incidents(project_key=tree["project_key"], open_only=True)) == [902, 903]
    assert keys_of(history.incidents(instance_key=tree["key"], open_only=True)) == [opened["key"]]
    assert history.incident(904)._mapping == closed  # type: ignore[union-attr]
    assert history.incident(9) is None


def test_variables_waits_and_jobs_of_an_instance_in_their_order(life: Life, trees: tuple[Values, Values, Values]) -> None:
    tree, called, _ = trees
    for name, scope in (("b", 2), ("c", 0), ("a", 2), ("d", 1)):
        life.variable(tree, name, scope=scope, value=name * 2)
    life.variable(called, "e")
    assert [(row.scope, row.name, row.value) for row in history.variables(tree["key"])] == [
        (0, "c", "cc"),
        (1, "d", "dd"),
        (2, "a", "aa"),
        (2, "b", "bb"),
    ]
    life.wait(tree, 1, key=613, due_at=NOW)
    life.wait(tree, 2, key=612, due_at=NOW)
    life.wait(tree, 3, key=614, due_at=NOW - timedelta(days=1))
    life.wait(called, 4, key=611)
    assert keys_of(history.waits(tree["key"])) == [614, 612, 613]
    life.job(tree, 1, key=503)
    life.job(tree, 2, key=502, state="failed")
    life.job(called, 3, key=501)
    assert keys_of(history.jobs(tree["key"])) == [502, 503]


def test_records_of_a_project_count_while_nothing_has_taken_their_place(life: Life, trees: tuple[Values, Values, Values]) -> None:
    tree, _, plain = trees
    project = tree["project_key"]
    life.record(key=405, project_key=project, root_key=tree["key"])
    kept = life.record(key=404, project_key=project, root_key=tree["key"], data={"no": 1})
    life.record(key=403, project_key=project, root_key=tree["key"], superseded_at=NOW)
    life.record("fee", key=402, project_key=project, root_key=tree["key"])
    life.record(key=401, project_key=project, root_key=plain["key"])
    life.record(key=400, root_key=plain["key"])
    assert keys_of(history.records(project)) == [401, 402, 404, 405]
    assert history.records(project)[2]._mapping == kept
    assert keys_of(history.records_of_tree(tree["key"], project, "deal")) == [403, 404, 405]
    assert keys_of(history.records_of_tree(tree["key"], project, "fee")) == [402]
    assert keys_of(history.records_of_tree(plain["key"], None, "deal")) == [400]
    assert keys_of(history.records_of_tree(plain["key"], project, "deal")) == [401]


def test_an_instance_is_shown_without_its_state_with_its_project_and_open_incidents(
    life: Life, trees: tuple[Values, Values, Values]
) -> None:
    tree, called, plain = trees
    life.incident(tree, 1)
    life.incident(tree, 2)
    life.incident(tree, 3, closed_at=NOW)
    life.incident(called, 4)
    seen = history.instance(tree["key"])
    assert seen is not None
    shown = {name: value for name, value in tree.items() if name not in ("blob", "keys")}
    assert seen._mapping == {**shown, "project_name": "甲", "project_alias": "", "project_applicant": 1, "incidents": 2}
    other = history.instance(plain["key"])
    assert other is not None
    assert (other.project_name, other.incidents) == (None, 0)
    assert history.instance(9999) is None


def test_the_state_of_a_tree_is_its_roots(life: Life) -> None:
    tree = life.tree(blob="{1}", version=4, catalogue_version=9, keys={"1": 5}, tenant="valley")
    life.tree(blob="{2}", version=5, catalogue_version=10)
    assert tuple(history.root_state(tree["key"])) == ("{1}", 4, 9, "valley", {"1": 5})
    assert history.root_state(tree["key"])._fields == ("blob", "version", "catalogue_version", "tenant", "keys")
    assert history.catalogue_version(tree["key"]) == 9


def test_what_an_instance_has_called_and_what_a_project_has_begun(life: Life, trees: tuple[Values, Values, Values]) -> None:
    tree, called, plain = trees
    second = life.called(tree, 3, key=9002, project_key=tree["project_key"])
    life.called(called, 4, key=9001)
    other = life.tree(project_key=tree["project_key"], state="completed", process_id="fees")
    assert keys_of(history.children(tree["key"])) == [called["key"], second["key"]]
    assert keys_of(history.children(plain["key"])) == []
    assert keys_of(history.project_instances(tree["project_key"])) == [tree["key"], other["key"]]
    assert history.states(tree["project_key"], "fees") == {"active", "completed"}
    assert history.states(tree["project_key"], "permit") == {"active"}
    assert history.states(tree["project_key"], "plain") == set()


def test_what_was_started_of_a_process_in_a_district_called_ones_not_counted(life: Life) -> None:
    tree = life.tree(started_at=NOW)
    life.called(tree, process_id="permit")
    life.tree(started_at=NOW - timedelta(days=1), state="cancelled")
    life.tree(process_id="fees")
    life.tree(tenant="valley")
    assert {tuple(row) for row in history.started("hill", "permit")} == {("active", NOW), ("cancelled", NOW - timedelta(days=1))}
    assert len(history.started("hill", "permit")) == 2


def test_conditions_of_instances(life: Life, trees: tuple[Values, Values, Values]) -> None:
    tree, called, plain = trees
    school, water = life.office("教育局"), life.office("水利局")
    life.part({"key": tree["project_key"]}, "applicant", school)
    life.part(life.project("乙"), "applicant", water)
    resting = life.tree(suspended_at=NOW)

    def found(*conditions: Any) -> list[int]:
        return keys_of(search(*conditions)[0])

    assert found(history.in_tenant("valley")) == [plain["key"]]
    assert found(history.in_tenant("hill")) == [tree["key"], called["key"], resting["key"]]
    assert found(history.of_projects()) == [tree["key"], called["key"]]
    assert found(history.of_offices([school])) == [tree["key"], called["key"]]
    assert found(history.of_offices([water])) == found(history.of_offices([])) == []
    assert found(history.suspended()) == [resting["key"]]
    assert found(history.having("process_id", "fees")) == [called["key"]]
    assert found(history.having("tenant", "hill"), history.of_projects()) == [tree["key"], called["key"]]


def search(*conditions: Any, **given: Any) -> tuple[Any, int]:
    wanted: dict[str, Any] = {"has_incident": None, "text": "", "descending": False, "limit": 10, "offset": 0, **given}
    return history.search(conditions, **wanted)


def test_instances_are_searched_by_key_with_and_without_incidents_and_by_names(life: Life) -> None:
    project = life.project("50%_甲")
    one = life.tree(process_name="施工_许可", project_key=project["key"])
    two, three = life.tree(process_name="验收"), life.tree(process_name="缴费甲")
    life.incident(one, 1)
    life.incident(two, 1, closed_at=NOW)
    keys = [one["key"], two["key"], three["key"]]

    def found(**given: Any) -> tuple[list[int], int]:
        rows, total = search(true(), **given)
        return keys_of(rows), total

    assert found() == (keys, 3)
    assert found(descending=True) == (keys[::-1], 3)
    assert found(limit=1) == (keys[:1], 3)
    assert found(limit=2, offset=1) == (keys[1:], 3)
    assert found(has_incident=True) == ([one["key"]], 1)
    assert found(has_incident=False) == (keys[1:], 2)
    assert found(text="甲") == ([one["key"], three["key"]], 2)
    assert found(text="验收") == ([two["key"]], 1)
    assert found(text="%") == found(text="_") == ([one["key"]], 1)
    assert found(text="工_") == ([one["key"]], 1)
    assert found(text="收_") == ([], 0)
    rows, total = search(ProcessInstanceRow.key > one["key"], text="甲", has_incident=False)
    assert (keys_of(rows), total) == ([three["key"]], 1)
