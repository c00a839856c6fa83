"""Rate limits of a messenger: a maximum number of calls in any sliding window, spread over it.

A leaky bucket would let a full bucket and a full refill through in one window, twice what
Telegram allows. The messenger counts a call on arrival, which we cannot observe, so a call counts
from before it is made until one window after its response. Then no network delay, however uneven,
can bring more calls into one of the messenger's windows than it allows.

A lane with much to deliver must not use up a minute's calls within seconds and then stand still.
A few calls are made at once; after that texts wait for each other, and go together at regular
intervals. Some calls are kept for answers to people who are waiting (`urgent`). Each file takes a
call of its own: once files are sent, the calls that are left are spread over the time left.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.clock import monotonic

AT_ONCE = 3
"""How many calls of a lane are free: whoever writes faster does not use up the calls of a minute."""
SPREAD = 0.75
"""Which part of the calls follow at regular intervals: the rest is for those made at once, and for files."""
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
    """A sliding window whose calls are spread: a few are free at once, three in twenty are kept for urgent ones.

    With files only one in twenty is kept, as each of them takes a call, whereas texts can wait for each other.
    """

    def __init__(self, calls: int, seconds: float, now: Callable[[], float] = monotonic) -> None:
        """Create an empty window."""
        self._all = CallWindow(calls, seconds, now)
        self._texts = CallWindow(calls - calls * 3 // 20, seconds, now)
        self._files = CallWindow(calls - calls // 20, seconds, now)
        self._each = seconds / (SPREAD * calls)
        self._now = now
        self._last = self._with_file = self._paid = float("-inf")
        self._seconds = seconds

    @property
    def free(self) -> int:
        """How many calls can be made at once."""
        if self._has_files:
            return 0
        # What rounding leaves of a call is one.
        return min(int(AT_ONCE - self._owed / self._each + 1e-6), self._texts.left, self._all.left)

    def wait(self, *, urgent: bool) -> float:
        """Return the seconds until a call may be allowed, 0 for now."""
        if urgent:
            return self._all.wait()
        if self._has_files:
            paced = self._last + self._gap() - self._now()
        else:
            paced = 0.0 if self.free else self._owed - (AT_ONCE - 1) * self._each
        return max(self._all.wait(), self._ordinary.wait(), paced, 0.0)

    def save(self) -> None:
        """Record that a call has a file: for the length of the window, no calls are free."""
        self._with_file = self._now()

    def begin(self) -> None:
        """Record that a call is about to be made."""
        for window in (self._all, self._texts, self._files):
            window.begin()

    def end(self, *, made: bool, urgent: bool) -> None:
        """Record that a call has returned, or was not made after all."""
        self._all.end(made=made)
        for window in (self._texts, self._files):
            window.end(made=made and not urgent)
        if made and not urgent:
            self._last = self._now()
            self._paid = self._last + min(self._owed + self._each, AT_ONCE * self._each)

    @property
    def _has_files(self) -> bool:
        return self._now() < self._with_file + self._seconds

    @property
    def _ordinary(self) -> CallWindow:
        return self._files if self._has_files else self._texts

    @property
    def _owed(self) -> float:
        """How many seconds the calls so far would last if they were spread evenly."""
        return max(0.0, self._paid - self._now())

    def _gap(self) -> float:
        """Return the seconds between two calls: two sevenths of what would spread those left evenly over the time left.

        So the first of them follow quickly, and the last one is never far away.
        """
        left = max(min(self._ordinary.left, self._all.left), 1)
        return self._ordinary.frees() / (3.5 * left)


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
