"""What the lanes record at the same time shares a commit, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot import retries
from bot.delivery.committer import Committer
from bot.model import Account, MessengerName
from storage import Database, StorageError, Store

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BOT = Account(MessengerName.TELEGRAM, "999")


@pytest.fixture
async def committer(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Committer]:
    monkeypatch.setattr(retries, "PAUSE", (0.0, 0.0))
    committer = Committer(database)
    task = asyncio.create_task(committer.run())
    yield committer
    task.cancel()
    await asyncio.wait({task})


def mark(id: str) -> Callable[[Store], Awaitable[bool]]:
    """Return work that marks an event as processed."""
    return lambda store: store.processed_events.mark_processed(BOT, id, NOW)


async def is_there(database: Database, id: str) -> bool:
    async with database.begin() as store:
        return not await mark(id)(store)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_those_that_come_together_are_committed_together(database: Database, committer: Committer) -> None:
    commits: list[object] = []
    sa.event.listen(database.engine.sync_engine, "commit", commits.append)
    results = await asyncio.gather(*(committer.commit(mark(id), "lane") for id in "aabcd"))
    assert results == [True, False, True, True, True]
    assert len(commits) == 1


async def test_one_that_fails_does_not_undo_the_others(database: Database, committer: Committer) -> None:
    async def fail(store: Store) -> bool:
        await mark("b")(store)
        raise ZeroDivisionError

    works = (mark("a"), fail, mark("c"))
    first, failed, last = await asyncio.gather(
        *(committer.commit(each, "lane") for each in works), return_exceptions=True
    )
    assert (first, last) == (True, True)
    assert isinstance(failed, ZeroDivisionError)
    assert [await is_there(database, id) for id in "abc"] == [True, False, True]


async def test_it_is_repeated_while_the_database_is_unavailable(database: Database, committer: Committer) -> None:
    attempts = 0

    async def work(store: Store) -> int:
        nonlocal attempts
        attempts += 1
        await mark("a")(store)
        if attempts < 5:
            raise StorageError("locked")
        return attempts

    assert await committer.commit(work, "lane") == 5
    assert await is_there(database, "a")


async def test_a_lane_that_is_cancelled_does_not_hold_up_the_others(committer: Committer) -> None:
    cancelled = asyncio.create_task(committer.commit(mark("a"), "lane"))
    other = asyncio.create_task(committer.commit(mark("b"), "other lane"))
    await asyncio.sleep(0)
    cancelled.cancel()
    assert await other
    assert await committer.commit(mark("c"), "lane")
