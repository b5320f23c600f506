"""The migrations and the models say the same, and the database itself guards the audit trail."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from app.acts.transaction import act
from app.domain.states import TaskState
from app.store import rows, schema
from app.store.tables import AuditEntryRow, AuditSealRow, OrganisationRow, RecordRow, TaskCandidateRow, UserTaskRow, db

NOW = datetime(2026, 3, 10, 1, 2, 3, 456789, tzinfo=UTC)


def entry(key: int) -> dict[str, object]:
    return {
        "key": key, "chain": 1, "number": key, "at": NOW, "action": "task.complete", "tenant": "sucheng", "user_key": 7, "user_name": "张三",
        "project_key": None, "subject": "prepare_materials", "details": {"amount": Decimal("0.10")}, "mac": "aa", "seal": None,
    }  # fmt: skip


def test_migrated_database_has_exactly_the_models_tables(app: Flask) -> None:
    with db.engine.connect() as connection:
        assert schema.differences(connection) == []
        assert schema.is_current(connection)


def test_migrating_again_changes_nothing(app: Flask) -> None:
    schema.upgrade()


def test_audit_entries_are_neither_changed_nor_deleted(app: Flask) -> None:
    with act():
        rows.insert(AuditEntryRow, [entry(1), entry(2)])
    for statement in (
        delete(AuditEntryRow),
        update(AuditEntryRow).values(mac="bb"),
        update(AuditEntryRow).values(details={}, seal=1),
        update(AuditEntryRow).values(seal=None),
    ):
        with pytest.raises(DBAPIError, match="never"), act():
            db.session.execute(statement)
    with act():
        db.session.execute(update(AuditEntryRow).where(AuditEntryRow.key == 1).values(seal=5))
    with pytest.raises(DBAPIError, match="never"), act():
        db.session.execute(update(AuditEntryRow).where(AuditEntryRow.key == 1).values(seal=6))
    assert db.session.execute(select(AuditEntryRow.mac, AuditEntryRow.seal).order_by(AuditEntryRow.key)).all() == [("aa", 5), ("aa", None)]


def test_audit_seals_are_neither_changed_nor_deleted(app: Flask) -> None:
    with act():
        rows.insert(AuditSealRow, [{"sequence": 1, "previous": "", "root": "r", "count": 1, "at": NOW}])
    for statement in (delete(AuditSealRow), update(AuditSealRow).values(root="x")):
        with pytest.raises(DBAPIError, match="never"), act():
            db.session.execute(statement)


def test_instants_money_and_numbers_come_back_exactly(app: Flask) -> None:
    record = {
        "key": 1, "tenant": "sucheng", "project_key": None, "kind": "payment", "root_key": None, "process_id": "", "element_id": "", "stage": "",
        "data": {"amount": Decimal("4000000.00"), "rate": Decimal("0.1"), "many": 10**20, "text": "一\x00二"}, "amount": Decimal("4000000.01"), "created_at": NOW,
    }  # fmt: skip
    with act():
        rows.insert(RecordRow, [record])
    stored = db.session.execute(select(RecordRow)).scalar_one()
    assert stored.data == record["data"]
    assert str(stored.data["amount"]) == "4000000.00"
    assert isinstance(stored.data["many"], int)
    assert stored.amount == Decimal("4000000.01")
    assert str(stored.amount) == "4000000.01"
    assert stored.created_at == NOW
    assert stored.created_at.utcoffset() is not None
    assert db.session.execute(select(RecordRow.key).where(RecordRow.amount > Decimal(4_000_000))).scalar_one() == 1


def test_a_naive_instant_is_refused(app: Flask) -> None:
    with pytest.raises(ValueError, match="naive"), act():
        rows.insert(OrganisationRow, [{"key": 1, "tenant": "t", "name": "n", "created_at": NOW.replace(tzinfo=None)}])


def test_upsert_changes_only_the_named_columns(app: Flask) -> None:
    first = [{"key": key, "tenant": "t", "name": f"局{key}", "created_at": NOW} for key in range(1, 2001)]
    with act():
        assert rows.insert(OrganisationRow, first) == 2000
    with act():
        rows.upsert(OrganisationRow, [{"key": 1, "tenant": "t", "name": "新", "created_at": NOW.replace(year=2030)}], ["key"], ["name"])
        assert rows.insert_new(OrganisationRow, [{"key": 2, "tenant": "t", "name": "x", "created_at": NOW}], ["key"]) == 0
    stored = db.session.execute(
        select(OrganisationRow.name, OrganisationRow.created_at).where(OrganisationRow.key.in_([1, 2])).order_by(OrganisationRow.key)
    ).all()
    assert stored == [("新", NOW), ("局2", NOW)]


def test_a_failing_act_leaves_nothing(app: Flask) -> None:
    with pytest.raises(RuntimeError), act():  # noqa: PT012 - the act is the block
        rows.insert(OrganisationRow, [{"key": 1, "tenant": "t", "name": "n", "created_at": NOW}])
        raise RuntimeError
    assert db.session.execute(select(OrganisationRow.key)).all() == []


def test_closing_a_task_clears_its_candidates(upgraded: Flask) -> None:
    query = select(TaskCandidateRow.task_key).distinct().order_by(TaskCandidateRow.task_key)
    first, *others = db.session.execute(query).scalars().all()
    with act():
        db.session.execute(update(UserTaskRow).where(UserTaskRow.key == first).values(state=TaskState.COMPLETED, closed_at=NOW))
    assert db.session.execute(query).scalars().all() == others
    assert others
