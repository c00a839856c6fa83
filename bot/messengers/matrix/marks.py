"""The bot's reactions and pins."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from bot.messengers.base import PermanentError, Reason
from bot.messengers.matrix.api import Rejected, path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.raw import Raw, as_dict, objects
from bot.messengers.matrix.sending import RoomSender
from bot.messengers.matrix.state import PINNED
from bot.messengers.matrix.writing import DELIVERY, reaction
from bot.model import Pin, React
from bot.text.emoji import qualified

_PAGES = 20
"""Maximum pages of 100 reactions to search for our own."""


class Marks:
    """Sets and removes reactions and pins. Raises Rejected, Unreachable or PermanentError."""

    def __init__(self, connection: MatrixConnection, sender: RoomSender) -> None:
        """Act over `connection`."""
        self._connection = connection
        self._sender = sender

    async def react(self, operation: React) -> None:
        """Set our reactions to a message in place of earlier ones; those that stand for buttons stay."""
        await self._expect(operation.chat.id, operation.id)
        earlier = [each async for each in self._reactions(operation.chat.id, operation.id)]
        wanted = [qualified(key) for key in (operation.key, *operation.more) if key]
        for number, key in enumerate(dict.fromkeys(wanted)):
            if key not in (known for _id, known in earlier):
                await self._set(operation, key, f"{operation.token}+{number}" if number else operation.token)
        for number, (id, key) in enumerate(earlier):
            if key not in wanted:
                await self._sender.redact(operation.chat.id, id, f"{operation.token}-{number}")

    async def _set(self, operation: React, key: str, token: str) -> None:
        content = reaction(operation.id, key) | {DELIVERY: operation.token}
        try:
            await self._sender.send(operation.chat.id, "m.reaction", content, token)
        except Rejected as error:
            if error.errcode != "M_DUPLICATE_ANNOTATION":
                raise

    async def _reactions(self, room: str, id: str) -> AsyncGenerator[tuple[str, str], None]:
        """Yield the id and key of each reaction that we have set with an operation."""
        where = path("rooms", room, "relations", id, "m.annotation", "m.reaction", version="v1")
        query = {"limit": "100"}
        for _ in range(_PAGES):
            page = await self._connection.api.call("GET", where, query=query)
            for event in objects(page.get("chunk")):
                content = as_dict(event.get("content"))
                if event.get("sender") == self._connection.me and DELIVERY in content:
                    yield str(event["event_id"]), str(as_dict(content.get("m.relates_to")).get("key"))
            if not isinstance(page.get("next_batch"), str):
                return
            query["from"] = page["next_batch"]

    async def pin(self, operation: Pin) -> None:
        """Pin or unpin a message; the other pins stay."""
        if operation.pinned:
            await self._expect(operation.chat.id, operation.id)
        where = path("rooms", operation.chat.id, "state", PINNED, "")
        try:
            state = await self._connection.api.call("GET", where)
        except Rejected as error:
            if error.errcode != "M_NOT_FOUND":
                raise
            state = {}
        listed = state["pinned"] if isinstance(state.get("pinned"), list) else []
        if (operation.id in listed) == operation.pinned:
            return
        others = [each for each in listed if each != operation.id]
        pinned = [*others, operation.id] if operation.pinned else others
        await self._connection.api.call("PUT", where, {**state, "pinned": pinned})

    async def _expect(self, room: str, id: str) -> None:
        """Raise PermanentError if a message does not exist, or was deleted."""
        event: Raw = await self._connection.api.call("GET", path("rooms", room, "event", id))
        if not event.get("content"):
            raise PermanentError("the message was deleted", Reason.GONE)
