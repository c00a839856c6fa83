"""A post becomes messages: split where it is too long, with as many files in each as the messenger takes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby

from bot.messengers.capabilities import Capabilities
from bot.model import File, FileKind, Post, RichText, plain
from bot.text.characters import is_blank
from bot.text.direction import attribution, turns, under
from bot.text.sizes import fitting, json_size, size
from bot.text.split import split
from bot.text.telegram import length
from bot.text.tree import mark_count

HEADER = 8
"""Most UTF-16 units that an adapter may put around an attribution."""
ISOLATES = 2
"""UTF-16 units that an adapter puts around each line of a text whose direction differs from its attribution's."""

ALBUMS = {
    FileKind.PHOTO: "pictures",
    FileKind.VIDEO: "pictures",
    FileKind.DOCUMENT: "documents",
    FileKind.AUDIO: "audio",
}
"""Files of the same sort can be one album (Bot API, "sendMediaGroup")."""


async def parts_of(post: Post, can: Capabilities, *, kept: int = 0) -> list[tuple[int, Post]]:
    """Return the messages that a post becomes, each with the number of its first part: every file is a part.

    The text is the caption of the first file. If it does not fit, it follows in messages of its own, that of somebody
    with an author as a whole: their file has the attribution. A file without a caption takes the number of the text
    before it, too. Buttons go under the last message, so a text with buttons follows an album. `kept`: the message has
    so many files already, which stay. Yields to other tasks after each piece, as a long text may have many.
    """
    groups = list(_groups(post.files, can.album_size))
    taken = len(post.files) or kept
    captioned = bool(taken) and not (post.buttons and (len(groups[-1]) if groups else kept) > 1)
    blank = bool(taken) and is_blank(plain(post.text))
    apart = bool(post.files) and post.files[0].kind in can.uncaptioned
    pieces = [] if blank else await _pieces(post, can, can.caption_length if captioned and not apart else None)
    if blank and not captioned:
        raise ValueError("buttons under an album need a text")
    if post.author and captioned and not apart and len(pieces) > 1:  # the file has only the attribution, then
        pieces = [(), *await _pieces(post, can, None)]
    bare = replace(post, text=(), buttons=(), mentions=(), files=())
    made: list[tuple[int, Post]] = []
    number = 0
    for group in groups or [()] * bool(kept):
        caption = pieces.pop(0) if captioned and pieces and number == 0 else ()
        made.append((number, replace(bare, text=caption, files=group)))
        number += len(group) or kept
        number += bool(apart and number == 1 and (caption or post.author))
    made += [(number + more, replace(bare, text=piece)) for more, piece in enumerate(pieces)]
    last, end = made[-1]
    made[-1] = last, replace(end, buttons=post.buttons, mentions=post.mentions)
    return made


def separate(parts: Iterable[tuple[int, Post]]) -> Iterator[tuple[int, Post]]:
    """Yield the parts with each file of an album on its own, as they can be edited."""
    for number, post in parts:
        yield number, replace(post, files=post.files[:1])
        for more, file in enumerate(post.files[1:], number + 1):
            yield more, replace(post, text=(), buttons=(), mentions=(), files=(file,))


def _groups(files: Sequence[File], most: int) -> Iterator[tuple[File, ...]]:
    """Yield the files that go into one message together."""
    for sort, alike in groupby(files, key=lambda file: ALBUMS.get(file.kind)):
        rest = list(alike)
        step = most if sort else 1
        for start in range(0, len(rest), step):
            yield tuple(rest[start : start + step])


async def _pieces(post: Post, can: Capabilities, first: int | None) -> list[RichText]:
    """Return the pieces of the text; `first`: a lower limit for the first one."""
    header = length(attribution(post.author)) + HEADER if post.author else 0
    per_line = ISOLATES if post.author and turns(post.author, post.text) else 0
    texts: list[RichText] = []
    for text in split(post.text, can.text_length - header, per_line, None if first is None else first - header):
        await asyncio.sleep(0)
        for piece in _fitting(post, text, can):
            texts.append(piece)
            await asyncio.sleep(0)
    return texts


def _fitting(post: Post, text: RichText, can: Capabilities) -> Iterable[RichText]:
    """Split a part further if it is short enough but has too many marks, or takes too many bytes once encoded."""
    author = post.author
    if can.entities:
        return fitting(text, can.entities - bool(author), mark_count)
    if can.text_bytes is None:
        return (text,)
    room = max(can.text_bytes - _beside(post), can.text_bytes // 4)
    return fitting(text, room, lambda part: size(under(author, part) if author else part))


def _beside(post: Post) -> int:
    """Return the bytes needed beside the text: attribution, labels and alternatives, plain and as HTML; mentions."""
    name = attribution(post.author) if post.author else ""
    shown = [name, *(f" · {button.emoji} {button.label}" for button in post.buttons)]
    shown += [word for file in post.files for word in (file.name, file.alt)]
    return json_size(*shown, *map(escape, shown), name, *map(str, post.mentions))
