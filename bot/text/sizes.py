"""How many bytes a text takes in an event of Matrix, and how it is cut so that it fits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from bot.model import RichText, plain, rich
from bot.text.html import plain_body
from bot.text.html import render as render_html
from bot.text.split import SHORTEST, split
from bot.text.telegram import length


def json_size(*values: object) -> int:
    """Return the bytes of these values as JSON in UTF-8, without spaces: as servers count them."""
    written = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in values)
    return sum(len(each.encode(errors="surrogatepass")) for each in written)


def size(text: RichText) -> int:
    """Return the bytes that a text takes as plain body and as HTML."""
    return json_size(plain_body(text), render_html(text))


def fitting(text: RichText, limit: int, measure: Callable[[RichText], int] = size) -> Iterator[RichText]:
    """Cut a text into parts that take at most `limit` bytes as `measure` counts them.

    Of a part that cannot be cut further and does not fit (links whose addresses have no end) the words are given.
    """
    taken, words = measure(text), plain(text)
    if taken <= limit:
        yield text
    elif length(words) <= SHORTEST:
        yield rich(words)
    else:
        for part in split(text, max(SHORTEST, length(words) // (taken // limit + 1) + 1)):
            yield from fitting(part, limit, measure)
