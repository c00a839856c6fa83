"""The end of minutes."""

from __future__ import annotations

from bot.commands.context import Context, DialogueContext
from bot.text.catalogue import LazyText, _, lines
from storage import Minutes


async def end(ctx: Context, minutes: Minutes, *remarks: LazyText) -> None:
    """End open minutes; `remarks` are said to every chat. Who was present has been recorded."""
    ended = await ctx.store.minutes.change(minutes, ended_at=ctx.now)
    text = _("📝 *Minutes {number} have ended: {title}*", number=str(ended.number), title=ended.title)
    if ended.card_id is not None:
        await ctx.update(ended.card_id, lines(text, *remarks))


async def show(ctx: DialogueContext, minutes: Minutes) -> None:
    """Answer with minutes that have ended."""
    await ctx.reply(_("📝 *Minutes {number} have ended: {title}*", number=str(minutes.number), title=minutes.title))
