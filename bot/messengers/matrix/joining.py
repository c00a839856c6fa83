"""Entering and leaving rooms, which other people's servers can delay as long as they like.

So few of these run at a time, separate from everything else, and requests by strangers never
block those by coordinators (trust: case 93). Giving up is the outbox's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary
from zoneinfo import available_timezones

import structlog

from bot.messengers.matrix.api import Rejected, Unreachable, path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.rooms import Room, predecessors

log = structlog.get_logger()

ROOMS_AT_ONCE = 4
"""Rooms entered or left concurrently; the same number again is reserved for coordinators."""
_JOINING, _PROFILE = 60, 5
"""Timeouts in seconds for entering a room and for fetching a profile."""
_ZONE = ("m.tz", "us.cloke.msc4175.tz")
"""Profile fields with a time zone (MSC4175)."""


class Joining:
    """Joins and leaves rooms."""

    def __init__(self, connection: MatrixConnection, rooms: dict[str, Room]) -> None:
        """Act over `connection`; `rooms` are maintained by the intake."""
        self._connection = connection
        self._rooms = rooms
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._entitled, self._anybody = asyncio.Semaphore(ROOMS_AT_ONCE), asyncio.Semaphore(ROOMS_AT_ONCE)

    async def join(self, id: str) -> None:
        """Accept the invitation to a room. Raises Rejected or Unreachable."""
        known = self._rooms.get(id)
        via = list(dict.fromkeys(map(_server, self._witnesses(id))))
        where = path("join", id) + ("?" + "&".join(f"via={server}" for server in via) if via else "")
        # Only coordinators can make the bot enter a group, but anybody can invite it to a direct room.
        private = known is None or not known.inviter or known.asked_in_private
        async with self._place(id, self._anybody if private else self._entitled):
            if known and known.asked_in_private:
                known.zone = await self._zone(known.inviter)
            await self._connection.api.call("POST", where, {}, limit=_JOINING)

    async def leave(self, id: str) -> None:
        """Leave a room or decline the invitation to it. Raises Rejected or Unreachable."""
        async with self._place(id, self._anybody):
            for step in ("leave", "forget"):
                try:
                    await self._connection.api.call("POST", path("rooms", id, step), {})
                except Rejected as error:
                    if error.limited or error.logged_out:
                        raise
                    log.info("nothing to leave", room=id, error=str(error))

    @asynccontextmanager
    async def _place(self, id: str, places: asyncio.Semaphore) -> AsyncIterator[None]:
        """Wait for a slot: one room at a time per inviter, and few in total."""
        room = self._rooms.get(id)
        turn = self._turns.setdefault((room and room.inviter) or id, asyncio.Lock())
        async with turn, places:
            yield

    def _witnesses(self, id: str) -> list[str]:
        """Return users whose servers can help us join: from room version 12 on, room ids contain no server."""
        senders = [each["sender"] for each in predecessors(self._rooms, id)]
        known = self._rooms.get(id)
        return [*senders, *([known.inviter] if known and known.inviter else [])]

    async def _zone(self, user: str) -> str:
        """Return the time zone in a user's profile, or an empty string, as when their server is down."""
        try:
            profile = await self._connection.api.call("GET", path("profile", user), limit=_PROFILE)
        except (Rejected, Unreachable):
            return ""
        return next((str(profile[field]) for field in _ZONE if _is_zone(profile.get(field))), "")


def _server(user: str) -> str:
    return user.partition(":")[2]


def _is_zone(value: object) -> bool:
    return isinstance(value, str) and value in available_timezones()
