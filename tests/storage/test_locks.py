"""The lock that a running bot holds on its database."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
import sqlalchemy as sa

from bot.app import App
from bot.cli.service import _troubles
from bot.cli.shell import Mistake
from bot.model import MessengerName
from storage import Database, TakenError, locks
from tests.databases import made_on
from tests.fakes import TELEGRAM, FakeMessenger
from tests.places import PLACES


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "WAIT_LIMIT", 0.2)
    monkeypatch.setattr(locks, "PULSE", 0.02)


async def test_a_second_bot_does_not_even_log_in(database: Database) -> None:
    messenger = FakeMessenger(MessengerName.TELEGRAM, TELEGRAM)
    async with database.lock("telegram"):
        same = Database(database.engine.url.render_as_string(hide_password=False))
        second = App(same, [messenger], secret=bytes(32), places=PLACES)
        with pytest.raises(Mistake, match="another Intercity is serving telegram from this database"), _troubles():
            await second.run(asyncio.Event())
    assert messenger.calls == []


async def test_a_session_that_breaks_is_replaced(postgres: str) -> None:
    with made_on(postgres) as url:
        database = Database(url)
        async with database.lock("telegram"):
            await broken(database)
            await held_by(database, 1)
        await held_by(database, 0)
        await database.close()


async def test_who_has_lost_the_lock_to_another_bot_stops(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PULSE", 0.5)
    with made_on(postgres) as url:
        database = Database(url)
        async with AsyncExitStack() as stack:
            stopped = asyncio.create_task(works(database))
            await held_by(database, 1)
            await broken(database)
            await stack.enter_async_context(database.lock("telegram"))
            with pytest.raises(ExceptionGroup) as failure:
                await asyncio.wait_for(stopped, 10)
            assert failure.group_contains(TakenError)
        await database.close()


async def works(database: Database) -> None:
    async with database.lock("telegram"):
        await asyncio.Event().wait()


async def broken(database: Database) -> None:
    """End the session that has the lock."""
    async with database.engine.begin() as connection:
        ended = sa.text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        await connection.execute(ended)
    await held_by(database, 0)


async def held_by(database: Database, sessions: int) -> None:
    """Wait until `sessions` sessions have a lock, at most 10 seconds."""
    held = sa.text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    async with asyncio.timeout(10):
        while True:
            async with database.engine.begin() as connection:
                if (await connection.execute(held)).scalar_one() == sessions:
                    return
            await asyncio.sleep(0.01)
