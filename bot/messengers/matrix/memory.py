"""What only we can know of an event: whose message it changes or answers, what it takes back, who invites us."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import TypeVar

import structlog

from bot.messengers.matrix.api import path
from bot.messengers.matrix.content import answered_id, begins_with_fallback, replied_id
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


class Memory:
    """Authors and reactions that went by; the server is asked for what did not."""

    def __init__(self, link: Link) -> None:
        """Begin with nothing."""
        self._link = link
        self._reactions = Recent[MessageRef, Reaction]()
        self._said = Recent[tuple[str, str], tuple[str, str]]()
        """By room and event id: author (MXID) and what is answered (event id), empty where there is none."""

    def note(self, room: str, event: Raw) -> None:
        """Remember who said something, and to what."""
        id, sender = event.get("event_id"), event.get("sender")
        if event.get("type") in _SAID and is_id(id) and is_id(sender):
            self._said.note((room, id), _author_and_answered(event))

    async def settled(self, event: Event | None) -> Event | None:
        """Put in what only we remember; None for an edit by someone else."""
        match event:
            case Reaction():
                self._reactions.note(replace(event.ref, id=event.id), event)
            case Deletion():
                if taken_back := self._reactions.get(event.ref):
                    return replace(taken_back, id=event.id, at=event.at, removed=True)
            case Edit():
                author, answers = await self._about(event.ref.chat.id, event.ref.id)
                if event.sender.account is None or author != event.sender.account.id:
                    log.warning("an edit by someone else", room=event.ref.chat.id, id=event.id)
                    return None
                if answers:
                    return replace(event, reply=Reply(MessageRef(event.ref.chat, answers)))
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
        id = (await self._about(room, edited))[1] if isinstance(edited, str) else answered_id(content)
        return (await self._about(room, id))[0] if id else None

    async def _about(self, room: str, id: str) -> tuple[str, str]:
        """Return the author of a message (MXID) and the id of what it answers; empty where none is to be found."""
        key = room, id
        if key not in self._said:
            self._said.note(key, _author_and_answered(await self.fetch(*key)))
        return self._said[key]

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


def _author_and_answered(event: Raw) -> tuple[str, str]:
    return str(event.get("sender", "")), replied_id(as_dict(event.get("content")))
