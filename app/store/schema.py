"""Bringing the tables up to date: Alembic, run by the program itself at its start, so that nobody has to remember it."""

import logging
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app import logs
from app.codes import InstallationCode
from app.errors import Conflict
from app.store.tables import db

_log = logging.getLogger(__name__)
_ADVISORY_LOCK = 711_120_260  # any number: the same on every node


def upgrade() -> None:
    """Run the migrations that are missing. Several nodes may start at once: one migrates, the others wait for it.

    Raises Conflict (UNSOUND_DATA) if the data breaks a rule that a migration brings; nothing is changed then.
    """
    if not is_up_to_date():
        with db.engine.connect() as connection:
            migrate(connection)


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the tables up to ``revision``, in one transaction."""
    rebuilding = connection.dialect.name == "sqlite"
    driver: Any = connection.connection.driver_connection
    if rebuilding:
        # A table that is rebuilt is dropped for a moment, which must not take along what refers to it. Cannot be said within a transaction.
        driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            if rebuilding:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                # Over a large table a constraint takes longer than any act may.
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ADVISORY_LOCK})
            if not is_current(connection):
                before = MigrationContext.configure(connection).get_current_revision()
                command.upgrade(_settings(connection), revision)
                after = MigrationContext.configure(connection).get_current_revision()
                logs.event(_log, logging.INFO, "migration", before=before, after=after)
            if rebuilding and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise Conflict(f"数据库未升级:{len(broken)} 行引用了不存在的行,首先是表 {broken[0][0]}", code=InstallationCode.UNSOUND_DATA)
    finally:
        if rebuilding:
            driver.execute("PRAGMA foreign_keys=ON")


def is_up_to_date() -> bool:
    """Whether the current app's database has the newest schema."""
    with db.engine.connect() as connection:
        return is_current(connection)


def is_begun() -> bool:
    """Whether the current app's database has tables, of whatever version."""
    with db.engine.connect() as connection:
        return bool(MigrationContext.configure(connection).get_current_heads())


def is_current(connection: Connection) -> bool:
    """Whether the database has the newest schema that this program knows."""
    heads = ScriptDirectory.from_config(_settings(connection)).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)


def differences(connection: Connection) -> list[Any]:
    """Where the database and the models disagree: empty after ``upgrade``."""
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), db.metadata))


def _settings(connection: Connection) -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings
