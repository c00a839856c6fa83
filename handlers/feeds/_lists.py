"""The list of feeds, and one feed in detail."""

from __future__ import annotations

from datetime import datetime

from bot.commands.context import DialogueContext
from bot.text.catalogue import ForReader, LazyText, _, lines, n_
from bot.text.localtimes import LocalTime
from bot.voice import name_of
from handlers.feeds import _health as health
from handlers.feeds._settings import described
from storage import Feed, FeedState


async def overview(ctx: DialogueContext) -> LazyText:
    """Return the list of all feeds of the dialogue, with their health."""
    feeds = [each for each in await ctx.store.feeds.of_dialogue(ctx.dialogue.id) if each.running]
    if not feeds:
        return _("There are no feeds yet. `/feed ADDRESS` adds one.")
    waiting = await ctx.store.feed_items.waiting(ctx.dialogue.id)
    rows = [_row(each, waiting.get(each.id, 0)) for each in feeds]
    return lines(_("*Feeds*"), *rows, _("`/feed NUMBER` shows more about one of them."))


def _row(feed: Feed, waiting: int) -> LazyText:
    row = _("*{number}* {feed}: {health}", number=str(feed.number), feed=feed.title, health=_briefly(feed))
    return lines(row, _waiting(waiting), by=" · ") if waiting else row


def _briefly(feed: Feed) -> LazyText:
    if feed.state is FeedState.PAUSED:
        return _("paused")
    if feed.failing_since:
        return _("⚠️ not readable since {since}: {reason}", since=feed.failing_since, reason=health.reason(feed))
    if feed.read_at and feed.next_at:
        return _("all right, read at {last}, again at {coming}", last=_clock(feed.read_at), coming=_clock(feed.next_at))
    return _("all right")


def _clock(at: datetime) -> ForReader:
    """Return the time of day at which something is less than a day away, in the reader's zone."""
    return lambda reader: _("{time}", time=LocalTime(at, reader.zone))


def _waiting(number: int) -> LazyText:
    return n_("{n} item waits for approval", "{n} items wait for approval", number)


async def details(ctx: DialogueContext, feed: Feed) -> LazyText:
    """Return all that is known about a feed."""
    rows = [_("*Feed {number}: {feed}*", number=str(feed.number), feed=feed.title), _("{url}", url=feed.url)]
    rows += _health(feed, ctx.now)
    rows += described(feed, ctx.dialogue.cities)
    if waiting := (await ctx.store.feed_items.waiting(ctx.dialogue.id)).get(feed.id):
        rows.append(_("{waiting}.", waiting=_waiting(waiting)))
    for each in await ctx.store.feed_items.backlogs(feed):
        chat = name_of(await ctx.store.chats.get(each.chat_id))
        if each.waiting:
            rows.append(n_("{chat}: {n} post on its way", "{chat}: {n} posts on their way", each.waiting, chat=chat))
        if each.failed:
            rows.append(
                n_(
                    "⚠️ {chat}: {n} post could not be delivered",
                    "⚠️ {chat}: {n} posts could not be delivered",
                    each.failed,
                    chat=chat,
                )
            )
    return lines(*rows)


def _health(feed: Feed, now: datetime) -> list[LazyText]:
    rows = [_("Last read: {when}", when=feed.read_at)] if feed.read_at else []
    if feed.problem and feed.failing_since:
        rows.append(_("⚠️ Not readable since {since}: {reason}", since=feed.failing_since, reason=health.reason(feed)))
    if feed.state is FeedState.PAUSED:
        return [*rows, _("Paused; `/feed {number} resume` goes on.", number=str(feed.number))]
    return [*rows, _("Next look: {when}", when=max(feed.next_at, now))] if feed.next_at else rows
