"""What a feed or a page contains, as far as we use it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """An item of a feed; nothing in it is longer than people read, and no link leads anywhere but to the web.

    `id`: the feed's own id, otherwise the link, otherwise `digest`. `title`: literal text, one line, may be empty.
    `canonical`: what the links of the same article have in common, for comparison only; empty without a link.
    `digest`: the SHA-256 of what is shown, in hexadecimal; it changes when the item is corrected.
    `published`, `updated`: aware, UTC; they may be in the future. `picture`: an address, not fetched yet, or empty.
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
    """A feed. `items`: the first of them, as ordered in the feed. `language`: as declared (`de-DE`), or empty.

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
    """A page that is not a feed, with those that it names."""

    feeds: tuple[FeedLink, ...] = ()
