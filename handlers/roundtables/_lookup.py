"""Which roundtable is meant."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from bot.text.catalogue import UserError, _
from storage import Roundtable

GROUP = _("Roundtables")
"""The group of the commands in /help."""


async def find(ctx: DialogueContext, number: int) -> Roundtable:
    """Return the roundtable with this number. Raises UserError, with the numbers that exist, if there is none."""
    if found := await ctx.store.roundtables.numbered(ctx.dialogue.id, number):
        return found
    numbers = await ctx.store.roundtables.numbers(ctx.dialogue.id)
    if not numbers:
        raise UserError(_("There is no roundtable here yet."))
    raise UserError(
        _(
            "There is no roundtable {number} here. These exist: {numbers}",
            number=str(number),
            numbers=[str(each) for each in numbers],
        )
    )
