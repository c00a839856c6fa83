"""Action points that lines of minutes make."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.context import Context, DialogueContext
from handlers.agreements.actions import _changes, _creation, _parsing
from handlers.agreements.actions._lookup import find
from storage import ActionPoint, Minutes


async def propose(ctx: DialogueContext, minutes: Minutes, text: str) -> ActionPoint:
    """Propose an action point that belongs to minutes. Raises UserError as `/action` does."""
    new = await _parsing.read(ctx, text)
    return await _creation.propose(ctx, replace(new, links={**new.links, "minutes": minutes.number}))


async def edit(ctx: DialogueContext, number: int, text: str) -> None:
    """Edit an action point to what its line says now. Raises UserError as `/action N edit` does."""
    await _changes.edit(ctx, await find(ctx, number), text)


async def withdraw(ctx: Context, minutes: Minutes, number: int) -> None:
    """Withdraw an action point whose line does not count any more, unless it is agreed by now."""
