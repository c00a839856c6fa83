"""Pictures are told by their bytes, and measured without being decoded."""

from __future__ import annotations

import struct

import pytest

from bot.fetching.base import Fetched
from bot.fetching.pictures import picture_of
from tests.fake_web import reader_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 640, 480) + b"\x08\x02"
GIF = b"GIF89a" + struct.pack("<HH", 640, 480) + b"\0\0\0"
_APP0 = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
JPEG = b"\xff\xd8" + _APP0 + b"\xff" + b"\xff\xc2" + struct.pack(">HBHH", 17, 8, 480, 640) + bytes(10)
LOSSY = b"RIFF\0\0\0\0WEBPVP8 " + bytes(7) + b"\x9d\x01\x2a" + struct.pack("<HH", 640, 480) + bytes(9)
LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L" + bytes(4) + b"\x2f" + struct.pack("<I", 639 | 479 << 14) + bytes(9)
EXTENDED = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (PNG, "image/png"),
        (GIF, "image/gif"),
        (JPEG, "image/jpeg"),
        (LOSSY, "image/webp"),
        (LOSSLESS, "image/webp"),
        (EXTENDED, "image/webp"),
    ],
)
def test_formats_and_sizes(data: bytes, mime: str) -> None:
    picture = picture_of(data)
    assert picture
    assert (picture.mime, picture.width, picture.height) == (mime, 640, 480)
    assert picture.name.startswith("picture.")
    assert all(picture_of(data[:length]) is None for length in range(10))


@pytest.mark.parametrize(("width", "height"), [(0, 480), (9000, 8000), (2100, 100), (100, 2100), (2**31, 1)])
def test_sizes_that_are_not_shown(width: int, height: int) -> None:
    assert picture_of(PNG.replace(struct.pack(">II", 640, 480), struct.pack(">II", width, height))) is None


async def test_a_picture_that_cannot_be_had_is_none() -> None:
    small, large = Fetched(url="", body=PNG), Fetched(url="", body=PNG * 200_000)
    reader = reader_of({"https://x.de/p": small, "https://x.de/big": large})
    assert await reader.picture("https://x.de/p")
    assert await reader.picture("https://x.de/big") is None
    assert await reader.picture("https://x.de/other") is None
