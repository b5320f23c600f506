"""Guards and closings of running instances: the one row that is meant, if it is still as it was read, and no other."""

from datetime import timedelta
from typing import Any

import pytest

from app.acts.transaction import act
from app.store import instances
from app.store.tables import IncidentRow, JobRow, ProcessInstanceRow, UserTaskRow, WaitRow
from tests.integration.store.life import NOW, Life, Values, all_of, row_of

LATER = NOW + timedelta(hours=1)
ROOT = (
    "key", "tenant", "process_id", "state", "project_key", "correlation_key", "version", "catalogue_version", "blob", "keys", "audit_mac", "audit_count",
)  # fmt: skip


@pytest.fixture
def tree(life: Life) -> Values:
    project = life.project("甲")
    return life.tree(
        project_key=project["key"], correlation_key="c", version=3, catalogue_version=5, audit_mac="aa", audit_count=2, tenant="hill", process_id="permit",
    )  # fmt: skip


@pytest.mark.parametrize("wait", [True, False])
def test_a_root_is_found_by_its_key_and_what_it_has_called_is_none(life: Life, tree: Values, wait: bool) -> None:
    called = life.called(tree)
    life.tree(correlation_key="d")
    with act():
        found = instances.root(tree["key"], task=False, wait=wait)
        assert found is not None
        assert found._mapping == {name: tree[name] for name in ROOT} | {"calendar": None}
        assert instances.root(called["key"], task=False, wait=wait) is None
        assert instances.root(9999, task=False, wait=wait) is None


@pytest.mark.parametrize("wait", [True, False])
def test_a_root_is_found_by_a_task_of_what_it_has_called_with_that_task(life: Life, tree: Values, wait: bool) -> None:
    called = life.called(tree)
    form = life.definition(kind="form", id="permit.check")
    task = life.task(
        called, 7, "check", form_id="permit.check", form_key=form, assignee="dora", candidate_groups=["a"], candidate_users=["b"], ledger_version=4,
        name="核对材料", office_key=3, office="财政局", signing="1.0.check.1", seat="office:3", visit=5, overdue_at=NOW,
    )  # fmt: skip
    life.task(tree, 8, "other")
    with act():
        found = instances.root(task["key"], task=True, wait=wait)
        assert found is not None
        assert found._mapping == {
            **{name: tree[name] for name in ROOT}, "calendar": None,
            "task_key": task["key"], "element": 7, "instance_key": called["key"], "element_id": "check", "task_name": "核对材料", "task_state": "open",
            "assignee": "dora", "candidate_groups": ["a"], "candidate_users": ["b"], "form_id": "permit.check", "form_key": form,
            "definition_key": task["definition_key"], "task_process_id": "fees", "ledger_version": 4, "office_key": 3, "office": "财政局", "signing": "1.0.check.1",
            "seat": "office:3", "visit": 5, "overdue_at": NOW,
        }  # fmt: skip
        assert instances.root(tree["key"], task=True, wait=wait) is None


def test_the_project_of_a_key(life: Life) -> None:
    one, other = life.project("甲"), life.project("乙")
    with act():
        assert instances.project(one["key"])._mapping == one
        assert instances.project(other["key"])._mapping == other


def test_a_tree_is_written_only_over_the_version_that_was_read(life: Life, tree: Values) -> None:
    other = life.tree(version=3)
    values: dict[str, Any] = {"blob": "{2}", "keys": {"1": 8}, "state": "completed", "ended_at": LATER, "audit_mac": "bb", "audit_count": 3}
    with act():
        assert instances.save_root(tree["key"], 2, values) is False
        assert instances.save_root(tree["key"], 4, values) is False
    assert row_of(ProcessInstanceRow, tree["key"]) == tree
    with act():
        assert instances.save_root(tree["key"], 3, values) is True
    assert row_of(ProcessInstanceRow, tree["key"]) == {**tree, **values, "version": 4}
    assert row_of(ProcessInstanceRow, other["key"]) == other


def answer(key: int, seen: str | None, **given: Any) -> bool:
    values: dict[str, Any] = {
        "now": LATER,
        "user": 0,
        "person": "杜数",
        "role": "data_bureau",
        "office": "数据局",
        "outcome": "同意",
        "given": {"a": 1},
    }
    with act():
        return instances.answer_task(key, seen, **{**values, **given})


def test_an_answered_task_says_who_answered_it_how_and_what(life: Life, tree: Values) -> None:
    dora = life.person("dora")
    task = life.task(tree, 1, draft={"b": 2}, draft_saved_at=NOW, assignee="dora")
    other = life.task(tree, 2, draft={"b": 2}, draft_saved_at=NOW, assignee="dora")
    assert answer(task["key"], "dora", user=dora, overrides=[{"check": "1"}]) is True
    assert row_of(UserTaskRow, task["key"]) == {
        **task, "state": "completed", "draft": None, "draft_saved_at": None, "closed_at": LATER, "completed_by": dora, "completed_name": "杜数",
        "completed_role": "data_bureau", "completed_office": "数据局", "outcome": "同意", "overrides": [{"check": "1"}], "answer": {"a": 1},
    }  # fmt: skip
    assert row_of(UserTaskRow, other["key"]) == other
    assert answer(task["key"], "dora") is False, "it is not open any more"


def test_the_system_is_no_person_and_no_override_is_none(life: Life, tree: Values) -> None:
    task = life.task(tree, 1)
    assert answer(task["key"], None) is True
    seen = row_of(UserTaskRow, task["key"])
    assert (seen["completed_by"], seen["overrides"], seen["answer"]) == (None, None, {"a": 1})


