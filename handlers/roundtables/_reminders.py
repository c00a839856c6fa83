"""The reminders of a roundtable: planned as rows, sent when they are due."""

from __future__ import annotations

from bot.commands.context import Context
from storage import Roundtable


async def plan(_ctx: Context, _roundtable: Roundtable) -> None:
    """Plan the reminders of a roundtable anew, after its time, its state or its invitations have changed."""
