"""The current time, injected so that tests can control it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""A function that returns the current time as an aware datetime in UTC."""


def utc_now() -> datetime:
    """Return the current time."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds that only ever increase, for spans of time."""
    return time.monotonic()
