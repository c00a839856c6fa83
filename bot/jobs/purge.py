"""The purge of data whose retention has ended: a job that schedules itself again."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from time import monotonic

from bot.commands.context import Context
from bot.jobs.kinds import JobKind, Work
from bot.model import Account
from storage import Database, Job, purge

EVERY = timedelta(hours=6)
"""Time between purges."""
SLICE = 0.025
"""Target seconds for one transaction of deletions; others wait for it, so it must never take twice as long."""
FEWEST, MOST = 10, 1000
"""Minimum and maximum rows of a slice."""


class Retention:
    """The purge of everything that is kept for a limited time."""

    def __init__(self, coordinators: Collection[Account] = ()) -> None:
        """Create a purge. `coordinators` are those from the settings, who are never purged."""
        self._coordinators = coordinators
        self.kind = JobKind(name="purge", prepare=self._prepare, apply=_again, attempts=None, limit=None, at_start=True)

    async def _prepare(self, work: Work, _job: Job) -> None:
        await self.delete_expired(work.database, work.now)

    async def delete_expired(self, database: Database, now: datetime) -> None:
        """Delete what has expired, in many short transactions. Raises StorageError."""
        for expiry in purge.rules(self._coordinators):
            await _drop(database, expiry, now - expiry.kept)


async def _again(ctx: Context, job: Job, _prepared: None) -> None:
    await ctx.store.jobs.schedule(job.kind, job.key, ctx.now + EVERY)


async def _drop(database: Database, expiry: purge.Expiry, before: datetime) -> None:
    """Delete in slices, pausing after each for as long as it took so that others get their turn."""
    mark: purge.Mark | None = None
    size, spent = FEWEST, 0.0
    while mark is not None or not spent:
        async with database.begin() as store:
            begin = monotonic()  # not before: waiting for the transaction is no work
            mark = await store.purge.slice(expiry, before, mark, size)
        spent = monotonic() - begin
        size = _fitting(size, spent)
        await asyncio.sleep(spent)


def _fitting(size: int, spent: float) -> int:
    """Return how many rows the next slice may have, after one of `size` rows took `spent` seconds."""
    return max(FEWEST, min(MOST, int(size * min(2.0, SLICE / max(spent, 1e-6)))))
