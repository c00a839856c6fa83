"""The buttons under the card of a poll."""

from __future__ import annotations

from collections.abc import Sequence

from bot.voice import Choice
from storage import Poll, Topic


def buttons(_poll: Poll, _topics: Sequence[Topic]) -> tuple[Choice, ...]:
    """Return the buttons to vote with."""
    return ()
