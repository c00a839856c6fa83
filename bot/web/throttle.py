"""Limits on requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from time import monotonic

SPAN = 60.0
"""Seconds for which requests are counted together."""


class Throttle:
    """Counts requests, of everybody together and by key. It forgets all counts after each span."""

    def __init__(self, total: int, each: int, counter: Callable[[], float] = monotonic) -> None:
        """Allow `total` requests in a span, and `each` for one key."""
        self._total, self._each = total, each
        self._counter = counter
        self._since = counter()
        self._counts = Counter[str]()

    def allows(self, key: str = "") -> bool:
        """Count a request, of everybody (without a key) or of one; return whether it is within the limit."""
        if self._counter() - self._since >= SPAN:
            self._since = self._counter()
            self._counts.clear()
        self._counts[key] += 1
        return self._counts[key] <= (self._each if key else self._total)
