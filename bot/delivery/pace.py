"""How fast what one person writes goes out, so that it does not keep a messenger busy that others need, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from bot.clock import monotonic

AT_ONCE, GAP = 60, 0.25
"""How many messages of one person go to a chat at once, and the seconds between further ones."""
OTHERS = 10.0
"""Seconds for which somebody who has written counts as one of the others."""


class Pace:
    """What goes out for whom; alone, everybody writes as fast as the messenger takes it."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        """Start with nobody."""
        self._now = now
        self._spread: defaultdict[str, dict[int, float]] = defaultdict(dict)
        """For each lane and person: until when evenly spread messages would last."""
        self._last = self._other = (0, float("-inf"))
        """The latest two people who have written, and when."""

    def sent(self, lane: str, person_id: int) -> None:
        """Record that something is sent to a lane for a person; 0: for the bot."""
        if person_id <= 0:
            return
        now = self._now()
        if person_id != self._last[0]:
            self._other = self._last
        self._last = person_id, now
        spread = {person: until for person, until in self._spread[lane].items() if until > now}
        self._spread[lane] = spread | {person_id: spread.get(person_id, now) + GAP}

    def waits(self, lane: str) -> dict[int, float]:
        """Return those whose next message to a lane has to wait, and for how many seconds."""
        ahead = (AT_ONCE - 1) * GAP + self._now()
        spread = self._spread.get(lane, {})
        return {person: until - ahead for person, until in spread.items() if until > ahead and self._has_others(person)}

    def _has_others(self, person_id: int) -> bool:
        _person, at = self._other if self._last[0] == person_id else self._last
        return self._now() < at + OTHERS
