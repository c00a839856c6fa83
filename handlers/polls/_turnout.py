"""How many have voted."""

from __future__ import annotations

from bot.commands.context import Context
from bot.text.catalogue import LazyText
from storage import Poll


async def text(_ctx: Context, _poll: Poll) -> LazyText:
    """Return the turnout of each city."""
    return LazyText("")
