"""Context that an event itself lacks: whose message it edits, replies to or forwards, which reaction it removes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Hashable
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from bot.messengers.matrix.api import path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.content import (
    answered_id,
    begins_with_fallback,
    forward_of,
    replied_id,
    thread_root,
)
from bot.messengers.matrix.raw import Raw, as_dict, objects
from bot.model import (
    Deletion,
    Edit,
    Event,
    MessageRef,
    Reaction,
    Reply,
    is_id,
)

log = structlog.get_logger()

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_PAGES = 20
"""Maximum pages of 100 references to read."""
_SAID = ("m.room.message", "m.room.encrypted", "m.sticker", "m.poll.start", "org.matrix.msc3381.poll.start")
"""Event types that can be replied to and edited."""


class Recent(dict[K, T]):
    """A dict of bounded size that keeps the `most` recently added entries."""

    def __init__(self, most: int = 10_000) -> None:
        """Start empty."""
        super().__init__()
        self._most = most

    def note(self, key: K, value: T) -> None:
        """Add an entry; drop the oldest one if there are too many."""
        self[key] = value
        if len(self) > self._most:
            del self[next(iter(self))]


@dataclass(frozen=True, slots=True)
class _Known:
    """A message's author (MXID), what it replies to and the root of its thread (event ids), empty if there is none.

    `origin`: the claimed author of a forward (MXID), empty if unknown, None if the message is no forward.
    """

    author: str
    answers: str
    root: str
    origin: str | None


class Memory:
    """Recently seen authors and reactions; anything older is fetched from the server."""

    def __init__(self, connection: MatrixConnection) -> None:
        """Start empty."""
        self._connection = connection
        self._reactions = Recent[MessageRef, Reaction]()
        self._said = Recent[tuple[str, str], _Known]()
        """Known messages by room and event id."""

    def note(self, room: str, event: Raw) -> None:
        """Remember the author of a message and what it replies to; if encrypted, the latter is known once decrypted."""
        id, sender = event.get("event_id"), event.get("sender")
        if event.get("type") in _SAID and is_id(id) and is_id(sender):
            self._said.note((room, id), _known(event))

    async def settled(self, event: Event | None, name_of: Callable[[str], str]) -> Event | None:
        """Complete an event with what we remember; None for an edit by someone else. `name_of`: member name by MXID."""
        match event:
            case Reaction():
                self._reactions.note(replace(event.ref, id=event.id), event)
            case Deletion():
                if taken_back := self._reactions.get(event.ref):
                    return replace(taken_back, id=event.id, at=event.at, removed=True)
            case Edit():
                known = await self._about(event.ref.chat.id, event.ref.id)
                if event.sender.account is None or known.author != event.sender.account.id:
                    log.warning("an edit by someone else", room=event.ref.chat.id, id=event.id)
                    return None
                chat = event.ref.chat
                reply = Reply(MessageRef(chat, known.answers)) if known.answers else event.reply
                thread = Reply(MessageRef(chat, known.root)) if known.root else event.thread
                # Clients do not repeat in an edit that the message is a forward.
                origin = event.origin if known.origin is None else known.origin and name_of(known.origin)
                return replace(event, reply=reply, thread=thread, origin=origin)
        return event

    async def answered(self, room: str, event: Raw) -> str | None:
        """Return the author of the message that this one, or the one it edits, replies to; see `content.text_of`.

        The server is queried only if the body begins with a possible reply fallback of an old client.
        """
        content = as_dict(event.get("content"))
        relation = as_dict(content.get("m.relates_to"))
        edited = relation.get("event_id") if relation.get("rel_type") == "m.replace" else None
        if not begins_with_fallback(as_dict(content.get("m.new_content")) if edited else content):
            return None
        id = (await self._about(room, edited)).answers if isinstance(edited, str) else answered_id(content)
        return (await self._about(room, id)).author if id else None

    async def _about(self, room: str, id: str) -> _Known:
        key = room, id
        if key not in self._said:
            self._said.note(key, _known(await self.clear_event(room, id)))
        return self._said[key]

    async def fetch(self, room: str, event: str) -> Raw:
        """Fetch an event from the server; return an empty one if it is unavailable."""
        return await self._connection.look_up(path("rooms", room, "event", event)) if is_id(event) else {}

    async def clear_event(self, room: str, event: str) -> Raw:
        """Fetch an event, decrypted if possible; return an empty one if it is unavailable."""
        return self._connection.clear(room, await self.fetch(room, event))

    async def references(self, room: str, event: str) -> AsyncGenerator[Raw, None]:
        """Yield the events that refer to an event (m.reference), decrypted, the newest first."""
        where = path("rooms", room, "relations", event, "m.reference", version="v1")
        query = {"limit": "100"}
        for _ in range(_PAGES):
            page = await self._connection.look_up(where, query=query)
            for each in objects(page.get("chunk")):
                yield self._connection.clear(room, each)
            if not isinstance(page.get("next_batch"), str):
                return
            query["from"] = page["next_batch"]

    async def member(self, room: str, user: str) -> Raw:
        """Fetch the content of a user's membership; return an empty one if it is unavailable."""
        return await self._connection.look_up(path("rooms", room, "state", "m.room.member", user))

    async def members(self, room: str) -> list[Raw]:
        """Fetch the memberships of a room, except those that have ended; return none if we may not see them."""
        answer = await self._connection.look_up(path("rooms", room, "members"), query={"not_membership": "leave"})
        return objects(answer.get("chunk"))


def _known(event: Raw) -> _Known:
    content = as_dict(event.get("content"))
    forward = forward_of(content)
    sender = as_dict(forward).get("sender")
    origin = None if forward is None else (sender if is_id(sender) else "")
    return _Known(str(event.get("sender", "")), replied_id(content), thread_root(content), origin)
