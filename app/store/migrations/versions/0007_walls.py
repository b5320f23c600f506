"""Foreign keys and checks; the five tables of definitions become one; rows of a tree name the tenant of their root.

Data that breaks them is not dropped: the migration refuses, naming tables and rows, and leaves everything as it was.
"""

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

from app.codes import InstallationCode
from app.errors import Conflict
from app.store import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOST_NAMED = 5  # rows that a refusal names, of each kind


class Reference(NamedTuple):
    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    ondelete: str

    @property
    def name(self) -> str:
        return f"fk_{self.table}_{'_'.join(self.columns)}"


class Check(NamedTuple):
    table: str
    name: str
    condition: str


_INSTANCE = ("tenant", "root_key", "instance_key")
_PARENT = ("tenant", "root_key", "key")
_REFERENCES = (
    Reference("memberships", ("user_key",), "users", ("id",), "CASCADE"),
    Reference("memberships", ("organisation_key",), "organisations", ("key",), "RESTRICT"),
    Reference("delegations", ("delegator_key",), "users", ("id",), "CASCADE"),
    Reference("delegations", ("delegate_key",), "users", ("id",), "CASCADE"),
    Reference("deployments", ("user_key",), "users", ("id",), "RESTRICT"),
    Reference("resources", ("deployment_key",), "deployments", ("key",), "RESTRICT"),
    Reference("definitions", ("deployment_key",), "deployments", ("key",), "RESTRICT"),
    Reference("definitions", ("resource_key",), "resources", ("key",), "RESTRICT"),
    Reference("scenario_verdicts", ("resource_key",), "resources", ("key",), "CASCADE"),
    Reference("process_instances", ("tenant", "root_key"), "process_instances", ("tenant", "key"), "CASCADE"),
    Reference("process_instances", ("tenant", "root_key", "parent_key"), "process_instances", _PARENT, "CASCADE"),
    Reference("process_instances", ("definition_key",), "definitions", ("key",), "RESTRICT"),
    Reference("process_instances", ("project_key",), "projects", ("key",), "RESTRICT"),
    Reference("element_instances", _INSTANCE, "process_instances", _PARENT, "CASCADE"),
    Reference("variables", _INSTANCE, "process_instances", _PARENT, "CASCADE"),
    Reference("user_tasks", _INSTANCE, "process_instances", _PARENT, "CASCADE"),
    Reference("user_tasks", ("project_key",), "projects", ("key",), "RESTRICT"),
    Reference("user_tasks", ("definition_key",), "definitions", ("key",), "RESTRICT"),
    Reference("user_tasks", ("form_key",), "definitions", ("key",), "RESTRICT"),
    Reference("user_tasks", ("completed_by",), "users", ("id",), "RESTRICT"),
    Reference("task_candidates", ("task_key",), "user_tasks", ("key",), "CASCADE"),
    Reference("jobs", _INSTANCE, "process_instances", _PARENT, "CASCADE"),
    Reference("waits", _INSTANCE, "process_instances", _PARENT, "CASCADE"),
    Reference("waits", ("definition_key",), "definitions", ("key",), "RESTRICT"),
    Reference("messages", ("project_key",), "projects", ("key",), "RESTRICT"),
    Reference("messages", ("source_root",), "process_instances", ("key",), "SET NULL"),
    Reference("message_deliveries", ("message_key",), "messages", ("key",), "CASCADE"),
    Reference("message_deliveries", ("root_key",), "process_instances", ("key",), "SET NULL"),
    Reference("incidents", _INSTANCE, "process_instances", _PARENT, "CASCADE"),
    Reference("incidents", ("project_key",), "projects", ("key",), "RESTRICT"),
    Reference("decision_evaluations", _INSTANCE, "process_instances", _PARENT, "CASCADE"),
    Reference("decision_evaluations", ("project_key",), "projects", ("key",), "RESTRICT"),
    Reference("decision_evaluations", ("definition_key",), "definitions", ("key",), "RESTRICT"),
)

