"""Series: each occurrence is a roundtable of its own, made when the one before has ended, or earlier if need be."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.commands.context import Context
from bot.dates.series import occurrences
from bot.text.catalogue import _, lines
from handlers.roundtables import _warnings
from handlers.roundtables._announcement import publish
from storage import Job, NewItem, Roundtable, Series

NEXT = "roundtable series"
"""The kind of jobs that make the next occurrence of a series; keyed by its id."""
AHEAD = timedelta(days=1)
"""How long before its first reminder an occurrence is made, at least."""


def occurrence_after(series: Series, at: datetime) -> datetime | None:
    """Return the start of the first occurrence after a moment; None if the series is complete."""
    return next(occurrences(series.rule, series.starts_at, series.zone, at), None)


async def schedule_next(ctx: Context, series: Series, newest: Roundtable) -> None:
    """Schedule that the occurrence after the newest one is made; without another one, the series ends."""
    start = occurrence_after(series, newest.occurrence_at or newest.starts_at)
    if start is None:
        await ctx.store.roundtables.end_series(series.id, ctx.now)
        return
    earliest = start - max(newest.remind, default=timedelta()) - AHEAD
    await ctx.store.jobs.schedule(NEXT, str(series.id), min(newest.ends_at, earliest))


async def create_next(ctx: Context, job: Job, _prepared: None) -> None:
    """Make the next occurrence of a series like the newest one, unless the series has ended."""
    newest = next(iter(await ctx.store.roundtables.of_series(int(job.key))), None)
    if newest is None:  # its dialogue was removed
        return
    series = await ctx.store.roundtables.series(int(job.key))
    if series.ended_at:
        return
    start = _next_to_come(series, newest, ctx.now)
    if start is None:
        await ctx.store.roundtables.end_series(series.id, ctx.now)
        return
    roundtable = await publish(ctx, await _add(ctx, series, newest, start))
    await schedule_next(ctx, series, roundtable)
    await _warn(ctx, roundtable)


async def _warn(ctx: Context, roundtable: Roundtable) -> None:
    """Notify whoever scheduled the series of what is unusual about the time of this occurrence."""
    warnings = await _warnings.about_next(ctx, roundtable)
    if warnings and roundtable.created_by is not None:
        number = str(roundtable.number)
        title = _(
            "The next roundtable of your series has number {number}: {title}", number=number, title=roundtable.title
        )
        dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
        await ctx.tell(roundtable.created_by, lines(title, *warnings), dialogue=dialogue)


def _next_to_come(series: Series, newest: Roundtable, now: datetime) -> datetime | None:
    """Return the next start; those that have passed meanwhile, while the bot did not run, are left out."""
    start = occurrence_after(series, newest.occurrence_at or newest.starts_at)
    return occurrence_after(series, now) if start and start <= now else start


async def _add(ctx: Context, series: Series, like: Roundtable, start: datetime) -> Roundtable:
    roundtable = await ctx.store.roundtables.add(
        like.dialogue_id,
        ctx.now,
        series=series,
        occurrence_at=start,
        title=like.title,
        description=like.description,
        place=like.place,
        starts_at=start,
        ends_at=start + series.length,
        zone=series.zone,
        remind=like.remind,
        created_by=like.created_by,
        chair_id=like.chair_id,
    )
    items = [NewItem(each.text, each.planned, each.speaker_id) for each in await ctx.store.agenda.of(like.id)]
    await ctx.store.agenda.set(roundtable.id, items)
    return roundtable
