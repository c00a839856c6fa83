"""The end of minutes: what was noted is put to the cities, as documents and with a card to confirm."""

from __future__ import annotations

from bot.commands.context import Context, DialogueContext
from bot.text.catalogue import LazyText, _, lines
from handlers.agreements._authority import signatory
from handlers.agreements.minutes import _publishing
from handlers.agreements.minutes._content import content_of, is_empty
from handlers.agreements.minutes._publishing import NOTHING
from storage import Minutes, Signatory


async def end(ctx: Context, minutes: Minutes, *remarks: LazyText) -> None:
    """End open minutes, forgotten ones with their last line; `remarks` are said to every chat.

    Who was present has been recorded.
    """
    by = signatory(ctx) if isinstance(ctx, DialogueContext) else Signatory(None, "", "")
    ended_at = minutes.active_at if by.person_id is None else ctx.now
    minutes = await ctx.store.minutes.change(minutes, ended_at=ended_at)
    content = await content_of(ctx, minutes, ended_at)
    text = lines(
        _("📝 *Minutes {number} have ended: {title}*", number=str(minutes.number), title=minutes.title), *remarks
    )
    if is_empty(content):
        text = lines(text, NOTHING)
        await ctx.announce(await ctx.store.dialogues.get(minutes.dialogue_id), text)
    else:
        await ctx.store.minutes.propose(minutes, content, by, ctx.now)
        await _publishing.publish(ctx, await ctx.store.minutes.get(minutes.id), text)
    if minutes.card_id is not None:
        await ctx.update(minutes.card_id, text)
