"""Kills an app at any operation of its database, as a crash would: what was not committed is undone."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import App
from bot.fetching.reader import FeedReader
from bot.model import MessengerName
from storage import Database
from storage.base import Repository
from tests.clocks import Clock
from tests.fake_web import FakeFetcher, LocalParser
from tests.fakes import MATRIX, TELEGRAM, FakeMessenger
from tests.length import FULL
from tests.places import PLACES

STEP = 1 if FULL else 9
"""Operations between two kills."""
LEASE = timedelta(seconds=61)
"""What a crash delays: the next process waits for the leases of the last one."""


class KilledError(BaseException):
    """The process has died; nothing catches it."""


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Collect what killed processes have left open, as the system would: no later test is blamed for it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


class Killer:
    """Ends an app after so many operations of its database: before or after one, or before a commit."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._left: int | None = None
        self.has_struck = False
        execute = Repository._execute

        async def executed(repository: Repository, statement: Any, values: dict[str, Any]) -> Any:
            self._operate()
            return await execute(repository, statement, values)

        patch.setattr(Repository, "_execute", executed)

    def watch(self, database: Database) -> None:
        """Count the operations of a database."""
        engine = database.engine.sync_engine
        sa.event.listen(engine, "commit", lambda _connection: self._operate())
        sa.event.listen(engine, "before_cursor_execute", lambda *_all: self._operate())

    @contextmanager
    def aiming(self, operations: int) -> Iterator[None]:
        """Kill after so many operations, if there are as many in the block."""
        self._left, self.has_struck = operations, False
        try:
            yield
        finally:
            self._left = None

    def rest(self) -> None:
        """Clear the record of the last kill, before the next app is started."""
        self.has_struck = False

    def _operate(self) -> None:
        if self._left is not None:
            self._left -= 1
            self.has_struck = self.has_struck or self._left < 0
        if self.has_struck:
            raise KilledError


@asynccontextmanager
async def process(url: str, clock: Clock, killer: Killer) -> AsyncIterator[App]:
    """Yield an app that serves no messenger, only its jobs."""
    database = Database(url)
    killer.watch(database)
    messengers = [
        FakeMessenger(MessengerName.TELEGRAM, TELEGRAM, clock=clock),
        FakeMessenger(MessengerName.MATRIX, MATRIX, clock=clock),
    ]
    feeds = FeedReader(FakeFetcher(), LocalParser())
    try:
        yield App(database, messengers, clock=clock, secret=bytes(32), places=PLACES, feeds=feeds)
    finally:
        await database.close()


async def is_killed(url: str, clock: Clock, killer: Killer, operations: int) -> bool:
    """Kill a process after some operations of what is due, and start it again; return whether it got so far."""
    async with process(url, clock, killer) as app:
        with killer.aiming(operations):
            try:
                await app.jobs.run_due()
            except* KilledError:
                pass
    struck = killer.has_struck
    killer.rest()
    clock.now += LEASE
    async with process(url, clock, killer) as app:
        await app.jobs.run_due()
    return struck


class MortalProcess:
    """An app on a database as a process that can be killed; `new_app` makes the app of each."""

    def __init__(self, url: str, killer: Killer, new_app: Callable[[Database], App], clock: Clock) -> None:
        self._url, self._killer, self._new_app, self._clock = url, killer, new_app, clock
        self._tasks: list[asyncio.Task[None]] = []
        self.kills = 0

    async def start(self) -> None:
        self.database = Database(self._url)
        self._killer.watch(self.database)
        self.app = self._new_app(self.database)
        messengers = list(self.app.messengers.values())
        self._tasks = [asyncio.create_task(self.app.outbox.run())]
        self._tasks += [asyncio.create_task(self.app.serve(each)) for each in messengers]
        for _turn in range(10_000):
            if len(self.app._serving) == len(messengers):
                break
            await asyncio.sleep(0.001)
        else:
            raise AssertionError(f"only these messengers are served: {list(self.app._serving)}")
        await self.app.outbox._sweep()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.database.close()

    async def work(self) -> None:
        """Take in what has happened, and do and deliver what is due."""
        for each in self.app.messengers.values():
            assert isinstance(each, FakeMessenger)
            await each.taken_in()
        await self.app.jobs.run_due()
        await self.app.outbox.idle()

    async def dies(self, operations: int) -> bool:
        """Work, and be killed after so many operations; return False if the work took fewer.

        The killed process is not started again, and the time that its leases last has passed.
        """
        work = asyncio.create_task(self.work())
        with self._killer.aiming(operations):
            ended, _others = await asyncio.wait([work, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
            if not self._killer.has_struck:
                await ended.pop()  # the work, unless the app has ended by itself, which is an error
                return False
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await self.stop()
        self._killer.rest()
        self.kills += 1
        self._clock.now += LEASE
        return True
