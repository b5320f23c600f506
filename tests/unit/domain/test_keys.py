"""Keys: made of a millisecond, a node and a sequence, each greater than the one before."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from app.domain import keys
from app.domain.keys import Window

MILLISECOND = 1 << 22
NODE = 1 << 14
FULL = (1 << 14) - 1  # the last sequence of a millisecond


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    before = keys._last
    keys.claim_by(None)
    yield
    keys._last = before
    keys.claim_by(None)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The machine's clock, in milliseconds as windows count them, and (optionally) what was allotted last."""

    def put(present: int, last: tuple[int, int] = (0, 0)) -> None:
        monkeypatch.setattr(keys, "present", lambda: present)
        monkeypatch.setattr(keys, "_last", last)

    return put


def test_a_key_says_millisecond_node_and_sequence(at: Callable[..., None]) -> None:
    at(1000)
    keys.claim_by(lambda wanted: Window(5, 0, 2000))
    assert [keys.next_key() for _ in range(3)] == [1000 * MILLISECOND + 5 * NODE + sequence for sequence in range(3)]
    assert keys.millisecond(1000 * MILLISECOND + 5 * NODE + 7) == 1000
    assert keys.millisecond(1000 * MILLISECOND - 1) == 999


def test_a_later_millisecond_begins_its_sequence_anew_and_a_clock_set_back_does_not(at: Callable[..., None]) -> None:
    at(1000, (999, 7))
    assert keys.next_key() == 1000 * MILLISECOND
    at(1000, (1000, 7))
    assert keys.next_key() == 1000 * MILLISECOND + 8
    at(1000, (1001, 7))
    assert keys.next_key() == 1001 * MILLISECOND + 8


def test_when_a_milliseconds_sequence_is_used_up_keys_run_ahead(at: Callable[..., None]) -> None:
    at(1000, (1000, FULL - 1))
    assert keys.next_key() == 1000 * MILLISECOND + FULL
    assert keys.next_key() == 1001 * MILLISECOND
    assert keys.next_key() == 1001 * MILLISECOND + 1


def test_a_window_is_asked_for_when_the_last_one_is_used_up_and_not_before(at: Callable[..., None]) -> None:
    asked: list[int] = []

    def claim(wanted: int) -> Window:
        asked.append(wanted)
        return Window(len(asked), wanted, wanted + 1)

    keys.claim_by(claim)
    for present in (1000, 1001, 1001, 1002):
        at(present)
        key = keys.next_key()
        assert (key >> 14) % 256 == len(asked)
    assert asked == [1000, 1002]
    keys.claim_by(claim)
    keys.next_key()
    assert asked == [1000, 1002, 1002]


def test_a_window_that_begins_later_moves_the_key_to_its_beginning(at: Callable[..., None]) -> None:
    at(1000, (1000, 5))
    keys.claim_by(lambda wanted: Window(0, 1001, 2000))
    assert keys.next_key() == 1001 * MILLISECOND
    assert keys.next_key() == 1001 * MILLISECOND + 1
    at(1000, (1001, 5))
    keys.claim_by(lambda wanted: Window(0, 1001, 2000))
    assert keys.next_key() == 1001 * MILLISECOND + 6


def test_without_a_database_keys_are_nobodys_for_as_long_as_there_are_keys(at: Callable[..., None]) -> None:
    at(keys.FOREVER)
    assert keys.next_key() == keys.FOREVER * MILLISECOND
    assert keys.FOREVER == 2**41 - 1
    assert keys.NODES == 256
    assert keys.FOREVER * MILLISECOND + (MILLISECOND - 1) == 2**63 - 1, "the greatest key that a column holds"


def test_the_first_key_after_nothing_is_the_first_of_its_millisecond(at: Callable[..., None]) -> None:
    at(0, (0, 0))
    assert keys.next_key() == 1
    assert keys._last == (0, 1)


def test_milliseconds_are_counted_from_2024(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
    monkeypatch.setattr(keys.time, "time_ns", lambda: int(moment.timestamp()) * 1_000_000_000 + 5_999_999)
    assert keys.present() == int((moment - datetime(2024, 1, 1, tzinfo=UTC)).total_seconds()) * 1000 + 5


def test_a_forked_child_asks_for_a_window_of_its_own(at: Callable[..., None]) -> None:
    asked: list[int] = []

    def claim(wanted: int) -> Window:
        asked.append(wanted)
        return Window(1, 0, 5000)

    at(1000)
    keys.claim_by(claim)
    keys.next_key()
    with keys._lock:  # as another thread of the parent may
        held = keys._lock
        keys._forked()
    assert keys._lock is not held
    keys.next_key()
    assert len(asked) == 2
