"""What items look like in the chats; and the job that posts those that are ready, with their pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.commands.context import Context
from bot.fetching.pictures import Picture
from bot.jobs.kinds import JobKind, Work
from bot.model import File, FileKind, Link, rich
from bot.text.catalogue import _, lines, n_
from handlers.feeds import _digests as digests
from handlers.feeds._rendering import heading, post_text
from storage import Chat, Feed, ItemState, Job, StoredItem

MOST = 5
"""Items that are posted one by one after each fetch of a feed."""


async def targets(ctx: Context, feed: Feed) -> list[Chat]:
    """Return the chats that get the posts of a feed."""
    chats = await ctx.store.chats.of_dialogue(feed.dialogue_id)
    return [each for each in chats if not feed.cities or (each.city and each.city.id in feed.cities)]


async def plan(ctx: Context, feed: Feed) -> None:
    """Have what is ready posted: at once, or with the next digests."""
    if feed.digest:
        await digests.plan(ctx, feed, await targets(ctx, feed))
    else:
        await ctx.store.jobs.schedule("feed_posts", str(feed.id))


async def announce_rest(ctx: Context, feed: Feed, number: int, chats: Sequence[Chat]) -> None:
    """Post one line about items that are too many to be posted one by one (trust: case 54)."""
    rest = n_("{n} more new item is not posted here.", "{n} more new items are not posted here.", number)
    rows = [heading(feed), rest]
    rows += [_("All of them: {site}", site=rich(Link(feed.site, rich(feed.site))))] if feed.site else []
    dialogue = await ctx.store.dialogues.get(feed.dialogue_id)
    await ctx.post(chats, lines(*rows), dialogue=dialogue)


Pictures = Mapping[int, Picture]


async def _prepare(work: Work, job: Job) -> Pictures:
    """Fetch the pictures of the items that are to be posted, by the items' ids."""
    async with work.database.begin() as store:
        feed = await store.feeds.find(int(job.key))
        ready = await store.feed_items.in_state(feed, ItemState.APPROVED) if feed and not feed.digest else []
    found = {each.id: await work.feeds.picture(url) for each in ready[:MOST] if (url := each.data.get("picture"))}
    return {id: picture for id, picture in found.items() if picture}


async def _apply(ctx: Context, job: Job, pictures: Pictures) -> None:
    """Post what is ready. An item counts as posted in the transaction that queues its deliveries."""
    feed = await ctx.store.feeds.of_job(int(job.key))
    if feed is None or feed.digest:
        return
    ready = await ctx.store.feed_items.in_state(feed, ItemState.APPROVED)
    chats = await targets(ctx, feed)
    until = await ctx.store.feed_items.digested(feed)
    dialogue = await ctx.store.dialogues.get(feed.dialogue_id)
    for item in ready[:MOST]:
        files = await _files(ctx, item, pictures.get(item.id))
        lacking = [each for each in chats if not _had(item, each, until)]
        post = await ctx.post(lacking, post_text(feed, item.data), files=files, dialogue=dialogue)
        await ctx.store.feed_items.close([item], ItemState.POSTED, post)
    if len(ready) > MOST:
        await ctx.store.jobs.schedule("feed_posts", job.key)


def _had(item: StoredItem, chat: Chat, until: Mapping[int, datetime]) -> bool:
    """Whether an item was in a digest of the chat's city, before the feed ceased to have any."""
    end = until.get(chat.city.id) if chat.city else None
    return end is not None and item.ready_at is not None and item.ready_at <= end


async def _files(ctx: Context, item: StoredItem, picture: Picture | None) -> Sequence[File]:
    if picture is None:
        return ()
    source, size = await ctx.store.files.add(picture.data, ctx.now)
    return [
        File(
            kind=FileKind.PHOTO,
            source=source,
            name=picture.name,
            mime=picture.mime,
            size=size,
            alt=item.data["alt"] or item.data["title"],
            width=picture.width,
            height=picture.height,
        )
    ]


POSTS = JobKind(name="feed_posts", prepare=_prepare, apply=_apply, attempts=None)
