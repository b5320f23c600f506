"""What the models declare is what the database has, also where SQLite alone cannot tell."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint, create_engine, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from app.domain import states
from app.domain.facts import RightKind
from app.domain.subjects import Subject
from app.store.tables import base, db
from app.store.types import Key, Word
from tests.integration.store.test_walls import described

TABLES = db.metadata.sorted_tables


def test_a_new_database_is_the_one_that_the_models_describe(app: Flask, tmp_path: Path) -> None:
    """Columns, references, checks, uniques and indices, by name, of a database that went through all migrations."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("see test_walls")
    plain = create_engine(f"sqlite:///{tmp_path / 'plain.sqlite'}")
    db.metadata.create_all(plain)
    with db.engine.connect() as connection, plain.connect() as other:
        assert described(inspect(connection), None) == described(inspect(other), None)
    plain.dispose()


def test_nobody_but_the_program_allots_keys_and_no_value_is_the_databases() -> None:
    for table in TABLES:
        assert table._autoincrement_column is None, table.name
        for column in table.columns:
            assert column.server_default is None, column
            assert column.default is None, column
            assert column.server_onupdate is None, column
            assert column.onupdate is None, column


def test_a_partial_index_is_partial_on_both_databases_by_the_same_condition() -> None:
    partial: dict[str, str] = {}
    for table in TABLES:
        for index in table.indexes:
            here, there = (index.dialect_options[name]["where"] for name in ("sqlite", "postgresql"))
            assert str(here) == str(there), index.name
            if here is not None:
                partial[str(index.name)] = str(here)
                assert f"WHERE {here}" in str(CreateIndex(index).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
                assert f"WHERE {here}" in str(CreateIndex(index).compile(dialect=sqlite.dialect()))  # type: ignore[no-untyped-call]
    assert partial == {
        "uq_process_instances_running": "state = 'active' AND correlation_key IS NOT NULL",
        "ix_user_tasks_open": "state = 'open'",
        "ix_user_tasks_offices": "completed_office <> '' AND project_key IS NOT NULL",
        "ix_waits_due": "wake_at IS NOT NULL",
        "ix_waits_starts": "root_key IS NULL",
        "ix_messages_open": "state = 'open'",
        "ix_incidents_open": "closed_at IS NULL",
        "uq_records_place": "superseded_at IS NULL AND round IS NOT NULL",
        "uq_records_subject": "superseded_at IS NULL AND subject IS NOT NULL",
        "ix_audit_entries_unsealed": "seal IS NULL",
    }


def test_every_wall_has_a_name_of_its_own_by_the_house_rule() -> None:
    for table in TABLES:
        assert table.primary_key.name == f"pk_{table.name}"
        for constraint in table.constraints - {table.primary_key}:
            columns = "_".join(column.name for column in constraint.columns)  # type: ignore[attr-defined]
            name = str(constraint.name)
            if isinstance(constraint, ForeignKeyConstraint):
                assert name == f"fk_{table.name}_{columns}"
            elif isinstance(constraint, UniqueConstraint):
                assert name == f"uq_{table.name}_{columns}"
            else:
                assert isinstance(constraint, CheckConstraint)
                assert name.startswith(f"ck_{table.name}_")
    names = [str(index.name) for table in TABLES for index in table.indexes]
    assert len(names) == len(set(names))


def test_words_are_those_of_their_enumeration_and_the_table_says_so() -> None:
    found = {
        f"{table.name}.{column.name}": column.type.words for table in TABLES for column in table.columns if isinstance(column.type, Word)
    }
    assert found == {
        "process_instances.state": states.InstanceState, "element_instances.state": states.ElementState, "user_tasks.state": states.TaskState,
        "jobs.state": states.JobState, "waits.kind": states.WaitKind, "messages.kind": states.MessageKind, "messages.state": states.MessageState,
        "definitions.kind": states.DefinitionKind, "deployments.source": states.DeploymentSource, "fact_changes.right_kind": RightKind,
        "obligations.subject_kind": Subject,
    }  # fmt: skip
    for place, words in found.items():
        table, column = place.split(".")
        (check,) = (one for one in db.metadata.tables[table].constraints if one.name == f"ck_{table}_{column}")
        assert str(check.sqltext) == f"{column} IN ({', '.join(repr(str(word)) for word in words)})"  # type: ignore[attr-defined]
    assert str(base.one_of("state", states.MessageState).sqltext) == "state IN ('open', 'closed')"


def test_tables_can_be_written_for_both_databases() -> None:
    for table in TABLES:
        written = str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        assert "SERIAL" not in written, table.name
        for column in table.columns:
            if isinstance(column.type, type(Key)):
                assert f"{column.name} BIGINT" in written or f'"{column.name}" BIGINT' in written, column
