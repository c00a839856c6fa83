"""Digests: what a dialogue's feeds have gathered becomes one message a day for each city, at its local time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import time

from bot.commands.context import Context
from bot.dates.daily import next_at
from bot.jobs.kinds import JobKind
from bot.text.catalogue import LazyText, _, lines, n_
from handlers.feeds._rendering import heading, title_of
from storage import Chat, City, Feed, ItemState, Job, StoredItem

KIND = "feed_digest"
MOST_LISTED = 20
"""Items that a digest lists; of the others only the number."""


async def plan(ctx: Context, feed: Feed, chats: Iterable[Chat]) -> None:
    """Schedule the next digest of each city that gets a feed, unless it is."""
    for city in _cities(chats):
        due = next_at(time.fromisoformat(feed.digest), city.zone, ctx.now)
        await ctx.store.jobs.schedule_new(KIND, f"{feed.dialogue_id}/{city.id}/{feed.digest}", due)


async def _apply(ctx: Context, job: Job, _prepared: None) -> None:
    """Post the digest of a city, if there is anything in it."""
    dialogue_id, city_id, clock = job.key.split("/")
    chats = await ctx.store.chats.of_dialogue(int(dialogue_id))
    mine = [each for each in chats if each.city and each.city.id == int(city_id)]
    found = await _gathered(ctx, int(dialogue_id), int(city_id), clock)
    if not (mine and found):
        return
    dialogue = await ctx.store.dialogues.get(int(dialogue_id))
    post = await ctx.post(mine, _text(found), dialogue=dialogue)
    for feed, items in found:
        await ctx.store.feed_items.mark_digested(feed, int(city_id), max(each.ready_at or ctx.now for each in items))
        await _close(ctx, feed, chats, post)


Gathered = list[tuple[Feed, list[StoredItem]]]


async def _gathered(ctx: Context, dialogue_id: int, city_id: int, clock: str) -> Gathered:
    """Return the items that a city has not had yet, of each feed with digests at this time."""
    found: Gathered = []
    for each in await ctx.store.feeds.of_dialogue(dialogue_id):
        feed = await ctx.store.feeds.hold(each.id) if each.digest == clock else None
        if feed is None or (feed.cities and city_id not in feed.cities):
            continue
        until = (await ctx.store.feed_items.digested(feed)).get(city_id)
        ready = await ctx.store.feed_items.in_state(feed, ItemState.APPROVED)
        if items := [item for item in ready if until is None or (item.ready_at or ctx.now) > until]:
            found.append((feed, items))
    return found


async def _close(ctx: Context, feed: Feed, chats: Sequence[Chat], post: int) -> None:
    """Close the items that every city with chats has had."""
    until = await ctx.store.feed_items.digested(feed)
    cities = [each for each in _cities(chats) if not feed.cities or each.id in feed.cities]
    if all(each.id in until for each in cities):
        end = min(until[each.id] for each in cities)
        ready = await ctx.store.feed_items.in_state(feed, ItemState.APPROVED)
        done = [each for each in ready if each.ready_at and each.ready_at <= end]
        await ctx.store.feed_items.close(done, ItemState.DIGESTED, post)


def _text(found: Gathered) -> LazyText:
    rows: list[LazyText] = []
    room = MOST_LISTED
    for feed, items in found:
        if shown := items[-room:] if room else []:
            rows += [heading(feed), *(_("• {title}", title=title_of(each.data)) for each in shown)]
        room -= len(shown)
    more = sum(len(items) for _feed, items in found) - MOST_LISTED
    rows += [n_("… and {n} more", "… and {n} more", more)] if more > 0 else []
    return lines(*rows)


def _cities(chats: Iterable[Chat]) -> list[City]:
    return list({each.city.id: each.city for each in chats if each.city}.values())


DIGESTS = JobKind(name=KIND, apply=_apply, attempts=None)
