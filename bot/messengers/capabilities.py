"""Differences between the messengers as data, available without importing an adapter and its library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.model import File, FileKind, MessengerName


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The capabilities and limits of a messenger."""

    text_length: int
    """Maximum length of a message text, in UTF-16 code units."""
    idempotent: bool
    """Whether delivering the same `Send` twice creates one message only, for at least 24 hours."""
    reports_deletions: bool
    """Whether people's deletions arrive as `Deletion`; otherwise there is only /delete."""
    command_prefix: str
    """The prefix of commands."""
    text_bytes: int | None = None
    """Maximum bytes (JSON in UTF-8) of a text as plain body and HTML plus their surrounding content; None: no limit."""
    answers_presses: bool = False
    """Whether the result of a button press can be shown without sending a message."""
    greets: bool = False
    """Whether the bot writes first in a private chat, because opening one sends nothing (Telegram sends `/start`)."""
    private_can_grow: bool = False
    """Whether a private chat is an ordinary room, which stops being private as soon as others join it."""
    has_menus: bool = False
    """Whether clients show a menu of the bot's commands."""
    per_chat_minute: int | None = None
    """Maximum calls per minute in one group; None: no limit."""
    per_second: int | None = None
    """Maximum calls per second in total; None: no limit."""
    merges: bool = False
    """Whether one message can carry several posts (`Send.more`), of which each can be changed."""
    caption_length: int = 0
    """Maximum length of the text under a file, in UTF-16 code units."""
    albums: bool = False
    """Whether clients show several messages as one album, if they are sent together (`Send.more`)."""
    album_wait: float = 0.0
    """Seconds to wait after an item of an album for the next one, before they are sent together."""
    uncaptioned: frozenset[FileKind] = frozenset()
    """Kinds of files that carry no text: it becomes a message of its own, before the file and in the same operation."""
    album_size: int = 1
    """Maximum files in one message; each has a message id of its own."""
    upload_bytes: int | None = None
    """Maximum size of a file that the bot sends; None: no limit, or none known."""
    photo_bytes: int | None = None
    """Maximum size of a photo; a larger one is sent as a document. None: as for any other file."""
    download_bytes: int | None = None
    """Maximum size of an attachment that the bot can fetch; None: no limit, or none known."""
    own_sources: str = ""
    """How a `File.source` begins that is sent as it is, without a transfer; empty: there is none."""
    native_polls: bool = False
    """Whether clients show native polls, and votes arrive as `Vote`."""
    poll_question: int | None = None
    """Maximum characters of the question of a native poll; None: no limit."""
    poll_option: int | None = None
    """Maximum characters of an option of it."""
    entities: int | None = None
    """Maximum marks (bold, links and the like) of a text; None: any."""
    localises: bool = False
    """Whether clients show a `Moment` in the reader's own zone and language."""
    reactions: int | None = 1
    """Maximum number of the bot's own reactions to one message; None: any."""

    def has(self, file: File) -> bool:
        """Whether the bytes of a file are there already, so that no limit applies to them."""
        return bool(self.own_sources) and file.source.startswith(self.own_sources)


CAPABILITIES: Mapping[MessengerName, Capabilities] = {
    MessengerName.TELEGRAM: Capabilities(
        text_length=4096,
        idempotent=False,
        reports_deletions=False,
        command_prefix="/",
        answers_presses=True,
        has_menus=True,
        per_chat_minute=20,
        per_second=30,
        merges=True,
        caption_length=1024,
        uncaptioned=frozenset({FileKind.VIDEO_NOTE, FileKind.STICKER, FileKind.CONTACT}),
        albums=True,
        album_wait=1.0,
        album_size=10,
        upload_bytes=50_000_000,
        photo_bytes=10_000_000,
        download_bytes=20_000_000,
        own_sources="telegram:",
        native_polls=True,
        poll_question=300,
        poll_option=100,
        entities=100,
        localises=True,
        reactions=1,
    ),
    MessengerName.MATRIX: Capabilities(
        text_length=16_000,
        # An event may have 65,536 bytes. Less 4,096 reserved for what servers add, and less the overhead of encryption
        # (a third, for base64), 45,600 remain for the content: this limit, plus the extra keys of an edit.
        text_bytes=40_000,
        idempotent=True,
        reports_deletions=True,
        command_prefix="!",
        greets=True,
        private_can_grow=True,
        caption_length=16_000,
        uncaptioned=frozenset({FileKind.STICKER}),
        album_size=10,  # consecutive messages
        # The largest upload is known once the bot has logged in.
        native_polls=True,
        reactions=None,
    ),
}
