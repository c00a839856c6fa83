"""The picture that takes the place of a file that can no longer be deleted."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime
from functools import cache

from bot.model import File, FileKind
from storage import Store

_WIDTH, _HEIGHT, _GREY = 320, 180, b"\xb0"


async def blank(store: Store, now: datetime) -> File:
    """Return a grey picture, stored until it is delivered."""
    source, size = await store.files.add(_png(), now)
    return File(
        kind=FileKind.PHOTO, source=source, name="-.png", mime="image/png", size=size, width=_WIDTH, height=_HEIGHT
    )


@cache
def _png() -> bytes:
    """Return the bytes of the picture (ISO/IEC 15948)."""
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 0)
    rows = (b"\0" + _GREY * _WIDTH) * _HEIGHT
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
