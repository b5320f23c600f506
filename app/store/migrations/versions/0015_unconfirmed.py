"""Facts that no owner has confirmed since they were imported or migrated, and the confirmation of one among the changes of facts."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_CHECKS = {
    "right_kind": "right_kind IN ('form', 'start', 'set', 'import', 'connector', 'phase', 'migrated', 'confirmed')",
    "changed": "before <> after OR right_kind = 'confirmed'",
}


def upgrade() -> None:
    # A column with a constant default is added without rebuilding the table, and so it goes on standing where it stands.
    op.add_column("projects", sa.Column("unconfirmed", types.Json(), server_default="[]", nullable=False))
    # SQLite rebuilds this table; it has no triggers that would be lost, its indices come along.
    with op.batch_alter_table("fact_changes") as batch:
        for name, condition in _CHECKS.items():
            batch.drop_constraint(op.f(f"ck_fact_changes_{name}"), type_="check")
            batch.create_check_constraint(op.f(f"ck_fact_changes_{name}"), sa.text(condition))


def downgrade() -> None:
    raise NotImplementedError("what is unconfirmed would count as confirmed")
