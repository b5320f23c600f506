"""Timers and subscriptions: which are due, taken once, put off; which belong to start events."""

from datetime import timedelta

from flask import Flask

from app.acts.transaction import act
from app.store import waits
from app.store.tables import IncidentRow, WaitRow
from app.store.waits import DueWait
from tests.integration.store.life import MOMENT, NOW, Life, all_of, keys_of

HOUR = timedelta(hours=1)


def test_due_are_timers_whose_time_has_come_the_earliest_first(life: Life) -> None:
    tree = life.tree()
    now, early = life.wait(tree, 1, key=903, due_at=NOW), life.wait(tree, 2, key=902, due_at=NOW - HOUR, memo={"n": 1}, attempts=2)
    same = life.wait(None, key=901, due_at=NOW)
    life.wait(tree, 3, due_at=NOW + MOMENT)
    life.wait(tree, 4, due_at=NOW - HOUR, wake_at=None)
    life.wait(tree, 5, due_at=NOW - HOUR, wake_at=NOW + HOUR)
    life.wait(tree, 6, kind="message", name="paid", wake_at=NOW - HOUR)
    found = waits.due(NOW, 10)
    assert keys_of(found) == [early["key"], same["key"], now["key"]]
    assert keys_of(waits.due(NOW, 2)) == [early["key"], same["key"]]
    names = (
        "key",
        "root_key",
        "wait",
        "instance_key",
        "tenant",
        "process_id",
        "definition_key",
        "element_id",
        "due_at",
        "memo",
        "attempts",
        "kind",
        "element",
    )
    assert found[0] == DueWait(**{name: early[name] for name in names})
    assert found[0]._fields == names
    assert (found[1].root_key, found[1].wait, found[1].instance_key) == (None, None, None)


def test_the_next_timer_is_the_first_to_wake_whatever_subscriptions_do(life: Life, app: Flask) -> None:
    assert waits.next_due() is None
    tree = life.tree()
    life.wait(tree, 1, due_at=NOW + HOUR)
    life.wait(tree, 2, due_at=NOW, wake_at=NOW + 2 * HOUR)
    life.wait(tree, 3, kind="message", name="paid", wake_at=NOW)
    assert waits.next_due() == NOW + HOUR


def test_a_timer_is_taken_once_and_when_it_is_due(life: Life) -> None:
    tree = life.tree()
    timer, other, later = life.wait(tree, 1), life.wait(tree, 2), life.wait(tree, 3, due_at=NOW + MOMENT, wake_at=NOW)
    with act():
        assert waits.take(timer["key"], NOW) is True
        assert waits.take(timer["key"], NOW) is False
        assert waits.take(later["key"], NOW) is False
        assert waits.take_subscription(other["key"]) is True
        assert waits.take_subscription(other["key"]) is False
    assert all_of(WaitRow) == [later]


def test_what_could_not_be_fired_is_looked_at_later_and_counts_a_failed_attempt(life: Life) -> None:
    tree = life.tree()
    one, two = life.wait(tree, 1, attempts=2), life.wait(tree, 2)
    with act():
        assert waits.put_off(one["key"], NOW + HOUR, failed=True) is True
        assert waits.put_off(two["key"], NOW + HOUR, failed=False) is True
        assert waits.put_off(9999, NOW + HOUR, failed=True) is False
    assert all_of(WaitRow) == [{**one, "wake_at": NOW + HOUR, "attempts": 3}, {**two, "wake_at": NOW + HOUR}]
    with act():
        waits.put_off(one["key"], NOW, failed=True)
    assert all_of(WaitRow) == [{**one, "wake_at": NOW, "attempts": 4}, {**two, "wake_at": NOW + HOUR}]


def test_open_incidents_of_a_wait_are_its_own_and_close_with_it(life: Life) -> None:
    tree = life.tree()
    one, two, three = life.wait(tree, 1), life.wait(tree, 2), life.wait(tree, 3)
    opened = life.incident(tree, None, wait_key=one["key"])
    past, other = life.incident(tree, None, wait_key=two["key"], closed_at=NOW), life.incident(tree, None, wait_key=three["key"])
    old = life.incident(tree, None, wait_key=one["key"], closed_at=NOW - HOUR)
    assert [waits.has_incident(wait["key"]) for wait in (one, two, three)] == [True, False, True]
    with act():
        waits.close_incidents(one["key"], NOW + HOUR)
        waits.close_incidents(two["key"], NOW + HOUR)
    assert all_of(IncidentRow) == [{**opened, "closed_at": NOW + HOUR}, past, other, old]
    assert waits.has_incident(one["key"]) is False


def test_waits_of_start_events_are_of_no_tree_and_of_their_district(life: Life) -> None:
    start, second, foreign = life.wait(None), life.wait(None, kind="signal", name="a"), life.wait(None, tenant="valley")
    inner = life.wait(life.tree(), 1)
    assert sorted(keys_of(waits.starts("hill"))) == [start["key"], second["key"]]
    assert keys_of(waits.starts("valley")) == [foreign["key"]]
    with act():
        waits.delete_starts([])
        waits.delete_starts([start["key"], foreign["key"]])
    assert [row["key"] for row in all_of(WaitRow)] == [second["key"], inner["key"]]
    assert (waits.is_there(second["key"]), waits.is_there(start["key"])) == (True, False)
