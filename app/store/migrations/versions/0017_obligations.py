"""What begins by itself: a row for each subject and period, and what the clock waits for to begin it."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_CHECKS = {
    "kind": "kind IN ('timer', 'message', 'signal', 'due', 'recount', 'ending', 'obligation')",
    "due": "(kind IN ('timer', 'due', 'recount', 'ending', 'obligation')) = (due_at IS NOT NULL)",
}


def upgrade() -> None:
    with op.batch_alter_table("waits") as batch:
        for name, condition in _CHECKS.items():
            batch.drop_constraint(op.f(f"ck_waits_{name}"), type_="check")
            batch.create_check_constraint(op.f(f"ck_waits_{name}"), sa.text(condition))
    op.create_table(
        "obligations",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("subject_name", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("project_key", types.Key, nullable=True),
        sa.Column("root_key", types.Key, nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("passed_at", types.Instant(), nullable=True),
        sa.CheckConstraint("root_key IS NULL OR passed_at IS NULL", name=op.f("ck_obligations_begun")),
        sa.CheckConstraint("subject_key <> '' AND period <> ''", name=op.f("ck_obligations_named")),
        sa.CheckConstraint("subject_kind IN ('project', 'system', 'office', 'district')", name=op.f("ck_obligations_subject_kind")),
        sa.ForeignKeyConstraint(["project_key"], ["projects.key"], name=op.f("fk_obligations_project_key"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["root_key"], ["process_instances.key"], name=op.f("fk_obligations_root_key"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_obligations")),
        sa.UniqueConstraint(
            "tenant",
            "process_id",
            "subject_kind",
            "subject_key",
            "period",
            name=op.f("uq_obligations_tenant_process_id_subject_kind_subject_key_period"),
        ),
    )
    op.create_index(op.f("ix_obligations_project_key"), "obligations", ["project_key"])
    op.create_index(op.f("ix_obligations_root_key"), "obligations", ["root_key"])


def downgrade() -> None:
    raise NotImplementedError("what has begun by itself would begin once more")
