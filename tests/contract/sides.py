"""The messengers under contract, each with one chat of the bot, Anna and Ben, where Anna is an admin."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from bot.messengers.base import Messenger
from bot.model import (
    Account,
    ChatRef,
    Event,
    Sent,
)

LIMIT = 15
"""Seconds to wait for events."""


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file as people see it: its kind as in `Attachment.kind`, its bytes, and the text under it."""

    id: str
    kind: str
    text: str
    data: bytes


class ContractSide:
    """A messenger, and what Anna does and sees there. In what she writes, `*words*` are bold."""

    def __init__(self, messenger: Messenger, chat: ChatRef, anna: Account) -> None:
        self.messenger = messenger
        self.chat = chat
        self.anna = anna
        self.stranger = Account(anna.messenger, "4047" if anna.id.isdecimal() else "@stranger:test")
        """Somebody who is not in the chat."""
        self.cursor: str | None = None
        self.before: str | None = None

    async def events(self, number: int = 1) -> list[Event]:
        """Return at least `number` new events; the next call acknowledges them."""
        self.before = self.cursor
        return await self._read(number)

    async def again(self, number: int = 1) -> list[Event]:
        """Return the last events again, as if they had never been committed."""
        self.cursor = self.before
        return await self._read(number)

    async def _read(self, number: int) -> list[Event]:
        got: list[Event] = []
        try:
            async with asyncio.timeout(LIMIT), aclosing(self.messenger.events(self.cursor)) as batches:
                async for batch in batches:
                    got += batch.events
                    self.cursor = batch.cursor or self.cursor
                    if len(got) >= number:
                        return got
        except TimeoutError:
            pass
        raise AssertionError(f"{number} events were expected within {LIMIT} s; seen: {got}")

    async def says(self, text: str, reply_to: str = "") -> str:
        raise NotImplementedError

    async def ben_says(self, text: str) -> None:
        """Send a message from Ben, an ordinary member."""
        raise NotImplementedError

    async def ben_is_admin(self) -> None:
        """Make Ben an admin of the chat."""
        raise NotImplementedError

    async def edits(self, id: str, text: str) -> str:
        """Edit Anna's message; return the id under which the edit can be removed, or an empty string."""
        raise NotImplementedError

    async def removes(self, id: str) -> None:
        """Remove a message or an edit of Anna's, where the messenger reports that to the bot."""
        raise NotImplementedError

    async def presses(self, id: str, emoji: str, action: str) -> Event:
        """Press a button and return the event that the bot receives."""
        raise NotImplementedError

    async def reads(self) -> list[tuple[str, str]]:
        """Return the id and text of every message in the chat."""
        raise NotImplementedError

    async def sees_files(self) -> list[SeenFile]:
        """Return the files in the chat, in order."""
        raise NotImplementedError

    async def attaches(self, kind: str, data: bytes, name: str, mime: str, caption: str = "") -> str:
        """Send a file from Anna; return the id of its message."""
        raise NotImplementedError

    async def edits_caption(self, id: str, caption: str) -> None:
        """Edit the text under a file of Anna's."""
        raise NotImplementedError

    async def reactions(self, id: str) -> list[str]:
        """Return the bot's reactions to a message."""
        raise NotImplementedError

    async def reacts(self, id: str, key: str) -> str:
        """React to a message as Anna; return the id by which the reaction is taken back."""
        raise NotImplementedError

    async def takes_back(self, reaction: str) -> None:
        """Take a reaction of Anna's back."""
        raise NotImplementedError

    async def allows_pins(self) -> None:
        """Grant the bot the right to pin messages."""
        raise NotImplementedError

    async def pins(self, id: str) -> None:
        """Pin a message, as Anna."""
        raise NotImplementedError

    async def pinned(self) -> list[str]:
        """Return the ids of the pinned messages."""
        raise NotImplementedError

    async def votes(self, sent: Sent, *options: int) -> None:
        """Vote in a poll of the bot's as Anna, in place of an earlier vote; without options take it back."""
        raise NotImplementedError
