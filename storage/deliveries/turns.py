"""Fair queueing within a lane: authors take turns, so that one with many messages does not hold up the others.

Each delivery gets a number when queued; the lowest goes first, and the older of equal ones. An author's next message
gets a higher number than their last; an author with nothing waiting starts at the front of the lane. A change of a
waiting message goes with it, and a reply to one goes after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables as t

STEP, OFFICIAL_STEP = 10, 1
"""How far a message defers its author's next one: officials may send ten for every one of others."""
CLAIMED = -(1 << 60)
"""The number of a delivery handed to the messenger: nothing overtakes it until it is settled."""
URGENT = -(1 << 50)
"""The number of an answer to somebody who waits for it: it goes before all messages that are passed on."""
LAST = 1 << 50
"""The number of what goes only when nothing else waits."""
_MOVES = -1
"""Pseudo-author of joins and leaves."""


@dataclass(frozen=True, slots=True)
class Share:
    """The share of a lane that a delivery is counted towards: a person's, or the bot's own (0).

    `last`: it goes only when nothing else waits.
    """

    person_id: int = 0
    official: bool = False
    last: bool = False


BOT = Share()
BACKGROUND = Share(last=True)
MOVES = Share(_MOVES, official=True)

_WAITING = (t.OPEN, t.deliveries.c.lane == sa.bindparam("lane"), t.deliveries.c.turn > CLAIMED)
_EARLIER = t.deliveries.c.turn < LAST
_ORDINARY = sa.and_(t.deliveries.c.turn > URGENT, _EARLIER)


def _limit(of: sa.Function[int], *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(of).where(*_WAITING, *where).scalar_subquery()


_FIRST, _LAST = sa.func.min(t.deliveries.c.turn), sa.func.max(t.deliveries.c.turn)
PLACES = sa.select(
    _limit(_FIRST, _ORDINARY).label("first"),
    _limit(_LAST).label("last"),
    _limit(_LAST, t.deliveries.c.person_id == sa.bindparam("person_id"), _ORDINARY).label("own"),
    _limit(_LAST, t.deliveries.c.person_id == _MOVES).label("move"),
    _limit(_LAST, t.deliveries.c.message_id == sa.bindparam("message_id"), _EARLIER).label("same"),
    _limit(_LAST, t.deliveries.c.message_id == sa.bindparam("answered")).label("answered"),
    sa.exists().where(t.HELD, t.deliveries.c.lane == sa.bindparam("lane")).label("held"),
)
"""The waiting turns of a lane that matter to a new delivery, each found by an index; and whether an album is held."""


def turn(places: sa.Row[*tuple[Any, ...]], share: Share, *, urgent: bool = False) -> int:
    """Return the turn of a new delivery; `urgent`: an answer to somebody who waits for it."""
    if share.last:
        return LAST
    if places.same is not None:
        return int(places.same)
    if urgent:
        wanted = URGENT
    elif places.own is not None:
        wanted = places.own + (OFFICIAL_STEP if share.official else STEP)
    else:
        wanted = (places.first or 0) - (OFFICIAL_STEP if share.official else 0)
    return int(max(each for each in (wanted, places.move, places.answered) if each is not None))
