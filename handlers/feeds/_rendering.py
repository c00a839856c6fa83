"""What feeds and their items look like in the chats. What comes from a feed is literal text (trust: case 28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.fetching.documents import FeedItem
from bot.model import Link, RichText, bold, plain, rich
from bot.text.catalogue import LazyText, LocaleContext, _, lines
from bot.text.codec import dump, load
from bot.text.foreign import unlinked
from bot.text.languages import locale_name
from bot.text.names import clean_line, guard
from bot.text.split import split
from storage import Feed

LONGEST_SUMMARY = 500
"""Characters of a summary that are posted."""

Data = Mapping[str, Any]


def data_of(item: FeedItem) -> dict[str, Any]:
    """Return the content of an item as it is stored until it is posted."""
    summary = dump(item.summary)
    return {
        "title": item.title,
        "link": item.link,
        "summary": summary,
        "picture": item.picture,
        "alt": item.picture_alt,
    }


def post_text(feed: Feed, data: Data, *, corrected: bool = False) -> LazyText:
    """Return the post of an item."""
    summary = guard(load(data["summary"]))
    rows = [heading(feed), _("{title}", title=title_of(data))]
    rows += [_("{summary}", summary=_beginning(summary))] if plain(summary).strip() and data["title"] else []
    rows += [_("✏️ This has been corrected since.")] if corrected else []
    return lines(*rows)


def heading(feed: Feed) -> LazyText:
    """Return the name of a feed, and its language for those whose own is another."""

    def shown(reader: LocaleContext) -> LazyText:
        if not feed.language or feed.language == reader.locale.partition("_")[0]:
            return _("📰 *{feed}*", feed=feed.title)
        return _("📰 *{feed}* (in {language})", feed=feed.title, language=locale_name(feed.language, reader.locale))

    return LazyText("{heading}", params={"heading": shown})


def title_of(data: Data) -> RichText:
    """Return an item's title, linked to the item; without a title, the beginning of its summary."""
    title = guard(rich(data["title"]) or rich(clean_line(plain(load(data["summary"])), 120) or data["link"]))
    return rich(Link(data["link"], (bold(*title),))) if data["link"] else rich(bold(*title))


def feed_title(title: str, url: str) -> str:
    """Return a title as it is shown: one line, which no client turns into a link (trust: case 109)."""
    host = url.partition("://")[2].partition("/")[0].removeprefix("www.")
    return unlinked(clean_line(title, 60) or clean_line(host, 60))


def _beginning(text: RichText) -> RichText:
    first, *rest = split(text, LONGEST_SUMMARY)
    return rich(*first, " …") if rest else first
