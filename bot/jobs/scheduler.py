"""Periodic jobs. What is due is stored in the database; this module only checks for it at intervals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
from datetime import datetime, timedelta
from time import monotonic

import structlog

from bot.clock import Clock
from bot.model import Account
from storage import Database, StorageError, purge

log = structlog.get_logger()

ACCOUNTED = timedelta(days=365)
"""How long the audit is kept."""
KEPT = timedelta(days=30)
"""How long the map of copies is kept: replies, edits and deletions of older messages are not relayed.

The same goes for people who no longer take part in any dialogue."""
UNUSED = timedelta(days=1)
"""How long files are kept that no delivery needs."""
SWEEP = 5.0
"""Seconds between checks for what is due."""
FORGET = 6 * 3600.0
"""Seconds between purges of expired data."""
SLICE = 0.025
"""Target seconds for one transaction of deletions; others wait for it, so it must never take twice as long."""
FEWEST, MOST = 10, 1000
"""Minimum and maximum rows of a slice."""


class Scheduler:
    """A runner of periodic jobs.

    Intervals are measured by the event loop, not the wall clock, so that setting it back delays nothing.
    """

    def __init__(self, database: Database, clock: Clock, coordinators: Collection[Account] = ()) -> None:
        """Run jobs on `database`. `coordinators` are those from the settings, who are never purged."""
        self._database = database
        self._clock = clock
        self._coordinators = coordinators

    async def run(self) -> None:
        """Run all jobs indefinitely."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_every(SWEEP, self.leave_chats), name="chats to leave")
            group.create_task(_every(FORGET, self.forget), name="purge")

    async def leave_chats(self) -> None:
        """Leave the chats where nobody entitled has invited the bot in time."""
        now = self._clock()
        async with self._database.begin() as store:
            for chat in await store.chats.to_leave(now):
                if chat.dialogue_id is None:
                    await store.deliveries.leave(chat, now)

    async def forget(self) -> None:
        """Purge expired data."""
        for expiry, before in self._expiries(self._clock()):
            await self._drop(expiry, before)

    def _expiries(self, now: datetime) -> Iterator[tuple[purge.Expiry, datetime]]:
        kept = (purge.EVENTS, purge.DELIVERIES, purge.MESSAGES, purge.CODES, purge.GUESSES, purge.PAIRINGS)
        yield from ((each, now - KEPT) for each in kept)
        yield purge.FILES, now - UNUSED
        yield purge.AUDIT, now - ACCOUNTED
        yield purge.people(self._coordinators), now - KEPT

    async def _drop(self, expiry: purge.Expiry, before: datetime) -> None:
        """Delete in slices, pausing after each for as long as it took so that others get their turn."""
        mark: purge.Mark | None = None
        size, spent = FEWEST, 0.0
        while mark is not None or not spent:
            async with self._database.begin() as store:
                begin = monotonic()  # not before: waiting for the transaction is no work
                mark = await store.purge.slice(expiry, before, mark, size)
            spent = monotonic() - begin
            size = _fitting(size, spent)
            await asyncio.sleep(spent)


def _fitting(size: int, spent: float) -> int:
    """Return how many rows the next slice may have, after one of `size` rows took `spent` seconds."""
    return max(FEWEST, min(MOST, int(size * min(2.0, SLICE / max(spent, 1e-6)))))


async def _every(seconds: float, look: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await look()
        except StorageError as error:
            log.warning("database", error=str(error))
        except Exception:
            # The only catch-all here: one failure must end neither the process nor later runs.
            log.exception("not done", what=look.__name__)
        await asyncio.sleep(seconds)
