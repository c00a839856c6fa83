"""Data that a database rejects is told apart from a failing database: only the latter is worth a retry."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.model import Account, Mention, MessengerName, Post, rich
from storage import Database, StorageError
from storage.base import in_trouble
from storage.deliveries import posts

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BOT = Account(MessengerName.TELEGRAM, "999")


@pytest.mark.parametrize(
    "id", ["\0", "\ud800", ["no", "text"], {"no": "text"}, object(), "".join(map(chr, range(32, 9000)))]
)
async def test_a_value_that_it_does_not_take_undoes_its_savepoint_alone(database: Database, id: Any) -> None:
    async with database.begin() as store:
        await store.processed_events.mark_processed(BOT, "before", NOW)
        try:
            async with store.savepoint():
                await store.processed_events.mark_processed(BOT, id, NOW)
        except StorageError as error:
            raise AssertionError("taken for trouble") from error
        except Exception:  # noqa: BLE001 - each driver raises its own
            assert await store.processed_events.mark_processed(BOT, "undone", NOW)
        assert not await store.processed_events.mark_processed(BOT, "before", NOW)
    async with database.begin() as store:
        assert not await store.processed_events.mark_processed(BOT, "before", NOW)


@pytest.mark.parametrize("account", [Account(MessengerName.TELEGRAM, "abc"), Account(MessengerName.MATRIX, "@a\0b:c")])
def test_what_could_not_be_read_again_is_not_queued(account: Account) -> None:
    """It would stop the outbox, and again after every start (trust: case 91)."""
    with pytest.raises(ValueError, match=account.id[:1]):
        posts.dump(Post((Mention(account, rich("x")),)))
    with pytest.raises(ValueError, match=account.id[:1]):
        posts.dump(Post(rich("x"), mentions=(account,)))


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_IOERR_WRITE, True),
        (sqlite3.SQLITE_CORRUPT, True),
        (sqlite3.SQLITE_ERROR, False),
        (sqlite3.SQLITE_TOOBIG, False),
    ],
)
def test_trouble_of_sqlite(code: int, trouble: bool) -> None:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    assert in_trouble(OperationalError("", {}, error)) is trouble


def test_a_savepoint_that_is_gone_is_trouble() -> None:
    error = sqlite3.OperationalError("no such savepoint: sa_savepoint_1")
    error.sqlite_errorcode = sqlite3.SQLITE_ERROR
    assert in_trouble(OperationalError("", {}, error))


def test_a_connection_that_is_lost_is_trouble() -> None:
    assert in_trouble(InterfaceError("", {}, Exception("x"), connection_invalidated=True))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_server_that_ends_in_a_savepoint_is_trouble(database: Database) -> None:
    with pytest.raises(StorageError):
        async with database.begin() as store, store.savepoint():
            await store._connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
