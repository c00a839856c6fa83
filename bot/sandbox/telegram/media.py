"""Kinds of media: how each is named, limited, described in a message and stored."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.files import Files, FormFile, StoredFile
from bot.sandbox.telegram.formats import sticker_error
from bot.sandbox.telegram.images import dimensions, png

LARGEST_UPLOAD = 50 << 20
LARGEST_PHOTO = 10 << 20
LARGEST_DOWNLOAD = 20 << 20
_LARGEST_THUMBNAIL = 200 << 10
_LIMITS = {"duration": 86_400, "width": 10_000, "height": 10_000, "length": 640}


@dataclass(frozen=True)
class MediaKind:
    """One kind of media; `name` is its field in a message and its parameter."""

    name: str
    file_type: str
    """What errors call it."""
    permission: str
    plural: str
    """What errors about permissions call it."""
    folder: str
    mime: str = ""
    numbers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    named: bool = True
    """Whether the receiver learns the name of the file."""

    @property
    def family(self) -> str:
        """Those of a family may replace each other in an album."""
        return "picture" if self.name in {"photo", "video"} else self.name


PHOTO = MediaKind("photo", "Photo", "can_send_photos", "photos", "photos", named=False)
VIDEO = MediaKind("video", "Video", "can_send_videos", "videos", "videos", "video/mp4", ("duration", "width", "height"))
ANIMATION = MediaKind(
    "animation",
    "Animation",
    "can_send_other_messages",
    "animations",
    "animations",
    "video/mp4",
    ("duration", "width", "height"),
)
AUDIO = MediaKind(
    "audio", "Audio", "can_send_audios", "music", "music", "audio/mpeg", ("duration",), ("performer", "title")
)
VOICE = MediaKind(
    "voice", "VoiceNote", "can_send_voice_notes", "voice notes", "voice", "audio/ogg", ("duration",), named=False
)
VIDEO_NOTE = MediaKind(
    "video_note",
    "VideoNote",
    "can_send_video_notes",
    "video notes",
    "video_notes",
    numbers=("duration", "length"),
    named=False,
)
DOCUMENT = MediaKind("document", "Document", "can_send_documents", "documents", "documents")
STICKER = MediaKind(
    "sticker", "Sticker", "can_send_other_messages", "stickers", "stickers", words=("emoji",), named=False
)
KINDS = {kind.name: kind for kind in (PHOTO, VIDEO, ANIMATION, AUDIO, VOICE, VIDEO_NOTE, DOCUMENT, STICKER)}
CONTENT = frozenset({"text", "poll", "location", "venue", "contact", "dice", *KINDS})
"""Fields of which every message has one; all others are service messages."""
CAPTIONED = frozenset(KINDS) - {"video_note", "sticker"}


def store(
    files: Files, kind: MediaKind, upload: FormFile, given: Mapping[str, object], thumbnail: FormFile | None
) -> StoredFile:
    """Store a file of this kind, described by the parameters `given`; raise ApiError."""
    if not upload.size:
        raise bad_request("file must be non-empty")
    size = dimensions(upload.path) if kind in {PHOTO, STICKER} else None
    _refuse_unfit(kind, upload, size)
    stored = files.keep(upload, kind.name)
    stored.content = _photo(files, stored, size) if kind is PHOTO and size else _other(kind, stored, given, size)
    if preview := _thumbnail(files, thumbnail):
        stored.content[kind.name]["thumbnail"] = preview
    return stored


def _refuse_unfit(kind: MediaKind, upload: FormFile, size: tuple[int, int] | None) -> None:
    if kind is PHOTO and upload.size > LARGEST_PHOTO:
        raise bad_request(
            f"file of size {upload.size} bytes is too big for a photo; the maximum size is {LARGEST_PHOTO} bytes"
        )
    if kind is PHOTO and not size:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if kind is PHOTO and size and (sum(size) > 10_000 or max(size) > 20 * min(size)):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    if kind is STICKER and (error := sticker_error(upload.path, upload.name)):
        raise bad_request(error)


def _photo(files: Files, stored: StoredFile, size: tuple[int, int]) -> Json:
    """Describe a picture in two sizes, the smaller one first."""
    width, height = size
    sizes = [stored.head | {"width": width, "height": height}]
    if max(size) > 320:
        scale = 320 / max(size)
        small = max(1, int(width * scale)), max(1, int(height * scale))
        preview = files.keep(files.write(png(*small)), stored.kind)
        preview.content = {stored.kind: sizes}
        sizes.insert(0, preview.head | {"width": small[0], "height": small[1]})
    return {stored.kind: sizes}


def _other(kind: MediaKind, stored: StoredFile, given: Mapping[str, object], size: tuple[int, int] | None) -> Json:
    value = stored.head | _told(kind, given) | _type(kind, stored.name)
    if kind.named and stored.name:
        value["file_name"] = stored.name
    if kind is STICKER:
        value |= _sticker(stored.name, size or (512, 512))
    # An animation is a document as well, for bots that do not know animations.
    document = {name: part for name, part in value.items() if name not in kind.numbers}
    return {kind.name: value} | ({"document": document} if kind is ANIMATION else {})


def _sticker(name: str, size: tuple[int, int]) -> Json:
    moves = {"is_animated": name.endswith(".tgs"), "is_video": name.endswith(".webm")}
    return {"type": "regular", "width": size[0], "height": size[1]} | moves


def _told(kind: MediaKind, given: Mapping[str, object]) -> Json:
    """Return what the sender tells about the file, numbers within their limits."""
    numbers = {name: max(0, min(int(str(given.get(name, 0))), _LIMITS[name])) for name in kind.numbers}
    return numbers | {name: given[name] for name in kind.words if given.get(name)}


def _type(kind: MediaKind, name: str) -> Json:
    """Return the field `mime_type`, as the extension of the name has it if that fits the kind."""
    if kind in {VIDEO_NOTE, STICKER}:
        return {}
    guessed = mimetypes.guess_type(name)[0] or ""
    if kind is DOCUMENT:
        return {"mime_type": guessed or "application/octet-stream"}
    family = kind.mime.partition("/")[0]
    fits = guessed.startswith(family) or (kind is ANIMATION and guessed == "image/gif")
    return {"mime_type": guessed if fits else kind.mime}


def _thumbnail(files: Files, upload: FormFile | None) -> Json | None:
    """Store a thumbnail; one that is no picture, or too large, is left out without a word."""
    size = dimensions(upload.path) if upload else None
    if not upload or not size or upload.size >= _LARGEST_THUMBNAIL or max(size) > 320:
        return None
    return files.keep(upload, "thumbnail").head | {"width": size[0], "height": size[1]}
