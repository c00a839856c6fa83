"""What only we can know of an event: whose message it changes, answers or forwards, what it takes back."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from bot.messengers.matrix.api import path
from bot.messengers.matrix.content import answered_id, begins_with_fallback, forward_of, replied_id
from bot.messengers.matrix.link import Link
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

_SAID = ("m.room.message", "m.room.encrypted", "m.sticker", "m.poll.start", "org.matrix.msc3381.poll.start")
"""Types of events that others answer and edit."""


class Recent(dict[K, T]):
    """What was noted last, `most` at most."""

    def __init__(self, most: int = 10_000) -> None:
        """Begin with nothing."""
        super().__init__()
        self._most = most

    def note(self, key: K, value: T) -> None:
        """Keep it; what was noted first goes once there are too many."""
        self[key] = value
        if len(self) > self._most:
            del self[next(iter(self))]


@dataclass(frozen=True, slots=True)
class _Known:
    """Of a message its author (MXID) and what it answers (event id), empty where there is none.

    `origin`: who is said to have written what it forwards (MXID), empty: unknown who, None: it is no forward.
    """

    author: str
    answers: str
    origin: str | None


class Memory:
    """Authors and reactions that went by; the server is asked for what did not."""

    def __init__(self, link: Link) -> None:
        """Begin with nothing."""
        self._link = link
        self._reactions = Recent[MessageRef, Reaction]()
        self._said = Recent[tuple[str, str], _Known]()
        """By room and event id."""

    def note(self, room: str, event: Raw) -> None:
        """Remember who said something, and to what. Of what is encrypted that is known once it is in the clear."""
        id, sender = event.get("event_id"), event.get("sender")
        if event.get("type") in _SAID and is_id(id) and is_id(sender):
            self._said.note((room, id), _known(event))

    async def settled(self, event: Event | None, name_of: Callable[[str], str]) -> Event | None:
        """Put in what only we remember; None for an edit by someone else. `name_of`: a member's name by their MXID."""
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
                reply = Reply(MessageRef(event.ref.chat, known.answers)) if known.answers else event.reply
                # Clients do not repeat in an edit that its message is a forward.
                origin = event.origin if known.origin is None else known.origin and name_of(known.origin)
                return replace(event, reply=reply, origin=origin)
        return event

    async def answered(self, room: str, event: Raw) -> str | None:
        """Return whose message is answered by a message, or by the one that it edits, as `content.text_of` needs it.

        The server is asked only where the body begins with what may be an old client's quotation.
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
            self._said.note(key, _known(self._clear(room, await self.fetch(room, id))))
        return self._said[key]

    def _clear(self, room: str, event: Raw) -> Raw:
        """Return an event decrypted, or as it is where that cannot be done."""
        if event.get("type") != "m.room.encrypted":
            return event
        try:
            return self._link.crypto.decrypt(room, event) or event
        except ValueError:
            return event

    async def fetch(self, room: str, event: str) -> Raw:
        """Give an event as the server has it, or an empty one."""
        return await self._link.look_up(path("rooms", room, "event", event)) if is_id(event) else {}

    async def member(self, room: str, user: str) -> Raw:
        """Give the content of someone's membership in a room of ours, or an empty one."""
        return await self._link.look_up(path("rooms", room, "state", "m.room.member", user))

    async def members(self, room: str) -> list[Raw]:
        """Return the memberships of a room of ours but those that have ended; none where we may not see them."""
        answer = await self._link.look_up(path("rooms", room, "members"), query={"not_membership": "leave"})
        return objects(answer.get("chunk"))


def _known(event: Raw) -> _Known:
    content = as_dict(event.get("content"))
    forward = forward_of(content)
    sender = as_dict(forward).get("sender")
    origin = None if forward is None else (sender if is_id(sender) else "")
    return _Known(str(event.get("sender", "")), replied_id(content), origin)
