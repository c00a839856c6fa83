"""Action points as each reader sees them."""

from __future__ import annotations

from bot.commands.context import Context
from bot.text.catalogue import LazyText
from storage import ActionPoint


async def shown(ctx: Context, point: ActionPoint) -> LazyText:
    """Return an action point: number, text, owners by city, due date, state and confirmations."""
    raise NotImplementedError
