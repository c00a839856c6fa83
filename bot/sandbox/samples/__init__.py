"""Small files of every kind that people send, made for this purpose, for the emulator, the page and the tests."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def sample(name: str) -> bytes:
    """Return the bytes of the sample with this file name."""
    return files(__package__ or "").joinpath(name).read_bytes()
