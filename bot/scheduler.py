"""Wakes for what is due by the clock. What is due stands in our own rows; the library only wakes us."""

from __future__ import annotations

from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from storage import Database, StorageError

log = structlog.get_logger()

ACCOUNTED = timedelta(days=365)
"""How long the audit is kept."""
KEPT = timedelta(days=30)
"""How long the map of copies is kept: replies, edits and deletions of older messages do not cross."""
SWEEP = 5
"""Seconds between looks for what is due."""


class Scheduler:
    """Looks now and then for what is due."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._clock = clock
        # A late job is better than none, and one run makes up for many missed ones.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)
        self._scheduler.add_job(self.leave_chats, "interval", seconds=SWEEP)
        self._scheduler.add_job(self.forget, "interval", hours=6)

    def start(self) -> None:
        """Begin to wake up."""
        self._scheduler.start()

    def stop(self) -> None:
        """Wake up no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def leave_chats(self) -> None:
        """Leave the chats where nobody entitled has asked for the bot in time."""
        now = self._clock()
        try:
            async with self._database.begin() as store:
                for chat in await store.chats.to_leave(now):
                    if chat.dialogue_id is None:
                        await store.deliveries.leave(chat, now)
        except StorageError as error:
            log.warning("database", error=str(error))

    async def forget(self) -> None:
        """Drop what has been kept for long enough."""
        now = self._clock()
        before = now - KEPT
        try:
            async with self._database.begin() as store:
                await store.inbox.forget(before)
                await store.messages.forget(before)
                await store.codes.forget(before)
                await store.audit.forget(now - ACCOUNTED)
        except StorageError as error:
            log.warning("database", error=str(error))
