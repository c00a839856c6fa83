"""Sending of events to rooms, encrypted where the room is."""

from __future__ import annotations

from bot.messengers.matrix.api import Rejected, path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.rooms import CLEAR, Room


class RoomSender:
    """Sends events; the same transaction id never creates a second one, as our device is permanent."""

    def __init__(self, connection: MatrixConnection, rooms: dict[str, Room]) -> None:
        """Send over `connection`; `rooms` are maintained by the intake."""
        self._connection = connection
        self._rooms = rooms

    async def send(self, room: str, type: str, content: Raw, txn: str) -> str:
        """Send an event and return its id. Raises Rejected or Unreachable."""
        if type not in CLEAR:
            known = await self.room(room)
            if known.encrypted:
                type, content = await self._connection.crypto.encrypt(known, type, content)
        answer = await self._connection.api.call("PUT", path("rooms", room, "send", type, txn), content)
        return str(answer["event_id"])

    async def redact(self, room: str, event: str, txn: str) -> None:
        """Redact an event. Raises Rejected or Unreachable."""
        await self._connection.api.call("PUT", path("rooms", room, "redact", event, txn), {})

    async def event(self, room: str, id: str) -> Raw:
        """Return an event, decrypted if possible. Raises Rejected or Unreachable."""
        return self._connection.clear(room, await self._connection.api.call("GET", path("rooms", room, "event", id)))

    async def is_shut_out(self, room: Room | None) -> bool:
        """Return whether we may write nothing in a room: servers also refuse single messages, for what they say.

        The server is asked, as a sync may be late.
        """
        if room is None or not room.joined:
            return True
        me, state = self._connection.me, ("rooms", room.id, "state")
        mine = await self._connection.look_up(path(*state, "m.room.member", me))
        levels = await self._connection.look_up(path(*state, "m.room.power_levels"))
        return mine.get("membership") != "join" or not room.may_write(me, levels)

    async def room(self, id: str) -> Room:
        """Return the room; if no sync has included it yet, first query whether it is encrypted."""
        room = self._rooms.get(id)
        if room is not None and room.joined:
            return room
        room = Room(id, self._connection.me, encrypted=self._connection.crypto.is_encrypted(id))
        try:
            content = await self._connection.api.call("GET", path("rooms", id, "state", "m.room.encryption", ""))
            room.update({"type": "m.room.encryption", "state_key": "", "sender": "", "content": content})
        except Rejected as error:
            if error.status != 404 or error.errcode != "M_NOT_FOUND":
                raise
        return room
