"""What to do while the database is unavailable: log it, and try again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TypeVar

from structlog.typing import FilteringBoundLogger

from storage import StorageError

T = TypeVar("T")

PAUSE = (0.5, 1.5)
"""Seconds between attempts, at random so that not everything that waits comes back at once."""


class Outage:
    """A context manager that logs and suppresses errors of the database, for what is tried again anyway."""

    def __init__(self, log: FilteringBoundLogger, **where: object) -> None:
        """Log `where` with the error."""
        self._log, self._where = log, where

    def __enter__(self) -> None:
        """Enter the block."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Return whether the error was the database's."""
        if not isinstance(error, StorageError):
            return False
        self._log.warning("database", error=str(error), **self._where)
        return True


async def until_stored(work: Callable[[], Awaitable[T]], log: FilteringBoundLogger, **where: object) -> T:
    """Return what `work` returns, calling it again for as long as the database is unavailable."""
    while True:
        with Outage(log, **where):
            return await work()
        await asyncio.sleep(random.uniform(*PAUSE))  # noqa: S311 - jitter
