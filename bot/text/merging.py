"""Several posts in one Telegram message: what fits, how it is written, and how one of them is changed.

A merged message consists of sections, each with its attribution at the start of a line, set apart by a blank line.
People cannot write such a line (`bot.text.names.guard`), so the sections are found again in the message itself, and no
text has to be stored for the day when one of them is edited or deleted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.model import Post, RichText, Section, bold, rich
from bot.text.characters import units
from bot.text.direction import attribution, under
from bot.text.names import is_attribution
from bot.text.pings import without_pings
from bot.text.telegram import Entity, render

MOST_ENTITIES = 100
"""Telegram drops all further entities of a message."""
_BETWEEN = "\n\n"
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Written:
    """A text with its entities, as on Telegram."""

    text: str
    entities: tuple[Entity, ...] = ()


class SectionError(ValueError):
    """A message does not consist of the sections that it should have."""


def written(post: Post) -> Written:
    """Return the text of a post with its attribution; before a block, the space after it becomes a line break.

    Without words, as under a picture, it has no colon.
    """
    return _written(post, ":" if post.text else "")


def _section(post: Post) -> Written:
    """Return the text of a post with its attribution, which can be found again also if there is nothing after it."""
    return _stripped(_written(post, ":"))


def _written(post: Post, colon: str) -> Written:
    text, entities = without_pings(*render(_attributed(post, colon)))  # also what is quoted, such as a poll's topics
    return Written(text, tuple(entities))


def _attributed(post: Post, colon: str) -> RichText:
    if post.author is None:
        return post.text
    return rich(bold(f"{attribution(post.author)}{colon}"), " ") + under(post.author, post.text)


def merged(posts: Iterable[Post]) -> Written:
    """Return the text of a message with these posts as its sections."""
    return _joined([_section(post) for post in posts])


def fitting(posts: Sequence[Post], limit: int) -> int:
    """Return how many of these posts, from the first, can be sections of one message of `limit` UTF-16 units.

    At least 1: the first post goes out in any case. Files, locations and buttons need a message of their own.
    """
    length = entities = count = 0
    for post in posts:
        own = _section(post)
        length += units(own.text) + len(_BETWEEN) * bool(count)
        entities += len(own.entities)
        alone = post.buttons or post.files or post.location
        if alone or length > limit or entities > MOST_ENTITIES or _starts(own.text) != [0]:
            break
        count += 1
    return max(count, 1)


def section_at(text: str, position: int) -> int:
    """Return the index of the section at a position in UTF-16 units."""
    return max(bisect_right(_starts(text), position) - 1, 0)


def changed(message: Written, section: Section, post: Post | None) -> Written:
    """Return a merged message with another post as its section, or without it; unchanged if it is gone already.

    Raises SectionError if the message has other sections than expected, or if the post cannot be a section.
    """
    sections = _sections(message)
    if post is None and len(sections) == section.count - 1:
        return message
    if len(sections) != section.count:
        raise SectionError(f"{section.count} sections were expected, there are {len(sections)}")
    new = [] if post is None else [_section(post)]
    if any(_starts(each.text) != [0] for each in new):
        raise SectionError("this cannot be one section")
    return _joined([*sections[: section.index], *new, *sections[section.index + 1 :]])


def _starts(text: str) -> list[int]:
    """Return where sections begin, in UTF-16 units."""
    return [units(text[: line.start()]) for line in _LINE.finditer(text) if is_attribution(line[0])]


def _sections(message: Written) -> list[Written]:
    bounds = [*_starts(message.text), units(message.text)]
    return [_stripped(_slice(message, start, end)) for start, end in pairwise(bounds)]


def _stripped(one: Written) -> Written:
    """Return the text without white space at its ends, as Telegram strips it."""
    start = units(one.text) - units(one.text.lstrip())
    return _slice(one, start, start + units(one.text.strip()))


def _slice(one: Written, start: int, end: int) -> Written:
    """Return the text from `start` to `end`, in UTF-16 units, with what it has of each entity."""
    text = one.text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
    return Written(text, tuple(_shortened(one.entities, start, end)))


def _shortened(entities: Iterable[Entity], start: int, end: int) -> Iterator[Entity]:
    for entity in entities:
        first, last = max(entity.offset, start), min(entity.offset + entity.length, end)
        if first < last:
            yield replace(entity, offset=first - start, length=last - first)


def _joined(sections: Sequence[Written]) -> Written:
    entities: list[Entity] = []
    offset = 0
    for one in sections:
        entities += (replace(entity, offset=entity.offset + offset) for entity in one.entities)
        offset += units(one.text) + len(_BETWEEN)
    return Written(_BETWEEN.join(one.text for one in sections), tuple(entities))
