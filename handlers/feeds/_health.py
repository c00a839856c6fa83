"""Feeds that cannot be read: tried less and less often, and reported to the coordinators after a day."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.context import Context
from bot.fetching.base import FetchError, FetchProblem
from bot.text.catalogue import LazyText, _
from handlers.feeds import _approval as approval
from storage import Feed, FeedState

FIRST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
"""The first and the longest wait after a failure; each is twice as long as the one before."""
REPORTED = timedelta(hours=24)
"""How long a feed fails before it is reported to the coordinators."""


async def failed(ctx: Context, feed: Feed, error: FetchError) -> None:
    """Record a failure of an active feed, and when it is tried again."""
    since = feed.failing_since or ctx.now
    values = {"failures": feed.failures + 1, "failing_since": since, "problem": error.problem, "status": error.status}
    if error.problem is FetchProblem.GONE:
        feed = await ctx.store.feeds.set(feed, **values, state=FeedState.PAUSED, next_at=None)
        await _tell(ctx, feed, _gone(feed))
        return
    tell = feed.told_at is None and ctx.now - since >= REPORTED
    due = ctx.now + wait_after(feed.failures + 1, error.after)
    if feed.told_at is None and not tell:
        due = min(due, since + REPORTED)
    feed = await ctx.store.feeds.set(feed, **values, next_at=due, told_at=ctx.now if tell else feed.told_at)
    await ctx.store.jobs.schedule("feed", str(feed.id), due)
    if tell:
        await _tell(ctx, feed, _failing(feed))


async def recovered(ctx: Context, feed: Feed) -> None:
    """Report that a feed works again, if its failure was reported. `feed`: as it was before."""
    if feed.told_at:
        await _tell(ctx, feed, _("✅ Feed {number}, {feed}, works again.", number=str(feed.number), feed=feed.title))


def wait_after(failures: int, demanded: float | None) -> timedelta:
    """Return how long to wait after so many failures; `demanded`: at least so many seconds, within bounds."""
    wait = min(LONGEST, FIRST * (1 << min(failures - 1, 10)))
    return min(LONGEST, max(wait, timedelta(seconds=min(demanded or 0, LONGEST.total_seconds()))))


def reason(feed: Feed) -> LazyText:
    """Return why a feed cannot be read."""
    return FetchError(FetchProblem(feed.problem), status=feed.status).text


def _failing(feed: Feed) -> LazyText:
    return _(
        "⚠️ Feed {number}, {feed}, cannot be read since {since}. {reason} I keep trying; `/feed {number}` shows more.",
        number=str(feed.number),
        feed=feed.title,
        since=feed.failing_since or feed.added_at,
        reason=reason(feed),
    )


def _gone(feed: Feed) -> LazyText:
    return _(
        "⚠️ Feed {number}, {feed}, no longer exists: {url} has been given up. I have paused it; `/feed {number} remove`"
        " removes it.",
        number=str(feed.number),
        feed=feed.title,
        url=feed.url,
    )


async def _tell(ctx: Context, feed: Feed, text: LazyText) -> None:
    dialogue = await ctx.store.dialogues.get(feed.dialogue_id)
    await ctx.post(await approval.coordinator_chats(ctx, feed), text, dialogue=dialogue)
