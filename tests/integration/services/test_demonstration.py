"""The demonstration: offices and accounts of every role, a clock that jumps, and the shipped models with projects in every phase."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.catalogue import districts
from app.config import Config, load
from app.errors import Forbidden, InvalidRequest
from app.playing import demonstration
from app.services import accounts, inbox, instants, projects, startup, tasks
from app.store.tables import AuditEntryRow, db
from tests.integration.conftest import make_app
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import APPLICATION

AT_MOST = timedelta(hours=6)  # the virtual clock goes on by itself: how long a test may take, far more than it does


@pytest.fixture
def config(config: Config) -> Config:
    """The virtual clock."""
    return load({}, data=config.data, models=config.models, audit_key=config.audit_key, audit_head=config.audit_head, clock="virtual")


def test_every_role_of_every_district_has_accounts(hill: Flask) -> None:
    made = demonstration.organise(NOW)
    assert demonstration.organise(NOW) == 0
    offered = accounts.demonstration_accounts()
    assert len(offered) == made
    for district in districts.every().values():
        assert {account.role for account in offered if account.tenant == district.key} == set(district.roles)
    alice = next(account for account in offered if account.username == "hill.applicant")
    assert (alice.role_title, alice.office, alice.tenant_title) == ("申报单位", "教育局", "山丘区")
    assert [account.office for account in offered if account.username == "hill.applicant2"] == ["水利局"]


def test_the_clock_fires_what_is_due_on_the_way_in_order(cast: Cast) -> None:
    start = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
    instants.begin_at(start)
    assert instants.is_virtual()
    assert start <= instants.now() < start + AT_MOST
    for name in ("一", "二"):
        _, task = projects.start(cast.alice, "permit", name, start)
        tasks.complete(cast.alice, task, {**APPLICATION, "receivedAt": "2026-03-10T09:00:00+08:00"}, start)
        start += timedelta(days=1)
    year_end = datetime(2027, 1, 2, tzinfo=UTC)
    reached = demonstration.advance(cast.root, year_end)
    assert year_end <= reached < year_end + AT_MOST
    entries = db.session.execute(
        select(AuditEntryRow.action, AuditEntryRow.at)
        .where(AuditEntryRow.action.in_(["timer.fire", "process.start"]))
        .order_by(AuditEntryRow.key)
    ).all()
    later = [at for _, at in entries[2:]]
    assert later == sorted(later)
    due = datetime.fromisoformat("2026-03-25T00:00:00+08:00")
    assert all(due <= at < due + AT_MOST for action, at in entries if action == "timer.fire")
    new_year = datetime.fromisoformat("2027-01-01T00:00:00+08:00")
    assert Counter(at.date() for action, at in entries[2:] if action == "process.start") == {new_year.astimezone(UTC).date(): 2}
    assert len(inbox.todo(cast.fred, reached, overdue=True).items) == 2


def test_only_the_system_administrator_moves_the_clock_and_only_on(cast: Cast) -> None:
    instants.begin_at(NOW)
    with pytest.raises(Forbidden):
        demonstration.advance(cast.alice, timedelta(days=1))
    with pytest.raises(InvalidRequest) as back:
        demonstration.advance(cast.root, NOW - timedelta(days=1))
    assert back.value.code == "CLOCK_BACK"
    with pytest.raises(InvalidRequest) as naive:
        demonstration.advance(cast.root, datetime(2030, 1, 1))  # noqa: DTZ001 - that is the point
    assert naive.value.code == "CLOCK_NAIVE"
    demonstration.advance(cast.root, timedelta(days=1))
    assert instants.now() >= NOW + timedelta(days=1)


def test_a_clock_that_went_on_while_one_looked_at_it_is_not_put_back(cast: Cast) -> None:
    instants.begin_at(NOW)
    instants.move_to(NOW - timedelta(seconds=30))
    assert instants.now() >= NOW
    with pytest.raises(InvalidRequest) as back:
        instants.move_to(NOW - timedelta(minutes=2))
    assert back.value.code == "CLOCK_BACK"


def test_another_process_sees_the_same_virtual_clock(cast: Cast, config: Config) -> None:
    instants.begin_at(datetime(2031, 5, 6, tzinfo=UTC))
    other = make_app(config)
    with other.app_context():
        assert instants.now().year == 2031
        startup.dispose()


def test_a_real_clock_cannot_be_moved(config: Config, cast: Cast) -> None:
    real = make_app(load({}, data=config.data, models=config.models, audit_key=config.audit_key))
    with real.app_context():
        assert not instants.is_virtual()
        with pytest.raises(InvalidRequest) as refused:
            demonstration.advance(cast.root, timedelta(days=1))
        assert refused.value.code == "CLOCK_REAL"
        with pytest.raises(InvalidRequest):
            instants.move_to(NOW)
        startup.dispose()
