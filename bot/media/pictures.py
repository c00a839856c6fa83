"""Pictures, decoded: only in the worker, as a picture can be made to exhaust whoever decodes it (trust: case 58)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO

import blurhash
from PIL import Image, ImageOps

from bot.media.model import Inspection, Thumbnail

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
"""What is decoded; nothing else is ever handed to a decoder."""
MOST_PIXELS = 50_000_000
"""What is larger is not decoded."""
SIDE, LARGEST_THUMBNAIL = 800, 200_000
"""Pixels and bytes of a thumbnail, at most."""
STICKER_SIDE, LARGEST_STICKER = 512, 512_000
"""Pixels of the longer side of a static sticker, and its bytes at most (Telegram's requirements of stickers)."""
_BLUR_SIDE, _BLUR_X, _BLUR_Y = 32, 4, 3
_ORIENTATION, _SIDEWAYS = 0x0112, range(5, 9)
"""The EXIF tag, and those of its values that swap width and height."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def inspect_picture(data: bytes) -> Inspection:
    """Return what a picture looks like. Raises various errors if it cannot be decoded."""
    with _opened(data) as image:
        width, height = _size(image)
        animated = bool(getattr(image, "is_animated", False))
        image.seek(0)
        small = _small(image, SIDE)
        is_small = max(width, height) <= SIDE and len(data) <= LARGEST_THUMBNAIL
        thumbnail = None if is_small else _thumbnail(small)
        return Inspection(width, height, animated=animated, blurhash=_blurhash(small), thumbnail=thumbnail)


def make_sticker(data: bytes) -> bytes:
    """Return a picture as a static sticker (WebP). Raises various errors if it cannot be decoded."""
    with _opened(data) as image:
        small = _small(image, STICKER_SIDE).convert("RGBA")
    scale = STICKER_SIDE / max(small.size)
    width, height = (max(1, round(side * scale)) for side in small.size)
    sticker = small.resize((width, height), Image.Resampling.LANCZOS)
    return next(made for made in _encoded(sticker, "WEBP") if len(made) <= LARGEST_STICKER)


def _opened(data: bytes) -> Image.Image:
    """Return a picture of which only the header has been read."""
    with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
        return Image.open(BytesIO(data), formats=FORMATS)


def _size(image: Image.Image) -> tuple[int, int]:
    sideways = image.getexif().get(_ORIENTATION) in _SIDEWAYS
    return (image.height, image.width) if sideways else image.size


def _small(image: Image.Image, side: int) -> Image.Image:
    """Return a picture scaled down to `side` at most, upright, in RGB or RGBA."""
    orientation = image.getexif().get(_ORIENTATION, 1)
    image.draft("RGB", (side, side))  # a JPEG is decoded at a fraction of its size
    form = "RGBA" if image.has_transparency_data else "RGB"
    made = image if image.mode == form else image.convert(form)
    made.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    made.getexif()[_ORIENTATION] = orientation
    return ImageOps.exif_transpose(made)


def _thumbnail(small: Image.Image) -> Thumbnail:
    form = "PNG" if small.mode == "RGBA" else "JPEG"
    while True:
        for data in _encoded(small, form):
            if len(data) <= LARGEST_THUMBNAIL:
                return Thumbnail(data, f"image/{form.lower()}", *small.size)
        small = small.reduce(2)


def _encoded(image: Image.Image, form: str) -> Iterator[bytes]:
    """Yield a picture as a file, each smaller than the one before."""
    for quality in (85, 65, 40):
        file = BytesIO()
        if form == "PNG":
            (image if quality == 85 else image.quantize(quality * 3)).save(file, form, optimize=True)
        else:
            image.save(file, form, quality=quality)
        yield file.getvalue()


def _blurhash(small: Image.Image) -> str:
    """Return the hash of a picture (blurha.sh), on white where it is transparent."""
    tiny = small.copy()
    tiny.thumbnail((_BLUR_SIDE, _BLUR_SIDE))
    if tiny.mode == "RGBA":
        paper = Image.new("RGBA", tiny.size, "white")
        tiny = Image.alpha_composite(paper, tiny)
    data = tiny.convert("RGB").tobytes()
    pixels = [data[start : start + 3] for start in range(0, len(data), 3)]
    rows = [pixels[start : start + tiny.width] for start in range(0, len(pixels), tiny.width)]
    return str(blurhash.encode(rows, components_x=_BLUR_X, components_y=_BLUR_Y))
