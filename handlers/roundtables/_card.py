"""The live card of a roundtable, the same in every chat of the dialogue."""

from __future__ import annotations

from bot.commands.context import Context
from bot.text.catalogue import LazyText, _, lines
from storage import Roundtable


async def text(_ctx: Context, roundtable: Roundtable) -> LazyText:
    """Return what the card says."""
    return lines(
        _("🗓️ *Roundtable {number}: {title}*", number=str(roundtable.number), title=roundtable.title),
        _("{when}", when=roundtable.starts_at),
    )


async def refresh(ctx: Context, roundtable: Roundtable) -> None:
    """Bring the card up to date in every chat, after any change of the roundtable or of its answers."""
    if roundtable.card_id is not None:
        await ctx.update(roundtable.card_id, await text(ctx, roundtable))
