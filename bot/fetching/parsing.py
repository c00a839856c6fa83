"""Parse feeds and pages. This runs in a process of its own (`bot.fetching.worker`): it may take long."""

from __future__ import annotations

import calendar
import hashlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.fetching.documents import FeedItem, ParsedFeed, ParsedPage
from bot.model import RichText, plain, rich
from bot.text.addresses import clean_url
from bot.text.html import parse as parse_html

ITEMS = 200


def parse_document(body: bytes, content_type: str, url: str) -> ParsedFeed | ParsedPage:
    """Parse a body. Raises ValueError if it is neither a feed nor a page."""
    import feedparser

    headers = {"content-location": url, "content-type": content_type}
    found: Any = feedparser.parse(body, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)
    if not found.get("version"):
        return ParsedPage()
    return ParsedFeed(
        title=found.feed.get("title", ""),
        link=clean_url(found.feed.get("link", "")),
        language=found.feed.get("language", ""),
        items=tuple(_item(each) for each in found.entries[:ITEMS]),
    )


def _item(entry: Mapping[str, Any]) -> FeedItem:
    title = " ".join(entry.get("title", "").split())[:200]
    summary = _cut(parse_html(entry.get("summary", "")[:64_000]))
    link = clean_url(entry.get("link", ""))
    digest = hashlib.sha256(f"{title}\n{plain(summary)}".encode()).hexdigest()
    return FeedItem(
        id=entry.get("id") or link or digest,
        link=link,
        canonical=link,
        title=title,
        summary=summary,
        digest=digest,
        published=_moment(entry.get("published_parsed")),
        updated=_moment(entry.get("updated_parsed")),
    )


def _cut(text: RichText) -> RichText:
    shown = plain(text)
    return text if len(shown) <= 500 else rich(shown[:500].rsplit(None, 1)[0] + " …")


def _moment(parsed: time.struct_time | None) -> datetime | None:
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
