"""What goes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bot.model.ids import Account, ChatRef
from bot.model.richtext import RichText


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a post: an inline button on Telegram, a pre-placed reaction on Matrix.

    `action` comes back in `Press.action`; at most 64 bytes.
    """

    label: str
    emoji: str
    action: str


@dataclass(frozen=True, slots=True)
class Author:
    """Whose words a post carries: cleaned display name, city, and role where it counts."""

    name: str
    city: str
    role: str = ""
    key: str = ""
    """Stable and anonymous: the id of the MSC4144 profile."""
    forwards: str = ""
    """Of a forward: that it is one and whose words it claims to carry, in the reader's language."""

    def __str__(self) -> str:
        """Return the attribution that people see, `Anna Weber · Köln` or `Anna Weber · Köln forwards …`."""
        who = " · ".join(part for part in (self.name, self.city, self.role) if part)
        return f"{who} {self.forwards}" if self.forwards else who


@dataclass(frozen=True, slots=True)
class Post:
    """What is to stand in a chat. Without an author it is the bot that speaks."""

    text: RichText
    author: Author | None = None
    buttons: tuple[Button, ...] = ()
    mentions: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Put a new message into a chat. `token` is unique for ever and the same at each attempt."""

    chat: ChatRef
    post: Post
    token: str
    reply_to: str = ""
    """Id of a message in the same chat, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Change our own message `id`."""

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
    """The commands that a client offers: (word, what it does) in order; none: no menu of its own here.

    For all private chats (`private`) or all groups; with `chat` for that one alone; with `account`
    also for that one person in it. `language`: two letters of the client's language, empty: any other.
    """

    commands: tuple[tuple[str, str], ...]
    private: bool = False
    chat: ChatRef | None = None
    account: Account | None = None
    language: str = ""


Order: TypeAlias = Send | Replace | Remove | Join | Leave
