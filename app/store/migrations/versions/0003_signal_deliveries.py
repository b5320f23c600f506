"""A signal's deliveries are written when it is thrown, and filled in when they arrive; open signals get theirs now.

``message_deliveries`` noted a signal by the number of the wait that it met; those rows stay as they are.
"""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN_SIGNALS = """
INSERT INTO message_deliveries (message_key, target, root_key, delivered_at)
SELECT m.key, coalesce(CAST(w.instance_key AS TEXT), w.process_id) || '/' || coalesce(CAST(w.element AS TEXT), '') || '/' || w.element_id, NULL, NULL
FROM messages m JOIN waits w ON w.tenant = m.tenant AND w.kind = 'signal' AND w.name = m.name
WHERE m.kind = 'signal' AND m.state = 'open' AND (w.root_key IS NULL OR w.opened_at <= m.expires_at)
AND NOT EXISTS (SELECT 1 FROM message_deliveries d WHERE d.message_key = m.key AND d.target = CAST(w.key AS TEXT))
"""


def upgrade() -> None:
    with op.batch_alter_table("message_deliveries") as table:
        table.alter_column("root_key", existing_type=types.Key, nullable=True)
        table.alter_column("delivered_at", existing_type=types.Instant(timezone=True), nullable=True)
    op.execute(sa.text(_OPEN_SIGNALS))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM message_deliveries WHERE delivered_at IS NULL"))
    with op.batch_alter_table("message_deliveries") as table:
        table.alter_column("root_key", existing_type=types.Key, nullable=False)
        table.alter_column("delivered_at", existing_type=types.Instant(timezone=True), nullable=False)
