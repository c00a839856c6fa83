"""Attachments of a message. Nothing is dropped silently."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TypeAlias

from telegram import (
    Animation,
    Audio,
    Document,
    ExternalReplyInfo,
    LivePhoto,
    Message,
    PhotoSize,
    Sticker,
    Video,
    VideoNote,
    Voice,
)

from bot.messengers.filenames import MIME
from bot.messengers.telegram.richmessages import has_embedded
from bot.messengers.telegram.things import thing_of
from bot.model import Attachment

_TelegramFile: TypeAlias = Animation | Audio | Document | LivePhoto | PhotoSize | Sticker | Video | VideoNote | Voice
_SOURCE = re.compile(r"telegram:([\w-]+)", re.ASCII)
_MIME = {"photo": "image/jpeg", "voice": "audio/ogg", "video_note": "video/mp4"}
"""Types that Telegram does not report, because they are always the same."""


def file_replied_to(target: ExternalReplyInfo) -> Attachment | None:
    """Return the file that a message in another chat has."""
    return _media(target)


def attachment(message: Message) -> Attachment | None:
    """Return the attachment; None for texts and service messages."""
    return _media(message) or thing_of(message) or _embedded(message)


def file_id(source: str) -> str:
    """Return Telegram's id of the file that a source names; empty for a source that is not Telegram's."""
    found = _SOURCE.fullmatch(source)
    return found[1] if found else ""


def _media(message: Message | ExternalReplyInfo) -> Attachment | None:
    """Return an attached file. An animation is also set as a document, so it is checked first."""
    files = (
        ("animation", message.animation),
        ("video", message.video),
        ("video_note", message.video_note),
        ("photo", _largest(message)),
        ("video", message.live_photo),  # if it has no picture
        ("voice", message.voice),
        ("audio", message.audio),
        ("file", message.document),
        ("sticker", message.sticker),
    )
    return next((_file(message, kind, file) for kind, file in files if file), None)


def _file(message: Message | ExternalReplyInfo, kind: str, file: _TelegramFile) -> Attachment:
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
        caption_above=bool(getattr(message, "show_caption_above_media", False)),
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


def _largest(message: Message | ExternalReplyInfo) -> PhotoSize | None:
    """Return the largest size of a photo, also of a live one, of which only the picture is shown elsewhere."""
    sizes = message.photo or ((message.live_photo and message.live_photo.photo) or ())
    return sizes[-1] if sizes else None


def _embedded(message: Message) -> Attachment | None:
    """Return a placeholder for what a rich message shows between its texts."""
    return Attachment("embedded") if has_embedded(message.api_kwargs.get("rich_message")) else None
