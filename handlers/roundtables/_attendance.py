"""Who comes to a roundtable, by city, as everybody may see it: who speaks by name, how many listen as a number."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import Context
from bot.text.catalogue import LazyText, _, lines, n_
from storage import Answer, City, Invitation, Participation, Roundtable


async def attendance(ctx: Context, roundtable: Roundtable, cities: Sequence[City]) -> list[LazyText]:
    """Return a line with the answer of each city, and one for each city from which somebody comes."""
    invitations = await ctx.store.invitations.of(roundtable.id)
    by_city = {city: [each for each in invitations if each.city_id == city.id] for city in cities}
    answers = [_city_answer(city, of_city) for city, of_city in by_city.items()]
    coming = [await _coming(ctx, city, of_city) for city, of_city in by_city.items()]
    return [_("*Attendance:* {cities}", cities=answers), *(each for each in coming if each)]


def _city_answer(city: City, invitations: Sequence[Invitation]) -> LazyText:
    """Return the answer of a city: that of the mayor or, if one was named, of the deputy."""
    answers = {each.answer for each in invitations if each.part is Participation.SPEAKER}
    if Answer.YES in answers:
        return _("{city} has confirmed", city=city.name)
    if Answer.MAYBE in answers:
        return _("{city} is not sure yet", city=city.name)
    if answers == {Answer.NO}:
        return _("{city} has declined", city=city.name)
    return _("{city} is open", city=city.name)


async def _coming(ctx: Context, city: City, invitations: Sequence[Invitation]) -> LazyText | None:
    coming = [each for each in invitations if each.answer is Answer.YES]
    speakers = [await _speaker(ctx, each) for each in coming if each.part is Participation.SPEAKER]
    listeners = len(coming) - len(speakers)
    told = [LazyText("{names}", params={"names": speakers})] if speakers else []
    told += [n_("{n} person listening", "{n} people listening", listeners)] if listeners else []
    return _("{city}: {who}", city=city.name, who=lines(*told, by=", ")) if told else None


async def _speaker(ctx: Context, invitation: Invitation) -> LazyText:
    person = await ctx.store.people.get(invitation.person_id)
    name = LazyText("{name}", params={"name": person.name})
    if invitation.deputy_for:
        mayor = await ctx.store.people.get(invitation.deputy_for)
        name = _("{deputy} for {name}", deputy=person.name, name=mayor.name)
    return (
        _("{name} (wishes to speak)", name=name) if invitation.wishes_to_speak_at else _("{name} (speaking)", name=name)
    )
