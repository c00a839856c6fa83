"""Transactions of the lanes, joined while another one is being committed.

SQLite has one writer, and each commit waits for the disk: lanes that are busy at the same time would queue for both.
PostgreSQL does this by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from bot.retries import until_stored
from storage import Database, Store

log = structlog.get_logger()

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Attempted:
    """The outcome of an attempt: how to record it, and the seconds until the lane continues.

    `slowed`: the messenger has asked for the pause.
    """

    record: Callable[[Store], Awaitable[None]]
    pause: float = 0.0
    slowed: bool = False


class Committer:
    """Runs what the lanes have to record, each exactly as if it had a transaction of its own."""

    def __init__(self, database: Database) -> None:
        """Commit to `database`."""
        self._database = database
        self._waiting: list[tuple[Callable[[Store], Awaitable[Any]], asyncio.Future[Any]]] = []
        self._asked = asyncio.Event()

    async def commit(self, work: Callable[[Store], Awaitable[_T]], lane: str) -> _T:
        """Run `work` in a transaction; return its result once that is committed.

        Repeated while the database is unavailable. Needs `run`.
        """

        async def once() -> _T:
            if not self._database.has_one_writer:
                async with self._database.begin() as store:
                    return await work(store)
            done: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
            self._waiting.append((work, done))
            self._asked.set()
            return await done

        return await until_stored(once, log, lane=lane)

    async def run(self) -> None:
        """Commit indefinitely, each time all that has been asked for meanwhile."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            asked, self._waiting = self._waiting, []
            await self._commit(asked)

    async def _commit(self, asked: list[tuple[Callable[[Store], Awaitable[Any]], asyncio.Future[Any]]]) -> None:
        """Run several in one transaction; if one fails, each in its own."""
        try:
            async with self._database.begin() as store:
                results = [await work(store) for work, _done in asked]
        except Exception as error:  # noqa: BLE001 - it is raised by `commit`, for the one that has caused it
            if len(asked) > 1:
                for each in asked:
                    await self._commit([each])
            elif not (done := asked[0][1]).done():
                done.set_exception(error)
            return
        for (_work, done), result in zip(asked, results, strict=True):
            if not done.done():  # the lane may have been cancelled
                done.set_result(result)
