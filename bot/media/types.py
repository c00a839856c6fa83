"""What a file is by its first bytes, whatever its sender claims (trust: case 57)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.model import File, FileKind

BINARY = "application/octet-stream"
HEAD = 4096
"""Bytes at the beginning of a file that are enough to tell its type."""

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"%PDF-", "application/pdf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"PK\x03\x04", "application/zip"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
    b"qt  ": "video/quicktime",
}
"""Brands of ISO base media files (ISO 14496-12); any other is a video."""
_MARKUP = b"<"
_SAME: Mapping[str, frozenset[str]] = {
    "video/mp4": frozenset({"audio/mp4", "audio/m4a", "audio/x-m4a", "audio/aac", "video/quicktime", "video/3gpp"}),
    "audio/mp4": frozenset({"audio/m4a", "audio/x-m4a", "audio/aac", "video/mp4"}),
    "audio/ogg": frozenset({"audio/opus", "application/ogg"}),
    "audio/mpeg": frozenset({"audio/mp3", "audio/mpeg3", "audio/x-mp3"}),
    "audio/wav": frozenset({"audio/x-wav", "audio/wave", "audio/vnd.wave"}),
    "audio/flac": frozenset({"audio/x-flac"}),
    "video/webm": frozenset({"audio/webm"}),
    "image/jpeg": frozenset({"image/jpg", "image/pjpeg"}),
    "image/heic": frozenset({"image/heif"}),
    "application/gzip": frozenset({"application/x-tgsticker", "application/x-gzip", "application/x-tar"}),
}
"""Other names of a type, and types that begin with the same bytes."""
_MEDIA = ("image", "audio", "video")
_FITTING: Mapping[FileKind, tuple[str, ...]] = {
    FileKind.PHOTO: ("image",),
    FileKind.VIDEO: ("video",),
    FileKind.ANIMATION: ("image", "video"),
    FileKind.AUDIO: ("audio",),
    FileKind.VOICE: ("audio",),
    FileKind.VIDEO_NOTE: ("video",),
    FileKind.STICKER: ("image", "video"),
}
"""The families of types as which clients show a kind."""


def type_of(head: bytes) -> str:
    """Return the MIME type of a file that begins with `head` (`HEAD` bytes or all); empty if it is not recognised.

    Markup, such as HTML and SVG, is BINARY: nothing may show or run it.
    """
    if head[:100].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_MARKUP):
        return BINARY
    found = next((mime for start, mime in _STARTS if head.startswith(start)), "")
    return found or _riff(head) or _iso(head) or _ogg(head) or _matroska(head) or _mpeg(head) or _other(head)


def as_it_is(file: File, head: bytes) -> File:
    """Return a file that begins with `head` with its true type, as a document if its kind cannot be of that type."""
    mime = _agreed(file.mime, type_of(head))
    families = _FITTING.get(file.kind)
    if families is None or mime.partition("/")[0] in families:
        return replace(file, mime=mime)
    return replace(file, mime=mime, kind=FileKind.DOCUMENT)


def _agreed(claimed: str, found: str) -> str:
    """Return the type: what is claimed, unless the bytes are something else or do not confirm a type of media."""
    if not found:
        return claimed if claimed and claimed.partition("/")[0] not in _MEDIA else BINARY
    specific = found == "application/zip" and claimed.startswith("application/")  # as office documents are
    return claimed if specific or claimed in _SAME.get(found, ()) else found


def _riff(head: bytes) -> str:
    return _RIFF.get(head[8:12], "") if head.startswith(b"RIFF") else ""


def _iso(head: bytes) -> str:
    return _BRANDS.get(head[8:12], "video/mp4") if head[4:8] == b"ftyp" else ""


def _ogg(head: bytes) -> str:
    if not head.startswith(b"OggS"):
        return ""
    return "video/ogg" if b"\x80theora" in head else "audio/ogg"


def _matroska(head: bytes) -> str:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return ""
    return "video/webm" if b"webm" in head[:64] else "video/x-matroska"


def _mpeg(head: bytes) -> str:
    """Recognise a frame of MPEG audio (ISO 11172-3): eleven set bits, a version and a layer that exist."""
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] & 0x18 == 0x08:
        return ""
    return "audio/mpeg" if head[1] & 0x06 else "audio/aac"


def _other(head: bytes) -> str:
    import puremagic  # its table takes memory that is hardly ever needed

    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    return next((each.mime_type for each in found if each.mime_type and each.confidence >= 0.4), "")
