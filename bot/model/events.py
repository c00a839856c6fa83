"""Incoming events. All datetimes are aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.model.attachments import Attachment
from bot.model.chats import ChatChange, Encryption, Membership, Migration, Sender
from bot.model.ids import Account, ChatRef, MessageRef
from bot.model.richtext import RichText


@dataclass(frozen=True, slots=True)
class Reply:
    """The message replied to; the fields besides `to` serve as a fallback if it is not stored, as far as reported.

    `author`, `account`, `excerpt` (its beginning) and `attachment` describe that message and are vouched for by the
    messenger, never by the author of the reply (trust: case 108).
    """

    to: MessageRef
    author: str = ""
    excerpt: RichText = ()
    account: Account | None = None
    attachment: Attachment | None = None
    marked: RichText = ()
    """The part of that message which the author selected; vouched for by the messenger too."""
    claimed: RichText = ()
    """What the author typed as a quotation of it, if that message itself is not accessible."""
    sender_chat: ChatRef | None = None
    """As `Sender.chat`, of that message."""
    section: int | None = None
    """The index of the section that the author selected, if that message is a merged one of the bot's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A new message. `id` is the event's id: the same event always has the same one."""

    id: str
    ref: MessageRef
    sender: Sender
    at: datetime
    text: RichText
    reply: Reply | None = None
    attachment: Attachment | None = None
    private: bool = False
    """Sent in a private chat with the bot."""
    forwarded: bool = False
    origin: str | None = None
    """Of a forward: the name of the original author, untrusted; empty if hidden.

    None: not a forward, or the sender's own words (a channel's post that Telegram copies into the linked group).
    """
    readable: bool = True
    """False if it could not be decrypted; an `Edit` follows when the key arrives."""
    encrypted: bool = False
    """Whether the chat is end-to-end encrypted."""
    via: str = ""
    """The inline bot (`@wiki`) through which it was sent; never a command."""
    album: str = ""
    """The same for all messages of an album, and unique in the chat; empty if it belongs to none."""
    thread: Reply | None = None
    """The root of the thread that it was written in, described like what a message replies to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An edit of an earlier message: `text` and `attachment` are its new content.

    `reply` is the message it has replied to from the beginning, `thread` the root of its thread.
    """

    id: str
    ref: MessageRef
    sender: Sender
    at: datetime
    text: RichText
    reply: Reply | None = None
    attachment: Attachment | None = None
    origin: str | None = None
    """As in `Message`, like `via`."""
    via: str = ""
    readable: bool = True
    """False if the new content could not be decrypted."""
    source: str = ""
    """Id of the edit itself, to which a `Deletion` may refer; empty where edits have none."""
    thread: Reply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """The deletion of a message (Matrix: redaction)."""

    id: str
    ref: MessageRef
    sender: Sender
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A press of one of the bot's buttons: `action` is that of the button.

    `query` is the argument for `Messenger.answer`, empty if there is nothing to answer.
    """

    id: str
    ref: MessageRef
    sender: Sender
    at: datetime
    action: str
    query: str = ""
    private: bool = False


CUSTOM_EMOJI = "custom emoji"
"""The key of reactions with a picture of somebody's own of which nothing else is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """A reaction `key` added to a message, or `removed` from it: an emoji, or another text."""

    id: str
    ref: MessageRef
    sender: Sender
    at: datetime
    key: str
    removed: bool = False
    moderated: bool = False
    """Whether somebody else removed it, such as a moderator."""
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PinChange:
    """Somebody else than the bot pinned a message (`pinned`), or unpinned it where the messenger reports that."""

    id: str
    ref: MessageRef
    sender: Sender
    at: datetime
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """The choice of `sender` in a native poll of the bot, in place of any earlier one.

    `poll` is the id as in `Sent.poll`, `ref` the message where the messenger names it: otherwise the poll may have been
    forwarded, and anybody may have voted. `options` are numbers from 0; none: the vote was taken back. `at` is when it
    was cast or, if not `dated`, when it was read.
    """

    id: str
    poll: str
    ref: MessageRef | None
    sender: Sender
    at: datetime
    options: tuple[int, ...]
    dated: bool = True
    readable: bool = True
    """False if it could not be decrypted, and nothing is known but that it was cast; another follows with the key."""
    source: str = ""
    """The id of the event with which it was cast, to which a `Deletion` may refer; empty where votes have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollEnd:
    """The end of a native poll of the bot that somebody else has ended: `poll` and `ref` as in `Vote`."""

    id: str
    poll: str
    ref: MessageRef
    sender: Sender
    at: datetime


_NOBODY = Sender(None, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PollClosed:
    """The end of a native poll that people have made, as `attachment` shows it; `poll`: as in `PollSnapshot`.

    Who has ended it, and in which message, is not reported.
    """

    id: str
    poll: str
    at: datetime
    attachment: Attachment
    sender: Sender = _NOBODY
    ref: None = None


Event: TypeAlias = (
    Message
    | Edit
    | Deletion
    | Press
    | Reaction
    | PinChange
    | Vote
    | PollEnd
    | PollClosed
    | Membership
    | ChatChange
    | Migration
    | Encryption
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in the order in which they happened.

    `cursor` is the position to continue from once they are committed; None keeps the old one
    (a long backlog comes in several batches of which only the last has a cursor).
    `gap`: events are missing since the last cursor, because the database was restored from a backup or the messenger
    dropped them. `missed`: chats of which events are missing, as they could not be read; no other way to miss any.
    """

    events: tuple[Event, ...]
    cursor: str | None
    gap: bool = False
    missed: tuple[ChatRef, ...] = ()
