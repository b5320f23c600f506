"""The shipped districts on a database with their models and organisation in it, made once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app import create_app
from app.config import Config, load
from app.services import startup
from tests.integration.conftest import named
from tests.integration.districts.play import at, prepare

BEGIN = at("2024-08-01")


@pytest.fixture(scope="session")
def organised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("organised")
    with create_app(load({}, data=str(folder), durable=False)).app_context():
        prepare(BEGIN)
        startup.dispose()  # the last connection to close writes the WAL back, so that the file alone is whole
    return folder


@pytest.fixture
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    """SQLite with its keys beside it, unless a test asks by an indirect parameter for ``postgresql``."""
    folder = tmp_path / "data"
    if getattr(request, "param", "sqlite") == "sqlite":
        shutil.copytree(request.getfixturevalue("organised"), folder)
        yield load({}, data=str(folder), durable=False)
        return
    address: str = request.getfixturevalue("postgresql_server")
    name = f"d{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template")
    keys = {"secret_key": "tests", "password_salt": "tests", "audit_key": "00" * 32, "audit_head": str(tmp_path / "head.jsonl")}
    chosen = load({}, data=named(address, name), **keys)
    with create_app(chosen).app_context():
        prepare(BEGIN)
        startup.dispose()
    yield chosen
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The whole product, in its context."""
    made = create_app(config)
    with made.app_context():
        yield made
        startup.dispose()
