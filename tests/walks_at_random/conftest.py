"""Both districts on a database with their models and everybody in their seats, made once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Config
from tests.integration.conftest import Address, Templates, address, postgresql_server, templates
from tests.integration.districts.conftest import ORGANISED, app, on_a_copy
from tests.integration.districts.play import at
from tests.walks_at_random import seats

__all__ = ["address", "app", "postgresql_server", "templates"]

BEFORE = at("2026-08-01")
SEATED = replace(ORGANISED, name="seated", make=lambda: seats.prepare(BEFORE))


@pytest.fixture
def config(request: pytest.FixtureRequest, tmp_path: Path, templates: Templates, address: Address) -> Iterator[Config]:
    yield from on_a_copy(SEATED, request, tmp_path, templates, address)
