"""Neutralise pings: relayed text must not notify members of a Telegram group."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.text.telegram import Entity, offsets

JOINER = "\u2060"
"""An invisible character that, after an `@`, keeps Telegram from recognising a mention."""

# Telegram drops these before looking for mentions: bidi controls, and marks that make vertical lines.
_DROPPED = "\r\u2028-\u202e\u030a\u0333\u033f"

# The character before the @ of an e-mail address is a letter in every version of Unicode.
_PING = re.compile(rf"(?<![0-9A-Za-z_À-ÖØ-öø-ÿ])@(?=[{_DROPPED}]*[0-9A-Za-z_])")

# Telegram links all of https://example.social/@anna; the joiner would break that.
_ADDRESS = re.compile(
    r"(?<![^\s(])https?://(?:[a-z0-9-]{1,63}\.){1,9}[a-z]{2,63}/(?:[\w.~-]+/)*@", re.ASCII | re.IGNORECASE
)

_CODE = frozenset({"code", "pre"})
_WHOLE = _CODE | {"text_link", "text_mention", "date_time"}
"""Entities that Telegram's automatic links never cross."""


def without_pings(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    """Return text and entities, as `render` does, in which no `@name` is a mention (trust: case 26).

    Mentions of accounts are kept. An `@` in code, e-mail addresses and https addresses is left alone; any other may
    lengthen the text by one unit.
    """
    if "@" not in text:
        return text, list(entities)
    starts = offsets(text)
    places = list(_pings(text, entities, starts))
    pieces = (text[start:end] for start, end in pairwise([0, *places, len(text)]))
    shifts = [starts[at] for at in places]
    return JOINER.join(pieces), [_moved(each, shifts) for each in entities]


def _pings(text: str, entities: Sequence[Entity], starts: Sequence[int]) -> Iterator[int]:
    """Yield the position after each `@` that would be a mention; `starts` are the characters' offsets in units."""
    whole, code = _ranges(entities, _WHOLE), _ranges(entities, _CODE)
    addresses = {
        match.end()
        for match in _ADDRESS.finditer(text)
        if not _touch(whole, starts[match.start()], starts[match.end()])
    }
    for match in _PING.finditer(text):
        at = match.end()
        if at not in addresses and not _touch(code, starts[at], starts[at]):
            yield at


def _ranges(entities: Sequence[Entity], types: frozenset[str]) -> list[tuple[int, int]]:
    return [(each.offset, each.offset + each.length) for each in entities if each.type in types]


def _touch(ranges: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of the sorted, disjoint ranges overlaps `start` to `end`."""
    before = bisect_left(ranges, (end, 0))
    return before > 0 and ranges[before - 1][1] > start


def _moved(entity: Entity, places: Sequence[int]) -> Entity:
    """Shift an entity for the insertions at `places`, in units; insertions at its ends are not part of it."""
    start = entity.offset + bisect_right(places, entity.offset)
    end = entity.offset + entity.length
    return replace(entity, offset=start, length=end + bisect_left(places, end) - start)
