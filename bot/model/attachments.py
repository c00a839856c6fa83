"""Attachments of people's messages, and the files as which the bot sends them on."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.posts import File, FileKind
from bot.model.things import Thing


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment of a message.

    `kind` is photo, video, animation, video_note, audio, voice, file or sticker for files, otherwise location, contact,
    dice, poll, checklist, invoice, giveaway, paid_media, story, game, call, embedded (what a text shows in between) or
    other (`name` says what it was).
    `size` is in bytes, `width` and `height` in pixels, `duration` in seconds; None if unknown.
    """

    kind: str
    name: str = ""
    size: int | None = None
    mime: str = ""
    """The type that the sender's client declares, unverified; empty if unknown."""
    source: str = ""
    """Names its bytes for `Messenger.fetch` and `File.source`; empty if they cannot be fetched."""
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    alt: str = ""
    """A description for people who cannot see it."""
    filename: str = ""
    """The name of the file as the sender's client has it, untrusted: only for `File.name`. `name` is for texts."""
    unique: str = ""
    """The same as long as the bytes are, where `source` may change; empty: `source` is."""
    thumbnail: str = ""
    """Names the bytes of a preview, like `source`."""
    blurhash: str = ""
    waveform: tuple[int, ...] = ()
    """How loud a voice message is, from 0 to 1024, at equal intervals (MSC3246)."""
    spoiler: bool = False
    """Whether it is hidden until somebody taps on it."""
    caption_above: bool = False
    """Whether the caption is shown above it."""
    title: str = ""
    """Of an audio file, like `performer`."""
    performer: str = ""
    emoji: str = ""
    """The emoji of a sticker."""
    thing: Thing | None = None
    """What it is if it is no file, as far as that is known."""


CARD_TYPES = ("text/vcard", "text/x-vcard", "text/directory")
LARGEST_CARD = 2048
"""Bytes of a vCard that Telegram takes with a contact (Bot API, "sendContact")."""
_KINDS = {each.value: each for each in FileKind} | {"file": FileKind.DOCUMENT}


def file_of(attachment: Attachment) -> File | None:
    """Return the file that an attachment is; None if it is none (a location, a poll) or its bytes cannot be fetched."""
    kind = FileKind.CONTACT if _is_card(attachment) else _KINDS.get(attachment.kind)
    if kind is None or not attachment.source:
        return None
    return File(
        kind=kind,
        source=attachment.source,
        name=attachment.filename or attachment.name,
        mime=attachment.mime,
        size=attachment.size,
        alt=attachment.alt,
        width=attachment.width,
        height=attachment.height,
        duration=attachment.duration,
        thumbnail=attachment.thumbnail,
        blurhash=attachment.blurhash,
        waveform=attachment.waveform,
        spoiler=attachment.spoiler,
        caption_above=attachment.caption_above,
        title=attachment.title,
        performer=attachment.performer,
        emoji=attachment.emoji,
    )


def _is_card(attachment: Attachment) -> bool:
    """Whether a file claims to be a vCard that is small enough for an entry of the address book."""
    named = attachment.mime in CARD_TYPES or (attachment.filename or attachment.name).lower().endswith(".vcf")
    return attachment.kind == "file" and named and 0 < (attachment.size or 0) <= LARGEST_CARD
