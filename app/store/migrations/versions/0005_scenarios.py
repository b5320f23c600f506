"""Scenarios are resources like diagrams; what became of each case is kept; a deployment keeps what its publisher was reminded of."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scenario_definitions",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("scenario_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", types.Key, nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=False),
        sa.Column("number", types.Key, nullable=False),
        sa.Column("deployment_key", types.Key, nullable=False),
        sa.Column("resource_key", types.Key, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_scenario_definitions")),
        sa.UniqueConstraint("tenant", "scenario_id", "version", name=op.f("uq_scenario_definitions_tenant_scenario_id_version")),
    )
    op.create_index(op.f("ix_scenario_definitions_deployment_key"), "scenario_definitions", ["deployment_key"], unique=False)
    op.create_table(
        "scenario_verdicts",
        sa.Column("resource_key", types.Key, autoincrement=False, nullable=False),
        sa.Column("case_key", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("number", types.Key, nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("stops", sa.Boolean(), nullable=False),
        sa.Column("difference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("resource_key", "case_key", name=op.f("pk_scenario_verdicts")),
    )
    op.create_index(op.f("ix_scenario_verdicts_tenant"), "scenario_verdicts", ["tenant"], unique=False)
    op.add_column("deployments", sa.Column("findings", types.Json(), nullable=True))


def downgrade() -> None:
    op.drop_column("deployments", "findings")
    op.drop_table("scenario_verdicts")
    op.drop_table("scenario_definitions")
