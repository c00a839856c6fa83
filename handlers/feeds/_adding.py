"""Adding a feed: the answer to the command is a card that says what has become of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.commands.checks import NUMBERS
from bot.commands.context import Context, DialogueContext
from bot.commands.router import Router
from bot.fetching.base import FetchError
from bot.fetching.documents import FeedLink
from bot.fetching.reader import FeedAnswer
from bot.model import Role
from bot.text.addresses import SCHEMES, clean_url, same_address, scheme
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from bot.text.excerpts import shortened
from bot.voice import Choice
from handlers.feeds import _health as health
from handlers.feeds._rendering import data_of, feed_title, title_of
from handlers.feeds._settings import described
from storage import Dialogue, Feed, FeedState

router = Router(_("News"))

MOST_FEEDS = 100
"""Feeds of a dialogue."""
MOST_CHOICES = 8
"""Feeds of a page among which one can choose."""
MOST_ROWS = 30
"""Feeds that an import lists by name."""


async def add(ctx: DialogueContext, typed: str, values: dict[str, Any]) -> None:
    """Add a feed by its address or that of a page, with the fields that were set. Raises UserError."""
    url = address(typed)
    await check_new(ctx, ctx.dialogue, url)
    card = await ctx.reply(_("I am looking at {url} …", url=url))
    await queue(ctx, ctx.dialogue, url, card_id=card, added_by=str(ctx.account), chat_id=_home(ctx), **values)


async def queue(ctx: Context, dialogue: Dialogue, url: str, **values: Any) -> None:  # noqa: ANN401 - fields of a feed
    """Store a feed that is yet to be read, and have it read."""
    feed = await ctx.store.feeds.add(dialogue.id, url, ctx.now, **values)
    await ctx.store.jobs.schedule("feed", str(feed.id))


def _home(ctx: DialogueContext) -> int | None:
    return ctx.chat.id if ctx.chat.dialogue_id == ctx.dialogue.id else None


def address(typed: str) -> str:
    """Return a web address, as typed with or without `https://`. Raises UserError."""
    bare = typed.strip().strip("<>")
    url = clean_url(bare if "://" in bare or scheme(bare) in SCHEMES else f"https://{bare}")
    host = url.partition("://")[2].partition("/")[0]
    if not url.startswith(("http://", "https://")) or not any(sign in host for sign in ".:["):
        text = _(
            "“{text}” is not a web address. Please copy the address of a feed, or of a page that has one.",
            text=shortened(typed),
        )
        raise UserError(text, usage=True)
    return url


async def check_new(ctx: Context, dialogue: Dialogue, url: str) -> None:
    """Raise UserError if a dialogue has a feed at this address, or too many of them."""
    known = await ctx.store.feeds.of_dialogue(dialogue.id)
    if same := next((each for each in known if same_address(each.url, url)), None):
        raise UserError(known_already(same))
    if len(known) >= MOST_FEEDS:
        raise UserError(
            _("This dialogue has {most} feeds already. Please remove one first: `/feeds` lists them.", most=MOST_FEEDS)
        )


def known_already(feed: Feed) -> LazyText:
    """Return a text that names the feed that has an address already."""
    if feed.number is None:
        return _("I am looking at this address already.")
    return _("This is feed {number} already: {feed}", number=str(feed.number), feed=feed.title)


async def begin(ctx: Context, feed: Feed, answer: FeedAnswer) -> bool:
    """Activate a feed that could be read; return False, and say so, if the dialogue has it already."""
    url = answer.fetched.moved or answer.fetched.url
    others = await ctx.store.feeds.of_dialogue(feed.dialogue_id)
    if same := next(
        (each for each in others if each.id != feed.id and each.running and same_address(each.url, url)), None
    ):
        await _drop(ctx, feed, known_already(same))
        return False
    await ctx.store.feeds.start(feed, url=url, allowance=feed.allowance or 0, choices=())
    return True


async def refuse(ctx: Context, feed: Feed, error: FetchError) -> None:
    """Report why a feed could not be added."""
    await ctx.store.feeds.set(feed, state=FeedState.REFUSED, problem=error.problem, status=error.status)
    if feed.card_id:
        await report(ctx, feed.card_id)


async def _drop(ctx: Context, feed: Feed, text: LazyText) -> None:
    await ctx.store.feeds.remove(feed)
    if feed.card_id and not await ctx.store.feeds.with_card(feed.card_id):
        await ctx.update(feed.card_id, text)
    elif feed.card_id:
        await report(ctx, feed.card_id)


async def offer(ctx: Context, feed: Feed, found: Sequence[FeedLink]) -> None:
    """Offer the feeds of a page for choice; one of several that are imported takes the first of them."""
    together = await ctx.store.feeds.with_card(feed.card_id) if feed.card_id else []
    if len(together) != 1:
        await ctx.store.feeds.set(feed, url=found[0].url)
        await ctx.store.jobs.schedule("feed", str(feed.id))
        return
    shown = found[:MOST_CHOICES]
    await ctx.store.feeds.set(feed, choices=tuple((each.url, each.title) for each in shown))
    rows = [
        _("{sign} {title}: {url}", sign=sign, title=feed_title(each.title, each.url), url=shortened(each.url))
        for sign, each in zip(NUMBERS, shown, strict=False)
    ]
    choices = [
        Choice(_("{title}", title=feed_title(each.title, each.url)), NUMBERS[place], f"feed_choose:{feed.id}:{place}")
        for place, each in enumerate(shown)
    ]
    asked = _("The page {url} has several feeds. Which one do you mean?", url=feed.url)
    await ctx.update(together[0].card_id or 0, lines(asked, *rows), *choices)


@router.button("feed_choose", role=Role.COORDINATOR, in_dialogue=True)
async def choose(ctx: DialogueContext) -> None:
    """Take one of the feeds of a page."""
    id, place = map(int, ctx.args.split(":"))
    feed = await ctx.store.feeds.hold(id)
    if feed is None or not feed.choices or feed.running or feed.dialogue_id != ctx.dialogue.id:
        raise UserError(_("This has already been decided."))
    url = feed.choices[place][0]
    others = await ctx.store.feeds.of_dialogue(ctx.dialogue.id)
    if same := next((each for each in others if each.running and same_address(each.url, url)), None):
        raise UserError(known_already(same))
    await ctx.store.feeds.set(feed, url=url, choices=())
    await ctx.update(ctx.pressed_post, _("I am looking at {url} …", url=url))
    await ctx.store.jobs.schedule("feed", str(feed.id))


async def report(ctx: Context, card: int, answer: FeedAnswer | None = None) -> None:
    """Show what has become of the feeds that a card reports on, once all of them have been tried."""
    feeds = await ctx.store.feeds.with_card(card)
    if any(each.state is FeedState.NEW for each in feeds):
        return
    if len(feeds) == 1:
        text = await _one(ctx, feeds[0], answer)
    else:
        text = lines(*_several(feeds))
    await ctx.update(card, text)
    for each in feeds:
        if each.running:
            await ctx.store.feeds.set(each, card_id=None)
        else:
            await ctx.store.feeds.remove(each)


async def _one(ctx: Context, feed: Feed, answer: FeedAnswer | None) -> LazyText:
    if not feed.running:
        return lines(_("{url} could not be added.", url=feed.url), health.reason(feed))
    dialogue = await ctx.store.dialogues.get(feed.dialogue_id)
    items = answer.feed.items if answer and answer.feed else ()
    every = (feed.next_at or ctx.now) - ctx.now
    rows = [
        _("✅ *Feed {number}: {feed}*", number=str(feed.number), feed=feed.title),
        n_("It has {n} item.", "It has {n} items.", len(items)),
        _("From now on I post what is new; I look about every {time}.", time=every),
        *described(feed, dialogue.cities),
    ]
    rows += [_("The newest: {title}", title=title_of(data_of(items[0])))] if items else []
    return lines(*rows)


def _several(feeds: Sequence[Feed]) -> list[LazyText]:
    added = [each for each in feeds if each.running]
    refused = [each for each in feeds if not each.running]
    rows = [n_("✅ {n} feed was added.", "✅ {n} feeds were added.", len(added))]
    rows += [_("{number}. {feed}", number=str(each.number), feed=each.title) for each in added[:MOST_ROWS]]
    if refused:
        rows.append(n_("⚠️ {n} could not be read:", "⚠️ {n} could not be read:", len(refused)))
    rows += [_("{url}: {reason}", url=each.url, reason=health.reason(each)) for each in refused[:MOST_ROWS]]
    return rows
