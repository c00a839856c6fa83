"""Rate limits of a messenger: a maximum number of calls in any sliding window, spread over it.

A leaky bucket would let a full bucket and a full refill through in one window, twice what
Telegram allows. The messenger counts a call on arrival, which we cannot observe, so a call counts
from before it is made until one window after its response. Then no network delay, however uneven,
can bring more calls into one of the messenger's windows than it allows.

A lane with much to deliver must not use up a minute's calls within seconds and then stand still.
The first calls of a minute are made at once; after that the calls that are left are spread over
the rest of it, and some are kept for answers to people who are waiting (`urgent`). Each file takes
a call of its own: once files are sent, none are made at once, so that more texts go with each.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.clock import monotonic

AT_ONCE, MOMENT = 3, 2.0
"""How many calls of a lane are free in so many seconds: whoever writes faster does not use up the calls of a minute."""
RECHECK = 0.02
"""Seconds between checks while all permitted calls are in flight."""
MINUTE = 60.0


class CallWindow:
    """A sliding window: at most `calls` in any `seconds`."""

    def __init__(self, calls: int, seconds: float, now: Callable[[], float] = monotonic) -> None:
        """Create an empty window."""
        self._most = calls
        self._seconds = seconds
        self._now = now
        self._open = 0
        self._answered: deque[float] = deque()

    @property
    def left(self) -> int:
        """How many more calls are allowed at the moment."""
        while self._answered and self._answered[0] + self._seconds <= self._now():
            self._answered.popleft()
        return max(0, self._most - self._open - len(self._answered))

    def frees(self) -> float:
        """Return the seconds until the oldest call no longer counts, 0 if there is none."""
        return max(self._answered[0] + self._seconds - self._now(), RECHECK) if self._answered else 0.0

    def wait(self) -> float:
        """Return the seconds until a call may be allowed, 0 for now."""
        return 0.0 if self.left else self.frees() or RECHECK

    def begin(self) -> None:
        """Record that a call is about to be made."""
        self._open += 1

    def end(self, *, made: bool = True) -> None:
        """Record that a call has returned, or was not made after all."""
        self._open -= 1
        if made:
            self._answered.append(self._now())


class PacedWindow:
    """A sliding window whose calls are spread: half of them are free, three in twenty are kept for urgent ones."""

    def __init__(self, calls: int, seconds: float, now: Callable[[], float] = monotonic) -> None:
        """Create an empty window."""
        ordinary = calls - calls * 3 // 20
        self._all = CallWindow(calls, seconds, now)
        self._ordinary = CallWindow(ordinary, seconds, now)
        self._moment = CallWindow(AT_ONCE, MOMENT, now)
        self._spread = ordinary - calls // 2
        self._least_gap = seconds / (2 * ordinary)
        self._now = now
        self._last = self._with_file = float("-inf")
        self._seconds = seconds

    @property
    def free(self) -> int:
        """How many calls can be made at once."""
        return min(self._unspread, self._moment.left)

    @property
    def _unspread(self) -> int:
        """How many calls are left that need not be spread over the rest of the window."""
        if self._now() < self._with_file + self._seconds:
            return 0
        return min(max(0, self._ordinary.left - self._spread), self._all.left)

    def wait(self, *, urgent: bool) -> float:
        """Return the seconds until a call may be allowed, 0 for now."""
        if urgent:
            return self._all.wait()
        if self._unspread:
            return self._moment.wait()
        return max(self._all.wait(), self._ordinary.wait(), self._last + self._gap() - self._now(), 0.0)

    def save(self) -> None:
        """Record that a call has a file: for the length of the window, no calls are free."""
        self._with_file = self._now()

    def begin(self) -> None:
        """Record that a call is about to be made."""
        for window in (self._all, self._ordinary, self._moment):
            window.begin()

    def end(self, *, made: bool, urgent: bool) -> None:
        """Record that a call has returned, or was not made after all."""
        self._all.end(made=made)
        for window in (self._ordinary, self._moment):
            window.end(made=made and not urgent)
        if made and not urgent:
            self._last = self._now()

    def _gap(self) -> float:
        """Return the seconds between two calls: two sevenths of what would spread those left evenly over the time left.

        So the first of them follow quickly, and the last one is never far away.
        """
        left = max(min(self._ordinary.left, self._all.left), 1)
        return max(self._least_gap, self._ordinary.frees() / (3.5 * left))


class RateLimits:
    """The windows of one messenger: one for all calls, one for each lane."""

    def __init__(
        self, per_second: int | None, per_lane_minute: int | None, now: Callable[[], float] = monotonic
    ) -> None:
        """Allow `per_second` calls in all and `per_lane_minute` calls a minute in one lane; None: no such limit."""
        self._all = CallWindow(per_second, 1.0, now) if per_second else None
        self._per_lane = per_lane_minute
        self._lanes: dict[str, PacedWindow] = {}
        self._now = now

    def wait(self, lane: str, *, urgent: bool = True) -> float:
        """Return the seconds until a call to a lane may be allowed, 0 for now; `urgent`: somebody waits for it."""
        own = self._lane(lane)
        return max(own.wait(urgent=urgent) if own else 0.0, self._all.wait() if self._all else 0.0)

    def free(self, lane: str) -> int | None:
        """Return how many calls to a lane can be made at once; None: any number."""
        own = self._lane(lane)
        return own.free if own else None

    def save(self, lane: str) -> None:
        """Record that a file is sent to a lane."""
        if own := self._lane(lane):
            own.save()

    async def ready(self, lane: str) -> None:
        """Wait until an urgent call to a lane is allowed."""
        for wait in iter(lambda: self.wait(lane), 0.0):  # others may have been faster: check again
            await asyncio.sleep(wait)

    def begin(self, lane: str) -> None:
        """Record that a call is about to be made, for which there is nothing to wait; `release` must follow."""
        if own := self._lane(lane):
            own.begin()
        if self._all:
            self._all.begin()

    def release(self, lane: str, *, made: bool = True, urgent: bool = False) -> None:
        """Record that a call has returned, or was not made after all."""
        if own := self._lane(lane):
            own.end(made=made, urgent=urgent)
        if self._all:
            self._all.end(made=made)

    @asynccontextmanager
    async def calls(self, lane: str, number: int) -> AsyncIterator[None]:
        """Wait until `number` calls to a lane are allowed, and reserve them for the block."""
        begun = 0
        try:
            while begun < number:
                await self.ready(lane)
                self.begin(lane)
                begun += 1
            yield
        finally:
            for _ in range(begun):
                self.release(lane)

    def _lane(self, lane: str) -> PacedWindow | None:
        if not self._per_lane:
            return None
        if lane not in self._lanes:
            self._lanes[lane] = PacedWindow(self._per_lane, MINUTE, self._now)
        return self._lanes[lane]
