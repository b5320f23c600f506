"""The office whose people alone do a task, the round in which nobody does it twice, the answer that it repeats; the office in which a row was made."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OF_TASKS = (
    ("office_key", types.Key),
    ("office", sa.Text()),
    ("signing", sa.Text()),
    ("seat", sa.Text()),
    ("visit", types.Key),
    ("stands_for", types.Key),
)
_CHECKS = {
    "office": "(office_key IS NULL) = (office IS NULL) AND office_key >= 0",
    "signing": "(signing IS NULL) = (seat IS NULL) AND (signing IS NULL) = (visit IS NULL)",
    "stands_for": "stands_for <> key",
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
    for name, of_type in _OF_TASKS:
        op.add_column("user_tasks", sa.Column(name, of_type, nullable=True))
    with op.batch_alter_table("user_tasks") as batch:
        for name, condition in _CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_user_tasks_{name}"), sa.text(condition))
        batch.create_foreign_key(op.f("fk_user_tasks_stands_for"), "user_tasks", ["stands_for"], ["key"], ondelete="SET NULL")
    if rebuilding:
        op.execute(_CANDIDATES_TRIGGER)
    op.add_column("records", sa.Column("office_key", types.Key, nullable=True))
    op.add_column("records", sa.Column("office", sa.Text(), nullable=True))
    with op.batch_alter_table("records") as batch:
        batch.create_check_constraint(op.f("ck_records_office"), sa.text("office IS NULL OR office_key IS NOT NULL"))
        batch.create_foreign_key(op.f("fk_records_office_key"), "organisations", ["office_key"], ["key"], ondelete="RESTRICT")


def downgrade() -> None:
    raise NotImplementedError("whose tasks are whose would be forgotten")
