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
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"%PDF-", "application/pdf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_CONTAINERS = frozenset({"application/zip", "application/x-ole-storage"})
"""Types as which documents of office programs begin, newer and older ones."""
_ACTIVE = frozenset({"text/html", "application/xhtml+xml", "text/xml", "application/xml"})
"""Types that a browser might run."""
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
    b"qt  ": "video/quicktime",
    b"crx ": "image/x-canon-cr3",
}
"""Brands of ISO base media files (ISO 14496-12); any other is a video."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SAME: Mapping[str, frozenset[str]] = {
    "video/mp4": frozenset({"audio/mp4", "audio/m4a", "audio/x-m4a", "audio/aac", "video/quicktime", "video/3gpp"}),
    "audio/mp4": frozenset({"audio/m4a", "audio/x-m4a", "audio/aac", "video/mp4"}),
    "audio/ogg": frozenset({"audio/opus", "application/ogg"}),
    "audio/mpeg": frozenset({"audio/mp3", "audio/mpeg3", "audio/x-mp3"}),
    "audio/wav": frozenset({"audio/x-wav", "audio/wave", "audio/vnd.wave"}),
    "audio/flac": frozenset({"audio/x-flac"}),
    "video/webm": frozenset({"audio/webm"}),
    "image/jpeg": frozenset({"image/jpg", "image/pjpeg"}),
    "image/bmp": frozenset({"image/x-ms-bmp", "image/x-bmp"}),
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
    return _known(head) or _guessed(head, "")


def as_it_is(file: File, head: bytes) -> File:
    """Return a file that begins with `head` with its true type, as a document if its kind cannot be of that type."""
    mime = _agreed(file.mime, head)
    families = _FITTING.get(file.kind)
    if families is None or mime.partition("/")[0] in families:
        return replace(file, mime=mime)
    return replace(file, mime=mime, kind=FileKind.DOCUMENT)


def _agreed(claimed: str, head: bytes) -> str:
    """Return the type: what is claimed, unless the bytes are something else or do not confirm a type of media."""
    found = _known(head)
    if claimed in _SAME.get(found, ()) or (found in _CONTAINERS and _is_of_office(claimed)):
        return claimed
    harmless = claimed and claimed.partition("/")[0] not in _MEDIA and claimed not in _ACTIVE
    return found or (claimed if harmless else _guessed(head, claimed)) or BINARY


def _is_of_office(claimed: str) -> bool:
    return claimed.startswith("application/") and claimed not in dict(_STARTS).values()


def _known(head: bytes) -> str:
    if _is_markup(head):
        return BINARY
    found = next((mime for start, mime in _STARTS if head.startswith(start)), "")
    return found or _bmp(head) or _riff(head) or _iso(head) or _ogg(head) or _matroska(head) or _mpeg(head)


def _is_markup(head: bytes) -> bool:
    text = head[2:200].replace(b"\0", b"") if head.startswith(_UTF16) else head[:100].removeprefix(b"\xef\xbb\xbf")
    return text.lstrip().startswith(b"<")


def _bmp(head: bytes) -> str:
    return "image/bmp" if head.startswith(b"BM") and head[6:10] == bytes(4) else ""


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
    """Recognise MPEG audio of layers II and III (ISO 11172-3), and AAC (ADTS, ISO 14496-3), by their sync words."""
    if len(head) < 2 or head[0] != 0xFF:
        return ""
    if head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    return "audio/mpeg" if head[1] & 0xE0 == 0xE0 and head[1] & 0x18 != 0x08 and head[1] & 0x06 in {0x02, 0x04} else ""


def _guessed(head: bytes, claimed: str) -> str:
    """Return the claimed type if it may be that, otherwise the most likely one; empty if nothing is likely."""
    import puremagic  # its table takes memory that is hardly ever needed

    try:
        found = [(each.mime_type, each.confidence) for each in puremagic.magic_string(head)]
    except (puremagic.PureError, ValueError):
        return ""
    likely = next((mime for mime, confidence in found if mime and confidence >= 0.4), "")
    return claimed if claimed and claimed in dict(found) else likely
