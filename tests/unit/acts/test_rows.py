"""The shapes of rows where something is missing: what is empty, what is null, what the system does."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from app.acts import rows
from app.acts.rows import ReturnNote, TreePlace
from app.connectors.ledger import Approval
from app.domain.states import MessageKind, WaitKind

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
PLACE = TreePlace("hill", 5, 6)
NAMED: Any = SimpleNamespace(process_id="permit", name="许可", key=8, version=2, version_tag="v2")
BARE: Any = SimpleNamespace(process_id="permit", name="", key=8, version=2, version_tag=None)


def note(**given: Any) -> ReturnNote:
    whole = {
        "at": NOW,
        "user": 9,
        "person": "杜数",
        "office": "数据局",
        "task": "核对",
        "reason": "不符",
        "due_at": NOW + timedelta(days=1),
        "straight": True,
    }
    return ReturnNote(**{**whole, **given})


def test_a_return_goes_through_json_and_comes_back() -> None:
    remark = note().remark()
    assert remark == {
        "at": "2026-03-10T01:00:00+00:00", "user": 9, "person": "杜数", "office": "数据局", "task": "核对", "reason": "不符",
        "due_at": "2026-03-11T01:00:00+00:00", "straight": True,
    }  # fmt: skip
    assert ReturnNote.of(remark) == note()


def task(definition: Any = NAMED, **given: Any) -> rows.Row:
    whole: dict[str, Any] = {
        "element": 3, "element_id": "check", "name": "核对", "lane": "数据局", "form_id": None, "form_key": None, "assignee": None, "candidate_groups": ("a",),
        "candidate_users": ("b",), "due_at": None, "follow_up_at": None, "deadline": None, "priority": 50, "clauses": ("X-1", "X-2"), "project_key": None, "now": NOW,
        "office": {"office_key": None, "office": None},
    }  # fmt: skip
    return rows.user_task(PLACE, definition, **{**whole, **given})


def test_a_task_that_opens_was_not_returned_unless_it_was() -> None:
    row = task()
    returned = {name: value for name, value in row.items() if name.startswith("return")}
    assert returned == {
        "returned_at": None, "returned_by": None, "returned_by_name": "", "returned_by_office": "", "returned_from": "", "return_reason": "", "return_due_at": None,
        "returned_straight": False, "returned_to": "",
    }  # fmt: skip
    assert (row["round"], row["clauses"], row["candidate_groups"], row["candidate_users"], row["remind_at"]) == (
        1,
        "X-1 X-2",
        ["a"],
        ["b"],
        None,
    )
    again = task(returned=note(), round_number=3)
    assert {name: value for name, value in again.items() if name.startswith("return")} == {
        "returned_at": NOW, "returned_by": 9, "returned_by_name": "杜数", "returned_by_office": "数据局", "returned_from": "核对", "return_reason": "不符",
        "return_due_at": NOW + timedelta(days=1), "returned_straight": True, "returned_to": "",
    }  # fmt: skip
    assert again["round"] == 3
    assert task(returned=note(user=0))["returned_by"] is None, "the system is no person"
    assert task(deadline={"remindAt": "2026-03-12T00:00:00+08:00"})["remind_at"] == datetime(2026, 3, 11, 16, tzinfo=UTC)


def test_a_process_without_a_name_goes_by_its_id() -> None:
    assert (task()["process_name"], task(BARE)["process_name"]) == ("许可", "permit")

    def instance(definition: Any) -> rows.Row:
        return rows.instance(PLACE, definition, local=2, parent_key=4, project_key=7, correlation_key="k", catalogue_version=3, now=NOW)

    assert instance(NAMED) == {
        "key": 6, "root_key": 5, "local": 2, "parent_key": 4, "tenant": "hill", "process_id": "permit", "process_name": "许可", "definition_key": 8,
        "definition_version": 2, "version_tag": "v2", "state": "active", "started_at": NOW, "ended_at": None, "project_key": 7, "correlation_key": "k",
        "version": 0, "catalogue_version": 3, "blob": None, "keys": None, "audit_mac": "", "audit_count": 0, "overrides": None,
    }  # fmt: skip
    assert (instance(BARE)["process_name"], instance(BARE)["version_tag"]) == ("permit", "")


def test_a_wait_wakes_when_it_is_due_and_keeps_a_memo_of_its_own() -> None:
    memo = {"n": 1}
    row = rows.wait(PLACE, process_id="p", definition_key=8, element_id="e", kind=WaitKind.TIMER, now=NOW, due_at=NOW, memo=memo)
    assert (row["due_at"], row["wake_at"], row["memo"], row["interrupting"], row["attempts"], row["wait"], row["element"]) == (
        NOW,
        NOW,
        memo,
        True,
        0,
        None,
        None,
    )
    assert row["memo"] is not memo
    bare = rows.wait(PLACE, process_id="p", definition_key=8, element_id="e", kind=WaitKind.SIGNAL, now=NOW, interrupting=False)
    assert (bare["due_at"], bare["wake_at"], bare["memo"], bare["interrupting"], bare["name"], bare["correlation_key"]) == (
        None,
        None,
        None,
        False,
        None,
        None,
    )
    assert rows.wait(PLACE, process_id="p", definition_key=8, element_id="e", kind=WaitKind.TIMER, now=NOW, memo={})["memo"] == {}


def test_what_is_empty_is_null_where_the_table_says_so() -> None:
    given: dict[str, Any] = {
        "element": 3, "project_key": 7, "process_id": "p", "element_id": "e", "decision_id": "d", "name": "n", "definition_key": 8, "version": 2, "inputs": (1,),
        "output": None, "rules": (2,), "required": (3,), "now": NOW,
    }  # fmt: skip
    row = rows.evaluation(PLACE, **given, libraries=(), deadline=None)
    assert (row["libraries"], row["deadline"], row["inputs"], row["rules"], row["required"]) == (None, None, [1], [2], [3])
    row = rows.evaluation(PLACE, **given, libraries=({"a": 1},), deadline={"key": "k"})
    assert (row["libraries"], row["deadline"]) == ([{"a": 1}], {"key": "k"})
    incident = rows.incident(PLACE, process_id="p", element_id="e", of_type="T", message="m", now=NOW)
    assert (incident["details"], incident["incident"], incident["wait_key"], incident["project_key"]) == ({}, None, None, None)
    assert rows.incident(PLACE, process_id="p", element_id="e", of_type="T", message="m", now=NOW, details={"a": 1})["details"] == {"a": 1}


def test_a_message_has_the_key_that_was_allotted_else_a_new_one() -> None:
    given: dict[str, Any] = {
        "tenant": "hill",
        "kind": MessageKind.SIGNAL,
        "name": "n",
        "variables": {"a": 1},
        "published_at": NOW,
        "expires_at": NOW,
    }
    assert rows.message(**given, key=0)["key"] == 0
    fresh = rows.message(**given)
    assert fresh["key"] > 0
    assert (fresh["correlation_key"], fresh["project_key"], fresh["source_root"], fresh["state"]) == ("", None, None, "open")


@pytest.mark.parametrize(("user", "kept"), [(9, 9), (0, None)])
def test_whoever_did_it_is_named_and_the_system_is_nobody(user: int, kept: int | None) -> None:
    one = Approval(
        key=1, process_id="p", element_id="e", root_key=5, instance_key=6, scope=0, item=0, round=1, required=1, holds=True, values={"a": 1}, digest="d",
        role="finance", office=(4, "财政局"),
    )  # fmt: skip
    row = rows.approval(one, tenant="hill", project_key=7, user_key=user, user_name="某", now=NOW)
    assert (row["user_key"], row["lapsed_at"], row["lapsed_names"], row["office_key"], row["office"]) == (kept, None, None, 4, "财政局")
    lapsed = Approval(**{name: getattr(one, name) for name in one.__dataclass_fields__} | {"lapsed": ("a",)})
    row = rows.approval(lapsed, tenant="hill", project_key=7, user_key=user, user_name="某", now=NOW)
    assert (row["lapsed_at"], row["lapsed_names"]) == (NOW, ["a"])
    change = rows.fact_change(
        tenant="hill", project_key=7, root_key=5, process_id="p", element_id="e", field="f", before=None, after=1, right="set", source="s", role="r", version=3,  # type: ignore[arg-type]
        user_key=user, user_name="某", now=NOW,
    )  # fmt: skip
    assert (change["user_key"], change["project_version"], change["right_kind"]) == (kept, 3, "set")


def test_a_visit_that_ended_is_the_one_that_began() -> None:
    row = rows.ended_element(PLACE, element=3, state="completed", now=NOW)  # type: ignore[arg-type]
    assert (row["root_key"], row["element"], row["state"], row["entered_at"], row["ended_at"]) == (5, 3, "completed", NOW, NOW)
    job = rows.job(PLACE, element=3, element_id="e", of_type="t", listener=None, retries=2, headers={"a": "b"}, variables={"c": 1}, now=NOW)
    assert (job["state"], job["message"], job["retry_at"], job["closed_at"], job["opened_at"]) == ("open", "", None, None, NOW)
    place = {"process_id": "p", "instance_key": 6, "scope": 0, "item": 1, "round": 2, "stage": "s"}
    record = rows.record(
        key=1, tenant="hill", kind="deal", data={"a": 1}, amount=Decimal(2), project_key=7, root_key=5, element_id="e", place=place, now=NOW
    )
    assert record == {
        "key": 1, "tenant": "hill", "project_key": 7, "kind": "deal", "subject": None, "data": {"a": 1}, "amount": Decimal(2), "root_key": 5, "element_id": "e", "created_at": NOW,
        "superseded_at": None, **place,
    }  # fmt: skip
