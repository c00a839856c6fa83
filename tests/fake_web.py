"""A web in memory, and a feed reader on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.fetching.base import LARGEST, Fetched, FetchError, FetchProblem
from bot.fetching.documents import Document
from bot.fetching.parsing import parse_document
from bot.fetching.reader import FeedReader


@dataclass
class FakeFetcher:
    """A `Fetcher` of what stands in `pages`, by address; a `FetchError` there is raised.

    An answer whose `etag` or `modified` the request knows already has no body. `asked`: the addresses, in order.
    """

    pages: dict[str, Fetched | FetchError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(self, url: str, body: str | bytes, content_type: str = "application/rss+xml", **details: str) -> None:
        """Put something at an address. `details`: `etag`, `modified` or `moved`."""
        data = body.encode() if isinstance(body, str) else body
        self.pages[url] = Fetched(url=url, body=data, headers={"Content-Type": content_type}, **details)  # type: ignore[arg-type]

    async def fetch(
        self,
        url: str,
        *,
        etag: str = "",
        modified: str = "",
        limit: int = LARGEST,
        accept: str = "*/*",  # noqa: ARG002 - there is one form of each
    ) -> Fetched:
        self.asked.append(url)
        found = self.pages.get(url) or FetchError(FetchProblem.REFUSED, status=404)
        if isinstance(found, FetchError):
            raise found
        if len(found.body) > limit:
            raise FetchError(FetchProblem.TOO_LARGE)
        if (etag and etag == found.etag) or (not found.etag and modified and modified == found.modified):
            return replace(found, status=304, not_modified=True, body=b"")
        return found

    async def close(self) -> None:
        """Do nothing: there are no connections."""


class LocalParser:
    """A `Parser` in this process, for the tests' own feeds."""

    async def parse(self, body: bytes, content_type: str, url: str) -> Document:
        try:
            return parse_document(body, content_type, url)
        except ValueError as error:
            raise FetchError(FetchProblem.NOT_A_FEED) from error

    async def close(self) -> None:
        """Do nothing: there is no process."""


def reader_of(pages: Mapping[str, Fetched | FetchError] | None = None) -> FeedReader:
    """Return a reader of a web in memory."""
    return FeedReader(FakeFetcher(dict(pages or {})), LocalParser())
