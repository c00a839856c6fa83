"""The content of messages with files, apart from their captions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.messengers.filenames import file_name
from bot.messengers.matrix.media import Upload
from bot.messengers.matrix.media_keys import (
    ALT,
    AUDIO,
    BLURHASH,
    IS_ANIMATED,
    LIKE_GIF,
    ROUND,
    SPOILER,
    VOICE,
    WARNED,
    WARNING,
)
from bot.messengers.matrix.raw import Raw, as_dict
from bot.model import File, FileKind

STICKER = "m.sticker"
_KEYS = ("msgtype", "filename", "info", "url", "file", ALT, VOICE, AUDIO, WARNING, SPOILER)
_FLAGS: Mapping[FileKind, Raw] = {
    FileKind.ANIMATION: LIKE_GIF,
    FileKind.STICKER: LIKE_GIF,
    FileKind.VIDEO_NOTE: {ROUND: True},
}
_MOVING = ("application/x-tgsticker", "video/webm")
"""Types of stickers of which clients show nothing, or a video to be started by hand."""


def still(file: File) -> File:
    """Return a file as clients can show it: a contact as a document, of a sticker that moves its thumbnail."""
    if file.kind is FileKind.CONTACT:
        return replace(file, kind=FileKind.DOCUMENT)
    if file.kind is not FileKind.STICKER or file.mime not in _MOVING or not file.thumbnail:
        return file
    return replace(file, source=file.thumbnail, mime="", size=None, width=None, height=None, thumbnail="")


def described(upload: Upload) -> Raw:
    """Return the description of an uploaded file, with its preview if there is one."""
    file, found, preview = upload.file, upload.found, upload.preview
    family = file.mime.partition("/")[0]
    shown = file.kind is not FileKind.DOCUMENT
    content: Raw = {
        "msgtype": f"m.{family}" if shown else "m.file",
        "filename": file_name(file),
        "info": _info(upload) | (_FLAGS.get(file.kind, {}) if family == "video" else {}),
        **upload.address.content(),
    }
    blurred = found.blurhash or file.blurhash or (preview.found.blurhash if preview else "")
    if shown and blurred:
        content["info"][BLURHASH] = blurred
    if preview:
        content["info"] |= preview.address.content("thumbnail_url", "thumbnail_file")
        content["info"]["thumbnail_info"] = _info(preview)
    if file.alt:
        content[ALT] = file.alt
    if file.spoiler:
        content |= {WARNING: {"type": WARNED}, SPOILER: True}
    if file.kind is FileKind.VOICE:
        content |= {VOICE: {}, AUDIO: _sound(upload)}
    return content


def _info(upload: Upload) -> Raw:
    file, found = upload.file, upload.found
    info = {
        "mimetype": file.mime,
        "size": upload.size,
        "w": found.width or file.width,
        "h": found.height or file.height,
        "duration": _milliseconds(upload),
        IS_ANIMATED: found.animated,
    }
    return {key: value for key, value in info.items() if value}  # a client that knows nothing of it may say 0


def _sound(upload: Upload) -> Raw:
    """Return the details of a voice message (MSC1767, MSC3246)."""
    milliseconds, waveform = _milliseconds(upload), upload.found.waveform or upload.file.waveform
    sound = {} if milliseconds is None else {"duration": milliseconds}
    return sound | ({"waveform": list(waveform)} if waveform else {})


def _milliseconds(upload: Upload) -> int | None:
    seconds = upload.found.duration or upload.file.duration
    return round(seconds * 1000) if seconds else None


def is_sticker(media: Raw, file: File) -> bool:
    """Whether a file is sent as a sticker."""
    return file.kind is FileKind.STICKER and media["msgtype"] == "m.image"


def kept(content: Raw) -> Raw | None:
    """Return the description of the file in a message's content, None if it has none."""
    media = {key: content[key] for key in _KEYS if key in content}
    body = content.get("body")
    has_file = "url" in media or as_dict(media.get("file"))
    return {"filename": body, **media} if has_file else None
