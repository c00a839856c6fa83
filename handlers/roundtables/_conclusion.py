"""The end of a meeting, and the summary: time planned and used, who has spoken, and who took part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.commands.context import Context
from bot.text.catalogue import LazyText, _, lines
from handlers.roundtables import _card, _reminders, _speakers
from handlers.roundtables._progress import MEETING, Progress, begun, progress_of, time_used, titled
from storage import MINUTES, AgendaItem, Answer, Roundtable, RoundtableState, Speech


async def conclude(ctx: Context, roundtable: Roundtable, at: datetime, *remarks: LazyText) -> None:
    """End a meeting, counted until `at`, and post the summary in every chat."""
    progress = await progress_of(ctx, roundtable)
    await ctx.store.meetings.end_speech(roundtable.id, at)
    if progress.item:
        await ctx.store.meetings.end_item(progress.item, at)
    ended = await ctx.store.roundtables.change(roundtable, state=RoundtableState.ENDED, ended_at=at)
    await ctx.store.jobs.cancel(MEETING, str(roundtable.id))
    await ctx.store.jobs.schedule(MINUTES, f"{roundtable.id}:0")
    progress = await progress_of(ctx, ended)
    meeting = await ctx.store.meetings.of(roundtable.id)
    if meeting:
        await ctx.update(meeting.card_id, _title(ended))
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    await ctx.announce(dialogue, lines(_title(ended), *remarks, *_summary(progress)))
    await _reminders.plan(ctx, ended)
    await _card.refresh(ctx, ended)


async def conclude_forgotten(ctx: Context, progress: Progress) -> None:
    """End a meeting that nobody has ended: it counts until its planned end, or the last step after that."""
    steps = [each.started_at for each in progress.items if each.started_at]
    steps += [each.started_at for each in progress.speeches]
    at = max(progress.began + progress.roundtable.length, *steps)
    await conclude(ctx, progress.roundtable, at, _("Nobody has ended it, so I have. It counts until {at}.", at=at))


def _title(roundtable: Roundtable) -> LazyText:
    return _("🏁 *Roundtable {number} has ended: {title}*", number=str(roundtable.number), title=roundtable.title)


def _summary(progress: Progress) -> Iterator[LazyText]:
    ended_at = progress.roundtable.ended_at or progress.at
    yield _("In all: {time}", time=time_used(ended_at - progress.began, progress.roundtable.length))
    yield from map(_of_item, progress.items)
    for id, city in progress.cities.items():
        speeches = [each for each in progress.speeches if each.city_id == id]
        if speeches:
            yield _spoken(progress, city, speeches, ended_at)
    for id, city in progress.cities.items():
        came = [each for each in progress.invitations if each.city_id == id and each.answer is Answer.YES]
        if came:
            people = [progress.names[each.person_id] for each in came]
            yield _("👥 {city}, by their answers: {people}", city=city, people=people)


def _spoken(progress: Progress, city: str, speeches: Sequence[Speech], ended_at: datetime) -> LazyText:
    """Return how long a city has spoken, and each of its speakers."""
    times: dict[int | None, timedelta] = {}
    for each in speeches:
        times[each.person_id] = times.get(each.person_id, timedelta()) + _speakers.length(each, ended_at)
    people = [_("{name} {time}", name=progress.name(id), time=time_used(time, None)) for id, time in times.items()]
    total = time_used(sum(times.values(), timedelta()), None)
    return _("🎤 {city}: {time} – {people}", city=city, time=total, people=people)


def _of_item(item: AgendaItem) -> LazyText:
    if item.started_at is None:
        return _("{position}. {text}: not reached", **titled(item))
    used = (item.ended_at or begun(item)) - begun(item)
    return _("{position}. {text}: {time}", **titled(item), time=time_used(used, item.planned))
