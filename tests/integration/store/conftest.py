"""A database as release 0.1.0 left it, with a small but whole life in it, on both kinds."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app.config import Config
from app.services import startup
from app.store import schema
from app.store.tables import db
from tests.integration.conftest import make_app, named, no_more_keys, settings
from tests.integration.store.life import Life

TESTS = Path(__file__).resolve().parents[2]
RELEASE = TESTS / "data" / "releases" / "0.1.0"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def released_config(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    shutil.copytree(TESTS / "data" / "services" / "districts", tmp_path / "models" / "districts")
    if request.param == "sqlite":
        folder = tmp_path / "data"
        folder.mkdir()
        with sqlite3.connect(folder / "quancheng.sqlite") as connection:
            connection.executescript((RELEASE / "sqlite.sql").read_text(encoding="utf-8"))
        connection.close()
        yield settings(str(folder), tmp_path)
        no_more_keys()
        return
    address: str = request.getfixturevalue("postgresql_server")
    name = f"r{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    config = settings(named(address, name), tmp_path)
    with make_app(config).app_context():
        with db.engine.connect() as connection:
            schema.migrate(connection, "0002")
        startup.dispose()
    with psycopg.connect(named(address, name)) as server:
        server.execute((RELEASE / "postgresql.sql").read_text(encoding="utf-8").encode())
    yield config
    no_more_keys()
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def released(released_config: Config) -> Iterator[Flask]:
    """An app on it, not migrated yet."""
    app = make_app(released_config)
    with app.app_context():
        yield app
        startup.dispose()


@pytest.fixture
def upgraded(released: Flask) -> Flask:
    """The same after the upgrade."""
    schema.upgrade()
    return released


@pytest.fixture
def life(app: Flask) -> Life:
    """Makes rows in an empty database."""
    return Life()
