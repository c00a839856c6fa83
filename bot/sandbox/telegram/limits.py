"""How often a bot may write: 20 messages a minute in a group, 30 a second in all, about one a second in private."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

from bot.sandbox.telegram.errors import ApiError


class ServerWindow:
    """A sliding window: at most `calls` in any `seconds`."""

    def __init__(self, calls: int, seconds: float) -> None:
        """Begin with all calls free."""
        self.calls = calls
        self._span = timedelta(seconds=seconds)
        self._used: deque[datetime] = deque()

    def wait(self, now: datetime, count: int = 1) -> float:
        """Return the seconds until `count` more calls are free, 0 when they are now.

        More calls than the window has are free as soon as it is empty.
        """
        while self._used and self._used[0] <= now - self._span:
            self._used.popleft()
        over = len(self._used) + min(count, self.calls) - self.calls
        return (self._used[over - 1] + self._span - now).total_seconds() if over > 0 else 0.0

    def use(self, now: datetime, count: int = 1) -> None:
        """Count calls."""
        self._used.extend([now] * count)


class ServerLimits:
    """The windows of one server; without effect while `on` is false."""

    def __init__(self, clock: Callable[[], datetime], *, on: bool) -> None:
        """Count by `clock`, which returns aware datetimes."""
        self.on = on
        self._clock = clock
        self._windows: dict[Hashable, list[ServerWindow]] = {}

    def check(self, bot: int, chat: int) -> None:
        """Count a call of `bot` that writes to `chat` (groups are negative); raise ApiError 429."""
        self.check_many(bot, chat, 1)

    def check_many(self, bot: int, chat: int, count: int) -> None:
        """Count a call that writes `count` messages; raise ApiError 429."""
        if not self.on:
            return
        now = self._clock()
        windows = self._of(bot) + self._of(bot, chat)
        if wait := math.ceil(max(window.wait(now, count) for window in windows)):
            raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for window in windows:
            window.use(now, count)

    def _of(self, bot: int, chat: int | None = None) -> list[ServerWindow]:
        new = (
            [ServerWindow(30, 1)]
            if chat is None
            else [ServerWindow(20, 60)]
            if chat < 0
            else [ServerWindow(5, 5), ServerWindow(60, 60)]
        )
        return self._windows.setdefault((bot, chat), new)
