"""The dimensions of pictures are read from their headers."""

from pathlib import Path

import pytest

from bot.sandbox.telegram.images import dimensions, png


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png(33, 44), (33, 44)),
        (b"GIF89a" + b"\x21\x00\x2c\x00" + bytes(20), (33, 44)),
        (b"RIFF????WEBPVP8X" + bytes(8) + b"\x20\x00\x00\x2b\x00\x00", (33, 44)),
        (b"RIFF????WEBPVP8L" + bytes(5) + (32 | 43 << 14).to_bytes(4, "little") + bytes(5), (33, 44)),
        (b"RIFF????WEBPVP8 " + bytes(10) + b"\x21\x00\x2c\x00", (33, 44)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x2c\x00\x21" + bytes(9), (33, 44)),
        (b"\xff\xd8\xff", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"text", None),
    ],
)
def test_dimensions_are_read_from_the_header(tmp_path: Path, data: bytes, size: tuple[int, int] | None) -> None:
    (tmp_path / "picture").write_bytes(data)
    assert dimensions(tmp_path / "picture") == size
