"""The ledger's foreign keys and checks, where declared rows of registers belong, and what every act has changed of a fact.

Data that breaks the walls is not dropped: the migration refuses, naming tables and rows, and leaves everything as it was.
"""

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

from app.codes import InstallationCode
from app.errors import Conflict
from app.store import types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOST_NAMED = 5  # rows that a refusal names, of each kind


class Reference(NamedTuple):
    table: str
    column: str
    parent: str
    parent_column: str
    ondelete: str

    @property
    def name(self) -> str:
        return f"fk_{self.table}_{self.column}"


class Check(NamedTuple):
    table: str
    name: str
    condition: str


_REFERENCES = (
    Reference("projects", "applicant_key", "organisations", "key", "RESTRICT"),
    Reference("projects", "created_by", "users", "id", "RESTRICT"),
    Reference("project_offices", "project_key", "projects", "key", "CASCADE"),
    Reference("project_offices", "organisation_key", "organisations", "key", "RESTRICT"),
    Reference("records", "project_key", "projects", "key", "RESTRICT"),
    Reference("records", "root_key", "process_instances", "key", "SET NULL"),
    Reference("notifications", "project_key", "projects", "key", "RESTRICT"),
    Reference("notifications", "root_key", "process_instances", "key", "SET NULL"),
    Reference("notification_reads", "notification_key", "notifications", "key", "CASCADE"),
    Reference("notification_reads", "user_key", "users", "id", "CASCADE"),
)
_PLACE = "(round IS NULL) = (instance_key IS NULL) AND (round IS NULL) = (scope IS NULL) AND (round IS NULL) = (item IS NULL)"
_CHECKS = (
    Check("projects", "named", "name <> ''"),
    Check("projects", "phase", "phase <> ''"),
    Check("projects", "version", "version >= 0"),
    Check("project_offices", "role", "role <> ''"),
    Check("records", "kind", "kind <> ''"),
    Check("numbers", "kind", "kind <> ''"),
    Check("numbers", "last", "last >= 0"),
    Check("notifications", "role", "role <> ''"),
    Check("notifications", "office", "office_key >= 0"),
)
_OF_PLACES = (Check("records", "place", _PLACE), Check("records", "round", "round >= 1 AND item >= 0 AND scope >= 0"))
_PRIMARY = {
    "project_offices": ("project_key", "role", "organisation_key"),
    "numbers": ("tenant", "kind", "year"),
    "notification_reads": ("notification_key", "user_key"),
}
_ROUND = sa.text("superseded_at IS NULL AND round IS NOT NULL")
_RIGHTS = "right_kind IN ('form', 'start', 'set', 'import', 'connector', 'phase')"


def upgrade() -> None:
    with op.batch_alter_table("projects") as batch:
        batch.alter_column("created_by", existing_type=types.Key, nullable=True)
    op.execute("UPDATE projects SET created_by = NULL WHERE created_by = 0")
    _refuse_unsound_data()
    _place_records()
    _build_walls()
    _keep_changes()
    _keep_approvals()


def _refuse_unsound_data() -> None:
    found = [*_orphans(), *_wrong_values()]
    if found:
        raise Conflict(
            "数据库未升级,数据没有任何改动:现有数据中有不合规则的行。\n" + "\n".join(found) + "\n请备份数据库,更正或移走这些行,再重新启动",
            code=InstallationCode.UNSOUND_DATA,
        )


def _orphans() -> Iterator[str]:
    for one in _REFERENCES:
        matched = f"parent.{one.parent_column} = child.{one.column}"
        where = f"child.{one.column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {one.parent} AS parent WHERE {matched})"  # noqa: S608
        yield from _told(one.table, where, f"{one.column} 指向表 {one.parent} 中没有的行")


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


def _place_records() -> None:
    op.add_column("records", sa.Column("process_id", sa.Text(), nullable=True))
    op.execute("UPDATE records SET process_id = COALESCE((SELECT process_id FROM process_instances WHERE key = records.root_key), '')")
    op.add_column("records", sa.Column("stage", sa.Text(), nullable=True))
    op.execute("UPDATE records SET stage = ''")
    for name in ("instance_key", "scope", "item", "round"):
        op.add_column("records", sa.Column(name, types.Key, nullable=True))
    op.add_column("records", sa.Column("superseded_at", types.Instant(timezone=True), nullable=True))


