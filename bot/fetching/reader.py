"""Read feeds and pictures from the web."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias

from bot.fetching.base import Fetched, Fetcher, FetchError, FetchProblem
from bot.fetching.documents import FeedLink, ParsedFeed, ParsedPage
from bot.fetching.guard import Network
from bot.fetching.http import HttpFetcher
from bot.fetching.parsing import parse_document
from bot.fetching.pictures import LARGEST_PICTURE, PICTURES, Picture, picture_of

Document: TypeAlias = ParsedFeed | ParsedPage
Parse: TypeAlias = Callable[[bytes, str, str], Awaitable[Document]]
"""Parse a body, given its content type and address. Raises FetchError."""

FEEDS = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What was fetched, and the feed in it; None if it is not modified."""

    fetched: Fetched
    feed: ParsedFeed | None


class FeedReader:
    """Reads feeds, looks for them on pages, and fetches the pictures of their items."""

    def __init__(self, fetcher: Fetcher, parse: Parse) -> None:
        """Fetch with `fetcher`, and parse with `parse`."""
        self._fetcher = fetcher
        self._parse = parse

    async def read(self, url: str, *, etag: str = "", modified: str = "") -> FeedAnswer:
        """Return the feed at an address. `etag` and `modified`: of the last answer. Raises FetchError."""
        fetched = await self._fetcher.fetch(url, etag=etag, modified=modified, accept=FEEDS)
        if fetched.not_modified:
            return FeedAnswer(fetched, None)
        document = await self._parse(fetched.body, fetched.content_type, fetched.url)
        if isinstance(document, ParsedPage):
            raise FetchError(FetchProblem.NOT_A_FEED)
        return FeedAnswer(fetched, document)

    async def find(self, url: str) -> FeedAnswer | tuple[FeedLink, ...]:
        """Return the feed at an address, or those that the page there names, most fitting first.

        If it names exactly one, that one is returned. Raises FetchError, also if there is none.
        """
        fetched = await self._fetcher.fetch(url, accept=FEEDS)
        document = await self._parse(fetched.body, fetched.content_type, fetched.url)
        if isinstance(document, ParsedFeed):
            return FeedAnswer(fetched, document)
        if not document.feeds:
            raise FetchError(FetchProblem.NOT_A_FEED)
        return await self.read(document.feeds[0].url) if len(document.feeds) == 1 else document.feeds

    async def picture(self, url: str) -> Picture | None:
        """Return a picture, or None if there is none that can be shown, for whatever reason."""
        try:
            fetched = await self._fetcher.fetch(url, limit=LARGEST_PICTURE, accept=PICTURES)
        except FetchError:
            return None
        return picture_of(fetched.body)

    async def close(self) -> None:
        """End all connections."""
        await self._fetcher.close()


def guarded_reader(allow: Collection[Network] = ()) -> FeedReader:
    """Return a reader for the network, that may also fetch from the addresses in `allow`."""
    return FeedReader(HttpFetcher(allow), in_thread)


async def in_thread(body: bytes, content_type: str, url: str) -> Document:
    """Parse a body outside the event loop."""
    return await asyncio.to_thread(parse_document, body, content_type, url)
