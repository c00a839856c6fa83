"""Creation and migration of the database schema."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from storage.base import StorageError, first_line
from storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = max(path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""The newest revision, by the number in its file name."""

_LOCK = 5_471_031
"""The PostgreSQL advisory lock that lets only one process upgrade at a time."""


async def upgrade(database: Database) -> bool:
    """Create or migrate the tables in one transaction; return whether anything had to be done.

    Safe to run in several processes at once. Raises StorageError, also for a database written by a newer version.
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
    """Return the revision of the tables, or an empty string if there are none. Raises StorageError."""
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
    # Imported only when needed: it is slow to load, and most starts have nothing to migrate.
    from alembic import command
    from alembic.config import Config

    if _version(connection) > HEAD:
        raise StorageError("the database was written by a newer version of Intercity: install that one")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
