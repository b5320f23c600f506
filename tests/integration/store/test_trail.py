"""The audit trail, notices, verdicts, settings and secrets as they are stored."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.acts.transaction import act
from app.store import idempotency, notices, secrets, settings, trail, verdicts
from app.store.tables import (
    AuditEntryRow,
    AuditSealRow,
    IdempotencyKeyRow,
    NotificationReadRow,
    NotificationRow,
    ScenarioVerdictRow,
    StoredSettingRow,
    db,
)
from app.store.verdicts import ScenarioVerdict
from tests.integration.store.life import NOW, Life, all_of, keys_of, row_of

LATER = NOW + timedelta(hours=1)


# ---------------------------------------------------------------------- the trail


def test_a_chain_ends_with_its_greatest_number(life: Life) -> None:
    assert trail.last(7) == (0, "")
    for chain, number in ((7, 2), (7, 1), (8, 5)):
        life.put(AuditEntryRow, chain=chain, number=number, details={}, mac=f"{chain}-{number}")
    assert trail.last(7) == (2, "7-2")
    assert trail.count() == 3
    entries = list(trail.entries())
    assert [(entry["chain"], entry["number"]) for entry in entries] == [(7, 1), (7, 2), (8, 5)]
    assert entries == sorted(all_of(AuditEntryRow), key=lambda entry: (entry["chain"], entry["number"]))


def test_entries_without_a_seal_are_sealed_oldest_first_and_told_by_their_seal(life: Life) -> None:
    assert trail.has_unsealed() is False
    for key in (904, 901, 903, 902):
        life.put(AuditEntryRow, key=key, chain=key, number=1, details={}, mac=f"m{key}", seal=1 if key == 901 else None)
    assert trail.has_unsealed() is True
    assert trail.unsealed(2) == [(902, "m902"), (903, "m903")]
    assert [key for key, _ in trail.unsealed(9)] == [902, 903, 904]
    with act():
        trail.set_seal([904, 902], 5)
    assert {row["key"]: row["seal"] for row in all_of(AuditEntryRow)} == {901: 1, 902: 5, 903: None, 904: 5}
    assert trail.sealed(5) == ["m902", "m904"]
    assert trail.sealed(1) == ["m901"]
    assert trail.has_unsealed() is True
    with act():
        trail.set_seal([903], 6)
    assert trail.has_unsealed() is False


def test_more_entries_than_a_statement_takes_are_sealed_all(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "_AT_ONCE", 2)
    keys = [life.put(AuditEntryRow, chain=number, number=1, details={})["key"] for number in range(5)]
    with act():
        trail.set_seal(keys, 3)
    assert [row["seal"] for row in all_of(AuditEntryRow)] == [3] * 5


def test_seals_stand_in_their_order_and_the_last_one_is_known(life: Life) -> None:
    assert trail.last_seal() == (0, "")
    for sequence in (2, 1):
        life.put(AuditSealRow, sequence=sequence, previous=f"p{sequence}", root=f"r{sequence}", count=sequence * 3)
    assert trail.last_seal() == (2, "r2")
    assert list(trail.seals()) == [(1, "p1", "r1", 3), (2, "p2", "r2", 6)]
    before = all_of(AuditSealRow)
    with act():
        assert trail.elect() is True
    assert all_of(AuditSealRow) == before


def test_ends_of_chains_are_those_of_roots(life: Life) -> None:
    tree, other = life.tree(audit_count=3, audit_mac="a"), life.tree(audit_count=1, audit_mac="b")
    life.called(tree, audit_count=9, audit_mac="c")
    assert trail.chain_ends() == {tree["key"]: (3, "a"), other["key"]: (1, "b")}


# ---------------------------------------------------------------------- notices


def test_notices_are_for_who_holds_the_role_in_the_office_newest_first(life: Life) -> None:
    dora, fred, project = life.person("dora"), life.person("fred"), life.project("甲")

    def notice(key: int, role: str = "finance", office: int = 3, tenant: str = "hill", **given: object) -> None:
        life.put(NotificationRow, key=key, role=role, office_key=office, tenant=tenant, title=f"t{key}", **given)

    notice(901, project_key=project["key"])
    notice(903)
    notice(902, "auditor", 0)
    notice(904, office=4)
    notice(905, "applicant")
    notice(906, tenant="valley")
    held = [("finance", 3), ("auditor", 0), ("nothing", 9)]
    with act():
        notices.mark_read(902, dora, NOW)
        notices.mark_read(902, dora, LATER)
        notices.mark_read(903, fred, NOW)
    assert [(row["notification_key"], row["user_key"], row["read_at"]) for row in all_of(NotificationReadRow)] == [
        (902, dora, NOW),
        (903, fred, NOW),
    ]
    rows, total = notices.page("hill", held, dora, limit=9, offset=0)
    assert (keys_of(rows), total) == ([903, 902, 901], 3)
    assert [(row.read_at, row.project_name) for row in rows] == [(None, None), (NOW, None), (None, "甲")]
    assert rows[0]._mapping == {
        **row_of(NotificationRow, 903),
        "read_at": None,
        **dict.fromkeys(("project_name", "project_alias", "project_applicant")),
    }
    rows, total = notices.page("hill", held, dora, limit=1, offset=1)
    assert (keys_of(rows), total) == ([902], 3)
    assert notices.unread("hill", held, dora) == 2
    assert notices.unread("hill", held, fred) == 2
    assert notices.unread("valley", held, dora) == 1
    assert notices.unread("hill", [], dora) == 0
    assert [notices.is_to(key, "hill", held) for key in range(901, 907)] == [True, True, True, False, False, False]
    assert notices.is_to(9999, "hill", held) is False


# ---------------------------------------------------------------------- verdicts on scenarios


def test_a_verdict_holds_as_of_its_tenants_version_and_on_its_basis(life: Life) -> None:
    resource = life.resource(life.deployment(1), "a.yaml")
    other = life.resource(life.deployment(2), "b.yaml")
    good = ScenarioVerdict(resource, "一", "hill", ok=True, stops=False, difference="")
    bad = ScenarioVerdict(resource, "二", "hill", ok=False, stops=True, difference="差")
    foreign = ScenarioVerdict(other, "一", "valley", ok=True, stops=False, difference="")
    with act():
        verdicts.keep([good, bad], 3, "x")
        verdicts.keep([foreign], 2, "x")
    assert all_of(ScenarioVerdictRow)[0] == {**good._asdict(), "number": 3, "basis": "x"}

    def known(basis: str = "x", **versions: int) -> list[ScenarioVerdict]:
        found = verdicts.known(versions, basis)
        assert all(key == (verdict.resource_key, verdict.case_key) for key, verdict in found.items())
        return sorted(found.values())

    assert known(hill=3) == sorted([good, bad])
    assert known(hill=3, valley=2) == sorted([good, bad, foreign])
    assert known(hill=3, valley=3) == sorted([good, bad])
    assert known(hill=2) == known("y", hill=3) == []
    with act():
        verdicts.move_on("hill", 3, 4)
        verdicts.move_on("valley", 9, 4)
        verdicts.move_on("nowhere", 2, 4)
    assert known(hill=4, valley=2) == sorted([good, bad, foreign])
    better = bad._replace(ok=True, stops=False, difference="新", tenant="hill2")
    with act():
        verdicts.keep([better], 5, "y")
    assert known("y", hill2=5) == [better]
    assert known(hill=4) == [good]
    with act():
        verdicts.forget([resource])
    assert known(hill=4, valley=2) == [foreign]
    assert len(all_of(ScenarioVerdictRow)) == 1


# ---------------------------------------------------------------------- keys against repetition, settings, secrets


def test_an_idempotency_key_is_its_users_and_may_be_used_again(app: Flask) -> None:
    with act():
        idempotency.put(1, "a", "d1", {"n": 1}, NOW)
        idempotency.put(2, "a", "d2", {"n": 2}, NOW)
        idempotency.put(1, "b", "d3", {"n": 3}, NOW)
        idempotency.put(1, "a", "d4", {"n": 4}, LATER)
    found = idempotency.find(1, "a")
    assert found is not None
    assert found._mapping == {"digest": "d4", "response": {"n": 4}, "created_at": LATER}
    assert idempotency.find(2, "b") is None
    assert len(all_of(IdempotencyKeyRow)) == 3


def test_a_setting_is_kept_and_written_over(app: Flask) -> None:
    assert settings.get("a") is None
    with act():
        settings.put("a", "1")
        settings.put("b", "2")
        settings.put("a", "3")
    assert (settings.get("a"), settings.get("b"), settings.get("c")) == ("3", "2", None)
    assert db.session.execute(select(StoredSettingRow.name).order_by(StoredSettingRow.name)).scalars().all() == ["a", "b"]


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    assert secrets.is_kept(folder, "audit") is False
    first = secrets.kept(folder, "audit")
    assert secrets.is_kept(folder, "audit") is True
    assert len(bytes.fromhex(first)) == secrets.BYTES == 32
    assert secrets.kept(folder, "audit") == first
    assert secrets.kept(folder, "other") != first
    assert stat.S_IMODE((folder / "audit").stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["audit", "other"], "no draft is left"
    (folder / "audit").write_text("  ab\n")
    assert secrets.kept(folder, "audit") == "ab"


def test_of_two_processes_that_make_a_secret_at_once_the_first_ones_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets.Path, "exists", lambda path: False)
    first = secrets.kept(tmp_path, "audit")
    assert secrets.kept(tmp_path, "audit") == first
    assert [path.name for path in tmp_path.iterdir()] == ["audit"]


def test_a_secret_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync, link = secrets.os.fsync, secrets.os.link

    def synced(descriptor: int) -> None:
        (draft,) = tmp_path.iterdir()
        steps.append(f"synced {len(draft.read_text())}")
        sync(descriptor)

    monkeypatch.setattr(secrets.os, "fsync", synced)
    monkeypatch.setattr(secrets.os, "link", lambda *paths: (steps.append("named"), link(*paths)))
    secrets.kept(tmp_path, "audit")
    assert steps == [f"synced {2 * secrets.BYTES}", "named"]
