"""People whom a coordinator invites to a roundtable, besides those who are invited by their role."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.commands.context import DialogueContext
from bot.commands.mentions import find_person
from bot.text.catalogue import UserError, _
from bot.text.characters import fold
from handlers.roundtables._choices import PART_NAMES
from handlers.roundtables._invitations import sync
from handlers.roundtables._lookup import check_open
from handlers.roundtables._roster import PARTS
from storage import Invitation, Participation, Person, Roundtable

_WORDS = {
    Participation.SPEAKER: ("speaker", "redner", "rednerin"),
    Participation.LISTENER: ("listener", "zuhoerer", "zuhoererin"),
    None: ("nobody", "niemand"),
}
_PARTS = {word: part for part, words in _WORDS.items() for word in words}
_AS = re.compile(r"(?:(?:as|als)\s+)?(?:(?:an?|einen?)\s+)?(?P<part>\S+)", re.IGNORECASE)


async def invite(ctx: DialogueContext, roundtable: Roundtable, rest: str) -> None:
    """Invite somebody who takes part in the dialogue as a speaker or listener; `as nobody` undoes that."""
    check_open(roundtable)
    found = await find_person(ctx, rest)
    typed = _AS.fullmatch(found[1]) if found else None
    word = fold(typed["part"]) if typed else ""
    if found is None or word not in _PARTS:
        raise UserError(
            _(
                "Please say who is invited, and as what: `/roundtable {number} invite @NAME as speaker|listener`",
                number=str(roundtable.number),
            )
        )
    person, part = found[0], _PARTS[word]
    known = (await sync(ctx, roundtable)).get(person.id)
    edited = await _edited(ctx, roundtable, person, known, part)
    invited = await sync(ctx, roundtable, edited)
    if after := invited.get(person.id):
        text = _("{name} is now invited as *{part}*.", name=person.name, part=PART_NAMES[after.part])
    else:
        text = _("{name} is no longer invited.", name=person.name)
    await ctx.reply(text)


async def _edited(
    ctx: DialogueContext, roundtable: Roundtable, person: Person, known: Invitation | None, part: Participation | None
) -> Invitation:
    """Return the invitation of a person as a coordinator wants it. Raises UserError where that changes nothing."""
    appointment = await ctx.store.roles.of(ctx.dialogue.id, person.id)
    if appointment is None:
        raise UserError(
            _("{name} does not take part here yet: they have to write something in a chat first.", name=person.name)
        )
    by_role = PARTS.get(appointment.role)
    if known and known.part is part:
        raise UserError(_("{name} is invited as {part} already.", name=person.name, part=PART_NAMES[known.part]))
    if by_role and (by_role is Participation.SPEAKER or (part is None and not (known and known.explicit))):
        raise UserError(
            _("{name} is invited as {part} because of their role.", name=person.name, part=PART_NAMES[by_role])
        )
    if part is not None:
        new = Invitation(roundtable_id=roundtable.id, person_id=person.id, city_id=appointment.city.id, part=part)
        return replace(known or new, part=part, explicit=True)
    if known is None:
        raise UserError(_("{name} is not invited.", name=person.name))
    return replace(known, explicit=False)
