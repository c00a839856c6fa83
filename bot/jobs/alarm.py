"""An alarm for the next job. APScheduler only rings it: what is due is decided by the rows alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Alarm:
    """Calls a function at one time.

    It may ring late, as APScheduler goes by the wall clock: whoever relies on it has to look at intervals as well.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        """Call `ring`, in the event loop."""
        self._call = ring
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._at: datetime | None = None

    def start(self) -> None:
        """Start in the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ringing."""
        self._scheduler.shutdown(wait=False)

    def set(self, seconds: float) -> None:
        """Ring in so many seconds, unless it rings before."""
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        if self._at is None or at < self._at:
            self._at = at
            # By default, what is more than a second late is left out.
            options = {"misfire_grace_time": None, "coalesce": True, "id": "next", "replace_existing": True}
            self._scheduler.add_job(self._ring, "date", run_date=at, **options)

    async def _ring(self) -> None:  # a plain function would be called in another thread
        self._at = None
        self._call()
