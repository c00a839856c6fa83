"""The size of a text in a Matrix event, and how to split it to fit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from bot.model import RichText, plain, rich
from bot.text.html import plain_body
from bot.text.html import render as render_html
from bot.text.split import SHORTEST, split
from bot.text.telegram import length


def json_size(*values: object) -> int:
    """Return the size of the values as compact UTF-8 JSON in bytes, as homeservers count it."""
    written = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in values)
    return sum(len(each.encode(errors="surrogatepass")) for each in written)


def size(text: RichText) -> int:
    """Return the size of a text in bytes, as plain body plus HTML."""
    return json_size(plain_body(text), render_html(text))


def fitting(text: RichText, limit: int, measure: Callable[[RichText], int] = size) -> Iterator[RichText]:
    """Split a text into parts of at most `limit` bytes as counted by `measure`.

    A part that is too short to split but still too large (links with endless addresses) is reduced to plain text.
    """
    taken, words = measure(text), plain(text)
    if taken <= limit:
        yield text
    elif length(words) <= SHORTEST:
        yield rich(words)
    else:
        for part in split(text, max(SHORTEST, length(words) // (taken // limit + 1) + 1)):
            yield from fitting(part, limit, measure)
