"""What comes in. All moments are aware datetimes in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bot.model.ids import Account, ChatRef, MessageRef
from bot.model.richtext import RichText


@dataclass(frozen=True, slots=True)
class Sender:
    """Who did it. `account` is None for anonymous admins and channels: never an identity.

    `name` is the display name as the messenger gives it, untrusted. `language` is an IETF tag and
    `zone` a name of the tz database when the messenger tells one, else empty.
    """

    account: Account | None
    name: str
    username: str = ""
    language: str = ""
    is_bot: bool = False
    zone: str = ""
    admin: bool | None = None
    """Whether they may steer the chat in which it happened; None: not asked, or the messenger gave no answer.

    Told of whoever types a command where others are; of other events where that costs no question.
    """
    chat: ChatRef | None = None
    """In whose name it was written, where that is a channel's or a group's; who writes so is nobody in particular."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The message that a message answers; the rest serves when we do not know it, as far as the messenger tells.

    `author`, `account`, `excerpt` (its beginning) and `attachment` are that message's own: the messenger vouches for
    them, never whoever answers (trust: case 108).
    """

    to: MessageRef
    author: str = ""
    excerpt: RichText = ()
    account: Account | None = None
    attachment: Attachment | None = None
    marked: RichText = ()
    """The part of that message which the writer marked; the messenger vouches for it too."""
    claimed: RichText = ()
    """What the writer typed as a quotation of it, where that message itself cannot be seen."""
    sender_chat: ChatRef | None = None
    """In whose name that message was written, as `Sender.chat`."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. `kind` is photo, video, audio, voice, file, sticker, location, contact or poll.

    `size` is in bytes, None when unknown.
    """

    kind: str
    name: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Someone said something. `id` is the event's id: the same event always has the same one."""

    id: str
    ref: MessageRef
    sender: Sender
    at: datetime
    text: RichText
    reply: Reply | None = None
    attachment: Attachment | None = None
    private: bool = False
    """Said in a chat with the bot alone."""
    forwarded: bool = False
    origin: str | None = None
    """Of a forward: the name of who said it first, untrusted; empty where it is hidden.

    None: no forward, or the sender's own words (a channel's post that Telegram copies into the linked group).
    """
    readable: bool = True
    """False: it could not be decrypted; an `Edit` follows if the key arrives."""
    encrypted: bool = False
    """The chat is end-to-end encrypted."""
    via: str = ""
    """The inline bot (`@wiki`) of whose offers the sender chose this; never a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Someone changed an earlier message: `text` and `attachment` are what it consists of from now on.

    `reply` is what the message answers, as it did from the beginning.
    """

    id: str
    ref: MessageRef
    sender: Sender
    at: datetime
    text: RichText
    reply: Reply | None = None
    attachment: Attachment | None = None
    origin: str | None = None
    """As in `Message`, and so is `via`."""
    via: str = ""
    readable: bool = True
    """False: what the message says now could not be decrypted."""
    source: str = ""
    """Id of the event that holds these words, by which a `Deletion` may name it; empty where edits have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """Someone removed a message."""

    id: str
    ref: MessageRef
    sender: Sender
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Someone pressed a button of ours: `action` as the button carried it.

    `query` is what `Messenger.answer` needs, empty where there is nothing to answer.
    """

    id: str
    ref: MessageRef
    sender: Sender
    at: datetime
    action: str
    query: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """Someone set (`removed`: took back) the sign `key` under a message."""

    id: str
    ref: MessageRef
    sender: Sender
    at: datetime
    key: str
    removed: bool = False
    private: bool = False


class Presence(StrEnum):
    """How the bot stands to a chat."""

    INVITED = "invited"
    JOINED = "joined"
    """In the chat, and may read and write there."""
    MUZZLED = "muzzled"
    """In the chat, but may not read or not write there any more."""
    GONE = "gone"
    ACCOMPANIED = "accompanied"
    """In the chat, where somebody else is by now; until then it may have been one person's alone with the bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The bot itself was invited, added, removed, or given or deprived of what it needs, by `sender`."""

    id: str
    chat: ChatRef
    sender: Sender
    at: datetime
    presence: Presence
    title: str = ""
    private: bool = False
    channel: bool = False
    """Only its admins write there, and in its name: nothing of it can be passed on, nor anything to it."""
    hides_history: bool = False
    """What was written there before the bot came is not for it to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """A chat goes on under another id (Telegram: group to supergroup; Matrix: room upgrade)."""

    id: str
    chat: ChatRef
    to: ChatRef
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """End-to-end encryption was switched on in a chat, by `sender`."""

    id: str
    chat: ChatRef
    sender: Sender
    at: datetime


Event: TypeAlias = Message | Edit | Deletion | Press | Reaction | Membership | Migration | Encryption


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in the order in which they happened.

    `cursor` is where intake goes on once they are committed; None keeps the old one
    (a long backlog comes as several batches of which only the last has a cursor).
    `gap`: the messenger does not go on where the last cursor ended. The cursor is of a database that was restored from
    a backup, or the messenger has dropped events.
    """

    events: tuple[Event, ...]
    cursor: str | None
    gap: bool = False
