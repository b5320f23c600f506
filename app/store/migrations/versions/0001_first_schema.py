"""The first schema: every table of design §5, and the triggers that guard the audit trail and clear the candidates of closed tasks.

Frozen once released: later changes are later migrations.

One file because a database takes the whole step or none of it: it is every table in full.
"""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("chain", types.Key, nullable=False),
        sa.Column("number", types.Key, nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("user_key", types.Key, nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("project_key", types.Key, nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", types.Json(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.Column("seal", types.Key, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("chain", "number", name=op.f("uq_audit_entries_chain_number")),
    )
    op.create_index(op.f("ix_audit_entries_project_key"), "audit_entries", ["project_key"], unique=False)
    op.create_index(op.f("ix_audit_entries_seal"), "audit_entries", ["seal"], unique=False)
    op.create_index(
        "ix_audit_entries_unsealed",
        "audit_entries",
        ["key"],
        unique=False,
        sqlite_where=sa.text("seal IS NULL"),
        postgresql_where=sa.text("seal IS NULL"),
    )
    op.create_table(
        "audit_seals",
        sa.Column("sequence", types.Key, autoincrement=False, nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("count", types.Key, nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_seals")),
    )
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("imported_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "catalogue",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("version", types.Key, nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_catalogue")),
    )
    op.create_table(
        "decision_definitions",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("drg_id", sa.Text(), nullable=False),
        sa.Column("drg_name", sa.Text(), nullable=False),
        sa.Column("version", types.Key, nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=False),
        sa.Column("number", types.Key, nullable=False),
        sa.Column("deployment_key", types.Key, nullable=False),
        sa.Column("resource_key", types.Key, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decision_definitions")),
        sa.UniqueConstraint("tenant", "decision_id", "version", name=op.f("uq_decision_definitions_tenant_decision_id_version")),
    )
    op.create_index(op.f("ix_decision_definitions_deployment_key"), "decision_definitions", ["deployment_key"], unique=False)
    op.create_table(
        "decision_evaluations",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("root_key", types.Key, nullable=False),
        sa.Column("element", types.Key, nullable=False),
        sa.Column("instance_key", types.Key, nullable=False),
        sa.Column("project_key", types.Key, nullable=True),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition_key", types.Key, nullable=False),
        sa.Column("version", types.Key, nullable=False),
        sa.Column("inputs", types.Json(), nullable=False),
        sa.Column("output", types.JsonValue(), nullable=False),
        sa.Column("rules", types.Json(), nullable=False),
        sa.Column("required", types.Json(), nullable=False),
        sa.Column("deadline", types.Json(), nullable=True),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decision_evaluations")),
    )
    op.create_index(op.f("ix_decision_evaluations_instance_key"), "decision_evaluations", ["instance_key"], unique=False)
    op.create_index(op.f("ix_decision_evaluations_project_key"), "decision_evaluations", ["project_key"], unique=False)
    op.create_index(
        op.f("ix_decision_evaluations_root_key_decision_evaluations_element"), "decision_evaluations", ["root_key", "element"], unique=False
    )
    op.create_table(
        "delegations",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("delegator_key", types.Key, nullable=False),
        sa.Column("delegate_key", types.Key, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_delegations")),
    )
    op.create_index(op.f("ix_delegations_delegate_key"), "delegations", ["delegate_key"], unique=False)
    op.create_index(op.f("ix_delegations_delegator_key"), "delegations", ["delegator_key"], unique=False)
    op.create_table(
        "deployments",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("number", types.Key, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_key", types.Key, nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deployments")),
        sa.UniqueConstraint("number", name=op.f("uq_deployments_number")),
    )
    op.create_table(
        "element_instances",
        sa.Column("root_key", types.Key, autoincrement=False, nullable=False),
        sa.Column("element", types.Key, autoincrement=False, nullable=False),
        sa.Column("key", types.Key, nullable=False),
        sa.Column("instance_key", types.Key, nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("scope", types.Key, nullable=False),
        sa.Column("loop_counter", types.Key, nullable=True),
        sa.Column("entered_at", types.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", types.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("root_key", "element", name=op.f("pk_element_instances")),
        sa.UniqueConstraint("key", name=op.f("uq_element_instances_key")),
    )
    op.create_index(op.f("ix_element_instances_instance_key"), "element_instances", ["instance_key"], unique=False)
    op.create_table(
        "form_definitions",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", types.Key, nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=False),
        sa.Column("number", types.Key, nullable=False),
        sa.Column("deployment_key", types.Key, nullable=False),
        sa.Column("resource_key", types.Key, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_form_definitions")),
        sa.UniqueConstraint("tenant", "form_id", "version", name=op.f("uq_form_definitions_tenant_form_id_version")),
    )
    op.create_index(op.f("ix_form_definitions_deployment_key"), "form_definitions", ["deployment_key"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("user_key", types.Key, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("response", types.Json(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_key", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("root_key", types.Key, nullable=True),
        sa.Column("incident", types.Key, nullable=True),
        sa.Column("wait_key", types.Key, nullable=True),
        sa.Column("instance_key", types.Key, nullable=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("project_key", types.Key, nullable=True),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("details", types.Json(), nullable=False),
        sa.Column("opened_at", types.Instant(timezone=True), nullable=False),
        sa.Column("closed_at", types.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_incidents")),
        sa.UniqueConstraint("root_key", "incident", name=op.f("uq_incidents_root_key_incident")),
    )
    op.create_index(op.f("ix_incidents_instance_key"), "incidents", ["instance_key"], unique=False)
    op.create_index(
        "ix_incidents_open",
        "incidents",
        ["tenant"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_incidents_wait_key"), "incidents", ["wait_key"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("root_key", types.Key, nullable=False),
        sa.Column("element", types.Key, nullable=False),
        sa.Column("instance_key", types.Key, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("listener", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("retries", types.Key, nullable=False),
        sa.Column("headers", types.Json(), nullable=False),
        sa.Column("variables", types.Json(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("retry_at", types.Instant(timezone=True), nullable=True),
        sa.Column("opened_at", types.Instant(timezone=True), nullable=False),
        sa.Column("closed_at", types.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_root_key_jobs_element"), "jobs", ["root_key", "element"], unique=False)
    op.create_index(op.f("ix_jobs_state_jobs_type_jobs_retry_at"), "jobs", ["state", "type", "retry_at"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("user_key", types.Key, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_key", types.Key, nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_memberships")),
        sa.UniqueConstraint("user_key", "role", "organisation_key", name=op.f("uq_memberships_user_key_role_organisation_key")),
    )
    op.create_index(op.f("ix_memberships_role_memberships_organisation_key"), "memberships", ["role", "organisation_key"], unique=False)
    op.create_table(
        "message_deliveries",
        sa.Column("message_key", types.Key, autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("root_key", types.Key, nullable=False),
        sa.Column("delivered_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_key", "target", name=op.f("pk_message_deliveries")),
    )
    op.create_table(
        "messages",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("correlation_key", sa.Text(), nullable=False),
        sa.Column("variables", types.Json(), nullable=False),
        sa.Column("project_key", types.Key, nullable=True),
        sa.Column("source_root", types.Key, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("published_at", types.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_messages")),
    )
    op.create_index(
        "ix_messages_open",
        "messages",
        ["tenant", "name"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "notification_reads",
        sa.Column("notification_key", types.Key, autoincrement=False, nullable=False),
        sa.Column("user_key", types.Key, autoincrement=False, nullable=False),
        sa.Column("read_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("notification_key", "user_key", name=op.f("pk_notification_reads")),
    )
    op.create_table(
        "notifications",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("office_key", types.Key, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("project_key", types.Key, nullable=True),
        sa.Column("root_key", types.Key, nullable=True),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notifications")),
    )
    op.create_index(
        op.f("ix_notifications_tenant_notifications_role_notifications_office_key"),
        "notifications",
        ["tenant", "role", "office_key"],
        unique=False,
    )
    op.create_table(
        "numbers",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", types.Key, autoincrement=False, nullable=False),
        sa.Column("last", types.Key, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "year", name=op.f("pk_numbers")),
    )
    op.create_table(
        "organisations",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_organisations")),
        sa.UniqueConstraint("tenant", "name", name=op.f("uq_organisations_tenant_name")),
    )
    op.create_table(
        "process_definitions",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", types.Key, nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=False),
        sa.Column("number", types.Key, nullable=False),
        sa.Column("deployment_key", types.Key, nullable=False),
        sa.Column("resource_key", types.Key, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_process_definitions")),
        sa.UniqueConstraint("tenant", "process_id", "version", name=op.f("uq_process_definitions_tenant_process_id_version")),
    )
    op.create_index(op.f("ix_process_definitions_deployment_key"), "process_definitions", ["deployment_key"], unique=False)
    op.create_table(
        "process_instances",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("root_key", types.Key, nullable=False),
        sa.Column("local", types.Key, nullable=False),
        sa.Column("parent_key", types.Key, nullable=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("process_name", sa.Text(), nullable=False),
        sa.Column("definition_key", types.Key, nullable=False),
        sa.Column("definition_version", types.Key, nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", types.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", types.Instant(timezone=True), nullable=True),
        sa.Column("project_key", types.Key, nullable=True),
        sa.Column("correlation_key", sa.Text(), nullable=True),
        sa.Column("version", types.Key, nullable=False),
        sa.Column("catalogue_version", types.Key, nullable=False),
        sa.Column("blob", sa.Text(), nullable=True),
        sa.Column("keys", types.Json(), nullable=True),
        sa.Column("audit_mac", sa.Text(), nullable=False),
        sa.Column("audit_count", types.Key, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_process_instances")),
    )
    op.create_index(op.f("ix_process_instances_parent_key"), "process_instances", ["parent_key"], unique=False)
    op.create_index(op.f("ix_process_instances_project_key"), "process_instances", ["project_key"], unique=False)
    op.create_index(op.f("ix_process_instances_root_key_process_instances_local"), "process_instances", ["root_key", "local"], unique=False)
    op.create_index(
        op.f("ix_process_instances_tenant_process_instances_process_id_process_instances_state"),
        "process_instances",
        ["tenant", "process_id", "state"],
        unique=False,
    )
    op.create_index(
        "uq_process_instances_running",
        "process_instances",
        ["tenant", "process_id", "correlation_key"],
        unique=True,
        sqlite_where=sa.text("state = 'active' AND correlation_key IS NOT NULL"),
        postgresql_where=sa.text("state = 'active' AND correlation_key IS NOT NULL"),
    )
    op.create_table(
        "project_offices",
        sa.Column("project_key", types.Key, autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_key", types.Key, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project_key", "role", "organisation_key", name=op.f("pk_project_offices")),
    )
    op.create_index(op.f("ix_project_offices_organisation_key"), "project_offices", ["organisation_key"], unique=False)
    op.create_table(
        "projects",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("applicant_key", types.Key, nullable=False),
        sa.Column("applicant_office", sa.Text(), nullable=False),
        sa.Column("plan_year", types.Key, nullable=True),
        sa.Column("total_amount", types.Money(precision=18, scale=2), nullable=True),
        sa.Column("contract_amount", types.Money(precision=18, scale=2), nullable=True),
        sa.Column("facts", types.Json(), nullable=False),
        sa.Column("offices", types.Json(), nullable=False),
        sa.Column("phases", types.Json(), nullable=False),
        sa.Column("version", types.Key, nullable=False),
        sa.Column("created_by", types.Key, nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_projects")),
    )
    op.create_index(op.f("ix_projects_tenant_projects_applicant_key"), "projects", ["tenant", "applicant_key"], unique=False)
    op.create_index(op.f("ix_projects_tenant_projects_phase"), "projects", ["tenant", "phase"], unique=False)
    op.create_index(op.f("ix_projects_tenant_projects_updated_at"), "projects", ["tenant", "updated_at"], unique=False)
    op.create_table(
        "records",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("project_key", types.Key, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", types.Json(), nullable=False),
        sa.Column("amount", types.Money(precision=18, scale=2), nullable=True),
        sa.Column("root_key", types.Key, nullable=True),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_records")),
    )
    op.create_index(op.f("ix_records_project_key_records_kind"), "records", ["project_key", "kind"], unique=False)
    op.create_index(op.f("ix_records_tenant_records_kind"), "records", ["tenant", "kind"], unique=False)
    op.create_table(
        "resources",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("deployment_key", types.Key, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_resources")),
    )
    op.create_index(op.f("ix_resources_deployment_key"), "resources", ["deployment_key"], unique=False)
    op.create_table(
        "stored_settings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stored_settings")),
    )
    op.create_table(
        "task_candidates",
        sa.Column("task_key", types.Key, autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("office_key", types.Key, autoincrement=False, nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("task_key", "role", "office_key", "username", name=op.f("pk_task_candidates")),
    )
    op.create_index(op.f("ix_task_candidates_role_task_candidates_office_key"), "task_candidates", ["role", "office_key"], unique=False)
    op.create_index(op.f("ix_task_candidates_username"), "task_candidates", ["username"], unique=False)
    op.create_table(
        "user_tasks",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("root_key", types.Key, nullable=False),
        sa.Column("element", types.Key, nullable=False),
        sa.Column("instance_key", types.Key, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("project_key", types.Key, nullable=True),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("process_name", sa.Text(), nullable=False),
        sa.Column("definition_key", types.Key, nullable=False),
        sa.Column("definition_version", types.Key, nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=True),
        sa.Column("form_key", types.Key, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("candidate_groups", types.Json(), nullable=False),
        sa.Column("candidate_users", types.Json(), nullable=False),
        sa.Column("due_at", types.Instant(timezone=True), nullable=True),
        sa.Column("remind_at", types.Instant(timezone=True), nullable=True),
        sa.Column("follow_up_at", types.Instant(timezone=True), nullable=True),
        sa.Column("deadline", types.Json(), nullable=True),
        sa.Column("priority", types.Key, nullable=False),
        sa.Column("clauses", sa.Text(), nullable=False),
        sa.Column("opened_at", types.Instant(timezone=True), nullable=False),
        sa.Column("closed_at", types.Instant(timezone=True), nullable=True),
        sa.Column("completed_by", types.Key, nullable=True),
        sa.Column("completed_name", sa.Text(), nullable=False),
        sa.Column("completed_role", sa.Text(), nullable=False),
        sa.Column("completed_office", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("draft", types.Json(), nullable=True),
        sa.Column("draft_saved_at", types.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_user_tasks")),
        sa.UniqueConstraint("root_key", "element", name=op.f("uq_user_tasks_root_key_element")),
    )
    op.create_index(op.f("ix_user_tasks_completed_by_user_tasks_closed_at"), "user_tasks", ["completed_by", "closed_at"], unique=False)
    op.create_index(op.f("ix_user_tasks_instance_key"), "user_tasks", ["instance_key"], unique=False)
    op.create_index(
        "ix_user_tasks_open",
        "user_tasks",
        ["tenant", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("ix_user_tasks_project_key_user_tasks_state"), "user_tasks", ["project_key", "state"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", types.Key, autoincrement=False, nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_index(op.f("ix_users_tenant"), "users", ["tenant"], unique=False)
    op.create_table(
        "variables",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("root_key", types.Key, nullable=False),
        sa.Column("instance_key", types.Key, nullable=False),
        sa.Column("scope", types.Key, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", types.JsonValue(), nullable=False),
        sa.Column("updated_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_variables")),
        sa.UniqueConstraint("root_key", "instance_key", "scope", "name", name=op.f("uq_variables_root_key_instance_key_scope_name")),
    )
    op.create_table(
        "waits",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("root_key", types.Key, nullable=True),
        sa.Column("wait", types.Key, nullable=True),
        sa.Column("element", types.Key, nullable=True),
        sa.Column("instance_key", types.Key, nullable=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("definition_key", types.Key, nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", types.Instant(timezone=True), nullable=True),
        sa.Column("wake_at", types.Instant(timezone=True), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("correlation_key", sa.Text(), nullable=True),
        sa.Column("expression", sa.Text(), nullable=True),
        sa.Column("calendar_version", sa.Text(), nullable=True),
        sa.Column("memo", types.Json(), nullable=True),
        sa.Column("interrupting", sa.Boolean(), nullable=False),
        sa.Column("attempts", types.Key, nullable=False),
        sa.Column("opened_at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_waits")),
        sa.UniqueConstraint("root_key", "wait", name=op.f("uq_waits_root_key_wait")),
    )
    op.create_index(
        "ix_waits_due",
        "waits",
        ["wake_at"],
        unique=False,
        sqlite_where=sa.text("wake_at IS NOT NULL"),
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )
    op.create_index(
        "ix_waits_starts",
        "waits",
        ["tenant", "process_id"],
        unique=False,
        sqlite_where=sa.text("root_key IS NULL"),
        postgresql_where=sa.text("root_key IS NULL"),
    )
    op.create_index(op.f("ix_waits_tenant_waits_name_waits_correlation_key"), "waits", ["tenant", "name", "correlation_key"], unique=False)
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


_GUARDED = ("chain", "number", "at", "action", "tenant", "user_key", "user_name", "project_key", "subject", "details", "mac", "key")

_SQLITE = (
    "CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END",
    "CREATE TRIGGER audit_entries_sealed BEFORE UPDATE ON audit_entries WHEN OLD.seal IS NOT NULL OR NEW.seal IS NULL OR "
    + " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in _GUARDED)
    + " BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END",
    "CREATE TRIGGER audit_seals_kept BEFORE DELETE ON audit_seals BEGIN SELECT RAISE(ABORT, 'audit seals are never deleted'); END",
    "CREATE TRIGGER audit_seals_unchanged BEFORE UPDATE ON audit_seals BEGIN SELECT RAISE(ABORT, 'audit seals are never changed'); END",
    "CREATE TRIGGER user_tasks_closed AFTER UPDATE OF state ON user_tasks WHEN OLD.state = 'open' AND NEW.state <> 'open' "
    "BEGIN DELETE FROM task_candidates WHERE task_key = NEW.key; END",
)

_POSTGRESQL = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit rows are never changed or deleted'; END $$",
    "CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER audit_entries_emptied BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER audit_entries_sealed BEFORE UPDATE ON audit_entries FOR EACH ROW WHEN (OLD.seal IS NOT NULL OR NEW.seal IS NULL OR "
    + " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in _GUARDED)
    + ") EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER audit_seals_kept BEFORE DELETE OR UPDATE ON audit_seals FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER audit_seals_emptied BEFORE TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE FUNCTION clear_candidates() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN DELETE FROM task_candidates WHERE task_key = NEW.key; RETURN NULL; END $$",
    "CREATE TRIGGER user_tasks_closed AFTER UPDATE OF state ON user_tasks FOR EACH ROW "
    "WHEN (OLD.state = 'open' AND NEW.state <> 'open') EXECUTE FUNCTION clear_candidates()",
)


def downgrade() -> None:
    raise NotImplementedError("the first schema has nothing to go back to")
