"""Attachments of a message. Nothing is dropped silently."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TypeAlias

from telegram import Animation, Audio, Document, Message, PhotoSize, Poll, Sticker, Video, VideoNote, Voice

from bot.messengers.filenames import MIME
from bot.model import Attachment, NativePoll, rich

_TelegramFile: TypeAlias = Animation | Audio | Document | PhotoSize | Sticker | Video | VideoNote | Voice
_SOURCE = re.compile(r"telegram:([\w-]+)", re.ASCII)
_MIME = {"photo": "image/jpeg", "voice": "audio/ogg", "video_note": "video/mp4"}
"""Types that Telegram does not report, because they are always the same."""


def attachment(message: Message) -> Attachment | None:
    """Return the attachment; None for texts and service messages."""
    return _media(message) or _thing(message) or _rest(message)


def file_id(source: str) -> str:
    """Return Telegram's id of the file that a source names; empty for a source that is not Telegram's."""
    found = _SOURCE.fullmatch(source)
    return found[1] if found else ""


def _media(message: Message) -> Attachment | None:
    """Return an attached file. An animation is also set as a document, so it is checked first."""
    files = (
        ("animation", message.animation),
        ("video", message.video),
        ("video_note", message.video_note),
        ("photo", message.photo[-1] if message.photo else None),  # the largest size
        ("voice", message.voice),
        ("audio", message.audio),
        ("file", message.document),
        ("sticker", message.sticker),
    )
    return next((_file(message, kind, file) for kind, file in files if file), None)


def _file(message: Message, kind: str, file: _TelegramFile) -> Attachment:
    names = [getattr(file, name, None) or "" for name in ("file_name", "title", "performer", "emoji")]
    filename, title, performer, emoji = names
    duration = getattr(file, "duration", None)
    side = getattr(file, "length", None)  # a video note is square
    preview = getattr(file, "thumbnail", None)
    return Attachment(
        kind,
        filename or title or emoji,
        file.file_size,
        mime=_type(kind, file),
        source=f"telegram:{file.file_id}",
        width=getattr(file, "width", side),
        height=getattr(file, "height", side),
        duration=duration.total_seconds() if isinstance(duration, timedelta) else duration,
        filename=filename,
        unique=file.file_unique_id,
        thumbnail=f"telegram:{preview.file_id}" if preview else "",
        spoiler=bool(message.has_media_spoiler),
        caption_above=bool(message.show_caption_above_media),
        title=title,
        performer=performer,
        emoji=emoji,
    )


def _type(kind: str, file: _TelegramFile) -> str:
    """Return the MIME type, empty if unknown."""
    claimed = getattr(file, "mime_type", None) or ""
    return claimed.lower() if MIME.fullmatch(claimed) else _MIME.get(kind) or _sticker_type(file)


def _sticker_type(file: _TelegramFile) -> str:
    """Return the type of a sticker; empty for any other file."""
    if not isinstance(file, Sticker):
        return ""
    if file.is_video:
        return "video/webm"
    return "application/x-tgsticker" if file.is_animated else "image/webp"


def _thing(message: Message) -> Attachment | None:
    """Return an attachment that is not a file."""
    if message.venue:  # also has a location
        return Attachment("location", f"{message.venue.title}, {message.venue.address}".strip(", "))
    if message.location:
        return Attachment("location", f"{message.location.latitude:.5f}, {message.location.longitude:.5f}")
    if message.contact:
        names = (message.contact.first_name, message.contact.last_name, message.contact.phone_number)
        return Attachment("contact", " ".join(name for name in names if name))
    if message.dice:
        return Attachment("sticker", f"{message.dice.emoji} {message.dice.value}")
    if message.poll:
        return Attachment("poll", message.poll.question, poll=_poll(message.poll))
    return None


def _poll(poll: Poll) -> NativePoll | None:
    """Return what a poll asks; None for a quiz, which has right and wrong answers."""
    options = tuple(each.text for each in poll.options)
    if poll.type == Poll.QUIZ or not options:
        return None
    return NativePoll(question=rich(poll.question), options=options, multiple=bool(poll.allows_multiple_answers))


def _rest(message: Message) -> Attachment | None:
    """Return a placeholder for what only Telegram has, so that the other side learns that something was sent."""
    if message.live_photo or message.paid_media:
        return Attachment("photo")
    if message.story:
        return Attachment("video")
    titled = message.game or message.checklist or message.invoice
    if titled:
        return Attachment("file", titled.title)
    # `rich_message` is newer than the library: a text with headings and tables.
    newer = message.giveaway or message.giveaway_winners or "rich_message" in message.api_kwargs
    return Attachment("file") if newer else None
