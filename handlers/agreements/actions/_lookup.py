"""Which action point is meant, and who may make or change one."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from bot.model import Role
from bot.text.catalogue import UserError, _, lines
from handlers.agreements import _proof
from storage import ActionPoint

GROUP = _("Action points")
"""The group of the commands in /help."""


async def find(ctx: DialogueContext, number: int) -> ActionPoint:
    """Return the action point with this number, locked. Raises UserError if there is none."""
    if found := await ctx.store.actions.numbered(ctx.dialogue.id, number):
        await _proof.check(ctx, found.agreement)
        return found
    raise UserError(_("There is no action point {number} here: `/actions` lists them.", number=str(number)))


async def staff_only(ctx: DialogueContext) -> None:
    """Raise UserError, with the names of whom to ask, unless the person is staff, a mayor or a coordinator."""
    if ctx.role.reaches(Role.STAFF):
        return
    people = await ctx.rights.coordinators(ctx.store, ctx.dialogue.id)
    only = _("Action points are made and changed by staff, mayors and coordinators. You can read them: `/actions`.")
    ask = _("Who should take part is given a role by a coordinator: {names}.", names=[each.name for each in people])
    raise UserError(lines(only, ask) if people else only)
