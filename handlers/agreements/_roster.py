"""What cities still have to agree to follows who takes part in a dialogue."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.context import Context
from handlers.agreements._signing import kind_of


async def follow(ctx: Context, dialogue_id: int) -> None:
    """Bring pending agreements into step with the cities that take part now.

    When the last city that was missing has left, the others have agreed.
    """
    for each in await ctx.store.agreements.pending(dialogue_id):
        if await ctx.store.agreements.fault(each):
            continue
        kind = kind_of(each)
        settled = await ctx.store.agreements.settle(each, ctx.now)
        follow_up = kind.agreed if settled else kind.changed
        await follow_up(replace(ctx, feature=kind.feature), settled or each)
