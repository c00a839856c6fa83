"""Which minutes are meant, and who may write them."""

from __future__ import annotations

from contextlib import suppress

from bot.commands.context import CommandContext, DialogueContext
from bot.model import Role
from bot.text.catalogue import LazyText, UserError, _
from handlers.agreements._authority import check_not_muted
from storage import Minutes

GROUP = _("Minutes")
"""The group of the commands in /help."""
_MOST_NUMBERS = 10


async def find(ctx: DialogueContext, number: int) -> Minutes:
    """Return the minutes with this number, locked. Raises UserError, with the numbers that exist, if there are none."""
    if found := await ctx.store.minutes.numbered(ctx.dialogue.id, number):
        return found
    newest = await ctx.store.minutes.of_dialogue(ctx.dialogue.id)
    if not newest:
        raise UserError(_("There are no minutes here yet. A coordinator begins with `/minutes start`."))
    numbers = [str(each.number) for each in reversed(newest[:_MOST_NUMBERS])]
    raise UserError(
        _("There are no minutes {number} here. These exist: {numbers}", number=str(number), numbers=numbers)
    )


async def of_button(ctx: CommandContext) -> Minutes:
    """Return the minutes that a button is about, locked. Raises UserError if they are no longer open."""
    with suppress(LookupError):
        minutes = await ctx.store.minutes.get(int(ctx.args))
        check_open(minutes)
        return minutes
    raise UserError(_("These minutes have been removed."))


def check_open(minutes: Minutes) -> None:
    """Raise UserError if minutes have ended: nothing is added any more."""
    if not minutes.is_open:
        raise UserError(
            _(
                "Minutes {number} have ended. `/minutes {number} correct TEXT` adds a correction.",
                number=str(minutes.number),
            )
        )


def may_write(ctx: CommandContext, minutes: Minutes) -> bool:
    """Whether the person takes part in writing minutes: the chair, for as long as they are staff, or a coordinator."""
    if ctx.role.reaches(Role.COORDINATOR):
        return True
    return ctx.person.id == minutes.chair_id and ctx.role.reaches(Role.STAFF)


async def check_writer(ctx: CommandContext, minutes: Minutes) -> None:
    """Raise UserError, with the name of the chair, unless the person takes part in writing the minutes."""
    check_not_muted(ctx)
    if not may_write(ctx, minutes):
        raise UserError(await who_may(ctx, minutes))


async def who_may(ctx: CommandContext, minutes: Minutes) -> LazyText:
    """Return whom to ask."""
    if minutes.chair_id is None:
        return _("Minutes are written by their chair and the coordinators.")
    chair = await ctx.store.people.get(minutes.chair_id)
    return _("Minutes are written by their chair, {name}, and the coordinators.", name=chair.name)