@pytest.mark.parametrize(("assignee", "seen"), [("dora", None), (None, "dora"), ("dora", "fred")])
def test_a_task_that_is_another_persons_than_was_read_stays_as_it_is(
    life: Life, tree: Values, assignee: str | None, seen: str | None
) -> None:
    task = life.task(tree, 1, assignee=assignee)
    assert answer(task["key"], seen) is False
    with act():
        assert give_back(task["key"], seen) is False
        assert instances.assign_task(task["key"], seen, "lea") is False
    assert row_of(UserTaskRow, task["key"]) == task


def give_back(key: int, seen: str | None, user: int = 0) -> bool:
    return instances.return_task(
        key, seen, now=LATER, user=user, person="杜数", role="data_bureau", office="数据局", outcome="退回", to="apply"
    )


def test_a_returned_task_is_cancelled_and_says_who_returned_it_to_what(life: Life, tree: Values) -> None:
    dora = life.person("dora")
    task, other = (life.task(tree, number, draft={"b": 2}, draft_saved_at=NOW, assignee="dora") for number in (1, 2))
    nobodys = life.task(tree, 3)
    with act():
        assert give_back(task["key"], "dora", dora) is True
        assert give_back(nobodys["key"], None) is True
    said = {
        "state": "cancelled", "draft": None, "draft_saved_at": None, "closed_at": LATER, "completed_name": "杜数", "completed_role": "data_bureau",
        "completed_office": "数据局", "outcome": "退回", "returned_to": "apply",
    }  # fmt: skip
    assert row_of(UserTaskRow, task["key"]) == {**task, **said, "completed_by": dora}
    assert row_of(UserTaskRow, nobodys["key"]) == {**nobodys, **said, "completed_by": None}
    assert row_of(UserTaskRow, other["key"]) == other
    with act():
        assert give_back(task["key"], "dora") is False


def test_a_task_is_given_to_somebody_and_back(life: Life, tree: Values) -> None:
    task, other, closed = life.task(tree, 1), life.task(tree, 2), life.task(tree, 3, state="completed")
    with act():
        assert instances.assign_task(task["key"], None, "dora") is True
        assert instances.assign_task(closed["key"], None, "dora") is False
    assert row_of(UserTaskRow, task["key"]) == {**task, "assignee": "dora"}
    with act():
        assert instances.assign_task(task["key"], "dora", None) is True
    assert [row_of(UserTaskRow, one["key"]) for one in (task, other, closed)] == [task, other, closed]


def test_a_draft_is_kept_while_the_task_is_open(life: Life, tree: Values) -> None:
    task, other, closed = life.task(tree, 1), life.task(tree, 2), life.task(tree, 3, state="cancelled")
    with act():
        assert instances.keep_draft(task["key"], {"a": 1}, LATER) is True
        assert instances.keep_draft(closed["key"], {"a": 1}, LATER) is False
    assert row_of(UserTaskRow, task["key"]) == {**task, "draft": {"a": 1}, "draft_saved_at": LATER}
    assert [row_of(UserTaskRow, one["key"]) for one in (other, closed)] == [other, closed]


def test_tasks_and_jobs_of_some_elements_of_a_tree_are_closed_if_they_are_open(life: Life, tree: Values) -> None:
    other = life.tree()
    tasks = [life.task(tree, 1), life.task(tree, 2), life.task(tree, 3), life.task(tree, 4, state="completed"), life.task(other, 1)]
    jobs = [life.job(tree, 1), life.job(tree, 2), life.job(tree, 3), life.job(tree, 4, state="failed"), life.job(other, 1)]
    with act():
        instances.close_tasks(tree["key"], [1, 2, 4], "cancelled", LATER)
        instances.close_tasks(tree["key"], [], "cancelled", LATER)
        instances.close_jobs(tree["key"], [1, 2, 4], "cancelled", LATER)
        instances.close_jobs(tree["key"], [], "cancelled", LATER)
    closed = {"state": "cancelled", "closed_at": LATER}
    assert all_of(UserTaskRow) == [{**tasks[0], **closed}, {**tasks[1], **closed}, *tasks[2:]]
    assert all_of(JobRow) == [{**jobs[0], **closed}, {**jobs[1], **closed}, *jobs[2:]]


def test_waits_incidents_and_instances_end_by_their_names_in_the_tree(life: Life, tree: Values) -> None:
    other = life.tree()
    waits = [life.wait(tree, 1), life.wait(tree, 2), life.wait(tree, 3), life.wait(other, 1)]
    incidents = [life.incident(tree, 1), life.incident(tree, 2), life.incident(tree, 3), life.incident(other, 1)]
    called = [life.called(tree, 2), life.called(tree, 3), life.called(tree, 4)]
    with act():
        instances.delete_waits(tree["key"], [1, 2])
        instances.delete_waits(tree["key"], [])
        instances.close_incidents(tree["key"], [1, 2], LATER)
        instances.close_incidents(tree["key"], [], LATER)
        instances.end_instances([called[0]["key"], called[1]["key"]], "cancelled", LATER)
        instances.end_instances([], "cancelled", LATER)
    assert all_of(WaitRow) == waits[2:]
    assert all_of(IncidentRow) == [{**incidents[0], "closed_at": LATER}, {**incidents[1], "closed_at": LATER}, *incidents[2:]]
    ended = {"state": "cancelled", "ended_at": LATER}
    assert all_of(ProcessInstanceRow) == [tree, other, {**called[0], **ended}, {**called[1], **ended}, called[2]]
