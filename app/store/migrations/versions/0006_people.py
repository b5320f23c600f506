"""Offices that a district's file names, or that are closed; passwords that have to be changed at the first sign-in."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NEW = (("organisations", "filed_at"), ("organisations", "closed_at"), ("users", "password_given_at"))


def upgrade() -> None:
    for table, column in _NEW:
        op.add_column(table, sa.Column(column, types.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    for table, column in reversed(_NEW):
        op.drop_column(table, column)
