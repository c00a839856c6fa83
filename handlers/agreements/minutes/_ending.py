"""The end of minutes: what was noted is put to the cities, as documents and with a card to confirm."""

from __future__ import annotations

from bot.commands.context import Context, DialogueContext
from bot.text.catalogue import LazyText, _, lines
from handlers.agreements._authority import signatory
from handlers.agreements.minutes import _publishing
from handlers.agreements.minutes._content import content_of, is_empty
from storage import Minutes, Signatory


async def end(ctx: Context, minutes: Minutes, *remarks: LazyText) -> None:
    """End open minutes, forgotten ones with their last line; `remarks` are said to every chat.

    Who was present has been recorded.
    """
    by = signatory(ctx) if isinstance(ctx, DialogueContext) else Signatory(None, "", "")
    ended_at = minutes.active_at if by.person_id is None else ctx.now
    minutes = await ctx.store.minutes.change(minutes, ended_at=ended_at)
    content = await content_of(ctx, minutes, ended_at)
    ended = _("📝 *Minutes {number} have ended: {title}*", number=str(minutes.number), title=minutes.title)
    if is_empty(content):
        nothing = _("Nothing was noted, so there is no document, and nothing to confirm.")
        await _say(ctx, minutes, lines(ended, nothing, *remarks))
        return
    await ctx.store.minutes.propose(minutes, content, by, ctx.now)
    following = _("The documents follow, and the question whether every city confirms them.")
    await _say(ctx, minutes, lines(ended, following, *remarks))
    await _publishing.publish(ctx, await ctx.store.minutes.get(minutes.id))


async def _say(ctx: Context, minutes: Minutes, text: LazyText) -> None:
    """Show the end on the live card, and announce it: an edited card notifies nobody."""
    if minutes.card_id is not None:
        await ctx.update(minutes.card_id, text)
    await ctx.announce(await ctx.store.dialogues.get(minutes.dialogue_id), text)