_ENDED = "(state = 'active') = (ended_at IS NULL)"
_CLOSED = "(state = 'open') = (closed_at IS NULL)"
_CHECKS = (
    Check("organisations", "named", "name <> ''"),
    Check("users", "named", "username <> ''"),
    Check("memberships", "role", "role <> ''"),
    Check("delegations", "period", "first_on <= last_on"),
    Check("delegations", "another", "delegator_key <> delegate_key"),
    Check("catalogue", "version", "version >= 0"),
    Check("deployments", "source", "source IN ('files', 'upload', 'cli')"),
    Check("deployments", "number", "number >= 1"),
    Check("definitions", "kind", "kind IN ('process', 'decision', 'form', 'scenario', 'library')"),
    Check("definitions", "version", "version >= 1"),
    Check("definitions", "decision", "(kind = 'decision') = (drg_id IS NOT NULL AND drg_name IS NOT NULL)"),
    Check("definitions", "library", "(kind = 'library') = (imports IS NOT NULL)"),
    Check("scenario_verdicts", "number", "number >= 1"),
    Check("process_instances", "state", "state IN ('active', 'completed', 'cancelled')"),
    Check("process_instances", "ended", _ENDED),
    Check("process_instances", "root", "(key = root_key) = (local = 1)"),
    Check("process_instances", "parent", "(key = root_key) = (parent_key IS NULL)"),
    Check("process_instances", "counts", "version >= 0 AND audit_count >= 0"),
    Check("element_instances", "state", "state IN ('active', 'completed', 'terminated')"),
    Check("element_instances", "ended", _ENDED),
    Check("variables", "scope", "scope >= 0"),
    Check("user_tasks", "state", "state IN ('open', 'completed', 'cancelled')"),
    Check("user_tasks", "closed", _CLOSED),
    Check("user_tasks", "completed", "state = 'completed' OR completed_by IS NULL"),
    Check("task_candidates", "who", "(role = '') <> (username = '')"),
    Check("task_candidates", "office", "office_key >= 0 AND (role <> '' OR office_key = 0)"),
    Check("jobs", "state", "state IN ('open', 'completed', 'cancelled', 'failed', 'error')"),
    Check("jobs", "closed", _CLOSED),
    Check("jobs", "retries", "retries >= 0"),
    Check("waits", "kind", "kind IN ('timer', 'message', 'signal')"),
    Check("waits", "due", "(kind = 'timer') = (due_at IS NOT NULL)"),
    Check(
        "waits",
        "place",
        "(root_key IS NULL) = (instance_key IS NULL) AND (root_key IS NULL) = (wait IS NULL) AND (root_key IS NULL) = (element IS NULL)",
    ),
    Check("waits", "attempts", "attempts >= 0"),
    Check("message_deliveries", "delivered", "delivered_at IS NOT NULL OR root_key IS NULL"),
    Check("messages", "kind", "kind IN ('message', 'signal')"),
    Check("messages", "state", "state IN ('open', 'closed')"),
    Check("incidents", "cause", "(incident IS NULL) <> (wait_key IS NULL)"),
    Check("incidents", "place", "(root_key IS NULL) = (instance_key IS NULL) AND (incident IS NULL OR root_key IS NOT NULL)"),
)

# Rows of a tree that did not name its tenant yet.
_WITHOUT_TENANT = ("element_instances", "variables", "decision_evaluations")
_INDICES = (
    ("definitions", "deployment_key"),
    ("definitions", "resource_key"),
    ("memberships", "organisation_key"),
    ("messages", "source_root"),
    ("message_deliveries", "root_key"),
)
_PRIMARY = {
    "users": ("id",),
    "catalogue": ("tenant",),
    "element_instances": ("root_key", "element"),
    "task_candidates": ("task_key", "role", "office_key", "username"),
    "message_deliveries": ("message_key", "target"),
    "scenario_verdicts": ("resource_key", "case_key"),
}

_DEFINITION = "key, kind, tenant, id, name, version, version_tag, drg_id, drg_name, imports, deployment_key, resource_key"
_OF_KIND = {
    "scenario": "NULL, NULL, NULL",
    "process": "NULL, NULL, NULL",
    "decision": "drg_id, drg_name, NULL",
    "library": "NULL, NULL, imports",
    "form": "NULL, NULL, NULL",
}

# SQLite rebuilds a table to give it constraints, and triggers do not survive that.
_CANDIDATES_TRIGGER = (
    "CREATE TRIGGER user_tasks_closed AFTER UPDATE OF state ON user_tasks WHEN OLD.state = 'open' AND NEW.state <> 'open' "
    "BEGIN DELETE FROM task_candidates WHERE task_key = NEW.key; END"
)


def upgrade() -> None:
    rebuilding = op.get_bind().dialect.name == "sqlite"
    if rebuilding:
        op.execute("DROP TRIGGER user_tasks_closed")
    _merge_definitions()
    _name_tenants()
    _let_the_system_be_nobody()
    _refuse_unsound_data()
    _build_walls()
    for table, column in _INDICES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    if rebuilding:
        op.execute(_CANDIDATES_TRIGGER)


