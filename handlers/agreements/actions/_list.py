"""Action points listed for who asks."""

from __future__ import annotations

from bot.commands.context import DialogueContext


async def show(ctx: DialogueContext, rest: str) -> None:
    """Answer with the action points that `/actions` asks for, or do what its first word says."""
