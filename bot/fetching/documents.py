"""What a feed or a page contains, as far as we use it, and its form between processes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeAlias

from bot.model import RichText
from bot.text.codec import dump, load


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """An item of a feed; nothing in it is longer than people read, and no link leads anywhere but to the web.

    `id`: the feed's own, otherwise the link, otherwise `digest`; other items of the feed have other ids. `title`:
    literal text in one line, may be empty. `canonical`: what all links to the article have in common, for comparison
    only; empty if there is no link, or one that does not tell it from others. `digest`: changes when title or summary
    do. `published`, `updated`: UTC; they may be in the future. `picture`: an address, not fetched yet, or empty.
    """

    id: str
    link: str = ""
    canonical: str = ""
    title: str = ""
    summary: RichText = ()
    digest: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    picture: str = ""
    picture_alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed. `items`: the first of them, as ordered in the feed. `language`: a tag such as `de-DE`, or empty.

    `link`: of the page that the feed belongs to, or empty.
    """

    title: str = ""
    link: str = ""
    language: str = ""
    items: tuple[FeedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page names."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A page that is not a feed, with those that it names; if it names none, `guesses` are where one may be."""

    feeds: tuple[FeedLink, ...] = ()
    guesses: tuple[str, ...] = ()


Document: TypeAlias = ParsedFeed | ParsedPage
Packed: TypeAlias = dict[str, Any]


def pack(document: Document) -> Iterator[Packed]:
    """Yield a document as JSON objects: of a feed the number of its items and what is said of it, then each item."""
    if isinstance(document, ParsedPage):
        yield {"feeds": [[each.url, each.title] for each in document.feeds], "guesses": [*document.guesses]}
        return
    about = {"title": document.title, "link": document.link, "language": document.language}
    yield {"items": len(document.items), **about}
    for item in document.items:
        yield {each.name: _packed(getattr(item, each.name)) for each in fields(item)}


def _packed(value: str | datetime | RichText | None) -> object:
    match value:
        case tuple():
            return dump(value)
        case datetime():
            return int(value.timestamp())
        case _:
            return value


async def unpack(packed: AsyncIterator[Any]) -> Document | str:
    """Restore a document from the output of `pack`, or return an error. Raises ValueError for anything else."""
    match await anext(packed):
        case {"error": str(error)}:
            return error
        case {"feeds": list(feeds), "guesses": list(guesses)}:
            links = (FeedLink(_str(url), _str(title)) for url, title in feeds)
            return ParsedPage(tuple(links), tuple(map(_str, guesses)))
        case {"items": int(count), "title": str(title), "link": str(link), "language": str(language)}:
            items = [_item(await anext(packed)) for _number in range(count)]
            return ParsedFeed(title=title, link=link, language=language, items=tuple(items))
        case other:
            raise ValueError(f"not a document: {other!r:.100}")


def _item(packed: Packed) -> FeedItem:
    readers: dict[str, Callable[[Any], Any]] = {"published": _moment, "updated": _moment, "summary": load}
    return FeedItem(**{key: readers.get(key, _str)(value) for key, value in packed.items()})


def _moment(packed: object) -> datetime | None:
    return datetime.fromtimestamp(packed, UTC) if isinstance(packed, int) else None


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a string")  # noqa: TRY004 - the input is wrong, not the program
    return value
