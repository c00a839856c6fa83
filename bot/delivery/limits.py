"""Rate limits of a messenger: a maximum number of calls in any sliding window.

A leaky bucket would let a full bucket and a full refill through in one window, twice what
Telegram allows. The messenger counts a call on arrival, which we cannot observe, so a call counts
from before it is made until one window after its response. Then no network delay, however uneven,
can bring more calls into one of the messenger's windows than it allows.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

POLL = 0.02
"""Seconds between checks while all permitted calls are in flight."""


class CallWindow:
    """A sliding window: at most `calls` in any `seconds`."""

    def __init__(self, calls: int, seconds: float, now: Callable[[], float] = monotonic) -> None:
        """Create an empty window."""
        self._most = calls
        self._seconds = seconds
        self._now = now
        self._open = 0
        self._answered: deque[float] = deque()

    def wait(self) -> float:
        """Return the seconds until a call may be allowed, 0 for now."""
        now = self._now()
        while self._answered and self._answered[0] + self._seconds <= now:
            self._answered.popleft()
        if self._open + len(self._answered) < self._most:
            return 0.0
        return max(self._answered[0] + self._seconds - now, POLL) if self._answered else POLL

    def begin(self) -> None:
        """Record that a call is about to be made."""
        self._open += 1

    def end(self, *, made: bool = True) -> None:
        """Record that a call has returned, or was not made after all."""
        self._open -= 1
        if made:
            self._answered.append(self._now())


class RateLimits:
    """The windows of one messenger: one for all calls, one for each lane."""

    def __init__(self, per_second: int | None, per_lane_minute: int | None) -> None:
        """Allow `per_second` calls in all and `per_lane_minute` calls a minute in one lane; None: no such limit."""
        self._all = CallWindow(per_second, 1.0) if per_second else None
        self._per_lane = per_lane_minute
        self._lanes: dict[str, CallWindow] = {}

    def wait(self, lane: str) -> float:
        """Return the seconds until a call to a lane may be allowed, 0 for now."""
        return max((window.wait() for window in self._windows(lane)), default=0.0)

    async def acquire(self, lane: str) -> None:
        """Wait until a call to a lane is allowed, and record its start; `release` must follow."""
        for wait in iter(lambda: self.wait(lane), 0.0):  # others may have been faster: check again
            await asyncio.sleep(wait)
        for window in self._windows(lane):
            window.begin()

    def release(self, lane: str, *, made: bool = True) -> None:
        """Record that a call has returned, or was not made after all."""
        for window in self._windows(lane):
            window.end(made=made)

    @asynccontextmanager
    async def calls(self, lane: str, number: int) -> AsyncIterator[None]:
        """Wait until `number` calls to a lane are allowed, and reserve them for the block."""
        begun = 0
        try:
            while begun < number:
                await self.acquire(lane)
                begun += 1
            yield
        finally:
            for _ in range(begun):
                self.release(lane)

    def _windows(self, lane: str) -> list[CallWindow]:
        own = [self._lanes.setdefault(lane, CallWindow(self._per_lane, 60.0))] if self._per_lane else []
        return own + ([self._all] if self._all else [])
