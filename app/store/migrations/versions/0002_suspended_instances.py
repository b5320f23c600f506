"""Since when an instance tree is suspended, on its root row."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process_instances", sa.Column("suspended_at", types.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("process_instances", "suspended_at")
