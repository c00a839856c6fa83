"""Which items of a feed are wanted: by words and phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.fetching.documents import FeedItem
from bot.model import plain
from bot.text.characters import fold
from storage import Feed

_WORD = re.compile(r"\w+")
_BETWEEN = re.compile(r"[,;\n]")
ANY_ENDING = "*"
"""At the end of a phrase: its last word may go on (`Klima*` for `Klimaschutz`)."""


def phrases_of(text: str) -> tuple[str, ...]:
    """Return the phrases of a list as people type it; those without a letter or digit are left out."""
    found = (" ".join(each.split()).strip("\"'„“”»«") for each in _BETWEEN.split(text))
    return tuple(dict.fromkeys(each for each in found if _WORD.search(each)))


def passes(feed: Feed, item: FeedItem) -> bool:
    """Whether the filters of a feed let an item pass, by the words of its title and summary."""
    text = f" {_words(f'{item.title} {plain(item.summary)}')} "
    return (not feed.only or _has(text, feed.only)) and not _has(text, feed.unless)


def _has(text: str, phrases: Iterable[str]) -> bool:
    return any(f" {_words(each)}{'' if each.endswith(ANY_ENDING) else ' '}" in text for each in phrases)


def _words(text: str) -> str:
    """Return the words as they are compared, whatever stands between them."""
    return " ".join(_WORD.findall(fold(text)))
