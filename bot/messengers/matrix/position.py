"""The cursor that records how far we have read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

MOST_WAITING = 200
"""Maximum number of messages that wait for a key."""
LONGEST_ID = 255
"""Maximum characters of each id (Matrix: "Common identifier format"; session ids have 43). Longer ones never wait."""


class Waiting(NamedTuple):
    """An event that cannot be decrypted until the key of its session arrives."""

    room: str
    event: str
    session: str


def capped(waiting: Sequence[Waiting]) -> tuple[Waiting, ...]:
    """Return the newest valid entries; their number is limited because they are stored with every batch."""
    return tuple(entry for entry in waiting if max(map(len, entry)) <= LONGEST_ID)[-MOST_WAITING:]


@dataclass(frozen=True, slots=True)
class Position:
    """The sync token and the events that still wait for their key."""

    since: str
    waiting: tuple[Waiting, ...] = ()

    def __str__(self) -> str:
        """Return the cursor that `parse` reads."""
        return json.dumps({"since": self.since, "waiting": self.waiting})

    @classmethod
    def parse(cls, cursor: str) -> Position:
        """Parse a cursor."""
        kept = json.loads(cursor)
        return cls(kept["since"], tuple(Waiting(*each) for each in kept["waiting"]))
