"""Who is invited: the mayors as speakers, staff and coordinators as listeners, and whom a coordinator adds."""

from __future__ import annotations

from bot.commands.context import Context
from storage import Roundtable


async def sync(_ctx: Context, _roundtable: Roundtable) -> None:
    """Bring the invitations of an open roundtable into step with the roles in its dialogue."""
