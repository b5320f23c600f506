"""Lists of tasks: whose they are, what is found of them, in which order, and how many there are."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import true

from app.store import tasks
from app.store.tables import UserTaskRow
from tests.integration.store.life import MOMENT, NOW, Life, Values, keys_of

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def tree(life: Life) -> Values:
    return life.tree(project_key=life.project("甲", applicant_office="教育局")["key"])


def found(condition: Any) -> list[int]:
    return keys_of(tasks.search([condition], {}, descending=False, limit=99, offset=0)[0])


# ---------------------------------------------------------------------- whose


@pytest.fixture
def offered(life: Life, tree: Values) -> dict[str, int]:
    """Tasks by what is offered to whom."""
    given = {
        "role here": life.task(tree, 1), "role elsewhere": life.task(tree, 2), "role anywhere": life.task(tree, 3), "by name": life.task(tree, 4),
        "assigned": life.task(tree, 5, assignee="dora"), "other's": life.task(tree, 6, assignee="fred"), "another name": life.task(tree, 7),
        "closed": life.task(tree, 8, state="completed"), "nothing": life.task(tree, 9), "two ways": life.task(tree, 10),
    }  # fmt: skip
    life.candidate(given["role here"], "finance", 3)
    life.candidate(given["role elsewhere"], "finance", 4)
    life.candidate(given["role anywhere"], "auditor", 0)
    life.candidate(given["by name"], username="dora")
    life.candidate(given["assigned"], "nobody", 3)
    life.candidate(given["other's"], "finance", 3)
    life.candidate(given["another name"], username="lea")
    life.candidate(given["two ways"], "finance", 3)
    life.candidate(given["two ways"], username="dora")
    return {name: task["key"] for name, task in given.items()}


def names(offered: dict[str, int], keys: list[int]) -> set[str]:
    assert len(keys) == len(set(keys)), "each once"
    return {name for name, key in offered.items() if key in keys}


PROJECT = {"project_name": "甲", "project_alias": "", "project_applicant": 1, "applicant_office": "教育局"}


def test_a_task_is_somebodys_by_name_by_role_in_the_office_or_because_it_is_assigned(offered: dict[str, int]) -> None:
    def mine(held: Any, username: str) -> set[str]:
        return names(offered, found(tasks.mine(held, username, 0)))

    assert mine([("finance", 3)], "dora") == {"role here", "by name", "assigned", "two ways"}
    assert mine([("finance", 4), ("auditor", 0)], "nobody") == {"role elsewhere", "role anywhere"}
    assert mine([("auditor", 3)], "fred") == {"other's"}
    assert mine([], "lea") == {"another name"}
    assert mine([], "") == set()


def test_a_task_is_nobodys_if_no_active_person_of_the_district_can_do_it(life: Life, offered: dict[str, int]) -> None:
    office = life.office("数据局")
    elsewhere = life.task(life.tree(tenant="valley"), 1)
    life.person("dora")

    def nobodys(held: Any = ()) -> set[str]:
        keys = found(tasks.nobodys("hill", held))
        assert elsewhere["key"] not in keys
        return names(offered, keys)

    held = [("finance", 3), ("auditor", 0)]
    assert nobodys(held) == {"role elsewhere", "other's", "another name", "nothing"}
    assert nobodys() == {"role here", "role elsewhere", "role anywhere", "other's", "another name", "nothing"}
    life.person("fred", active=False)
    life.person("lea", tenant="valley")
    assert nobodys(held) == {"role elsewhere", "other's", "another name", "nothing"}
    life.holds(life.person("anna"), "finance", office)
    boss = life.person("lea2")
    life.holds(boss, "system_admin", office)
    boss_task = life.task(life.tree(), 1, assignee="lea2")
    assert boss_task["key"] in found(tasks.nobodys("hill", held)), "an administrator does no tasks"
    assert nobodys(held) >= {"other's", "nothing"}
    assert not nobodys(held) & {"assigned", "by name"}, "others do theirs as before"
    assert found(tasks.nobodys("valley", held)) == [elsewhere["key"]]


def test_tasks_that_wait_for_a_person_by_name(life: Life, tree: Values) -> None:
    assigned, alone = life.task(tree, 1, assignee="dora"), life.task(tree, 2)
    shared, by_role = life.task(tree, 3), life.task(tree, 4)
    taken, closed = life.task(tree, 5, assignee="fred"), life.task(tree, 6, assignee="dora", state="completed")
    another = life.task(tree, 7)
    for task in (alone, shared, by_role, taken):
        life.candidate(task, username="dora")
    life.candidate(shared, username="fred")
    life.candidate(by_role, role="finance", office=3)
    life.candidate(another, username="fred")
    assert closed["state"] == "completed"
    assert tasks.waiting_for("dora") == [
        (assigned["key"], "dora", False),
        (alone["key"], None, False),
        (shared["key"], None, True),
        (by_role["key"], None, True),
    ]
    assert tasks.waiting_for("") == []


def test_what_somebody_has_done_is_completed_or_returned_by_them(life: Life, tree: Values) -> None:
    dora, fred = life.person("dora"), life.person("fred")
    done = life.task(tree, 1, state="completed", completed_by=dora)
    returned = life.task(tree, 2, state="cancelled", completed_by=dora, returned_to="apply")
    life.task(tree, 3, state="completed", completed_by=fred)
    life.task(tree, 4, state="completed")
    life.task(tree, 5, state="cancelled", returned_to="apply")
    life.task(tree, 6, state="cancelled")
    assert found(tasks.done_by(dora)) == [done["key"], returned["key"]]


# ---------------------------------------------------------------------- lists


def test_a_line_is_the_task_with_its_project_and_its_visit(life: Life, tree: Values) -> None:
    visit = life.element(tree, 4)
    life.element(tree, 5)
    life.element(life.tree(), 4)
    task = life.task(tree, 4)
    line = tasks.one(task["key"])
    assert line is not None
    assert line._mapping == {**task, **PROJECT, "element_key": visit["key"]}
    bare = tasks.one(life.task(life.tree(), 9)["key"])
    assert bare is not None
    assert (bare.project_name, bare.applicant_office, bare.element_key) == (None, None, None)
    assert tasks.one(9999) is None


def test_conditions_of_tasks(life: Life, tree: Values) -> None:
    school, water = life.office("教育局"), life.office("水利局")
    life.part({"key": tree["project_key"]}, "implementer", school)
    life.part(life.project("乙"), "applicant", water)
    own, plain = life.task(tree, 1), life.task(life.tree(tenant="valley"), 1)
    assert found(tasks.in_tenant("hill")) == [own["key"]]
    assert found(tasks.in_tenant("valley")) == [plain["key"]]
    assert found(tasks.of_offices([school, water])) == [own["key"]]
    assert found(tasks.of_offices([water])) == found(tasks.of_offices([])) == []
    assert found(tasks.of_projects()) == [own["key"]]
    assert found(tasks.either()) == []
    assert found(tasks.either(tasks.in_tenant("valley"))) == [plain["key"]]
    assert found(tasks.either(tasks.in_tenant("valley"), tasks.of_projects())) == [own["key"], plain["key"]]
    assert found(tasks.both(tasks.in_tenant("valley"), tasks.of_projects())) == []
    assert found(tasks.both(tasks.in_tenant("hill"), tasks.of_projects())) == [own["key"]]


def test_an_inbox_is_filtered_by_a_text_in_either_name_and_by_process(life: Life, tree: Values) -> None:
    named = life.task(tree, 1, name="核对_材料", process_id="permit")
    other = life.task(life.tree(project_key=life.project("校园100%")["key"]), 1, name="缴费", process_id="fees")
    third = life.task(life.tree(), 1, name="甲", process_id="fees")
    assert tasks.matching("", "", []) == []

    def filtered(text: str = "", process: str = "") -> list[int]:
        return found(tasks.both(true(), *tasks.matching(text, process, [])))

    assert filtered("材料") == filtered("_") == [named["key"]]
    assert filtered("甲") == [named["key"], third["key"]]
    assert filtered("%") == filtered("校园") == [other["key"]]
    assert filtered(process="fees") == [other["key"], third["key"]]
    assert filtered("甲", "fees") == [third["key"]]


def test_what_is_to_be_done_stands_by_its_due_and_what_comes_later_last(life: Life, tree: Values) -> None:
    late, early = life.task(tree, 1, due_at=NOW + DAY), life.task(tree, 2, due_at=NOW - DAY)
    undue, older = life.task(tree, 3, key=9004), life.task(tree, 4, key=9003)
    later = life.task(tree, 5, due_at=NOW - 2 * DAY, follow_up_at=NOW + MOMENT)
    now = life.task(tree, 6, due_at=NOW, follow_up_at=NOW)
    same = life.task(tree, 7, due_at=NOW, key=1)
    order = [task["key"] for task in (early, same, now, late, older, undue, later)]

    def todo(**given: Any) -> tuple[list[int], int]:
        rows, total = tasks.todo([UserTaskRow.name == "核对"], NOW, **{"overdue": False, "limit": 99, "offset": 0, **given})
        return keys_of(rows), total

    assert todo() == (order, 7)
    assert todo(limit=3) == (order[:3], 7)
    assert todo(limit=3, offset=2) == (order[2:5], 7)
    assert todo(offset=6) == (order[6:], 7)
    assert todo(offset=7) == ([], 7)
    assert todo(overdue=True) == ([early["key"], same["key"], now["key"], later["key"]], 4)
    assert tasks.todo([UserTaskRow.name == "x"], NOW, overdue=False, limit=9, offset=0) == ([], 0)


def test_what_is_done_stands_with_the_last_first(life: Life, tree: Values) -> None:
    closed = [life.task(tree, number, state="completed", closed_at=NOW + DAY * day) for number, day in ((1, 0), (2, 2), (3, 1), (4, 1))]
    keys = [closed[at]["key"] for at in (1, 3, 2, 0)]
    rows, total = tasks.done([UserTaskRow.state == "completed"], limit=3, offset=0)
    assert (keys_of(rows), total) == (keys[:3], 4)
    rows, total = tasks.done([UserTaskRow.element != 2], limit=9, offset=1)
    assert (keys_of(rows), total) == (keys[2:], 3)


def test_tasks_are_searched_by_columns_and_candidates_up_and_down(life: Life, tree: Values) -> None:
    one, two, three = life.task(tree, 1, "check"), life.task(tree, 2, "check"), life.task(tree, 3, "sign")
    life.candidate(one, "finance", 3)
    life.candidate(two, username="finance")
    life.candidate(three, username="dora")
    life.candidate(three, role="dora", office=0)

    def searched(*, descending: bool = False, limit: int = 9, offset: int = 0, **wanted: Any) -> tuple[list[int], int]:
        rows, total = tasks.search([tasks.in_tenant("hill")], wanted, descending=descending, limit=limit, offset=offset)
        return keys_of(rows), total

    life.task(life.tree(tenant="valley"), 4, "check")
    keys = [one["key"], two["key"], three["key"]]
    assert searched() == (keys, 3)
    assert searched(descending=True) == (keys[::-1], 3)
    assert searched(limit=1, offset=1) == (keys[1:2], 3)
    assert searched(element_id="check") == (keys[:2], 2)
    assert searched(candidate_group="finance") == (keys[:1], 1)
    assert searched(candidate_user="finance") == (keys[1:2], 1)
    assert searched(candidate_user="dora", element_id="sign") == (keys[2:], 1)
    assert searched(candidate_user="dora", element_id="check") == ([], 0)
    assert searched(candidate_group="dora") == (keys[2:], 1)
    assert searched(candidate_user="") == ([], 0)


def test_counts_tell_what_is_to_be_done_what_of_it_is_overdue_and_what_comes_later(life: Life, tree: Values) -> None:
    for number, (due, follow) in enumerate(
        [(-HOUR, None), (HOUR * 0, None), (MOMENT, None), (None, HOUR), (None, HOUR * 0), (None, MOMENT)]
    ):
        life.task(tree, number, due_at=None if due is None else NOW + due, follow_up_at=None if follow is None else NOW + follow)
    life.task(life.tree(tenant="valley"), 1, due_at=NOW - DAY)
    assert tasks.counts(tasks.in_tenant("hill"), NOW) == (4, 2, 2)
    assert tasks.counts(tasks.in_tenant("nowhere"), NOW) == (0, 0, 0)


def test_processes_of_tasks_stand_once_each_by_id_with_the_greatest_name(life: Life, tree: Values) -> None:
    for number, (process, name) in enumerate([("permit", "许可"), ("fees", "b"), ("fees", "a"), ("permit", "许可")]):
        life.task(tree, number, process_id=process, process_name=name)
    life.task(life.tree(tenant="valley"), 1, process_id="other")
    assert tasks.processes(tasks.in_tenant("hill")) == [("fees", "b"), ("permit", "许可")]


# ---------------------------------------------------------------------- of a project, of a tree


def test_what_opens_for_somebody_after_a_completion_is_the_projects_or_the_trees(life: Life, tree: Values) -> None:
    second = life.tree(project_key=tree["project_key"])
    plain, other = life.tree(), life.tree(project_key=life.project("乙")["key"])
    visit = life.element(tree, 1)
    opened = {
        "none due": life.task(tree, 1, assignee="dora"), "late": life.task(tree, 2, due_at=NOW + DAY), "same": life.task(second, 3, due_at=NOW, assignee="dora"),
        "early": life.task(tree, 4, due_at=NOW, key=2), "fred's": life.task(tree, 5, assignee="fred"),
    }  # fmt: skip
    life.candidate(opened["late"], "finance", 3)
    life.candidate(opened["early"], username="dora")
    life.task(tree, 6, assignee="dora", state="completed")
    life.task(other, 7, assignee="dora")
    own = life.task(plain, 8, assignee="dora")
    found = tasks.opened_of(tree["project_key"], plain["key"], [("finance", 3)], "dora", 0)
    assert keys_of(found) == [opened[name]["key"] for name in ("early", "same", "late", "none due")]
    assert found[-1]._mapping == {**opened["none due"], **PROJECT, "element_key": visit["key"]}
    assert (found[0].element_key, found[1].project_name) == (None, "甲")
    assert keys_of(tasks.opened_of(tree["project_key"], plain["key"], [], "dora", 0)) == [
        opened[name]["key"] for name in ("early", "same", "none due")
    ]
    assert keys_of(tasks.opened_of(None, plain["key"], [], "dora", 0)) == [own["key"]]
    assert keys_of(tasks.opened_of(None, tree["key"], [], "fred", 0)) == [opened["fred's"]["key"]]


def test_open_tasks_of_a_project_stand_by_key(life: Life, tree: Values) -> None:
    second, first = life.task(tree, 1, key=9002), life.task(tree, 2, key=9001)
    life.task(tree, 3, state="completed")
    life.task(life.tree(), 1)
    found = tasks.open_of_project(tree["project_key"])
    assert keys_of(found) == [first["key"], second["key"]]
    assert found[0].project_name == "甲"


def test_dues_of_an_instance_stand_with_the_first_first(life: Life, tree: Values) -> None:
    life.task(tree, 1, "late", due_at=NOW + DAY, deadline={"key": "a"})
    life.task(tree, 2, "early", due_at=NOW)
    life.task(tree, 3, "none")
    life.task(tree, 4, "closed", due_at=NOW, state="completed")
    life.task(life.called(tree), 5, "called", due_at=NOW)
    assert [tuple(row) for row in tasks.due_in_instance(tree["key"])] == [
        ("early", "hill", NOW, None),
        ("late", "hill", NOW + DAY, {"key": "a"}),
    ]


def test_completions_of_elements_stand_in_their_order_with_their_place_in_a_loop(life: Life, tree: Values) -> None:
    other = life.tree()
    for number in range(1, 8):
        life.element(tree, number, loop_counter=number if number in (2, 3) else None)
    life.element(other, 3, loop_counter=9)
    said = {"completed_name": "杜数", "completed_office": "数据局"}
    life.task(tree, 3, "give", state="completed", closed_at=NOW, answer={"a": 3}, **said)
    life.task(tree, 2, "give", state="completed", closed_at=NOW, answer={"a": 2})
    life.task(tree, 1, "check", state="completed", closed_at=NOW - HOUR)
    life.task(tree, 4, "check", state="completed", closed_at=NOW + HOUR)
    life.task(tree, 5, "give")
    life.task(tree, 6, "sign", state="completed")
    life.task(other, 3, "give", state="completed")
    assert [tuple(row) for row in tasks.completed_in(tree["key"], ["give", "check"])] == [
        (tree["key"], "check", "", "", NOW - HOUR, None, None),
        (tree["key"], "give", "", "", NOW, {"a": 2}, 2),
        (tree["key"], "give", "杜数", "数据局", NOW, {"a": 3}, 3),
        (tree["key"], "check", "", "", NOW + HOUR, None, None),
    ]
    assert [tasks.place_of(tree["key"], number) for number in (2, 3, 1, 99)] == [2, 3, None, None]
    assert tasks.place_of(other["key"], 3) == 9


def test_what_was_said_is_of_the_trees_own_tasks(life: Life) -> None:
    tree, other = life.tree(), life.tree()
    one = life.task(tree, 2, state="completed", outcome="同意", completed_name="冯财")
    life.task(tree, 3, state="completed", outcome="无关")
    life.task(other, 2, state="completed", outcome="别的")
    assert [(row.key, row.outcome, row.completed_name) for row in tasks.said(tree["root_key"], [2])] == [(one["key"], "同意", "冯财")]
