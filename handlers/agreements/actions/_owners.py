"""Who is to do what somebody typed: the people whom the text names, each with their city."""

from __future__ import annotations

import re

from bot.commands.context import DialogueContext
from bot.commands.mentions import PLACES, people_in
from bot.model import Account
from storage import City, NewOwner, Person

_PERSON = f"[{PLACES}]"
_AND = r"\s*(?:[,;/&+]|\b(?:and|und|sowie)\b)?\s*"
_MODALS = "should|shall|will|must|can|soll|sollen|wird|werden|muss|müssen|kann|können|darf"
_RUN = re.compile(
    r"(?:\b(?:owners?|wer|zuständig|zustaendig|verantwortlich)\b\s*:?\s*)?"
    r"(?P<of>\b(?:with|from|for|to|of|by|and|mit|von|für|fuer|an|bei|durch|zu|und"
    rf"|{_MODALS})\s+)?"
    rf"(?P<people>{_PERSON}(?:{_AND}{_PERSON})*)(?P<then>(?=\s+(?:to|{_MODALS})\s))?",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"[(\[][\s,;:–-]*[)\]]")
_BEFORE_SIGN = re.compile(r"\s+(?=[,.;:!?)\]])|,(?=\s*[,)\]])|[–-]\s+(?=[–-]\s)")
_ENDS = " \t,;:–-"


async def owners_in(ctx: DialogueContext, text: str) -> tuple[str, tuple[NewOwner, ...]]:
    """Return a text without the people whom it names, and these as owners.

    Who is named as a part of the sentence, `talk with @tom`, is one too, but stays in the text by name. Raises
    UserError for a name that is unknown here.
    """
    placed, people = await people_in(ctx, text)
    named = iter(people)
    names = {place: next(named).name for place in re.findall(_PERSON, placed)}

    def shown(found: re.Match[str]) -> str:
        if found["of"] is None and found["then"] is None:
            return " "
        return (found["of"] or "") + re.sub(_PERSON, lambda each: names[each[0]], found["people"])

    owners = [await _owner(ctx, each) for each in {each.id: each for each in people}.values()]
    return tidy(_RUN.sub(shown, placed)), tuple(owners)


def tidy(text: str) -> str:
    """Return a text on one line, without what taking something out of it has left: gaps, empty brackets, commas."""
    return _BEFORE_SIGN.sub("", " ".join(_EMPTY.sub(" ", text).split())).strip(_ENDS)


async def _owner(ctx: DialogueContext, person: Person) -> NewOwner:
    return NewOwner(
        person_id=person.id,
        pseudonym=ctx.signer.pseudonym(ctx.dialogue.id, _first(person)),
        city=await city_of(ctx, person),
    )


def _first(person: Person) -> Account:
    return person.accounts[0]


async def city_of(ctx: DialogueContext, person: Person) -> City | None:
    """Return the city for which a person takes part; None if nobody has seen them here, nor appointed them."""
    appointment = await ctx.store.roles.of(ctx.dialogue.id, person.id)
    if appointment:
        return appointment.city
    return ctx.city if person.id == ctx.person.id else None
