"""How decisions were taken, how deadlines were counted and what was submitted are kept packed. Rows of before stay the JSON that they are, which is read too."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_PACKED = {"decision_evaluations": ("inputs", "output", "rules", "required", "deadline"), "user_tasks": ("deadline", "answer")}
# SQLite rebuilds a table to give a column another type, and triggers do not survive that.
_CANDIDATES_TRIGGER = (
    "CREATE TRIGGER user_tasks_closed AFTER UPDATE OF state ON user_tasks WHEN OLD.state = 'open' AND NEW.state <> 'open' "
    "BEGIN DELETE FROM task_candidates WHERE task_key = NEW.key; END"
)


def upgrade() -> None:
    rebuilding = op.get_bind().dialect.name == "sqlite"
    if rebuilding:
        op.execute("DROP TRIGGER user_tasks_closed")
    for table, columns in _PACKED.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.alter_column(
                    column, existing_type=sa.Text(), type_=sa.LargeBinary(), postgresql_using=f"convert_to({column}, 'UTF8')"
                )
    if rebuilding:
        op.execute(_CANDIDATES_TRIGGER)


def downgrade() -> None:
    raise NotImplementedError("packed rows cannot be read by the program of before")
