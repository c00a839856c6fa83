"""What only we can know of an event: whose message it changes, what it takes back."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import structlog

from bot.messengers.matrix.api import Rejected, path
from bot.messengers.matrix.link import Link
from bot.messengers.matrix.raw import Raw
from bot.model import Deletion, Edit, Event, Message, MessageRef, Reaction

log = structlog.get_logger()

T = TypeVar("T")


class _Recent(dict[str, T]):
    """What was noted last."""

    def note(self, key: str, value: T) -> None:
        """Keep it; what was noted first goes once there are ten thousand."""
        self[key] = value
        if len(self) > 10_000:
            del self[next(iter(self))]


class Memory:
    """Authors and reactions that went by; the server is asked for authors that did not."""

    def __init__(self, link: Link) -> None:
        """Begin with nothing."""
        self._link = link
        self._reactions = _Recent[Reaction]()
        self._authors = _Recent[str]()

    async def settled(self, event: Event | None) -> Event | None:
        """Put in what only we remember: whose message is edited, which reaction is taken back."""
        match event:
            case Message() if event.sender.account:
                self._authors.note(event.ref.id, event.sender.account.id)
            case Reaction():
                self._reactions.note(event.id, event)
            case Deletion():
                taken_back = self._reactions.get(event.ref.id)
                if taken_back and taken_back.ref.chat == event.ref.chat:
                    return replace(taken_back, id=event.id, at=event.at, removed=True)
            case Edit():
                author = await self._author(event.ref)
                if event.sender.account is None or author != event.sender.account.id:
                    log.warning("an edit by someone else", room=event.ref.chat.id, id=event.id)
                    return None
        return event

    async def _author(self, ref: MessageRef) -> str:
        """Give the MXID of a message's author, or nothing when there is none to be found."""
        known = self._authors.get(ref.id)
        if known is None:
            known = str((await self.fetch(ref.chat.id, ref.id)).get("sender", ""))
            self._authors.note(ref.id, known)
        return known

    async def fetch(self, room: str, event: str) -> Raw:
        """Give an event as the server has it, or an empty one."""
        api = self._link.api
        try:
            return await self._link.insist(lambda: api.call("GET", path("rooms", room, "event", event)))
        except Rejected:
            return {}
