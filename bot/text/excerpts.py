"""The beginning of a text that is quoted."""

from __future__ import annotations

from bot.model import RichText, plain, rich

_LONGEST = 200


def beginning(text: RichText) -> RichText:
    """Return a text of up to 200 characters as it is, of a longer one its first characters without their styles."""
    shown = plain(text)
    return text if len(shown) <= _LONGEST else rich(shown[:_LONGEST].rstrip() + "…")
