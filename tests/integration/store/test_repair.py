"""What a repair writes: the rows of the tree that is repaired, as they were in everything else, and no others."""

from datetime import timedelta

from app.acts.transaction import act
from app.store import repair
from app.store.tables import ElementInstanceRow, IncidentRow, JobRow, ProcessInstanceRow, UserTaskRow, WaitRow
from tests.integration.store.life import NOW, Life, all_of, keys_of, row_of

LATER = NOW + timedelta(days=1)


def test_a_tree_is_suspended_and_resumed_alone(life: Life) -> None:
    tree, other = life.tree(), life.tree(suspended_at=NOW)
    with act():
        repair.set_suspended(tree["key"], LATER)
    assert all_of(ProcessInstanceRow) == [{**tree, "suspended_at": LATER}, other]
    with act():
        repair.set_suspended(other["key"], None)
    assert all_of(ProcessInstanceRow) == [{**tree, "suspended_at": LATER}, {**other, "suspended_at": None}]


def test_timers_of_a_suspended_tree_sleep_and_wake_at_their_due_subscriptions_at_once(life: Life) -> None:
    tree, other = life.tree(), life.tree()
    timer, subscription = life.wait(tree, 1, due_at=LATER), life.wait(tree, 2, kind="message", name="paid", wake_at=NOW)
    elsewhere, foreign = life.wait(other, 1, due_at=LATER, wake_at=NOW), life.wait(other, 2, kind="message", name="paid", wake_at=NOW)
    start = life.wait(None)
    with act():
        repair.pause_timers(tree["key"])
    assert all_of(WaitRow) == [{**timer, "wake_at": None}, subscription, elsewhere, foreign, start]
    with act():
        repair.wake_waits(tree["key"])
    assert all_of(WaitRow) == [timer, {**subscription, "wake_at": None}, elsewhere, foreign, start]
    assert [row._mapping for row in repair.open_waits(tree["key"])] == [timer, {**subscription, "wake_at": None}]
    assert keys_of(repair.open_waits(other["key"])) == [elsewhere["key"], foreign["key"]]


def test_open_tasks_of_a_tree_stand_by_key(life: Life) -> None:
    tree = life.tree()
    second, first = life.task(tree, 1, key=902), life.task(life.called(tree), 2, key=901)
    life.task(tree, 3, state="completed")
    life.task(life.tree(), 1)
    assert [row._mapping for row in repair.open_tasks(tree["key"])] == [first, second]


def test_rows_of_a_migrated_instance_say_what_it_is_now_and_no_others_do(life: Life) -> None:
    tree = life.tree()
    called, other = life.called(tree), life.tree()
    new = life.definition(id="permit2")
    elements = [life.element(tree, 1), life.element(tree, 2), life.element(called, 3), life.element(other, 1)]
    waits = [life.wait(tree, 1), life.wait(tree, 2), life.wait(called, 3), life.wait(other, 1), life.wait(None)]
    incidents = [life.incident(tree, 1), life.incident(tree, 2, closed_at=NOW), life.incident(called, 3), life.incident(other, 1)]
    jobs = [life.job(tree, 1), life.job(tree, 2), life.job(tree, 1, state="failed"), life.job(other, 1)]
    values = {"definition_key": new, "process_id": "permit2", "process_name": "新许可", "definition_version": 7, "version_tag": "v7"}
    with act():
        repair.redefine(tree["key"], tree["key"], values, {1: ("examine", "审查")}, {2: "timer2"}, {2: 5})
    assert all_of(ProcessInstanceRow) == [{**tree, **values}, called, other]
    place = {"definition_key": new, "process_id": "permit2"}
    assert all_of(WaitRow) == [{**waits[0], **place}, {**waits[1], **place, "element_id": "timer2"}, *waits[2:]]
    assert all_of(IncidentRow) == [{**incidents[0], "process_id": "permit2"}, *incidents[1:]]
    assert all_of(ElementInstanceRow) == [
        {**elements[0], "element_id": "examine", "name": "审查"},
        {**elements[1], "scope": 5},
        *elements[2:],
    ]
    assert all_of(JobRow) == [{**jobs[0], "element_id": "examine"}, *jobs[1:]]


def test_an_incident_follows_its_element(life: Life) -> None:
    tree, other = life.tree(), life.tree()
    incidents = [life.incident(tree, 1), life.incident(tree, 2), life.incident(other, 1)]
    with act():
        repair.rename_incident(tree["key"], 1, "examine")
    assert all_of(IncidentRow) == [{**incidents[0], "element_id": "examine"}, *incidents[1:]]


def test_an_open_task_becomes_what_its_new_definition_says_and_keeps_the_rest(life: Life) -> None:
    tree = life.tree()
    form, new = life.definition(kind="form", id="permit2.examine"), life.definition(id="permit2")
    task, other = life.task(tree, 1, due_at=LATER, draft={"a": 1}), life.task(tree, 2)
    values = {
        "process_id": "permit2", "process_name": "新许可", "definition_key": new, "definition_version": 7, "element_id": "examine", "name": "审查", "lane": "数据局",
        "form_id": "permit2.examine", "form_key": form, "clauses": "X-1", "assignee": "dora", "candidate_groups": ["a"], "candidate_users": ["b"],
        "office_key": 3, "office": "财政局",
        "signing": "1.0.examine.1", "seat": "office:3", "visit": 5,
    }  # fmt: skip
    with act():
        repair.change_task(task["key"], {**values, "due_at": NOW})
    assert row_of(UserTaskRow, task["key"]) == {**task, **values}
    assert row_of(UserTaskRow, other["key"]) == other
