"""What a feed lists is recognised, filtered and queued; corrections change what was posted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import blake2b
from typing import NamedTuple

from bot.commands.context import Context
from bot.fetching.documents import FeedItem
from bot.model import plain
from handlers.feeds import _approval as approval
from handlers.feeds import _posts as posts
from handlers.feeds._filters import passes
from handlers.feeds._rendering import data_of, post_text
from storage import Feed, ItemState, StoredItem

MOST_GATHERED = 100
"""New items of one fetch that can wait for a digest."""
MOST_CORRECTED = 5
"""Posts that are edited after one fetch; more follow after the next ones."""
CORRECTABLE = timedelta(days=7)
"""For how long after it was ready a post is corrected."""
LISTED = timedelta(days=1)
"""How often it is recorded which items a feed still lists."""
DISTINCTIVE = 40
"""Characters from which on two items with equal texts are the same item."""


class Keys(NamedTuple):
    """The digests by which an item is recognised; as in `StoredItem`."""

    guid: str
    link: str
    content: str


async def take(ctx: Context, feed: Feed, listed: Sequence[FeedItem]) -> int:
    """Queue the new items of a feed, at most as many as it may post at once, and return how many these are."""
    items = _distinct(listed)
    known = KnownItems(await ctx.store.feed_items.of_feed(feed), items)
    new: list[tuple[FeedItem, Keys]] = []
    corrected = 0
    for item, keys in items:
        stored = known.find(item, keys)
        if stored is None:
            new.append((item, keys))
        else:
            corrected += await _seen_again(ctx, feed, item, keys, stored, edits=corrected < MOST_CORRECTED)
    await _mark_listed(ctx, feed, [keys for _item, keys in items])
    return await _take_new(ctx, feed, _newest_first(new))


class KnownItems:
    """The known items of a feed, by what they can be recognised by."""

    def __init__(self, stored: Iterable[StoredItem], listed: Sequence[tuple[FeedItem, Keys]]) -> None:
        """Recognise `listed` items: by a link only if no two of them have it."""
        self._links = Counter(keys.link for _item, keys in listed)
        known = list(stored)
        self._by_guid = {each.guid: each for each in known}
        self._by_link = {each.link: each for each in known}
        self._by_content = {each.content: each for each in known}

    def find(self, item: FeedItem, keys: Keys) -> StoredItem | None:
        """Return the item that is the same, although its id may have changed."""
        if found := self._by_guid.get(keys.guid):
            return found
        if keys.link and self._links[keys.link] == 1 and (found := self._by_link.get(keys.link)):
            same = found.content == keys.content or not (item.published and item.published > found.seen_at)
            return found if same else None  # a page whose news stand under one address
        return self._by_content.get(keys.content) if _is_distinctive(item) else None


def _is_distinctive(item: FeedItem) -> bool:
    """Whether the text of an item is long enough to tell it from others."""
    return len(item.title) + len(plain(item.summary)) >= DISTINCTIVE


def _distinct(listed: Iterable[FeedItem]) -> list[tuple[FeedItem, Keys]]:
    """Return the items with their keys; of several with one id the first."""
    found: dict[str, tuple[FeedItem, Keys]] = {}
    for item in listed:
        keys = Keys(_digest(item.id), _digest(item.canonical), item.digest)
        found.setdefault(keys.guid, (item, keys))
    return list(found.values())


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest() if text else ""


def _newest_first(items: list[tuple[FeedItem, Keys]]) -> list[tuple[FeedItem, Keys]]:
    """Return items by when they were published, if all of them say so; otherwise as the feed has them."""
    dated = [(item.published, item, keys) for item, keys in items if item.published]
    if len(dated) < len(items):
        return items
    return [(item, keys) for _at, item, keys in sorted(dated, key=lambda each: each[0], reverse=True)]


async def _take_new(ctx: Context, feed: Feed, newest_first: Sequence[tuple[FeedItem, Keys]]) -> int:
    usual = MOST_GATHERED if feed.digest else posts.MOST
    most = usual if feed.allowance is None else feed.allowance
    wanted: list[tuple[FeedItem, Keys]] = []
    left: list[Keys] = []
    rest = 0
    for item, keys in newest_first:
        if not passes(feed, item):
            left.append(keys)
        elif len(wanted) == most:
            rest += 1
            left.append(keys)
        elif await _is_known_elsewhere(ctx, feed, item, keys):
            left.append(keys)
        else:
            wanted.append((item, keys))
    await ctx.store.feed_items.skip(feed, left, ctx.now)
    for item, keys in reversed(wanted):
        await _add(ctx, feed, item, keys, ItemState.WAITING if feed.approve else ItemState.APPROVED)
    if wanted and not feed.approve:
        await posts.plan(ctx, feed)
    if rest and feed.read_at:
        chats = await (approval.coordinator_chats if feed.approve else posts.targets)(ctx, feed)
        await posts.announce_rest(ctx, feed, rest, chats)
    return len(wanted)


async def _is_known_elsewhere(ctx: Context, feed: Feed, item: FeedItem, keys: Keys) -> bool:
    """Return whether another feed, or a person, has posted an item in the dialogue."""
    if await ctx.store.feed_items.elsewhere(feed, keys.link, keys.content if _is_distinctive(item) else ""):
        return True
    return bool(item.canonical) and await ctx.store.shared_links.has(
        feed.dialogue_id, ctx.signer.fingerprint(item.canonical)
    )


async def _add(ctx: Context, feed: Feed, item: FeedItem, keys: Keys, state: ItemState) -> None:
    data = data_of(item)
    id = await ctx.store.feed_items.add(feed, **keys._asdict(), state=state, at=ctx.now, data=data)
    if state is ItemState.WAITING and (stored := await ctx.store.feed_items.hold(id)):
        await approval.ask(ctx, feed, stored)


async def _seen_again(ctx: Context, feed: Feed, item: FeedItem, keys: Keys, stored: StoredItem, *, edits: bool) -> bool:
    """Record the new id of a known item, and its new content; return whether a post was changed.

    Without `edits`, a post that is to be changed waits for the next fetch.
    """
    if keys.guid != stored.guid:
        await ctx.store.feed_items.set(stored, guid=keys.guid)
    if keys.content == stored.content:
        return False
    changes_post = stored.state is ItemState.POSTED and (stored.ready_at or stored.seen_at) > ctx.now - CORRECTABLE
    if changes_post and not edits:
        return False
    pending = stored.state in {ItemState.WAITING, ItemState.APPROVED}
    data = data_of(item)
    await ctx.store.feed_items.set(stored, content=keys.content, link=keys.link, **({"data": data} if pending else {}))
    if changes_post and stored.message_id:
        await ctx.update(stored.message_id, post_text(feed, data, corrected=True))
    if stored.state is ItemState.WAITING and (held := await ctx.store.feed_items.hold(stored.id)):
        await approval.ask_again(ctx, feed, held)
    return changes_post


async def _mark_listed(ctx: Context, feed: Feed, keys: Sequence[Keys]) -> None:
    if feed.listed_at is None or feed.listed_at <= ctx.now - LISTED:
        await ctx.store.feed_items.mark_listed(feed, [each.guid for each in keys], ctx.now)
        await ctx.store.feeds.set(feed, listed_at=ctx.now)
