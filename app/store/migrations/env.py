"""Alembic's way in: it gets the connection, and the transaction around it, from ``app.store.schema``."""

from alembic import context

from app.store.tables import db

context.configure(connection=context.config.attributes["connection"], target_metadata=db.metadata, transactional_ddl=False)
context.run_migrations()
