"""The fonts that come with matplotlib, so that a chart looks the same on every machine, and what they cannot show."""

from __future__ import annotations

import unicodedata
from functools import cache

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, get_font

LONGEST = 300
"""Characters of a text that are looked at."""
MISSING = "\N{WHITE SQUARE}"


@cache
def font(size: float, *, bold: bool = False) -> FontProperties:
    """Return the font in a size, in pixels."""
    return FontProperties(fname=_file(bold=bold), size=size)


def shown(text: str) -> str:
    """Return a text in one line, without emoji; a square stands for each letter that the fonts do not have."""
    flat = " ".join(unicodedata.normalize("NFC", text[:LONGEST]).split())
    return " ".join("".join(map(_shown, flat)).split())


def _file(*, bold: bool) -> str:
    return f"{mpl.get_data_path()}/fonts/ttf/DejaVuSans{'-Bold' if bold else ''}.ttf"


@cache
def _known() -> frozenset[int]:
    """Return the characters that both weights have."""
    maps = [get_font(_file(bold=bold)).get_charmap() for bold in (False, True)]
    return frozenset(maps[0]) & frozenset(maps[1])


def _shown(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in {"Cc", "Cf", "Cs", "Cn"} or 0xFE00 <= ord(character) <= 0xFE0F:  # among them all that change directions
        return ""
    if ord(character) in _known():
        return character
    return MISSING if kind[0] in "LN" else ""
