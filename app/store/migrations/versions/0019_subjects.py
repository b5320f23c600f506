"""Registers with a key: one current row of each subject, whichever process has made it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_SUBJECT = sa.text("superseded_at IS NULL AND subject IS NOT NULL")


def upgrade() -> None:
    op.add_column("records", sa.Column("subject", sa.Text(), nullable=True))
    op.create_index(
        "uq_records_subject", "records", ["tenant", "kind", "subject"], unique=True, sqlite_where=_SUBJECT, postgresql_where=_SUBJECT
    )


def downgrade() -> None:
    op.drop_index("uq_records_subject", table_name="records")
    op.drop_column("records", "subject")
