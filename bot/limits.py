"""How much a messenger takes: at most so many calls in any window of so many seconds.

A leaky bucket would let a full bucket and a full refill through in one window, twice what
Telegram allows; so the moments of the last calls are kept.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic


class Window:
    """At most `calls` in any `seconds`."""

    def __init__(self, calls: int, seconds: float, now: Callable[[], float] = monotonic) -> None:
        """Begin empty."""
        self._seconds = seconds
        self._now = now
        self._calls: deque[float] = deque(maxlen=calls)

    def wait(self) -> float:
        """Give the seconds until a call is allowed, 0 for now."""
        if len(self._calls) < (self._calls.maxlen or 1):
            return 0.0
        return max(0.0, self._calls[0] + self._seconds - self._now())

    def take(self) -> None:
        """Note a call."""
        self._calls.append(self._now())

    def give_back(self) -> None:
        """Forget the last call: it was not made."""
        if self._calls:
            self._calls.pop()


class Limits:
    """The windows of one messenger: one for all, one for each lane."""

    def __init__(self, per_second: int | None, per_lane_minute: int | None) -> None:
        """`per_second` calls in all and `per_lane_minute` calls a minute in one lane; None: no such limit."""
        # A little wider than told: what leaves us evenly may arrive bunched.
        self._all = Window(per_second, 1.1) if per_second else None
        self._per_lane = per_lane_minute
        self._lanes: dict[str, Window] = {}

    async def acquire(self, lane: str) -> None:
        """Wait until a call to a lane is allowed, and note it."""
        for wait in iter(lambda: self.wait(lane), 0.0):  # others may be faster: look again
            await asyncio.sleep(wait)
        for window in self._windows(lane):
            window.take()

    def wait(self, lane: str) -> float:
        """Give the seconds until a call to a lane is allowed, 0 for now."""
        return max((window.wait() for window in self._windows(lane)), default=0.0)

    def give_back(self, lane: str) -> None:
        """Note that the call just acquired is not made."""
        for window in self._windows(lane):
            window.give_back()

    def _windows(self, lane: str) -> list[Window]:
        own = []
        if self._per_lane:
            own = [self._lanes.setdefault(lane, Window(self._per_lane, 61.0))]
        return own + ([self._all] if self._all else [])
