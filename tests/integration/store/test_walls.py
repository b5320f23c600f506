"""The database itself refuses what would be wrong: every foreign key and every check, tried on the rows of a real life."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table, create_engine, inspect, select, text, update
from sqlalchemy.engine import Inspector
from sqlalchemy.exc import IntegrityError

from app.acts.transaction import act
from app.store import rows
from app.store.database import is_postgresql
from app.store.tables import (
    ApprovalRow,
    DefinitionRow,
    DeploymentRow,
    DocumentRow,
    ElementInstanceRow,
    FactChangeRow,
    MessageDeliveryRow,
    MessageRow,
    ObligationRow,
    ProcessInstanceRow,
    ProjectRow,
    RecordRow,
    ResourceRow,
    ScenarioVerdictRow,
    UserTaskRow,
    VariableRow,
    WaitRow,
    db,
)

NOBODY = 7  # a key that no row has
NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
TABLES = [
    table for table in db.metadata.sorted_tables if table.foreign_keys or any(isinstance(c, CheckConstraint) for c in table.constraints)
]
REFERENCES = [constraint for table in TABLES for constraint in table.constraints if isinstance(constraint, ForeignKeyConstraint)]
CHECKS = [constraint for table in TABLES for constraint in table.constraints if isinstance(constraint, CheckConstraint)]

# What breaks each check and no other: the rows that are tried, and what they are set to. Other checks of words are tried with a word that nobody knows.
BREAKS = {
    "ck_organisations_named": ("", "name = ''"),
    "ck_users_named": ("", "username = ''"),
    "ck_memberships_role": ("", "role = ''"),
    "ck_delegations_period": ("", "last_on = '2026-02-28'"),
    "ck_delegations_another": ("", "delegate_key = delegator_key"),
    "ck_projects_named": ("", "name = ''"),
    "ck_projects_phase": ("", "phase = ''"),
    "ck_projects_version": ("", "version = -1"),
    "ck_project_offices_role": ("", "role = ''"),
    "ck_records_kind": ("", "kind = ''"),
    "ck_records_place": ("round IS NULL", "item = 1"),
    "ck_records_round": ("round IS NOT NULL", "round = 0"),
    "ck_records_office": ("", "office = 'x'"),
    "ck_numbers_kind": ("", "kind = ''"),
    "ck_numbers_last": ("", "last = -1"),
    "ck_notifications_role": ("", "role = '', office_key = 0"),
    "ck_notifications_office": ("", "office_key = -1"),
    "ck_approvals_counts": ("", "required = 0"),
    "ck_approvals_lapsed": ("", "lapsed_names = '[]'"),
    "ck_approvals_holds": ("", "holds = false, lapsed_at = at, lapsed_names = '[]'"),
    "ck_approvals_digest": ("", "digest = ''"),
    "ck_fact_changes_field": ("", "field = ''"),
    "ck_fact_changes_changed": ("", "after = before"),
    "ck_obligations_named": ("", "period = ''"),
    "ck_obligations_begun": ("", "passed_at = created_at"),
    "ck_documents_version": ("version = 2", "version = 0"),
    "ck_documents_size": ("", "size = 0"),
    "ck_documents_sha256": ("", "sha256 = ''"),
    "ck_documents_named": ("", "name = ''"),
    "ck_documents_replaces": ("version = 1", "version = 3"),
    "ck_documents_office": ("", "office = 'x'"),
    "ck_documents_printed": ("", "number = NULL"),
    "ck_catalogue_version": ("", "version = -1"),
    "ck_deployments_number": ("", "number = 0"),
    "ck_definitions_version": ("", "version = 0"),
    "ck_definitions_decision": ("kind = 'decision'", "drg_name = NULL"),
    "ck_scenario_verdicts_number": ("", "number = 0"),
    "ck_definitions_library": ("kind = 'form'", "imports = '[]'"),
    "ck_message_deliveries_delivered": ("root_key IS NOT NULL", "delivered_at = NULL"),
    "ck_definitions_kind": ("kind = 'form'", "kind = 'banana'"),
    "ck_process_instances_state": ("state = 'cancelled'", "state = 'banana'"),
    "ck_element_instances_state": ("state = 'completed'", "state = 'banana'"),
    "ck_user_tasks_state": ("state = 'cancelled'", "state = 'banana'"),
    "ck_jobs_state": ("state = 'cancelled'", "state = 'banana'"),
    "ck_waits_kind": ("kind = 'message'", "kind = 'banana'"),
    "ck_process_instances_ended": ("state = 'active'", "ended_at = started_at"),
    "ck_process_instances_root": ("key = root_key", "local = 2"),
    "ck_process_instances_parent": ("key = root_key", "parent_key = key"),
    "ck_process_instances_counts": ("", "audit_count = -1"),
    "ck_element_instances_ended": ("state = 'completed'", "ended_at = NULL"),
    "ck_variables_scope": ("", "scope = -1"),
    "ck_user_tasks_closed": ("state = 'open'", "closed_at = opened_at"),
    "ck_user_tasks_completed": ("state = 'open'", "completed_by = (SELECT min(id) FROM users)"),
    "ck_user_tasks_round": ("", "round = 0"),
    "ck_user_tasks_answer": ("state = 'open'", "answer = '{}'"),
    "ck_user_tasks_returned_to": ("state = 'open'", "returned_to = 'x'"),
    "ck_user_tasks_returned": ("", "returned_from = 'x'"),
    "ck_user_tasks_return_reason": (
        "",
        "returned_at = opened_at, returned_from = 'x', return_due_at = opened_at, return_reason = '" + "长" * 1001 + "'",
    ),
    "ck_user_tasks_office": ("", "office = 'x'"),
    "ck_user_tasks_signing": ("", "signing = 'x'"),
    "ck_user_tasks_stands_for": ("", "stands_for = key"),
    "ck_task_candidates_who": ("", "username = role"),
    "ck_task_candidates_office": ("", "office_key = -1"),
    "ck_jobs_closed": ("state = 'open'", "closed_at = opened_at"),
    "ck_jobs_retries": ("", "retries = -1"),
    "ck_waits_due": ("kind = 'timer'", "due_at = NULL"),
    "ck_waits_place": ("root_key IS NOT NULL", "element = NULL"),
    "ck_waits_attempts": ("", "attempts = -1"),
    "ck_incidents_cause": ("", "incident = NULL"),
    "ck_incidents_place": ("", "root_key = NULL"),
}


def name_of(constraint: ForeignKeyConstraint | CheckConstraint) -> str:
    return str(constraint.name)


@pytest.fixture
def walled(upgraded: Flask) -> Flask:
    """The rows of that life, and one of each table that came later."""
    with act():
        resource = db.session.execute(select(ResourceRow.key)).scalars().first()
        verdict = {
            "resource_key": resource, "case_key": "一", "tenant": "hill", "number": 1, "basis": "", "ok": True, "stops": False, "difference": "",
        }  # fmt: skip
        rows.insert(ScenarioVerdictRow, [verdict])
        project = db.session.execute(select(ProjectRow.key, ProjectRow.tenant)).first()
        root = db.session.execute(select(ProcessInstanceRow.key).where(ProcessInstanceRow.local == 1)).scalars().first()
        user = db.session.execute(text("SELECT min(id) FROM users")).scalar_one()
        assert project is not None
        change = {
            "key": 1, "tenant": project.tenant, "project_key": project.key, "root_key": root, "process_id": "permit", "element_id": "end", "field": "listed",
            "before": None, "after": True, "right_kind": "set", "source": "path:permit.end", "role": "", "project_version": 1, "user_key": user, "user_name": "",
            "at": NOW,
        }  # fmt: skip
        record = {
            "key": 1, "tenant": project.tenant, "project_key": project.key, "kind": "deal", "data": {}, "amount": None, "root_key": root,
            "process_id": "permit", "element_id": "deal", "instance_key": root, "scope": 0, "item": 0, "round": 1, "stage": "permit", "created_at": NOW, "superseded_at": None,
        }  # fmt: skip
        approval = {
            "key": 1, "tenant": project.tenant, "project_key": project.key, "root_key": root, "instance_key": root, "process_id": "permit",
            "element_id": "check", "scope": 0, "item": 0, "round": 1, "required": 1, "holds": True, "approved_values": {}, "digest": "-", "role": "finance",
            "office_key": 0, "office": "", "user_key": user, "user_name": "", "at": NOW, "lapsed_at": None, "lapsed_names": None,
        }  # fmt: skip
        obligation = {
            "key": 1, "tenant": project.tenant, "process_id": "monitoring", "subject_kind": "project", "subject_key": str(project.key),
            "subject_name": "平台", "period": "2026-03-01", "project_key": project.key, "root_key": root, "created_at": NOW, "passed_at": None,
        }  # fmt: skip
        rows.insert(ObligationRow, [obligation])
        task = db.session.execute(select(UserTaskRow.key)).scalars().first()
        definition = db.session.execute(select(DefinitionRow.key)).scalars().first()
        documents = [
            {
                "key": 3 - version, "tenant": project.tenant, "project_key": project.key, "root_key": root, "task_key": task, "process_id": "permit",
                "element_id": "apply", "slot": "files", "version": version, "replaces": 2 if version == 2 else None, "name": "a.pdf", "media": "application/pdf", "size": 1,
                "sha256": "0" * 64, "user_key": user, "user_name": "", "office_key": None, "office": None, "created_at": NOW, "submitted_at": None, "erased_at": None,
                "template": "sheet", "template_key": definition, "number": "2026-0001", "place": "1.0.apply.0.1", "digest": "0", "signs": None,
            }
            for version in (2, 1)
        ]  # fmt: skip
        rows.insert(DocumentRow, documents)
        rows.insert(ApprovalRow, [approval])
        rows.insert(FactChangeRow, [change])
        rows.insert(RecordRow, [record])
    return upgraded


def refused(statement: object) -> str:
    """How the database refuses a statement; the act is undone."""
    with pytest.raises(IntegrityError) as error, act():
        db.session.execute(statement)  # type: ignore[call-overload]
    return str(error.value.orig)


def test_every_dangling_reference_is_refused(walled: Flask) -> None:
    for reference in REFERENCES:
        *others, last = reference.columns
        table = reference.table
        wanted = [column.is_not(None) for column in others]
        if table.name == "process_instances":
            wanted.append(table.c.key != table.c.root_key)
        key = db.session.execute(select(*table.primary_key).where(*wanted).limit(1)).first()
        assert key is not None, f"no row to try {reference.name} on"
        row = [column == value for column, value in zip(table.primary_key, key, strict=True)]
        said = refused(update(table).where(*row).values({last.name: NOBODY}))
        assert (name_of(reference) in said) if is_postgresql() and table.name != "process_instances" else "foreign key" in said.lower()


def test_only_a_confirmation_leaves_a_fact_as_it_was(walled: Flask) -> None:
    with act():
        db.session.execute(text("UPDATE fact_changes SET before = after, right_kind = 'confirmed'"))
    assert "ck_fact_changes_changed" in refused(text("UPDATE fact_changes SET right_kind = 'migrated'"))


def test_no_row_belongs_to_an_instance_of_another_tree_or_district(upgraded: Flask) -> None:
    first, second = db.session.execute(
        select(ProcessInstanceRow.key).where(ProcessInstanceRow.local == 1).order_by(ProcessInstanceRow.key).limit(2)
    ).scalars()
    for table in (UserTaskRow, VariableRow, WaitRow):
        whole = table.__table__
        said = (
            refused(update(whole).where(whole.c.root_key == first, whole.c.instance_key == first).values(root_key=second))
            if (db.session.execute(select(whole.c.key).where(whole.c.root_key == first)).first())
            else "foreign key"
        )
        assert "foreign key" in said.lower()
    assert "foreign key" in refused(update(ElementInstanceRow).where(ElementInstanceRow.root_key == first).values(tenant="valley")).lower()


def test_every_wrong_value_is_refused(walled: Flask) -> None:
    for check in CHECKS:
        name, table = name_of(check), check.table
        if name in BREAKS:
            where, change = BREAKS[name]
        else:
            assert " IN (" in str(check.sqltext), f"say in BREAKS what breaks {name}"
            where, change = "", f"{str(check.sqltext).split(' IN ')[0]} = 'banana'"
        condition = f"WHERE {where}" if where else ""
        assert db.session.execute(text(f"SELECT count(*) FROM {table.name} {condition}")).scalar_one(), f"no row to try {name} on"
        assert name in refused(text(f"UPDATE {table.name} SET {change} {condition}"))


def test_a_word_that_nobody_knows_does_not_even_reach_the_database(upgraded: Flask) -> None:
    with pytest.raises(Exception, match="banana"), act():
        db.session.execute(update(UserTaskRow).values(state="banana"))


def test_a_root_goes_with_its_whole_tree_and_with_nothing_else(upgraded: Flask) -> None:
    root = db.session.execute(select(MessageRow.source_root).where(MessageRow.source_root.is_not(None))).scalars().first()
    started = db.session.execute(select(MessageDeliveryRow.root_key).where(MessageDeliveryRow.root_key.is_not(None))).scalars().first()
    parent = db.session.execute(select(ProcessInstanceRow.root_key).where(ProcessInstanceRow.parent_key.is_not(None))).scalars().first()
    gone = {root, started, parent}
    assert None not in gone
    assert len(gone) == 3
    mentioning = {"records", "notifications", "fact_changes", "approvals", "documents", "obligations"}  # of a project: they forget the tree
    of_trees = [table for table in TABLES if {"tenant", "root_key"} <= set(table.c.keys()) and table.name not in mentioning]
    assert len(of_trees) == 8
    others = {table.name: count(table) for table in db.metadata.sorted_tables if table not in of_trees and table.name != "task_candidates"}
    kept = {table.name: count(table, gone) for table in of_trees}
    with act():
        for key in gone:
            db.session.execute(text("DELETE FROM process_instances WHERE key = :key"), {"key": key})
    assert {table.name: count(table) for table in of_trees} == kept
    assert {name: count(db.metadata.tables[name]) for name in others} == others
    assert db.session.execute(select(MessageRow.key).where(MessageRow.source_root.in_(gone))).all() == []
    assert set(db.session.execute(select(MessageDeliveryRow.root_key)).scalars()) == {None}


@pytest.mark.parametrize("table", ["projects", "definitions", "deployments", "resources", "organisations"])
def test_what_trees_and_people_stand_on_cannot_go(upgraded: Flask, table: str) -> None:
    assert "foreign key" in refused(text(f"DELETE FROM {table}")).lower()


def test_who_has_done_something_cannot_go_and_others_go_with_their_roles(upgraded: Flask) -> None:
    did = db.session.execute(select(UserTaskRow.completed_by).where(UserTaskRow.completed_by.is_not(None))).scalars().first()
    assert "foreign key" in refused(text(f"DELETE FROM users WHERE id = {did}")).lower()
    idle = db.session.execute(text("SELECT id FROM users WHERE username = 'lea'")).scalar_one()
    with act():
        db.session.execute(text(f"DELETE FROM users WHERE id = {idle}"))
    for table, column in (("memberships", "user_key"), ("delegations", "delegator_key")):
        assert db.session.execute(text(f"SELECT count(*) FROM {table} WHERE {column} = {idle}")).scalar_one() == 0
    assert db.session.execute(select(DeploymentRow.user_key)).scalars().all() == [None] * 3  # all by the system


def test_a_migrated_database_is_the_one_that_the_models_describe(upgraded: Flask, tmp_path_factory: pytest.TempPathFactory) -> None:
    with db.engine.connect() as connection:
        if is_postgresql():
            connection.execute(text("CREATE SCHEMA plain"))
            fresh = connection.execution_options(schema_translate_map={None: "plain"})
            db.metadata.create_all(fresh)
            assert described(inspect(connection), None) == described(inspect(connection), "plain")
            return
        other = create_engine(f"sqlite:///{tmp_path_factory.mktemp('plain') / 'plain.sqlite'}")
        with other.connect() as plain:
            db.metadata.create_all(plain)
            assert described(inspect(connection), None) == described(inspect(plain), None)
        other.dispose()


def described(inspector: Inspector, schema: str | None) -> dict[str, object]:
    """Everything that a database says of its tables, in an order of no meaning."""
    found: dict[str, object] = {}
    for table in inspector.get_table_names(schema=schema):
        if table == "alembic_version":
            continue
        found[table] = {
            "columns": sorted((column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(table, schema)),
            "references": sorted(
                (fk["name"], fk["constrained_columns"], fk["referred_table"], fk["referred_columns"], fk["options"].get("ondelete"))
                for fk in inspector.get_foreign_keys(table, schema)
            ),
            "checks": sorted((check["name"], check["sqltext"]) for check in inspector.get_check_constraints(table, schema)),
            "uniques": sorted((unique["name"], unique["column_names"]) for unique in inspector.get_unique_constraints(table, schema)),
            "indices": sorted(
                (index["name"], index["column_names"], bool(index["unique"]), str(sorted(where(index).items())))
                for index in inspector.get_indexes(table, schema)
            ),
        }
    return found


def where(index: object) -> dict[str, str]:
    """The condition of a partial index."""
    options = index.get("dialect_options", {})  # type: ignore[attr-defined]
    return {name: str(value) for name, value in options.items() if name.endswith("_where")}


def count(table: Table, without: set[int | None] = frozenset()) -> int:  # type: ignore[assignment]
    rows = db.session.execute(select(table)).mappings().all()
    return sum(row.get("root_key") not in without for row in rows)
