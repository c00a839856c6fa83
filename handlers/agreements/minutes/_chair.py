"""Who is in the chair of minutes."""

from __future__ import annotations

from bot.commands.checks import coordinators_only
from bot.commands.context import DialogueContext
from bot.commands.mentions import find_person
from bot.model import Role
from bot.text.catalogue import UserError, _
from handlers.agreements.minutes import _card
from handlers.agreements.minutes._lookup import check_open, check_writer
from storage import Minutes, Person


async def hand_over(ctx: DialogueContext, minutes: Minutes, rest: str) -> None:
    """Hand the chair over to somebody of the dialogue; a coordinator who names nobody takes it."""
    check_open(minutes)
    await check_writer(ctx, minutes)
    found = await find_person(ctx, rest)
    if found is None and rest:
        raise UserError(_("Who is meant? Please write the name with an @: `/minutes chair @anna`"))
    if found is None:
        await coordinators_only(ctx)
    person = found[0] if found else ctx.person
    number = str(minutes.number)
    if person.id == minutes.chair_id:
        raise UserError(_("{name} is already in the chair of minutes {number}.", name=person.name, number=number))
    if found:
        await _check_chair(ctx, person)
    minutes = await ctx.store.minutes.change(minutes, chair_id=person.id, active_at=ctx.now)
    await _card.refresh(ctx, minutes)
    text = _("{name} is in the chair of minutes {number} now.", name=person.name, number=number)
    await ctx.announce(ctx.dialogue, text)


async def _check_chair(ctx: DialogueContext, person: Person) -> None:
    """Raise UserError unless the person may be in the chair: staff, a mayor or a coordinator, and not muted."""
    appointment = await ctx.store.roles.of(ctx.dialogue.id, person.id)
    known = appointment is not None and appointment.role.reaches(Role.STAFF) and not appointment.muted
    if not known and not ctx.rights.by_settings(person):
        raise UserError(
            _(
                "{name} cannot be in the chair: only staff, mayors and coordinators can.",
                name=person.name,
            )
        )
