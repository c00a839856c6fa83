"""Pictures: the dimensions that a file's header states, and plain ones to send."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def png(width: int, height: int, *, shade: int = 1) -> bytes:
    """Return a picture in one shade, 0 black or 1 white."""
    row = b"\0" + bytes([0xFF * shade]) * ((width + 7) // 8)
    chunks = (b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0), b"IDAT" + zlib.compress(row * height))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, (*chunks, b"IEND")))


def jpeg(width: int, height: int) -> bytes:
    """Return the header of a picture, which is all of it that the emulator reads."""
    return b"\xff\xd8\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"


def dimensions(path: Path) -> tuple[int, int] | None:
    """Return width and height of a JPEG, PNG, GIF or WebP picture, None for any other file."""
    with path.open("rb") as file:
        head = file.read(30)
        try:
            return _dimensions(head, file)
        except (struct.error, IndexError):
            return None


def _dimensions(head: bytes, file: BinaryIO) -> tuple[int, int] | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _pair(">II", head, 16)
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return _pair("<HH", head, 6)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp(head)
    return _jpeg(file) if head.startswith(b"\xff\xd8\xff") else None


def _webp(head: bytes) -> tuple[int, int] | None:
    if head[12:16] == b"VP8X":
        return (int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1)
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = _pair("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF


def _jpeg(file: BinaryIO) -> tuple[int, int] | None:
    file.seek(2)
    while len(marker := file.read(4)) == 4 and marker[0] == 0xFF:
        if marker[1] in _FRAMES:
            height, width = _pair(">HH", file.read(5), 1)
            return width, height
        file.seek(struct.unpack(">H", marker[2:])[0] - 2, 1)
    return None


def _pair(form: str, data: bytes, offset: int) -> tuple[int, int]:
    first, second = struct.unpack_from(form, data, offset)
    return int(first), int(second)


def _chunk(data: bytes) -> bytes:
    return struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
