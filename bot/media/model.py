"""What is found out about a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture in place of a file: JPEG or, if it is transparent, PNG; sizes in pixels."""

    data: bytes
    mime: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file looks or sounds like. Sizes are in pixels as people see it, `duration` in seconds."""

    width: int | None = None
    height: int | None = None
    animated: bool = False
    duration: float | None = None
    blurhash: str = ""
    waveform: tuple[int, ...] = ()
    """How loud it is, from 0 to 1024, at equal intervals (MSC3246)."""
    thumbnail: Thumbnail | None = None
    """None also for a picture that is small enough itself."""


NOTHING = Inspection()
