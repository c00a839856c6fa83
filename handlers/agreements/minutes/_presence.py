"""Who is present at a meeting, city by city: noticed by the bot, or stated by the chair."""

from __future__ import annotations

from bot.commands.context import CommandContext, Context
from bot.text.catalogue import LazyText, _
from storage import Answer, AttendanceKind, Minutes, Participant, Roundtable

_SHOWN = 12
"""How many people of a city the card names."""


async def notice(ctx: CommandContext, minutes: Minutes) -> bool:
    """Record that whoever writes is present; return whether that is new."""
    if ctx.city is None:
        return False
    return await ctx.store.participants.record(minutes, ctx.person.id, ctx.city.id, AttendanceKind.WROTE, ctx.at)


async def gather_speakers(ctx: Context, minutes: Minutes) -> None:
    """Record who has spoken at the roundtable that minutes are of."""
    if roundtable := await _roundtable(ctx, minutes):
        invitations = await ctx.store.invitations.of(roundtable.id)
        # Whoever introduces an item has the floor, also if they had declined to come.
        declined = {each.person_id for each in invitations if each.answer is Answer.NO}
        for speech in await ctx.store.meetings.speeches(roundtable.id):
            if speech.person_id is not None and speech.person_id not in declined:
                await record(ctx, minutes, speech.person_id, speech.city_id, AttendanceKind.SPOKE)


async def gather(ctx: Context, minutes: Minutes) -> None:
    """Record at the end who has spoken at the roundtable and, of all others, what they had answered."""
    await gather_speakers(ctx, minutes)
    known = {each.person_id for each in await ctx.store.participants.of(minutes)}
    answers = {Answer.YES: AttendanceKind.ANSWERED, Answer.NO: AttendanceKind.EXCUSED}
    if roundtable := await _roundtable(ctx, minutes):
        for each in await ctx.store.invitations.of(roundtable.id):
            if each.person_id not in known and each.answer in answers:
                await record(ctx, minutes, each.person_id, each.city_id, answers[each.answer])


async def _roundtable(ctx: Context, minutes: Minutes) -> Roundtable | None:
    number = minutes.roundtable
    return None if number is None else await ctx.store.roundtables.numbered(minutes.dialogue_id, number)


async def by_city(ctx: Context, minutes: Minutes) -> list[LazyText]:
    """Return a line for each city of which somebody is present, and one with those who are excused."""
    everybody = await ctx.store.participants.of(minutes)
    here = [each for each in everybody if each.how is not AttendanceKind.EXCUSED]
    cities = (await ctx.store.dialogues.get(minutes.dialogue_id)).cities
    named = {each.name: await _names(ctx, [one for one in here if one.city_id == each.id]) for each in cities}
    rows = [_("👥 Present for {city}: {names}", city=city, names=names) for city, names in named.items() if names]
    away = await _names(ctx, [each for each in everybody if each not in here])
    return [*rows, *([_("Excused: {names}", names=away)] if away else [])]


async def record(ctx: Context, minutes: Minutes, person_id: int, city_id: int, how: AttendanceKind) -> None:
    """Record how it is known that somebody was present, or was not."""
    await ctx.store.participants.record(minutes, person_id, city_id, how, ctx.now)


async def _names(ctx: Context, participants: list[Participant]) -> list[LazyText]:
    named = [await _name(ctx, each) for each in participants[:_SHOWN]]
    return [*named, *([_("others")] if participants[_SHOWN:] else [])]


async def _name(ctx: Context, participant: Participant) -> LazyText:
    if participant.person_id is None:
        return _("somebody")
    return _("{name}", name=(await ctx.store.people.get(participant.person_id)).name)
