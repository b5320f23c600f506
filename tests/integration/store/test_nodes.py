"""Node numbers: processes that share a database share no key, however they end, whatever their clocks say."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest
from flask import Flask
from sqlalchemy import text

from app.acts.transaction import act
from app.config import Config
from app.domain import keys
from app.errors import Conflict, InvalidRequest
from app.services import startup
from app.store import database, rows
from app.store.tables import OrganisationRow, db
from tests.integration.conftest import make_app
from tests.integration.store.test_schema import NOW

MORE = 1 << 14  # keys in a millisecond of one process, and one more is the next millisecond's

OTHER = """
import sys
from app.config import load
from app.domain import keys
from flask import Flask
from app.services import startup
app = Flask("other")
startup.attach(app, load(data=sys.argv[1], audit_key="00" * 32))
with app.app_context():
    try:
        startup.take_node()
    except Exception as error:
        print(getattr(error, "code", error), flush=True)
        sys.exit(1)
    for line in sys.stdin:
        print(*[keys.next_key() for _ in range(int(line))], flush=True)
"""


class Other:
    """Another process on the same database, that allots keys when it is asked."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def keys(self, count: int = 1) -> list[int]:
        asked, told = self.process.stdin, self.process.stdout
        assert asked is not None
        assert told is not None
        asked.write(f"{count}\n")
        asked.flush()
        return [int(key) for key in told.readline().split()]

    def said(self) -> str:
        told: IO[str] | None = self.process.stdout
        assert told is not None
        return told.readline().strip()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def other(config: Config, *, node: int = -1) -> Iterator[Other]:
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, config.data],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[3],
        env={**os.environ, "QUANCHENG_NODE": str(node)} if node >= 0 else None,
    )
    with process:
        try:
            yield Other(process)
        finally:
            process.kill()


def node(key: int) -> int:
    return (key >> 14) % keys.NODES


def keep(key: int) -> None:
    """A row with this key."""
    with act():
        rows.insert(OrganisationRow, [{"key": key, "tenant": "t", "name": f"局{key}", "created_at": NOW}])


def test_processes_that_live_at_once_have_different_numbers(app: Flask, config: Config) -> None:
    with other(config) as first, other(config) as second:
        mine = [keys.next_key() for _ in range(1000)]
        found = [*first.keys(1000), *second.keys(1000), *mine]
    assert len(set(found)) == 3000
    assert len({node(found[0]), node(found[1000]), node(found[2000])}) == 3


def test_a_number_whose_process_was_killed_is_free_and_begins_after_its_keys(app: Flask, config: Config) -> None:
    with other(config) as first:
        (key,) = first.keys()
        keep(key)
        first.kill()
    with other(config) as second:
        later = second.keys(100)
    assert node(later[0]) == node(key)
    assert min(later) > key


def test_a_second_process_with_the_same_number_does_not_start(app: Flask, config: Config) -> None:
    with other(config, node=7) as first:
        assert node(first.keys()[0]) == 7
        with make_app(replace(config, node=7)).app_context():
            with pytest.raises(Conflict, match="节点号 7 已被另一个运行中的进程占用") as refusal:
                startup.take_node()
            startup.dispose()
        assert refusal.value.code == "NODE_TAKEN"
        with other(config, node=7) as second:
            assert second.said() == "NODE_TAKEN"
            assert second.process.wait() == 1
        first.kill()
    with other(config, node=7) as again:
        assert node(again.keys()[0]) == 7


@pytest.mark.parametrize("number", [-2, 256])
def test_a_number_that_no_key_can_hold_is_refused(config: Config, number: int) -> None:
    with pytest.raises(InvalidRequest, match="QUANCHENG_NODE"):
        make_app(replace(config, node=number))


def test_a_forked_child_takes_a_number_of_its_own_and_leaves_its_parent_the_parents(app: Flask, config: Config) -> None:
    mine = keys.next_key()
    database.dispose()  # as a server does before it forks
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, str(keys.next_key()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        theirs = int(told.read())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert node(theirs) != node(mine)
    assert node(keys.next_key()) == node(mine)
    with other(config) as third:  # the parent's number is still taken
        assert node(third.keys()[0]) != node(mine)


def test_a_restart_with_the_clock_set_back_repeats_no_key(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [keys.next_key() for _ in range(10)]
    keep(before[-1])
    startup.dispose()
    monkeypatch.setattr(keys, "_last", (0, 0))  # what a process forgets when it ends
    monkeypatch.setattr(keys, "present", lambda: keys.millisecond(before[0]) - 3_600_000)
    after = [keys.next_key() for _ in range(10)]
    assert min(after) > max(before)
    assert after == sorted(set(after))


def test_a_clock_that_stands_still_gives_rising_keys_of_the_same_number(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    first = keys.next_key()
    monkeypatch.setattr(keys, "present", lambda: keys.millisecond(first))
    found = [keys.next_key() for _ in range(2 * MORE + 10)]
    assert found == sorted(set(found))
    assert {node(key) for key in found} == {node(first)}


@pytest.mark.parametrize("config", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_process_that_loses_its_session_shares_no_millisecond_with_the_numbers_next_holder(app: Flask, config: Config) -> None:
    keys.next_key()
    mine, held = [keys.next_key() for _ in range(500)], node(keys.next_key())
    with act():  # the network, or the server, ended it
        ended = db.session.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :number"), {"number": held}
        )
        assert ended.scalars().all() == [True]
    with other(config) as second:
        theirs = second.keys(500)
        assert node(theirs[0]) == held
        mine += [keys.next_key() for _ in range(500)]
        theirs += second.keys(500)
        keys._window = None  # the window is used up
        again = keys.next_key()
    assert set(mine).isdisjoint(theirs)
    assert {key >> 14 for key in mine}.isdisjoint({key >> 14 for key in theirs})  # milliseconds of a number
    assert node(again) != held


def test_keys_need_no_database_where_nothing_is_written() -> None:
    keys.claim_by(None)
    first, second = keys.next_key(), keys.next_key()
    assert first < second
    assert node(first) == 0
