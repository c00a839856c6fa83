"""An action point as people type it."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from handlers.agreements.actions._creation import NewAction


async def read(ctx: DialogueContext, text: str) -> NewAction:
    """Return what a text says: `TEXT @owner by DATE` and lines with keys. Any part may be missing, also the text.

    Raises UserError for an owner who is not known, and for a date that is past or ambiguous.
    """
    raise NotImplementedError
