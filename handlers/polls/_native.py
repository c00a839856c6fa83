"""Native polls: single choice in open ballots."""

from __future__ import annotations

from bot.commands.context import Context
from storage import Poll


async def post(ctx: Context, poll: Poll) -> None:
    """Post the native poll in every chat, if the poll has one."""


async def close(ctx: Context, poll: Poll) -> None:
    """Stop the native polls."""
