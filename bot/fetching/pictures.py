"""Pictures, recognised by their first bytes; none is ever decoded (trust: cases 57 and 58)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.media import dimensions, type_of

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
    size = dimensions(data)
    if size is None:
        return None
    width, height = size
    fits = min(width, height) > 0 and width + height <= LARGEST_SUM
    shown = fits and max(width, height) <= STEEPEST * min(width, height)
    return Picture(data, type_of(data), width, height) if shown else None
