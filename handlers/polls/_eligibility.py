"""Who may vote in a poll."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from storage import Poll


async def check(ctx: DialogueContext, poll: Poll) -> None:
    """Raise UserError, which says why, unless the person may vote."""
