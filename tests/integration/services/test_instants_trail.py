"""The clock goes on and never back; a trail that was tampered with says where."""

from datetime import UTC, datetime, timedelta

import pytest
import simplejson
from sqlalchemy import text

from app.acts.transaction import act
from app.domain.audit import seal_root
from app.domain.permissions import SYSTEM
from app.errors import AuditBroken
from app.services import instants, trail
from app.store import rows
from app.store.tables import StoredSettingRow, db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_limits_of_services import refused
from tests.integration.services.test_permit import start as apply
from tests.integration.services.test_trail import some_acts, tamper

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# ---------------------------------------------------------------------- the clock


def test_the_clock_is_the_machines_unless_it_is_virtual(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert instants.is_virtual() is False
    for move in (instants.move_to, instants.begin_at):
        assert refused(lambda move=move: move(NOW)) == ("CLOCK_REAL", "本系统使用真实时钟,不能调整时间")  # type: ignore[misc]
    assert abs(instants.now() - datetime.now(UTC)) < HOUR
    monkeypatch.setattr(instants, "is_virtual", lambda: True)
    assert abs(instants.now() - datetime.now(UTC)) < HOUR
    later = datetime.now(UTC) + 100 * DAY
    instants.move_to(later)
    assert later <= instants.now() < later + HOUR
    instants.move_to(later - timedelta(seconds=10))
    assert instants.now() >= later, "it never goes back"
    assert refused(lambda: instants.move_to(later - timedelta(minutes=5))) == ("CLOCK_BACK", "时钟只能向后推进,不能倒退")
    instants.begin_at(NOW)
    assert NOW <= instants.now() < NOW + HOUR
    with act():
        rows.upsert(StoredSettingRow, [{"name": "clock.offset", "value": "0"}], ["name"], ["value"])
    assert instants.now() < NOW + HOUR, "what another process has changed may go unseen for a moment"
    monkeypatch.setattr(instants.time, "monotonic", lambda: 10.0**9)
    assert abs(instants.now() - datetime.now(UTC)) < HOUR


# ---------------------------------------------------------------------- the trail


def test_a_broken_trail_says_where(cast: Cast) -> None:
    some_acts(cast)
    assert trail.seal(NOW) == 10
    chain = db.session.execute(text("SELECT max(chain) FROM audit_entries WHERE action = 'task.complete'")).scalar_one()
    mac = db.session.execute(text("SELECT mac FROM audit_entries WHERE number = 2 AND chain = :chain"), {"chain": chain}).scalar_one()
    assert mac
    db.session.rollback()
    tamper("DELETE FROM audit_entries WHERE number = 1 AND chain = :chain", chain=chain)
    problems = trail.verify(SYSTEM).problems
    assert f"链 {chain} 缺少第 1 条(其后是第 2 条)" in problems
    assert f"链 {chain} 第 2 条({NOW.isoformat()} task.complete)的校验码不符" in problems
    assert "第 1 次封存与其 10 条记录不符(实有 9 条)" in problems
    assert len(problems) == 3
    db.session.execute(text("DELETE FROM audit_entries WHERE chain = :chain"), {"chain": chain})
    db.session.commit()
    assert f"实例 {chain} 应有 2 条审计记录,一条也没有" in trail.verify(SYSTEM).problems


def test_a_seal_says_how_many_and_which_before(cast: Cast) -> None:
    some_acts(cast)
    trail.seal(NOW)
    apply(cast)
    assert trail.seal(NOW + DAY) == 1
    heads = [simplejson.loads(line) for line in trail.head_file().read_text("ascii").splitlines()]
    assert [(head["sequence"], head["count"], head["at"]) for head in heads] == [(1, 10, NOW.isoformat()), (2, 1, (NOW + DAY).isoformat())]
    seals = db.session.execute(text("SELECT sequence, previous, root, count FROM audit_seals ORDER BY sequence")).all()
    macs = db.session.execute(text("SELECT mac FROM audit_entries WHERE seal = 2")).scalars().all()
    db.session.rollback()
    assert (seals[0].previous, seals[1].previous, seals[0].root, seals[1].count) == ("", seals[0].root, heads[0]["root"], 1)
    assert seals[1].root == heads[1]["root"] == seal_root(bytes(32), seals[0].root, macs)
    tamper("UPDATE audit_seals SET previous = 'x' WHERE sequence = 2")
    assert "第 2 次封存缺失或次序不符" in trail.verify(SYSTEM).problems


def test_a_head_that_cannot_be_read_is_told_with_its_line(cast: Cast) -> None:
    some_acts(cast)
    trail.seal(NOW)
    assert trail.verify(SYSTEM).seals == 1
    whole = trail.head_file().read_text("ascii")
    trail.head_file().write_text("{\n" + whole, "ascii")
    with pytest.raises(AuditBroken, match="第 1 行无法读取"):
        trail.verify(SYSTEM)
    trail.head_file().unlink()
    assert trail.verify(SYSTEM).whole
    assert refused(lambda: trail.verify(cast.root))[0] == "NOT_AUDITOR"
