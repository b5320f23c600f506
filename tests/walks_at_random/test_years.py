"""A short life of the long trial ``make soak-years``, so that it does not rot: a few projects of both districts for two years, and the books are closed."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from app.store.tables import ProjectRow, RecordRow, db
from tests.integration.districts.play import at
from tests.walks_at_random.conftest import BEFORE
from tests.years import announced, attempts, books, lives, money
from tests.years.decade import Decade

pytestmark = pytest.mark.xdist_group("seats")  # one worker makes the database that they begin with
PROJECTS, YEARS = 3, 2
OF_PROJECTS = ("monitoring", "self_evaluation", "inspection", "evaluation")


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
def test_two_years_leave_nothing_undone_and_every_sum_right(app: Flask, tmp_path: Path) -> None:
    decade = Decade(7, PROJECTS, YEARS, BEFORE, inventive=False, late=2)
    decade.keep(tmp_path / "state")
    decade = Decade.kept(tmp_path / "state")  # what was left is gone on with
    assert decade.live(600)
    said = books.close(decade)
    assert said.problems == [], "\n".join([*said.lines, *said.problems])
    assert decade.figures.acts > 100
    assert decade.figures.tried > 10
    assert [words.split(",")[0] for words in decade.figures.holidays] == ["2027 on 2026-12-10", "2028 on 2028-02-20"]

    # What the books would say if something had been lost.
    db.session.execute(delete(RecordRow).where(RecordRow.kind.in_((*OF_PROJECTS, "overdue"))))
    key, facts = db.session.execute(select(ProjectRow.key, ProjectRow.facts).where(ProjectRow.contract_amount.is_not(None))).first()
    db.session.execute(update(ProjectRow).where(ProjectRow.key == key).values(facts={**facts, "paidAmount": Decimal("1.00")}))
    db.session.commit()
    found, left = books.Said(), lives.read()
    found.take("the ledger", books.ledger(left))
    found.take("money", money.of_project(left.projects[key], Counter()))
    books.of_duties(found, decade, left)
    told = " ".join(found.problems)
    assert f"paidAmount of {key} is 1.00" in told
    assert "paidAmount is 1.00, paid were" in told
    assert any(f"{duty} of {key}" in told for duty in OF_PROJECTS for key in left.projects)


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
def test_an_attempt_that_is_let_in_is_told_with_its_seed_and_step(app: Flask) -> None:
    decade = Decade(7, 0, 1, BEFORE, inventive=False)
    place = decade.towns["sucheng"]
    nobody = SimpleNamespace(key=0, project_key=None)
    attempts.tried(decade, "stranger", "review.review_budget", nobody, place.seats.strangers[0], lambda: None)
    (told,) = decade.figures.breaches
    assert told.startswith("seed 7, act 0, 2026-08-01")
    assert told.endswith("was let in")


def test_invented_holidays_are_a_file_as_an_administrator_imports_it() -> None:
    text = announced.file_of(2031).decode()
    assert text.startswith("日期,安排,说明\n2031-01-01,休,元旦\n")
    assert "班,国庆节调休" in text
    assert at("2031-10-01").date().isoformat() in text
