"""Whose turn it is in a lane: authors take turns, so that the many messages of one do not hold up the few of another.

Each delivery gets a number when it is queued, and the lowest goes first; of equal ones the older. An author's next
message gets a higher one than their last; who has nothing waiting begins where the lane is. What is about a message
that still waits goes with it, and what answers one goes behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables as t

STEP, OFFICIAL_STEP = 10, 1
"""How far a message puts the next one of its author back: an official says ten where others say one."""
CLAIMED = -(1 << 60)
"""The number of what has been given to the messenger: nothing overtakes it until it is settled."""
_MOVES = -1
"""Stands for an author of the bot's own coming and going."""


@dataclass(frozen=True, slots=True)
class Share:
    """Whose share of a lane a delivery takes: a person's, or the bot's own (0)."""

    person_id: int = 0
    official: bool = False


BOT = Share()
MOVES = Share(_MOVES, official=True)

_WAITING = (t.OPEN, t.deliveries.c.lane == sa.bindparam("lane"), t.deliveries.c.turn > CLAIMED)


def _limit(of: sa.Function[int], *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(of).where(*_WAITING, *where).scalar_subquery()


_FIRST, _LAST = sa.func.min(t.deliveries.c.turn), sa.func.max(t.deliveries.c.turn)
PLACES = sa.select(
    _limit(_FIRST).label("first"),
    _limit(_LAST).label("last"),
    _limit(_LAST, t.deliveries.c.person_id == sa.bindparam("person_id")).label("own"),
    _limit(_LAST, t.deliveries.c.person_id == _MOVES).label("move"),
    _limit(_LAST, t.deliveries.c.message_id == sa.bindparam("message_id")).label("same"),
    _limit(_LAST, t.deliveries.c.message_id == sa.bindparam("answered")).label("answered"),
)
"""What a lane has waiting, as far as it concerns a new delivery. Each is found by an index."""


def turn(places: sa.Row[*tuple[Any, ...]], share: Share) -> int:
    """Return the number of a new delivery."""
    if places.same is not None:
        return int(places.same)
    if places.own is not None:
        wanted = places.own + (OFFICIAL_STEP if share.official else STEP)
    else:
        wanted = (places.first or 0) - (OFFICIAL_STEP if share.official else 0)
    return int(max(each for each in (wanted, places.move, places.answered) if each is not None))
