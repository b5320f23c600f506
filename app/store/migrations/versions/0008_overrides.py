"""Checks of a form that whoever completed a task, or began a process, set aside, with the reason."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("user_tasks", "process_instances"):
        op.add_column(table, sa.Column("overrides", types.Json(), nullable=True))


def downgrade() -> None:
    for table in ("process_instances", "user_tasks"):
        op.drop_column(table, "overrides")
