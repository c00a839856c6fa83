"""What is seen of pictures, and stickers made of them. Decoded in this process, as in the worker."""

from __future__ import annotations

from io import BytesIO

import blurhash
import pytest
from PIL import Image

from bot.media import dimensions, type_of
from bot.media.pictures import LARGEST_STICKER, LARGEST_THUMBNAIL, SIDE, inspect_picture, make_sticker
from tests.media.samples import HEIC, SVG, claims_to_be, noise, picture


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_small_picture_is_its_own_preview(form: str) -> None:
    found = inspect_picture(picture(form))
    assert (found.width, found.height, found.thumbnail, found.animated) == (60, 40, None, False)
    rows = blurhash.decode(found.blurhash, 6, 4)
    (left, _, _), (_, _, right) = rows[3][0], rows[3][5]
    assert left > 120
    assert right > 120


@pytest.mark.parametrize(("form", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/jpeg")])
def test_a_large_picture_has_a_thumbnail(form: str, mime: str) -> None:
    found = inspect_picture(picture(form, 2000, 1000))
    assert found.thumbnail
    assert (found.width, found.height, found.thumbnail.mime) == (2000, 1000, mime)
    assert (found.thumbnail.width, found.thumbnail.height) == (SIDE, SIDE // 2)
    assert dimensions(found.thumbnail.data) == (SIDE, SIDE // 2)
    assert type_of(found.thumbnail.data) == mime


@pytest.mark.parametrize(
    ("form", "mode", "width"), [("PNG", "RGBA", 500), ("JPEG", "CMYK", 900), ("PNG", "L", 700), ("WEBP", "RGB", 900)]
)
def test_a_thumbnail_is_never_large(form: str, mode: str, width: int) -> None:
    found = inspect_picture(noise(form, width, 500, mode))
    assert found.thumbnail
    assert len(found.thumbnail.data) <= LARGEST_THUMBNAIL


def test_a_picture_taken_sideways_is_seen_upright() -> None:
    found = inspect_picture(picture("JPEG", 1800, 900, orientation=6))
    assert found.thumbnail
    assert (found.width, found.height, found.thumbnail.width, found.thumbnail.height) == (900, 1800, 400, 800)
    with Image.open(BytesIO(found.thumbnail.data)) as upright:
        red, _, blue = upright.convert("RGB").resize((1, 2)).getpixel((0, 0))  # type: ignore[misc]
    assert red > blue, "what was on the left is at the top"


def test_movement_is_noticed() -> None:
    for form in ("GIF", "WEBP"):
        assert inspect_picture(picture(form, frames=3)).animated


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_stickers_are_webp_of_512_pixels(form: str) -> None:
    for data in (picture(form), picture(form, 900, 300), picture("GIF", frames=2)):
        sticker = make_sticker(data)
        found = dimensions(sticker)
        assert (type_of(sticker), len(sticker) <= LARGEST_STICKER) == ("image/webp", True)
        assert found
        assert max(found) == 512


@pytest.mark.parametrize("width", [10_000, 60_000])
def test_what_would_exhaust_memory_is_not_decoded(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust: case 58."""
    for look in (inspect_picture, make_sticker):
        with pytest.raises((Image.DecompressionBombWarning, Image.DecompressionBombError)):
            look(claims_to_be(width, 6_000))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 60 * 40)
    assert inspect_picture(picture("PNG")).blurhash


@pytest.mark.parametrize(
    "data", [b"", HEIC, SVG, picture("JPEG")[:50], claims_to_be(50, 50), b"%!PS-Adobe-3.0 EPSF-3.0"]
)
def test_anything_else_is_refused(data: bytes) -> None:
    for look in (inspect_picture, make_sticker):
        with pytest.raises((OSError, ValueError)):
            look(data)
