"""Brings a database to the tables that this version knows."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from storage.base import StorageError, first_line
from storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = max(path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""The newest revision; their files are numbered."""

_LOCK = 5_471_031
"""Number of the PostgreSQL advisory lock under which one process upgrades; ours alone."""


async def upgrade(database: Database) -> bool:
    """Create or migrate the tables in one transaction; say whether anything had to be done.

    Safe to run in several processes at once. Raises StorageError, also for a database that a
    newer version has written.
    """
    if await version(database) == HEAD:
        return False
    try:
        async with database.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            await connection.run_sync(_migrate)
    except sa.exc.SQLAlchemyError as error:
        raise StorageError(first_line(error)) from error
    return True


async def version(database: Database) -> str:
    """Give the revision of the tables, empty when there are none. Raises StorageError."""
    try:
        async with database.engine.begin() as connection:
            return await connection.run_sync(_version)
    except sa.exc.SQLAlchemyError as error:
        raise StorageError(first_line(error)) from error


def _version(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")


def _migrate(connection: sa.Connection) -> None:
    # Imported only when there is something to do: it is slow to load, and most starts need none of it.
    from alembic import command
    from alembic.config import Config

    if _version(connection) > HEAD:
        raise StorageError("the database was written by a newer version of Intercity: install that one")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
