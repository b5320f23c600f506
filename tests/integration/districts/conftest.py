"""The shipped districts on a database with their models and organisation in it, made once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config, load
from app.services import startup
from tests.integration.conftest import Address, Stage, Templates, copied, dropped, no_more_keys
from tests.integration.districts.play import at, prepare

BEGIN = at("2024-08-01")


KEYS = {"secret_key": "tests", "password_salt": "tests", "audit_key": "00" * 32}
ORGANISED = Stage(
    "organised",
    lambda: prepare(BEGIN),
    settings=lambda data, folder: load({}, data=data, durable=False, audit_head=str(folder / "head.jsonl"), **KEYS),
    app=create_app,
)


def on_a_copy(stage: Stage, request: pytest.FixtureRequest, tmp_path: Path, templates: Templates, address: Address) -> Iterator[Config]:
    """The settings of a copy of what ``stage`` has made; on SQLite, unless a test asks by an indirect parameter for ``postgresql``."""
    kind = getattr(request, "param", "sqlite")
    template, _ = templates.of(kind, stage, address)
    folder = tmp_path / "data"
    folder.mkdir()
    name = f"d{abs(hash(request.node.nodeid)):x}"
    yield stage.settings(copied(kind, template, folder, name, address), tmp_path)
    no_more_keys()
    if kind == "postgresql":
        dropped(name, address)


@pytest.fixture
def config(request: pytest.FixtureRequest, tmp_path: Path, templates: Templates, address: Address) -> Iterator[Config]:
    yield from on_a_copy(ORGANISED, request, tmp_path, templates, address)


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The whole product, in its context."""
    made = create_app(config)
    with made.app_context():
        yield made
        startup.dispose()
