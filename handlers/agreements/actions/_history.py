"""The history of an action point, as people read it."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from storage import ActionPoint


async def show(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Answer with who did what to an action point, and when."""
