"""A user task that is returned (退回): by whom, from which task, why and until when; what was last submitted at a task; its round."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# A column that may not be null has a value in the rows that are there.
_NEW = (
    ("answer", types.Json(), None),
    ("round", types.Key, "1"),
    ("returned_at", types.Instant(timezone=True), None),
    ("returned_by", types.Key, None),
    ("returned_by_name", sa.Text(), "''"),
    ("returned_by_office", sa.Text(), "''"),
    ("returned_from", sa.Text(), "''"),
    ("return_reason", sa.Text(), "''"),
    ("return_due_at", types.Instant(timezone=True), None),
    ("returned_straight", sa.Boolean(), "FALSE"),
    ("returned_to", sa.Text(), "''"),
)
_CHECKS = {
    "completed": "state = 'completed' OR returned_to <> '' OR completed_by IS NULL",
    "round": "round >= 1",
    "answer": "state = 'completed' OR answer IS NULL",
    "returned_to": "returned_to = '' OR state = 'cancelled'",
    "returned": "(returned_at IS NULL) = (returned_from = '') AND (returned_at IS NULL) = (return_reason = '') "
    "AND (returned_at IS NULL) = (return_due_at IS NULL)",
    "return_reason": "length(return_reason) <= 1000",
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
    for name, of_type, _ in _NEW:
        op.add_column("user_tasks", sa.Column(name, of_type, nullable=True))
    filled = ", ".join(f"{name} = {value}" for name, _, value in _NEW if value is not None)
    op.execute(f"UPDATE user_tasks SET {filled}")  # noqa: S608
    with op.batch_alter_table("user_tasks") as batch:
        for name, of_type, value in _NEW:
            if value is not None:
                batch.alter_column(name, existing_type=of_type, nullable=False)
        batch.drop_constraint(op.f("ck_user_tasks_completed"), type_="check")
        for name, condition in _CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_user_tasks_{name}"), sa.text(condition))
        batch.create_foreign_key(op.f("fk_user_tasks_returned_by"), "users", ["returned_by"], ["id"], ondelete="RESTRICT")
    if rebuilding:
        op.execute(_CANDIDATES_TRIGGER)


def downgrade() -> None:
    raise NotImplementedError("what was returned would be forgotten")
