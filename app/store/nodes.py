"""Node numbers: each process that allots keys holds one of its own as long as it lives, whatever way it ends.

SQLite is one machine's: the number is a lock on a file beside the database, which the system lets go of with the process. PostgreSQL: an advisory lock of a
session of its own. Such a session can be lost while the process lives, so that the number alone is not enough: keys are allotted only in windows of milliseconds
that the session has written down while it held the lock, and whoever holds the number next begins after them. Either way a process begins above every key that
the database holds, so that neither a restart nor a clock that was set back repeats one.
"""

import atexit
import fcntl
import os
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import NullPool, Text, create_engine, func, make_url, select, union_all

from app.codes import InstallationCode
from app.config import Config
from app.domain import keys
from app.domain.keys import FOREVER, NODES, Window
from app.errors import Conflict, InvalidRequest
from app.store.tables import db

_NODE_CLASS = 711_120_262  # of the advisory locks: any number, the same on every node
_AHEAD_MS = 10_000  # how long a window is: the most by which a number's next holder may run ahead of the clock


class _Held(Protocol):
    """A node number in one database, taken when it is needed. ``place``: the database's address and the number that is wanted."""

    place: tuple[str, int]

    def window(self, at: int) -> Window: ...

    def release(self) -> None: ...

    def abandon(self) -> None:
        """In a forked child: forget what belongs to the parent without giving it back."""


_held: _Held | None = None


def attach(config: Config) -> None:
    """From now on this process's keys are for the database of the current app. Raises InvalidRequest (SETTING)."""
    global _held
    if not -1 <= config.node < NODES:
        raise InvalidRequest(f"设置 QUANCHENG_NODE 应为 0 至 {NODES - 1},或 -1(自动分配)", code=InstallationCode.SETTING)
    place = (config.database_url, config.node)
    if _held is not None and _held.place == place:
        return
    release()
    if db.engine.dialect.name == "sqlite":
        _held = _OnFile(place, config.folder)
    else:
        _held = _InSession(place)
    keys.claim_by(_held.window)


def take() -> None:
    """Take a number now and not with the first key, so that a process whose number is taken does not start. Raises Conflict (NODE_TAKEN, NODES_EXHAUSTED)."""
    keys.next_key()


def release() -> None:
    """Give the number back; the next key takes one again."""
    if _held is not None:
        _held.release()
        keys.claim_by(_held.window)


def _forked() -> None:
    if _held is not None:
        _held.abandon()


os.register_at_fork(after_in_child=_forked)
atexit.register(release)


class _OnFile:
    """A lock on ``folder``/node-<number>.lock: of one open file, so that a forked child shares it and must take another."""

    def __init__(self, place: tuple[str, int], folder: Path) -> None:
        self.place = place
        self._folder = folder
        self._wanted = place[1]
        self._file: int | None = None
        self._window: Window | None = None

    def window(self, at: int) -> Window:
        if self._window is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            number = next((number for number in _candidates(self._wanted) if self._lock(number)), None)
            if number is None:
                raise _taken(self._wanted)
            self._window = Window(number, _floor(self.place[0]), FOREVER)
        return self._window

    def _lock(self, number: int) -> bool:
        file = os.open(self._folder / f"node-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = self._window = None

    def abandon(self) -> None:
        self.release()  # closing a copy leaves the parent's lock as it is


class _InSession:
    """An advisory lock of a connection of its own, and the windows that it has written down."""

    def __init__(self, place: tuple[str, int]) -> None:
        self.place = place
        self._wanted = place[1]
        self._connection: psycopg.Connection[Any] | None = None
        self._inherited: list[psycopg.Connection[Any]] = []  # never closed here: that would end the parent's session
        self._number = 0
        self._floor = 0

    def window(self, at: int) -> Window:
        if self._connection is not None:
            try:
                return self._next(self._connection, at)
            except psycopg.OperationalError:  # the session is lost, and the number with it
                self.release()
        self._connection = self._take()
        self._floor = _floor(self.place[0])
        return self._next(self._connection, at)

    def _take(self) -> psycopg.Connection[Any]:
        address = make_url(self.place[0])
        arguments, options = address.get_dialect()().create_connect_args(address)
        connection = psycopg.connect(*arguments, **options, autocommit=True)
        candidates = _candidates(self._wanted)
        # Tried in order and only until one is free.
        query = "SELECT number FROM generate_series(%s::int, %s::int) AS number WHERE pg_try_advisory_lock(%s, number) LIMIT 1"
        found = connection.execute(query, (candidates[0], candidates[-1], _NODE_CLASS)).fetchone()
        if found is None:
            connection.close()
            raise _taken(self._wanted)
        self._number = found[0]
        return connection

    def _next(self, connection: psycopg.Connection[Any], at: int) -> Window:
        """Write down a window that nobody with this number has had, and give it. It begins at ``at``, or after the last one."""
        first = max(at, self._floor)
        found = connection.execute(
            "INSERT INTO stored_settings (name, value) VALUES (%(name)s, (%(first)s::bigint + %(more)s)::text) ON CONFLICT (name) "
            "DO UPDATE SET value = (greatest(stored_settings.value::bigint + 1, %(first)s::bigint) + %(more)s)::text RETURNING value::bigint",
            {"name": f"node.{self._number}", "first": first, "more": _AHEAD_MS},
        ).fetchone()
        last: int = found[0] if found else first
        return Window(self._number, last - _AHEAD_MS, last)

    def release(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def abandon(self) -> None:
        if self._connection is not None:
            self._inherited.append(self._connection)
        self._connection = None


def _candidates(wanted: int) -> range:
    return range(NODES) if wanted < 0 else range(wanted, wanted + 1)


def _taken(wanted: int) -> Conflict:
    if wanted < 0:
        return Conflict(f"本进程未启动:{NODES} 个节点号已全部被运行中的进程占用,请先停止多余的进程", code=InstallationCode.NODES_EXHAUSTED)
    return Conflict(
        f"本进程未启动:节点号 {wanted} 已被另一个运行中的进程占用。请为它另设 QUANCHENG_NODE,或不设置而自动分配",
        code=InstallationCode.NODE_TAKEN,
    )


def _floor(address: str) -> int:
    """The millisecond after the greatest key that the database holds. Read past the app's pool, whose app may be gone when a number is taken again."""
    columns = [
        column
        for table in db.metadata.sorted_tables
        for column in table.columns
        if column.name in ("key", "id") and not isinstance(column.type, Text) and (column.primary_key or column.unique)
    ]
    greatest = union_all(*(select(func.max(column).label("key")) for column in columns)).subquery()
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(select(func.max(greatest.c.key))).scalar_one()
    return keys.millisecond(found or 0) + 1
