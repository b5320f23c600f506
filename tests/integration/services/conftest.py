"""A small district, hill, with its own models and a cast of people, for the services' tests."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from app.domain.permissions import SYSTEM, Actor
from app.seen.shapes import DeploymentView
from app.services import accounts, models
from tests.integration.conftest import Stage, settings

DATA = Path(__file__).resolve().parents[2] / "data" / "services"
NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)  # a Tuesday, 09:00 in hill
_HASH = "$argon2id$not-a-password"


@dataclass(frozen=True)
class Cast:
    """alice applies for the school board, bob for the water board; fred is finance, dora the bureau, lea its leader; val is from another district."""

    alice: Actor
    bob: Actor
    fred: Actor
    dora: Actor
    lea: Actor
    ann: Actor
    root: Actor
    val: Actor


def districts(folder: Path) -> None:
    shutil.copytree(DATA / "districts", folder / "models" / "districts")


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Stage:
    if "cast" in request.fixturenames:
        return CAST
    return HILL if "hill" in request.fixturenames else BARE


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Flask]:
    """An app with settings and districts but no database: to check files."""
    app = Flask("app")
    app.config["QUANCHENG"] = replace(settings(str(tmp_path), tmp_path), models=str(DATA))
    with app.app_context():
        yield app


@pytest.fixture
def hill(app: Flask) -> Flask:
    """The app with hill's models deployed."""
    return app


def deploy_all() -> DeploymentView:
    return models.deploy(SYSTEM, files("bpmn/*.bpmn", "dmn/*.dmn", "forms/*.json", "forms/records/*.json"), NOW, source="cli")


def files(*patterns: str) -> list[tuple[str, bytes]]:
    return [(path.relative_to(DATA).as_posix(), path.read_bytes()) for pattern in patterns for path in sorted(DATA.glob(pattern))]


@pytest.fixture
def cast(hill: Flask, staged: Cast) -> Cast:
    return staged


def assemble() -> Cast:
    """The cast, in hill with its models."""
    people = [
        ("alice", "艾丽", "hill", [("applicant", "教育局")]),
        ("bob", "鲍勃", "hill", [("applicant", "水利局")]),
        ("fred", "冯财", "hill", [("finance", "山丘区财政局")]),
        ("dora", "杜数", "hill", [("data_bureau", "山丘区数据局")]),
        ("lea", "李局", "hill", [("data_bureau_leader", "山丘区数据局")]),
        ("ann", "安析", "hill", [("analyst", "山丘区数据局")]),
        ("root", "系管", "hill", [("system_admin", "山丘区数据局")]),
        ("val", "瓦尔", "valley", [("finance", "河谷区财政局")]),
    ]
    keys = accounts.create_users(SYSTEM, people, _HASH, NOW)
    return Cast(*(accounts.actor(key, NOW) for key in keys))


BARE = Stage("bare", lambda: None, districts)
HILL = Stage("hill", deploy_all, districts)
CAST = Stage("cast", assemble, districts, after=HILL)
