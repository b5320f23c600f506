"""Decision files as others import them, by namespace; which of them a decision took in."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from lxml import etree  # type: ignore[import-untyped]

from app.store import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LIBRARIES = sa.table(
    "library_definitions",
    sa.column("key", types.Key),
    sa.column("tenant", sa.Text()),
    sa.column("library_id", sa.Text()),
    sa.column("name", sa.Text()),
    sa.column("imports", types.Json()),
    sa.column("version", types.Key),
    sa.column("version_tag", sa.Text()),
    sa.column("number", types.Key),
    sa.column("deployment_key", types.Key),
    sa.column("resource_key", types.Key),
    sa.column("digest", sa.Text()),
)


def upgrade() -> None:
    op.create_table(
        "library_definitions",
        sa.Column("key", types.Key, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("imports", types.Json(), nullable=False),
        sa.Column("version", types.Key, nullable=False),
        sa.Column("version_tag", sa.Text(), nullable=False),
        sa.Column("number", types.Key, nullable=False),
        sa.Column("deployment_key", types.Key, nullable=False),
        sa.Column("resource_key", types.Key, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_library_definitions")),
        sa.UniqueConstraint("tenant", "library_id", "version", name=op.f("uq_library_definitions_tenant_library_id_version")),
    )
    op.create_index(op.f("ix_library_definitions_deployment_key"), "library_definitions", ["deployment_key"], unique=False)
    op.create_index(op.f("ix_library_definitions_resource_key"), "library_definitions", ["resource_key"], unique=False)
    op.add_column("decision_evaluations", sa.Column("libraries", types.Json(), nullable=True))
    _fill(op.get_bind())


def _fill(connection: Any) -> None:
    """A row for every decision file that was deployed so far, in the order of the deployments."""
    files = connection.execute(
        sa.text(
            "SELECT r.key, r.tenant, r.deployment_key, r.digest, r.content, d.number FROM resources r JOIN deployments d ON d.key = r.deployment_key"
            " WHERE r.file LIKE '%.dmn' ORDER BY d.number, r.key"
        )
    ).all()
    versions: dict[tuple[str, str], int] = {}
    for key, tenant, deployment, digest, content, number in files:
        root = etree.fromstring(bytes(content), etree.XMLParser(resolve_entities=False, no_network=True))
        namespace = root.get("namespace") or ""
        version = versions[tenant, namespace] = versions.get((tenant, namespace), 0) + 1
        row = {
            "key": key, "tenant": tenant, "library_id": namespace, "name": root.get("name") or namespace,
            "imports": [found.get("namespace") or "" for found in root if etree.QName(found).localname == "import"], "version": version,
            "version_tag": "", "number": number, "deployment_key": deployment, "resource_key": key, "digest": digest,
        }  # fmt: skip
        connection.execute(_LIBRARIES.insert(), row)


def downgrade() -> None:
    op.drop_table("library_definitions")
    op.drop_column("decision_evaluations", "libraries")
