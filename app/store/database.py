"""The connection: one engine an app, with the manners that each database needs.

SQLite: reads run outside any transaction; the first writing statement opens ``BEGIN IMMEDIATE``. So an act reads and steps without holding anybody up, and
its writes are one short transaction (a DEFERRED one fails with "database is locked" as soon as two people write). WAL, synchronous=FULL.
PostgreSQL: READ COMMITTED, and every wait is bounded by the server itself, so that a frozen node cannot hold a row for ever.
"""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask
from sqlalchemy import URL, Connection, CursorResult, Engine, Executable, event, make_url
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from app import logs
from app.codes import InstallationCode
from app.config import Config
from app.errors import Conflict, InvalidRequest
from app.store.tables import db

_CONNECTION = "connection"
_KINDS = ("sqlite:///", "postgresql+psycopg://")
_WAITED_TOO_LONG = frozenset({"LockNotAvailable", "QueryCanceled", "DeadlockDetected", "IdleInTransactionSessionTimeout"})


def attach(app: Flask, config: Config, *, reading: bool = False) -> None:
    """Bind ``app`` to the database of ``config``. The folder of a SQLite file is made if missing. ``reading``: nothing can be written, nor made.

    Raises InvalidRequest (SETTING) for an address of another kind of database, Conflict (DATABASE) if the folder cannot be made.
    """
    url = config.database_url
    if not url.startswith(_KINDS) or _parsed(url) is None:
        raise InvalidRequest(
            f"数据位置 {url.partition('://')[0]}://… 不能用:应为文件夹,或 postgresql:// 开头的数据库地址(QUANCHENG_DATA 或 --data)",
            code=InstallationCode.SETTING,
        )
    options: dict[str, Any] = {"hide_parameters": True}  # a failed statement's message would carry them into logs
    if url.startswith("sqlite"):
        path = _path(url)
        if not reading:
            _make(path.parent)
        elif path.with_name(f"{path.name}-wal").exists():
            # Whoever closes last would write the log of commits back into the file; without a log a plain connection leaves less behind.
            url = f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true"
        options["connect_args"] = {"timeout": config.busy_seconds, "check_same_thread": False}
        options["pool_size"] = max(config.threads + 2, 5)
    else:
        waits = {
            "lock_timeout": config.lock_seconds,
            "statement_timeout": config.statement_seconds,
            "idle_in_transaction_session_timeout": config.idle_seconds,
        }
        server = " ".join(f"-c {name}={int(seconds * 1000)}" for name, seconds in waits.items())
        if reading:
            server += " -c default_transaction_read_only=on"
        options["connect_args"] = {"options": f"{server} -c TimeZone=UTC"}
        options["pool_size"] = config.pool_size
        options["max_overflow"] = config.pool_size
        options["pool_pre_ping"] = True
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", logs.count_statement)
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine, synchronous="FULL" if config.durable else "OFF", reading=reading)


def _parsed(text: str) -> URL | None:
    try:
        return make_url(text)
    except (ArgumentError, ValueError):  # a port that is no number
        return None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Conflict(
            f"不能建立数据文件夹 {folder}:{error.strerror}。请核对 --data 或 QUANCHENG_DATA,以及上级文件夹的权限",
            code=InstallationCode.DATABASE,
        ) from error


def reach() -> None:
    """Connect once, so that an installation that cannot says so. Needs an app context. Raises Conflict (DATABASE)."""
    try:
        with db.engine.connect():
            pass
    except DBAPIError as error:
        where = db.engine.url.render_as_string(hide_password=True)
        cause = str(error.orig).strip().splitlines()
        raise Conflict(
            f"打不开数据库 {where}:{cause[0] if cause else type(error.orig).__name__}。请核对 --data 或 QUANCHENG_DATA,数据库是否在运行,地址、口令和权限",
            code=InstallationCode.DATABASE,
        ) from error


def is_there(config: Config) -> bool:
    """Whether there is a database to look into: the file of SQLite; a server says so itself."""
    return not config.database_url.startswith("sqlite") or _path(config.database_url).exists()


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def prepare_sqlite(engine: Engine, *, synchronous: str = "FULL", reading: bool = False) -> None:
    """Give a SQLite engine the manners above."""
    event.listen(engine, "connect", lambda connection, record: _open_sqlite(connection, synchronous, reading=reading))
    event.listen(engine, "before_cursor_execute", _begin_sqlite)


def _open_sqlite(connection: Any, synchronous: str, *, reading: bool) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    cursor = connection.cursor()
    for pragma in (
        "query_only=ON" if reading else "journal_mode=WAL",
        f"synchronous={synchronous}",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(
    connection: Connection, cursor: DBAPICursor, statement: str, parameters: Any, context: ExecutionContext | None, many: bool
) -> None:
    raw: Any = connection.connection.driver_connection
    if not raw.in_transaction and not statement.lstrip()[:6].upper().startswith(("SELECT", "PRAGMA", "BEGIN")):
        raw.execute("BEGIN IMMEDIATE")


def run(statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[Any]:
    """Execute a statement over plain tables in the current act, past the mapper."""
    result: CursorResult[Any] = connection().execute(statement, values or {})
    return result


def connection() -> Connection:
    """The connection of the current act. Remembered while its transaction lasts: a session looks for it anew at every statement."""
    session = db.session()
    kept = session.info.get(_CONNECTION)
    transaction = session.get_transaction()
    if kept is not None and transaction is not None and kept[0] is transaction:
        found: Connection = kept[1]
        return found
    found = session.connection()
    session.info[_CONNECTION] = (session.get_transaction(), found)
    return found


def is_wait(error: BaseException) -> bool:
    """Whether a statement failed because somebody else held what it needed for too long."""
    if isinstance(error, sqlite3.OperationalError):  # of BEGIN IMMEDIATE, which SQLAlchemy does not see
        return "database is locked" in str(error)
    return isinstance(error, OperationalError) and (
        type(error.orig).__name__ in _WAITED_TOO_LONG or "database is locked" in str(error.orig)
    )


def is_postgresql() -> bool:
    """Whether the current app runs on PostgreSQL."""
    return db.engine.dialect.name == "postgresql"


def dispose() -> None:
    """Close every connection of the current app."""
    db.session.remove()
    db.engine.dispose()
