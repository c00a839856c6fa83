"""The content of messages with files, apart from their captions."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messengers.filenames import file_name
from bot.messengers.matrix.media import BINARY, Upload
from bot.messengers.matrix.raw import Raw, as_dict
from bot.messengers.matrix.writing import ALT
from bot.model import Author, File, FileKind

STICKER = "m.sticker"
_SHOWN: Mapping[FileKind, tuple[str, ...]] = {
    FileKind.PHOTO: ("image",),
    FileKind.VIDEO: ("video",),
    FileKind.ANIMATION: ("image", "video"),
    FileKind.AUDIO: ("audio",),
    FileKind.VOICE: ("audio",),
    FileKind.VIDEO_NOTE: ("video",),
    FileKind.DOCUMENT: (),
    FileKind.STICKER: ("image", "video"),
}
"""The families of MIME types as which clients show a kind; anything else is offered as a download."""
_USUAL: Mapping[FileKind, str] = {
    FileKind.PHOTO: "image/jpeg",
    FileKind.VIDEO: "video/mp4",
    FileKind.ANIMATION: "video/mp4",
    FileKind.AUDIO: "audio/mpeg",
    FileKind.VOICE: "audio/ogg",
    FileKind.VIDEO_NOTE: "video/mp4",
    FileKind.STICKER: "image/webp",
}
"""The MIME type of a file that names none."""
_VOICE, _AUDIO = "org.matrix.msc3245.voice", "org.matrix.msc1767.audio"
_KEYS = ("msgtype", "filename", "info", "url", "file", ALT, _VOICE, _AUDIO)


def described(file: File, upload: Upload, preview: Upload | None = None) -> Raw:
    """Return the description of an uploaded file, with its `preview` if there is one."""
    mime = BINARY if upload.markup else mime_of(file)
    family = mime.partition("/")[0]
    shown = family in _SHOWN[file.kind]
    milliseconds = None if file.duration is None else round(file.duration * 1000)
    info = {"mimetype": mime, "size": upload.size, "w": file.width, "h": file.height, "duration": milliseconds}
    content: Raw = {
        "msgtype": f"m.{family}" if shown else "m.file",
        "filename": file_name(file),
        "info": {key: value for key, value in info.items() if value is not None},
        **upload.address.content(),
    }
    if preview:
        content["info"] |= preview.address.content("thumbnail_url", "thumbnail_file")
        content["info"]["thumbnail_info"] = {"mimetype": "image/jpeg", "size": preview.size}
    if file.alt:
        content[ALT] = file.alt
    if file.kind is FileKind.VOICE and shown:
        content |= {_VOICE: {}, _AUDIO: {} if milliseconds is None else {"duration": milliseconds}}
    return content


def mime_of(file: File) -> str:
    """Return the MIME type of a file, or the one that is usual for its kind."""
    return file.mime or _USUAL.get(file.kind, BINARY)


def is_sticker(media: Raw, file: File, author: Author | None) -> bool:
    """Whether a file is sent as a sticker. Those of people are images, as clients show stickers without attribution."""
    return file.kind is FileKind.STICKER and author is None and media["msgtype"] == "m.image"


def kept(content: Raw) -> Raw | None:
    """Return the description of the file in a message's content, None if it has none."""
    media = {key: content[key] for key in _KEYS if key in content}
    body = content.get("body")
    has_file = "url" in media or as_dict(media.get("file"))
    return {"filename": body, **media} if has_file else None
