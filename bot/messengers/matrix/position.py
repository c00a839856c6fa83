"""Our cursor: how far we have read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple


class Waiting(NamedTuple):
    """An event that cannot be decrypted before the key of its session is there."""

    room: str
    event: str
    session: str


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
