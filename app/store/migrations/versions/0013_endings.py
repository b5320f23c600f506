"""The end of a project: what a tree that is still to be told of it waits for. And notices to a whole office."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_CHECKS = {
    "kind": "kind IN ('timer', 'message', 'signal', 'due', 'recount', 'ending')",
    "due": "(kind IN ('timer', 'due', 'recount', 'ending')) = (due_at IS NOT NULL)",
}

_BEFORE = {name: condition.replace(", 'ending'", "") for name, condition in _CHECKS.items()}


def upgrade() -> None:
    with op.batch_alter_table("waits") as batch:
        for name, condition in _CHECKS.items():
            batch.drop_constraint(op.f(f"ck_waits_{name}"), type_="check")
            batch.create_check_constraint(op.f(f"ck_waits_{name}"), sa.text(condition))
    _notices("role <> '' OR office_key > 0")


def _notices(condition: str) -> None:
    with op.batch_alter_table("notifications") as batch:
        batch.drop_constraint(op.f("ck_notifications_role"), type_="check")
        batch.create_check_constraint(op.f("ck_notifications_role"), sa.text(condition))


def downgrade() -> None:
    op.execute("DELETE FROM waits WHERE kind = 'ending'")
    op.execute("DELETE FROM notifications WHERE role = ''")
    _notices("role <> ''")
    with op.batch_alter_table("waits") as batch:
        for name, condition in _BEFORE.items():
            batch.drop_constraint(op.f(f"ck_waits_{name}"), type_="check")
            batch.create_check_constraint(op.f(f"ck_waits_{name}"), sa.text(condition))
