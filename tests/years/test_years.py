"""A short life of the long trial ``make soak-years``, so that it does not rot: a few projects of both districts for two years, and the books are closed."""

from collections import Counter
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from app.store.tables import ProjectRow, RecordRow, db
from tests.integration.districts.play import at
from tests.walks_at_random.conftest import BEFORE
from tests.years import announced, books, lives, money
from tests.years.decade import Decade

pytestmark = pytest.mark.xdist_group("seats")
PROJECTS, YEARS = 2, 2


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
def test_two_years_leave_nothing_undone_and_every_sum_right(app: Flask) -> None:
    decade = Decade(7, PROJECTS, YEARS, BEFORE, inventive=False, late=2)
    import time

    c = time.process_time()
    assert decade.live(600)
    print("CPU", time.process_time() - c, decade.figures.done, decade.figures.acts)
    c = time.process_time()
    said = books.close(decade)
    print("CLOSE", time.process_time() - c)
    assert said.problems == [], "\n".join([*said.lines, *said.problems])
    assert decade.figures.acts > 100
    assert decade.figures.tried > 10
    assert [words.split(",")[0] for words in decade.figures.holidays] == ["2027 on 2026-12-10", "2028 on 2028-02-20"]

    # What the books would say if something had been lost.
    db.session.execute(delete(RecordRow).where(RecordRow.kind.in_(("monitoring", "overdue"))))
    key, facts = db.session.execute(select(ProjectRow.key, ProjectRow.facts).where(ProjectRow.contract_amount.is_not(None))).first()
    db.session.execute(update(ProjectRow).where(ProjectRow.key == key).values(facts={**facts, "paidAmount": Decimal("1.00")}))
    db.session.commit()
    found, left = books.Said(), lives.read()
    found.take("the ledger", books.ledger(left))
    found.take("money", money.of_project(left.projects[key], Counter()))
    books.of_duties(found, decade, left)
    print(found.lines)
    told = " ".join(found.problems)
    assert f"paidAmount of {key} is 1.00" in told
    assert "paidAmount is 1.00, paid were" in told
    assert "SC-32-4 monitoring" in told


def test_invented_holidays_are_a_file_as_an_administrator_imports_it() -> None:
    text = announced.file_of(2031).decode()
    assert text.startswith("日期,安排,说明\n2031-01-01,休,元旦\n")
    assert "班,国庆节调休" in text
    assert at("2031-10-01").date().isoformat() in text
