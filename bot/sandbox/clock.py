"""The demo's clock, which people can set forward; the bot follows it through a pipe.

Production has nothing of this: only the demo's child process replaces the functions of `bot.clock`, before it imports
the bot. What Telegram takes in a minute is counted by this clock on both sides, so that a step of it spares a wait.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime, timedelta
from io import FileIO

import bot.clock
from bot.clock import Clock, utc_now

FURTHEST = timedelta(days=366)
"""How far one step may go."""


class MoveError(Exception):
    """The clock cannot be moved there; the text is a key of strings.js."""


class MovableClock:
    """The time, `ahead` of the real one."""

    def __init__(self, real: Clock = utc_now) -> None:
        """Begin with the real time."""
        self._real = real
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Return the time."""
        return self._real() + self.ahead

    def monotonic(self) -> float:
        """Return seconds that only ever increase, and jump with this clock."""
        return time.monotonic() + self.ahead.total_seconds()

    def move(self, by: timedelta) -> None:
        """Move forward; raise MoveError for a step back, or one of more than FURTHEST."""
        if by <= timedelta():
            raise MoveError("backwards")
        if by > FURTHEST:
            raise MoveError("tooFar")
        self.ahead += by

    def line(self) -> bytes:
        """Return what `follow` reads."""
        return f"{self.ahead.total_seconds()}\n".encode()

    def follow(self, line: bytes) -> None:
        """Take over what the clock in another process says."""
        self.ahead = timedelta(seconds=float(line))


def follow_parent() -> None:
    """Make the bot in this process read the clock of its parent from standard input, and end when that is closed.

    Waits for the first line, so that the bot never sees an earlier time.
    """
    pipe = FileIO(0, closefd=False)  # not sys.stdin: its lock would disturb the interpreter's end
    clock = MovableClock()
    clock.follow(pipe.readline() or b"0")
    bot.clock.utc_now, bot.clock.monotonic = clock, clock.monotonic
    threading.Thread(target=_follow, args=(pipe, clock), daemon=True).start()


def _follow(pipe: FileIO, clock: MovableClock) -> None:
    for line in pipe:
        clock.follow(line)
    os._exit(1)
