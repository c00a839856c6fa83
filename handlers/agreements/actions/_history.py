"""The history of an action point, as people read it."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from bot.text.catalogue import _, lines
from handlers.agreements import _proof
from handlers.agreements.actions import _terms
from storage import ActionPoint


async def show(ctx: DialogueContext, point: ActionPoint, _rest: str) -> None:
    """Answer with who did what to an action point, and when: all of it."""
    head = _("📌 *Action point {number}:* {text}", number=str(point.number), text=_terms.written(point.text))
    await ctx.reply(lines(head, *await _proof.summary(ctx, point.agreement, most=None)))
