"""Read feeds and pictures from the web."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from bot.fetching.base import Fetched, Fetcher, FetchError, FetchProblem
from bot.fetching.documents import Document, FeedLink, ParsedFeed, ParsedPage
from bot.fetching.guard import Network
from bot.fetching.http import HttpFetcher
from bot.fetching.pictures import LARGEST_PICTURE, PICTURES, Picture, picture_of
from bot.fetching.process import ParserProcess

FEEDS = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


class Parser(Protocol):
    """Something that parses what was fetched."""

    async def parse(self, body: bytes, content_type: str, url: str) -> Document:
        """Parse a body. Raises FetchError if it cannot be parsed."""

    async def close(self) -> None:
        """End what was started for it."""


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What was fetched, and the feed in it; None if it is not modified."""

    fetched: Fetched
    feed: ParsedFeed | None


class FeedReader:
    """Reads feeds, looks for them on pages, and fetches the pictures of their items."""

    def __init__(self, fetcher: Fetcher, parser: Parser) -> None:
        """Fetch and parse with these."""
        self._fetcher = fetcher
        self._parser = parser

    async def read(self, url: str, *, etag: str = "", modified: str = "") -> FeedAnswer:
        """Return the feed at an address. `etag` and `modified`: of the last answer. Raises FetchError."""
        fetched = await self._fetcher.fetch(url, etag=etag, modified=modified, accept=FEEDS)
        if fetched.not_modified:
            return FeedAnswer(fetched, None)
        document = await self._parsed(fetched)
        if isinstance(document, ParsedPage):
            raise FetchError(FetchProblem.NOT_A_FEED)
        return FeedAnswer(fetched, document)

    async def find(self, url: str) -> FeedAnswer | tuple[FeedLink, ...]:
        """Return the feed at an address, or those that the page there names if there are several.

        If it names none, the first is returned that is found where sites usually have one. Raises FetchError, also if
        there is none.
        """
        fetched = await self._fetcher.fetch(url, accept=FEEDS)
        document = await self._parsed(fetched)
        if isinstance(document, ParsedFeed):
            return FeedAnswer(fetched, document)
        if len(document.feeds) > 1:
            return document.feeds
        return await self._first_of((*(each.url for each in document.feeds), *document.guesses))

    async def _first_of(self, urls: Collection[str]) -> FeedAnswer:
        error = FetchError(FetchProblem.NOT_A_FEED)
        for url in urls:
            try:
                return await self.read(url)
            except FetchError as failed:
                error = failed if len(urls) == 1 else error
        raise error

    async def _parsed(self, fetched: Fetched) -> Document:
        return await self._parser.parse(fetched.body, fetched.content_type, fetched.url)

    async def picture(self, url: str) -> Picture | None:
        """Return a picture, or None if there is none that can be shown, for whatever reason."""
        try:
            fetched = await self._fetcher.fetch(url, limit=LARGEST_PICTURE, accept=PICTURES)
        except FetchError:
            return None
        return picture_of(fetched.body)

    async def close(self) -> None:
        """End all connections, and the process that parses."""
        await self._fetcher.close()
        await self._parser.close()


def guarded_reader(allow: Collection[Network] = ()) -> FeedReader:
    """Return a reader for the network, which may also fetch from the addresses in `allow`."""
    return FeedReader(HttpFetcher(allow), ParserProcess())
