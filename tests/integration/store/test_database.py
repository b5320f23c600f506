"""The manners of the connection: what each database is told, and which failures mean that somebody else was in the way."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg.errors as pg
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from app.config import Config
from app.store import database
from app.store.tables import db
from tests.integration.conftest import make_app, settings


def attached(config: Config, *, reading: bool = False) -> Flask:
    app = Flask("app")
    app.config["QUANCHENG"] = config
    database.attach(app, config, reading=reading)
    return app


def test_a_sqlite_file_is_waited_for_and_its_folder_made(tmp_path: Path) -> None:
    config = replace(settings(str(tmp_path / "deep" / "er"), tmp_path), busy_seconds=7.0, threads=9)
    assert database.is_there(config) is False
    app = attached(config)
    assert (tmp_path / "deep" / "er").is_dir()
    assert app.config["SQLALCHEMY_ENGINE_OPTIONS"] == {
        "hide_parameters": True, "connect_args": {"timeout": 7.0, "check_same_thread": False}, "pool_size": 11,
    }  # fmt: skip
    assert attached(replace(config, threads=1)).config["SQLALCHEMY_ENGINE_OPTIONS"]["pool_size"] == 5
    with app.app_context():
        told = {
            name: db.session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "temp_store", "cache_size", "query_only")
        }
        assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2, "cache_size": -16000, "query_only": 0}
        assert database.is_postgresql() is False
        database.dispose()
    assert database.is_there(config) is True
    with attached(replace(config, durable=False)).app_context():
        assert db.session.execute(text("PRAGMA synchronous")).scalar_one() == 0
        database.dispose()


def test_who_only_reads_makes_and_writes_nothing(tmp_path: Path) -> None:
    config = settings(str(tmp_path / "data"), tmp_path)
    attached(config, reading=True)
    assert not (tmp_path / "data").exists()
    with make_app(config).app_context():
        db.session.execute(text("CREATE TABLE a (b)"))
        db.session.commit()
        database.dispose()
    with attached(config, reading=True).app_context():
        assert db.session.execute(text("PRAGMA query_only")).scalar_one() == 1
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.session.execute(text("INSERT INTO a VALUES (1)"))
        database.dispose()
    (tmp_path / "data" / "quancheng.sqlite-wal").touch()
    assert "mode=ro" in attached(config, reading=True).config["SQLALCHEMY_DATABASE_URI"]
    assert "mode=ro" not in attached(config).config["SQLALCHEMY_DATABASE_URI"]


def test_a_server_bounds_every_wait_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine("sqlite://")
    monkeypatch.setattr(database.db, "init_app", lambda app: app.extensions.update(sqlalchemy=None))
    monkeypatch.setattr(database.event, "listen", lambda *_: None)
    monkeypatch.setattr(type(database.db), "engine", property(lambda _: engine))
    monkeypatch.setattr(database, "prepare_sqlite", lambda *_, **__: None)
    given = replace(settings("postgresql+psycopg://x/y", tmp_path), lock_seconds=1.5, statement_seconds=2.0, idle_seconds=3.0, pool_size=4)
    assert database.is_there(given) is True

    def options(*, reading: bool = False) -> dict[str, Any]:
        return dict(attached(given, reading=reading).config["SQLALCHEMY_ENGINE_OPTIONS"])

    waits = "-c lock_timeout=1500 -c statement_timeout=2000 -c idle_in_transaction_session_timeout=3000"
    assert options() == {
        "hide_parameters": True, "connect_args": {"options": f"{waits} -c TimeZone=UTC"}, "pool_size": 4, "max_overflow": 4, "pool_pre_ping": True,
    }  # fmt: skip
    assert options(reading=True)["connect_args"] == {"options": f"{waits} -c default_transaction_read_only=on -c TimeZone=UTC"}


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (sqlite3.OperationalError("database is locked"), True),
        (sqlite3.OperationalError("no such table"), False),
        (OperationalError("x", {}, sqlite3.OperationalError("database is locked")), True),
        (OperationalError("x", {}, sqlite3.OperationalError("no such table")), False),
        (OperationalError("x", {}, pg.LockNotAvailable()), True),
        (OperationalError("x", {}, pg.QueryCanceled()), True),
        (OperationalError("x", {}, pg.DeadlockDetected()), True),
        (OperationalError("x", {}, pg.IdleInTransactionSessionTimeout()), True),
        (OperationalError("x", {}, pg.UniqueViolation()), False),
        (ValueError("database is locked"), False),
    ],
)
def test_who_was_in_the_way_is_told_from_what_is_wrong(error: BaseException, waits: bool) -> None:
    assert database.is_wait(error) is waits


def test_reads_stand_outside_any_transaction_and_the_first_write_begins_one(tmp_path: Path) -> None:
    with attached(settings(str(tmp_path), tmp_path)).app_context():
        raw: Any = database.connection().connection.driver_connection
        for statement, begun in (
            ("SELECT 1", False),
            ("  select 1", False),
            ("PRAGMA user_version", False),
            ("CREATE TABLE a (b)", True),
            ("SELECT 1", True),
        ):
            database.run(text(statement))
            assert raw.in_transaction is begun, statement
        kept = database.connection()
        assert database.connection() is kept
        db.session.rollback()
        database.run(text("SELECT 1"))
        assert database.run(text("SELECT :a"), {"a": 5}).scalar_one() == 5
        database.dispose()
