"""Roundtables as calendars show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, timedelta

from bot.calendars import Attendee, AttendeeRole, AttendeeStatus, CalendarEvent
from bot.commands.context import Context
from bot.text.catalogue import LazyText, LocaleContext, _, lines
from bot.voice import words
from storage import AgendaItem, Answer, Dialogue, Participation, Person, Roundtable, RoundtableState, Series

PAST = 50
"""How many past or cancelled roundtables are in a calendar that people subscribe to."""
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
    """Return the roundtables of a dialogue, or those that a person may attend, with each series."""
    store = ctx.store.roundtables
    found = [*await store.coming(dialogue.id), *await store.past(dialogue.id, PAST)]
    if person is not None:
        found = [each for each in found if await _attends(ctx, each, person)]
    series = [await store.series(id) for id in sorted({each.series_id for each in found if each.series_id})]
    shown = [await series_of(ctx, each, reads) for each in series]
    return shown + [await event_of(ctx, each, reads) for each in found]


async def _attends(ctx: Context, roundtable: Roundtable, person: Person) -> bool:
    """Whether a person is invited and has not declined."""
    invitations = await ctx.store.invitations.of(roundtable.id)
    return any(each.person_id == person.id and each.answer is not Answer.NO for each in invitations)


async def on_its_own(ctx: Context, roundtable: Roundtable, reads: LocaleContext) -> CalendarEvent:
    """Return what a file about a roundtable shows: the whole series with its first occurrence, and once it is over."""
    series = await _series(ctx, roundtable)
    if series and (_begins(roundtable, series) or (roundtable.state is RoundtableState.CANCELLED and series.ended_at)):
        return await series_of(ctx, series, reads)
    return await event_of(ctx, roundtable, reads)


def _begins(roundtable: Roundtable, series: Series) -> bool:
    return roundtable.occurrence_at == series.starts_at and not roundtable.sequence


async def event_of(ctx: Context, roundtable: Roundtable, reads: LocaleContext) -> CalendarEvent:
    """Return a roundtable; an occurrence of a series as the exception to its rule that it may be."""
    series = await _series(ctx, roundtable)
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    link = _LINK.search(roundtable.place)
    return CalendarEvent(
        uid=series.uid if series else roundtable.uid,
        sequence=roundtable.sequence,
        start=roundtable.starts_at,
        end=roundtable.ends_at,
        title=roundtable.title,
        stamp=ctx.now,
        zone=series.zone if series else "",
        recurrence=roundtable.occurrence_at if series else None,
        description=words(await _description(ctx, roundtable, dialogue), reads),
        place=roundtable.place,
        url=link[0] if link else "",
        organizer=dialogue.name,
        attendees=await _attendees(ctx, roundtable, dialogue),
        cancelled=roundtable.state is RoundtableState.CANCELLED,
        alarm=min(roundtable.remind, default=_ALARM),
    )


async def series_of(ctx: Context, series: Series, reads: LocaleContext) -> CalendarEvent:
    """Return a series with what its newest occurrence says."""
    occurrences = await ctx.store.roundtables.of_series(series.id)
    newest = await event_of(ctx, occurrences[0], reads)
    return CalendarEvent(
        uid=series.uid,
        sequence=max(each.sequence for each in occurrences),
        start=series.starts_at,
        end=series.starts_at + series.length,
        title=newest.title,
        stamp=ctx.now,
        zone=series.zone,
        rule=_rule(series, occurrences),
        description=newest.description,
        place=newest.place,
        url=newest.url,
        organizer=newest.organizer,
        attendees=newest.attendees,
        cancelled=newest.cancelled and series.ended_at is not None,
        alarm=newest.alarm,
    )


def _rule(series: Series, occurrences: Sequence[Roundtable]) -> str:
    """Return the rule of a series: once it has ended, with its last occurrence as its end."""
    if series.ended_at is None:
        return series.rule
    last = max(each.occurrence_at or each.starts_at for each in occurrences)
    return f"{_LIMIT.sub('', series.rule)};UNTIL={last.astimezone(UTC):%Y%m%dT%H%M%SZ}"


async def _series(ctx: Context, roundtable: Roundtable) -> Series | None:
    return None if roundtable.series_id is None else await ctx.store.roundtables.series(roundtable.series_id)


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
