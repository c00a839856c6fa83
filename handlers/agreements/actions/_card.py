"""The card of an action point in every chat."""

from __future__ import annotations

from bot.commands.context import Context, DialogueContext
from storage import ActionPoint


async def post(ctx: Context, point: ActionPoint) -> None:
    """Post the card of a new version in every chat."""


async def refresh(ctx: Context, point: ActionPoint) -> None:
    """Update the card in every chat."""


async def show(ctx: DialogueContext, point: ActionPoint) -> None:
    """Answer with the present state of an action point, its check number and, if there are any, its buttons."""
