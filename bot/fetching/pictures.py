"""Pictures, recognised by their first bytes; none is ever decoded (trust: cases 57 and 58)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

LARGEST_PICTURE = 5_000_000
"""Bytes of a picture, at most."""
LARGEST_SUM = 10_000
"""Width and height together, in pixels, at most: the limit of Telegram's sendPhoto."""
STEEPEST = 20
"""The ratio of width and height, at most, as above."""
PICTURES = "image/jpeg, image/png, image/gif, image/webp"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that messengers show; sizes in pixels."""

    data: bytes
    mime: str
    width: int
    height: int

    @property
    def name(self) -> str:
        """A name for the file, with the right extension."""
        return f"picture.{self.mime.removeprefix('image/')}".replace("jpeg", "jpg")


def picture_of(data: bytes) -> Picture | None:
    """Return the picture in a file, whatever it claims to be; None if it is not one that messengers show."""
    found = _png(data) or _gif(data) or _webp(data) or _jpeg(data)
    if found is None:
        return None
    mime, width, height = found
    fits = min(width, height) > 0 and width + height <= LARGEST_SUM
    return Picture(data, mime, width, height) if fits and max(width, height) <= STEEPEST * min(width, height) else None


_Found = tuple[str, int, int] | None


def _png(data: bytes) -> _Found:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    return "image/png", *struct.unpack(">II", data[16:24])


def _gif(data: bytes) -> _Found:
    if not data.startswith((b"GIF87a", b"GIF89a")) or len(data) < 10:
        return None
    return "image/gif", *struct.unpack("<HH", data[6:10])


def _webp(data: bytes) -> _Found:
    """Measure a WebP (RFC 9649) in any of its forms: extended, lossless, lossy."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = (each & 0x3FFF for each in struct.unpack("<HH", data[26:30]))
        case _:
            return None
    return "image/webp", width, height


_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""The markers of a JPEG that begin a frame (ISO 10918-1, table B.1)."""


def _jpeg(data: bytes) -> _Found:
    if not data.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return "image/jpeg", width, height
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
