"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from bot.fetching.documents import FeedItem, ParsedFeed
from bot.fetching.markup import pictures_in
from bot.fetching.texts import address, canonical, hashed, identity, language_of, moment, summary_of, title_of
from bot.model import plain

Raw: TypeAlias = dict[str, Any]


def parse(text: str, url: str, most: int) -> ParsedFeed:
    """Return the feed in a text, with up to `most` items. Raises ValueError if it is none."""
    feed = json.loads(text)
    version = _text(feed, "version") if isinstance(feed, dict) else ""
    if version.partition("://")[2].removeprefix("www.").partition("/version/1")[0] != "jsonfeed.org":
        raise ValueError("not a JSON Feed")
    items = feed.get("items") if isinstance(feed.get("items"), list) else []
    kept = items if len(items) <= most else items[: most // 2] + items[-most // 2 :]
    found = [_item(each, url) for each in kept if isinstance(each, dict)]
    return ParsedFeed(
        title=title_of(_text(feed, "title")),
        link=address(feed.get("home_page_url"), url),
        language=language_of(feed.get("language")),
        items=tuple(item for item in found if item.title or item.summary or item.link),
    )


def _item(item: Raw, url: str) -> FeedItem:
    title, link = title_of(_text(item, "title")), address(item.get("url") or item.get("external_url"), url)
    short, html = _text(item, "summary") or _text(item, "content_text"), _text(item, "content_html")
    summary = summary_of(short or html, link or url, html=not short)
    digest = hashed(title, plain(summary))
    in_text = next(pictures_in(html, link or url), ("", ""))
    picture = next(filter(None, (address(each, url) for each in _named_pictures(item))), "")
    return FeedItem(
        id=identity(_text(item, "id"), link, digest),
        link=link,
        canonical=canonical(link),
        title=title,
        summary=summary,
        digest=digest,
        published=moment(_text(item, "date_published") or _text(item, "date_modified")),
        updated=moment(_text(item, "date_modified")),
        picture=picture or in_text[0],
        picture_alt="" if picture else in_text[1],
    )


def _named_pictures(item: Raw) -> list[object]:
    attachments = item.get("attachments")
    files = [each for each in attachments if isinstance(each, dict)] if isinstance(attachments, list) else []
    pictures = [each.get("url") for each in files if _text(each, "mime_type").startswith("image/")]
    return [item.get("image"), item.get("banner_image"), *pictures]


def _text(raw: Raw, key: str) -> str:
    """Return a text; of a number, as some feeds have for an id, its digits."""
    value = raw.get(key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
