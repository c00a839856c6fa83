"""Casting and withdrawing ballots, by whatever way they come."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.voting import Ballot
from handlers.polls._lookup import GROUP
from storage import Poll

router = Router(GROUP)


async def vote(ctx: DialogueContext, poll: Poll, ballot: Ballot | None, via: str) -> None:
    """Cast a ballot, or withdraw it (None). Raises UserError if the person may not."""
