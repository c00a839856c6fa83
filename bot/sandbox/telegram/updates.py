"""The queue behind getUpdates, one for each bot."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.sandbox.telegram.errors import ApiError, Json

_KEPT = timedelta(hours=24)
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Updates:
    """The updates that the bot has not confirmed; those older than 24 hours are dropped."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin empty; `clock` returns aware datetimes."""
        self._clock = clock
        self._next = 1000
        self._waiting: deque[tuple[int, datetime, Json]] = deque()
        self._poll: asyncio.Future[None] | None = None
        self.allowed: frozenset[str] = frozenset()

    def __len__(self) -> int:
        """Return the number of pending updates."""
        self._expire()
        return len(self._waiting)

    def add(self, kind: str, content: object) -> None:
        """Queue an update if the bot wants its kind."""
        wanted = kind in self.allowed if self.allowed else kind not in _NOT_BY_DEFAULT
        if wanted:
            self.put({kind: content})

    def put(self, update: Json) -> int:
        """Queue an update as it is and return its id."""
        self._next += 1
        self._waiting.append((self._next, self._clock(), {"update_id": self._next} | update))
        if self._poll and not self._poll.done():
            self._poll.set_result(None)
        return self._next

    async def get(
        self, offset: int = 0, limit: int = 100, wait: float = 0, allowed: Sequence[str] | None = None
    ) -> list[Json]:
        """Play getUpdates, waiting at most `wait` seconds.

        An earlier call that is still waiting ends with 409, as on the real server.
        """
        if allowed is not None:
            self.allowed = frozenset(allowed)
        if self._poll and not self._poll.done():
            text = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            self._poll.set_exception(ApiError(409, text))
        self._confirm(offset)
        if not self and wait > 0:
            await self._wait(min(wait, 50))
        limit = limit if 1 <= limit <= 100 else 100
        return [update for _, _, update in list(self._waiting)[:limit]]

    def clear(self) -> None:
        """Drop all pending updates."""
        self._waiting.clear()

    async def _wait(self, seconds: float) -> None:
        self._poll = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(self._poll, seconds)
        except TimeoutError:
            return

    def _confirm(self, offset: int) -> None:
        self._expire()
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        while offset > 0 and self._waiting and self._waiting[0][0] < offset:
            self._waiting.popleft()

    def _expire(self) -> None:
        while self._waiting and self._waiting[0][1] < self._clock() - _KEPT:
            self._waiting.popleft()
