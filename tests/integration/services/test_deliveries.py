"""What a delivery, a timer and a beginning lead to when something is in the way, and whose what they begin is."""

from datetime import timedelta
from typing import Any

import pytest

from app import current
from app.errors import InvalidRequest
from app.services import accounts, messages, projects, timers
from app.store.tables import IncidentRow, MessageRow, ProcessInstanceRow, VariableRow, WaitRow
from tests.integration.services import declaring
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_repair import begin, deploy
from tests.integration.store.life import all_of, row_of
from tests.unit.engine import diagrams as d

HILL = accounts.system("hill")
DAY = timedelta(days=1)


def fails(*_: Any) -> bool:
    raise ValueError("secret")


@pytest.fixture
def waiting(cast: Cast) -> dict[str, dict[str, Any]]:
    """The waits of a tree for a message and for a time, by kind."""
    body = (
        d.start(), d.parallel("f"), d.catch("paid", d.on_message("m")), d.catch("later", d.timer("Duration", "P1D")), d.end(), d.chain("start", "f", "paid", "end"),
        d.chain("f", "later", "end"),
    )  # fmt: skip
    deploy(*body, roots=d.message("m", "paid", '="k"'))
    key = begin(cast).key
    return {str(row["kind"]): row for row in all_of(WaitRow) if row["root_key"] == key}


def test_a_message_that_cannot_be_taken_waits_and_an_incident_says_so(
    waiting: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_deliver", fails)
    key = messages.publish(HILL, "paid", "k", {}, NOW, tenant="hill")
    first = NOW + timedelta(seconds=current.settings().retry_seconds)
    wait = row_of(WaitRow, waiting["message"]["key"])
    assert (wait["wake_at"], wait["attempts"]) == (first, 1)
    (incident,) = all_of(IncidentRow)
    assert (incident["wait_key"], incident["element_id"], incident["closed_at"]) == (wait["key"], "paid", None)
    assert messages.correlate(first - timedelta(seconds=1)) == 0
    monkeypatch.undo()
    assert messages.correlate(first - timedelta(seconds=1)) == 0
    assert messages.correlate(first) == 1
    assert all_of(IncidentRow)[0]["closed_at"] == first
    assert row_of(MessageRow, key)["state"] == "open"
    assert messages.correlate(first) == 0


def test_a_message_that_somebody_is_in_the_way_of_is_not_closed(
    waiting: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_deliver", lambda match, now: False)
    key = messages.publish(HILL, "paid", "k", {}, NOW, tenant="hill", lifetime=timedelta(0))
    assert row_of(MessageRow, key)["state"] == "open"
    monkeypatch.undo()
    assert messages.correlate(NOW + DAY) == 1
    assert row_of(MessageRow, key)["state"] == "closed"


def test_a_timer_that_cannot_be_fired_waits_and_an_incident_says_so(
    waiting: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    due = NOW + DAY
    assert timers.next_due() == due
    monkeypatch.setattr(timers, "_fire", fails)
    assert timers.fire_due(due - timedelta(microseconds=1)) == 0
    assert all_of(IncidentRow) == []
    assert timers.fire_due(due, in_order=True) == 0
    again = due + timedelta(seconds=current.settings().retry_seconds)
    wait = row_of(WaitRow, waiting["timer"]["key"])
    assert (wait["due_at"], wait["wake_at"], wait["attempts"]) == (due, again, 1)
    assert timers.next_due() == again
    monkeypatch.undo()
    assert timers.fire_due(again) == 1
    assert all_of(IncidentRow)[0]["closed_at"] == again


def begun(process: str) -> list[dict[str, Any]]:
    return [row for row in all_of(ProcessInstanceRow) if row["process_id"] == process]


def known(instance: dict[str, Any]) -> dict[str, Any]:
    return {row["name"]: row["value"] for row in all_of(VariableRow) if row["instance_key"] == instance["key"]}


def test_what_is_begun_is_of_the_project_that_the_key_names_else_of_the_throwers(cast: Cast) -> None:
    hearer = d.process(d.start("heard", d.on_signal("s")), d.user("listen"), d.chain("heard", "listen"), id="hearer")
    taker = d.process(d.start("asked", d.on_message("m")), d.user("take"), d.chain("asked", "take"), id="taker")
    thrower = declaring.diagram(
        d.start(), d.throw("shout", d.on_signal("s")), d.user("stay"), d.chain("start", "shout", "stay"), parts=(d.signal("s", "news"),)
    )
    declaring.deploy(
        ("bpmn/hill/hearer.bpmn", d.file(d.signal("s", "news"), hearer)),
        ("bpmn/hill/taker.bpmn", d.file(d.message("m", "asked"), taker)),
        thrower,
    )
    project, _ = projects.start(cast.alice, "permit", "平台", NOW)
    (heard,) = begun("hearer")
    assert (heard["project_key"], heard["correlation_key"], known(heard)["projectKey"]) == (project, None, str(project))
    messages.broadcast(HILL, "news", {}, NOW, tenant="hill")
    loose = begun("hearer")[1]
    assert (loose["project_key"], "projectKey" in known(loose)) == (None, False)
    messages.publish(HILL, "asked", str(project), {"a": 1}, NOW, tenant="hill")
    messages.publish(HILL, "asked", "k", {}, NOW, tenant="hill")
    messages.publish(HILL, "asked", "", {}, NOW, tenant="hill")
    assert [(row["project_key"], row["correlation_key"]) for row in begun("taker")] == [(project, str(project)), (None, "k"), (None, None)]
    assert known(begun("taker")[0]) == {"a": 1, "projectKey": str(project)}


def test_a_project_has_a_name_of_one_line_and_two_hundred_letters(cast: Cast) -> None:
    key, _ = projects.start(cast.alice, "permit", f"  {'长' * 200} ", NOW)
    assert projects.view(cast.alice, key, NOW).project.name == "长" * 200
    for name in (" ", "长" * 201, "一\n二"):
        with pytest.raises(InvalidRequest) as refused:
            projects.start(cast.alice, "permit", name, NOW)
        assert (refused.value.code, refused.value.message) == ("NAME", "项目名称应为 1 至 200 个字,不能换行")


def test_what_is_left_to_the_pump_does_not_look_like_a_failure(waiting: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def count(now: Any) -> int:
        asked.append(now)
        return 0 if len(asked) == 3 else 1

    monkeypatch.setattr(messages, "correlate", count)
    messages.settle(NOW)
    assert asked == [NOW] * 3
    monkeypatch.setattr(messages, "correlate", fails)
    messages.settle(NOW)


def test_a_message_that_came_first_is_taken_as_soon_as_somebody_waits_for_it(cast: Cast) -> None:
    messages.publish(HILL, "paid", "k", {"sum": 3}, NOW, tenant="hill")
    deploy(
        d.start(),
        d.catch("paid", d.on_message("m")),
        d.user("after"),
        d.chain("start", "paid", "after"),
        roots=d.message("m", "paid", '="k"'),
    )
    line = begin(cast)
    (tree,) = (row for row in all_of(ProcessInstanceRow) if row["key"] == line.key)
    assert known(tree)["sum"] == 3
    assert [row for row in all_of(WaitRow) if row["root_key"] == line.key] == []
