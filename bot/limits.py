"""How much a messenger takes: at most so many calls in any window of so many seconds.

A leaky bucket would let a full bucket and a full refill through in one window, twice what
Telegram allows. And the messenger counts a call when it arrives, which we do not see: so a call
counts from before it is made until the window has passed since its answer. Then no delay on the
way, however uneven, can bring more calls into one of the messenger's windows than it allows.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

POLL = 0.02
"""Seconds between looks while all that is allowed is under way."""


class Window:
    """At most `calls` in any `seconds`."""

    def __init__(self, calls: int, seconds: float, now: Callable[[], float] = monotonic) -> None:
        """Begin empty."""
        self._most = calls
        self._seconds = seconds
        self._now = now
        self._open = 0
        self._answered: deque[float] = deque()

    def wait(self) -> float:
        """Give the seconds until a call may be allowed, 0 for now."""
        now = self._now()
        while self._answered and self._answered[0] + self._seconds <= now:
            self._answered.popleft()
        if self._open + len(self._answered) < self._most:
            return 0.0
        return max(self._answered[0] + self._seconds - now, POLL) if self._answered else POLL

    def begin(self) -> None:
        """Note that a call is about to be made."""
        self._open += 1

    def end(self, *, made: bool = True) -> None:
        """Note that a call was answered, or not made after all."""
        self._open -= 1
        if made:
            self._answered.append(self._now())


class Limits:
    """The windows of one messenger: one for all, one for each lane."""

    def __init__(self, per_second: int | None, per_lane_minute: int | None) -> None:
        """`per_second` calls in all and `per_lane_minute` calls a minute in one lane; None: no such limit."""
        self._all = Window(per_second, 1.0) if per_second else None
        self._per_lane = per_lane_minute
        self._lanes: dict[str, Window] = {}

    def wait(self, lane: str) -> float:
        """Give the seconds until a call to a lane may be allowed, 0 for now."""
        return max((window.wait() for window in self._windows(lane)), default=0.0)

    async def acquire(self, lane: str) -> None:
        """Wait until a call to a lane is allowed, and note that it begins; `release` must follow."""
        for wait in iter(lambda: self.wait(lane), 0.0):  # others may be faster: look again
            await asyncio.sleep(wait)
        for window in self._windows(lane):
            window.begin()

    def release(self, lane: str, *, made: bool = True) -> None:
        """Note that a call was answered, or not made after all."""
        for window in self._windows(lane):
            window.end(made=made)

    @asynccontextmanager
    async def calls(self, lane: str, number: int) -> AsyncIterator[None]:
        """Wait until `number` calls to a lane are allowed, and note them around the block."""
        begun = 0
        try:
            while begun < number:
                await self.acquire(lane)
                begun += 1
            yield
        finally:
            for _ in range(begun):
                self.release(lane)

    def _windows(self, lane: str) -> list[Window]:
        own = [self._lanes.setdefault(lane, Window(self._per_lane, 60.0))] if self._per_lane else []
        return own + ([self._all] if self._all else [])