def _merge_definitions() -> None:
    op.create_table(
        "definitions",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", types.Key, nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=False),
        sa.Column("drg_id", sa.Text(), nullable=True),
        sa.Column("drg_name", sa.Text(), nullable=True),
        sa.Column("imports", types.Json(), nullable=True),
        sa.Column("deployment_key", types.Key, nullable=False),
        sa.Column("resource_key", types.Key, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_definitions")),
        sa.UniqueConstraint("tenant", "kind", "id", "version", name=op.f("uq_definitions_tenant_kind_id_version")),
    )
    for kind, own in _OF_KIND.items():
        columns = f"key, '{kind}', tenant, {kind}_id, name, version, version_tag, {own}, deployment_key, resource_key"
        op.execute(f"INSERT INTO definitions ({_DEFINITION}) SELECT {columns} FROM {kind}_definitions")  # noqa: S608
        op.drop_table(f"{kind}_definitions")


def _name_tenants() -> None:
    for table in _WITHOUT_TENANT:
        op.add_column(table, sa.Column("tenant", sa.Text(), nullable=True))
        op.execute(
            f"UPDATE {table} SET tenant = COALESCE((SELECT tenant FROM process_instances WHERE key = {table}.root_key), '')"  # noqa: S608
        )


def _let_the_system_be_nobody() -> None:
    """What the system did names no person; it was person 0, whom nobody knows."""
    with op.batch_alter_table("deployments") as batch:
        batch.alter_column("user_key", existing_type=types.Key, nullable=True)
    op.execute("UPDATE deployments SET user_key = NULL WHERE user_key = 0")
    op.execute("UPDATE user_tasks SET completed_by = NULL WHERE completed_by = 0")


def _refuse_unsound_data() -> None:
    found = [*_orphans(), *_wrong_values()]
    if found:
        raise Conflict(
            "数据库未升级,数据没有任何改动:现有数据中有不合规则的行。\n" + "\n".join(found) + "\n请备份数据库,更正或移走这些行,再重新启动",
            code=InstallationCode.UNSOUND_DATA,
        )


def _orphans() -> Iterator[str]:
    for reference in _REFERENCES:
        pairs = list(zip(reference.columns, reference.parent_columns, strict=True))
        matched = " AND ".join(f"parent.{there} = child.{here}" for here, there in pairs)
        named = " AND ".join(f"child.{here} IS NOT NULL" for here in reference.columns)
        where = f"{named} AND NOT EXISTS (SELECT 1 FROM {reference.parent} AS parent WHERE {matched})"  # noqa: S608
        columns = "、".join(reference.columns)
        yield from _told(reference.table, where, f"{columns} 指向表 {reference.parent} 中没有的行")


def _wrong_values() -> Iterator[str]:
    for check in _CHECKS:
        yield from _told(check.table, f"NOT ({check.condition})", f"不满足 {check.condition}")


def _told(table: str, where: str, what: str) -> Iterator[str]:
    primary = _PRIMARY.get(table, ("key",))
    columns = ", ".join(f"child.{name}" for name in primary)
    connection = op.get_bind()
    count = connection.execute(sa.text(f"SELECT count(*) FROM {table} AS child WHERE {where}")).scalar_one()  # noqa: S608
    if count:
        rows = connection.execute(
            sa.text(f"SELECT {columns} FROM {table} AS child WHERE {where} ORDER BY {columns} LIMIT {MOST_NAMED}")  # noqa: S608
        )
        named = ";".join(" ".join(f"{name}={value}" for name, value in zip(primary, row, strict=True)) for row in rows)
        yield f"表 {table}:{count} 行{what}({named}{' …' if count > MOST_NAMED else ''})"


def _build_walls() -> None:
    walled = dict.fromkeys([*(check.table for check in _CHECKS), *(reference.table for reference in _REFERENCES)])
    # What others refer to comes first.
    for table in sorted(walled, key=lambda name: name != "process_instances"):
        with op.batch_alter_table(table) as batch:
            if table in _WITHOUT_TENANT:
                batch.alter_column("tenant", existing_type=sa.Text(), nullable=False)
            if table == "process_instances":
                batch.create_unique_constraint(op.f("uq_process_instances_tenant_key"), ["tenant", "key"])
                batch.create_unique_constraint(op.f("uq_process_instances_tenant_root_key_key"), ["tenant", "root_key", "key"])
            for check in _CHECKS:
                if check.table == table:
                    batch.create_check_constraint(op.f(f"ck_{table}_{check.name}"), sa.text(check.condition))
            for reference in _REFERENCES:
                if reference.table == table:
                    batch.create_foreign_key(
                        op.f(reference.name),
                        reference.parent,
                        list(reference.columns),
                        list(reference.parent_columns),
                        ondelete=reference.ondelete,
                    )


def downgrade() -> None:
    raise NotImplementedError("the definitions are one table from here on")
