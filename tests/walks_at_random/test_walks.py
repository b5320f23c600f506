"""Random acts by random seats never change what is not theirs, never go through a gate on what has lapsed, never lose what somebody has written.

Short here; ``make soak-seats`` walks on from seed to seed, on PostgreSQL too, until every user task has been completed often enough.
"""

import csv
import logging
import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from app.config import Config
from app.domain.permissions import SYSTEM
from app.services import instants, trail
from app.store.tables import ProjectRow, db
from tests.integration.districts.play import at
from tests.walks_at_random import figures, tables
from tests.walks_at_random.deeds import Deed
from tests.walks_at_random.walk import Walk

ACTS = int(os.environ.get("WALK_ACTS", "110"))
SEED = int(os.environ.get("WALK_SEED", "1"))
KEPT = os.environ.get("WALK_FIGURES")
DATABASES = ["sqlite", *([pytest.param("postgresql", marks=pytest.mark.postgresql)] if KEPT else [])]
FIRST_DAYS = ("2026-09-01", "2026-08-20", "2027-08-25")
DISTRICTS = ("fengxian", "sucheng")
GAPS = frozenset(f"N{number:02}" for number in range(1, 36))  # of the catalogue: what no clause says and a real office needs

pytestmark = pytest.mark.xdist_group("seats")


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> list[Walk]:
    """The clock that a walk moves, for programs too."""
    walks: list[Walk] = []
    monkeypatch.setattr(instants, "now", lambda: walks[0].now)
    return walks


@pytest.mark.parametrize("config", DATABASES, indirect=True)
@pytest.mark.parametrize("district", DISTRICTS)
def test_random_acts_by_random_seats(
    app: Flask, config: Config, district: str, hands: list[Walk], caplog: pytest.LogCaptureFixture
) -> None:
    on_server = config.database_url.startswith("postgresql")
    seed = SEED * 2 + on_server
    before = figures.completed(Path(KEPT), district) if KEPT else None
    walk = Walk(app, district, seed, at(FIRST_DAYS[seed // 2 % len(FIRST_DAYS)] if KEPT else FIRST_DAYS[0]), before)
    hands.append(walk)
    done = walk.go(ACTS)
    if KEPT:
        figures.keep(Path(KEPT), f"{district}.{seed}", {**done.as_json(), "database": "postgresql" if on_server else "sqlite"})
    assert walk.problems == [], "\n".join(walk.problems)
    broken = [f"{record.getMessage()} {getattr(record, 'fields', '')}" for record in caplog.records if record.levelno >= logging.ERROR]
    assert broken == [], "nothing ends in an error of our own"
    assert trail.verify(SYSTEM).problems == []
    assert KEPT or done.share >= figures.SHARE, done  # of the long walks all together: see figures


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
def test_the_oracle_notices_what_nobody_may(app: Flask, config: Config, hands: list[Walk]) -> None:
    """The ledger is written behind everybody's back, and an act is looked at that a stranger has done."""
    walk = Walk(app, "sucheng", SEED, at(FIRST_DAYS[0]))
    hands.append(walk)
    walk.go(12)
    key, project = next(iter(walk.oracle.ledger.projects.items()))
    db.session.execute(update(ProjectRow).where(ProjectRow.key == key).values(facts={**project.facts, "approvedBudget": 1}))
    db.session.commit()
    (bureau,) = [actor for actor in walk.seats.everybody if actor.username == "sucheng.data_bureau"]
    refused = Deed("submit", bureau, "review.review_budget", 1, key, refused="FORBIDDEN")
    assert "something has changed" in " ".join(walk.oracle.judge(refused, walk.now))
    db.session.execute(update(ProjectRow).where(ProjectRow.key == key).values(facts={**project.facts, "approvedBudget": 2}))
    db.session.commit()
    said = " ".join(walk.oracle.judge(Deed("submit", bureau, "review.review_budget", 1, key), walk.now))
    assert "it is for ['finance']" in said
    assert "approvedBudget was 1 and is 2" in said


@pytest.mark.parametrize("district", DISTRICTS)
def test_the_oracle_knows_whose_every_task_is_and_names_clauses_that_there_are(district: str) -> None:
    rules = tables.of(district)
    folder = Path(__file__).resolve().parents[2]
    with (folder / "districts" / f"{district}.clauses.csv").open(encoding="utf-8", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    assert rules.clauses - known - GAPS == set()
    written = set().union(*rules.facts.values()) | {task for gate in rules.gates for task in gate.needs}
    assert {act for act in written if "." in act} - rules.tasks.keys() == set()
