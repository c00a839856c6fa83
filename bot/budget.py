"""How many answers a person gets: whoever asks without end takes the room that others need.

To commands, to what is no command, and to presses that are refused where all can read it.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from enum import Enum, auto

SPAN = timedelta(minutes=1)
ANSWERS, OFFICIALS_ANSWERS = 20, 120
"""Answers in any such span, for guests and staff, and for mayors and coordinators."""
MOST_KNOWN = 1000
"""People whose last answers are kept in mind, before those who have been quiet are forgotten."""


class Allowance(Enum):
    """What a person may be told."""

    ANSWER = auto()
    WARNING = auto()
    """That this was too much at once; told once in a span."""
    NOTHING = auto()


class Budget:
    """Counts the answers of each person, and of each chat in whose name somebody asks."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._given: dict[int, deque[tuple[datetime, str]]] = {}

    def spend(self, asker: int, asked: str, now: datetime, *, official: bool) -> Allowance:
        """Count one answer for whoever asks, a person or a chat by a number of its own; return whether they get it.

        `asked`: the id of the event that asks. A transaction that is begun anew asks once more, and is told the same.
        """
        if len(self._given) >= MOST_KNOWN:
            self._given = {id: given for id, given in self._given.items() if given[-1][0] > now - SPAN}
        given = self._given.setdefault(asker, deque())
        # Of a clock that was set back, answers lie in the future: they count no more either.
        while given and not now - SPAN < given[0][0] <= now:
            given.popleft()
        most = OFFICIALS_ANSWERS if official else ANSWERS
        number = next((number for number, (_at, known) in enumerate(given) if known == asked), len(given))
        if number > most:
            return Allowance.NOTHING
        if number == len(given):
            given.append((now, asked))
        return Allowance.WARNING if number == most else Allowance.ANSWER
