"""People in chats, and what happens to a chat itself. All datetimes are aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.ids import Account, ChatRef


@dataclass(frozen=True, slots=True)
class Sender:
    """The author of an event. `account` is None for anonymous admins and channels, which are no identity.

    `name` is the display name as reported by the messenger, untrusted. `language` is an IETF tag and
    `zone` a name of the tz database if the messenger reports one, else empty.
    """

    account: Account | None
    name: str
    username: str = ""
    language: str = ""
    is_bot: bool = False
    zone: str = ""
    admin: bool | None = None
    """Whether they are an admin of the chat in which it happened; None: not queried, or no answer.

    Set for commands in chats with others, and for other events where it costs no request.
    """
    chat: ChatRef | None = None
    """The channel or group in whose name it was written; such an author is nobody in particular."""


class Presence(StrEnum):
    """The state of the bot's membership in a chat."""

    INVITED = "invited"
    JOINED = "joined"
    """In the chat, with the rights to read and write."""
    RESTRICTED = "restricted"
    """In the chat, but no longer allowed to read or to write."""
    GONE = "gone"
    ACCOMPANIED = "accompanied"
    """In the chat, which others have joined; until then it may have been private to one person."""
    REOPENED = "reopened"
    """In the chat, which had been closed to everybody: a topic of a Telegram forum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A change of the bot's own membership or rights in a chat, made by `sender`."""

    id: str
    chat: ChatRef
    sender: Sender
    at: datetime
    presence: Presence
    title: str = ""
    private: bool = False
    channel: bool = False
    """Whether it is a broadcast channel: admins write in its name, and nothing can be relayed from or to it."""
    hides_history: bool = False
    """Whether messages from before the bot joined are hidden from it."""


class ChatChangeKind(StrEnum):
    """What has changed in a chat."""

    JOINED = "joined"
    LEFT = "left"
    REMOVED = "removed"
    TITLE = "title"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatChange:
    """A change of a chat by `sender`: of its members apart from bots (`people`, who came or went), or of how it looks.

    `title`: the new one.
    """

    id: str
    chat: ChatRef
    sender: Sender
    at: datetime
    kind: ChatChangeKind
    people: tuple[Sender, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """The move of a chat to another id (Telegram: group to supergroup; Matrix: room upgrade)."""

    id: str
    chat: ChatRef
    to: ChatRef
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """The activation of end-to-end encryption in a chat, by `sender`."""

    id: str
    chat: ChatRef
    sender: Sender
    at: datetime
