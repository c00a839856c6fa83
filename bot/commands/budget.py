"""Rate limit on the bot's answers, so that nobody who keeps asking crowds out the others.

It covers answers to commands, to messages that are not commands, and to button presses refused in public.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from enum import Enum, auto

SPAN = timedelta(minutes=1)
ANSWERS = 20
"""Answers in any such span."""
MOST_KNOWN = 1000
"""People remembered before those without recent answers are dropped."""


class Allowance(Enum):
    """The answer that a person may get."""

    ANSWER = auto()
    WARNING = auto()
    """A notice that this was too much at once; sent once per span."""
    NOTHING = auto()


class Budget:
    """A count of answers for each person, and for each chat in whose name somebody asks."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._given: dict[int, deque[tuple[datetime, str]]] = {}

    def spend(self, asker: int, asked: str, now: datetime) -> Allowance:
        """Count one answer for `asker`, a person's id or a distinct number for a chat; return what they get.

        `asked` is the id of the event that asks. A retried transaction asks again and gets the same result.
        """
        if len(self._given) >= MOST_KNOWN:
            self._given = {id: given for id, given in self._given.items() if given[-1][0] > now - SPAN}
        given = self._given.setdefault(asker, deque())
        # After the clock was set back, some answers lie in the future: drop these, too.
        while given and not now - SPAN < given[0][0] <= now:
            given.popleft()
        number = next((number for number, (_at, known) in enumerate(given) if known == asked), len(given))
        if number > ANSWERS:
            return Allowance.NOTHING
        if number == len(given):
            given.append((now, asked))
        return Allowance.WARNING if number == ANSWERS else Allowance.ANSWER
