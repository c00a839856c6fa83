"""How often a bot may write: 20 calls a minute in a group, 30 a second in all, about one a second in private."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

from bot.sandbox.telegram.errors import ApiError


class Window:
    """At most `calls` in any `seconds`."""

    def __init__(self, calls: int, seconds: float) -> None:
        """Begin with nothing used."""
        self.calls = calls
        self._span = timedelta(seconds=seconds)
        self._used: deque[datetime] = deque()

    def wait(self, now: datetime) -> float:
        """Give the seconds until one more call is free, 0 when it is now."""
        while self._used and self._used[0] <= now - self._span:
            self._used.popleft()
        return (self._used[0] + self._span - now).total_seconds() if len(self._used) >= self.calls else 0.0

    def use(self, now: datetime) -> None:
        """Count one call."""
        self._used.append(now)


class Limits:
    """The windows of one server; does nothing while `on` is false."""

    def __init__(self, clock: Callable[[], datetime], *, on: bool) -> None:
        """Count by `clock`, which gives aware datetimes."""
        self.on = on
        self._clock = clock
        self._windows: dict[Hashable, list[Window]] = {}

    def check(self, bot: int, chat: int) -> None:
        """Count a call of `bot` that writes to `chat` (groups are negative); raises ApiError 429."""
        if not self.on:
            return
        now = self._clock()
        windows = self._of(bot) + self._of(bot, chat)
        if wait := math.ceil(max(window.wait(now) for window in windows)):
            raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for window in windows:
            window.use(now)

    def _of(self, bot: int, chat: int | None = None) -> list[Window]:
        new = [Window(30, 1)] if chat is None else [Window(20, 60)] if chat < 0 else [Window(5, 5), Window(60, 60)]
        return self._windows.setdefault((bot, chat), new)
