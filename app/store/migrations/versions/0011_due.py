"""Deadlines of user tasks that the platform serves, and dates that are counted again: kinds of waits of their own; what a task keeps of both."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_tasks", sa.Column("overdue_at", types.Instant(timezone=True), nullable=True))
    op.add_column("user_tasks", sa.Column("moved", types.Json(), nullable=True))
    with op.batch_alter_table("waits") as batch:
        batch.drop_constraint(op.f("ck_waits_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_waits_kind"), sa.text("kind IN ('timer', 'message', 'signal', 'due', 'recount')"))
        batch.drop_constraint(op.f("ck_waits_due"), type_="check")
        batch.create_check_constraint(op.f("ck_waits_due"), sa.text("(kind IN ('timer', 'due', 'recount')) = (due_at IS NOT NULL)"))


def downgrade() -> None:
    raise NotImplementedError("deadlines are served by the platform from here on")
