"""HTML, as far as it names pictures and feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from bot.fetching.documents import FeedLink, ParsedPage
from bot.fetching.texts import LONGEST_HTML, address, title_of
from bot.text.html.tokens import Tag, tokens

_LONGEST_PAGE = 1_000_000
_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_COMMENTS = re.compile(r"/comments/|[?&]feed=comments|/kommentare/", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*+=\s*+[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_LIKE_FEED = re.compile(r"\b(?:rss|atom|feed)\b|\.(?:rss|atom)\b", re.IGNORECASE)
_USUAL = ("/feed", "/rss.xml", "/atom.xml", "/rss")
"""Paths at which many sites have a feed that none of their pages names."""
_GUESSES = 5
_MOST = 20
_SMALLEST = 32  # pixels; anything smaller is an icon or counts readers


def pictures_in(html: str, base: str) -> Iterator[tuple[str, str]]:
    """Yield the addresses of the pictures in a text, with their descriptions."""
    for token in tokens(html[:LONGEST_HTML]):
        if isinstance(token, Tag) and token.name == "img":
            attributes = token.attributes()
            sizes = (attributes.get(name, "") for name in ("width", "height"))
            at = address(attributes.get("src"), base)
            if at and not any(size.isdecimal() and int(size[:6]) < _SMALLEST for size in sizes):
                yield at, title_of(attributes.get("alt", ""))


def parse_page(body: bytes, content_type: str, url: str) -> ParsedPage:
    """Return the feeds that a page names, and where else there may be one."""
    base, feeds, guesses = url, dict[str, FeedLink](), dict[str, None]()
    for token in tokens(_decoded(body[:_LONGEST_PAGE], content_type)):
        if isinstance(token, str) or token.closing or token.name not in {"base", "link", "a"}:
            continue
        attributes = token.attributes()
        at = address(attributes.get("href"), base)
        if token.name == "base":
            base = at or base
        elif token.name == "a" and _LIKE_FEED.search(at):
            guesses.setdefault(at)
        elif at and _names_feed(attributes):
            feeds.setdefault(at, FeedLink(at, title_of(attributes.get("title", ""))))
    named = tuple(feeds.values())[:_MOST]
    news = tuple(feed for feed in named if not _COMMENTS.search(feed.url))
    usual = (urljoin(base, path) for path in _USUAL)
    tried = [*list(guesses)[: _GUESSES - 2], *usual]
    return ParsedPage(news or named, () if feeds else tuple(dict.fromkeys(tried))[:_GUESSES])


def _names_feed(attributes: dict[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    return "feed" in relations or ("alternate" in relations and kind in _FEEDS)


def _decoded(body: bytes, content_type: str) -> str:
    declared = _CHARSET.search(content_type.encode(errors="replace")) or _CHARSET.search(body, 0, 2000)
    try:
        return body.decode(declared[1].decode() if declared else "utf-8", "replace")
    except (LookupError, UnicodeError):
        return body.decode("utf-8", "replace")