def _build_walls() -> None:
    checks = (*_CHECKS, *_OF_PLACES)
    for table in dict.fromkeys([*(check.table for check in checks), *(one.table for one in _REFERENCES)]):
        with op.batch_alter_table(table) as batch:
            if table == "records":
                batch.alter_column("process_id", existing_type=sa.Text(), nullable=False)
                batch.alter_column("stage", existing_type=sa.Text(), nullable=False)
            for check in checks:
                if check.table == table:
                    batch.create_check_constraint(op.f(f"ck_{table}_{check.name}"), sa.text(check.condition))
            for one in _REFERENCES:
                if one.table == table:
                    batch.create_foreign_key(op.f(one.name), one.parent, [one.column], [one.parent_column], ondelete=one.ondelete)
    op.create_index(
        "uq_records_place",
        "records",
        ["instance_key", "scope", "element_id", "item", "round"],
        unique=True,
        sqlite_where=_ROUND,
        postgresql_where=_ROUND,
    )


def _keep_approvals() -> None:
    op.add_column("projects", sa.Column("approved", types.Json(), nullable=True))
    op.execute("UPDATE projects SET approved = '[]'")
    with op.batch_alter_table("projects") as batch:
        batch.alter_column("approved", existing_type=types.Json(), nullable=False)
    numbers = [sa.Column(name, types.Key, nullable=False) for name in ("scope", "item", "round", "required")]
    op.create_table(
        "approvals",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("project_key", types.Key, nullable=True),
        sa.Column("root_key", types.Key, nullable=True),
        sa.Column("instance_key", types.Key, nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        *numbers,
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("approved_values", types.Json(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("office_key", types.Key, nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("user_key", types.Key, nullable=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.Column("lapsed_at", types.Instant(timezone=True), nullable=True),
        sa.Column("lapsed_names", types.Json(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_approvals")),
        sa.CheckConstraint("required >= 1 AND round >= 1 AND item >= 0 AND scope >= 0", name=op.f("ck_approvals_counts")),
        sa.CheckConstraint("(lapsed_at IS NULL) = (lapsed_names IS NULL)", name=op.f("ck_approvals_lapsed")),
        sa.CheckConstraint("holds OR lapsed_at IS NULL", name=op.f("ck_approvals_holds")),
        sa.CheckConstraint("digest <> ''", name=op.f("ck_approvals_digest")),
        sa.ForeignKeyConstraint(["project_key"], ["projects.key"], name=op.f("fk_approvals_project_key"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["root_key"], ["process_instances.key"], name=op.f("fk_approvals_root_key"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_key"], ["users.id"], name=op.f("fk_approvals_user_key"), ondelete="RESTRICT"),
    )
    op.create_index(op.f("ix_approvals_project_key"), "approvals", ["project_key"])
    op.create_index(op.f("ix_approvals_root_key"), "approvals", ["root_key"])


def _keep_changes() -> None:
    op.add_column("user_tasks", sa.Column("ledger_version", types.Key, nullable=True))
    op.create_table(
        "fact_changes",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("project_key", types.Key, nullable=False),
        sa.Column("root_key", types.Key, nullable=True),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", types.JsonValue(), nullable=False),
        sa.Column("after", types.JsonValue(), nullable=False),
        sa.Column("right_kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("project_version", types.Key, nullable=False),
        sa.Column("user_key", types.Key, nullable=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("at", types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_fact_changes")),
        sa.CheckConstraint("field <> ''", name=op.f("ck_fact_changes_field")),
        sa.CheckConstraint(_RIGHTS, name=op.f("ck_fact_changes_right_kind")),
        sa.CheckConstraint("before <> after", name=op.f("ck_fact_changes_changed")),
        sa.ForeignKeyConstraint(["project_key"], ["projects.key"], name=op.f("fk_fact_changes_project_key"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["root_key"], ["process_instances.key"], name=op.f("fk_fact_changes_root_key"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_key"], ["users.id"], name=op.f("fk_fact_changes_user_key"), ondelete="RESTRICT"),
    )
    op.create_index(op.f("ix_fact_changes_project_key_fact_changes_field"), "fact_changes", ["project_key", "field"])
    op.create_index(op.f("ix_fact_changes_root_key"), "fact_changes", ["root_key"])


def downgrade() -> None:
    raise NotImplementedError("what has been changed of facts is kept from here on")
