"""A coordinator schedules a roundtable."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from bot.commands.arguments import Arguments, check_keys, check_length, parse_arguments
from bot.commands.checks import coordinators_only
from bot.commands.context import DialogueContext
from bot.dates import NotADate, When, read_periods, read_when
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from bot.text.characters import fold
from bot.text.excerpts import shortened
from bot.voice import name_of
from handlers.roundtables import _series, _warnings
from handlers.roundtables._agenda import NOTHING, read_items, remarks
from handlers.roundtables._announcement import publish
from handlers.roundtables._correction import offer
from handlers.roundtables._lookup import KEYS, LONGEST, check_duration
from storage import NewItem, Participation, Roundtable

LENGTH = timedelta(hours=1)
"""How long a roundtable takes if nobody says."""
REMIND = (timedelta(days=7), timedelta(days=1), timedelta(hours=1))
"""When everybody is reminded if nobody says."""


class Draft(NamedTuple):
    """A roundtable as somebody typed it."""

    title: str
    description: str
    place: str
    when: When
    ends: bool
    """Whether its end was typed."""
    remind: tuple[timedelta, ...]
    items: list[NewItem]


async def create(ctx: DialogueContext) -> None:
    """Schedule a roundtable, or a series, and announce it in every chat."""
    await coordinators_only(ctx)
    draft = await _read(ctx, parse_arguments(ctx.args, KEYS, inline=True))
    roundtable = await _add(ctx, draft)
    await ctx.store.agenda.set(roundtable.id, draft.items)
    roundtable = await publish(ctx, roundtable)
    await ctx.reply(await _receipt(ctx, roundtable, draft), offer(roundtable))


async def _add(ctx: DialogueContext, draft: Draft) -> Roundtable:
    start, zone = draft.when.start, draft.when.zone
    end = draft.when.end or start + LENGTH
    series = None
    if draft.when.rule:
        series = await ctx.store.roundtables.add_series(
            ctx.dialogue.id, draft.when.rule, zone=zone, starts_at=start, length=end - start
        )
    roundtable = await ctx.store.roundtables.add(
        ctx.dialogue.id,
        ctx.now,
        series=series,
        occurrence_at=start if series else None,
        title=draft.title,
        description=draft.description,
        place=draft.place,
        starts_at=start,
        ends_at=end,
        zone=zone,
        remind=draft.remind,
        created_by=ctx.person.id,
        chair_id=ctx.person.id,
    )
    if series:
        await _series.schedule_next(ctx, series, roundtable)
    return roundtable


# What was typed


async def _read(ctx: DialogueContext, typed: Arguments) -> Draft:
    title, _line, more = (typed.line, "", typed.text) if typed.line else typed.text.partition("\n")
    if not title:
        raise UserError(_("What is the roundtable about? Please begin with its title."), usage=True)
    check_keys(more, KEYS)
    if not typed.values.get("when"):
        raise UserError(_("When does it take place? Please add a line `when:`"), usage=True)
    title, place = (" ".join(each.split()) for each in (title, typed.values.get("where", "")))
    for text, longest in ((title, LONGEST["title"]), (place, LONGEST["place"]), (more, LONGEST["description"])):
        check_length(text, longest)
    when = _when(ctx, typed.values["when"], typed.values.get("repeat", ""))
    agenda = typed.values.get("agenda", "").lstrip("-•*– ")
    first = [agenda] if agenda and fold(agenda) not in NOTHING else []
    items = await read_items(ctx, [*first, *typed.items])
    return Draft(title, more, place, when, when.end is not None, _remind(typed.values.get("remind")), items)


def _when(ctx: DialogueContext, text: str, repeat: str) -> When:
    when = read_when(text, ctx.date_context())
    if repeat:
        try:
            when = read_when(f"{repeat} {text}", ctx.date_context())
        except NotADate:
            raise UserError(_("I do not understand how often it repeats: “{text}”.", text=shortened(repeat))) from None
    if not when.timed:
        raise UserError(_("At what time does it begin? For example: `when: 15 December, 11:00–13:00`"))
    check_duration(when)
    return when


def _remind(typed: str | None) -> tuple[timedelta, ...]:
    if typed is None:
        return REMIND
    return () if not typed or fold(typed) in NOTHING else read_periods(typed)


# What the coordinator is told


async def _receipt(ctx: DialogueContext, roundtable: Roundtable, draft: Draft) -> LazyText:
    chats = await ctx.store.chats.of_dialogue(ctx.dialogue.id)
    away = [name_of(each) for each in chats if not each.is_at_home]
    rows = [
        n_(
            "Roundtable {number} has been announced in {n} chat.",
            "Roundtable {number} has been announced in {n} chats.",
            len(chats) - len(away),
            number=str(roundtable.number),
        ),
        *await _invited(ctx, roundtable),
    ]
    rows += [_("⚠️ I cannot write in these chats at the moment: {chats}", chats=away)] if away else []
    rows += [] if draft.ends else [_("No end was given, so I assume one hour.")]
    rows += [_("It repeats: the next one gets a number of its own.")] if draft.when.rule else []
    rows += await remarks(ctx, roundtable, draft.items)
    rows += await _warnings.about(ctx, roundtable)
    return lines(*rows)


async def _invited(ctx: DialogueContext, roundtable: Roundtable) -> list[LazyText]:
    """Return how many are invited, and which cities have nobody to speak for them."""
    invitations = await ctx.store.invitations.of(roundtable.id)
    speaking = [each.city_id for each in invitations if each.part is Participation.SPEAKER]
    silent = [each.name for each in ctx.dialogue.cities if each.id not in speaking]
    invited = _(
        "Invited: {speakers}, {listeners}.",
        speakers=n_("{n} speaker", "{n} speakers", len(speaking)),
        listeners=n_("{n} listener", "{n} listeners", len(invitations) - len(speaking)),
    )
    hint = _(
        "⚠️ Nobody can speak for {cities} yet: no mayor is known there. `/role @NAME mayor` appoints one,"
        " `/roundtable {number} invite @NAME as speaker` invites somebody else.",
        cities=silent,
        number=str(roundtable.number),
    )
    return [invited, hint] if silent else [invited]
