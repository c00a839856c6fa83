"""What people do with an action point; each takes it and the rest of what they typed."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from storage import ActionPoint


async def agree(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Confirm the present text for the person's city."""


async def object_to(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Object to the present text for the person's city, with a reason."""


async def done(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Mark an agreed action point as done."""


async def reopen(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Take back that an action point is done."""


async def withdraw(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Withdraw an action point."""


async def edit(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Change what is typed of the text, the owners and the due date; what is not typed stays."""


async def due(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Set or remove the due date."""


async def owner(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Add, replace or remove owners."""
