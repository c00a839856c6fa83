"""Reminders of the owners of an action point."""

from __future__ import annotations

from bot.commands.context import Context
from storage import ActionPoint


async def plan(ctx: Context, point: ActionPoint) -> None:
    """Bring the reminders into step with the due date, the owners and the state."""
