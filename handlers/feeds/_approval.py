"""Approval of items by a coordinator: asked for in private, decided once, and expired after a week."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.context import Context, DialogueContext
from bot.commands.router import Router
from bot.model import Role
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.voice import Choice
from handlers.feeds import _posts as posts
from handlers.feeds._rendering import post_text
from handlers.feeds._settings import clock
from storage import Chat, Feed, ItemState, StoredItem

router = Router(_("News"))

EXPIRY = timedelta(days=7)
"""How long an item waits for a decision."""


async def coordinator_chats(ctx: Context, feed: Feed) -> list[Chat]:
    """Return the chats in which the coordinators of a feed's dialogue are informed and asked about it.

    In private, if any of them can be; otherwise where it was added, or else in the first chat of the dialogue.
    """
    private = await ctx.rights.private_chats(ctx.store, feed.dialogue_id)
    if here := [each for each in private if each.is_at_home]:
        return here
    chats = await ctx.store.chats.of_dialogue(feed.dialogue_id)
    return sorted(chats, key=lambda chat: (not chat.is_at_home, chat.id != feed.chat_id))[:1]


async def ask(ctx: Context, feed: Feed, item: StoredItem) -> None:
    """Ask whether an item shall be posted."""
    dialogue = await ctx.store.dialogues.get(feed.dialogue_id)
    card = await ctx.post(await coordinator_chats(ctx, feed), _question(feed, item), *_choices(item), dialogue=dialogue)
    await ctx.store.feed_items.set(item, card_id=card)


async def ask_again(ctx: Context, feed: Feed, item: StoredItem) -> None:
    """Show the corrected text of an item that waits."""
    if item.card_id:
        await ctx.update(item.card_id, _question(feed, item), *_choices(item))


def _question(feed: Feed, item: StoredItem) -> LazyText:
    asked = _("Shall this item of feed {number} be posted?", number=str(feed.number))
    return lines(asked, post_text(feed, item.data))


def _choices(item: StoredItem) -> tuple[Choice, Choice]:
    return (
        Choice(_("post it"), "✅", f"feed_post:{item.id}"),
        Choice(_("leave it out"), "❌", f"feed_skip:{item.id}"),
    )


@router.button("feed_post", role=Role.COORDINATOR, in_dialogue=True)
async def approve(ctx: DialogueContext) -> None:
    """Post an item, at once or with the next digests."""
    feed, item = await _decided(ctx)
    await ctx.store.feed_items.set(item, state=ItemState.APPROVED, ready_at=ctx.now)
    await posts.plan(ctx, feed)
    done = _("✅ Approved by {name}.", name=ctx.person.name)
    if feed.digest:
        done = _("✅ Approved by {name}; it is posted at {time}.", name=ctx.person.name, time=clock(feed.digest))
    await _show_outcome(ctx, feed, item, done)


@router.button("feed_skip", role=Role.COORDINATOR, in_dialogue=True)
async def reject(ctx: DialogueContext) -> None:
    """Leave an item out."""
    feed, item = await _decided(ctx)
    await ctx.store.feed_items.close([item], ItemState.REJECTED)
    await _show_outcome(ctx, feed, item, _("❌ Left out by {name}.", name=ctx.person.name))


async def _decided(ctx: DialogueContext) -> tuple[Feed, StoredItem]:
    """Return the item of the pressed button, locked, and its feed. Raises UserError if it does not wait any more."""
    item = await ctx.store.feed_items.hold(int(ctx.args))
    feed = await ctx.store.feeds.find(item.feed_id) if item else None
    if item is None or feed is None or feed.dialogue_id != ctx.dialogue.id or item.state is not ItemState.WAITING:
        raise UserError(_("This has already been decided."))
    return feed, item


async def _show_outcome(ctx: Context, feed: Feed, item: StoredItem, outcome: LazyText) -> None:
    """Show the outcome on the card, for all coordinators who have it."""
    if item.card_id:
        await ctx.update(item.card_id, lines(outcome, post_text(feed, item.data)))


async def expire(ctx: Context, feed: Feed) -> None:
    """Leave out what nobody has decided on for a week."""
    for item in await ctx.store.feed_items.in_state(feed, ItemState.WAITING):
        if item.seen_at < ctx.now - EXPIRY:
            await ctx.store.feed_items.close([item], ItemState.SKIPPED)
            await _show_outcome(ctx, feed, item, _("Nobody has decided on this within a week: it is not posted."))
