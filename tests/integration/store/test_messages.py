"""Messages and who waits for them: who gets which, once, in which order, until when."""

from datetime import timedelta
from typing import Any

import pytest

from app.acts.transaction import act
from app.store import messages
from app.store.messages import Recipient
from app.store.tables import MessageDeliveryRow, MessageRow
from tests.integration.store.life import MOMENT, NOW, Life, Values, all_of

HOUR = timedelta(hours=1)


@pytest.fixture
def tree(life: Life) -> Values:
    return life.tree()


def subscribed(life: Life, instance: Values | None, wait: int | None = None, **given: Any) -> Values:
    return life.wait(instance, wait, **{"kind": "message", "name": "paid", "correlation_key": "7", "element_id": "paid", **given})


def met(limit: int = 99) -> list[tuple[int, int]]:
    """(message, subscription) of what can be delivered."""
    return [(found.message, found.key) for found in messages.matches(NOW, limit)]


def delivered(life: Life, message: Values, target: str, **given: Any) -> None:
    life.put(MessageDeliveryRow, message_key=message["key"], target=target, **given)


def test_what_is_delivered_says_all_of_the_message_and_of_who_waits(life: Life, tree: Values) -> None:
    project = life.project("甲")
    message = life.message(correlation_key="7", variables={"a": 1}, project_key=project["key"], source_root=life.tree()["key"])
    wait = subscribed(life, tree, 4, attempts=2)
    assert messages.matches(NOW, 9) == [
        Recipient(
            message=message["key"], kind=message["kind"], name="paid", message_key="7", variables={"a": 1}, project_key=project["key"], target="permit",
            key=wait["key"], root_key=tree["key"], wait=4, instance_key=tree["key"], tenant="hill", process_id="permit",
            definition_key=wait["definition_key"], element_id="paid", attempts=2, source_root=message["source_root"],
        )
    ]  # fmt: skip


def test_a_message_meets_who_waits_for_its_name_and_key_in_its_district(life: Life, tree: Values) -> None:
    message = life.message(correlation_key="7")
    wait = subscribed(life, tree, 1)
    subscribed(life, tree, 2, name="other")
    subscribed(life, tree, 3, correlation_key="8")
    subscribed(life, tree, 4, kind="signal")
    subscribed(life, life.tree(tenant="valley"), 5)
    life.message(correlation_key="7", state="closed")
    life.message(correlation_key="7", tenant="nowhere")
    assert met() == [(message["key"], wait["key"])]


def test_who_begins_to_wait_when_the_messages_time_is_over_does_not_get_it(life: Life, tree: Values) -> None:
    message = life.message(correlation_key="7", expires_at=NOW)
    just = subscribed(life, tree, 1, opened_at=NOW)
    subscribed(life, tree, 2, opened_at=NOW + MOMENT)
    start = subscribed(life, None, opened_at=NOW + HOUR, correlation_key=None)
    assert met() == [(message["key"], just["key"]), (message["key"], start["key"])]


def test_what_was_put_off_waits_for_its_time(life: Life, tree: Values) -> None:
    message = life.message(correlation_key="7")
    due = subscribed(life, tree, 1, wake_at=NOW)
    subscribed(life, tree, 2, wake_at=NOW + MOMENT)
    assert met() == [(message["key"], due["key"])]


def test_a_running_instance_comes_before_a_new_one_and_old_messages_first(life: Life, tree: Values) -> None:
    second, first = life.message(key=902, correlation_key="7"), life.message(key=901, correlation_key="7")
    start = subscribed(life, None, key=801, process_id="fees")
    late, early = subscribed(life, tree, 1, key=803), subscribed(life, tree, 2, key=802)
    order = [early["key"], late["key"], start["key"]]
    assert met() == [(message["key"], key) for message in (first, second) for key in order]
    assert met(2) == [(first["key"], early["key"]), (first["key"], late["key"])]


def test_a_message_goes_to_a_process_once(life: Life, tree: Values) -> None:
    message, other = life.message(correlation_key="7"), life.message(correlation_key="7")
    wait = subscribed(life, tree, 1)
    start = subscribed(life, None, process_id="fees", correlation_key=None)
    delivered(life, message, "permit", delivered_at=NOW, root_key=tree["key"])
    assert met() == [(message["key"], start["key"]), (other["key"], wait["key"]), (other["key"], start["key"])]


def test_a_keyed_message_waits_while_an_instance_of_the_process_with_its_key_runs(life: Life) -> None:
    start = subscribed(life, None, process_id="fees", correlation_key=None)
    keyed, bare, other = life.message(correlation_key="7"), life.message(correlation_key=""), life.message(correlation_key="8")
    life.tree(process_id="fees", correlation_key="7", state="completed")
    life.tree(process_id="permit", correlation_key="7")
    life.tree(process_id="fees", correlation_key="7", tenant="valley")
    life.tree(process_id="fees", correlation_key="")
    assert met() == [(keyed["key"], start["key"]), (bare["key"], start["key"]), (other["key"], start["key"])]
    life.tree(process_id="fees", correlation_key="7")
    assert met() == [(bare["key"], start["key"]), (other["key"], start["key"])]


def addresses() -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for row in all_of(MessageDeliveryRow):
        assert (row["root_key"], row["delivered_at"]) == (None, None)
        found.setdefault(row["message_key"], set()).add(row["target"])
    return found


