"""The live card of a roundtable, the same in every chat of the dialogue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.commands.context import Context
from bot.dates import When, echo_for_reader
from bot.dates.rhythm import rhythm
from bot.model import rich
from bot.text.catalogue import ForReader, LazyText, _, lines
from bot.text.names import guard
from bot.voice import Choice
from handlers.roundtables._attendance import attendance
from handlers.roundtables._choices import choices, wish
from handlers.roundtables._progress import MEETING
from storage import AgendaItem, City, Job, Roundtable, RoundtableState

END = "roundtable end"
"""The kind of jobs that end a roundtable nobody has begun, once its time is over; keyed by its id."""


async def refresh(ctx: Context, roundtable: Roundtable) -> None:
    """Update the card in every chat, after any change of the roundtable or of its answers."""
    if roundtable.card_id is not None:
        await ctx.update(roundtable.card_id, await text(ctx, roundtable), *buttons(roundtable))
    if roundtable.state is RoundtableState.RUNNING:
        await ctx.store.jobs.hasten(MEETING, str(roundtable.id))  # its own card shows who wishes to speak
    await schedule_end(ctx, roundtable)


async def schedule_end(ctx: Context, roundtable: Roundtable) -> None:
    """Schedule that a planned roundtable ends with its time."""
    if roundtable.state is RoundtableState.PLANNED:
        await ctx.store.jobs.schedule(END, str(roundtable.id), roundtable.ends_at)


async def end(ctx: Context, job: Job, _prepared: None) -> None:
    """End a roundtable that nobody has begun, unless it has been moved meanwhile."""
    roundtable = await ctx.store.roundtables.of_job(int(job.key))
    if roundtable is None or roundtable.state is not RoundtableState.PLANNED:
        return
    if roundtable.ends_at <= ctx.now:
        over = roundtable.ends_at
        roundtable = await ctx.store.roundtables.change(roundtable, state=RoundtableState.ENDED, ended_at=over)
    await refresh(ctx, roundtable)


async def text(ctx: Context, roundtable: Roundtable) -> LazyText:
    """Return what the card says."""
    cities = (await ctx.store.dialogues.get(roundtable.dialogue_id)).cities
    rows = [_("🗓️ *Roundtable {number}: {title}*", number=str(roundtable.number), title=roundtable.title)]
    rows += _state(roundtable)
    rows += [LazyText("{text}", params={"text": guard(rich(roundtable.description))})] if roundtable.description else []
    rows += [LazyText("{times}", params={"times": times(roundtable, cities)})]
    rows += await _rhythm(ctx, roundtable)
    rows += [_("*Where:* {place}", place=roundtable.place)] if roundtable.place else []
    rows += await _agenda(ctx, roundtable)
    if roundtable.state is not RoundtableState.CANCELLED:
        rows += await attendance(ctx, roundtable, cities)
    return lines(*rows)


async def _rhythm(ctx: Context, roundtable: Roundtable) -> list[LazyText]:
    if roundtable.series_id is None:
        return []
    series = await ctx.store.roundtables.series(roundtable.series_id)
    return [] if series.ended_at else [_("*Repeats:* {rhythm}", rhythm=rhythm(series.rule, series.zone))]


def _state(roundtable: Roundtable) -> list[LazyText]:
    match roundtable.state:
        case RoundtableState.PLANNED:
            return []
        case RoundtableState.RUNNING:
            return [_("▶️ It is running.")]
        case RoundtableState.ENDED:
            return [_("It has ended.")]
        case RoundtableState.CANCELLED if roundtable.reason:
            return [_("❌ *Cancelled:* {reason}", reason=roundtable.reason)]
    return [_("❌ *Cancelled*")]


def times(roundtable: Roundtable, cities: Sequence[City]) -> ForReader:
    """Return the day and the local time of every city, the reader's own first."""
    when = When(roundtable.starts_at, roundtable.ends_at, roundtable.zone, timed=True)
    return echo_for_reader(when, [(city.name, city.zone) for city in cities])


async def _agenda(ctx: Context, roundtable: Roundtable) -> list[LazyText]:
    items = await ctx.store.agenda.of(roundtable.id)
    return [_("*Agenda*"), *[await _item(ctx, number, item) for number, item in enumerate(items, 1)]] if items else []


async def _item(ctx: Context, number: int, item: AgendaItem) -> LazyText:
    row = LazyText("{number}. {text}", params={"number": str(number), "text": item.text})
    if item.planned:
        row = _("{item} ({n} min)", item=row, n=item.planned // timedelta(minutes=1))
    if item.speaker_id:
        name = (await ctx.store.people.get(item.speaker_id)).name
        row = _("{item} – {name}", item=row, name=name)
    return row


def buttons(roundtable: Roundtable) -> tuple[Choice, ...]:
    """Return the buttons under the card, for those who are invited."""
    if roundtable.state is RoundtableState.RUNNING:
        return (wish(roundtable),)
    return choices(roundtable) if roundtable.is_open else ()
