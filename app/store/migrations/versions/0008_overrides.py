"""Checks of a form that whoever completed a task set aside, with the reason."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_tasks", sa.Column("overrides", types.Json(), nullable=True))


def downgrade() -> None:
    op.drop_column("user_tasks", "overrides")
