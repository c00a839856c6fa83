"""Due dates that fall on public holidays."""

from __future__ import annotations

from bot.commands.context import Context
from storage import ActionPoint


async def schedule(ctx: Context, point: ActionPoint) -> None:
    """Have it looked up whether the due date falls on a public holiday of a city."""
