"""Our cursor: how far we have read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

MOST = 200
"""Messages without a key that are remembered."""
LONGEST = 255
"""Characters of each id of one (Matrix: rooms, "Common identifier format"); a session's has 43, others get no key."""


class Waiting(NamedTuple):
    """An event that cannot be decrypted before the key of its session is there."""

    room: str
    event: str
    session: str


def capped(waiting: Sequence[Waiting]) -> tuple[Waiting, ...]:
    """Return the newest entries, those that anybody can still wait for: they are stored with every batch."""
    return tuple(entry for entry in waiting if max(map(len, entry)) <= LONGEST)[-MOST:]


@dataclass(frozen=True, slots=True)
class Position:
    """The server's token, and what still waits for its key."""

    since: str
    waiting: tuple[Waiting, ...] = ()

    def __str__(self) -> str:
        """Give the cursor that `parse` reads."""
        return json.dumps({"since": self.since, "waiting": self.waiting})

    @classmethod
    def parse(cls, cursor: str) -> Position:
        """Read a cursor of ours."""
        kept = json.loads(cursor)
        return cls(kept["since"], tuple(Waiting(*each) for each in kept["waiting"]))
