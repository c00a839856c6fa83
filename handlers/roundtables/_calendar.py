"""Roundtables as calendars show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.calendars import Attendee, AttendeeRole, AttendeeStatus, CalendarEvent
from bot.commands.context import Context
from bot.text.catalogue import LazyText, LocaleContext, _, lines
from bot.voice import words
from storage import AgendaItem, Answer, Dialogue, Participation, Person, Roundtable, RoundtableState, Series

COMING, PAST = 100, 50
"""How many coming roundtables, and past or cancelled ones, are in a calendar that people subscribe to."""
_ALARM = timedelta(minutes=15)
_ROLES = {Participation.SPEAKER: AttendeeRole.SPEAKER, Participation.LISTENER: AttendeeRole.LISTENER}
_STATUSES = {
    Answer.OPEN: AttendeeStatus.OPEN,
    Answer.YES: AttendeeStatus.YES,
    Answer.NO: AttendeeStatus.NO,
    Answer.MAYBE: AttendeeStatus.MAYBE,
}
_LINK = re.compile(r"https?://\S+")
_LIMIT = re.compile(r";?\b(?:COUNT|UNTIL)=[^;]*")


async def subscribed(
    ctx: Context, dialogue: Dialogue, person: Person | None, reads: LocaleContext
) -> list[CalendarEvent]:
    """Return the roundtables of a dialogue, or those that a person may attend, with each series; nobody is named."""
    store = ctx.store.roundtables
    found = [*(await store.coming(dialogue.id))[:COMING], *await store.past(dialogue.id, PAST)]
    if person is not None:
        found = [each for each in found if await _attends(ctx, each, person)]
    shown = [await _event(ctx, each, dialogue, reads) for each in found if each.series_id is None]
    for id in sorted({each.series_id for each in found if each.series_id is not None}):
        shown += await _series_events(ctx, await store.series(id), dialogue, reads)
    return shown


async def _attends(ctx: Context, roundtable: Roundtable, person: Person) -> bool:
    """Whether a person is invited and has not declined."""
    invitations = await ctx.store.invitations.of(roundtable.id)
    return any(each.person_id == person.id and each.answer is not Answer.NO for each in invitations)


async def for_file(ctx: Context, roundtable: Roundtable, reads: LocaleContext) -> list[CalendarEvent]:
    """Return what a file about a roundtable shows, with those who are invited.

    It is the whole series with the first occurrence, and when an occurrence is cancelled after which none follows.
    """
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    attendees = await _attendees(ctx, roundtable, dialogue)
    if roundtable.series_id is None:
        return [await _event(ctx, roundtable, dialogue, reads, attendees)]
    series = await ctx.store.roundtables.series(roundtable.series_id)
    begins = roundtable.occurrence_at == series.starts_at and not roundtable.sequence
    if begins or (roundtable.state is RoundtableState.CANCELLED and series.ended_at):
        return await _series_events(ctx, series, dialogue, reads, attendees)
    occurrences = await ctx.store.roundtables.of_series(series.id)
    return [_occurrence(await _event(ctx, roundtable, dialogue, reads, attendees), roundtable, series, occurrences)]


async def _event(
    ctx: Context,
    roundtable: Roundtable,
    dialogue: Dialogue,
    reads: LocaleContext,
    attendees: tuple[Attendee, ...] = (),
) -> CalendarEvent:
    """Return a roundtable as if it belonged to no series."""
    link = _LINK.search(roundtable.place)
    return CalendarEvent(
        uid=roundtable.uid,
        sequence=roundtable.sequence,
        start=roundtable.starts_at,
        end=roundtable.ends_at,
        title=roundtable.title,
        stamp=ctx.now,
        description=words(await _description(ctx, roundtable, dialogue), reads),
        place=roundtable.place,
        url=link[0] if link else "",
        organizer=dialogue.name,
        attendees=attendees,
        cancelled=roundtable.state is RoundtableState.CANCELLED,
        alarm=min(roundtable.remind, default=_ALARM),
    )


async def _series_events(
    ctx: Context, series: Series, dialogue: Dialogue, reads: LocaleContext, attendees: tuple[Attendee, ...] = ()
) -> list[CalendarEvent]:
    """Return a series with what its newest occurrence says, and the occurrences that were moved or changed."""
    occurrences = await ctx.store.roundtables.of_series(series.id)
    held = [each for each in occurrences if each.state is not RoundtableState.CANCELLED]
    master = replace(
        await _event(ctx, occurrences[0], dialogue, reads, attendees),
        uid=series.uid,
        sequence=_sequence(occurrences),
        start=series.starts_at,
        end=series.starts_at + series.length,
        zone=series.zone,
        rule=_rule(series, held or occurrences),
        excluded=tuple(_start(each) for each in occurrences if each not in held) if held else (),
        cancelled=not held and series.ended_at is not None,
    )
    changed = [each for each in held if each.sequence]
    events = [(each, await _event(ctx, each, dialogue, reads, attendees)) for each in changed]
    return [master, *(_occurrence(event, each, series, occurrences) for each, event in events)]


def _occurrence(
    event: CalendarEvent, roundtable: Roundtable, series: Series, occurrences: Sequence[Roundtable]
) -> CalendarEvent:
    """Return an occurrence as an exception to the rule of its series."""
    number = _sequence(occurrences)
    return replace(event, uid=series.uid, sequence=number, zone=series.zone, recurrence_id=_start(roundtable))


def _start(roundtable: Roundtable) -> datetime:
    return roundtable.occurrence_at or roundtable.starts_at


def _sequence(occurrences: Sequence[Roundtable]) -> int:
    """Return a number that grows with each change of an occurrence, and with each new one."""
    return max(each.number for each in occurrences) + sum(each.sequence for each in occurrences)


def _rule(series: Series, occurrences: Sequence[Roundtable]) -> str:
    """Return the rule of a series: once it has ended, with the last of these occurrences as its end."""
    if series.ended_at is None:
        return series.rule
    last = max(map(_start, occurrences))
    return f"{_LIMIT.sub('', series.rule)};UNTIL={last.astimezone(UTC):%Y%m%dT%H%M%SZ}"


async def _description(ctx: Context, roundtable: Roundtable, dialogue: Dialogue) -> LazyText:
    rows = [_("Roundtable {number} of {dialogue}", number=str(roundtable.number), dialogue=dialogue.name)]
    if roundtable.state is RoundtableState.CANCELLED and roundtable.reason:
        rows.append(_("Cancelled: {reason}", reason=roundtable.reason))
    items = await ctx.store.agenda.of(roundtable.id)
    rows += [_item(number, each) for number, each in enumerate(items, 1)]
    return lines(*rows)


def _item(number: int, item: AgendaItem) -> LazyText:
    row = LazyText("{number}. {text}", params={"number": str(number), "text": item.text})
    return _("{item} ({n} min)", item=row, n=item.planned // timedelta(minutes=1)) if item.planned else row


async def _attendees(ctx: Context, roundtable: Roundtable, dialogue: Dialogue) -> tuple[Attendee, ...]:
    cities = {each.id: each.name for each in dialogue.cities}
    attendees = []
    for each in await ctx.store.invitations.of(roundtable.id):
        name, city = (await ctx.store.people.get(each.person_id)).name, cities.get(each.city_id)
        key = ctx.signer.fingerprint(f"attendee {each.person_id}")
        shown = f"{name} ({city})" if city else name
        attendees.append(Attendee(key, shown, _ROLES[each.part], _STATUSES[each.answer]))
    return tuple(attendees)
