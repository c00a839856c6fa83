"""Roundtables shown to who asks."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from handlers.roundtables import _card
from storage import Roundtable


async def show(ctx: DialogueContext, roundtable: Roundtable) -> None:
    """Answer with the card of a roundtable."""
    await ctx.reply(await _card.text(ctx, roundtable))
