"""Both districts on a database with their models and everybody in their seats, made once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services import startup
from tests.integration.conftest import Address, Templates, address, copied, dropped, no_more_keys, postgresql_server, templates
from tests.integration.districts.conftest import ORGANISED
from tests.integration.districts.play import at
from tests.walks_at_random import seats

__all__ = ["address", "postgresql_server", "templates"]

BEFORE = at("2026-08-01")
SEATED = replace(ORGANISED, name="seated", make=lambda: seats.prepare(BEFORE))


@pytest.fixture
def config(request: pytest.FixtureRequest, tmp_path: Path, templates: Templates, address: Address) -> Iterator[Config]:
    kind = request.param
    template, _ = templates.of(kind, SEATED, address)
    folder = tmp_path / "data"
    folder.mkdir()
    name = f"w{abs(hash(request.node.nodeid)):x}"
    yield SEATED.settings(copied(kind, template, folder, name, address), tmp_path)
    no_more_keys()
    if kind == "postgresql":
        dropped(name, address)


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The whole product, in its context."""
    made = create_app(config)
    with made.app_context():
        yield made
        startup.dispose()
