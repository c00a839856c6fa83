"""Outgoing posts and operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bot.model.ids import Account, ChatRef
from bot.model.richtext import RichText


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a post: an inline button on Telegram, a preset reaction on Matrix.

    `action` is returned in `Press.action`; at most 64 bytes.
    """

    label: str
    emoji: str
    action: str


@dataclass(frozen=True, slots=True)
class Author:
    """The author of a relayed post: sanitised display name, city, and role if it is shown."""

    name: str
    city: str
    role: str = ""
    key: str = ""
    """Stable, anonymous id of the MSC4144 profile."""
    forwards: str = ""
    """Of a forward: the note that it is one and whose words it claims to be, in the reader's language."""

    def __str__(self) -> str:
        """Return the visible attribution, `Anna Weber · Köln` or `Anna Weber · Köln forwards …`."""
        who = " · ".join(part for part in (self.name, self.city, self.role) if part)
        return f"{who} {self.forwards}" if self.forwards else who


@dataclass(frozen=True, slots=True)
class Post:
    """The content of a message to a chat. Without an author it is the bot's own."""

    text: RichText
    author: Author | None = None
    buttons: tuple[Button, ...] = ()
    mentions: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send a new message to a chat. `token` is globally unique and the same for each attempt."""

    chat: ChatRef
    post: Post
    token: str
    reply_to: str = ""
    """Id of the message replied to in the same chat, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Edit the bot's own message `id`."""

    chat: ChatRef
    id: str
    post: Post
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Delete message `id`."""

    chat: ChatRef
    id: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Accept the invitation to a chat."""

    chat: ChatRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Leave a chat, or decline the invitation to it."""

    chat: ChatRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A command menu: (command, description) pairs in order; empty: no menu of its own in this scope.

    For all private chats (`private`) or all groups; with `chat` only for that one; with `account` also
    only for that person in it. `language`: two-letter code of the client's language; empty: any other.
    """

    commands: tuple[tuple[str, str], ...]
    private: bool = False
    chat: ChatRef | None = None
    account: Account | None = None
    language: str = ""


Operation: TypeAlias = Send | Replace | Remove | Join | Leave
