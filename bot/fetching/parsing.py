"""Parse whatever an address leads to. As it may take long, it runs in a process of its own (`bot.fetching.worker`)."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import replace

from bot.fetching import json_feed, syndication
from bot.fetching.documents import Document, FeedItem, ParsedFeed
from bot.fetching.markup import parse_page
from bot.fetching.texts import canonical

ITEMS = 200
"""Items of a feed, at most. Of one that has more they are those at its newer end: some feeds begin with the oldest."""

_ENCODINGS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_WIDE = re.compile(rb"(?<=^<\?xml version=.1\.0.) encoding=[\"'](?:utf-?16|utf-?32|ucs-?2)\w*[\"']", re.IGNORECASE)
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?+\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+)*+", re.DOTALL)
_HTML = re.compile(rb"(?:<!doctype\s+html\b|<html\b|<head\b)", re.IGNORECASE)
_SUBSET = re.compile(rb"<!doctype[^>\[]*+\[", re.IGNORECASE)
_SURROGATE = re.compile(
    rb"&#(?:x0*+d[89a-f][0-9a-f]{2}|0*+5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3]));", re.IGNORECASE
)
"""References to half a character, as some systems write emoji: feedparser fails at them."""
_ITEM_END = re.compile(rb"</(?:[\w.-]++:)?(?:item|entry)\s*+>")


def parse_document(body: bytes, content_type: str, url: str) -> Document:
    """Return the feed in a body, or the page that it is. Raises ValueError for a feed that cannot be read."""
    body = _as_utf8(body)
    if body[:500].removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        return _tidy(json_feed.parse(body.decode("utf-8-sig", "replace"), url, 2 * ITEMS), url)
    start = match.end() if (match := _PROLOG.match(body)) else 0
    if _HTML.match(body, start):
        return parse_page(body, content_type, url)
    if _SUBSET.match(body, start):
        raise ValueError("declares entities")  # billion laughs, XXE (trust: case 50)
    feed = syndication.parse(_shortened(_SURROGATE.sub(b"", body)), content_type, url, 2 * ITEMS)
    return parse_page(body, content_type, url) if feed is None else _tidy(feed, url)


def _as_utf8(body: bytes) -> bytes:
    """Convert UTF-16, which is recognised by its first two bytes, and is else often declared though it is none."""
    encoding = _ENCODINGS.get(body[:2])
    body = body.decode(encoding, "replace").encode() if encoding else body
    return _WIDE.sub(b"", body, count=1)


def _shortened(body: bytes) -> bytes:
    """Leave out what is between both ends of a long feed, without parsing it; the rest is as well-formed as before."""
    ends = [match.end() for match in _ITEM_END.finditer(body)]
    return body[: ends[ITEMS - 1]] + body[ends[-ITEMS - 1] :] if len(ends) > 2 * ITEMS else body


def _tidy(feed: ParsedFeed, url: str) -> ParsedFeed:
    """Keep the newer end; do without ids and links that several items share: they identify nothing."""
    if len(feed.items) > ITEMS:
        feed = replace(feed, items=feed.items[-ITEMS:] if _begins_with_the_oldest(feed) else feed.items[:ITEMS])
    items = {(item.id, item.link, item.digest): item for item in feed.items}.values()
    ids = Counter(item.id for item in items)
    links = Counter(item.canonical for item in items) + Counter([canonical(feed.link), canonical(url)])
    return replace(feed, items=tuple(_identified(item, ids, links) for item in items))


def _begins_with_the_oldest(feed: ParsedFeed) -> bool:
    dates = [item.published for item in feed.items if item.published]
    return bool(dates) and dates[0] < dates[-1]


def _identified(item: FeedItem, ids: Counter[str], links: Counter[str]) -> FeedItem:
    alone = links[item.canonical] == 1
    id = item.id if ids[item.id] == 1 else (item.link if item.link and alone else item.digest)
    return replace(item, id=id, canonical=item.canonical if alone else "")
