"""Entering and leaving rooms: what other people's servers can draw out as long as they like.

So it is done few at a time, beside everything else, and what strangers ask for never waits
before what coordinators ask for (trust: case 93). Giving up is the outbox's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary
from zoneinfo import available_timezones

import structlog

from bot.messengers.matrix.api import Rejected, Unreachable, path
from bot.messengers.matrix.link import Link
from bot.messengers.matrix.rooms import Room, predecessors

log = structlog.get_logger()

AT_ONCE = 4
"""Rooms that are entered or left at the same time; as many again for those asked for by coordinators."""
_JOINING, _PROFILE = 60, 5
"""Seconds that we give the homeserver to enter a room, and to find somebody's profile."""
_ZONE = ("m.tz", "us.cloke.msc4175.tz")
"""Fields of a profile that name a time zone (MSC4175)."""


class Joining:
    """The way into rooms and out of them."""

    def __init__(self, link: Link, rooms: dict[str, Room]) -> None:
        """`rooms` as the intake keeps them."""
        self._link = link
        self._rooms = rooms
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._entitled, self._anybody = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)

    async def join(self, id: str) -> None:
        """Accept the invitation to a room. Raises Rejected or Unreachable."""
        known = self._rooms.get(id)
        via = list(dict.fromkeys(map(_server, self._witnesses(id))))
        where = path("join", id) + ("?" + "&".join(f"via={server}" for server in via) if via else "")
        # A group is entered only for those who are entitled to ask for it, a direct room for anybody.
        private = known is None or not known.inviter or known.asked_in_private
        async with self._place(id, self._anybody if private else self._entitled):
            if known and known.asked_in_private:
                known.zone = await self._zone(known.inviter)
            await self._link.api.call("POST", where, {}, limit=_JOINING)

    async def leave(self, id: str) -> None:
        """Leave a room or decline the invitation to it. Raises Rejected or Unreachable."""
        async with self._place(id, self._anybody):
            for step in ("leave", "forget"):
                try:
                    await self._link.api.call("POST", path("rooms", id, step), {})
                except Rejected as error:
                    if error.limited or error.logged_out:
                        raise
                    log.info("nothing to leave", room=id, error=str(error))

    @asynccontextmanager
    async def _place(self, id: str, places: asyncio.Semaphore) -> AsyncIterator[None]:
        """Wait for a room's turn: one at a time for each who has asked us in, and few in all."""
        room = self._rooms.get(id)
        turn = self._turns.setdefault((room and room.inviter) or id, asyncio.Lock())
        async with turn, places:
            yield

    def _witnesses(self, id: str) -> list[str]:
        """Return those through whose servers a room can be entered: from version 12 on its id names none."""
        senders = [each["sender"] for each in predecessors(self._rooms, id)]
        known = self._rooms.get(id)
        return [*senders, *([known.inviter] if known and known.inviter else [])]

    async def _zone(self, user: str) -> str:
        """Return the time zone that somebody's profile names, or nothing: their server may be away."""
        try:
            profile = await self._link.api.call("GET", path("profile", user), limit=_PROFILE)
        except (Rejected, Unreachable):
            return ""
        return next((str(profile[field]) for field in _ZONE if _is_zone(profile.get(field))), "")


def _server(user: str) -> str:
    return user.partition(":")[2]


def _is_zone(value: object) -> bool:
    return isinstance(value, str) and value in available_timezones()
