"""Excerpts of quoted texts."""

from __future__ import annotations

from bot.model import RichText, plain, rich

_LONGEST = 200


def beginning(text: RichText) -> RichText:
    """Return a text of up to 200 characters unchanged; truncate a longer one and drop its styles."""
    shown = plain(text)
    return text if len(shown) <= _LONGEST else rich(shown[:_LONGEST].rstrip() + "…")


def shortened(text: str, longest: int = 80) -> str:
    """Return the beginning of a text that somebody typed, on one line, to be quoted in an answer."""
    shown = " ".join(text[: longest * 4].split())
    return shown if len(shown) <= longest else shown[:longest].rstrip() + "…"
