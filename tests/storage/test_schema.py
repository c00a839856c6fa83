"""The migrations and the tables are one."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage import Database, StorageError, upgrade
from storage.schema import HEAD, version
from storage.tables import metadata


async def test_the_migrations_make_the_tables(database: Database) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.engine.begin() as connection:
        assert await connection.run_sync(differences) == []


async def test_an_upgrade_is_done_once(database: Database) -> None:
    assert await version(database) == HEAD
    assert not await upgrade(database)


async def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="newer version"):
        await upgrade(database)


async def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes\n" * 100)
    database = Database(f"sqlite+aiosqlite:///{path}")
    with pytest.raises(StorageError, match="not a database"):
        await upgrade(database)
    await database.close()


async def test_sqlite_is_safe_against_power_cuts(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite'}")
    async with database.engine.begin() as connection:
        mode = (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar()
        synchronous = (await connection.exec_driver_sql("PRAGMA synchronous")).scalar()
    await database.close()
    assert (mode, synchronous) == ("wal", 2)
