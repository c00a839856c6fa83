"""Transactions end, whatever happens in them, and the outbox finds its rows by index."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.model import Account, ChatRef, MessengerName, Post, rich
from storage import Database, StorageError, Store, tables, upgrade
from storage import database as module

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BOT = Account(MessengerName.TELEGRAM, "999")
GROUP = ChatRef(MessengerName.TELEGRAM, "-1001")


@pytest.fixture
async def on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Database, Path]]:
    """Yield a migrated SQLite database and its file; a transaction waits only briefly for a lock."""
    monkeypatch.setattr(module, "WAIT_FOR_LOCK", 0.2)
    file = tmp_path / "a.sqlite"
    database = Database(f"sqlite+aiosqlite:///{file}")
    await upgrade(database)
    yield database, file
    await database.close()


async def mark(database: Database, *ids: str) -> list[bool]:
    """Return which of these events are new."""
    async with database.begin() as store:
        return [await store.processed_events.mark_processed(BOT, id, NOW) for id in ids]


async def test_the_loop_runs_while_another_process_holds_the_lock(on_disk: tuple[Database, Path]) -> None:
    database, file = on_disk
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        task = asyncio.create_task(mark(database, "1"))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not task.done()
        other.execute("ROLLBACK")
        assert await task == [True]


async def test_a_lock_that_is_not_released_ends_one_transaction(on_disk: tuple[Database, Path]) -> None:
    database, file = on_disk
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="locked"):
            await mark(database, "1")
    assert await mark(database, "1") == [True]


async def test_an_error_in_a_transaction_undoes_it(database: Database) -> None:
    async def fail() -> None:
        async with database.begin() as store:
            await store.processed_events.mark_processed(BOT, "1", NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await mark(database, "1") == [True]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("steps", range(12))
async def test_a_transaction_cancelled_anywhere_is_done_or_undone(database: Database, steps: int) -> None:
    task = asyncio.create_task(mark(database, "1", "2"))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    new = await mark(database, "1", "2")
    assert new in ([True, True], [False, False])
    assert await mark(database, "1", "2") == [False, False]


async def test_the_outbox_finds_its_rows_by_index(database: Database) -> None:
    """What has been delivered is not read: it may be a thousand times as much as what waits."""
    async with database.begin() as store:
        chat = await store.chats.get_or_create(GROUP)
        message = await store.messages.add(sent_at=NOW)
        statements = await _noted(database, store)
        await store.deliveries.send(chat, message, Post(rich("hello")), NOW)
        await store.deliveries.claim(GROUP.lane, NOW)
        await store.deliveries.waiting(NOW)
    read = [each for each in statements if each[0].startswith("SELECT") and "deliveries" in each[0]]
    assert len(read) == 3
    for statement, values in read:
        plan = await _plan(database, statement, values)
        assert re.search("ix_deliveries_(open|shares)", plan), statement
        assert not re.search(r"SCAN deliveries(?! USING)|Seq Scan on deliveries", plan), statement


async def _noted(database: Database, store: Store) -> list[tuple[str, Any]]:
    """Return a list that all further statements are added to, with their parameters."""
    statements: list[tuple[str, Any]] = []
    if database.engine.dialect.name == "sqlite":  # some statements are run by the driver itself
        raw: Any = (await store.deliveries._connection.get_raw_connection()).driver_connection
        raw.raw.set_trace_callback(lambda statement: statements.append((statement, ())))
    else:
        engine = database.engine.sync_engine
        sa.event.listen(engine, "before_cursor_execute", lambda *given: statements.append((given[2], given[3])))
    return statements


async def _plan(database: Database, statement: str, values: Any) -> str:
    async with database.engine.begin() as connection:
        if database.engine.dialect.name == "sqlite":
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            return "\n".join(rows.scalars(3))
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the table is too small for an index
        rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        return "\n".join(rows.scalars())


async def test_a_full_disk_undoes_the_transaction(on_disk: tuple[Database, Path]) -> None:
    database, _file = on_disk
    async with database.engine.begin() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA max_page_count = 1")).scalar_one()  # no more than there are

    async def fill() -> None:
        async with database.begin() as store:
            await store.processed_events.mark_processed(BOT, "1", NOW)
            async with store.savepoint():
                await store.processed_events.mark_processed(BOT, "x" * 100_000, NOW)

    with pytest.raises(StorageError, match="full"):
        await fill()
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 100}")
    assert await mark(database, "1") == [True]


async def test_a_row_that_breaks_a_rule_is_refused(database: Database) -> None:
    async def refer() -> None:
        async with database.begin() as store, store.savepoint():
            await store.messages._insert(tables.copies, message_id=1, chat_id=1, part=0, native_id=None)

    with pytest.raises(StorageError):
        await refer()
