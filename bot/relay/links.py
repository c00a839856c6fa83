"""Links in what people write, so that a feed does not bring what somebody has shown already."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.fetching.texts import canonical
from bot.model import Link, RichText, Span, Text

MOST = 10
"""Links of a message that are looked at."""

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"']{1,2000}", re.IGNORECASE)
_END = ".,;:!?)]}»“”’"


def links_in(text: RichText) -> list[str]:
    """Return the canonical forms of the first links in a text, without those that it quotes."""
    found = dict.fromkeys(filter(None, map(canonical, _addresses(text))))
    return list(found)[:MOST]


def _addresses(text: RichText) -> Iterator[str]:
    for node in text:
        match node:
            case Link():
                yield node.url
            case Text() if "://" in node.text or "www." in node.text:
                for each in _ADDRESS.finditer(node.text):
                    bare = each[0].rstrip(_END)
                    yield bare if "://" in bare else f"https://{bare}"
            case Span():
                yield from _addresses(node.children)
            case _:
                continue
