"""Tasks as they are asked for, searched, closed and summed up."""

from typing import Any

import pytest

from app.acts import completing
from app.domain.forms import Form
from app.seen import wording
from app.services import accounts, inbox, instances, repair, tasks
from app.services.instances import InstanceFilter
from tests.integration.services import lives
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_limits_of_services import refused
from tests.integration.services.test_permit import start as apply

HILL = accounts.system("hill")


@pytest.mark.parametrize(
    ("fields", "data", "said"),
    [
        ({"a": {"enum": ["x"], "title": "甲"}}, {"a": "x"}, "甲:x"),
        ({"a": {"enum": ["x"]}}, {"a": "x"}, "a:x"),
        ({"a": {"enum": [1]}}, {"a": 1}, "已提交"),
        ({"a": {"type": "boolean", "title": "甲"}, "b": {}}, {"a": True}, "甲:是"),
        ({"a": {"type": "boolean", "title": "甲"}}, {"a": False}, "甲:否"),
        ({"a": {"type": "boolean"}, "b": {}, "c": {}, "d": {}}, {"a": True}, "已提交"),
        ({"a": {"type": "boolean"}, "b": {}, "c": {}}, {"a": True}, "a:是"),
        ({"a": {"type": "boolean"}}, {"a": "x"}, "已提交"),
        ({name: {"enum": ["x"]} for name in "abcd"}, dict.fromkeys("abcd", "x"), "a:x;b:x;c:x"),
        ({"a": {"type": "string"}}, {"a": "x"}, "已提交"),
        ({}, {}, "已提交"),
    ],
)
def test_what_was_decided_in_a_few_words(fields: dict[str, Any], data: dict[str, Any], said: str) -> None:
    assert wording.summarised(Form("f", "表", {"type": "object", "properties": fields}), data) == said
    assert wording.summarised(None, data) == "已办理"


def test_what_a_task_is_asked_with_and_by_whom(cast: Cast) -> None:
    _, key = apply(cast)
    asked, seen = tasks.inputs(cast.alice, key, NOW)
    assert asked is not None
    assert (asked.id, seen["projectName"], seen["applicantOffice"]) == ("permit.apply", "教育平台", "教育局")
    facts, project = tasks.facts(cast.alice, key, NOW)
    assert (facts.tenant, facts.candidate_groups, facts.candidate_users, facts.assignee, facts.name) == (
        "hill",
        ("applicant",),
        (),
        None,
        "填报申请",
    )
    assert project is not None
    assert (project.tenant, project.phase, set(project.offices)) == ("hill", "draft", {"applicant"})
    form = tasks.form(cast.alice, key)
    assert form is not None
    assert (form.form.id, form.version, form.tenant) == ("permit.apply", 1, "<default>")
    line = tasks.line(cast.alice, key, NOW)
    assert (line.key, line.element_id, line.state) == (key, "apply", "open")
    for ask in (lambda actor, task: tasks.inputs(actor, task, NOW), lambda actor, task: tasks.facts(actor, task, NOW), tasks.form):
        assert refused(lambda ask=ask: ask(cast.bob, key))[0] == "NOT_YOUR_PROJECT"  # type: ignore[misc]
        assert refused(lambda ask=ask: ask(cast.bob, 5)) == ("NOT_FOUND", "没有此事项")  # type: ignore[misc]
    assert completing._office_key(cast.fred, "finance", "山丘区财政局") == cast.fred.memberships[0].office
    assert completing._office_key(cast.fred, "finance", "别处") == 0
    assert completing._office_key(cast.fred, "auditor", "山丘区财政局") == 0


def test_a_task_that_is_closed_says_why_and_shows_nothing_more(cast: Cast) -> None:
    _, key = apply(cast)
    tasks.complete(cast.alice, key, {"amount": 5, "receivedAt": "2026-03-10T09:00:00+08:00", "reason": "x"}, NOW)
    page = tasks.view(cast.alice, key, NOW)
    assert (page.may.allowed, page.may.code, page.may.reason, page.variables, page.returns) == (
        False,
        "TASK_CLOSED",
        "此事项已经办结",
        {},
        (),
    )
    (review,) = (line.key for line in inbox.todo(cast.fred, NOW).items)
    (root,) = (line.key for line in instances.search(cast.root, InstanceFilter(), NOW).items)
    repair.cancel(cast.root, root, "误建", NOW)
    assert tasks.view(cast.fred, review, NOW).may.reason == "此事项已被撤销"
    closed = refused(lambda: tasks.save_draft(cast.fred, review, {}, NOW))
    assert closed[0] == "TASK_CLOSED"


def test_tasks_are_searched_for_by_each_column(cast: Cast) -> None:
    lives.returned(cast)
    every = tasks.search(HILL, tasks.TaskFilter(), NOW)
    keys = [line.key for line in every.items]
    first = every.items[0]

    def found(**wanted: Any) -> list[int]:
        return [line.key for line in tasks.search(HILL, tasks.TaskFilter(**wanted), NOW).items]

    assert [line.element_id for line in every.items] == ["fill", "check", "judge", "fill", "judge", "check"]
    assert found(key=keys[1]) == keys[1:2]
    assert found(state="open") == keys[5:]
    assert found(state="cancelled") == [keys[2], keys[4]]
    assert found(element_id="fill") == [keys[0], keys[3]]
    assert (found(process_id="returned"), found(process_id="permit")) == (keys, [])
    assert (found(instance_key=first.instance_key), found(root_key=first.instance_key), found(root_key=5)) == (keys, keys, [])
    assert (found(definition_key=5), found(project_key=5), found(assignee="x")) == ([], [], [])
    assert (found(candidate_group="data_bureau"), found(candidate_group="finance")) == (keys[5:], [])
    assert (found(candidate_user="lea"), found(candidate_user="dora")) == (keys[5:], [])
    assert (found(tenant="hill"), found(tenant="valley"), found(descending=True)) == (keys, [], keys[::-1])
    page = tasks.search(HILL, tasks.TaskFilter(), NOW, limit=2, offset=1)
    assert ([line.key for line in page.items], page.total, page.limit, page.offset) == (keys[1:3], 6, 2, 1)
    assert [line.key for line in tasks.search(cast.dora, tasks.TaskFilter(), NOW).items] == [keys[0], keys[3], keys[5]], (
        "done by her, or hers to do"
    )
    assert [line.key for line in tasks.search(cast.fred, tasks.TaskFilter(), NOW).items] == [keys[2], keys[4]]
    assert tasks.search(cast.alice, tasks.TaskFilter(), NOW).total == tasks.search(cast.root, tasks.TaskFilter(), NOW).total == 0
    assert tasks.search(accounts.system("valley"), tasks.TaskFilter(), NOW).total == 0
