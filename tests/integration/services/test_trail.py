"""The audit trail proves itself: whatever is changed, dropped or cut off is found."""

import pytest
import simplejson
from sqlalchemy import text

from app.acts import audit
from app.domain.permissions import SYSTEM
from app.services import inbox, projects, tasks, trail
from app.store.database import is_postgresql
from app.store.tables import db
from tests.integration.services.conftest import NOW, Cast
from tests.integration.services.test_permit import APPLICATION


def some_acts(cast: Cast) -> None:
    for number in range(3):
        _, task = projects.start(cast.alice, "permit", f"平台{number}", NOW)
        tasks.complete(cast.alice, task, APPLICATION, NOW)
    tasks.complete(cast.fred, inbox.todo(cast.fred, NOW).items[0].key, {"verdict": "同意"}, NOW)


def tamper(statement: str, **values: object) -> None:
    """What somebody could do who owns the database: past the triggers."""
    if is_postgresql():
        db.session.execute(text("SET session_replication_role = replica"))
    else:
        for name in ("audit_entries_kept", "audit_entries_sealed", "audit_seals_kept", "audit_seals_unchanged"):
            db.session.execute(text(f"DROP TRIGGER {name}"))
    db.session.execute(text(statement), values)
    db.session.commit()


def test_every_act_is_an_entry_of_its_chain(cast: Cast) -> None:
    some_acts(cast)
    report = trail.verify(SYSTEM)
    assert report.whole
    assert (
        report.entries == 3 * 2 + 1 + 1 + 2
    )  # starts and applications, the approval, the inspection that it began, the deployment and the accounts
    assert report.seals == 0


def test_seals_close_what_was_committed_and_their_head_stands_outside(cast: Cast) -> None:
    some_acts(cast)
    assert trail.seal(NOW) == 10
    assert trail.seal(NOW) == 0
    some_acts(cast)
    assert trail.seal(NOW) == 8
    report = trail.verify(SYSTEM)
    assert (report.whole, report.seals) == (True, 2)
    heads = [simplejson.loads(line) for line in trail.head_file().read_text(encoding="ascii").splitlines()]
    assert [head["count"] for head in heads] == [10, 8]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE audit_entries SET details = '{}' WHERE number = 2 AND action = 'task.complete'", "校验码不符"),
        ("UPDATE audit_entries SET user_name = '别人' WHERE action = 'models.deploy'", "校验码不符"),
        ("DELETE FROM audit_entries WHERE number = 1 AND action = 'process.start'", "缺少第 1 条"),
        ("DELETE FROM audit_entries WHERE number = 2 AND action = 'task.complete'", "末尾与实例所记不符"),
        ("DELETE FROM audit_entries WHERE action = 'models.deploy'", "封存"),
        ("UPDATE audit_entries SET mac = 'ff' WHERE action = 'models.deploy'", "第 1 次封存与其 10 条记录不符(实有 10 条)"),
        ("DELETE FROM audit_seals", "截断"),
    ],
)
def test_whatever_is_changed_or_dropped_is_found(cast: Cast, statement: str, reason: str) -> None:
    some_acts(cast)
    trail.seal(NOW)
    assert trail.verify(SYSTEM).whole
    tamper(statement)
    report = trail.verify(SYSTEM)
    assert not report.whole
    assert any(reason in problem for problem in report.problems), report.problems


def test_a_trail_that_was_cut_off_with_its_seals_is_found_by_the_head_outside(cast: Cast) -> None:
    trail.seal(NOW)
    some_acts(cast)
    trail.seal(NOW)
    tamper("DELETE FROM audit_seals WHERE sequence = 2")
    tamper_again = text("UPDATE audit_entries SET seal = NULL WHERE seal = 2")
    db.session.execute(tamper_again)
    db.session.commit()
    assert any("截断" in problem for problem in trail.verify(SYSTEM).problems)


def test_a_head_that_was_cut_off_by_a_crash_does_not_hide_the_one_before(cast: Cast) -> None:
    some_acts(cast)
    trail.seal(NOW)
    with trail.head_file().open("a", encoding="ascii") as file:
        file.write('{"sequence": 2, "ro')
    assert trail.verify(SYSTEM).whole


def test_another_key_proves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    some_acts(cast)
    monkeypatch.setattr(trail, "secret", lambda: b"another")
    assert len(trail.verify(SYSTEM).problems) >= 10
    assert audit.secret() == bytes(32)
