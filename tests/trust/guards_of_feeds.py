"""The guards of what a feed makes the bot post, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.commands.context import Context
from bot.fetching.documents import FeedItem
from handlers.feeds import _arrivals, _fetching, _opml, _posts
from handlers.feeds._arrivals import Keys, KnownItems
from storage import Feed, StoredItem
from tests.trust import test_feeds as feeds
from tests.trust.guards import instead, nothing

_take_new = _arrivals._take_new


async def _all_of_them(ctx: Context, feed: Feed, newest_first: Sequence[tuple[FeedItem, Keys]]) -> int:
    return await _take_new(ctx, replace(feed, allowance=None), newest_first)


def _by_id_alone(self: KnownItems, _item: FeedItem, keys: Keys) -> StoredItem | None:
    return self._by_guid.get(keys.guid)


declarations_read = instead(_opml, "_no_declarations", nothing)
backlogs_posted = instead(_arrivals, "_take_new", _all_of_them)
ids_alone_compared = instead(KnownItems, "find", _by_id_alone)
posts_without_end = instead(_posts, "MOST", 10**6)
titles_as_they_come = instead(_fetching, "feed_title", lambda title, _url: title)

GUARDS: list[Any] = [
    (feeds.test_case_50_a_list_of_feeds_that_declares_entities_is_rejected, declarations_read),
    (feeds.test_case_53_the_first_look_brings_no_backlog, backlogs_posted),
    (feeds.test_case_54_items_whose_ids_have_changed_are_recognised, ids_alone_compared),
    (feeds.test_case_54_a_feed_whose_items_all_seem_new_is_capped, posts_without_end),
    (feeds.test_case_109_the_title_of_a_feed_is_never_a_link, titles_as_they_come),
]
