"""Kills an app at any operation of its database, as a crash would: what was not committed is undone."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
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
from tests.places import PLACES

STEP = 1 if os.environ.get("INTERCITY_TEST_FULL", "") not in {"", "0"} else 9
"""Operations between two kills."""
LEASE = timedelta(seconds=61)
"""What a crash delays: the next process waits for the leases of the last one."""


class KilledError(BaseException):
    """The process has died; nothing catches it."""


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
