"""Which roundtable is meant, and how dates that people type about it are read."""

from __future__ import annotations

from bot.commands.context import CommandContext, DialogueContext
from bot.dates import DateContext
from bot.text.catalogue import UserError, _
from storage import Roundtable, RoundtableState

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
            numbers=[str(each) for each in numbers[-10:]],
        )
    )


def check_open(roundtable: Roundtable) -> None:
    """Raise UserError if a roundtable has ended or was cancelled: nothing about it changes any more."""
    number = str(roundtable.number)
    if roundtable.state is RoundtableState.ENDED:
        raise UserError(_("Roundtable {number} has already ended.", number=number))
    if roundtable.state is RoundtableState.CANCELLED:
        raise UserError(_("Roundtable {number} has been cancelled.", number=number))


def date_context(ctx: CommandContext, zone: str = "") -> DateContext:
    """Return how to read a date: in `zone`, else in the zone that the person has chosen, else in that of the chat."""
    return DateContext(ctx.now, zone or ctx.person.zone or ctx.locale_context.zone, ctx.locale_context.locale)
