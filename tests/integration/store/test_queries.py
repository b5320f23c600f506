"""Queries whose edges decide: what is just too old, whose a row is, which row is the root, what a key is made of."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import inspect, select

from app.acts.transaction import act
from app.store import idempotency, ledger, rows
from app.store.tables import IdempotencyKeyRow, RecordRow, db

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def test_an_idempotency_key_is_dropped_when_it_is_older_and_not_when_it_is_as_old(app: Flask) -> None:
    with act():
        for name, at in (("old", NOW - timedelta(microseconds=1)), ("even", NOW), ("new", NOW + timedelta(microseconds=1))):
            idempotency.put(0, name, "digest", {}, at)
    with act():
        idempotency.drop(NOW)
    assert set(db.session.execute(select(IdempotencyKeyRow.key)).scalars()) == {"even", "new"}


def test_a_register_of_the_district_holds_nothing_of_another_district(app: Flask) -> None:
    def record(key: int, tenant: str) -> dict[str, object]:
        return {
            "key": key, "tenant": tenant, "project_key": None, "kind": "deal", "data": {"no": key}, "amount": None, "root_key": None,
            "element_id": "", "created_at": NOW, "process_id": "", "instance_key": None, "scope": None, "item": None, "round": None, "stage": "",
            "superseded_at": None,
        }  # fmt: skip

    with act():
        rows.insert(RecordRow, [record(1, "hill"), record(2, "valley"), record(3, "hill")])
    assert [row.key for row in ledger.records("hill", "deal", None)] == [1, 3]


def test_a_row_is_told_apart_by_what_the_database_tells_it_apart_by(app: Flask) -> None:
    seen = inspect(db.engine)
    for table in db.metadata.sorted_tables:
        known = seen.get_pk_constraint(table.name)["constrained_columns"]
        assert [column.name for column in table.primary_key] == known, table.name
