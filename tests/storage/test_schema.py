"""The migrations and the table definitions match."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from bot.model import Account, MessengerName, Role
from storage import Database, StorageError, upgrade
from storage.schema import HEAD, MIGRATIONS, version
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


async def test_what_was_there_before_people_could_be_appointed_in_the_chat(tmp_path: Path) -> None:
    """A database of the first version keeps its people, and its roles count as appointed."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'old.sqlite'}")

    def old(connection: sa.Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in (
            "INSERT INTO cities VALUES (1, 'Köln', 'de_DE', 'Europe/Berlin')",
            "INSERT INTO cities VALUES (2, 'Kӧln', 'de_DE', 'Europe/Berlin')",  # before look-alike letters were checked
            "INSERT INTO dialogues VALUES (1, 'Köln – Leeds')",
            "INSERT INTO people VALUES (1, 'Anna', 'de_DE', NULL, '2026-01-01 00:00:00')",
            "INSERT INTO accounts VALUES (1, 'telegram', '11', 1, 'Anna', 'anna')",
            "INSERT INTO roles VALUES (1, 1, 1, 'coordinator')",
        ):
            connection.exec_driver_sql(statement)

    async with database.engine.begin() as connection:
        await connection.run_sync(old)
    assert await upgrade(database)
    async with database.begin() as store:
        person = await store.people.by_account(Account(MessengerName.TELEGRAM, "11"))
        assert person
        assert (person.name, person.locale, person.guessed_locale) == ("Anna", "de_DE", None)
        (held,) = await store.roles.in_dialogue(1)
        assert (held.role, held.appointed, held.city.name) == (Role.COORDINATOR, True, "Köln")
        assert await store.chats.paired() == []
        assert [city.name for city in await store.cities.all()] == ["Köln", "Kӧln"]
    await database.close()
