"""What a classified project is called outside its office; and an index by which an office finds the projects in which it has completed a task."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

_projects = sa.table(
    "projects", sa.column("key", types.Key), sa.column("number", sa.Text()), sa.column("facts", types.Json()), sa.column("alias", sa.Text())
)


def upgrade() -> None:
    op.add_column("projects", sa.Column("alias", sa.Text(), server_default="", nullable=False))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_projects.c.key, _projects.c.number, _projects.c.facts)).all():
        if row.facts.get("classified") is True:
            called = f"涉密项目（{row.number or f'登记号 {row.key}'}）"
            connection.execute(sa.update(_projects).where(_projects.c.key == row.key).values(alias=called))
    done = sa.text("completed_office <> '' AND project_key IS NOT NULL")
    op.create_index("ix_user_tasks_offices", "user_tasks", ["completed_office", "project_key"], sqlite_where=done, postgresql_where=done)


def downgrade() -> None:
    raise NotImplementedError("what a classified project is called would be forgotten")