def test_a_signal_is_addressed_to_all_who_wait_for_it_now_but_its_own_tree(life: Life, tree: Values) -> None:
    other = life.tree()
    waiting = {"kind": "signal", "correlation_key": None, "name": "stop", "element_id": "stopped"}
    own, there = subscribed(life, tree, 4, **waiting), subscribed(life, other, 5, **waiting)
    start = subscribed(life, None, process_id="fees", **waiting)
    subscribed(life, other, 6, **{**waiting, "name": "go"})
    subscribed(life, other, 7, **{**waiting, "kind": "message"})
    subscribed(life, life.tree(tenant="valley"), 8, **waiting)
    outside, inside = life.message("stop", kind="signal"), life.message("stop", kind="signal", source_root=tree["key"])
    life.message("stop", kind="signal")
    with act():
        messages.address([outside["key"], inside["key"]])
    of_own, of_other, of_start = f"{tree['key']}/4/stopped", f"{other['key']}/5/stopped", "fees//stopped"
    assert addresses() == {outside["key"]: {of_own, of_other, of_start}, inside["key"]: {of_other, of_start}}
    assert set(met()) == {
        (outside["key"], own["key"]), (outside["key"], there["key"]), (outside["key"], start["key"]), (inside["key"], there["key"]),
        (inside["key"], start["key"]),
    }  # fmt: skip
    with act():
        assert messages.deliver_signal(outside["key"], of_own, tree["key"], NOW) is True
        assert messages.deliver_signal(outside["key"], of_own, tree["key"], NOW) is False
        assert messages.deliver_signal(outside["key"], "nobody", tree["key"], NOW) is False
    assert (outside["key"], own["key"]) not in met()
    assert len(met()) == 4
    got = [row for row in all_of(MessageDeliveryRow) if row["delivered_at"] is not None]
    assert got == [{"message_key": outside["key"], "target": of_own, "root_key": tree["key"], "delivered_at": NOW}]


def test_a_signal_reaches_who_had_an_address_whatever_key_they_wait_with_and_when(life: Life, tree: Values) -> None:
    signal = life.message("stop", kind="signal", correlation_key="k", expires_at=NOW - HOUR)
    wait = subscribed(life, tree, 4, kind="signal", name="stop", element_id="e", opened_at=NOW, correlation_key=None)
    assert met() == []
    delivered(life, signal, f"{tree['key']}/4/e")
    assert met() == [(signal["key"], wait["key"])]
    assert messages.matches(NOW, 1)[0].target == f"{tree['key']}/4/e"


def test_a_signal_starts_a_process_although_an_instance_runs_already(life: Life) -> None:
    signal = life.message("stop", kind="signal", correlation_key="7")
    start = subscribed(life, None, kind="signal", name="stop", process_id="fees", element_id="e")
    life.tree(process_id="fees", correlation_key="7")
    delivered(life, signal, "fees//e")
    assert met() == [(signal["key"], start["key"])]


def test_a_message_expires_with_its_time_and_a_signal_when_nobody_waits_any_more(life: Life, tree: Values) -> None:
    just, over = life.message(expires_at=NOW), life.message(expires_at=NOW - HOUR)
    life.message(expires_at=NOW + MOMENT)
    life.message(expires_at=NOW, state="closed")
    alone, heard, reached = (life.message(name, kind="signal", expires_at=NOW) for name in ("alone", "stop", "halt"))
    for wait, signal in ((4, heard), (5, reached)):
        subscribed(life, tree, wait, kind="signal", name=signal["name"], element_id="e")
    delivered(life, heard, f"{tree['key']}/4/e")
    delivered(life, reached, f"{tree['key']}/5/e", delivered_at=NOW)
    assert sorted(messages.expired(NOW)) == [just["key"], over["key"], alone["key"], reached["key"]]


def test_a_signal_is_over_whoever_another_signal_of_its_name_is_still_addressed_to(life: Life, tree: Values) -> None:
    old, new = (life.message("stop", kind="signal", expires_at=NOW) for _ in range(2))
    subscribed(life, tree, 4, kind="signal", name="stop", element_id="e")
    delivered(life, old, f"{tree['key']}/4/e", delivered_at=NOW)
    delivered(life, new, f"{tree['key']}/4/e")
    assert messages.expired(NOW) == [old["key"]]


def test_messages_are_closed_by_their_keys(life: Life) -> None:
    one, two, three = (life.message() for _ in range(3))
    with act():
        messages.close([one["key"], two["key"]])
    assert all_of(MessageRow) == [{**one, "state": "closed"}, {**two, "state": "closed"}, three]


def test_a_delivery_is_noted_once_a_process(life: Life, tree: Values) -> None:
    message = life.message()
    with act():
        assert messages.deliver(message["key"], "permit", tree["key"], NOW) is True
        assert messages.deliver(message["key"], "permit", tree["key"], NOW + HOUR) is False
        assert messages.deliver(message["key"], "fees", tree["key"], NOW) is True
    assert all_of(MessageDeliveryRow) == [
        {"message_key": message["key"], "target": target, "root_key": tree["key"], "delivered_at": NOW} for target in ("fees", "permit")
    ]


def test_a_key_names_a_project_of_the_district_or_none(life: Life) -> None:
    project = life.project("甲", key=123456789012345678)
    assert messages.project_of("hill", "123456789012345678") == project["key"]
    assert messages.project_of("valley", "123456789012345678") is None
    for key in ("", "x", "1", "-5", "1234567890123456789", "１２３"):
        assert messages.project_of("hill", key) is None, key
