"""What the chair says about who is present."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from bot.commands.mentions import find_person
from bot.text.catalogue import UserError, _
from handlers.agreements.minutes import _card, _presence
from handlers.agreements.minutes._lookup import check_open, check_writer
from storage import AttendanceKind, City, Minutes, Person


async def present(ctx: DialogueContext, minutes: Minutes, rest: str) -> None:
    """Record that somebody is present although they have not written."""
    await _state(ctx, minutes, rest, AttendanceKind.NAMED)


async def excused(ctx: DialogueContext, minutes: Minutes, rest: str) -> None:
    """Record that somebody is excused."""
    await _state(ctx, minutes, rest, AttendanceKind.EXCUSED)


async def _state(ctx: DialogueContext, minutes: Minutes, rest: str, how: AttendanceKind) -> None:
    """Record what the chair says of the people who are named. Raises UserError, with nobody recorded."""
    check_open(minutes)
    await check_writer(ctx, minutes)
    people = []
    while rest and (found := await find_person(ctx, rest)):
        person, rest = found
        people.append((person, await _city_of(ctx, person)))
    if not people:
        raise UserError(_("Who is meant? Please write the name with an @: `/minutes present @anna`"))
    for person, city in people:
        await _presence.record(ctx, minutes, person.id, city.id, how)
    await _card.refresh(ctx, minutes)
    names = [f"{person.name} ({city.name})" for person, city in people]
    if how is AttendanceKind.NAMED:
        await ctx.reply(_("Noted as present: {names}", names=names))
    else:
        await ctx.reply(_("Noted as excused: {names}", names=names))


async def _city_of(ctx: DialogueContext, person: Person) -> City:
    appointment = await ctx.store.roles.of(ctx.dialogue.id, person.id)
    city = appointment.city if appointment else ctx.city if person.id == ctx.person.id else None
    if city is None:
        raise UserError(_("{name} does not take part in this dialogue.", name=person.name))
    return city
