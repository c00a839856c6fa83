"""The end of a poll."""

from __future__ import annotations

from bot.commands.context import Context
from storage import Poll


async def schedule(ctx: Context, poll: Poll) -> None:
    """Schedule that the poll closes in its time, and what is due before."""


async def close(ctx: Context, poll: Poll) -> None:
    """Close the poll."""
