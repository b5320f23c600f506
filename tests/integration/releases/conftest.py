"""The database of the release before the diagrams were redrawn, upgraded by this one's start, on both kinds; made once and copied for every test."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app import create_app
from app.config import Config, load
from app.services import startup
from app.store import schema
from app.store.tables import db
from tests.integration.conftest import Address, dropped, named, no_more_keys
from tests.integration.releases import lives

KEYS = {"secret_key": "tests", "password_salt": "tests", "audit_key": "00" * 32}
BEFORE = "0007"  # the revision of that release's tables


def settings(data: str, folder: Path) -> Config:
    return load({}, data=data, durable=False, audit_head=str(folder / "head.jsonl"), **KEYS)


def start(config: Config) -> None:
    """What the operator does: the new release is started, and people join the offices that its start told of."""
    with create_app(config).app_context():
        startup.prepare(lives.NOW)
        lives.register_people()
        startup.dispose()
    no_more_keys()


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("upgraded")
    lives.restore(folder)
    start(settings(str(folder), folder))
    return folder / "quancheng.sqlite"


@pytest.fixture
def config(request: pytest.FixtureRequest, tmp_path: Path, address: Address) -> Iterator[Config]:
    """On SQLite, unless a test asks by an indirect parameter for ``postgresql``."""
    if getattr(request, "param", "sqlite") == "sqlite":
        shutil.copy(request.getfixturevalue("upgraded_file"), tmp_path / "quancheng.sqlite")
        yield settings(str(tmp_path), tmp_path)
        no_more_keys()
        return
    name = f"f{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(address(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    chosen = settings(named(address(), name), tmp_path)
    with create_app(chosen).app_context():
        with db.engine.connect() as connection:
            schema.migrate(connection, BEFORE)
        startup.dispose()
    no_more_keys()
    lives.restore(tmp_path)
    with sqlite3.connect(tmp_path / "quancheng.sqlite") as source, psycopg.connect(named(address(), name)) as server:
        _copy(source, server)
    source.close()
    start(chosen)
    yield chosen
    no_more_keys()
    dropped(name, address)


def _copy(source: sqlite3.Connection, server: psycopg.Connection) -> None:
    """Every row as it stands; SQLite keeps truth values as numbers, and instants as UTC without saying so."""
    server.execute("SET session_replication_role = replica")
    for (table,) in source.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('alembic_version', 'sqlite_sequence')"
    ):
        types = dict(
            server.execute("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table]).fetchall()
        )
        server.execute(f'DELETE FROM "{table}"')  # what an empty database begins with
        found = source.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in found.description]
        marks = ", ".join("%s" for _ in names)
        columns = ", ".join(f'"{name}"' for name in names)
        with server.cursor() as cursor:
            cursor.executemany(
                f'INSERT INTO "{table}" ({columns}) VALUES ({marks})',
                [[_value(value, types[name]) for name, value in zip(names, row, strict=True)] for row in found],
            )


def _value(value: object, kind: str) -> object:
    if value is not None and kind == "boolean":
        return bool(value)
    if value is not None and kind == "timestamp with time zone":
        return f"{value}+00"
    return value


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The whole product on the upgraded database, in its context."""
    made = create_app(config)
    with made.app_context():
        yield made
        startup.dispose()
