"""RSS and Atom, read by feedparser. It gets bytes only: strings it would fetch or open."""

from __future__ import annotations

import calendar
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

from bot.fetching.documents import FeedItem, ParsedFeed
from bot.fetching.markup import pictures_in
from bot.fetching.texts import (
    LONGEST_LINE,
    address,
    canonical,
    hashed,
    identity,
    in_range,
    language_of,
    summary_of,
    title_of,
)
from bot.model import plain
from bot.text.html.tokens import unescape

Entry: TypeAlias = Mapping[str, Any]


def parse(body: bytes, content_type: str, url: str, most: int) -> ParsedFeed | None:
    """Return the feed in a body, with up to `most` items; None if it is none."""
    import feedparser

    headers = {"content-type": content_type}
    found: Any = feedparser.parse(body, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)
    if not (found.get("version") or found.entries):
        return None
    # As plain dicts: those of feedparser take the one date for the other.
    feed, atom = dict(found.feed), found.get("version", "").startswith("atom")
    items = (_item(dict(entry), url, atom=atom) for entry in found.entries[:most])
    return ParsedFeed(
        title=_title(feed, atom=atom),
        link=address(feed.get("link"), url),
        language=language_of(feed.get("language")),
        items=tuple(item for item in items if item.title or item.summary or item.link),
    )


def _item(entry: Entry, url: str, *, atom: bool) -> FeedItem:
    title, link = _title(entry, atom=atom), address(entry.get("link"), url)
    source = _source(entry)
    base = address(source.get("base"), link or url) or link or url
    summary = summary_of(source.get("value", ""), base, html=source.get("type") != "text/plain")
    digest = hashed(title, plain(summary))
    picture, alt = next(_pictures(entry, base), ("", ""))
    return FeedItem(
        id=identity(entry.get("id", ""), link, digest),
        link=link,
        canonical=canonical(link),
        title=title,
        summary=summary,
        digest=digest,
        published=_moment(entry, "published") or _moment(entry, "updated"),
        updated=_moment(entry, "updated"),
        picture=picture,
        picture_alt=alt,
    )


def _title(of: Entry, *, atom: bool) -> str:
    """Return a title. Only Atom says whether it is HTML; elsewhere markup is literal, except character references."""
    text = of.get("title", "")
    markup = atom and of.get("title_detail", {}).get("type", "").endswith("html")
    return title_of(text if atom else unescape(text[:LONGEST_LINE]), html=markup)


def _source(entry: Entry) -> Entry:
    """Return the summary, or else the content, with its type and base."""
    summary: Entry = entry.get("summary_detail", {})
    return summary if summary.get("value", "").strip() else next(iter(entry.get("content", ())), {})


def _pictures(entry: Entry, base: str) -> Iterator[tuple[str, str]]:
    """Yield the addresses of pictures, with a description, the most fitting first."""
    files = [(each, each.get("url")) for each in entry.get("media_content", ())]
    files += [(each, each.get("href")) for each in entry.get("links", ()) if each.get("rel") == "enclosure"]
    found = [url for file, url in files if _is_picture(file)]
    found += [each.get("url") for each in entry.get("media_thumbnail", ())]
    found.append(entry.get("image", {}).get("href"))
    yield from ((at, "") for each in found if (at := address(each, base)))
    for source in (*entry.get("content", ()), entry.get("summary_detail", {})):
        yield from pictures_in(source.get("value", ""), base)


def _is_picture(file: Entry) -> bool:
    return file.get("medium") == "image" or file.get("type", "").startswith("image/")


def _moment(entry: Entry, key: str) -> datetime | None:
    """Return a date; feedparser understands many formats, but RFC 5322 only with an offset."""
    parsed: time.struct_time | None = entry.get(f"{key}_parsed")
    try:
        if parsed:
            return in_range(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
        found = parsedate_to_datetime(entry.get(key, "")[:100])
    except (ValueError, OverflowError):
        return None
    return in_range(found if found.tzinfo else found.replace(tzinfo=UTC))
