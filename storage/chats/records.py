"""The records of chats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import ChatRef
from storage.cities.records import City

NO_RIGHTS = "the bot lacks rights in this chat"
"""Reason for blocking a chat that may still accept messages: only the messenger's notice unblocks it."""
LEFT = "the bot has left this chat"
"""Reason for blocking a chat where nobody entitled has asked for the bot, which leaves soon or has left.

It lasts until somebody does."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat known to the bot. `dialogue_id` and `city` are None while it belongs to no dialogue.

    `locale` and `zone` are the chat's own, else its city's, else None. `blocked_reason`: why it cannot be written to
    (empty: it can). `invited`: an invitation is pending until the chat is paired. `moved_at`: since when the chat has
    its present id (None: always); earlier messages cannot be reached under it. `notices`: the other cities are told who
    joins and leaves it.
    """

    id: int
    ref: ChatRef
    dialogue_id: int | None
    city: City | None
    person_id: int | None
    title: str
    locale: str | None
    zone: str | None
    blocked_reason: str
    invited: bool
    encrypted: bool
    moved_at: datetime | None = None
    notices: bool = False

    @property
    def leaving(self) -> bool:
        """Whether nobody entitled has asked for the bot, which leaves soon or has left."""
        return self.blocked_reason == LEFT

    @property
    def is_at_home(self) -> bool:
        """Whether the bot is in the chat, stays there and may write."""
        return not (self.blocked_reason or self.invited)
