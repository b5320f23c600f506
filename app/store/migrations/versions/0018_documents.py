"""Documents: who has brought which file, to which task and place of its form. The files themselves lie outside the database."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_REFERENCES = (
    ("project_key", "projects.key", "RESTRICT"),
    ("root_key", "process_instances.key", "SET NULL"),
    ("task_key", "user_tasks.key", "SET NULL"),
    ("replaces", "documents.key", "RESTRICT"),
    ("user_key", "users.id", "RESTRICT"),
    ("office_key", "organisations.key", "RESTRICT"),
)
_CHECKS = {
    "version": "version >= 1",
    "size": "size >= 1",
    "sha256": "length(sha256) = 64",
    "named": "name <> ''",
    "replaces": "(version = 1) = (replaces IS NULL)",
    "office": "office IS NULL OR office_key IS NOT NULL",
}


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("project_key", types.Key, nullable=True),
        sa.Column("root_key", types.Key, nullable=True),
        sa.Column("task_key", types.Key, nullable=True),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("version", types.Key, nullable=False),
        sa.Column("replaces", types.Key, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("size", types.Key, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("user_key", types.Key, nullable=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("office_key", types.Key, nullable=True),
        sa.Column("office", sa.Text(), nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("submitted_at", types.Instant(), nullable=True),
        sa.Column("erased_at", types.Instant(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [parent], name=op.f(f"fk_documents_{column}"), ondelete=then)
            for column, parent, then in _REFERENCES
        ),
        *(sa.CheckConstraint(condition, name=op.f(f"ck_documents_{name}")) for name, condition in _CHECKS.items()),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_documents")),
    )
    for column in ("project_key", "root_key", "task_key", "sha256"):
        op.create_index(op.f(f"ix_documents_{column}"), "documents", [column])


def downgrade() -> None:
    raise NotImplementedError("the documents would be forgotten")
