"""What each chat shows of the reactions in the others: reactions of the bot, and who has reacted as a post."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.commands.context import Context
from bot.relay.replies import is_present
from handlers.reactions._reactors import Reactor, author_of, reactors_to
from handlers.reactions._summary import summary
from storage import BACKGROUND, Chat, Job, ReactionDisplay, StoredMessage

MOST_KEYS = 5
"""How many reactions of its own the bot sets on a message at most."""


async def draw(ctx: Context, job: Job, _prepared: None) -> None:
    """Show the reactions to a message in every chat of its dialogue that has it, but for those made there."""
    stored = await ctx.store.messages.kept(int(job.key))
    if stored is None or stored.dialogue_id is None or stored.deleted_at:
        return
    reactors = await reactors_to(ctx, stored)
    for chat in await ctx.store.chats.of_dialogue(stored.dialogue_id):
        if await is_present(ctx.store, chat, stored):
            await _draw_in(ctx, chat, stored, [each for each in reactors if each.chat_id != chat.id])


async def _draw_in(ctx: Context, chat: Chat, stored: StoredMessage, reactors: Sequence[Reactor]) -> None:
    before = await ctx.store.reactions.display(stored.id, chat)
    if not reactors and not before.keys and before.post_id is None:
        return
    merged = await ctx.store.messages.is_section(chat, stored.id)
    keys = _keys(before.sign, [] if merged else reactors)
    if keys != before.keys:
        key, *more = keys or [""]
        await ctx.store.deliveries.react(chat, stored.id, key, ctx.now, more=more, share=BACKGROUND)
    post_id = await _summarise(ctx, chat, stored, before, reactors, merged=merged)
    await ctx.store.reactions.show(replace(before, post_id=post_id, keys=keys), ctx.now)


def _keys(sign: str, reactors: Sequence[Reactor]) -> tuple[str, ...]:
    """Return the bot's own reactions, the most important first: the sign of a feature, then what most people chose."""
    chosen = Counter[str]()
    for each in reactors:
        if each.can_be_set:
            chosen[each.key] += 1
    keys = [sign] if sign else []
    return tuple([*keys, *(key for key, _number in chosen.most_common(MOST_KEYS) if key != sign)][:MOST_KEYS])


async def _summarise(
    ctx: Context,
    chat: Chat,
    stored: StoredMessage,
    before: ReactionDisplay,
    reactors: Sequence[Reactor],
    *,
    merged: bool,
) -> int | None:
    """Post who has reacted, change that post, or remove it; return its id if there is one."""
    post = await ctx.store.messages.kept(before.post_id) if before.post_id else None
    if not reactors:
        if post:
            await ctx.store.messages.delete(post.id, ctx.now)
            await ctx.store.deliveries.remove(chat, post.id, ctx.now, share=BACKGROUND)
        return None
    text = summary(reactors, await author_of(ctx, stored) if merged else None)
    if post:
        await ctx.voice.update(ctx.store, post.id, text, ctx.now)
        return post.id
    return await ctx.voice.post(
        ctx.store,
        [chat],
        text,
        ctx.now,
        reply_to=stored.id,
        share=BACKGROUND,
        dialogue_id=stored.dialogue_id,
        feature=ctx.feature,
        silent=True,
    )
