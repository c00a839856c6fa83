"""Small files of the kinds that people send, generated: none stands in the repository."""

from __future__ import annotations

import gzip
import struct
import zlib
from functools import cache
from io import BytesIO

import numpy as np
import soundfile
from PIL import Image

RATE = 48_000
TGS = gzip.compress(b'{"v":"5.5.2","fr":60,"w":512,"h":512,"layers":[]}', mtime=0)
"""An animated sticker without layers."""
WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701")
"""The header of a WebM file (EBML, doctype "webm"), and nothing after it."""
MP4 = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\0\0\0\x08free"
"""The header of an MP4 video, and nothing after it."""
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40)
SVG = b"\xef\xbb\xbf\n<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@cache
def picture(form: str, width: int = 60, height: int = 40, *, frames: int = 1, orientation: int = 1) -> bytes:
    """Return a picture: red on the left, blue on the right; a PNG or WebP transparent at the top left."""
    image = Image.new("RGB", (width, height), (200, 20, 20))
    image.paste((20, 20, 200), (width // 2, 0, width, height))
    if form in {"PNG", "WEBP"}:
        image.putalpha(255)
        image.paste((0, 0, 0, 0), (0, 0, width // 4, height // 4))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, object] = {"exif": exif} if form == "JPEG" else {}
    if frames > 1:
        others = [image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)] * (frames - 1)
        options |= {"save_all": True, "append_images": others, "duration": 100}
    return _saved(image, form, **options)


@cache
def noise(form: str, width: int, height: int, mode: str = "RGB") -> bytes:
    """Return a picture that cannot be compressed much."""
    return _saved(Image.effect_noise((width, height), 90).convert(mode), form)


@cache
def voice(seconds: float = 2.0, form: str = "OGG", coding: str = "OPUS", *, loud: float = 0.5) -> bytes:
    """Return a tone that becomes louder from beginning to end."""
    time = np.arange(int(seconds * RATE)) / RATE
    file = BytesIO()
    soundfile.write(file, np.sin(2 * np.pi * 440 * time) * loud * time / seconds, RATE, format=form, subtype=coding)
    return file.getvalue()


def claims_to_be(width: int, height: int) -> bytes:
    """Return a PNG that claims to be of this size, with hardly any data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, (b"IHDR" + header, b"IDAT" + zlib.compress(b""), b"IEND")))


def _chunk(data: bytes) -> bytes:
    return struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()
