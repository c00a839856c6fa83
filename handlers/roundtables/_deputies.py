"""Deputies: who speaks at a roundtable in place of a mayor of their city."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.context import DialogueContext
from bot.commands.mentions import find_person
from bot.model import Role
from bot.text.catalogue import UserError, _
from bot.text.characters import fold
from handlers.roundtables._invitations import sync
from storage import Answer, Invitation, Participation, Person, Roundtable

_NOBODY = {"nobody", "none", "niemand", "keine", "keiner"}


def is_withdrawn(mine: Invitation, rest: str) -> bool:
    """Whether a mayor wants nobody to stand in any more. Raises UserError if nobody does."""
    if fold(rest) not in _NOBODY:
        return False
    if mine.deputy_id is None:
        raise UserError(_("Nobody stands in for you."))
    return True


async def name_deputy(ctx: DialogueContext, roundtable: Roundtable, mine: Invitation, rest: str) -> None:
    """Have somebody stand in for the mayor who asks, in place of an earlier deputy."""
    await _check_mayor(ctx, mine)
    found = await find_person(ctx, rest)
    if found is None:
        number = str(roundtable.number)
        raise UserError(_("Please say who stands in for you: `/attend {number} deputy @NAME`", number=number))
    deputy, _rest = found
    theirs = await _of_deputy(ctx, roundtable, deputy)
    if mine.deputy_id == deputy.id:
        return
    away = replace(mine, answer=Answer.NO, answered_at=ctx.now, wishes_to_speak_at=None, deputy_id=deputy.id)
    await sync(ctx, roundtable, away, theirs)


async def _check_mayor(ctx: DialogueContext, mine: Invitation) -> None:
    """Raise UserError unless a mayor asks, who stands in for nobody."""
    appointment = await ctx.store.roles.of(ctx.dialogue.id, ctx.person.id)
    if appointment is None or appointment.role is not Role.MAYOR:
        raise UserError(_("Only mayors can name a deputy."))
    if mine.deputy_for is not None:
        speaker = await ctx.store.people.get(mine.deputy_for)
        raise UserError(_("You stand in for {name} yourself. Please answer with no first.", name=speaker.name))


async def _of_deputy(ctx: DialogueContext, roundtable: Roundtable, deputy: Person) -> Invitation:
    """Return the invitation of a deputy. Raises UserError if that person cannot stand in for the one who asks."""
    appointment = await ctx.store.roles.of(ctx.dialogue.id, deputy.id)
    if deputy.id == ctx.person.id:
        raise UserError(_("You cannot stand in for yourself."))
    if appointment is None:
        raise UserError(
            _("{name} does not take part here yet: they have to write something in your city's chat.", name=deputy.name)
        )
    if ctx.city is None or appointment.city.id != ctx.city.id:
        raise UserError(
            _(
                "{name} speaks for {city}. A deputy has to come from your own city.",
                name=deputy.name,
                city=appointment.city.name,
            )
        )
    known = await ctx.store.invitations.get(roundtable.id, deputy.id)
    if known and known.deputy_for not in {None, ctx.person.id}:
        other = await ctx.store.people.get(known.deputy_for or 0)
        raise UserError(_("{name} stands in for {other} already.", name=deputy.name, other=other.name))
    if known and known.deputy_id is not None:
        raise UserError(_("{name} has named a deputy, too.", name=deputy.name))
    invitation = known or Invitation(
        roundtable_id=roundtable.id,
        person_id=deputy.id,
        city_id=appointment.city.id,
        part=Participation.SPEAKER,
    )
    return _asked(invitation, ctx.person)


def _asked(known: Invitation, speaker: Person) -> Invitation:
    """Return the invitation of somebody who is asked to stand in; who speaks anyway need not answer again."""
    if known.part is Participation.SPEAKER:
        return replace(known, deputy_for=speaker.id)
    return replace(known.reopened(), deputy_for=speaker.id)
