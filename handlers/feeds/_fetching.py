"""The job of each feed: fetch it, take what is new, and come back later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeAlias

from bot.commands.context import Context
from bot.fetching.base import FetchError
from bot.fetching.documents import FeedLink
from bot.fetching.reader import FeedAnswer
from bot.jobs.kinds import JobKind, Work
from bot.text.addresses import same_address
from bot.text.catalogue import LazyText, _, lines, n_
from bot.text.languages import language_code
from handlers.feeds import _adding as adding
from handlers.feeds import _approval as approval
from handlers.feeds import _arrivals as arrivals
from handlers.feeds import _health as health
from handlers.feeds._rendering import feed_title
from storage import Feed, FeedState, Job

SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
"""The time between two fetches; a server that asks for fewer is obeyed within these bounds."""
SPREAD = timedelta(minutes=30)
"""Feeds have intervals of their own, up to so much longer than the shortest, so that they spread by themselves."""
_GOLDEN = 0.6180339887498949

Found: TypeAlias = FeedAnswer | Sequence[FeedLink] | FetchError


async def _prepare(work: Work, job: Job) -> Found | None:
    async with work.database.begin() as store:
        feed = await store.feeds.find(int(job.key))
    if feed is None or feed.state not in {FeedState.NEW, FeedState.ACTIVE}:
        return None
    try:
        if feed.state is FeedState.NEW:
            return await work.feeds.find(feed.url)
        return await work.feeds.read(feed.url, etag=feed.etag, modified=feed.modified)
    except FetchError as error:
        return error


async def _apply(ctx: Context, job: Job, found: Found | None) -> None:
    feed = await ctx.store.feeds.of_job(int(job.key))
    if feed is None or found is None or feed.state not in {FeedState.NEW, FeedState.ACTIVE}:
        return
    if feed.state is FeedState.ACTIVE:
        await approval.expire(ctx, feed)
    match found:
        case FetchError() if feed.state is FeedState.NEW:
            await adding.refuse(ctx, feed, found)
        case FetchError():
            await health.failed(ctx, feed, found)
            await _report(ctx, job, health.reason(await ctx.store.feeds.get(feed.id)))
        case FeedAnswer():
            new = await _read(ctx, feed, found)
            await _report(ctx, job, _result(new))
        case _:
            await adding.offer(ctx, feed, found)


async def _read(ctx: Context, feed: Feed, answer: FeedAnswer) -> int:
    """Take what was read, and schedule the next fetch; return the number of new items to be posted."""
    parsed, fetched = answer.feed, answer.fetched
    if feed.state is FeedState.NEW:
        if not await adding.begin(ctx, feed, answer):
            return 0
        feed = await ctx.store.feeds.get(feed.id)
    else:
        await health.recovered(ctx, feed)
    new = 0
    if parsed:
        title, site = feed_title(parsed.title, feed.url), parsed.link or feed.site
        language = feed.language or language_code(parsed.language) or ""
        feed = await ctx.store.feeds.set(feed, title=title, site=site, language=language)
        new = await arrivals.take(ctx, feed, parsed.items)
    due = ctx.now + interval(feed, fetched.max_age)
    moved = fetched.moved if fetched.moved and await _is_free(ctx, feed, fetched.moved) else feed.url
    fresh = {"problem": "", "status": 0, "failures": 0, "failing_since": None, "told_at": None, "allowance": None}
    kept = {"etag": fetched.etag, "modified": fetched.modified, "read_at": ctx.now, "next_at": due, "url": moved}
    feed = await ctx.store.feeds.set(feed, **fresh, **kept)
    await ctx.store.jobs.schedule("feed", str(feed.id), due)
    if feed.card_id:
        await adding.report(ctx, feed.card_id, answer)
    return new


async def _is_free(ctx: Context, feed: Feed, url: str) -> bool:
    others = await ctx.store.feeds.of_dialogue(feed.dialogue_id)
    return not any(each.id != feed.id and same_address(each.url, url) for each in others)


def interval(feed: Feed, max_age: float | None) -> timedelta:
    """Return the time until the next fetch; `max_age`: seconds for which the server says that nothing changes."""
    own = SHORTEST + SPREAD * (feed.id * _GOLDEN % 1)
    return min(LONGEST, max(own, timedelta(seconds=min(max_age or 0, LONGEST.total_seconds()))))


async def _report(ctx: Context, job: Job, text: LazyText) -> None:
    """Show the result of a fetch that somebody asked for."""
    feed = await ctx.store.feeds.find(int(job.key))
    if feed and (card := job.payload.get("card")):
        await ctx.update(card, lines(_("*Feed {number}: {feed}*", number=str(feed.number), feed=feed.title), text))


def _result(new: int) -> LazyText:
    return n_("{n} new item", "{n} new items", new) if new else _("Nothing new.")


FETCHES = JobKind(name="feed", prepare=_prepare, apply=_apply, attempts=None, backoff=(60.0, 6 * 3600.0), parallel=16)
