"""The calls that a post takes: a text, a file or an album each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from telegram import InlineKeyboardMarkup

from bot.messengers.base import PermanentError
from bot.messengers.capabilities import CAPABILITIES
from bot.messengers.telegram.content import Content, content
from bot.messengers.telegram.venues import VenueCall, venue_of
from bot.model import File, FileKind, MessengerName, Post
from bot.text.characters import units

_LIMITS = CAPABILITIES[MessengerName.TELEGRAM]
_MOST_PIXELS, _LONGEST_RATIO = 10_000, 20
"""A photo's width and height together, and the ratio of the two, are at most this (Bot API, "sendPhoto")."""
_PICTURES = frozenset({FileKind.PHOTO, FileKind.VIDEO})
_ALIKE = frozenset({FileKind.DOCUMENT, FileKind.AUDIO})
"""Kinds that make albums only with their own (Bot API, "sendMediaGroup")."""
_CHOOSY = frozenset({FileKind.PHOTO, FileKind.VOICE, FileKind.VIDEO_NOTE, FileKind.STICKER})
"""Kinds for which Telegram takes certain formats only."""
_NOTHING = Content("", (), None)


@dataclass(frozen=True, slots=True)
class Part:
    """What one call sends: a venue, a text, or files of which one, by default the first, has it as its caption."""

    content: Content
    files: tuple[File, ...] = ()
    captioned: int = 0
    venue: VenueCall | None = None

    @property
    def messages(self) -> int:
        """The number of messages that it becomes."""
        return len(self.files) or 1

    @property
    def keyboards(self) -> list[InlineKeyboardMarkup | None]:
        """The keyboard of each message; albums have none."""
        return [self.content.keyboard if self.messages == 1 else None] * self.messages

    def without(self, messages: int) -> Part:
        """Return the part without its first `messages`, which are fewer than all."""
        if messages > self.captioned:
            return Part(_NOTHING, self.files[messages:])
        return replace(self, files=self.files[messages:], captioned=self.captioned - messages)


def parts_of(post: Post, more: Sequence[Post] = ()) -> list[Part]:
    """Return the parts of a post, in order; `more` posts are further sections of its text or caption, or of its album.

    Files that Telegram does not put into one album follow each other. A text that no caption can hold goes first.
    Raises PermanentError for what no message can hold.
    """
    if more and more[0].files:
        return list(_album_of((post, *more)))
    if len(post.files) > _LIMITS.album_size or (len(post.files) > 1 and post.buttons):
        raise PermanentError("Telegram cannot show this as one message")
    text = content(post, more)
    if not post.files:
        return [Part(text, venue=venue_of(post))]
    albums = list(_albums([_fitting(file) for file in post.files]))
    if albums[0][0].kind not in _LIMITS.uncaptioned and units(text.text) <= _LIMITS.caption_length:
        return [Part(text, albums[0]), *(Part(_NOTHING, files) for files in albums[1:])]
    if not text.text:
        return [Part(text, albums[0])]
    return [Part(text), *(Part(_NOTHING, files) for files in albums)]


def as_documents(part: Part) -> list[Part]:
    """Return the parts that send the files of a part as documents, because Telegram rejects their format."""
    alone = len(part.files) == 1
    plain = [replace(file, kind=FileKind.DOCUMENT) if alone or file.kind in _CHOOSY else file for file in part.files]
    return list(_captioned(part.content, _albums(plain), part.captioned))


def _album_of(posts: Sequence[Post]) -> Iterator[Part]:
    """Yield the parts of an album of posts with one file each; in each, the post with words has the caption."""
    start = 0
    for files in _albums([_fitting(file) for post in posts for file in post.files]):
        here = posts[start : start + len(files)]
        worded = next((number for number, post in enumerate(here) if post.text), 0)
        yield Part(content(here[worded]), files, worded)
        start += len(files)


def _captioned(text: Content, albums: Iterable[tuple[File, ...]], place: int) -> Iterator[Part]:
    """Yield the parts of some albums; `text` is the caption of file number `place` of all of them."""
    for files in albums:
        here = 0 <= place < len(files)
        yield Part(text if here else _NOTHING, files, place if here else 0)
        place -= len(files)


def remaining(parts: Sequence[Part], messages: int) -> Iterator[Part]:
    """Yield what is still to be sent after the first `messages` have been."""
    for part in parts:
        if messages < part.messages:
            yield part.without(messages)
        messages = max(0, messages - part.messages)


def in_order(parts: Sequence[Part], ids: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the messages of all parts as copies are numbered: a file that has no caption, then its text."""
    before = int(len(parts) > 1 and not parts[0].files and parts[1].files[0].kind in _LIMITS.uncaptioned)
    return (*ids[before:], *ids[:before])


def _fitting(file: File) -> File:
    """Return the file, as a document if it is a photo that Telegram would reject."""
    size = (file.width or 1, file.height or 1)
    known = file.width and file.height
    large = (file.size or 0) > (_LIMITS.photo_bytes or 0)
    odd = known and (sum(size) > _MOST_PIXELS or max(size) > _LONGEST_RATIO * min(size))
    return replace(file, kind=FileKind.DOCUMENT) if file.kind is FileKind.PHOTO and (large or odd) else file


def _albums(files: Sequence[File]) -> Iterator[tuple[File, ...]]:
    """Yield files that can go together, in order."""
    for family, group in groupby(files, _family):
        together = tuple(group)
        yield from [together] if family else [(file,) for file in together]


def _family(file: File) -> str:
    """Return what files of one album have in common; empty for those that make none."""
    if file.kind in _PICTURES:
        return "picture"
    return file.kind if file.kind in _ALIKE else ""
