"""Outgoing posts and operations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from bot.model.ids import Account, ChatRef
from bot.model.richtext import RichText
from bot.model.things import Location


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


class FileKind(StrEnum):
    """How clients present a file."""

    PHOTO = "photo"
    VIDEO = "video"
    ANIMATION = "animation"
    AUDIO = "audio"
    VOICE = "voice"
    VIDEO_NOTE = "video_note"
    DOCUMENT = "document"
    STICKER = "sticker"
    CONTACT = "contact"
    """A small vCard: an entry of the address book, or a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a post.

    `source` names its bytes: `stored:ID` for those in the database, which keeps them until they are delivered, or
    `telegram:…` and `matrix:…` for those of an `Attachment`, opaque to all but that adapter.
    """

    kind: FileKind
    source: str
    name: str
    mime: str
    size: int | None = None
    """In bytes; None if unknown."""
    alt: str = ""
    """A description for people who cannot see it."""
    width: int | None = None
    """In pixels, like `height`."""
    height: int | None = None
    duration: float | None = None
    """In seconds."""
    thumbnail: str = ""
    """The source of a preview (JPEG, of people's files any picture), or empty."""
    blurhash: str = ""
    waveform: tuple[int, ...] = ()
    """As in `Attachment`, like all that follows."""
    spoiler: bool = False
    caption_above: bool = False
    title: str = ""
    performer: str = ""
    emoji: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """The content of a message to a chat. Without an author it is the bot's own.

    With `files` the text is their caption. Several are an album, which has no buttons, of at most
    `Capabilities.album_size`. With a `location` it is that place on the map, which
    the text names for clients that show no map.
    """

    text: RichText
    author: Author | None = None
    buttons: tuple[Button, ...] = ()
    mentions: tuple[Account, ...] = ()
    files: tuple[File, ...] = ()
    album: str = ""
    """The same for posts that are items of one album, each a message of its own with one file; empty: none."""
    location: Location | None = None
    silent: bool = False
    """Whether it notifies nobody, where the messenger has a way to say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NativePoll:
    """A native poll, whose voters are shown. `multiple`: several options may be chosen."""

    question: RichText
    options: tuple[str, ...]
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One of the posts of a merged message: number `index`, from 0, of the `count` that it has."""

    index: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send a new message to a chat. `token` is globally unique and the same for each attempt."""

    kind: ClassVar[str] = "send"
    chat: ChatRef
    post: Post
    token: str
    reply_to: str = ""
    """Id of the message replied to in the same chat, or empty."""
    thread: str = ""
    """Id of the root of the thread that it belongs to, where the messenger has threads; empty: none."""
    more: tuple[Post, ...] = ()
    """Further posts by people, without buttons, that go out together with the first.

    Without files they are sections of the same message, of the caption if the first has a file, where
    `Capabilities.merges` is true. With one file each they are an album of the same author, where `Capabilities.albums`
    is true: then `Sent.ids` names a message for each.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Edit the bot's own message `id`."""

    kind: ClassVar[str] = "replace"
    chat: ChatRef
    id: str
    post: Post
    token: str
    caption: bool = False
    """Whether the message has a file and the text is its caption. Without `post.files` the file stays as it is."""
    section: Section | None = None
    """The section that the post replaces; None: the whole message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Delete message `id`, or a section of it."""

    kind: ClassVar[str] = "remove"
    chat: ChatRef
    id: str
    token: str
    section: Section | None = None
    caption: bool = False
    """Whether the section came with the file of the message, which goes too; the other sections stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Accept the invitation to a chat."""

    kind: ClassVar[str] = "join"
    chat: ChatRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Leave a chat, or decline the invitation to it."""

    kind: ClassVar[str] = "leave"
    chat: ChatRef


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    """Set the bot's reactions to message `id` in place of its earlier ones; an empty `key` takes them back.

    `more`: further ones, in order of importance. Where only one is allowed, it is the first that the messenger accepts.
    """

    kind: ClassVar[str] = "react"
    chat: ChatRef
    id: str
    key: str
    token: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Pin message `id`, or unpin it."""

    kind: ClassVar[str] = "pin"
    chat: ChatRef
    id: str
    pinned: bool
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPoll:
    """Send a native poll; `token` and `reply_to` as in `Send`."""

    kind: ClassVar[str] = "send_poll"
    chat: ChatRef
    poll: NativePoll
    token: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePoll:
    """End the bot's own native poll `id`: nobody can vote any more."""

    kind: ClassVar[str] = "close_poll"
    chat: ChatRef
    id: str
    token: str


Operation: TypeAlias = Send | Replace | Remove | Join | Leave | React | Pin | SendPoll | ClosePoll


@dataclass(frozen=True, slots=True)
class Sent:
    """The result of an operation.

    `ids`: of the messages that it created or edited: all parts of an album, in order, after them that of a text which
    had to go before its file; none for any other operation.
    `poll`: the messenger's id of the native poll, as in `Vote.poll`.
    """

    ids: tuple[str, ...] = ()
    poll: str = ""

    @property
    def id(self) -> str:
        """The id of the first message; empty if there is none."""
        return self.ids[0] if self.ids else ""


class Reason(StrEnum):
    """Why an operation will never succeed."""

    TOO_LARGE = "too_large"
    NO_RIGHTS = "no_rights"
    """The bot lacks a right in the chat."""
    GONE = "gone"
    """The message, or the file, does not exist any more."""
    NOT_ALLOWED = "not_allowed"
    """Nobody may do this there."""
    NOT_ACCEPTABLE = "not_acceptable"
    """The messenger rejects the content, or cannot do this at all."""


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
