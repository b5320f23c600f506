"""Printed documents: templates among the definitions, and of a document what it was printed of, and which printed one it is the signed copy of."""

import sqlalchemy as sa
from alembic import op

from app.store import types

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('process', 'decision', 'form', 'scenario', 'template', 'library')"
_TEXTS = ("template", "number", "place", "digest")
_REFERENCES = (("template_key", "definitions.key"), ("signs", "documents.key"))
_CHECKS = {
    "printed": (
        "(template IS NULL) = (template_key IS NULL) AND (template IS NULL) = (number IS NULL)"
        " AND (template IS NULL) = (place IS NULL) AND (template IS NULL) = (digest IS NULL)"
    ),
}


def upgrade() -> None:
    with op.batch_alter_table("definitions") as batch:
        batch.drop_constraint(op.f("ck_definitions_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_definitions_kind"), sa.text(_KINDS))
    with op.batch_alter_table("documents") as batch:
        for name in _TEXTS:
            batch.add_column(sa.Column(name, sa.Text(), nullable=True))
        for name, parent in _REFERENCES:
            batch.add_column(sa.Column(name, types.Key, nullable=True))
            table, column = parent.split(".")
            batch.create_foreign_key(op.f(f"fk_documents_{name}"), table, [name], [column], ondelete="RESTRICT")
        for name, condition in _CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_documents_{name}"), sa.text(condition))
    op.create_index(op.f("ix_documents_signs"), "documents", ["signs"])


def downgrade() -> None:
    raise NotImplementedError("the documents that were printed would be forgotten")
