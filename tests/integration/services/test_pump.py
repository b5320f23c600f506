"""The clock's waking: what one pump does, and how APScheduler is told to do it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock
from app.acts import idempotency
from app.services import instants, projects, pump, tasks
from app.store.tables import IdempotencyKeyRow, RecordRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_deadlines import DUE, reviews
from tests.integration.services.test_permit import APPLICATION, statements


def test_one_pump_fires_delivers_and_seals(cast: Cast) -> None:
    reviews(cast, 3)
    counts = pump.pump(DUE)
    assert (counts.timers, counts.messages) == (3, 0)
    assert counts.sealed >= 9
    assert pump.pump(DUE) == pump.PumpCounts(0, 0, 0)


def test_an_idle_pump_writes_nothing_and_asks_little(cast: Cast) -> None:
    reviews(cast, 3)
    pump.pump(NOW)
    with statements() as seen:
        pump.pump(NOW)
    assert [statement for statement in seen if not statement.startswith(("SELECT", "COMMIT"))] == []
    assert len(seen) <= 7  # one of them: what begins by itself for many


def test_the_scheduler_pumps_alone_late_and_never_in_parallel(cast: Cast, app: Flask) -> None:
    scheduler = clock.start(app)
    try:
        job = scheduler.get_job("pump")
        assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
    finally:
        scheduler.shutdown(wait=True)


def test_a_failing_pump_is_logged_and_the_next_one_works(
    cast: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reviews(cast, 1)
    monkeypatch.setattr(instants, "now", lambda: DUE)
    with monkeypatch.context() as broken:
        broken.setattr(pump, "pump", lambda now: 1 // 0)
        clock._pump(app)
    assert "the pump failed" in caplog.text
    clock._pump(app)
    db.session.rollback()
    assert db.session.execute(select(func.count()).select_from(RecordRow)).scalar_one() == 1


def test_tidying_that_fails_is_logged_and_stops_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pump, "tidy", lambda now: 1 // 0)
    clock._tidy(app)
    assert "tidying failed" in caplog.text
    monkeypatch.setattr(pump, "look_again", lambda now: 1 // 0)
    clock._look_again(app)
    assert "looking again failed" in caplog.text


def test_old_idempotency_keys_are_dropped(cast: Cast) -> None:
    _, task = projects.start(cast.alice, "permit", "平台", NOW)
    tasks.complete(cast.alice, task, APPLICATION, NOW, idempotency_key="k")
    pump.tidy(NOW + timedelta(hours=23))
    assert db.session.execute(select(IdempotencyKeyRow.key)).scalars().all() == ["k"]
    request = idempotency.request(cast.alice, "k", {"other": 1})
    assert request is not None
    assert idempotency.answered(request, NOW + timedelta(hours=25)) is None
    pump.tidy(NOW + timedelta(hours=25))
    assert db.session.execute(select(IdempotencyKeyRow.key)).all() == []
