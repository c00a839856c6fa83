"""Reminders to vote."""

from __future__ import annotations

from bot.commands.context import Context
from storage import Poll


async def plan(ctx: Context, poll: Poll) -> None:
    """Schedule what is due before the poll closes."""
